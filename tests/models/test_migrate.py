"""The migrations make exactly the schema the records describe, on both engines."""

import threading
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from hub.models import migrate
from hub.models.records.schema import metadata
from hub.models.session import make_engine

PG_OBJECTS = """
SELECT c.relname || '.' || n.conname, pg_get_constraintdef(n.oid)
FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid
WHERE n.connamespace = 'public'::regnamespace AND n.contype <> 'n'
UNION ALL
SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
"""


@pytest.fixture
def engine(db_url: str) -> Iterator[Engine]:
    made = make_engine(db_url, pool_size=4)
    yield made
    made.dispose()


def columns(connection: Connection) -> dict[str, list[tuple[str, str, bool]]]:
    """Every table's columns: name, type as the engine has it, may it be empty."""
    found = inspect(connection)
    return {
        table: sorted(
            (column["name"], str(column["type"]), column["nullable"])
            for column in found.get_columns(table)
        )
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def rules(connection: Connection) -> dict[str, str]:
    """Every key, check and index by name, in the engine's own words."""
    if connection.dialect.name == "postgresql":
        rows = connection.execute(text(PG_OBJECTS)).all()
        return {name: words for name, words in rows if "alembic_version" not in name}
    found = inspect(connection)
    named: dict[str, str] = {}
    for table in metadata.tables:
        for check in found.get_check_constraints(table):
            named[f"{table}.{check['name']}"] = check["sqltext"]
        for unique in found.get_unique_constraints(table):
            named[f"{table}.{unique['name']}"] = str(unique["column_names"])
        for key in found.get_foreign_keys(table):
            # By its columns: SQLAlchemy cannot read the name of a key added to a table later.
            columns = ",".join(key["constrained_columns"])
            named[f"{table}.{columns}"] = f"{key['referred_table']} {key['options']}"
    indexes = text("SELECT name, sql FROM sqlite_master WHERE type = 'index'")
    return named | {name: words for name, words in connection.execute(indexes) if words}


def test_the_records_ask_for_nothing_the_migrations_lack(
    db_url: str, engine: Engine
) -> None:
    migrate.upgrade(db_url)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrated_and_created_schemas_have_the_same_columns_and_rules(
    db_url: str, engine: Engine
) -> None:
    with engine.begin() as connection:
        metadata.create_all(connection)
        wanted = columns(connection), rules(connection)
        metadata.drop_all(connection)

    migrate.upgrade(db_url)

    with engine.connect() as connection:
        made = columns(connection), rules(connection)
    assert made[0] == wanted[0]
    assert made[1] == wanted[1]
    assert any("ck_" in name for name in made[1])


def test_a_database_says_whether_it_is_current(db_url: str) -> None:
    assert migrate.current(db_url) is None
    assert not migrate.is_current(db_url)

    migrate.upgrade(db_url)

    assert migrate.current(db_url) == migrate.newest()
    assert migrate.is_current(db_url)


def test_two_processes_may_upgrade_at_once(db_url: str) -> None:
    failures: list[BaseException] = []

    def upgrade() -> None:
        try:
            migrate.upgrade(db_url)
        except DBAPIError as error:
            failures.append(error)

    both = [threading.Thread(target=upgrade) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert failures == []
    assert migrate.is_current(db_url)


def test_a_migration_that_fails_leaves_nothing_behind(
    db_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engine.begin() as connection:
        # The last table of the revision is in the way.
        connection.execute(text("CREATE TABLE shortage (id INTEGER PRIMARY KEY)"))

    with pytest.raises(DBAPIError):
        migrate.upgrade(db_url)

    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["shortage"]


@pytest.mark.parametrize("table", ["stock_move", "history"])
@pytest.mark.parametrize("change", ["UPDATE {} SET who = 'me'", "DELETE FROM {}"])
def test_what_only_grows_cannot_be_changed(
    db_url: str, engine: Engine, table: str, change: str
) -> None:
    migrate.upgrade(db_url)
    with engine.begin() as connection:
        connection.execute(text(ROWS["item"]))
        connection.execute(text(ROWS["lot"]))
        connection.execute(text(ROWS[table]))

    with (
        pytest.raises(DBAPIError, match=f"{table} is append-only"),
        engine.begin() as writer,
    ):
        writer.execute(text(change.format(table)))

    with engine.connect() as connection:
        who = connection.execute(text(f"SELECT who FROM {table}")).scalars().all()  # noqa: S608
    assert who == ["maria"]


ROWS = {
    "item": (
        "INSERT INTO item (id, code, code_key, name, kind, unit, policy, reorder_point,"
        " safety_stock, min_remaining_days, allergens, created_at) VALUES (1, 'WAX', 'wax',"
        " 'Soy wax', 'material', 'g', 'make_to_order', 0, 0, 0, '[]', '2026-11-22 10:00:00')"
    ),
    "lot": (
        "INSERT INTO lot (id, item_id, code, supplier_lot, state, currency, received_at)"
        " VALUES (1, 1, 'W-1', '', 'available', '', '2026-11-22 10:00:00')"
    ),
    "stock_move": (
        "INSERT INTO stock_move (lot_id, item_id, quantity, kind, ref_type, ref_id, at, who,"
        " why) VALUES"
        " (1, 1, 5000, 'received', 'lot', '1', '2026-11-22 10:00:00', 'maria', '')"
    ),
    "history": (
        "INSERT INTO history (at, who, subject, subject_id, what, from_state, to_state, why,"
        " detail) VALUES"
        " ('2026-11-22 10:00:00', 'maria', 'lot', 1, 'lot.received', '', '', '', '{}')"
    ),
}
