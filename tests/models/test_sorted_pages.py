"""Pages of a sorted list: every row once, both ways, whatever comes in between."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from hub.models.records.base import Record
from hub.models.records.stock import Lot
from hub.models.sorted_pages import (
    Part,
    Place,
    SortedPage,
    Sorting,
    count_up_to,
    sorted_page,
)

AT = datetime(2026, 11, 23, tzinfo=UTC)

COSTS = st.lists(st.none() | st.integers(0, 3), max_size=24)
"""Few values and none at all: most rows tie."""


def add(session: Session, costs: list[int | None]) -> None:
    """Add lots that cost so much."""
    known = len(session.scalars(select(Lot.id)).all())
    session.add_all(
        Lot(item_id=1, code=f"L-{known + at}", unit_cost_micros=cost, received_at=AT)
        for at, cost in enumerate(costs)
    )
    session.flush()


def page(session: Session, *, is_down: bool, part: Part) -> SortedPage[Lot]:
    """Read a page of the lots by their cost."""
    return sorted_page(
        session,
        select(Lot),
        record=Lot,
        sorting=Sorting(column=Lot.unit_cost_micros, is_down=is_down),
        part=part,
    )


def walk(
    session: Session, *, is_down: bool, limit: int, between: Callable[[], None]
) -> tuple[list[int], SortedPage[Lot]]:
    """Go to the end of the list; return the ids that were seen, and the last page."""
    seen: list[int] = []
    after: Place | None = None
    while True:
        found = page(session, is_down=is_down, part=Part(limit=limit, after=after))
        seen += [row.id for row in found.rows]
        after = found.after
        if after is None:
            return seen, found
        between()


def fresh() -> Session:
    """Open an empty table of lots."""
    engine = create_engine("sqlite://")
    Record.metadata.tables["lot"].create(engine)
    return Session(engine)


@settings(max_examples=60, deadline=None)
@given(costs=COSTS, later=COSTS, limit=st.integers(1, 5), is_down=st.booleans())
def test_every_row_is_seen_once_forwards_though_others_arrive(
    costs: list[int | None], later: list[int | None], limit: int, is_down: bool
) -> None:
    with fresh() as session:
        add(session, costs)
        first = set(session.scalars(select(Lot.id)))
        waiting = list(later)

        seen, _ = walk(
            session,
            is_down=is_down,
            limit=limit,
            between=lambda: add(session, [waiting.pop()] if waiting else []),
        )

        assert len(seen) == len(set(seen))
        assert first <= set(seen)


@settings(max_examples=60, deadline=None)
@given(costs=COSTS, limit=st.integers(1, 5), is_down=st.booleans())
def test_going_back_shows_the_same_rows_in_the_same_order(
    costs: list[int | None], limit: int, is_down: bool
) -> None:
    with fresh() as session:
        add(session, costs)
        whole = page(session, is_down=is_down, part=Part(limit=100))
        seen, last = walk(session, is_down=is_down, limit=limit, between=lambda: None)

        back = [row.id for row in last.rows]
        before = last.before
        while before is not None:
            found = page(session, is_down=is_down, part=Part(limit=limit, before=before))
            back = [row.id for row in found.rows] + back
            before = found.before

        assert seen == back == [row.id for row in whole.rows]


@pytest.mark.parametrize("is_down", [True, False])
def test_rows_without_a_value_come_last_either_way(is_down: bool) -> None:
    with fresh() as session:
        add(session, [None, 2, None, 1])

        found = page(session, is_down=is_down, part=Part(limit=10))

        costs = [row.unit_cost_micros for row in found.rows]
        assert costs == ([2, 1, None, None] if is_down else [1, 2, None, None])


def test_a_count_stops_where_it_is_told() -> None:
    with fresh() as session:
        add(session, [1] * 9)

        assert count_up_to(session, select(Lot), most=5) == 5
        assert count_up_to(session, select(Lot), most=50) == 9
