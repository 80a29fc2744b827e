"""What stands in for what: the alternates that are allowed, and what the plan took of them."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from hub.domain.keys import need_key
from hub.domain.planning import substitutes as domain
from hub.models.records.alternates import Alternate, Substitution
from hub.models.records.completions import Completion, CompletionUse
from hub.models.records.production import ProductionNeed, ProductionOrder
from hub.models.records.stock import Lot


def substitutions_of(
    session: Session, *, need_ids: Collection[int]
) -> dict[int, list[Substitution]]:
    """Return what other items stand in for each need, by need; a need without any is left out."""
    query = select(Substitution).where(Substitution.need_id.in_(need_ids))
    found: dict[int, list[Substitution]] = defaultdict(list)
    for row in session.scalars(query.order_by(Substitution.need_id, Substitution.item_id)):
        found[row.need_id].append(row)
    return dict(found)


def replaceable(session: Session, *, item_ids: Collection[int]) -> list[Substitution]:
    """Return what stands in for these items at runs that never started; plans rewrite it."""
    query = (
        select(Substitution)
        .join(ProductionNeed, ProductionNeed.id == Substitution.need_id)
        .join(ProductionOrder, ProductionOrder.id == ProductionNeed.production_order_id)
        .where(ProductionNeed.item_id.in_(item_ids), ProductionOrder.started_at.is_(None))
        .order_by(Substitution.id)
    )
    return list(session.scalars(query))


def standing_in(
    session: Session, *, item_ids: Collection[int] | None = None
) -> dict[int, list[domain.Substitution]]:
    """Return what stands in for the needs of runs not started, by the item they are of.

    For every item, or for these.
    """
    query = (
        select(
            ProductionNeed.item_id,
            Substitution.need_id,
            Substitution.item_id,
            Substitution.quantity,
            Substitution.replaces,
        )
        .join(ProductionNeed, ProductionNeed.id == Substitution.need_id)
        .join(ProductionOrder, ProductionOrder.id == ProductionNeed.production_order_id)
        .where(ProductionOrder.state.in_(("planned", "released")))
        .order_by(Substitution.need_id, Substitution.item_id)
    )
    if item_ids is not None:
        query = query.where(ProductionNeed.item_id.in_(item_ids))
    found: dict[int, list[domain.Substitution]] = defaultdict(list)
    for item_id, need_id, substitute_id, quantity, replaces in session.execute(query):
        each = domain.Substitution(
            demand=need_key(need_id),
            item_id=substitute_id,
            quantity=quantity,
            replaces=replaces,
        )
        found[item_id].append(each)
    return dict(found)


def unstarted_needs(session: Session, *, item_ids: Collection[int]) -> list[int]:
    """Return the needs for these items of runs that wait to be started."""
    query = (
        select(ProductionNeed.id)
        .join(ProductionOrder, ProductionOrder.id == ProductionNeed.production_order_id)
        .where(ProductionNeed.item_id.in_(item_ids))
        .where(ProductionOrder.state.in_(("planned", "released")))
    )
    return list(session.scalars(query))


def stood_in(session: Session, *, need_ids: Collection[int]) -> dict[int, int]:
    """Return how much of each need other items still stand in for, in thousandths of the need.

    What was used of them counts as consumed, and is no longer here.
    """
    if not need_ids:
        return {}
    query = (
        select(Substitution.need_id, func.sum(still_replaced()))
        .where(Substitution.need_id.in_(need_ids))
        .group_by(Substitution.need_id)
    )
    return {need_id: int(quantity) for need_id, quantity in session.execute(query)}


def still_replaced() -> ColumnElement[int]:
    """Say in SQL what a substitution still stands in for, less what was used of it."""
    used = (
        select(func.coalesce(func.sum(CompletionUse.counts), 0))
        .join(Completion, Completion.id == CompletionUse.completion_id)
        .join(Lot, Lot.id == CompletionUse.lot_id)
        .where(CompletionUse.need_id == Substitution.need_id)
        .where(Lot.item_id == Substitution.item_id, Completion.undone_at.is_(None))
        .correlate(Substitution)
        .scalar_subquery()
    )
    rest = Substitution.replaces - used
    return case((rest > 0, rest), else_=0)


def alternates_of(session: Session, *, item_id: int) -> list[Alternate]:
    """Return what may stand in for an item, first choice first, forbidden ones too."""
    query = select(Alternate).where(Alternate.item_id == item_id)
    return list(session.scalars(query.order_by(Alternate.rank, Alternate.substitute_id)))


def alternates_in_use(session: Session) -> list[domain.Alternate]:
    """Return every alternate the planner may use without asking, in ascending id."""
    query = select(Alternate).where(Alternate.is_allowed).order_by(Alternate.id)
    return [
        domain.Alternate(
            item_id=each.item_id,
            substitute_id=each.substitute_id,
            factor_ppm=each.factor_ppm,
            rank=each.rank,
        )
        for each in session.scalars(query)
    ]
