"""What is spoken for, by whom, and in which lots."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from hub.domain.keys import key_of
from hub.domain.making.picking import HeldLot
from hub.models.planning.freshness import days_asked
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from hub.models.records.orders import Customer, Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionNeed, ProductionOrder
from hub.models.records.stock import Lot, Reservation


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A reservation with what must be known of its lot to use it; thousandths."""

    lot_id: int
    lot_code: str
    item_id: int
    demand_id: int | None
    need_id: int | None
    quantity: int
    is_firm: bool
    state: str
    best_before: date | None
    received_at: datetime

    def as_lot(self) -> HeldLot:
        """Say the same in the words decisions are made in."""
        return HeldLot(
            lot_id=self.lot_id,
            quantity=self.quantity,
            received_at=self.received_at,
            best_before=self.best_before,
            is_available=self.state == "available",
            is_firm=self.is_firm,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a part of a lot: an order or a production order, by id and number."""

    subject: str
    subject_id: int
    number: str
    quantity: int
    is_firm: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ageing:
    """Something softly reserved in a lot that will not keep for ever."""

    item_id: int
    best_before: date
    min_remaining_days: int
    """Days it must still be good for; runs use it up to its last day."""
    used_on: date | None
    """The day its run is to begin, or its buyer was promised; None while nobody knows."""


def soft_with_age(session: Session) -> list[Ageing]:
    """Return what is softly reserved in lots with a best before, each kind of it once."""
    query = (
        select(
            Reservation.item_id,
            Lot.best_before,
            case((Reservation.need_id.is_(None), days_asked()), else_=0),
            case(
                (Reservation.need_id.is_(None), SalesOrder.promised_on),
                else_=ProductionOrder.starts_on,
            ),
        )
        .join(Lot, Lot.id == Reservation.lot_id)
        .join(Item, Item.id == Reservation.item_id)
        .outerjoin(ProductionNeed, ProductionNeed.id == Reservation.need_id)
        .outerjoin(
            ProductionOrder, ProductionOrder.id == ProductionNeed.production_order_id
        )
        .outerjoin(Demand, Demand.id == Reservation.demand_id)
        .outerjoin(OrderLine, OrderLine.id == Demand.order_line_id)
        .outerjoin(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .outerjoin(ChannelAccount, ChannelAccount.id == SalesOrder.account_id)
        .outerjoin(Customer, Customer.id == SalesOrder.customer_id)
        .where(Reservation.is_firm.is_(False), Lot.best_before.is_not(None))
        .distinct()
    )
    return [
        Ageing(
            item_id=item_id,
            best_before=best_before,
            min_remaining_days=days,
            used_on=used_on,
        )
        for item_id, best_before, days, used_on in session.execute(query)
        if best_before is not None
    ]


def held_by_needs(session: Session, *, need_ids: Collection[int]) -> list[Held]:
    """Return what runs have reserved, lots in ascending id."""
    return _held(session, Reservation.need_id.in_(need_ids))


def held_by_demands(session: Session, *, demand_ids: Collection[int]) -> list[Held]:
    """Return what order lines have reserved, lots in ascending id."""
    return _held(session, Reservation.demand_id.in_(demand_ids))


def held_in_lot(session: Session, *, lot_id: int) -> list[Held]:
    """Return everything that is spoken for in a lot, the latest reservation first."""
    return list(reversed(_held(session, Reservation.lot_id == lot_id)))


def held_in_lots(session: Session, *, lot_ids: Collection[int]) -> list[Held]:
    """Return everything that is spoken for in lots, lots in ascending id."""
    return _held(session, Reservation.lot_id.in_(lot_ids))


def soft_by_owner(session: Session, *, item_id: int) -> dict[str, int]:
    """Return how much of an item is softly held, by the planner's key of who holds it."""
    query = (
        select(Reservation.demand_id, Reservation.need_id, func.sum(Reservation.quantity))
        .where(Reservation.item_id == item_id, Reservation.is_firm.is_(False))
        .group_by(Reservation.demand_id, Reservation.need_id)
    )
    return {
        key_of(demand_id=demand_id, need_id=need_id): int(quantity)
        for demand_id, need_id, quantity in session.execute(query)
    }


def holders_of(session: Session, *, lot_id: int) -> list[Holder]:
    """Return who holds what of a lot, runs before orders, in ascending id."""
    runs = (
        select(ProductionOrder.id, ProductionOrder.number, Reservation)
        .join(ProductionNeed, ProductionNeed.production_order_id == ProductionOrder.id)
        .join(Reservation, Reservation.need_id == ProductionNeed.id)
        .where(Reservation.lot_id == lot_id)
        .order_by(ProductionOrder.id)
    )
    orders = (
        select(SalesOrder.id, SalesOrder.number, Reservation)
        .join(OrderLine, OrderLine.order_id == SalesOrder.id)
        .join(Demand, Demand.order_line_id == OrderLine.id)
        .join(Reservation, Reservation.demand_id == Demand.id)
        .where(Reservation.lot_id == lot_id)
        .order_by(SalesOrder.id)
    )
    return [
        Holder(
            subject=subject,
            subject_id=subject_id,
            number=number,
            quantity=held.quantity,
            is_firm=held.is_firm,
        )
        for subject, query in (("production_order", runs), ("order", orders))
        for subject_id, number, held in session.execute(
            query.execution_options(populate_existing=True)
        )
    ]


def _held(session: Session, owned: ColumnElement[bool]) -> list[Held]:
    query = (
        select(
            Reservation.lot_id,
            Lot.code.label("lot_code"),
            Reservation.item_id,
            Reservation.demand_id,
            Reservation.need_id,
            Reservation.quantity,
            Reservation.is_firm,
            Lot.state,
            Lot.best_before,
            Lot.received_at,
        )
        .join(Lot, Lot.id == Reservation.lot_id)
        .where(owned)
        .order_by(Reservation.lot_id, Reservation.id)
    )
    return [Held(**row._mapping) for row in session.execute(query)]
