"""Which runs can be started: lots are reserved for all they need."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from hub.models.records.production import ProductionNeed, ProductionOrder
from hub.models.records.stock import Reservation

NOT_STARTED = ("planned", "released")


def can_start() -> ColumnElement[bool]:
    """Choose the runs that were not started and lack nothing."""
    reserved = (
        select(func.coalesce(func.sum(Reservation.quantity), 0))
        .where(Reservation.need_id == ProductionNeed.id)
        .correlate(ProductionNeed)
        .scalar_subquery()
    )
    lacking = (
        select(ProductionNeed.id)
        .where(ProductionNeed.production_order_id == ProductionOrder.id)
        .where(ProductionNeed.needed > reserved)
        .correlate(ProductionOrder)
        .exists()
    )
    return ProductionOrder.state.in_(NOT_STARTED) & ~lacking


def is_due(today: date) -> ColumnElement[bool]:
    """Choose the runs that are to begin by today, and those to which the plan gave no day."""
    starts = ProductionOrder.starts_on
    return or_(starts.is_(None), starts <= today)


def startable(session: Session, *, run_ids: Collection[int]) -> set[int]:
    """Return those of these runs that can be started now."""
    query = select(ProductionOrder.id).where(ProductionOrder.id.in_(run_ids), can_start())
    return set(session.scalars(query))
