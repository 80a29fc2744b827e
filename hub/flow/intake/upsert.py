"""The sales order as its newest version states it: created once, replaced only by newer data.

Which message came first does not matter (hub/domain/orders/sales.py decides what is newer), lines
the channel dropped stay as cancelled ones, and nothing here touches stock: the planner gives back.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from connectors.registry import CHANNELS
from hub.domain.codes import Series, number
from hub.domain.days.transit import fold_method
from hub.domain.letters.notices import Event
from hub.domain.orders.sales import (
    Version,
    compare_lines,
    day_asked,
    is_newer,
    next_intent,
    without_echo,
)
from hub.domain.states import Intent
from hub.flow.intake.buyers import keep_people
from hub.flow.intake.order_lines import change_line, known_line, new_line, note_sent, relist
from hub.flow.intake.shop_notices import take_notices
from hub.flow.letters.notify import tell
from hub.flow.meaning.map_lines import map_order, restate_demands
from hub.flow.orders.decide import decide
from hub.flow.orders.footing import footing
from hub.flow.phase import refresh_phases
from hub.flow.replan import mark_orders
from hub.models.locks import lock_order_key
from hub.models.numbers import next_number
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import record
from hub.models.records.orders import SalesOrder
from mapping.canonical import Order, content_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Upserted:
    """The order a message was about, and: created | applied | unchanged | stale."""

    order_id: int
    outcome: str


def upsert_order(
    session: Session,
    *,
    account: ChannelAccount,
    order: Order,
    who: str,
    now: datetime,
    fetched_at: datetime | None = None,
    customer_id: int | None = None,
) -> Upserted:
    """Create or update the sales order a channel describes, and mark what to plan again.

    With `customer_id` it is known whose order it is: what it says of its buyer changes nothing.
    """
    lock_order_key(session, account_id=account.id, external_id=order.external_id)
    account.last_in_at = now
    digest = content_hash(order)
    known = session.scalar(
        select(SalesOrder)
        .filter_by(account_id=account.id, external_id=order.external_id)
        .options(selectinload(SalesOrder.lines))
        .with_for_update()
    )
    if known is None:
        return _create(
            session,
            account,
            order,
            digest=digest,
            who=who,
            now=now,
            fetched_at=fetched_at,
            customer_id=customer_id,
        )
    stored = Version(
        updated_at=known.remote_updated_at,
        content_hash=known.content_hash,
        read_at=known.remote_read_at,
    )
    incoming = Version(updated_at=order.updated_at, content_hash=digest, read_at=fetched_at)
    if digest == known.content_hash:
        _note_read(known, fetched_at)
        return Upserted(order_id=known.id, outcome="unchanged")
    if not is_newer(stored, incoming=incoming):
        return Upserted(order_id=known.id, outcome="stale")
    heard = _heard(known, order, channel=account.channel)
    before = footing(session, known)
    _update(session, known, heard, who=who, now=now, customer_id=customer_id)
    _state(known, order, digest=digest, fetched_at=fetched_at, now=now)
    take_notices(session, order=known, now=now)
    decide(session, known, before=before, who=who, now=now)
    refresh_phases(session, order_ids=[known.id], now=now, who=who)
    return Upserted(order_id=known.id, outcome="applied")


def _heard(known: SalesOrder, order: Order, *, channel: str) -> Order:
    """Hear of an order what its channel knows of it."""
    if channel not in CHANNELS or CHANNELS[channel].spec.counts_what_is_sent:
        return order
    return without_echo([known_line(line) for line in known.lines], incoming=order)


def _create(
    session: Session,
    account: ChannelAccount,
    order: Order,
    *,
    digest: str,
    who: str,
    now: datetime,
    fetched_at: datetime | None,
    customer_id: int | None,
) -> Upserted:
    made = SalesOrder(
        account_id=account.id,
        number=_number(session, order),
        external_id=order.external_id,
        placed_at=order.placed_at,
        intent=next_intent(Intent.OPEN, incoming=order),
        created_at=now,
        lines=[new_line(line, position) for position, line in enumerate(order.lines)],
    )
    _state(made, order, digest=digest, fetched_at=fetched_at, now=now)
    keep_people(session, made, order, customer_id=customer_id)
    session.add(made)
    session.flush()
    record(
        session,
        at=now,
        who=who,
        subject="order",
        subject_id=made.id,
        what="order.received",
        to_state=made.intent,
        detail={"number": order.number, "lines": len(order.lines)},
    )
    map_order(session, order_id=made.id, now=now)
    take_notices(session, order=made, now=now)
    refresh_phases(session, order_ids=[made.id], now=now, who=who)
    if made.intent == Intent.OPEN:
        tell(session, order_id=made.id, event=Event.RECEIVED, now=now)
    return Upserted(order_id=made.id, outcome="created")


def _number(session: Session, order: Order) -> str:
    """Number an order: as typed (hub/flow/intake/type_order.py keeps those apart), or next."""
    if order.source == "manual" and order.number:
        return order.number
    return number(Series.ORDER, sequence=next_number(session, "order"))


def _update(
    session: Session,
    known: SalesOrder,
    order: Order,
    *,
    who: str,
    now: datetime,
    customer_id: int | None,
) -> None:
    change = compare_lines([known_line(line) for line in known.lines], incoming=order)
    by_id = {line.external_id: line for line in known.lines}
    for changed in (*change.changed, *change.gone):
        change_line(session, by_id[changed.external_id], changed, who=who, now=now)
    for offset, line in enumerate(change.added):
        known.lines.append(new_line(line, len(by_id) + offset))
    note_sent(by_id, order)
    relist(by_id, order, relisted={c.external_id for c in change.changed if c.is_relisted})
    _restate_intent(session, known, order, who=who, now=now)
    keep_people(session, known, order, customer_id=customer_id)
    session.flush()
    record(
        session,
        at=now,
        who=who,
        subject="order",
        subject_id=known.id,
        what="order.changed",
        detail={
            "added": len(change.added),
            "changed": len(change.changed),
            "gone": len(change.gone),
        },
    )
    restate_demands(session, order_id=known.id, now=now)
    map_order(session, order_id=known.id, now=now)
    what = "cancelled" if known.intent == Intent.CANCELLED else "changed"
    mark_orders(
        session,
        order_ids=[known.id],
        why=f"order {known.number} {what}",
        now=now,
        cause={"what": what, "order": known.number},
    )


def _restate_intent(
    session: Session, known: SalesOrder, order: Order, *, who: str, now: datetime
) -> None:
    intent = next_intent(Intent(known.intent), incoming=order)
    if intent != known.intent:
        record(
            session,
            at=now,
            who=who,
            subject="order",
            subject_id=known.id,
            what="order.intent",
            from_state=known.intent,
            to_state=intent,
            why="the channel says so",
        )
        known.intent = intent
        if intent == Intent.CANCELLED:
            tell(session, order_id=known.id, event=Event.CANCELLED, now=now)


def _state(
    made: SalesOrder,
    order: Order,
    *,
    digest: str,
    fetched_at: datetime | None,
    now: datetime,
) -> None:
    made.external_number = order.number
    made.remote_updated_at = order.updated_at
    made.content_hash = digest
    made.remote_read_at = fetched_at
    made.payment, made.release = order.payment, order.release
    made.requested_on = day_asked(order.requested_on, today=now.date())
    made.ship_method = fold_method(order.ship_method)
    made.currency = order.currency
    made.total_minor = order.total.minor if order.total else None
    made.presentment = asdict(order.presentment_total) if order.presentment_total else None
    made.is_test = order.is_test
    made.note = order.note
    made.tags = list(order.tags)
    made.po_number = order.po_number
    made.updated_at = now


def _note_read(known: SalesOrder, fetched_at: datetime | None) -> None:
    """Remember that we asked again and nothing had changed: nobody need ask for this version."""
    if fetched_at is not None:
        known.remote_read_at = max(known.remote_read_at or fetched_at, fetched_at)
