"""The floor: what a webhook costs when all that is done is prove it and keep it."""

import hmac
import os
import sqlite3
import threading
from base64 import b64encode
from pathlib import Path

import psycopg
from flask import Flask, request

from hub.serve import Server
from hub.settings import Settings

TABLE = "CREATE TABLE message (id TEXT PRIMARY KEY, body BYTEA NOT NULL)"


def floor_app(*, url: str, secret: str) -> Flask:
    """Make an app that checks the HMAC of a body and inserts it, one commit a request."""
    app, mine = Flask(__name__), threading.local()

    def keep_sqlite(name: str, body: bytes) -> None:
        if not hasattr(mine, "db"):
            mine.db = sqlite3.connect(url, timeout=15, isolation_level=None)
            mine.db.execute("PRAGMA synchronous=FULL")
        mine.db.execute("INSERT INTO message VALUES (?, ?)", (name, body))

    def keep_postgres(name: str, body: bytes) -> None:
        if not hasattr(mine, "db"):
            mine.db = psycopg.connect(url, autocommit=True)
        mine.db.execute("INSERT INTO message VALUES (%s, %s)", (name, body))

    keep = keep_postgres if "://" in url else keep_sqlite

    @app.post("/")
    def receive() -> tuple[str, int]:
        body = request.get_data()
        proof = b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
        if not hmac.compare_digest(proof, request.headers["X-Shopify-Hmac-Sha256"]):
            return "", 401
        keep(request.headers["X-Shopify-Event-Id"], body)
        return "", 200

    return app


def make_table(url: str) -> None:
    """Make the table, before there are several threads."""
    if "://" in url:
        with psycopg.connect(url, autocommit=True) as postgres:
            postgres.execute(TABLE)
        return
    with sqlite3.connect(url) as lite:
        lite.execute("PRAGMA journal_mode=WAL")
        lite.execute(TABLE)


def main() -> None:
    """Serve it as `hornada web` serves the hub: the same gunicorn with the same settings."""
    url, secret = os.environ["FLOOR_DATABASE"], os.environ["FLOOR_SECRET"]
    settings = Settings(data=Path(), port=int(os.environ["FLOOR_PORT"]))
    Server(settings, processes=1, make=lambda: floor_app(url=url, secret=secret)).run()


if __name__ == "__main__":
    main()
