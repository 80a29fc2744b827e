"""Connections on the command line: listed, and their old orders asked for, paused and ended."""

import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import structlog
from click.testing import CliRunner, Result
from sqlalchemy import select

from hub.cli import hornada
from hub.models.records.channels import Backfill, ChannelStream
from hub.models.session import Database
from tests.factories import NOW, make_account


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take nothing from outside, and leave the log as it was."""
    for name in ("HORNADA_DATA", "HORNADA_KEY", "DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HORNADA_TIMEZONE", "Europe/Madrid")
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A workshop with two connections."""
    run("db", "upgrade", data=tmp_path)
    database = Database(f"sqlite:///{tmp_path / 'hornada.db'}")
    with database.begin() as session:
        make_account(session)
        make_account(session, channel="manual", name="manual")
    database.dispose()
    return tmp_path


def run(*arguments: str, data: Path) -> Result:
    return CliRunner().invoke(hornada, [*arguments, "--data", str(data)])


def backfills(data: Path) -> list[Backfill]:
    database = Database(f"sqlite:///{data / 'hornada.db'}")
    with database.reading() as session:
        found = list(session.scalars(select(Backfill).order_by(Backfill.id)))
    database.dispose()
    return found


def test_connections_are_listed_with_what_ails_them(data: Path) -> None:
    database = Database(f"sqlite:///{data / 'hornada.db'}")
    with database.begin() as session:
        session.add(
            ChannelStream(
                account_id=1, name="orders", next_at=NOW, read_at=NOW, last_error="away"
            )
        )
    database.dispose()

    shown = run("channels", data=data)

    assert shown.exit_code == 0
    [_, shop, typed] = shown.stdout.splitlines()
    assert ("Cera y Sal" in shop, "2026-11-23" in shop, "away" in shop) == (True,) * 3
    assert "manual" in typed


@pytest.mark.parametrize("channel", ["1", "Cera y Sal"])
def test_old_orders_are_asked_for_from_midnight_of_the_workshops_day(
    data: Path, channel: str
) -> None:
    asked = run("backfill", channel, "--since", "2026-01-31", data=data)

    assert asked.exit_code == 0, asked.output
    assert asked.stdout.startswith("running: 0 read, 0 found")
    [made] = backfills(data)
    assert made.since == datetime(2026, 1, 31, tzinfo=ZoneInfo("Europe/Madrid"))


def test_it_is_paused_resumed_and_stopped(data: Path) -> None:
    run("backfill", "1", "--since", "2026-01-31", data=data)

    states = []
    for step in ("--pause", "--resume", "--stop"):
        assert run("backfill", "1", step, data=data).exit_code == 0
        states += [each.state for each in backfills(data)]

    assert states == ["paused", "running", "stopped"]


def test_watching_ends_when_it_is_over(data: Path) -> None:
    run("backfill", "1", "--since", "2026-01-31", data=data)
    run("backfill", "1", "--stop", data=data)

    watched = run("backfill", "1", "--watch", data=data)

    assert watched.exit_code == 0
    assert watched.stdout.startswith("stopped")


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("nobody", "--since", "2026-01-31"), "no connection"),
        (("1",), "--since"),
        (("1", "--pause"), "No old orders"),
        (("manual", "--since", "2026-01-31"), "no list"),
        (("1", "--since", "2999-01-31"), "in the past"),
        (("1", "--since", "yesterday"), "Invalid value"),
        (("1", "--since", "2026-01-31", "--stop"), "no other step"),
    ],
)
def test_what_cannot_be_done_is_told_in_words(
    data: Path, arguments: tuple[str, ...], words: str
) -> None:
    told = run("backfill", *arguments, data=data)

    assert told.exit_code == 2
    assert words in told.output
    assert backfills(data) == []
