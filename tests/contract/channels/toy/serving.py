"""The market stall as a web server on this machine."""

from flask import Flask, Response, request

from tests.contract.channels.toy.shop import Stall
from tests.contract.wire import Asked


def create_stall(stall: Stall) -> Flask:
    """Make an app that is this stall."""
    app = Flask(__name__)

    @app.route("/<path:rest>", methods=["GET", "POST", "PUT"])
    def answer(rest: str) -> Response:
        headers = {name: value for name, value in request.headers.items()}
        made = stall.answer(
            Asked(
                method=request.method,
                url=f"http://stall/{rest}?{request.query_string.decode()}",
                headers=headers,
                body=request.get_data(),
            )
        )
        return Response(made.body, made.status, headers=dict(made.headers))

    return app
