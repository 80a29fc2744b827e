"""All of the API on one app: its routes, its door-keeper and its description."""

from collections.abc import Callable
from functools import cache

from flask import Response, jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.openapi import OpenAPI

from hub.ports import Ports
from hub.web.api.auth import let_in
from hub.web.api.door import Door
from hub.web.api.openapi import SECURITY, describe
from hub.web.api.views import (
    alternates,
    channel_connection,
    channels,
    customers,
    decisions,
    forecasts,
    imports,
    invariants,
    items,
    listings,
    lot_moves,
    lots,
    mail_in,
    messages,
    notifications,
    orders,
    pins,
    production,
    purchase_steps,
    purchases,
    recalls,
    recipes,
    reviews,
    shipments,
    suppliers,
    tasks,
    upkeep,
    variants,
    what_if,
    work_centres,
    workshop,
)
from hub.web.guard.api_roles import PREFIX

VIEWS = (
    channel_connection,
    channels,
    items,
    alternates,
    variants,
    recipes,
    work_centres,
    workshop,
    lots,
    lot_moves,
    suppliers,
    purchases,
    purchase_steps,
    listings,
    orders,
    customers,
    reviews,
    decisions,
    production,
    pins,
    shipments,
    recalls,
    messages,
    notifications,
    upkeep,
    mail_in,
    tasks,
    forecasts,
    what_if,
    imports,
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

    def check() -> None:
        if is_api():
            let_in(ports)

    app.register_api(make_api(ports))
    app.add_url_rule(f"{PREFIX}/openapi.json", "openapi", document_view(ports))
    app.before_request(check)
    app.after_request(_with_headers)


def make_api(ports: Ports, *, is_described: bool = False) -> APIBlueprint:
    """Make the routes. Describing them takes half a second, so only the document asks for it."""
    api = APIBlueprint(
        "api", __name__, url_prefix=PREFIX, abp_security=SECURITY, doc_ui=is_described
    )
    door = Door(ports)
    for noun in VIEWS:
        noun.add_routes(api, door)
    return api


def document_view(ports: Ports) -> Callable[[], Response]:
    """Make the view that describes the API, worked out when first asked for."""

    @cache
    def document() -> dict[str, object]:
        return describe(make_api(ports, is_described=True))

    return lambda: jsonify(document())


def is_api() -> bool:
    """Say whether the request being handled is for the API."""
    return request.path.startswith("/api/")


def _with_headers(response: Response) -> Response:
    if is_api():
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
    return response
