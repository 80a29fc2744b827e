"""What is covered by a purchase on its way, and for whom each purchase comes."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from hub.models.by_id import by_id
from hub.models.records.items import Item
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionNeed, ProductionOrder
from hub.models.records.purchasing import PurchaseCover, PurchaseLine, PurchaseOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """So much is covered by a purchase order; thousandths."""

    item: Item
    purchase: PurchaseOrder
    quantity: int
    expected_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComesFor:
    """Whom so much of a purchase line is for: an order, or a run."""

    number: str
    quantity: int
    order: SalesOrder | None = None
    run: ProductionOrder | None = None


def covered_demands(
    session: Session, *, demand_ids: Collection[int]
) -> dict[int, list[Covered]]:
    """Return what purchases on their way bring for each demand, the earliest first."""
    found: dict[int, list[Covered]] = defaultdict(list)
    for cover, part in _covers(session, PurchaseCover.demand_id.in_(demand_ids)):
        found[cover.demand_id or 0].append(part)
    return found


def covered_runs(
    session: Session, *, run_ids: Collection[int]
) -> dict[tuple[int, int], list[Covered]]:
    """Return what purchases bring for each run's need, by run and item, the earliest first."""
    needs = select(ProductionNeed.id).where(ProductionNeed.production_order_id.in_(run_ids))
    covers = _covers(session, PurchaseCover.need_id.in_(needs))
    of = by_id(session, ProductionNeed, ids={cover.need_id or 0 for cover, _ in covers})
    found: dict[tuple[int, int], list[Covered]] = defaultdict(list)
    for cover, part in covers:
        need = of[cover.need_id or 0]
        found[need.production_order_id, need.item_id].append(part)
    return found


def still_coming(session: Session, *, item_ids: Collection[int]) -> dict[int, int]:
    """Return how much of each item is on its way from suppliers, whoever it is for."""
    query = (
        select(
            PurchaseLine.item_id, func.sum(PurchaseLine.quantity - PurchaseLine.received)
        )
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .where(PurchaseLine.item_id.in_(item_ids), PurchaseOrder.state == "ordered")
        .where(~PurchaseLine.is_closed, PurchaseLine.received < PurchaseLine.quantity)
        .group_by(PurchaseLine.item_id)
    )
    return {item_id: int(quantity) for item_id, quantity in session.execute(query)}


def comes_for(session: Session, *, line_ids: Collection[int]) -> dict[int, list[ComesFor]]:
    """Return for whom each purchase line comes: orders, then runs."""
    is_ours = PurchaseCover.purchase_line_id.in_(line_ids)
    found: dict[int, list[ComesFor]] = defaultdict(list)
    orders = (
        select(PurchaseCover, SalesOrder)
        .join(Demand, Demand.id == PurchaseCover.demand_id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
    )
    for cover, order in session.execute(orders.where(is_ours).order_by(PurchaseCover.id)):
        found[cover.purchase_line_id].append(
            ComesFor(number=order.number, quantity=cover.quantity, order=order)
        )
    runs = (
        select(PurchaseCover, ProductionOrder)
        .join(ProductionNeed, ProductionNeed.id == PurchaseCover.need_id)
        .join(ProductionOrder, ProductionOrder.id == ProductionNeed.production_order_id)
    )
    for cover, run in session.execute(runs.where(is_ours).order_by(PurchaseCover.id)):
        found[cover.purchase_line_id].append(
            ComesFor(number=run.number, quantity=cover.quantity, run=run)
        )
    return found


def _covers(
    session: Session, mine: ColumnElement[bool]
) -> list[tuple[PurchaseCover, Covered]]:
    query = (
        select(PurchaseCover, PurchaseLine, PurchaseOrder, Item)
        .join(PurchaseLine, PurchaseLine.id == PurchaseCover.purchase_line_id)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .join(Item, Item.id == PurchaseCover.item_id)
        .where(mine)
        .order_by(Item.code, PurchaseOrder.id, PurchaseCover.id)
    )
    found = [
        (
            cover,
            Covered(
                item=item,
                purchase=order,
                quantity=cover.quantity,
                expected_on=line.expected_on,
            ),
        )
        for cover, line, order, item in session.execute(query)
    ]
    return sorted(found, key=lambda each: each[1].expected_on or date.max)
