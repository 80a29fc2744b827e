"""Stock from outside a run or a shipment: goods received, lots put aside, counts put right."""

from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum

from sqlalchemy.orm import Session

from hub.domain.making.cost import UnitCost
from hub.domain.stock.counting import CountReason
from hub.domain.stock.lot_states import LOT_STEPS, LotState
from hub.domain.stock.trace import MoveKind
from hub.flow.refusal import Invalid, Missing
from hub.flow.replan import mark
from hub.flow.step import expect_step, step
from hub.flow.stock import ledger
from hub.flow.stock.checked import settle_check
from hub.flow.stock.lot_codes import choose_code
from hub.flow.stock.room import make_room, refresh
from hub.models.locks import lock_items
from hub.models.numbers import next_number
from hub.models.planning.held import Holder, held_in_lot, holders_of
from hub.models.records.history import record
from hub.models.records.items import Item
from hub.models.records.stock import Lot
from hub.models.stock.lots import LotStock, item_of_lot, lots_by_id
from mapping.canonical import Money
from mapping.money import decimals_of
from mapping.units import UnitProblem, say

LARGEST = 10**15
"""A million tonnes. Nobody holds more, and sums of such lots stay far inside 64 bits."""


def receive(
    session: Session,
    *,
    item_id: int,
    quantity: int,
    code: str | None = None,
    best_before: date | None = None,
    supplier_lot: str = "",
    unit_cost: Money | UnitCost | None = None,
    purchase_line_id: int | None = None,
    who: str,
    now: datetime,
    zone: tzinfo = UTC,
) -> int:
    """Take goods in as a new lot and give its id; `purchase_line_id` says what ordered it.

    `unit_cost` is for one base unit (a gram, a millilitre, a metre, a piece); what costs less than
    the smallest coin a gram comes as a UnitCost. `zone` is the workshop's: a code that is made
    names its day. A lot past its best before may be taken in, since
    it is there; it is never used.

    :raises Invalid: a quantity of nothing or out of all reason, or no such currency.
    :raises CodeTaken: the item already has a lot of that code.
    :raises Missing: there is no such item.
    """
    check_quantity(quantity, field="quantity")
    cost = _unit_cost(unit_cost)
    item = lock_item(session, item_id=item_id)
    today = now.astimezone(zone).date()
    lot_id = ledger.open_lot(
        session,
        item_id=item_id,
        code=choose_code(session, item=item, given=code, on=today, field="code"),
        best_before=best_before,
        supplier_lot=supplier_lot.strip(),
        unit_cost_micros=cost.micros if cost else None,
        currency=cost.currency if cost else "",
        purchase_line_id=purchase_line_id,
        now=now,
    )
    ledger.move(
        session,
        lot_id=lot_id,
        quantity=quantity,
        kind=MoveKind.RECEIVED,
        ref_type="lot",
        ref_id=lot_id,
        who=who,
        now=now,
    )
    record(
        session,
        at=now,
        who=who,
        subject="lot",
        subject_id=lot_id,
        what="lot.received",
        to_state=LotState.AVAILABLE.value,
        detail={"quantity": quantity},
    )
    mark(
        session,
        item_ids=[item_id],
        why=f"{item.name} received",
        now=now,
        cause={"what": "received", "lot": session.get_one(Lot, lot_id).code},
    )
    return lot_id


def set_lot_state(
    session: Session, *, lot_id: int, state: LotState, reason: str, who: str, now: datetime
) -> tuple[Holder, ...]:
    """Put a lot aside, call it back, or let it go again; answer who holds any of it still.

    A lot under suspicion is stopped at once, whatever hangs on it: what was only planned to come
    from it is given back and planned anew; what is already picked for a running run cannot be
    unpicked here and is the answer, so that a person goes and looks.

    :raises StepRefused: the lot's state does not allow it.
    :raises Missing: there is no such lot.
    """
    _lock_item_of_lot(session, lot_id=lot_id)
    lot = session.get_one(Lot, lot_id, populate_existing=True)
    expect_step(lot, table=LOT_STEPS, new=state)
    step(session, lot, table=LOT_STEPS, new=state, who=who, now=now, why=reason)
    settle_check(session, lot, now=now)
    if state is not LotState.AVAILABLE:
        soft = [held for held in held_in_lot(session, lot_id=lot_id) if not held.is_firm]
        ledger.give_back(session, soft)
        refresh(session, soft, now=now)
    mark(
        session,
        item_ids=[lot.item_id],
        why=f"lot {lot.code} is {state.value}",
        now=now,
        cause={"what": state.value, "lot": lot.code},
    )
    return tuple(holders_of(session, lot_id=lot_id))


