"""The plan of one item against what is on order: whom each purchase on its way is for."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.keys import key_of, owner_of
from hub.domain.netting_types import Plan
from hub.models.purchasing import PurchaseCover


def apply_covers(session: Session, *, item_id: int, plan: Plan) -> list[str]:
    """Bring the purchase covers of an item to the plan; return the owners whose cover changed.

    Covers of lines that came, were closed or cancelled are in no plan, and go.
    """
    wanted: dict[tuple[str, int], int] = defaultdict(int)
    for cover in plan.covers:
        wanted[cover.demand, cover.purchase_id] += cover.quantity
    stored = {
        (
            key_of(demand_id=row.demand_id, need_id=row.need_id),
            row.purchase_line_id,
        ): row
        for row in session.scalars(
            select(PurchaseCover).where(PurchaseCover.item_id == item_id)
        )
    }
    changed = [place for place in stored if place not in wanted]
    for place in changed:
        session.delete(stored[place])
    session.flush()
    for (key, line_id), quantity in sorted(wanted.items()):
        row = stored.get((key, line_id))
        if row is None:
            row = PurchaseCover(
                purchase_line_id=line_id, item_id=item_id, **owner_of(key), quantity=0
            )
            session.add(row)
        if row.quantity != quantity:
            row.quantity = quantity
            changed.append((key, line_id))
    session.flush()
    return sorted({key for key, _ in changed})
