"""What watches us may ask: /healthz (are we serving) and /readyz (can work be done)."""

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from hub.models.claims.alive import is_alive
from hub.models.session import DatabaseDown
from hub.ports import Ports, queue_url
from hub.queue import is_alive as is_queue_alive

WORKER = "worker"
"""The name workers beat under (workers/run.py)."""


def make_health(ports: Ports) -> Blueprint:
    """Make the two addresses. They name no version, path or person, and ask for no log-in."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return _uncached(jsonify(status="ok"))

    @blueprint.get("/readyz")
    def readyz() -> Response:
        found = readiness(ports)
        is_ready = all(found.values())
        response = jsonify(
            status="ready" if is_ready else "not ready",
            checks={name: "ok" if good else "down" for name, good in found.items()},
        )
        response.status_code = 200 if is_ready else 503
        return _uncached(response)

    return blueprint


def readiness(ports: Ports) -> dict[str, bool]:
    """Say of the database, the queue and the workers whether they are there."""
    has_database, has_worker = _database_and_worker(ports)
    url = queue_url(ports.settings)
    return {
        "database": has_database,
        "queue": bool(url) and is_queue_alive(url),
        "worker": has_worker,
    }


def _database_and_worker(ports: Ports) -> tuple[bool, bool]:
    try:
        with ports.database.reading() as session:
            session.execute(text("SELECT 1"))
            return True, is_alive(session, name=WORKER, now=ports.clock.now())
    except (SQLAlchemyError, DatabaseDown):
        return False, False


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
