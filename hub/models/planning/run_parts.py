"""What belongs to a run: the items it touches, its needs, its links and what it is short of."""

from collections.abc import Collection

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hub.models.records.alternates import Substitution
from hub.models.records.planning import Shortage
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder


def items_of_run(session: Session, *, production_order_id: int) -> set[int]:
    """Return what a run makes, what it needs, and what stands in for that; else nothing."""
    made = select(ProductionOrder.item_id).where(ProductionOrder.id == production_order_id)
    used = select(ProductionNeed.item_id).where(
        ProductionNeed.production_order_id == production_order_id
    )
    instead = (
        select(Substitution.item_id)
        .join(ProductionNeed, ProductionNeed.id == Substitution.need_id)
        .where(ProductionNeed.production_order_id == production_order_id)
    )
    return set(session.scalars(made.union(used, instead)))


def needs_of_run(session: Session, *, production_order_id: int) -> list[ProductionNeed]:
    """Return a run's needs as they are now, items in ascending id."""
    query = select(ProductionNeed).filter_by(production_order_id=production_order_id)
    fresh = query.order_by(ProductionNeed.item_id).execution_options(populate_existing=True)
    return list(session.scalars(fresh))


def close_links(session: Session, *, production_order_id: int) -> None:
    """Lower what a run was to give to what it gave; the links stay, as a trace of the plan."""
    session.execute(
        update(ProductionLink)
        .where(ProductionLink.production_order_id == production_order_id)
        .values(planned=ProductionLink.done)
    )


def forget_shortages(session: Session, *, need_ids: Collection[int]) -> None:
    """Take away what needs were short of, when they need nothing any more."""
    session.execute(delete(Shortage).where(Shortage.need_id.in_(need_ids)))
