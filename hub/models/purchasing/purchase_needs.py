"""What is to be bought: what nothing covers, who waits for it, and who sells it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, func, select, true
from sqlalchemy.orm import Session, defer

from hub.domain.planning.netting_types import ShortReason
from hub.domain.purchasing import Lack, Missing, Suggestion, days_before, suggest
from hub.models.by_id import by_id
from hub.models.making.run_views import OrderNamed, orders_served
from hub.models.planning.lead_times import offers_of
from hub.models.records.items import Item
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.planning import Replan, Shortage
from hub.models.records.production import ProductionNeed, ProductionOrder
from hub.models.records.purchasing import PurchaseLine, PurchaseOrder, Supplier

BOUGHT = ("material", "packaging")
BUYABLE = frozenset({ShortReason.NO_STOCK.value, ShortReason.TOO_OLD.value})
"""What a purchase ends. Where somebody sells the item, it ends NO_RECIPE too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wait:
    """An order, or a run, that waits for an item."""

    item_id: int
    lack: Lack
    order: OrderNamed | None = None
    run_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What to order of one item, of whom, and what of it waits."""

    suggestion: Suggestion
    item: Item
    supplier: Supplier | None
    waits: Sequence[_Wait]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionRow(Need):
    """A suggestion with all that is shown beside it."""

    orders: list[OrderNamed]
    """Whose orders wait, also through a run."""
    runs: list[ProductionOrder]


def suggestion_rows(
    session: Session, *, today: date, item_ids: Collection[int] | None = None
) -> list[SuggestionRow]:
    """Return what to order now, by supplier and item; what nobody sells comes last.

    Of all items, or only of some.
    """
    needs = needs_now(session, today=today, item_ids=item_ids)
    return rows_of(session, needs=needs)


def needs_now(
    session: Session, *, today: date, item_ids: Collection[int] | None = None
) -> list[Need]:
    """Return the same without who waits behind a run: enough to add up, and to choose from."""
    waits: dict[int, list[_Wait]] = defaultdict(list)
    for wait in _waiting_orders(session, item_ids=item_ids):
        waits[wait.item_id].append(wait)
    for wait in _waiting_runs(session, item_ids=item_ids):
        waits[wait.item_id].append(wait)
    found = _suggestions(session, waits, today=today, item_ids=item_ids)
    items = by_id(session, Item, ids={each.item_id for each in found})
    sellers = {each.offer.supplier_id for each in found if each.offer}
    suppliers = by_id(session, Supplier, ids=sellers)
    needs = [
        Need(
            suggestion=each,
            item=items[each.item_id],
            supplier=suppliers[each.offer.supplier_id] if each.offer else None,
            waits=[
                wait
                for wait in waits.get(each.item_id, ())
                if wait.lack.waiting in each.waiting
            ],
        )
        for each in found
    ]
    return sorted(needs, key=_place)


def rows_of(session: Session, *, needs: Sequence[Need]) -> list[SuggestionRow]:
    """Add to some suggestions who waits for them, in the order given."""
    run_ids = {wait.run_id for need in needs for wait in need.waits if wait.run_id}
    runs = _runs(session, run_ids=run_ids)
    served = orders_served(session, run_ids=run_ids) if run_ids else {}
    return [_row(need, runs=runs, served=served) for need in needs]


def _of(item_ids: Collection[int] | None) -> ColumnElement[bool]:
    return true() if item_ids is None else Shortage.item_id.in_(item_ids)


def _suggestions(
    session: Session,
    waits: Mapping[int, Sequence[_Wait]],
    *,
    today: date,
    item_ids: Collection[int] | None,
) -> list[Suggestion]:
    lacks: dict[int, list[Lack]] = defaultdict(list)
    for item_id, many in waits.items():
        lacks[item_id] += [wait.lack for wait in many]
    for item_id, quantity in _stock_short(session):
        if item_ids is not None and item_id not in item_ids:
            continue
        lacks[item_id].append(Lack(quantity=quantity, needed_on=None))
    items = by_id(session, Item, ids=lacks)
    offers = offers_of(session, item_ids=lacks)
    written = _written(session, item_ids=lacks)
    found = [
        suggest(
            _missing(items[item_id], lacks=each, written=written[item_id]),
            offers=offers.get(item_id, ()),
            today=today,
        )
        for item_id, each in lacks.items()
        if items[item_id].kind in BOUGHT or item_id in offers
    ]
    return [each for each in found if each is not None]


def _missing(item: Item, *, lacks: list[Lack], written: int) -> Missing:
    keeps = item.shelf_life_days
    return Missing(
        item_id=item.id,
        lacks=tuple(lacks),
        written=written,
        keeps_days=None if keeps is None else keeps - item.min_remaining_days,
        lead_time_days=item.lead_time_days,
    )


def _waiting_orders(session: Session, *, item_ids: Collection[int] | None) -> list[_Wait]:
    query = (
        select(
            Shortage.item_id,
            Shortage.quantity,
            SalesOrder.id,
            SalesOrder.number,
            SalesOrder.phase,
            SalesOrder.promised_on,
            SalesOrder.is_at_risk,
            SalesOrder.requested_on,
            SalesOrder.placed_at,
        )
        .join(Demand, Demand.id == Shortage.demand_id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(Shortage.reason.in_({*BUYABLE, ShortReason.NO_RECIPE.value}), _of(item_ids))
        .order_by(Shortage.id)
    )
    return [
        _Wait(
            item_id=row.item_id,
            lack=Lack(
                quantity=row.quantity,
                needed_on=row.promised_on or row.requested_on or row.placed_at.date(),
                waiting=row.number,
            ),
            order=OrderNamed(
                id=row.id,
                number=row.number,
                phase=row.phase,
                promised_on=row.promised_on,
                is_at_risk=row.is_at_risk,
            ),
        )
        for row in session.execute(query)
    ]


def _waiting_runs(session: Session, *, item_ids: Collection[int] | None) -> list[_Wait]:
    query = (
        select(
            Shortage.item_id,
            Shortage.quantity,
            ProductionOrder.id,
            ProductionOrder.number,
            ProductionOrder.needed_on,
            ProductionOrder.starts_on,
            ProductionOrder.ready_on,
        )
        .join(ProductionNeed, ProductionNeed.id == Shortage.need_id)
        .join(ProductionOrder, ProductionOrder.id == ProductionNeed.production_order_id)
        .where(Shortage.reason.in_({*BUYABLE, ShortReason.NO_RECIPE.value}), _of(item_ids))
        .order_by(Shortage.id)
    )
    return [
        _Wait(
            item_id=item_id,
            lack=Lack(
                quantity=quantity,
                needed_on=_latest_start(needed_on, starts_on=starts_on, ready_on=ready_on),
                waiting=number,
            ),
            run_id=run_id,
        )
        for item_id, quantity, run_id, number, needed_on, starts_on, ready_on in (
            session.execute(query)
        )
    ]


def _runs(session: Session, *, run_ids: Collection[int]) -> dict[int, ProductionOrder]:
    query = select(ProductionOrder).where(ProductionOrder.id.in_(run_ids))
    runs = session.scalars(query.options(defer(ProductionOrder.recipe)))
    return {run.id: run for run in runs}


def _latest_start(
    needed_on: date | None, *, starts_on: date | None, ready_on: date | None
) -> date | None:
    """Say when a run must start for its output to be ready when it is needed.

    Its own start may have been put off until the material comes, and says nothing of when it is
    needed; how long it takes is what that tells.
    """
    if needed_on is None or starts_on is None or ready_on is None:
        return needed_on
    return days_before(needed_on, days=(ready_on - starts_on).days)


def _stock_short(session: Session) -> Iterable[tuple[int, int]]:
    query = select(Item.id, Item.stock_short).where(Item.stock_short > 0).order_by(Item.id)
    return [(item_id, quantity) for item_id, quantity in session.execute(query)]


def _written(session: Session, *, item_ids: Collection[int]) -> dict[int, int]:
    """Return what is bought already though no plan has taken it off yet, by item.

    Drafts, which are nobody's supply; and what was ordered since the last plan of the item, which
    its shortages cannot know.
    """
    marked = (
        select(Replan.item_id, func.min(Replan.at).label("since"))
        .group_by(Replan.item_id)
        .subquery()
    )
    is_more = PurchaseLine.received > PurchaseLine.quantity
    closed = PurchaseLine.is_closed
    bought = case(
        (closed | is_more, PurchaseLine.received), else_=PurchaseLine.quantity
    ).label("bought")
    is_draft = PurchaseOrder.state == "draft"
    is_new = PurchaseOrder.state.in_(("ordered", "received")) & (
        PurchaseOrder.ordered_at >= marked.c.since
    )
    query = (
        select(PurchaseLine.item_id, func.sum(bought))
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .outerjoin(marked, marked.c.item_id == PurchaseLine.item_id)
        .where(PurchaseLine.item_id.in_(item_ids), is_draft | is_new)
        .group_by(PurchaseLine.item_id)
    )
    written: dict[int, int] = defaultdict(int)
    written.update({item_id: int(quantity) for item_id, quantity in session.execute(query)})
    return written


def _row(
    need: Need,
    *,
    runs: Mapping[int, ProductionOrder],
    served: Mapping[int, list[OrderNamed]],
) -> SuggestionRow:
    orders: dict[int, OrderNamed] = {}
    for wait in need.waits:
        if wait.order is not None:
            orders[wait.order.id] = wait.order
        for order in served.get(wait.run_id or 0, ()):
            orders[order.id] = order
    mine = sorted({wait.run_id for wait in need.waits if wait.run_id is not None})
    return SuggestionRow(
        suggestion=need.suggestion,
        item=need.item,
        supplier=need.supplier,
        waits=need.waits,
        orders=[order for _, order in sorted(orders.items())],
        runs=[runs[run_id] for run_id in mine],
    )


def _place(need: Need) -> tuple[bool, str, int, date, str]:
    """By supplier, those of one name apart; then by when it must be ordered."""
    return (
        need.supplier is None,
        need.supplier.name if need.supplier else "",
        need.supplier.id if need.supplier else 0,
        need.suggestion.order_by or need.suggestion.needed_on or date.max,
        need.item.code,
    )
