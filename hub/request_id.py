"""Gives every request an id, which its answer, its log lines and its problems carry."""

from uuid import uuid4

from flask import Flask, Response, g

from hub.log import begin_request, end_request

HEADER = "X-Request-Id"


def add_request_ids(app: Flask) -> None:
    """Number the requests of an app. Ours only: an id a caller sends is not believed."""
    app.before_request(_begin)
    app.after_request(_show)
    app.teardown_request(_end)


def request_id() -> str:
    """Return the id of the request being answered."""
    if "request_id" not in g:
        g.request_id = uuid4().hex
    return str(g.request_id)


def _begin() -> None:
    begin_request(request_id())


def _show(response: Response) -> Response:
    response.headers[HEADER] = request_id()
    return response


def _end(_error: BaseException | None) -> None:
    end_request()
