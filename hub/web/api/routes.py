"""All of the API on one app: its routes, its door-keeper and its description."""

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.openapi import OpenAPI

from hub.ports import Ports
from hub.web.api.access import PREFIX
from hub.web.api.auth import let_in
from hub.web.api.door import Door
from hub.web.api.openapi import SECURITY, add_document
from hub.web.api.views import (
    channels,
    invariants,
    items,
    listings,
    lots,
    messages,
    orders,
    production,
    recipes,
    shipments,
)

VIEWS = (
    channels,
    items,
    recipes,
    lots,
    listings,
    orders,
    production,
    shipments,
    messages,
    invariants,
)
"""What each noun adds to the API."""

HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""Answers are data for one caller: kept by nobody, run by nobody."""


def register_api(app: OpenAPI, ports: Ports) -> None:
    """Put the API on an app. This function will leave shut what access.py does not open."""
    api = APIBlueprint("api", __name__, url_prefix=PREFIX, abp_security=SECURITY)
    door = Door(ports)
    for noun in VIEWS:
        noun.add_routes(api, door)
    app.register_api(api)
    add_document(app)

    def check() -> None:
        if is_api():
            let_in(ports)

    app.before_request(check)
    app.after_request(_with_headers)


def is_api() -> bool:
    """Say whether the request being handled is for the API."""
    return request.path.startswith("/api/")


def _with_headers(response: Response) -> Response:
    if is_api():
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
    return response
