"""Nothing is made of itself: not by recipes, by runs that go on, or by what may stand in."""

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.catalogue.recipe import RecipeCircle, levels
from hub.domain.planning.planning_groups import groups_of
from hub.flow.refusal import Refusal
from hub.models.planning.planning_queries import component_edges
from hub.models.planning.substitution_queries import alternates_in_use
from hub.models.records.items import Item


class MadeOfItself(Refusal):
    """An item would be made of itself; the message goes the way round."""


def check_circle(session: Session, *, item_id: int, components: Iterable[int]) -> None:
    """Refuse that an item is made of these too: no plan could be made any more.

    What it is made of already may stay in: a way round through that was there before.

    :raises MadeOfItself: through the recipes in force, the runs still going on, or what may stand
        in for something.
    """
    edges = {item: set(below) for item, below in component_edges(session).items()}
    edges.setdefault(item_id, set()).update(components)
    try:
        levels(edges)
    except RecipeCircle as circle:
        names = _names(session, {item_id, *circle.items})
        way = " ← ".join(names[each] for each in circle.items)
        raise MadeOfItself(
            f"{names[item_id]} would be made of itself: {way}.", field="lines"
        ) from circle
    together = groups_of(each.pair for each in alternates_in_use(session))
    try:
        levels(together.contracted(edges))
    except RecipeCircle as circle:
        name = _names(session, [item_id])[item_id]
        raise MadeOfItself(
            f"{name} would be made of what may stand in for it.", field="lines"
        ) from circle


def _names(session: Session, item_ids: Collection[int]) -> dict[int, str]:
    query = select(Item.id, Item.name).where(Item.id.in_(item_ids))
    return {item_id: name for item_id, name in session.execute(query)}
