"""The sandbox as a Flask app: the shops' own wire, and a back door to play with them."""

import time
from collections.abc import Mapping, Sequence

from flask import Flask, Response, request

from connectors.sandbox.shopify.control import control
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.wire import Answer, Call, Dropped

_METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]


def create_sandbox(shops: Sequence[Storefront]) -> Flask:
    """Make an app that is these shops.

    `/admin/...` is the shop the Host header names, else the first; `/shops/<domain>/admin/...`
    is always that one. `/sandbox/...` is the back door.
    """
    app = Flask(__name__)
    by_domain = {shop.domain: shop for shop in shops}

    @app.route("/admin/<path:rest>", methods=_METHODS)
    def admin(rest: str) -> Response:
        named = by_domain.get(request.host.partition(":")[0])
        return _answer(named or shops[0], f"/admin/{rest}")

    @app.route("/shops/<domain>/admin/<path:rest>", methods=_METHODS)
    def shop_admin(domain: str, rest: str) -> Response:
        if domain not in by_domain:
            return Response('{"errors":"Not Found"}', 404, mimetype="application/json")
        return _answer(by_domain[domain], f"/admin/{rest}")

    app.register_blueprint(control(by_domain), url_prefix="/sandbox")
    return app


def _answer(shop: Storefront, path: str) -> Response:
    call = Call(
        method=request.method,
        path=path,
        headers=dict(request.headers),
        body=request.get_data(cache=False),
    )
    try:
        made: Answer = shop.answer(call)
    except Dropped as gone:
        time.sleep(gone.seconds)
        return _hang_up(request.environ)
    return Response(made.body, made.status, headers=dict(made.headers))


def _hang_up(environ: Mapping[str, object]) -> Response:
    """Close the connection under the server's feet, so that the caller sees no answer at all."""
    line = environ.get("werkzeug.socket")
    close = getattr(line, "shutdown", None)
    if close is not None:
        close(2)  # both ways
    return Response(status=500)
