"""What we owe the channels: outbox rows, written in the transaction that made them true.

Every row has a key made of what it is about, so that the same fact told twice is one row. What
is switched off is owed nothing, nor is a channel that could do nothing with the news (orders
typed by hand have nobody to tell); what is in shadow gets rows that are never sent. Where the
shop does not let us say that a parcel left, a person must: that is a task
(hub/flow/telling/tasks.py). What the channel itself called a thing (the references of fulfilments)
is not known here: `known_refs` and `fulfilment_refs` stay empty in the payload, and the worker that
sends a row fills them from the rows of the order sent before it. Rows of one order go out in the
order of their ids (hub/models/claims/outbox.py), and the order in which this module writes them
counts on that.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from connectors.registry import CHANNELS
from connectors.spec import Capability
from hub.domain.channels.switches import Mode, mode_of_kind
from hub.flow.channels.switches import is_by_hand, mode_of
from hub.flow.telling.tasks import ask_to_amend, ask_to_ship, is_marked
from hub.models.claims.outbox import add_once
from hub.models.locks import lock_orders
from hub.models.orders.short_orders import short_items
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import record
from hub.models.records.orders import SalesOrder
from hub.models.records.shipping import Shipment
from hub.models.shipping.sent import (
    orders_with_accounts,
    outbound_by_key,
    pieces_sent,
    promises_told,
    tracking_told,
)
from mapping.effects import (
    AmendTracking,
    Delivered,
    Effect,
    Fulfil,
    Hold,
    LineQuantity,
    Progress,
    Promised,
    ReleaseHold,
    Tracking,
    kind_of,
    to_payload,
)

NAMED = 5
"""So many missing items are named in a hold's note; a merchant reads it at a glance."""
LONGEST_NOTE = 250


@dataclass(frozen=True, slots=True)
class Owed:
    """An order and the account that is to hear about it."""

    order: SalesOrder
    account: ChannelAccount

    def mode(self, capability: Capability) -> Mode:
        """Say whether it is told anything of this kind, and whether that is only written down."""
        return mode_of(self.account, capability, CHANNELS)

    def hears(self, capability: Capability) -> bool:
        """Say whether it is told anything of this kind, be it only in rehearsal."""
        return self.mode(capability) is not Mode.OFF


def tell_shipped(session: Session, *, shipment_id: int, now: datetime) -> bool:
    """Owe the channel the news of a shipment; say whether it is to hear it from us.

    Where it may not, though it would be live, a person is asked to say it there.
    """
    shipment = session.get_one(Shipment, shipment_id)
    owed = _owed(session, order_id=shipment.order_id)
    if is_by_hand(owed.account, Capability.FULFIL, CHANNELS):
        ask_to_ship(session, shipment=shipment, account=owed.account, now=now)
    if not owed.hears(Capability.FULFIL):
        return False
    effect = Fulfil(
        order_id=owed.order.external_id,
        lines=tuple(
            LineQuantity(line_id=line_id, quantity=quantity)
            for line_id, quantity in pieces_sent(session, shipment_id=shipment_id)
        ),
        tracking=_tracking(shipment),
        notify=shipment.notify,
    )
    _owe(
        session,
        owed,
        effect,
        key=f"fulfil:{shipment_id}",
        shipment_id=shipment_id,
        now=now,
        is_shadowed=owed.mode(Capability.FULFIL) is Mode.SHADOW,
    )
    return True


def tell_delivered(session: Session, *, shipment_id: int, now: datetime) -> None:
    """Owe whoever heard that a parcel left the news that it arrived."""
    shipment = session.get_one(Shipment, shipment_id)
    owed = _owed(session, order_id=shipment.order_id)
    effect = Delivered(order_id=owed.order.external_id, fulfilment_refs=(), at=now)
    _follow_up(session, owed, effect, shipment, capability=Capability.DELIVERED,
               key=f"delivered:{shipment_id}", now=now)  # fmt: skip