def adjust(
    session: Session,
    *,
    lot_id: int,
    delta: int,
    reason: str,
    note: str = "",
    who: str,
    now: datetime,
) -> None:
    """Put a lot's balance right by `delta` thousandths, for a reason of
    hub/domain/stock/counting.py.

    A count is the truth: what was only planned from goods that are not there is given back, the
    latest plan first, and planned anew.

    :raises Invalid: no difference, more away than the lot holds, or no such reason.
    :raises AlreadyPicked: what is missing is picked for a running run; that run says where it went.
    :raises Missing: there is no such lot.
    """
    check_quantity(abs(delta), field="delta")
    check_reason(reason, among=CountReason)
    lot = lock_lot(session, lot_id=lot_id)
    put_right(
        session,
        lot,
        delta=delta,
        kind=MoveKind.ADJUSTED,
        reason=reason,
        note=note,
        who=who,
        now=now,
    )


def put_right(
    session: Session,
    lot: LotStock,
    *,
    delta: int,
    kind: MoveKind,
    reason: str,
    note: str,
    field: str = "delta",
    who: str,
    now: datetime,
) -> None:
    """Write that a lot holds more or less than it did; the caller has locked and read it.

    :raises Invalid: more would go than the lot holds; `field` is where it was typed.
    :raises AlreadyPicked: what would go is picked.
    """
    if lot.on_hand + delta < 0:
        unit = session.get_one(Item, lot.item_id).unit
        there = say(lot.on_hand, base=unit)
        raise Invalid(f"Lot {lot.code} holds only {there}.", field=field)
    released = make_room(session, lot, delta=delta)
    record(
        session,
        at=now,
        who=who,
        subject="lot",
        subject_id=lot.id,
        what=f"lot.{kind.value}",
        why=note,
        detail={"delta": delta, "reason": reason},
    )
    ledger.move(
        session,
        lot_id=lot.id,
        quantity=delta,
        kind=kind,
        ref_type="adjustment",
        ref_id=next_number(session, "adjustment"),
        who=who,
        now=now,
        why=note,
        reason=reason,
    )
    mark(
        session,
        item_ids=[lot.item_id],
        why=f"lot {lot.code} {kind.value}",
        now=now,
        cause={"what": "counted", "lot": lot.code},
    )
    refresh(session, released, now=now)


def lock_lot(session: Session, *, lot_id: int) -> LotStock:
    """Lock a lot with its item, then read what it holds.

    :raises Missing: there is no such lot.
    """
    _lock_item_of_lot(session, lot_id=lot_id)
    return lots_by_id(session, lot_ids=[lot_id])[lot_id]


def check_reason(reason: str, *, among: type[StrEnum]) -> None:
    """Refuse a reason that is not on its list.

    :raises Invalid: it names those that are.
    """
    if reason not in set(among):
        raise Invalid(f"Choose one of {', '.join(among)}.", field="reason")


def check_quantity(quantity: int, *, field: str) -> None:
    """Refuse a quantity of nothing, or one that can only be a slip of the hand.

    :raises Invalid: it is one of those.
    """
    if quantity <= 0:
        raise Invalid("Say how much: more than nothing.", field=field)
    if quantity > LARGEST:
        raise Invalid("That is more than can be.", field=field)


def lock_item(session: Session, *, item_id: int) -> Item:
    """Lock one item, then read it.

    :raises Missing: there is no such item.
    """
    lock_items(session, [item_id])
    item = session.get(Item, item_id, populate_existing=True)
    if item is None:
        raise Missing("There is no such item.", field="item")
    return item


def _lock_item_of_lot(session: Session, *, lot_id: int) -> None:
    item_id = item_of_lot(session, lot_id=lot_id)
    if item_id is None:
        raise Missing("There is no such lot.", field="lot")
    lock_items(session, [item_id])


def _unit_cost(given: Money | UnitCost | None) -> UnitCost | None:
    if given is None:
        return None
    if isinstance(given, Money):
        try:
            micros = given.minor * 10 ** (6 - decimals_of(given.currency))
        except UnitProblem as problem:
            raise Invalid(str(problem), field="unit_cost") from problem
        given = UnitCost(micros=micros, currency=given.currency)
    if not 0 <= given.micros <= LARGEST:
        raise Invalid("A cost is nothing or more, and within reason.", field="unit_cost")
    return given
