"""What every answer tells the browser: run nothing of others, keep nothing, be framed by nobody."""

from http import HTTPStatus

from flask import Flask, Response, request

from hub.settings import Settings

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none';"
        " base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": browsers then send our own forms with "Origin: null" (Fetch, 3.2).
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""On every answer (facts: reliability S7); an answer that already has one keeps its own."""

WITH_CAMERA = "camera=(self), geolocation=(), microphone=()"
"""The Permissions-Policy of pages that scan labels; they set it themselves."""

HSTS = "max-age=31536000"
STATIC = "static"
STAMPED = "public, max-age=31536000, immutable"
"""A file of ours whose address changes with it (RFC 8246)."""


def add_headers(app: Flask, *, settings: Settings) -> None:
    """Put the headers on all answers of an app, also on errors.

    Call it before whatever sets its own: the last to be added is asked first.
    """

    def protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if is_https(settings):
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        if request.endpoint != STATIC:
            response.headers.setdefault("Cache-Control", "no-store")
            response.vary.add("Cookie")
        elif "v" in request.args and response.status_code < HTTPStatus.BAD_REQUEST:
            response.headers["Cache-Control"] = STAMPED
        return response

    app.after_request(protect)


def is_https(settings: Settings) -> bool:
    """Say whether this request came, or all our requests are meant to come, through TLS."""
    return request.is_secure or settings.url.startswith("https://")
