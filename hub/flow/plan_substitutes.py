"""The plan against the stored substitutions: which other item stands in for whose need."""

from collections.abc import Collection, Iterable

from sqlalchemy.orm import Session

from hub.domain.substitutes import Substitution
from hub.models import alternates
from hub.models.planning_queries import need_key, owner_of
from hub.models.substitution_queries import replaceable


def apply_substitutions(
    session: Session, *, item_ids: Collection[int], found: Iterable[Substitution]
) -> list[str]:
    """Bring what stands in for the needs of these items to the plan; return whose changed.

    What a run has started with stays, whatever is planned.
    """
    wanted = {(each.demand, each.item_id): each for each in found}
    stored = {
        (need_key(row.need_id), row.item_id): row
        for row in replaceable(session, item_ids=item_ids)
    }
    changed = [place for place in stored if place not in wanted]
    for place in changed:
        session.delete(stored[place])
    session.flush()
    for place, each in sorted(wanted.items()):
        row = stored.get(place) or alternates.Substitution(
            need_id=owner_of(each.demand)["need_id"], item_id=each.item_id
        )
        if (row.quantity, row.replaces) != (each.quantity, each.replaces):
            row.quantity, row.replaces = each.quantity, each.replaces
            session.add(row)
            changed.append(place)
    session.flush()
    return sorted({key for key, _ in changed})
