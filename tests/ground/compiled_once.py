"""Lets the engines and apps of a test process share what was compiled: each test has its own.

SQLAlchemy keeps compiled statements by engine and dialect, Jinja its templates by environment,
and Werkzeug builds a function for each address of each app. With a new engine a test, compiling
statements took more than a third of the whole run; with a new app a test of pages, compiling
addresses and templates took more than half of such a test. None of it is what the tests are about.
"""

from collections.abc import Callable
from types import CodeType

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from werkzeug.routing import Rule

MakeEngine = Callable[..., Engine]
Builder = Callable[..., tuple[str, str]]
MakeBuilder = Callable[[Rule, bool], Builder]

COMPILED: dict[object, object] = {}


def pytest_configure() -> None:
    """Have every engine and app made from now on share what was compiled with its kind."""
    patch = pytest.MonkeyPatch()
    patch.setattr("hub.models.session.create_engine", sharing(create_engine))
    templates = {"bytecode_cache": Templates()}
    patch.setattr(Flask, "jinja_options", Flask.jinja_options | templates)
    patch.setattr(Rule, "_compile_builder", building_once(Rule._compile_builder))  # noqa: SLF001


class Templates(BytecodeCache):
    """The compiled templates of all apps, as long as their files are what they were."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template its code, if it was compiled before."""
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template that was just compiled."""
        if bucket.code is not None:
            self.codes[bucket.key, bucket.checksum] = bucket.code


def building_once(make: MakeBuilder) -> MakeBuilder:
    """Wrap what makes the function that builds an address, so that each is made once.

    Such a function asks its rule for everything but the parts of the address. A rule with values
    of its own puts them in as well, so it is let alone.
    """
    made: dict[object, Builder] = {}

    def compile_builder(rule: Rule, append_unknown: bool = True) -> Builder:
        if rule.defaults:
            return make(rule, append_unknown)
        parts = (rule.rule, tuple(rule._trace), append_unknown)  # noqa: SLF001
        if parts not in made:
            made[parts] = make(rule, append_unknown)
        return made[parts]

    return compile_builder


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
