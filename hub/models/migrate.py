"""Bring a database to the schema this code was written for, and say where it stands.

To make a revision after changing hub/models/*.py: `python -m hub.models.migrate "words"`
writes it from the difference between the records and a fresh database at the newest revision;
read it, tidy it, and run tests/models/test_migrate.py.
Until the first release the initial revision is rewritten instead: delete it, run the same
command with the message "the whole schema", and put the tail of the old one (`close`) back.

Revisions only walk forward, and expand before they contract: the code of the release before
must still run on the schema of this one.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from hub.models.session import make_engine

SCRIPTS = "hub.models:migrations"
LOCK = 0x686F726E
"""The advisory lock (hash space of our own) under which PostgreSQL migrates."""


def upgrade(url: str) -> None:
    """Bring the database to the newest revision, whole or not at all.

    Two processes may call it at once: the second waits, and finds nothing left to do.
    """
    with _transaction(url) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = '60s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        command.upgrade(_config(connection), "head")


def current(url: str) -> str | None:
    """Return the revision the database is at; None when it was never migrated."""
    with _transaction(url) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """Return the revision this code was written for."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def is_current(url: str) -> bool:
    """Say whether the database is at the revision this code was written for."""
    return current(url) == newest()


def write_revision(message: str) -> None:
    """Write a revision file from what the records have and the newest revision lacks."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'fresh.db'}"
        upgrade(url)
        with _transaction(url) as connection:
            config = _config(connection)
            number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
            command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")


@contextmanager
def _transaction(url: str) -> Iterator[Connection]:
    engine = make_engine(url, pool_size=1)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.attributes["connection"] = connection
    return config


if __name__ == "__main__":
    write_revision(sys.argv[1])
