"""Joins what answers over HTTP into one Flask app: webhooks, the API, the pages, the health."""

from flask import Flask, Response, request
from flask_openapi3.openapi import OpenAPI
from werkzeug.middleware.proxy_fix import ProxyFix

from hub import log
from hub.ports import Ports, open_ports
from hub.request_body import read_away
from hub.request_id import add_request_ids
from hub.settings import Settings, load
from hub.web.api.problems import Problem, answer_error, answer_invalid
from hub.web.api.reading import StrictRequest
from hub.web.api.routes import register_api
from hub.web.guard.hosts import BadHost, add_host_check
from hub.web.health import make_health
from hub.web.pages import register_pages, show_error
from webhooks.receive import make_blueprint

FOR_PROGRAMS = ("/api/", "/webhooks/")
"""Under these, every answer is for a program: problems are JSON, never a page."""


def create_app(ports: Ports) -> Flask:
    """Make the app. This function will answer only under the host names of the settings."""
    app = OpenAPI("hub.web", doc_ui=False, validation_error_callback=answer_invalid)
    app.request_class = StrictRequest
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    _behind_proxies(app, settings=ports.settings)
    app.after_request(_leave_nothing_unread)
    add_request_ids(app)
    add_host_check(app, settings=ports.settings)
    app.register_error_handler(Exception, _answer_error)
    app.register_blueprint(make_health(ports))
    app.register_blueprint(make_blueprint(ports))
    register_pages(app, ports)
    register_api(app, ports)
    return app


def wsgi() -> Flask:
    """Make the app from the environment, for gunicorn: `gunicorn "hub.app:wsgi()"`."""
    settings = load()
    log.set_up(level=settings.log_level)
    return create_app(open_ports(settings))


def _behind_proxies(app: Flask, *, settings: Settings) -> None:
    hops = settings.proxy_hops
    if hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops
        )


def _leave_nothing_unread(response: Response) -> Response:
    read_away(request)
    return response


def _answer_error(error: Exception) -> Response:
    if isinstance(error, BadHost):
        error = Problem(400, str(error), code="bad_host")
    elif not request.path.startswith(FOR_PROGRAMS):
        return show_error(error)
    return answer_error(error)
