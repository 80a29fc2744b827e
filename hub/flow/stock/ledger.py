"""The one place that writes the stock ledger, its balances, and what is spoken for.

A move and its balance are written together, and so are a reservation and the `reserved` it
adds to. Each statement carries its own condition, so even a caller that forgot to lock cannot
take what is not there; the CHECKs of the database are the last line behind that. Whoever
writes a lot holds the lock of its item (hub/models/locks.py), and with it all its lots, and
takes it before reading what is decided on.
"""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from hub.domain.stock.trace import MoveKind
from hub.flow.refusal import Missing, Refusal
from hub.models.planning.held import Held
from hub.models.records.items import Item
from hub.models.records.stock import Lot, LotBalance, Reservation, StockMove
from mapping.units import say


class NotEnough(Refusal):
    """The lot does not hold so much that nobody else has spoken for."""


class NotReserved(Refusal):
    """So much of the lot is not reserved for this owner."""


def open_lot(
    session: Session,
    *,
    item_id: int,
    code: str,
    best_before: date | None,
    now: datetime,
    supplier_lot: str = "",
    unit_cost_micros: int | None = None,
    currency: str = "",
    purchase_line_id: int | None = None,
) -> int:
    """Write down a new lot, available and still empty, and give its id; `move` fills it."""
    lot = Lot(
        item_id=item_id,
        code=code,
        best_before=best_before,
        supplier_lot=supplier_lot,
        unit_cost_micros=unit_cost_micros,
        currency=currency,
        received_at=now,
        purchase_line_id=purchase_line_id,
    )
    session.add(lot)
    session.flush()
    session.add(LotBalance(lot_id=lot.id, item_id=item_id, on_hand=0, reserved=0))
    session.flush()
    return lot.id


def move(
    session: Session,
    *,
    lot_id: int,
    quantity: int,
    kind: MoveKind,
    ref_type: str,
    ref_id: int,
    who: str,
    now: datetime,
    why: str = "",
    reason: str = "",
    reverses_id: int | None = None,
) -> None:
    """Move stock in (positive) or out (negative), never what is reserved.

    `ref_type` and `ref_id` name the record that made it move; one record moves a lot once in each
    kind, so several picks of one lot are added up before they come here. What goes out against a
    reservation is unreserved first. `reason` is a machine word, `why` a person's; `reverses_id` is
    the move this one takes back.

    :raises NotEnough: more would go out than is on hand and not reserved.
    :raises Missing: there is no such lot.
    """
    taken = (
        update(LotBalance)
        .where(
            LotBalance.lot_id == lot_id,
            LotBalance.on_hand + quantity >= LotBalance.reserved,
        )
        .values(on_hand=LotBalance.on_hand + quantity)
        .returning(LotBalance.item_id)
    )
    item_id = session.execute(taken).scalar_one_or_none()
    if item_id is None:
        raise _not_enough(session, lot_id=lot_id)
    session.add(
        StockMove(
            lot_id=lot_id,
            item_id=item_id,
            quantity=quantity,
            kind=kind.value,
            ref_type=ref_type,
            ref_id=str(ref_id),
            at=now,
            who=who,
            why=why,
            reason=reason,
            reverses_id=reverses_id,
        )
    )
    session.flush()


def take_back(
    session: Session, moved: StockMove, *, who: str, now: datetime, why: str = ""
) -> None:
    """Write the move that takes another one back; the other one stays as it is.

    :raises NotEnough: what came in then is not there any more, or spoken for.
    """
    move(
        session,
        lot_id=moved.lot_id,
        quantity=-moved.quantity,
        kind=MoveKind(moved.kind),
        ref_type="undo",
        ref_id=moved.id,
        who=who,
        now=now,
        why=why,
        reverses_id=moved.id,
    )


def reserve(
    session: Session,
    *,
    lot_id: int,
    quantity: int,
    demand_id: int | None = None,
    need_id: int | None = None,
    is_firm: bool = False,
) -> None:
    """Speak for so much of a lot, beyond what this demand or need already has there.

    A firm reservation is given to the planner; adding a firm part makes the whole of it firm.

    :raises NotEnough: so much is not free in the lot.
    :raises Missing: there is no such lot.
    """
    held = (
        update(LotBalance)
        .where(
            LotBalance.lot_id == lot_id,
            LotBalance.reserved + quantity <= LotBalance.on_hand,
        )
        .values(reserved=LotBalance.reserved + quantity)
        .returning(LotBalance.item_id)
    )
    item_id = session.execute(held).scalar_one_or_none()
    if item_id is None:
        raise _not_enough(session, lot_id=lot_id)
    mine = _owned(lot_id=lot_id, demand_id=demand_id, need_id=need_id)
    more = update(Reservation).where(*mine).values(quantity=Reservation.quantity + quantity)
    if is_firm:
        more = more.values(is_firm=True)
    if session.execute(more.returning(Reservation.id)).scalar_one_or_none() is not None:
        return
    session.add(
        Reservation(
            lot_id=lot_id,
            item_id=item_id,
            demand_id=demand_id,
            need_id=need_id,
            quantity=quantity,
            is_firm=is_firm,
        )
    )
    session.flush()


def unreserve(
    session: Session,
    *,
    lot_id: int,
    quantity: int,
    demand_id: int | None = None,
    need_id: int | None = None,
) -> None:
    """Give back so much of what a demand or need had reserved in a lot.

    :raises NotReserved: the owner has less than that reserved there.
    """
    mine = _owned(lot_id=lot_id, demand_id=demand_id, need_id=need_id)
    less = (
        update(Reservation)
        .where(*mine, Reservation.quantity > quantity)
        .values(quantity=Reservation.quantity - quantity)
        .returning(Reservation.id)
    )
    if session.execute(less).scalar_one_or_none() is None:
        gone = delete(Reservation).where(*mine, Reservation.quantity == quantity)
        if session.execute(gone.returning(Reservation.id)).scalar_one_or_none() is None:
            raise NotReserved(f"That much of lot {lot_id} is not reserved for it.")
    session.execute(
        update(LotBalance)
        .where(LotBalance.lot_id == lot_id)
        .values(reserved=LotBalance.reserved - quantity)
    )


def give_back(session: Session, reservations: Iterable[Held]) -> None:
    """Give back reservations whole."""
    for held in reservations:
        unreserve(
            session,
            lot_id=held.lot_id,
            quantity=held.quantity,
            demand_id=held.demand_id,
            need_id=held.need_id,
        )


def make_firm(session: Session, *, need_ids: Iterable[int]) -> None:
    """Make what these needs have reserved theirs for good: a planner leaves it alone."""
    session.execute(
        update(Reservation)
        .where(Reservation.need_id.in_(list(need_ids)))
        .values(is_firm=True)
    )


def _owned(
    *, lot_id: int, demand_id: int | None, need_id: int | None
) -> tuple[ColumnElement[bool], ...]:
    if (demand_id is None) == (need_id is None):
        raise ValueError("a reservation is for one demand or for one need")
    owner = (
        Reservation.demand_id == demand_id
        if need_id is None
        else Reservation.need_id == need_id
    )
    return (Reservation.lot_id == lot_id, owner)


def _not_enough(session: Session, *, lot_id: int) -> Refusal:
    query = (
        select(Lot.code, Item.unit, LotBalance.on_hand - LotBalance.reserved)
        .join(LotBalance, LotBalance.lot_id == Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .where(Lot.id == lot_id)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return Missing("There is no such lot.", field="lot")
    code, unit, free = row
    return NotEnough(f"Lot {code} has only {say(free, base=unit)} free.", field="lot")
