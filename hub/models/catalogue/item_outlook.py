"""What comes of an item and what goes, by day, as the planner counts it: a few grouped sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session

from hub.domain.making.completing import still_to_come
from hub.domain.states import UNFINISHED
from hub.domain.stock.allocation import is_fresh
from hub.models.planning.planning_queries import free_lots, unfinished_runs
from hub.models.planning.substitution_queries import stood_in
from hub.models.planning.unchecked import unchecked_by_item
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionNeed, ProductionOrder
from hub.models.records.purchasing import PurchaseLine, PurchaseOrder
from hub.models.records.stock import Reservation


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """So much comes or goes on a day; None: nobody knows when. Thousandths."""

    quantity: int
    on: date | None
    purchase: PurchaseOrder | None = None
    run: ProductionOrder | None = None
    orders: int = 0
    """Of so many orders; 0 where it is no order's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What there is of an item beside what is packed or picked, what comes, and what goes."""

    on_hand: int
    comes: Sequence[Movement]
    goes: Sequence[Movement]


def item_outlook(session: Session, *, item_id: int, today: date) -> Outlook:
    """Read what the planner reads of one item (hub/models/planning/planning_queries.py), added up
    by day.

    What is firmly somebody's (packed, picked) is in neither: it is as good as gone. A lot past its
    best before is not counted, nor what waits in quarantine for anything but its quality check.
    """
    lots = free_lots(session, item_id=item_id)
    return Outlook(
        on_hand=sum(lot.free for lot in lots if is_fresh(lot.best_before, used_on=today)),
        comes=(
            *_checking(session, item_id, today=today),
            *_bought(session, item_id, today=today),
            *_made(session, item_id),
        ),
        goes=(*_ordered(session, item_id), *_needed(session, item_id, today=today)),
    )


def _checking(session: Session, item_id: int, *, today: date) -> list[Movement]:
    """What waits for its quality check is in the house: the plan counts on it from today on."""
    lots = unchecked_by_item(session, item_ids=[item_id]).get(item_id, ())
    return [Movement(quantity=lot.quantity, on=today) for lot in lots]


def _bought(session: Session, item_id: int, *, today: date) -> list[Movement]:
    """What is overdue comes nobody knows when."""
    query = (
        select(PurchaseLine, PurchaseOrder)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .where(PurchaseLine.item_id == item_id, ~PurchaseLine.is_closed)
        .where(
            PurchaseOrder.state == "ordered", PurchaseLine.quantity > PurchaseLine.received
        )
        .order_by(PurchaseLine.id)
    )
    return [
        Movement(
            quantity=line.quantity - line.received,
            on=line.expected_on if (line.expected_on or date.min) >= today else None,
            purchase=order,
        )
        for line, order in session.execute(query)
    ]


def _made(session: Session, item_id: int) -> list[Movement]:
    found = [
        Movement(
            quantity=still_to_come(
                run.planned, produced=run.produced, scrapped=run.scrapped
            ),
            on=run.ready_on,
            run=run,
        )
        for run in unfinished_runs(session, item_id=item_id)
    ]
    return [each for each in found if each.quantity]


def _ordered(session: Session, item_id: int) -> list[Movement]:
    """Add up what open orders that may be made still want, by the day they need it."""
    firm = _firm(item_id)
    day = func.coalesce(SalesOrder.promised_on, SalesOrder.requested_on)
    left = Demand.quantity - Demand.shipped - func.coalesce(firm.c.held, 0)
    query = (
        select(day, func.sum(left), func.count(func.distinct(SalesOrder.id)))
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .outerjoin(firm, firm.c.demand_id == Demand.id)
        .where(Demand.item_id == item_id, Demand.quantity > Demand.shipped)
        .where(SalesOrder.intent == "open", SalesOrder.release == "ready")
        .group_by(day)
        .order_by(day)
    )
    return [
        Movement(quantity=int(quantity), on=on, orders=count)
        for on, quantity, count in session.execute(query)
        if quantity
    ]


def _firm(item_id: int) -> Subquery:
    return (
        select(Reservation.demand_id, func.sum(Reservation.quantity).label("held"))
        .where(Reservation.item_id == item_id, Reservation.is_firm)
        .where(Reservation.demand_id.is_not(None))
        .group_by(Reservation.demand_id)
        .subquery()
    )


def _needed(session: Session, item_id: int, *, today: date) -> list[Movement]:
    """Say what unfinished runs still need, on the day they begin, or should have begun."""
    query = (
        select(ProductionNeed, ProductionOrder)
        .join(ProductionOrder, ProductionOrder.id == ProductionNeed.production_order_id)
        .where(ProductionNeed.item_id == item_id, ProductionOrder.state.in_(UNFINISHED))
        .order_by(ProductionNeed.id)
    )
    found = session.execute(query).all()
    picked = (
        select(Reservation.need_id, func.sum(Reservation.quantity))
        .where(Reservation.item_id == item_id, Reservation.is_firm)
        .where(Reservation.need_id.is_not(None))
        .group_by(Reservation.need_id)
    )
    firm = {need_id: int(held) for need_id, held in session.execute(picked)}
    instead = stood_in(session, need_ids=[need.id for need, run in found if run.started_at])
    return [
        Movement(quantity=left, on=run.starts_on or run.needed_on or today, run=run)
        for need, run in found
        if (
            left := max(
                0,
                need.needed
                - need.consumed
                - firm.get(need.id, 0)
                - instead.get(need.id, 0),
            )
        )
    ]
