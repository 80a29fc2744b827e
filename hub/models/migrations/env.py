"""How Alembic runs here: on the connection it is handed, in the caller's transaction."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from hub.models.records.base import BigId, Json, Utc
from hub.models.records.schema import metadata


def render(_kind: str, thing: object, _autogen: AutogenContext) -> str | Literal[False]:
    """Write our column types by the names script.py.mako gives them."""
    names = {id(BigId): "BIG_ID", id(Json): "JSON"}
    if isinstance(thing, Utc):
        return "UTC"
    return names.get(id(thing), False)


def run(connection: Connection) -> None:
    """Run what the command asked for on the connection, inside the caller's transaction."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        render_item=render,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
