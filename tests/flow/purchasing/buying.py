"""A workshop that buys its wax: who sells it, what is ordered, what came, what it covers."""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.making.cost import UnitCost
from hub.flow.catalogue.suppliers import add_supplier, offer
from hub.flow.planning.plan import replan
from hub.flow.purchasing.purchase import place
from hub.flow.purchasing.purchase_draft import Wanted, draft
from hub.flow.purchasing.purchase_receive import Arrived, receive
from hub.models.purchasing.purchase_needs import suggestion_rows
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.models.records.planning import Shortage
from hub.models.records.purchasing import PurchaseCover, PurchaseLine, PurchaseOrder
from hub.models.records.stock import Reservation
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_recipe,
)

TODAY = NOW.date()
WHO = "user:1"
KILO = 1000 * PIECE


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


def plan(session: Session) -> None:
    replan(session, now=NOW)
    session.expire_all()


def wax(session: Session, *, lead_time_days: int | None = None) -> Item:
    found = session.scalar(select(Item).filter_by(code="WAX"))
    return found or make_item(session, code="WAX", lead_time_days=lead_time_days)


def a_candle(session: Session, *, grams: int = 500) -> SalesOrder:
    """An order for six candles: a run of one batch wants 2 kg of wax, and so many g are there."""
    candle, soy = make_item(session, code="CANDLE"), wax(session)
    make_recipe(session, item=candle, uses={soy: 2 * KILO})
    if grams:
        make_lot(session, item=soy, quantity=grams * PIECE)
    order = make_order(session, account=make_account(session), lines={candle: 6})
    plan(session)
    return order


def ceres(session: Session, code: str = "CERES", *, name: str = "Ceres") -> int:
    return add_supplier(session, code=code, name=name, who=WHO, now=NOW)


def sells(
    session: Session,
    supplier_id: int,
    *,
    lead: int | None = 7,
    smallest: int = 0,
    multiple: int = KILO,
    micros: int | None = 12_000,
    is_preferred: bool = False,
) -> None:
    offer(
        session,
        supplier_id=supplier_id,
        item_id=wax(session).id,
        lead_time_days=lead,
        smallest=smallest,
        multiple=multiple,
        unit_cost=None if micros is None else UnitCost(micros=micros, currency="EUR"),
        is_preferred=is_preferred,
        who=WHO,
        now=NOW,
    )


def bought(session: Session, quantity: int, *, expected_on: date | None = None) -> int:
    """Order so much wax of Ceres and plan."""
    made = draft(
        session,
        supplier_id=ceres(session),
        lines=[Wanted(item_id=wax(session).id, quantity=quantity)],
        who=WHO,
        now=NOW,
    )
    placed(session, made, expected_on=expected_on)
    return made


def placed(session: Session, order_id: int, *, expected_on: date | None = None) -> None:
    place(
        session,
        purchase_order_id=order_id,
        expected_on=expected_on,
        today=TODAY,
        who=WHO,
        now=NOW,
    )
    plan(session)


def came(
    session: Session, order_id: int, *quantities: int, seen: int | None = None
) -> list[int]:
    item_id = wax(session).id
    arrived = [Arrived(item_id=item_id, quantity=each, seen=seen) for each in quantities]
    lots = receive(session, purchase_order_id=order_id, arrived=arrived, who=WHO, now=NOW)
    plan(session)
    return lots


def suggested(session: Session) -> list[tuple[str, int, str]]:
    """Return what is suggested: item, grams, supplier."""
    return [
        (
            row.item.code,
            row.suggestion.quantity // PIECE,
            row.supplier.code if row.supplier else "",
        )
        for row in suggestion_rows(session, today=TODAY)
    ]


def short(session: Session) -> list[int]:
    return [row.quantity // PIECE for row in session.scalars(select(Shortage))]


def covered(session: Session) -> list[int]:
    query = select(PurchaseCover).order_by(PurchaseCover.id)
    return [row.quantity // PIECE for row in session.scalars(query)]


def amounts(session: Session) -> Mapping[int, int]:
    rows = session.scalars(select(PurchaseLine))
    return {row.item_id: row.quantity for row in rows}


def reserved(session: Session) -> int:
    wanted = select(Reservation).where(Reservation.item_id == wax(session).id)
    return sum(row.quantity for row in session.scalars(wanted)) // PIECE


def earliest(session: Session, order: SalesOrder) -> date | None:
    session.refresh(order)
    return order.earliest_on


def line(session: Session) -> PurchaseLine:
    return session.scalars(select(PurchaseLine)).one()


def state(session: Session) -> str:
    return session.scalars(select(PurchaseOrder)).one().state
