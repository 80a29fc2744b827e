"""Step 7: pieces leave the house in a parcel, from named lots, and can be followed.

An order that was shipped whole stays open: that it is over is its phase, computed from what was
sent, and the buyer may still add a line to it. It closes when its channel says so.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.codes import Series, number
from hub.domain.letters.notices import Event, Facts
from hub.domain.states import SHIPMENT_STEPS
from hub.domain.states import Shipment as ShipmentState
from hub.domain.stock.trace import MoveKind
from hub.flow.letters.notify import tell
from hub.flow.phase import refresh_phases
from hub.flow.refusal import Invalid, Missing, Refusal, SomebodyWasFirst
from hub.flow.replan import mark
from hub.flow.shipping.pack import Packed, pack
from hub.flow.step import step
from hub.flow.stock import ledger
from hub.flow.telling.announce import (
    release_hold,
    sync_holds,
    tell_delivered,
    tell_shipped,
    tell_tracking,
)
from hub.models.locks import lock_items, lock_orders
from hub.models.numbers import next_number
from hub.models.records.history import record
from hub.models.records.orders import SalesOrder
from hub.models.records.shipping import Shipment, ShipmentLine, ShipmentPick
from hub.models.shipping.packing import PackLine, items_of_order, pack_lines
from hub.models.shipping.sent import same_parcel, shipments_of
from mapping.effects import Tracking

LONGEST = 500


class NotToBeShipped(Refusal):
    """The order waits or is cancelled; the message says which."""


class AlreadyShipped(Refusal):
    """Just this parcel was already written down; the message names it."""


def ship(
    session: Session,
    *,
    order_id: int,
    lines: Mapping[int, int] | None,
    tracking: Tracking,
    notify: bool,
    who: str,
    now: datetime,
    seen: int | None = None,
    zone: tzinfo = UTC,
) -> int:
    """Write down that pieces of an order left, and give the shipment's id.

    `lines` is pieces by order line; without it everything that is ready goes. `seen` is how many
    shipments of the order the person saw when they decided; when there are more by now, a second
    press of the button or a colleague was first. A page sends it; where it is not known, the same
    pieces under the same tracking number are taken for the same parcel.

    :raises NotToBeShipped: the order is on hold, cancelled or closed, by us or by its channel.
    :raises NotReady: nothing, or not so many pieces of a line, may leave today.
    :raises SomebodyWasFirst: there are more shipments than were seen.
    :raises AlreadyShipped: the same parcel is there already.
    :raises Invalid: a line of another order, no pieces, or a tracking that cannot be.
    :raises Missing: there is no such order.
    """
    check_tracking(tracking)
    order, packable = _lock_order(session, order_id=order_id)
    _check_order(order)
    if seen is not None and len(shipments_of(session, order_id=order_id)) != seen:
        raise SomebodyWasFirst(f"{order.number} has a new shipment: look again.")
    packed = pack(packable, wanted=lines, on=now.astimezone(zone).date())
    _check_parcel(session, order, packed=packed, tracking=tracking)
    shipment = _open_shipment(
        session, order_id=order_id, tracking=tracking, notify=notify, now=now
    )
    _write_lines(session, shipment, packed=packed)
    _take_out(session, shipment, packed=packed, who=who, now=now)
    step(
        session, shipment, table=SHIPMENT_STEPS, new=ShipmentState.SHIPPED, who=who, now=now
    )
    shipment.shipped_at = now
    pieces = sum(each.pieces for each in packed)
    record(
        session,
        at=now,
        who=who,
        subject="order",
        subject_id=order_id,
        what="order.shipped",
        why=shipment.number,
        detail={"shipment": shipment.id, "pieces": pieces},
    )
    session.flush()
    refresh_phases(session, order_ids=[order_id], now=now, who=who)
    # A channel refuses to send what is on hold: the hold ends first and begins anew for the rest.
    release_hold(session, order_id=order_id, now=now)
    shipment.is_owed = tell_shipped(session, shipment_id=shipment.id, now=now)
    sync_holds(session, order_ids=[order_id], now=now)
    if notify:
        left = Facts(shipment_id=shipment.id)
        turn = shipment.number
        tell(
            session, order_id=order_id, event=Event.SHIPPED, turn=turn, facts=left, now=now
        )
    items = {taken.demand.demand.item_id for each in packed for taken in each.taken}
    mark(session, item_ids=items, why=f"{shipment.number} shipped", now=now)
    return shipment.id


def _open_shipment(
    session: Session, *, order_id: int, tracking: Tracking, notify: bool, now: datetime
) -> Shipment:
    shipment = Shipment(
        number=number(Series.SHIPMENT, sequence=next_number(session, "shipment")),
        order_id=order_id,
        state=ShipmentState.PACKED.value,
        notify=notify,
        packed_at=now,
        created_at=now,
    )
    _follow(shipment, tracking)
    session.add(shipment)
    session.flush()
    return shipment


def mark_delivered(session: Session, *, shipment_id: int, who: str, now: datetime) -> None:
    """Write down that a parcel reached its buyer.

    :raises StepRefused: it has not left, was cancelled, or has already arrived.
    :raises Missing: there is no such shipment.
    """
    shipment = _lock_shipment(session, shipment_id=shipment_id)
    step(
        session,
        shipment,
        table=SHIPMENT_STEPS,
        new=ShipmentState.DELIVERED,
        who=who,
        now=now,
    )
    shipment.delivered_at = now
    session.flush()
    refresh_phases(session, order_ids=[shipment.order_id], now=now, who=who)
    tell_delivered(session, shipment_id=shipment_id, now=now)


def amend_tracking(
    session: Session,
    *,
    shipment_id: int,
    tracking: Tracking,
    notify: bool,
    who: str,
    now: datetime,
) -> None:
    """Say that a parcel is followed elsewhere than was said, if it really is.

    :raises Refusal: it was cancelled.
    :raises Invalid: a tracking that cannot be.
    :raises Missing: there is no such shipment.
    """
    check_tracking(tracking)
    shipment = _lock_shipment(session, shipment_id=shipment_id)
    if shipment.state == ShipmentState.CANCELLED:
        raise Refusal(f"{shipment.number} was cancelled.")
    before = Tracking(
        carrier=shipment.carrier, number=shipment.tracking_number, url=shipment.tracking_url
    )
    if tracking == before:
        return
    _follow(shipment, tracking)
    record(
        session,
        at=now,
        who=who,
        subject="shipment",
        subject_id=shipment_id,
        what="shipment.tracking",
        from_state=before.number,
        to_state=tracking.number,
    )
    session.flush()
    tell_tracking(session, shipment_id=shipment_id, notify=notify, now=now)


def check_tracking(tracking: Tracking) -> None:
    """Refuse a tracking that could not be shown to a buyer.

    :raises Invalid: an address that is not of the web, or something far too long.
    """
    if tracking.url and not tracking.url.lower().startswith(("https://", "http://")):
        raise Invalid("A tracking address begins with https://.", field="tracking_url")
    for field in ("carrier", "number", "url"):
        if len(getattr(tracking, field)) > LONGEST:
            name = field if field == "carrier" else f"tracking_{field}"
            raise Invalid(f"At most {LONGEST} characters.", field=name)


def _lock_order(session: Session, *, order_id: int) -> tuple[SalesOrder, list[PackLine]]:
    item_ids = items_of_order(session, order_id=order_id)
    lock_items(session, item_ids)
    lock_orders(session, [order_id])
    order = session.get(SalesOrder, order_id, populate_existing=True)
    if order is None:
        raise Missing("There is no such order.", field="order")
    if not items_of_order(session, order_id=order_id) <= item_ids:
        raise SomebodyWasFirst(f"{order.number} has just changed: look again.")
    return order, pack_lines(session, order_id=order_id)


def _check_order(order: SalesOrder) -> None:
    if order.intent != "open":
        intent = order.intent.replace("_", " ")
        raise NotToBeShipped(f"{order.number} is {intent}.")
    if order.release == "cancelled":
        raise NotToBeShipped(f"{order.number} was cancelled at its channel.")


def _check_parcel(
    session: Session, order: SalesOrder, *, packed: Sequence[Packed], tracking: Tracking
) -> None:
    if not tracking.number:
        return
    pieces = {each.line.line.id: each.pieces for each in packed}
    twin = same_parcel(
        session, order_id=order.id, tracking_number=tracking.number, pieces=pieces
    )
    if twin:
        raise AlreadyShipped(f"{twin} has just these pieces under {tracking.number}.")


def _follow(shipment: Shipment, tracking: Tracking) -> None:
    shipment.carrier = tracking.carrier
    shipment.tracking_number = tracking.number
    shipment.tracking_url = tracking.url


def _write_lines(session: Session, shipment: Shipment, *, packed: Sequence[Packed]) -> None:
    for each in packed:
        line = each.line.line
        sent = ShipmentLine(
            shipment_id=shipment.id, order_line_id=line.id, quantity=each.pieces
        )
        session.add(sent)
        session.flush()
        line.shipped += each.pieces
        for taken in each.taken:
            taken.demand.demand.shipped += taken.quantity
            session.add(
                ShipmentPick(
                    shipment_line_id=sent.id,
                    demand_id=taken.demand.demand.id,
                    lot_id=taken.lot_id,
                    quantity=taken.quantity,
                )
            )
    session.flush()


def _take_out(
    session: Session,
    shipment: Shipment,
    *,
    packed: Sequence[Packed],
    who: str,
    now: datetime,
) -> None:
    """Take what was reserved out of its lots: each lot moves once, whatever it is for."""
    by_lot: dict[int, int] = defaultdict(int)
    for taken in (taken for each in packed for taken in each.taken):
        by_lot[taken.lot_id] += taken.quantity
        ledger.unreserve(
            session,
            lot_id=taken.lot_id,
            quantity=taken.quantity,
            demand_id=taken.demand.demand.id,
        )
    for lot_id in sorted(by_lot):
        ledger.move(
            session,
            lot_id=lot_id,
            quantity=-by_lot[lot_id],
            kind=MoveKind.SHIPPED,
            ref_type="shipment",
            ref_id=shipment.id,
            who=who,
            now=now,
        )


def _lock_shipment(session: Session, *, shipment_id: int) -> Shipment:
    order_id = session.scalar(select(Shipment.order_id).where(Shipment.id == shipment_id))
    if order_id is None:
        raise Missing("There is no such shipment.", field="shipment")
    lock_orders(session, [order_id])
    return session.get_one(Shipment, shipment_id, populate_existing=True)
