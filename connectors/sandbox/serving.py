"""Serve an app on this machine only, in a thread, until stopped."""

import threading
from types import TracebackType

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

_HERE = "127.0.0.1"


class _Quiet(WSGIRequestHandler):
    protocol_version = (
        "HTTP/1.1"  # clients keep their connection, as they do to the real thing
    )

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the sandbox keeps its own list of calls."""


class Served:
    """A running server; `with serve(app) as served:` stops it at the end."""

    def __init__(self, server: BaseWSGIServer) -> None:
        self._server = server
        self._thread = threading.Thread(
            target=server.serve_forever, name="sandbox", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._server.server_port

    @property
    def url(self) -> str:
        """Where it is, without a slash at the end."""
        return f"http://{_HERE}:{self.port}"

    def stop(self) -> None:
        """Stop listening; twice is once."""
        self._server.shutdown()
        self._thread.join(timeout=5)
        self._server.server_close()

    def __enter__(self) -> "Served":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def serve(app: Flask, *, port: int = 0) -> Served:
    """Serve an app on loopback; port 0 picks a free one."""
    server = make_server(_HERE, port, app, threaded=True, request_handler=_Quiet)
    if hasattr(server, "daemon_threads"):
        server.daemon_threads = True
    return Served(server)