def tell_tracking(
    session: Session, *, shipment_id: int, notify: bool, now: datetime
) -> None:
    """Owe whoever heard a parcel's old tracking the new one, or have a person say it there."""
    shipment = session.get_one(Shipment, shipment_id)
    owed = _owed(session, order_id=shipment.order_id)
    if is_by_hand(owed.account, Capability.FULFIL, CHANNELS):
        _ask_to_amend(session, owed, shipment, now=now)
    effect = AmendTracking(
        order_id=owed.order.external_id,
        fulfilment_refs=(),
        tracking=_tracking(shipment),
        notify=notify,
    )
    told = tracking_told(session, shipment_id=shipment_id)
    _follow_up(session, owed, effect, shipment, capability=Capability.FULFIL,
               key=f"amend_tracking:{shipment_id}:{told + 1}", now=now)  # fmt: skip


def _ask_to_amend(
    session: Session, owed: Owed, shipment: Shipment, *, now: datetime
) -> None:
    first = outbound_by_key(session, key=f"fulfil:{shipment.id}")
    is_told = first is not None and first.state == "sent"
    if is_told or is_marked(session, shipment_id=shipment.id):
        ask_to_amend(session, shipment=shipment, account=owed.account, now=now)


def tell_progress(
    session: Session, *, order_ids: Collection[int], note: str, now: datetime
) -> None:
    """Owe each order's channel, once, the news that it is being made.

    The caller holds the orders' locks.
    """
    for order, account in orders_with_accounts(session, order_ids=order_ids):
        owed = Owed(order, account)
        if (
            order.progress_told
            or order.intent != "open"
            or not owed.hears(Capability.PROGRESS)
        ):
            continue
        effect = Progress(order_id=order.external_id, note=note[:LONGEST_NOTE])
        _owe(
            session,
            owed,
            effect,
            key=f"progress:{order.id}",
            now=now,
            is_shadowed=owed.mode(Capability.PROGRESS) is Mode.SHADOW,
        )
        order.progress_told = True
    session.flush()


def tell_promised(session: Session, *, order: SalesOrder, on: date, now: datetime) -> None:
    """Owe the order's channel the day it can be counted on for, whenever that is another.

    What is not sent yet is sent with the newest day (hub/flow/telling/push.py), so an old one is
    never told late.
    """
    owed = _owed(session, order_id=order.id)
    if not owed.hears(Capability.PROMISED):
        return
    told = promises_told(session, order_id=order.id)
    if told and told[-1] == on:
        return
    _owe(
        session,
        owed,
        Promised(order_id=order.external_id, on=on),
        key=f"promised:{order.id}:{len(told) + 1}",
        now=now,
        is_shadowed=owed.mode(Capability.PROMISED) is Mode.SHADOW,
    )


def sync_holds(session: Session, *, order_ids: Collection[int], now: datetime) -> None:
    """Place our hold at the channel on orders that wait for something, release it on others.

    An order waits while one of its lines, or a run that works for it at any level, is short; only
    orders that may be planned at all are held. Each hold has a number, so that only ours is
    released. A rehearsed hold is only rehearsed to its end, and a real one only released for real:
    an account that changes its mode in between is put right by the next call.
    """
    lock_orders(session, order_ids)
    short = short_items(session, order_ids=order_ids)
    for order, account in orders_with_accounts(session, order_ids=order_ids):
        owed = Owed(order, account)
        waits_for = short.get(order.id, set()) if _is_plannable(order) else set()
        if not waits_for:
            release_hold(session, order_id=order.id, now=now)
        elif not order.held_at_channel or _is_hold_only_rehearsed(session, owed):
            _place_hold(session, owed, waits_for=waits_for, now=now)
    session.flush()


