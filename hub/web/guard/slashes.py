"""The slash somebody typed at the end of a page's address: the same page, without it."""

from urllib.parse import quote_from_bytes

from flask import Response, current_app, make_response, redirect, request, url_for
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

AS_IS = "%!$&'()*+,;=:@/?"
"""What may stand in a query as it is (RFC 3986, 3.4), and what was written with percents."""


def without_slash() -> Response | None:
    """Send whoever asked for a page with a slash at its end to the page; None for others.

    The address is made anew of what our own route says, so it leads nowhere but here
    (facts: reliability S17). A form is not sent on: ours have no such address.
    """
    if not request.path.endswith("/") or request.method not in {"GET", "HEAD"}:
        return None
    path = f"/{request.path.strip('/')}"
    try:
        endpoint, values = current_app.url_map.bind("").match(path, method="GET")
    except (NotFound, MethodNotAllowed, RequestRedirect, ValueError):
        return None
    if not endpoint.startswith("pages."):
        return None
    query = quote_from_bytes(request.query_string, safe=AS_IS)
    to = url_for(endpoint, **values)
    return make_response(redirect(f"{to}?{query}" if query else to, code=308))
