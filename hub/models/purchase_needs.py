"""What is to be bought: what nothing covers, who waits for it, and who sells it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, func, select, true
from sqlalchemy.orm import Session, defer

from hub.domain.netting_types import ShortReason
from hub.domain.purchasing import Lack, Missing, Suggestion, suggest
from hub.models.by_id import by_id
from hub.models.items import Item
from hub.models.lead_times import offers_of
from hub.models.orders import Demand, OrderLine, SalesOrder
from hub.models.planning import Replan, Shortage
from hub.models.production import ProductionNeed, ProductionOrder
from hub.models.purchasing import PurchaseLine, PurchaseOrder, Supplier
from hub.models.run_views import OrderNamed, name_of, orders_served

BOUGHT = ("material", "packaging")
BUYABLE = frozenset({ShortReason.NO_STOCK.value, ShortReason.TOO_OLD.value})
"""What a purchase ends. Where somebody sells the item, it ends NO_RECIPE too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionRow:
    """A suggestion with all that is shown beside it."""

    suggestion: Suggestion
    item: Item
    supplier: Supplier | None
    orders: list[OrderNamed]
    """Whose orders wait, also through a run."""
    runs: list[ProductionOrder]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wait:
    item_id: int
    lack: Lack
    order: SalesOrder | None = None
    run: ProductionOrder | None = None


def suggestion_rows(
    session: Session, *, today: date, item_ids: Collection[int] | None = None
) -> list[SuggestionRow]:
    """Return what to order now, by supplier and item; what nobody sells comes last.

    Of all items, or only of some.
    """
    waits = [
        *_waiting_orders(session, item_ids=item_ids),
        *_waiting_runs(session, item_ids=item_ids),
    ]
    found = _suggestions(session, waits, today=today, item_ids=item_ids)
    items = by_id(session, Item, ids={each.item_id for each in found})
    sellers = {each.offer.supplier_id for each in found if each.offer}
    suppliers = by_id(session, Supplier, ids=sellers)
    served = _served(session, waits)
    rows = [
        _row(
            each, waits=waits, item=items[each.item_id], suppliers=suppliers, served=served
        )
        for each in found
    ]
    return sorted(rows, key=_place)


def _of(item_ids: Collection[int] | None) -> ColumnElement[bool]:
    return true() if item_ids is None else Shortage.item_id.in_(item_ids)


def _suggestions(
    session: Session,
    waits: Iterable[_Wait],
    *,
    today: date,
    item_ids: Collection[int] | None,
) -> list[Suggestion]:
    lacks: dict[int, list[Lack]] = defaultdict(list)
    for wait in waits:
        lacks[wait.item_id].append(wait.lack)
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
        select(Shortage, SalesOrder)
        .join(Demand, Demand.id == Shortage.demand_id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(Shortage.reason.in_({*BUYABLE, ShortReason.NO_RECIPE.value}), _of(item_ids))
        .order_by(Shortage.id)
    )
    return [
        _Wait(
            item_id=short.item_id,
            lack=Lack(
                quantity=short.quantity,
                needed_on=order.promised_on or order.requested_on or order.placed_at.date(),
                waiting=order.number,
            ),
            order=order,
        )
        for short, order in session.execute(query)
    ]


def _waiting_runs(session: Session, *, item_ids: Collection[int] | None) -> list[_Wait]:
    query = (
        select(Shortage, ProductionOrder)
        .join(ProductionNeed, ProductionNeed.id == Shortage.need_id)
        .join(ProductionOrder, ProductionOrder.id == ProductionNeed.production_order_id)
        .where(Shortage.reason.in_({*BUYABLE, ShortReason.NO_RECIPE.value}), _of(item_ids))
        .options(defer(ProductionOrder.recipe))
        .order_by(Shortage.id)
    )
    return [
        _Wait(
            item_id=short.item_id,
            lack=Lack(
                quantity=short.quantity, needed_on=_latest_start(run), waiting=run.number
            ),
            run=run,
        )
        for short, run in session.execute(query)
    ]


def _latest_start(run: ProductionOrder) -> date | None:
    """Say when a run must start for its output to be ready when it is needed.

    Its own start may have been put off until the material comes, and says nothing of when it is
    needed; how long it takes is what that tells.
    """
    if run.needed_on is None or run.starts_on is None or run.ready_on is None:
        return run.needed_on
    return run.needed_on - (run.ready_on - run.starts_on)


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


def _served(session: Session, waits: Iterable[_Wait]) -> dict[int, list[OrderNamed]]:
    runs = {wait.run.id for wait in waits if wait.run is not None}
    return orders_served(session, run_ids=runs) if runs else {}


def _row(
    suggestion: Suggestion,
    *,
    waits: Iterable[_Wait],
    item: Item,
    suppliers: Mapping[int, Supplier],
    served: Mapping[int, list[OrderNamed]],
) -> SuggestionRow:
    orders: dict[int, OrderNamed] = {}
    runs: dict[int, ProductionOrder] = {}
    for wait in waits:
        if wait.item_id != item.id or wait.lack.waiting not in suggestion.waiting:
            continue
        if wait.order is not None:
            orders[wait.order.id] = name_of(wait.order)
        if wait.run is not None:
            runs[wait.run.id] = wait.run
            orders |= {order.id: order for order in served.get(wait.run.id, ())}
    offer = suggestion.offer
    return SuggestionRow(
        suggestion=suggestion,
        item=item,
        supplier=suppliers[offer.supplier_id] if offer else None,
        orders=[order for _, order in sorted(orders.items())],
        runs=[run for _, run in sorted(runs.items())],
    )


def _place(row: SuggestionRow) -> tuple[bool, str, date, str]:
    return (
        row.supplier is None,
        row.supplier.name if row.supplier else "",
        row.suggestion.order_by or row.suggestion.needed_on or date.max,
        row.item.code,
    )
