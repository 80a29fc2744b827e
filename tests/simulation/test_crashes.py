"""In whatever order things happen, wherever processes die: nothing is lost, doubled or wrong.

600 schedules on SQLite and 60 on PostgreSQL, each under its own seed drawn from the run's, and the
same ones every time; `make storm` draws 2,000 and 200 new ones. A failure names its schedule's
seed; `HORNADA_TEST_SCHEDULE=<seed> ./hornada test tests/simulation/test_crashes.py -k replay` runs
that one alone.
"""

import os
from collections import Counter
from random import Random

import pytest

from tests.simulation.ground import Ground
from tests.simulation.report import note_schedules
from tests.simulation.schedule import Ended, run_schedule

CHUNKS, POSTGRES_CHUNKS = 20, 6
"""How many tests share the schedules out, so that they run side by side."""
ON_POSTGRES = 10
"""Every so manyth schedule runs on PostgreSQL too."""


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_crash_loses_doubles_or_breaks_anything(
    sqlite_workshop: Ground, seed: int, chunk: int, pytestconfig: pytest.Config
) -> None:
    count = -(-pytestconfig.option.schedules // CHUNKS)
    ended = _run(sqlite_workshop, seeds=_seeds(seed, chunk, count))

    _note(pytestconfig, "SQLite", ended)
    assert _violations(ended) == {}


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("chunk", range(POSTGRES_CHUNKS))
def test_nor_does_one_on_postgresql(
    postgres_workshop: Ground, seed: int, chunk: int, pytestconfig: pytest.Config
) -> None:
    count = -(-pytestconfig.option.schedules // ON_POSTGRES // POSTGRES_CHUNKS)
    ended = _run(postgres_workshop, seeds=_seeds(seed, 1000 + chunk, count))

    _note(pytestconfig, "PostgreSQL", ended)
    assert _violations(ended) == {}


def test_a_schedule_can_be_replayed(sqlite_workshop: Ground, seed: int) -> None:
    one = int(os.environ.get("HORNADA_TEST_SCHEDULE", seed))

    first, again = (run_schedule(sqlite_workshop, seed=one) for _ in range(2))

    assert first.violations == ()
    assert (first.crashes, first.facts) == (again.crashes, again.facts)


def _note(config: pytest.Config, engine: str, ended: list[Ended]) -> None:
    parcels = sum(each.facts["parcels"] for each in ended)
    note_schedules(
        config, engine, crashes=[each.crashes for each in ended], parcels=parcels
    )


def _seeds(seed: int, chunk: int, count: int) -> list[int]:
    random = Random(seed * 10_000 + chunk)
    return [random.getrandbits(40) for _ in range(count)]


def _run(ground: Ground, *, seeds: list[int]) -> list[Ended]:
    return [run_schedule(ground, seed=each) for each in seeds]


def _violations(ended: list[Ended]) -> dict[int, tuple[str, ...]]:
    return {each.seed: each.violations for each in ended if each.violations}


def test_the_schedules_reach_what_they_are_for(sqlite_workshop: Ground, seed: int) -> None:
    ended = _run(sqlite_workshop, seeds=_seeds(seed, 2000, 25))

    ended += [
        run_schedule(sqlite_workshop, seed=each, has_mail=True)
        for each in _seeds(seed, 3000, 4)
    ]

    facts = sum((each.facts for each in ended), Counter[str]())
    crashes = sum((each.crashes for each in ended), Counter[str]())

    assert _violations(ended) == {}
    assert facts["parcels"] > 0
    assert facts["mails processed"] > 0
    assert facts["letters sent"] > 0
    assert {"statement", "commit.before", "commit.after"} <= crashes.keys()
