"""How a line of an order is covered, as its page says it: in stock, being made, short."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hub.domain.states import UNFINISHED
from hub.models.orders.order_facts import DemandRow, LineRow
from hub.models.orders.order_views import OrderPage
from hub.models.purchasing.purchase_covers import Covered
from hub.models.records.items import Item
from hub.models.records.production import ProductionOrder

NOT_MAPPED = ("unmapped", "suggested")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """One part of a line: how it is covered, how much, and by what."""

    kind: str
    """A key of the table "cover" in words.py."""
    quantity: int = 0
    item: Item | None = None
    run: ProductionOrder | None = None
    coming: Covered | None = None
    """The purchase it comes with."""
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveredLine:
    """A line with the parts of its cover."""

    row: LineRow
    covers: Sequence[Cover]
    pieces_left: int


Coming = Mapping[int, Sequence[Covered]]
"""What purchases bring for each demand."""


def covered_lines(
    page: OrderPage, *, items: Mapping[int, Item], coming: Coming
) -> list[CoveredLine]:
    """Say of each line of an order how it is covered."""
    return [
        CoveredLine(
            row=row,
            covers=list(_covers(row, page, items, coming)),
            pieces_left=_left(row),
        )
        for row in page.facts.lines
    ]


def _covers(
    row: LineRow, page: OrderPage, items: Mapping[int, Item], coming: Coming
) -> Iterator[Cover]:
    if not _left(row):
        yield Cover(
            kind="shipped" if row.line.shipped or row.line.sent_elsewhere else "none"
        )
    elif row.line.state in NOT_MAPPED:
        yield Cover(kind="unmapped")
    elif not row.demands:
        yield Cover(kind="none")
    else:
        for demand in row.demands:
            parts = coming.get(demand.id, ())
            yield from _parts(demand, page, items[demand.item_id], parts)


def _parts(
    demand: DemandRow, page: OrderPage, item: Item, coming: Sequence[Covered]
) -> Iterator[Cover]:
    if demand.allocated:
        yield Cover(kind="stock", quantity=demand.allocated, item=item)
    owed = 0
    for link, run in page.links.get(demand.id, []):
        quantity = link.planned - link.done
        if quantity > 0 and run.state in UNFINISHED:
            owed += quantity
            yield Cover(kind="made", quantity=quantity, item=item, run=run, on=run.ready_on)
    for part in coming:
        owed += part.quantity
        yield Cover(kind="purchase", quantity=part.quantity, item=item, coming=part)
    if demand.checking:
        owed += demand.checking
        yield Cover(kind="check", quantity=demand.checking, item=item)
    if demand.short:
        kind = "no_recipe" if demand.short_reason == "no_recipe" else "short"
        yield Cover(kind=kind, quantity=demand.short, item=item, on=demand.short_until)
    rest = demand.open - demand.allocated - owed - demand.short
    if rest > 0:
        yield Cover(kind="unplanned", quantity=rest, item=item)


def _left(row: LineRow) -> int:
    line = row.line
    return max(0, line.ordered - line.cancelled - line.sent_elsewhere - line.shipped)
