"""The plan against the stored substitutions: which other item stands in for whose need."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from hub.domain.keys import need_key, owner_of
from hub.domain.planning.substitutes import Substitution
from hub.domain.states import Production
from hub.models.planning.substitution_queries import replaceable
from hub.models.records import alternates
from hub.models.records.history import record
from hub.models.records.items import Item
from hub.models.records.production import ProductionNeed, ProductionOrder
from mapping.units import say


def apply_substitutions(
    session: Session,
    *,
    item_ids: Collection[int],
    found: Iterable[Substitution],
    now: datetime,
) -> list[str]:
    """Bring what stands in for the needs of these items to the plan; return whose changed.

    Each change is written into the history of its run. What a run has started with stays,
    whatever is planned.
    """
    wanted = {(each.demand, each.item_id): each for each in found}
    stored = {
        (need_key(row.need_id), row.item_id): row
        for row in replaceable(session, item_ids=item_ids)
    }
    changed = [place for place in stored if place not in wanted]
    for place in changed:
        _note(session, stored[place], what="run.takes_its_own", now=now)
        session.delete(stored[place])
    session.flush()
    for place, each in sorted(wanted.items()):
        row = stored.get(place) or alternates.Substitution(
            need_id=owner_of(each.demand)["need_id"], item_id=each.item_id
        )
        if (row.quantity, row.replaces) != (each.quantity, each.replaces):
            row.quantity, row.replaces = each.quantity, each.replaces
            session.add(row)
            _note(session, row, what="run.substituted", now=now)
            changed.append(place)
    session.flush()
    return sorted({key for key, _ in changed})


def _note(
    session: Session, row: alternates.Substitution, *, what: str, now: datetime
) -> None:
    """Say at the run what it takes in place of what; a run nobody needs is not told."""
    need = session.get_one(ProductionNeed, row.need_id)
    run = session.get_one(ProductionOrder, need.production_order_id)
    if run.state == Production.CANCELLED:
        return
    asked, item = session.get_one(Item, need.item_id), session.get_one(Item, row.item_id)
    instead = f"{say(row.replaces, base=asked.unit)} {asked.name}"
    took = f"{say(row.quantity, base=item.unit)} {item.name}"
    record(
        session,
        at=now,
        who="system",
        subject="production_order",
        subject_id=run.id,
        what=what,
        why=f"{instead} → {took}" if what == "run.substituted" else f"{took} → {instead}",
        detail={
            "item": asked.code,
            "replaced": row.replaces,
            "substitute": item.code,
            "quantity": row.quantity,
        },
    )
