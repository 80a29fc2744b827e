"""Lets the engines of a test process share what was compiled: each test has a database of its own.

SQLAlchemy keeps compiled statements by engine and dialect. With a new engine a test, compiling took
more than a third of the whole run, and none of it is what the tests are about.
"""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Dialect, Engine, create_engine, event

MakeEngine = Callable[..., Engine]

COMPILED: dict[object, object] = {}


def pytest_configure() -> None:
    """Have every engine made from now on share dialect and compiled statements with its kind."""
    pytest.MonkeyPatch().setattr("hub.models.session.create_engine", sharing(create_engine))


def sharing(make: MakeEngine) -> MakeEngine:
    """Wrap what makes engines, so that those of a kind share a dialect.

    A dialect learns from its first connection what its server is and can do, so only one that did
    so is shared.
    """
    learned: dict[str, Dialect] = {}

    def make_engine(*args: object, **options: object) -> Engine:
        engine = make(*args, **options)
        if engine.dialect.name in learned:
            engine.dialect = learned[engine.dialect.name]
        else:
            event.listen(engine, "engine_connect", learn, once=True)
        engine.update_execution_options(compiled_cache=COMPILED)
        return engine

    def learn(connection: Connection) -> None:
        learned.setdefault(connection.dialect.name, connection.dialect)

    return make_engine