def release_hold(session: Session, *, order_id: int, now: datetime) -> None:
    """Owe the channel the end of our hold on an order, if we have one.

    Also called before a part of a held order ships, because a channel refuses to send what is on
    hold; `sync_holds` afterwards holds the rest anew. The caller holds the order's lock.
    """
    owed = _owed(session, order_id=order_id)
    order = owed.order
    if not order.held_at_channel:
        return
    was_real = not _is_shadowed(session, key=_hold_key(order))
    mode = mode_of_kind(
        "release_hold", account=owed.account.mode, switches=owed.account.capabilities
    )
    if mode is Mode.OFF or (mode is Mode.SHADOW and was_real):
        return
    effect = ReleaseHold(order_id=order.external_id, handle=_handle(order))
    key = f"release_hold:{order.id}:{order.held_at_channel}"
    _owe(session, owed, effect, key=key, now=now, is_shadowed=not was_real)
    order.held_at_channel = 0
    _remember(session, order, "order.hold_released_at_channel", now=now)


def _place_hold(
    session: Session, owed: Owed, *, waits_for: set[str], now: datetime
) -> None:
    if not owed.hears(Capability.HOLD):
        return
    order = owed.order
    order.holds_placed += 1
    order.held_at_channel = order.holds_placed
    named = sorted(waits_for)
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    note = f"Waiting for {', '.join(named[:NAMED])}{more}"
    effect = Hold(
        order_id=order.external_id,
        handle=_handle(order),
        reason="out_of_stock",
        note=note[:LONGEST_NOTE],
    )
    is_shadowed = owed.mode(Capability.HOLD) is Mode.SHADOW
    _owe(session, owed, effect, key=_hold_key(order), now=now, is_shadowed=is_shadowed)
    _remember(session, order, "order.held_at_channel", now=now, why=note)


def _is_hold_only_rehearsed(session: Session, owed: Owed) -> bool:
    """Say whether holds went live after this one was written down in shadow."""
    is_live = owed.mode(Capability.HOLD) is Mode.LIVE
    return is_live and _is_shadowed(session, key=_hold_key(owed.order))


def _is_plannable(order: SalesOrder) -> bool:
    return order.intent == "open" and order.release == "ready" and not order.is_test


def _handle(order: SalesOrder) -> str:
    return f"hornada-{order.number}-{order.held_at_channel}"


def _hold_key(order: SalesOrder) -> str:
    return f"hold:{order.id}:{order.held_at_channel}"


def _tracking(shipment: Shipment) -> Tracking:
    return Tracking(
        carrier=shipment.carrier, number=shipment.tracking_number, url=shipment.tracking_url
    )


def _owed(session: Session, *, order_id: int) -> Owed:
    order = session.get_one(SalesOrder, order_id)
    return Owed(order, session.get_one(ChannelAccount, order.account_id))


def _follow_up(
    session: Session,
    owed: Owed,
    effect: Effect,
    shipment: Shipment,
    *,
    capability: Capability,
    key: str,
    now: datetime,
) -> None:
    """Owe news of a shipment to whoever was told that it left: in earnest, or in rehearsal."""
    first = outbound_by_key(session, key=f"fulfil:{shipment.id}")
    if first is None or not owed.hears(capability):
        return
    is_shadowed = owed.mode(capability) is Mode.SHADOW or first.state == "shadowed"
    _owe(
        session,
        owed,
        effect,
        key=key,
        shipment_id=shipment.id,
        now=now,
        is_shadowed=is_shadowed,
    )


def _is_shadowed(session: Session, *, key: str) -> bool:
    row = outbound_by_key(session, key=key)
    return row is not None and row.state == "shadowed"


def _owe(
    session: Session,
    owed: Owed,
    effect: Effect,
    *,
    key: str,
    now: datetime,
    is_shadowed: bool,
    shipment_id: int | None = None,
) -> None:
    add_once(
        session,
        account_id=owed.account.id,
        order_id=owed.order.id,
        shipment_id=shipment_id,
        kind=kind_of(effect),
        idempotency_key=key,
        payload=to_payload(effect),
        state="shadowed" if is_shadowed else "waiting",
        now=now,
    )


def _remember(
    session: Session, order: SalesOrder, what: str, *, now: datetime, why: str = ""
) -> None:
    record(
        session,
        at=now,
        who="system",
        subject="order",
        subject_id=order.id,
        what=what,
        why=why,
    )
