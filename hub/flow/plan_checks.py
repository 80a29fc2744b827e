"""The plan of one item against its unchecked lots: whom each is for once it passes its check."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.keys import key_of, owner_of
from hub.domain.netting_types import Plan
from hub.models.planning import CheckCover


def apply_checks(session: Session, *, item_id: int, plan: Plan) -> list[str]:
    """Bring what is covered by unchecked lots to the plan; return the owners of what changed.

    Covers of lots that passed or were rejected are in no plan, and go.
    """
    wanted = {(each.demand, each.lot_id): each.quantity for each in plan.awaited}
    stored = {
        (key_of(demand_id=row.demand_id, need_id=row.need_id), row.lot_id): row
        for row in session.scalars(select(CheckCover).where(CheckCover.item_id == item_id))
    }
    changed = [place for place in stored if place not in wanted]
    for place in changed:
        session.delete(stored[place])
    session.flush()
    for (key, lot_id), quantity in sorted(wanted.items()):
        row = stored.get((key, lot_id))
        if row is None:
            row = CheckCover(lot_id=lot_id, item_id=item_id, **owner_of(key), quantity=0)
            session.add(row)
        if row.quantity != quantity:
            row.quantity = quantity
            changed.append((key, lot_id))
    session.flush()
    return sorted({key for key, _ in changed})
