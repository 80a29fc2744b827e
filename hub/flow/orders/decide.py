"""What a change of an order means for work already begun: looked up, written down, and told.

hub/domain/orders/decisions.py says what follows; here it is found on how much of what the change
falls. Nothing is moved or cut here: the planner, which runs next, gives back and plans more; what
only a person can do stands until somebody says that it is done (hub/flow/orders/answer.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from hub.domain.orders.decisions import (
    AT_HAND_FIRST,
    TABLE,
    Change,
    Follows,
    Hold,
    Stage,
    fall,
    furthest,
    without,
)
from hub.domain.states import Intent
from hub.flow.orders.footing import Asked, Footing, footing
from hub.flow.planning.plan_inputs import is_frozen
from hub.models.planning.demand_holds import holds_of
from hub.models.planning.habits import habits_of
from hub.models.records.decisions import Decision
from hub.models.records.history import record
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.shipping import Shipment
from hub.models.shipping.sent import shipments_of
from mapping.canonical import Payment
from mapping.units import say

MONEY_BACK = frozenset({Payment.PART_REFUNDED, Payment.REFUNDED})
RUNS = frozenset({Stage.PLANNED, Stage.RELEASED, Stage.RUNNING})
PARCELS = frozenset({Stage.PACKED, Stage.SHIPPED})
BEFORE_PARCELS = frozenset(Stage) - PARCELS


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """So much of a demand at one stage, and what struck it."""

    change: Change
    hold: Hold
    line_id: int | None = None
    item_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A change of the order as a whole."""

    change: Change
    reaches_parcels: bool
    """Whether it is also about what has left."""


def decide(
    session: Session,
    order: SalesOrder,
    *,
    before: Footing,
    reaches_parcels: bool = True,
    who: str,
    now: datetime,
) -> list[Decision]:
    """Write down what follows from what an order became, and give the rows; none if nothing does.

    Called after the change and before the next plan, so that what is read is what it falls on.
    `reaches_parcels` is false for our own cancelling, which is only about what has not left.
    """
    after = footing(session, order)
    holds = {
        demand_id: [*found, *_waiting(before.asked.get(demand_id), found)]
        for demand_id, found in _holds(
            session, {*before.asked, *after.asked}, today=now.date()
        ).items()
    }
    whole = _whole(before, after, reaches_parcels=reaches_parcels)
    known = _just_mapped(before)
    struck = [
        each
        for demand_id in sorted(holds)
        if demand_id in before.asked or after.asked[demand_id].line_id not in known
        for each in _of_demand(
            holds[demand_id],
            before=before.asked.get(demand_id),
            after=after.asked[demand_id],
            whole=whole,
            money_back=_is_money_back(before, after),
        )
    ]
    struck += _of_order(session, order, before, after, holds, has_struck=bool(struck))
    return [_write(session, order, each, who=who, now=now) for each in struck]


def _just_mapped(before: Footing) -> frozenset[int]:
    """The lines that were there and asked for nothing yet: what they ask for now is no change."""
    return before.lines - {asked.line_id for asked in before.asked.values()}


def _holds(session: Session, demand_ids: set[int], *, today: date) -> dict[int, list[Hold]]:
    found = holds_of(session, demand_ids=demand_ids)
    habits = habits_of(session)

    def fixed(hold: Hold) -> Hold:
        if hold.stage is Stage.PLANNED:
            run = session.get_one(ProductionOrder, hold.ref)
            if is_frozen(run, habits=habits, today=today):
                return replace(hold, stage=Stage.RELEASED)
        return hold

    return {
        demand_id: [fixed(hold) for hold in found.get(demand_id, [])]
        for demand_id in demand_ids
    }


def _waiting(before: Asked | None, held: Sequence[Hold]) -> Iterator[Hold]:
    """What nobody holds yet of what was asked."""
    gap = (before.quantity if before else 0) - sum(hold.quantity for hold in held)
    if gap > 0:
        yield Hold(stage=Stage.WAITING, quantity=gap)


def _whole(before: Footing, after: Footing, *, reaches_parcels: bool) -> Whole | None:
    if after.intent is Intent.CANCELLED and before.intent is not Intent.CANCELLED:
        return Whole(change=Change.CANCELLED, reaches_parcels=reaches_parcels)
    if after.payment == Payment.REFUNDED and _is_money_back(before, after):
        return Whole(change=Change.REFUNDED, reaches_parcels=True)
    if before.is_worked_on and not after.is_worked_on:
        is_closed = after.intent is Intent.CLOSED
        change = Change.CANCELLED if is_closed else Change.HELD
        return Whole(change=change, reaches_parcels=False)
    return None


def _is_money_back(before: Footing, after: Footing) -> bool:
    return after.payment in MONEY_BACK and after.payment != before.payment


