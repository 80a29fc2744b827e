"""The sandbox as a Flask app: the shops' own wire, and a back door to play with them."""

import time
from collections.abc import Mapping, Sequence
from typing import Protocol
from urllib.parse import urlencode

from flask import Flask, Response, redirect, request

from connectors.sandbox.etsy.control import control as etsy_control
from connectors.sandbox.etsy.shop import EtsyShop
from connectors.sandbox.mail.control import control as mail_control
from connectors.sandbox.mail.office import PostOffice
from connectors.sandbox.shopify.control import control as shopify_control
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.wire import Answer, Call, Dropped

_METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]


class _Shop(Protocol):
    def answer(self, call: Call) -> Answer: ...


def create_sandbox(shops: Sequence[Storefront | EtsyShop | PostOffice]) -> Flask:
    """Make an app that is these shops.

    Shopify: `/admin/...` is the shop the Host header names, else the first one;
    `/shops/<domain>/admin/...` is always that one. Etsy: `/v3/...` and `/oauth/connect` are the
    shop whose keystring is given, else the first one. Post offices answer nobody: they post.
    `/sandbox/` is the back door.
    """
    app = Flask(__name__)
    storefronts = {shop.domain: shop for shop in shops if isinstance(shop, Storefront)}
    etsies = {shop.shop_id: shop for shop in shops if isinstance(shop, EtsyShop)}
    offices = {shop.address: shop for shop in shops if isinstance(shop, PostOffice)}
    if storefronts:
        _serve_shopify(app, storefronts)
        app.register_blueprint(shopify_control(storefronts), url_prefix="/sandbox")
    else:
        front = "/sandbox/etsy/" if etsies else "/sandbox/mail/"
        app.add_url_rule("/sandbox/", "sandbox", lambda: redirect(front))
    if offices:
        app.register_blueprint(mail_control(offices), url_prefix="/sandbox/mail")
    if etsies:
        _serve_etsy(app, etsies)
        app.register_blueprint(etsy_control(etsies), url_prefix="/sandbox/etsy")
    everyone = [(name, f"/sandbox/?shop={name}") for name in storefronts]
    everyone += [(f"Etsy {name}", f"/sandbox/etsy/?shop={name}") for name in etsies]
    everyone += [(name, f"/sandbox/mail/?{urlencode({'box': name})}") for name in offices]
    app.context_processor(lambda: {"everyone": everyone})
    return app


def _serve_shopify(app: Flask, shops: Mapping[str, Storefront]) -> None:
    first = next(iter(shops.values()))

    @app.route("/admin/<path:rest>", methods=_METHODS)
    def admin(rest: str) -> Response:
        named = shops.get(request.host.partition(":")[0])
        return _answer(named or first, f"/admin/{rest}")

    @app.route("/shops/<domain>/admin/<path:rest>", methods=_METHODS)
    def shop_admin(domain: str, rest: str) -> Response:
        if domain not in shops:
            return Response('{"errors":"Not Found"}', 404, mimetype="application/json")
        return _answer(shops[domain], f"/admin/{rest}")


def _serve_etsy(app: Flask, shops: Mapping[str, EtsyShop]) -> None:
    def api(**_: str) -> Response:
        return _answer(_etsy_meant(shops), request.path)

    app.add_url_rule("/v3/<path:rest>", "etsy", api, methods=_METHODS)
    app.add_url_rule("/oauth/connect", "etsy_connect", api, methods=["GET", "POST"])


def _etsy_meant(shops: Mapping[str, EtsyShop]) -> EtsyShop:
    """Find the shop by the app's keystring: in the header of a call, or as OAuth's client_id."""
    given = request.headers.get("x-api-key", "").partition(":")[0]
    if not given:
        sent = request.query_string + b"&" + request.get_data()
        given = next(
            (s.keystring for s in shops.values() if f"={s.keystring}".encode() in sent), ""
        )
    named = (shop for shop in shops.values() if shop.keystring == given)
    return next(named, next(iter(shops.values())))


def _answer(shop: _Shop, path: str) -> Response:
    call = Call(
        method=request.method,
        path=path,
        headers=dict(request.headers),
        body=request.get_data(),
        query=request.query_string.decode("latin-1"),
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
