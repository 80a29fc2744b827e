"""A workshop beside a plain model of its stock, before anything happens in it."""

from collections.abc import Callable, Iterable
from typing import ClassVar, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
)
from sqlalchemy import Select
from sqlalchemy.orm import Session

from hub import invariants
from hub.domain.stock.lot_states import LotState
from hub.flow.phase import refresh_phases
from hub.flow.refusal import Refusal
from hub.models.session import Database
from tests.factories import NOW, make_account, make_item
from tests.flow.stock.plain_stock import (
    Owner,
    Plain,
)

T = TypeVar("T")

ANY = st.integers(0, 99)
PIECES = st.integers(1, 6)
GRAMS = st.integers(1, 4000)
CODES = st.sampled_from([None, None, "A", "B"])
STATES = st.sampled_from(LotState)


class StockGround(RuleBasedStateMachine):
    """Does what the model says is possible; the rest must be refused."""

    database: ClassVar[Database]

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(self.database.engine, expire_on_commit=False)
        self.plain = Plain()

    def teardown(self) -> None:
        """Hold the workshop against every law of the hub, then forget it."""
        broken = invariants.check(self.session)
        self.session.rollback()
        self.session.close()
        assert broken == []

    def attempt(self, deed: Callable[[], T], *, is_possible: bool) -> T | None:
        if is_possible:
            return deed()
        with pytest.raises(Refusal):
            deed()
        return None

    def runs_in(self, *states: str) -> list[int]:
        return [run for run, plain in self.plain.runs.items() if plain.state in states]

    def look(self) -> None:
        """Refresh the phases of all orders, as a planner does after it moved reservations."""
        refresh_phases(self.session, order_ids=list(self.plain.orders), now=NOW)

    @initialize()
    def open_the_workshop(self) -> None:
        self.candle = make_item(self.session, code="CANDLE")
        self.wax = make_item(self.session, code="WAX")
        self.account = make_account(self.session)

    def sum_of(self, query: Select[int | None]) -> int:
        return int(self.session.scalar(query) or 0)


def one_of(many: Iterable[T], which: int) -> T:
    """Choose one of what there is by a number of any size."""
    every = list(many)
    return every[which % len(every)]


def columns(owner: Owner) -> tuple[int | None, int | None]:
    """Name an owner as the columns do: a demand's id, or a need's."""
    kind, number = owner
    return (number, None) if kind == "demand" else (None, number)
