"""Whenever a channel shows an order: does it show what we told it, and want what we want?

Differences are opened, healed when they are gone, and what people were asked to do is closed when
the channel shows that they did it.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from connectors.registry import CHANNELS
from hub.domain.channels.drift import Kind, Ours, Theirs, compare_order, shows_what_was_told
from hub.domain.states import Intent
from hub.flow.telling.drift import Subject, heal, note, open_kinds
from hub.flow.telling.tasks import (
    ask_to_cancel,
    cancel_key,
    close_by_channel,
    close_for,
    keeps_orders,
)
from hub.models.records.channels import ChannelAccount
from hub.models.records.orders import SalesOrder
from hub.models.shipping.sent import Told, told_of
from mapping.canonical import Order, Release

_WHEN_GONE = {Kind.ORDER: "read", Kind.CANCEL: "agreed", Kind.FULFILMENT: "agreed"}


def agree(
    session: Session,
    *,
    order_id: int,
    seen: Order,
    fetched_at: datetime | None,
    now: datetime,
) -> None:
    """Compare an order with how its channel shows it: note, heal, and close what is done.

    `fetched_at` is when we asked for it ourselves, None when the channel sent it.
    """
    order = session.get_one(SalesOrder, order_id)
    account = session.get_one(ChannelAccount, order.account_id)
    if not keeps_orders(account, CHANNELS):
        return
    told = told_of(session, order_id=order_id)
    theirs = theirs_of(seen, fetched_at=fetched_at)
    ours = ours_of(order, told)
    found = {each.kind: each for each in compare_order(ours, theirs=theirs)}
    known = open_kinds(session, account_id=account.id, external_id=order.external_id)
    if Kind.ORDER in known:
        heal(session, _subject(order, Kind.ORDER), how="read", now=now)
    for kind in (Kind.CANCEL, Kind.FULFILMENT):
        if kind in found:
            difference = found[kind]
            note(
                session, _subject(order, kind), ours=difference.ours,
                theirs=difference.theirs, now=now,
            )  # fmt: skip
        elif kind in known and (
            kind is Kind.CANCEL or shows_what_was_told(ours, theirs=theirs)
        ):
            heal(session, _subject(order, kind), how="agreed", now=now)
    if Kind.CANCEL in found:
        ask_to_cancel(session, order=order, account=account, channels=CHANNELS, now=now)
    counts = CHANNELS[account.channel].spec.counts_what_is_sent
    close_by_channel(session, order=order, seen=seen, counts=counts, now=now)


def end_drift(session: Session, *, order: SalesOrder, now: datetime) -> None:
    """Note that an order is gone at its channel: there is nothing to differ from any more.

    Nor has anybody to cancel it there.
    """
    for kind, how in _WHEN_GONE.items():
        heal(session, _subject(order, kind), how=how, now=now)
    close_for(session, key=cancel_key(order.id), account_id=order.account_id, now=now)


def ours_of(order: SalesOrder, told: Told) -> Ours:
    """Say how we hold an order, as far as its channel should know."""
    is_cancelled = order.intent == Intent.CANCELLED and order.release != Release.CANCELLED
    return Ours(is_cancelled=is_cancelled, told=told.pieces, told_at=told.at)


def theirs_of(seen: Order, *, fetched_at: datetime | None) -> Theirs:
    """Say how the channel shows an order."""
    open_pieces = sum(
        max(0, line.ordered - line.cancelled - line.fulfilled) for line in seen.lines
    )
    is_cancelled = seen.cancelled_at is not None or seen.release is Release.CANCELLED
    return Theirs(
        is_cancelled=is_cancelled,
        is_over=seen.closed_at is not None or not open_pieces,
        seen_at=max(seen.updated_at, fetched_at or seen.updated_at),
        sent={line.external_id: line.fulfilled for line in seen.lines},
    )


def _subject(order: SalesOrder, kind: Kind) -> Subject:
    return Subject(
        account_id=order.account_id,
        kind=kind,
        external_id=order.external_id,
        order_id=order.id,
    )
