"""The plan of one item against the stored rows: what is held of its lots, and what is short."""

from collections import defaultdict
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.keys import key_of, owner_of
from hub.domain.planning.netting_types import Plan
from hub.flow.stock.ledger import reserve, unreserve
from hub.models.planning.lead_times import lead_days
from hub.models.records.items import Item
from hub.models.records.planning import Shortage
from hub.models.records.stock import Reservation


def apply_allocations(session: Session, *, item_id: int, plan: Plan) -> list[str]:
    """Bring the soft reservations of an item to the plan; return the owners whose hold changed.

    What is given back is given back first, so that nothing is ever held twice.
    """
    wanted: dict[tuple[str, int], int] = defaultdict(int)
    for allocation in plan.allocations:
        wanted[allocation.demand, allocation.lot_id] += allocation.quantity
    held = _soft(session, item_id=item_id)
    differences = {
        place: wanted.get(place, 0) - held.get(place, 0) for place in {*wanted, *held}
    }
    for (key, lot_id), more in sorted(
        differences.items(), key=lambda each: (each[1], each[0])
    ):
        if more < 0:
            unreserve(session, lot_id=lot_id, quantity=-more, **owner_of(key))
        elif more > 0:
            reserve(session, lot_id=lot_id, quantity=more, **owner_of(key))
    return [key for (key, _), more in differences.items() if more]


def apply_shortages(session: Session, *, item: Item, plan: Plan, today: date) -> list[str]:
    """Bring the shortages of an item to the plan; return the owners for whom something changed."""
    wanted = {short.demand: short for short in plan.shortages}
    stored = {
        key_of(demand_id=row.demand_id, need_id=row.need_id): row
        for row in session.scalars(select(Shortage).where(Shortage.item_id == item.id))
    }
    changed = [key for key in stored if key not in wanted]
    for key in changed:
        session.delete(stored[key])
    session.flush()
    expected = _expected(session, item, today=today) if wanted else None
    for key, short in sorted(wanted.items()):
        row = stored.get(key)
        if row is None:
            row = Shortage(item_id=item.id, **owner_of(key), quantity=0, reason="")
            session.add(row)
        found = (short.quantity, short.reason.value)
        if (row.quantity, row.reason) != found:
            row.quantity, row.reason = found
            changed.append(key)
        row.expected_on = expected
    session.flush()
    return changed


def _soft(session: Session, *, item_id: int) -> dict[tuple[str, int], int]:
    query = select(Reservation).where(Reservation.item_id == item_id, ~Reservation.is_firm)
    return {
        (key_of(demand_id=row.demand_id, need_id=row.need_id), row.lot_id): row.quantity
        for row in session.scalars(query)
    }


def _expected(session: Session, item: Item, *, today: date) -> date | None:
    """The earliest a supplier could bring it, if somebody said how long it takes."""
    days = lead_days(session, item_ids=[item.id])[item.id]
    return None if days is None else today + timedelta(days=days)
