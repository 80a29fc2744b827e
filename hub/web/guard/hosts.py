"""Which host names this hub answers to: one that is not ours could poison links and caches."""

from urllib.parse import urlsplit

from flask import Flask, Response, request

from hub.settings import Settings

PROBES = frozenset({"/healthz", "/readyz"})
"""Answered under any name: whatever watches us may know only an address."""


class BadHost(Exception):
    """The request names a host that is not ours."""


def add_host_check(app: Flask, *, settings: Settings) -> None:
    """Refuse requests to hosts that are not in the settings. This function will spare probes."""
    hosts = frozenset(name.lower() for name in settings.hosts)

    def check() -> Response | None:
        if request.path in PROBES or host_name(request.host) in hosts:
            return None
        raise BadHost("This hub does not answer to that name: see HORNADA_TRUSTED_HOSTS.")

    app.before_request(check)


def host_name(host: str) -> str:
    """Return a Host header's name without its port, lower case; empty if it has none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""
