"""The worked week (docs/worked-week.md) is what the hub does, figure by figure, on both engines."""

import pytest
from sqlalchemy.orm import Session

from hub import invariants
from tests.flow.week.week_document import DOCUMENT, NOTHING, Row, Step, Table, read_steps
from tests.flow.week.week_figures import FIGURES
from tests.flow.week.week_workshop import EVENTS, build, play

KEPT = ("order", "run", "material for", "promise", "buy")
"""What a table need not name again when it stays as it was."""
Known = dict[str, dict[str, list[Row]]]
"""By kind of table and first cell: the rows that stand."""


def learn(known: Known, table: Table) -> None:
    """Take over what a table says has changed: all there is of each first cell, or a dash."""
    fresh: dict[str, list[Row]] = {}
    for key, *rest in table.rows:
        if set(rest) == {NOTHING}:
            fresh |= {gone: [] for gone in key.split(", ")}
        else:
            fresh.setdefault(key, []).append((key, *rest))
    known[table.kind] |= fresh


def standing(known: Known, kind: str) -> list[Row]:
    return sorted(row for rows in known[kind].values() for row in rows)


def the_week() -> list[Step]:
    return read_steps(DOCUMENT.read_text(encoding="utf-8"))


def test_every_figure_of_the_worked_week_is_what_the_hub_says(session: Session) -> None:
    workshop, *days = the_week()
    week = build(session, workshop)
    known: Known = {kind: {} for kind in KEPT}

    for step in days:
        for event in step.of("when"):
            play(week, event)
        for table in step.tables:
            if table.kind in KEPT:
                learn(known, table)
            elif table.kind != "when":
                found = FIGURES[table.kind](session, week.today)
                assert sorted(found) == sorted(table.rows), f"{step.title}: {table.kind}"
        for kind in KEPT:
            found = FIGURES[kind](session, week.today)
            assert sorted(found) == standing(known, kind), f"{step.title}: {kind}"
        assert invariants.check(session) == [], step.title


def test_the_worked_week_shows_every_kind_of_event_and_of_figure() -> None:
    _, *days = the_week()

    events = {event["event"] for step in days for event in step.of("when")}
    kinds = {table.kind for step in days for table in step.tables}

    assert events == EVENTS.keys()
    assert kinds == FIGURES.keys() | {"when"}


@pytest.mark.parametrize("kind", ["order", "run", "material for", "promise", "buy"])
def test_the_first_plan_is_shown_whole(kind: str) -> None:
    _, first, *_ = the_week()

    assert first.of(kind).rows