def _of_demand(
    holds: Sequence[Hold],
    *,
    before: Asked | None,
    after: Asked,
    whole: Whole | None,
    money_back: bool,
) -> Iterator[Struck]:
    """Say what strikes one demand: first what was sent by hand, then the rest."""
    had = before.wanted if before else 0
    more_sent = max(0, after.sent_elsewhere - before.sent_elsewhere) if before else 0
    here = [hold for hold in holds if hold.stage is not Stage.SHIPPED]
    sent = fall(here, quantity=more_sent * after.per_piece, order=AT_HAND_FIRST)
    yield from _struck(Change.SENT_ELSEWHERE, sent, after)
    less = had - after.wanted - sum(hold.quantity for hold in sent)
    left = without(holds, gone=sent)
    if whole is not None:
        at = Stage if whole.reaches_parcels else frozenset(Stage) - {Stage.SHIPPED}
        yield from _struck(whole.change, [hold for hold in left if hold.stage in at], after)
    elif less > 0:
        change = Change.SHRUNK if after.wanted else Change.CANCELLED
        if money_back:
            change = Change.REFUNDED
        yield from _struck(change, fall(left, quantity=less), after)
    elif less < 0:
        grown = Hold(stage=furthest(holds), quantity=-less)
        yield from _struck(Change.GROWN, [grown], after)


def _struck(change: Change, holds: Sequence[Hold], asked: Asked) -> Iterator[Struck]:
    """Name each run and parcel by itself, the lots of a demand together."""
    together: dict[tuple[Stage, int], int] = {}
    for hold in holds:
        place = (hold.stage, hold.ref if hold.stage in RUNS | PARCELS else 0)
        together[place] = together.get(place, 0) + hold.quantity
    for (stage, ref), quantity in together.items():
        hold = Hold(stage=stage, quantity=quantity, ref=ref)
        yield Struck(change=change, hold=hold, line_id=asked.line_id, item_id=asked.item_id)


def _of_order(
    session: Session,
    order: SalesOrder,
    before: Footing,
    after: Footing,
    holds: Mapping[int, Sequence[Hold]],
    *,
    has_struck: bool,
) -> list[Struck]:
    """Say what strikes the order itself: where it goes, or money that went back after it left."""
    is_moved = bool(before.address and after.address and before.address != after.address)
    if is_moved and after.intent is not Intent.CANCELLED:
        return list(_moved(session, order, holds))
    if _is_money_back(before, after) and not has_struck:
        left = [hold for each in holds.values() for hold in each]
        gone = [hold for hold in left if hold.stage is Stage.SHIPPED]
        hold = Hold(stage=Stage.SHIPPED, quantity=0, ref=gone[-1].ref) if gone else None
        return [Struck(change=Change.REFUNDED, hold=hold)] if hold else []
    return []


def _moved(
    session: Session, order: SalesOrder, holds: Mapping[int, Sequence[Hold]]
) -> Iterator[Struck]:
    for parcel in shipments_of(session, order_id=order.id):
        if parcel.state in ("packed", "shipped"):
            hold = Hold(stage=Stage(parcel.state), quantity=0, ref=parcel.id)
            yield Struck(change=Change.ADDRESS_CHANGED, hold=hold)
    here = [
        hold for each in holds.values() for hold in each if hold.stage in BEFORE_PARCELS
    ]
    if here:
        hold = Hold(stage=furthest(here), quantity=0)
        yield Struck(change=Change.ADDRESS_CHANGED, hold=hold)


def _write(
    session: Session, order: SalesOrder, struck: Struck, *, who: str, now: datetime
) -> Decision:
    hold = struck.hold
    cell = TABLE[struck.change][hold.stage]
    row = Decision(
        order_id=order.id,
        order_line_id=struck.line_id,
        item_id=struck.item_id,
        change=struck.change.value,
        stage=hold.stage.value,
        decision=cell.follows.value,
        quantity=hold.quantity,
        production_order_id=hold.ref if hold.stage in RUNS and hold.ref else None,
        shipment_id=hold.ref if hold.stage in PARCELS and hold.ref else None,
        needs_person=cell.needs_person,
        at=now,
    )
    session.add(row)
    session.flush()
    if cell.follows is not Follows.NOTHING:
        _tell(session, row, who=who, now=now)
    return row


def _tell(session: Session, row: Decision, *, who: str, now: datetime) -> None:
    item = session.get_one(Item, row.item_id) if row.item_id else None
    much = f"{say(row.quantity, base=item.unit)} {item.code}" if item else ""
    record(
        session,
        at=now,
        who=who,
        subject="order",
        subject_id=row.order_id,
        what=f"decision.{row.decision}",
        from_state=row.change,
        to_state=much,
        why=_number(session, row),
        detail={"decision": row.id, "quantity": row.quantity},
    )


def _number(session: Session, row: Decision) -> str:
    """Name the run or parcel that it falls on."""
    if row.production_order_id:
        return session.get_one(ProductionOrder, row.production_order_id).number
    if row.shipment_id:
        return session.get_one(Shipment, row.shipment_id).number
    return ""
