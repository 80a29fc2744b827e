"""What a channel says of itself is true, whole, and known before any call."""

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, replace
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.protocol import PORT_OF, Connection, PushesEffects
from connectors.spec import WRITES, Capability, CursorKind
from tests.contract.asking import needs, spec_of
from tests.contract.harness import Harness

NOTHING = timedelta(0)
NEVER = {"sqlalchemy", "alembic", "redis", "rq", "flask", "hub", "webhooks", "workers"}
NEVER |= {"tenacity", "time", "logging", "structlog", "random", "os", "threading"}
"""What no file of a channel imports: a channel keeps nothing, waits for nothing, logs nothing."""
SANDBOXES = {"settings.base_url", "settings.oauth_url"}
FIELD = re.compile(r"(settings|credentials)\.[a-z][a-z0-9_]*|webhook_secrets")


def typed_names(told: Connection) -> dict[str, tuple[str, ...]]:
    """Everything that was typed, by the name of its field."""
    found: dict[str, tuple[str, ...]] = {}
    found |= {f"settings.{name}": (value,) for name, value in told.settings.items()}
    found |= {f"credentials.{name}": (value,) for name, value in told.credentials.items()}
    if told.webhook_secrets:
        found["webhook_secrets"] = tuple(told.webhook_secrets)
    return found


def without(told: Connection, field: str) -> Connection:
    """What was typed, but for one field."""
    room, _, name = field.partition(".")
    if room == "webhook_secrets":
        return replace(told, webhook_secrets=())
    if room == "settings":
        kept = {key: value for key, value in told.settings.items() if key != name}
        return replace(told, settings=kept)
    kept = {key: value for key, value in told.credentials.items() if key != name}
    return replace(told, credentials=kept)


def files_of(h: Harness) -> list[Path]:
    """Every Python file in the folder of a channel, but for what tests of it lie there."""
    here = inspect.getsourcefile(h.registration.check)
    assert here is not None
    beside = {"harness.py", "shop.py", "mutants.py", "serving.py"}
    return [
        path
        for path in sorted(Path(here).parent.rglob("*.py"))
        if path.name not in beside or "connectors" in path.parts
    ]


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def test_a_channel_has_the_ports_it_declares_and_no_others(h: Harness) -> None:
    channel, declared = h.channel(), spec_of(h).capabilities

    for port in set(PORT_OF.values()):
        wanted = any(PORT_OF[capability] is port for capability in declared)
        if port is PushesEffects:
            wanted = wanted or Capability.STOCK in declared
        assert isinstance(channel, port) is wanted, port.__name__


def test_whoever_lists_changes_lets_orders_be_fetched(h: Harness) -> None:
    needs(h, Capability.ORDERS_POLL)

    assert Capability.ORDERS_FETCH in spec_of(h).capabilities


def test_the_spec_is_one_frozen_card(h: Harness) -> None:
    spec = spec_of(h)

    assert h.channel().spec is spec
    with pytest.raises(FrozenInstanceError):
        spec.key = "another"  # type: ignore[misc]


def test_the_spec_makes_sense(h: Harness) -> None:
    spec = spec_of(h)

    assert re.fullmatch(r"[a-z][a-z0-9_]{1,30}", spec.key)
    assert spec.title
    assert spec.api_version
    assert spec.max_page > 0
    assert spec.ambiguity_horizon >= NOTHING
    assert spec.stock_every >= NOTHING
    assert spec.reread_every is None or spec.reread_every > NOTHING
    if spec.capabilities & WRITES:
        assert spec.ambiguity_horizon > NOTHING, "a lost write may still come through"


def test_every_stream_can_be_read_without_losing_rows(h: Harness) -> None:
    spec = spec_of(h)

    assert bool(spec.streams) is (Capability.ORDERS_POLL in spec.capabilities)
    assert len({stream.name for stream in spec.streams}) == len(spec.streams)
    for stream in spec.streams:
        assert stream.every > NOTHING
        assert stream.lag >= NOTHING
        if stream.cursor is CursorKind.WATERMARK:
            assert stream.overlap > NOTHING, "times are equal, and rows appear late"


def test_every_rate_is_a_bucket_of_its_own(h: Harness) -> None:
    rates = spec_of(h).rates

    assert len({rate.bucket for rate in rates}) == len(rates)
    assert all(rate.size > 0 and rate.per > NOTHING for rate in rates)


def test_every_field_is_one_a_page_can_show(h: Harness) -> None:
    fields = spec_of(h).fields

    assert len({field.name for field in fields}) == len(fields)
    for field in fields:
        assert FIELD.fullmatch(field.name), field.name
        assert field.label


def test_what_can_be_typed_has_a_field(h: Harness) -> None:
    named = {field.name for field in spec_of(h).fields}

    assert typed_names(h.typed()).keys() <= named | SANDBOXES


def test_every_secret_that_is_typed_is_marked_as_one(h: Harness) -> None:
    typed = typed_names(h.typed())

    for field in spec_of(h).fields:
        is_secret = any(value in h.secrets() for value in typed.get(field.name, ()))
        room = field.name.partition(".")[0]
        if is_secret or room == "webhook_secrets":
            assert field.is_secret, field.name


def test_what_is_typed_rightly_has_no_problem(h: Harness) -> None:
    assert h.registration.check(h.typed()) == {}


def test_a_required_field_that_is_missing_is_named(h: Harness) -> None:
    for field in spec_of(h).fields:
        if field.is_required:
            problems = h.registration.check(without(h.typed(), field.name))
            assert problems.get(field.name), field.name


def test_nothing_typed_at_all_is_a_problem_and_no_crash(h: Harness) -> None:
    problems = h.registration.check(Connection(settings={}, credentials={}))

    required = {field.name for field in spec_of(h).fields if field.is_required}
    assert required <= problems.keys()


def test_a_channel_keeps_nothing_waits_for_nothing_and_logs_nothing(h: Harness) -> None:
    found = {
        f"{path.name} imports {name}"
        for path in files_of(h)
        for name in imported(path)
        if name in NEVER
    }

    assert found == set()
