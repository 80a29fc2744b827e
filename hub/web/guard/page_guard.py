"""The door-keeper of the pages: who is there, whether they may, and whether the form is ours."""

from flask import Flask, Response, abort, make_response, redirect, request, url_for
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from hub.ports import Ports
from hub.web.guard.api_roles import ALLOWED, PREFIX
from hub.web.guard.api_roles import OPEN as OPEN_API
from hub.web.guard.browser_session import keep_visitor, look_who, person, recall_visitor
from hub.web.guard.csrf import CHANGES_NOTHING, EXEMPT, check
from hub.web.guard.page_roles import OPEN, may_open

FOR_BUYERS = frozenset({"GET /o/<token>", "GET /o/logo", "GET /o/colours/<colour>.css"})
"""What whoever was given its address may see; nobody's session is looked for."""

FOR_PROGRAMS = (
    EXEMPT
    | FOR_BUYERS
    | {"GET /healthz", "GET /readyz"}
    | {
        f"{method} {PREFIX}{path}"
        for method, _, path in (route.partition(" ") for route in {*ALLOWED, *OPEN_API})
    }
)
"""Routes that keep their own door, one by one: a new one is shut until somebody decides."""


def guard(app: Flask, *, ports: Ports) -> None:
    """Let only people who may through to an app's pages. This function will open nothing else."""

    def let_in() -> Response | None:
        if request.url_rule is None or route_of_request() in FOR_PROGRAMS:
            return None
        look_who(ports)
        recall_visitor(ports)
        if refused := _refuse(request.endpoint or ""):
            return refused
        if request.method not in CHANGES_NOTHING:
            check(ports.settings)
        return None

    def remember(response: Response) -> Response:
        keep_visitor(response, ports=ports)
        return response

    app.before_request(let_in)
    app.after_request(remember)


def route_of_request() -> str:
    """Name the route of the request as the tables do: "POST /orders/<order_id>"."""
    method = "GET" if request.method in {"HEAD", "OPTIONS"} else request.method
    return f"{method} {request.url_rule.rule if request.url_rule else ''}"


def safe_path(app: Flask, path: str) -> str:
    """Return a path to go on to after log-in: one of our own pages, else the first one.

    Matching it against our routes leaves no room for an address elsewhere (facts: reliability S17).
    """
    try:
        endpoint, _ = app.url_map.bind("").match(path.partition("?")[0], method="GET")
    except (NotFound, MethodNotAllowed, RequestRedirect, ValueError):
        return url_for("pages.today")
    is_page = endpoint.startswith("pages.") and endpoint not in OPEN
    return request.script_root + path if is_page else url_for("pages.today")


def _refuse(view: str) -> Response | None:
    if view in OPEN:
        return None
    known = person()
    if known is None:
        return _to_log_in()
    if not may_open(known.role, view=view):
        abort(403)
    return None


def _to_log_in() -> Response:
    """Send a page's reader to log in; whoever pressed a button comes back to the first page."""
    to = url_for("pages.login_page", next=request.path if request.method == "GET" else None)
    if "HX-Request" in request.headers:
        response = make_response("", 401)
        response.headers["HX-Redirect"] = to
        return response
    return make_response(redirect(to, code=303))
