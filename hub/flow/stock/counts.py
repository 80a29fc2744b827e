"""What people find out about a lot: how much there is, what is spoilt, what is not good enough."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub.domain.making.scrap import ScrapReason
from hub.domain.stock.counting import CountReason
from hub.domain.stock.lot_states import LotState
from hub.domain.stock.trace import MoveKind
from hub.flow.refusal import Invalid, Refusal
from hub.flow.stock.stock import (
    LARGEST,
    check_quantity,
    check_reason,
    lock_lot,
    put_right,
    set_lot_state,
)
from hub.models.planning.held import Holder, held_in_lot, holders_of
from hub.models.records.history import record


class NothingThere(Refusal):
    """Nothing of the lot is left that could be thrown away."""


def count(
    session: Session,
    *,
    lot_id: int,
    quantity: int,
    reason: str = CountReason.COUNTED,
    note: str = "",
    who: str,
    now: datetime,
) -> int:
    """Write down how much of a lot there is, in thousandths, and give the difference.

    A count that finds what the ledger says moves nothing; the history says who looked.

    :raises Invalid: less than nothing, out of all reason, or no such reason.
    :raises AlreadyPicked: what is missing is picked for a running run; that run says where it went.
    :raises Missing: there is no such lot.
    """
    if not 0 <= quantity <= LARGEST:
        raise Invalid("That is more than can be.", field="quantity")
    check_reason(reason, among=CountReason)
    lot = lock_lot(session, lot_id=lot_id)
    delta = quantity - lot.on_hand
    if delta:
        put_right(
            session,
            lot,
            delta=delta,
            kind=MoveKind.ADJUSTED,
            reason=reason,
            note=note,
            field="quantity",
            who=who,
            now=now,
        )
        return delta
    record(
        session,
        at=now,
        who=who,
        subject="lot",
        subject_id=lot_id,
        what="lot.confirmed",
        why=note,
        detail={"quantity": quantity, "reason": reason},
    )
    return 0


def scrap(
    session: Session,
    *,
    lot_id: int,
    quantity: int,
    reason: str,
    note: str = "",
    who: str,
    now: datetime,
) -> None:
    """Throw a part of a lot away, for a reason of hub/domain/making/scrap.py.

    :raises Invalid: nothing, more than the lot holds, or no such reason.
    :raises AlreadyPicked: what would go is picked for a running run.
    :raises Missing: there is no such lot.
    """
    check_quantity(quantity, field="quantity")
    check_reason(reason, among=ScrapReason)
    put_right(
        session,
        lock_lot(session, lot_id=lot_id),
        delta=-quantity,
        kind=MoveKind.SCRAPPED,
        reason=reason,
        note=note,
        field="quantity",
        who=who,
        now=now,
    )


def reject(
    session: Session, *, lot_id: int, reason: str, who: str, now: datetime
) -> tuple[Holder, ...]:
    """Throw away all of a lot that nobody has picked; answer who has picked the rest.

    The lot is put aside first, so that nothing of what is still there is used or sent.

    :raises NothingThere: nothing is left of it, or all is picked.
    :raises Missing: there is no such lot.
    """
    lot = lock_lot(session, lot_id=lot_id)
    firm = sum(
        held.quantity for held in held_in_lot(session, lot_id=lot_id) if held.is_firm
    )
    if lot.on_hand <= firm:
        raise NothingThere(f"Of lot {lot.code} nothing is left to throw away.")
    if lot.state == LotState.AVAILABLE:
        set_lot_state(
            session,
            lot_id=lot_id,
            state=LotState.QUARANTINED,
            reason=reason,
            who=who,
            now=now,
        )
    put_right(
        session,
        lock_lot(session, lot_id=lot_id),
        delta=firm - lot.on_hand,
        kind=MoveKind.SCRAPPED,
        reason=ScrapReason.REJECTED,
        note=reason,
        who=who,
        now=now,
    )
    return tuple(holders_of(session, lot_id=lot_id))
