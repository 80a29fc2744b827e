"""Makes room in a lot: what was only planned from it gives way, what is picked does not."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from hub.flow.phase import refresh_phases
from hub.flow.refusal import Refusal
from hub.flow.stock import ledger
from hub.models.locks import lock_orders
from hub.models.planning.held import Held, held_in_lot, holders_of
from hub.models.planning.touched import orders_touched
from hub.models.stock.lots import LotStock


class AlreadyPicked(Refusal):
    """What would have to go is picked for a run that is going on."""


def make_room(
    session: Session, lot: LotStock, *, delta: int, keep: Collection[int] = ()
) -> list[Held]:
    """Give back as much soft as must go for `delta` to fit, the latest plan first; say whose.

    What the needs in `keep` hold stays theirs.

    :raises AlreadyPicked: what stays leaves no room, and nothing was given back.
    """
    all_held = held_in_lot(session, lot_id=lot.id)
    stays = [held for held in all_held if held.is_firm or held.need_id in keep]
    if sum(held.quantity for held in stays) > lot.on_hand + delta:
        holders = holders_of(session, lot_id=lot.id)
        names = ", ".join(each.number for each in holders if each.is_firm or keep)
        raise AlreadyPicked(
            f"Lot {lot.code} is picked for {names}: finish or cancel that first."
        )
    missing = -delta - lot.free
    released: list[Held] = []
    for held in all_held:
        part = 0 if held in stays else min(held.quantity, missing)
        if part > 0:
            ledger.unreserve(
                session,
                lot_id=lot.id,
                quantity=part,
                demand_id=held.demand_id,
                need_id=held.need_id,
            )
            released.append(held)
            missing -= part
    return released


def orders_of(session: Session, released: Collection[Held]) -> set[int]:
    """Return the orders that what was held works for, at whatever level."""
    return orders_touched(
        session,
        demands={held.demand_id for held in released if held.demand_id is not None},
        needs={held.need_id for held in released if held.need_id is not None},
        runs=(),
        items=(),
    )


def refresh(session: Session, released: Collection[Held], *, now: datetime) -> None:
    """Say anew how far the orders are whose reservations gave way."""
    orders = orders_of(session, released)
    lock_orders(session, orders)
    refresh_phases(session, order_ids=orders, now=now)
