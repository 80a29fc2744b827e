"""What stands in for what: the alternates that are allowed, and what the plan took of them."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.alternates import Alternate, Substitution
from hub.models.production import ProductionNeed


def substitutions_of(
    session: Session, *, need_ids: Collection[int]
) -> dict[int, list[Substitution]]:
    """Return what other items stand in for each need, by need; a need without any is left out."""
    query = select(Substitution).where(Substitution.need_id.in_(need_ids))
    found: dict[int, list[Substitution]] = defaultdict(list)
    for row in session.scalars(query.order_by(Substitution.need_id, Substitution.item_id)):
        found[row.need_id].append(row)
    return dict(found)


def substitutions_for(
    session: Session, *, item_ids: Collection[int]
) -> list[tuple[Substitution, int]]:
    """Return what stands in for the needs of these items, each with the item it stands in for."""
    query = (
        select(Substitution, ProductionNeed.item_id)
        .join(ProductionNeed, ProductionNeed.id == Substitution.need_id)
        .where(ProductionNeed.item_id.in_(item_ids))
        .order_by(Substitution.id)
    )
    return [(row, item_id) for row, item_id in session.execute(query)]


def alternates_of(session: Session, *, item_id: int) -> list[Alternate]:
    """Return what may stand in for an item, first choice first, forbidden ones too."""
    query = select(Alternate).where(Alternate.item_id == item_id)
    return list(session.scalars(query.order_by(Alternate.rank, Alternate.substitute_id)))


def allowed_alternates(session: Session) -> list[Alternate]:
    """Return every alternate the planner may use without asking."""
    return list(session.scalars(select(Alternate).where(Alternate.is_allowed)))
