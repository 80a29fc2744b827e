"""What is to be ordered now, a page at a time, by supplier."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from hub.models.purchasing.purchase_needs import Need, SuggestionRow, needs_now, rows_of
from hub.models.records.purchasing import Supplier
from hub.web.page_door import asked_id
from hub.web.purchasing.purchase_money import add_up

MOST = 50
"""Suggestions of a page; the rest are pages further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What to order of one supplier, as far as it is on this page."""

    supplier: Supplier | None
    """None: nobody sells it yet."""
    rows: Sequence[SuggestionRow]
    total: int
    """How many there are of that supplier on all pages: an order takes them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToOrder:
    """A page of what is to be ordered now."""

    groups: Sequence[Group]
    sums: Mapping[int, list[tuple[int, str]]]
    """Of all pages, by supplier."""
    total: int
    page: int

    @property
    def first(self) -> int:
        """The number of the first of this page."""
        return self.page * MOST + 1

    @property
    def last(self) -> int:
        """The number of the last of this page."""
        return min(self.total, (self.page + 1) * MOST)


def read_to_order(session: Session, *, today: date) -> ToOrder:
    """Read the page of suggestions that is asked for: who waits is looked up for those alone."""
    needs = needs_now(session, today=today)
    page = min(asked_id("needs") or 0, max(0, len(needs) - 1) // MOST)
    rows = rows_of(session, needs=needs[page * MOST : (page + 1) * MOST])
    totals = Counter(_seller(each) for each in needs)
    groups: dict[int, list[SuggestionRow]] = {}
    for row in rows:
        groups.setdefault(_seller(row), []).append(row)
    return ToOrder(
        groups=[
            Group(supplier=mine[0].supplier, rows=mine, total=totals[seller])
            for seller, mine in groups.items()
        ],
        sums=add_up(needs),
        total=len(needs),
        page=page,
    )


def _seller(need: Need) -> int:
    return need.supplier.id if need.supplier else 0
