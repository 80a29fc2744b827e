"""A candle maker's workshop to plan in, and what the planner left there, in a few words."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.planning.plan import Planned, replan
from hub.models.records.history import History
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.models.records.planning import Promise, Shortage
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder
from hub.models.records.purchasing import PurchaseCover
from hub.models.records.stock import Reservation
from tests.factories import NOW, PIECE, make_item, make_lot, make_recipe

LATER = NOW + timedelta(hours=1)


def plan(session: Session, *, now: datetime = NOW) -> Planned:
    done = replan(session, now=now)
    session.expire_all()
    return done


def a_candle(session: Session, *, wax: int = 0, max_batches: int | None = None) -> Item:
    """A candle made ten at a time from 2 kg of wax, with so many grams of wax in the house."""
    candle = make_item(session, code="CANDLE")
    soy = make_item(session, code="WAX", lead_time_days=5)
    make_recipe(session, item=candle, uses={soy: 2000 * PIECE}, max_batches=max_batches)
    if wax:
        make_lot(session, item=soy, quantity=wax * PIECE)
    return candle


def runs(session: Session) -> list[tuple[str, int, int]]:
    query = select(ProductionOrder).order_by(ProductionOrder.id)
    return [
        (run.state, run.batches, run.planned // PIECE) for run in session.scalars(query)
    ]


def links(session: Session) -> list[tuple[int, int]]:
    rows = session.scalars(select(ProductionLink).order_by(ProductionLink.id))
    return [(link.planned // PIECE, link.done // PIECE) for link in rows]


def shortages(session: Session) -> list[tuple[int, str]]:
    return [
        (row.quantity // PIECE, row.reason) for row in session.scalars(select(Shortage))
    ]


def phases(session: Session) -> list[str]:
    return [
        order.phase for order in session.scalars(select(SalesOrder).order_by(SalesOrder.id))
    ]


def everything(session: Session) -> list[object]:
    tables = (
        ProductionOrder,
        ProductionLink,
        ProductionNeed,
        Reservation,
        PurchaseCover,
        Shortage,
        Promise,
        History,
    )
    rows: list[object] = []
    for table in tables:
        found = session.execute(select(*table.__table__.columns).order_by(table.id))
        rows.extend(tuple(row) for row in found)
    return rows
