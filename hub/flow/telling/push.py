"""Step 8, its database half: what exactly to tell a channel, and what its answer changes here."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session

from connectors.errors import NotAllowedHere
from connectors.protocol import Pushed
from connectors.registry import CHANNELS
from connectors.spec import Capability
from hub.domain.channels.switches import Mode
from hub.flow.channels.switches import is_denied
from hub.flow.letters.letters_out import mail_of
from hub.flow.letters.status_link import StatusLinks
from hub.flow.refusal import Refusal
from hub.flow.telling.announce import tell_shipped
from hub.flow.telling.stock_facts import Channels
from hub.flow.telling.stock_told import effect_now, note_told
from hub.flow.telling.tasks import SHIP, ask_to_amend, ask_to_ship, close_for, ship_key
from hub.models.claims import outbox
from hub.models.claims.outbox import ClaimedEffect
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import record
from hub.models.records.messages import OutboundMessage
from hub.models.records.shipping import Shipment
from hub.models.records.upkeep import ManualTask
from hub.models.shipping.sent import outbound_by_key, promises_told
from mapping.effects import (
    AmendTracking,
    Delivered,
    Effect,
    Fulfil,
    Mail,
    Promised,
    SetStock,
    from_payload,
)

WHO = "worker"


class NotToldYet(Refusal):
    """News of a parcel the channel never heard of: the first message must go out before."""


def effect_of(
    session: Session,
    claimed: ClaimedEffect,
    *,
    today: date,
    links: StatusLinks,
    channels: Channels = CHANNELS,
) -> Effect | None:
    """Read an owed effect, with what the channel called the order's earlier parcels.

    A stock is counted anew, on the workshop's own day. None is nothing to tell after all.

    :raises NotToldYet: it follows a parcel the channel does not know.
    :raises connectors.errors.StockMoved: orders must be read before a stock is raised.
    """
    if claimed.listing_id is not None:
        return effect_now(
            session,
            claimed,
            listing_id=claimed.listing_id,
            today=today,
            channels=channels,
        )
    effect = from_payload(claimed.kind, claimed.payload)
    if isinstance(effect, Mail):
        return mail_of(
            session, claimed=claimed, notification=effect.notification, links=links
        )
    if isinstance(effect, Fulfil):
        others = OutboundMessage.id != claimed.id
        return replace(effect, known_refs=_refs(session, claimed, others))
    if isinstance(effect, AmendTracking | Delivered):
        same = OutboundMessage.shipment_id == claimed.shipment_id
        refs = _refs(session, claimed, same)
        if not refs:
            raise NotToldYet(
                "The channel was not told that this parcel left. Retry that message first."
            )
        return replace(effect, fulfilment_refs=refs)
    if isinstance(effect, Promised) and claimed.order_id is not None:
        return replace(effect, on=promises_told(session, order_id=claimed.order_id)[-1])
    return effect


def _refs(
    session: Session, claimed: ClaimedEffect, which: ColumnElement[bool]
) -> tuple[str, ...]:
    rows = (
        select(OutboundMessage.remote_ref)
        .where(OutboundMessage.order_id == claimed.order_id, which)
        .where(OutboundMessage.kind == "fulfil", OutboundMessage.remote_ref != "")
        .order_by(OutboundMessage.id)
    )
    return tuple(session.scalars(rows))


def sent(
    session: Session,
    *,
    claimed: ClaimedEffect,
    effect: Effect | None,
    owner: str,
    pushed: Pushed,
    now: datetime,
) -> None:
    """Write that the channel holds an effect, on the message, the account and its subject.

    :raises hub.models.claims.leases.LeaseLost: the message is not ours any more.
    """
    outbox.settle(
        session,
        message_id=claimed.id,
        owner=owner,
        state="sent",
        now=now,
        outcome=pushed.outcome,
        remote_ref=pushed.remote_ref,
        error=pushed.warning or None,
    )
    if effect is None:
        return
    heard(session, account_id=claimed.account_id, now=now)
    if isinstance(effect, SetStock) and claimed.listing_id is not None:
        note_told(
            session,
            listing_id=claimed.listing_id,
            quantity=effect.quantity,
            # What is found there after a try of ours that may have been applied is ours.
            is_written=pushed.outcome == "created" or claimed.first_sent_at is not None,
            now=now,
        )
    if isinstance(effect, Fulfil) and claimed.shipment_id is not None:
        key = ship_key(claimed.shipment_id)
        close_for(session, key=key, account_id=claimed.account_id, now=now)
    if claimed.order_id is not None:
        record(
            session, at=now, who=WHO, subject="order", subject_id=claimed.order_id,
            what="channel.told", why=pushed.warning,
            detail={"kind": claimed.kind, "outcome": pushed.outcome, "message": claimed.id},
        )  # fmt: skip


def heard(session: Session, *, account_id: int, now: datetime) -> None:
    """Note that the channel took what we sent: whatever ailed the connection is over."""
    session.execute(
        update(ChannelAccount)
        .where(ChannelAccount.id == account_id)
        .values(last_out_at=now, problem="")
    )


def pause(session: Session, *, account_id: int, until: datetime) -> None:
    """Let an account's messages wait. This function will never make a wait shorter."""
    session.execute(
        update(ChannelAccount)
        .where(ChannelAccount.id == account_id)
        .where(
            or_(ChannelAccount.paused_until.is_(None), ChannelAccount.paused_until < until)
        )
        .values(paused_until=until)
    )


def ask_to_reconnect(
    session: Session, *, account_id: int, words: str, now: datetime
) -> None:
    """Stop an account until its owner connects it again; what is owed to it waits."""
    stopped = session.execute(
        update(ChannelAccount)
        .where(ChannelAccount.id == account_id, ChannelAccount.needs_reconnect.is_(False))
        .values(needs_reconnect=True, problem=words)
        .returning(ChannelAccount.id)
    )
    if stopped.scalar_one_or_none() is not None:
        record(
            session, at=now, who=WHO, subject="channel", subject_id=account_id,
            what="channel.needs_reconnect", why=words,
        )  # fmt: skip


def say_problem(session: Session, *, account_id: int, words: str) -> None:
    """Show on the channel's page what keeps its messages; the next success clears it."""
    session.execute(
        update(ChannelAccount)
        .where(ChannelAccount.id == account_id, ChannelAccount.needs_reconnect.is_(False))
        .values(problem=words)
    )


def leave_to_people(
    session: Session, *, claimed: ClaimedEffect, capability: Capability, now: datetime
) -> None:
    """Note that a shop denies us what we were about to do; a person tells of a parcel instead."""
    account = session.get_one(ChannelAccount, claimed.account_id, with_for_update=True)
    if not is_denied(account, capability):
        account.cannot = [*account.cannot, capability.value]
    ask = _ASKED_INSTEAD.get(claimed.kind)
    if ask is not None and claimed.shipment_id is not None:
        shipment = session.get_one(Shipment, claimed.shipment_id)
        ask(session, shipment=shipment, account=account, now=now)
    session.flush()


_ASKED_INSTEAD = {"fulfil": ask_to_ship, "amend_tracking": ask_to_amend}


def tell_after_all(session: Session, *, account_id: int, now: datetime) -> int:
    """Tell what a shop denied us and now allows, where nobody did it by hand yet; count it.

    A parcel that somebody did mark there meanwhile is found when it is looked for, as ever.
    """
    account = session.get_one(ChannelAccount, account_id)
    if is_denied(account, Capability.FULFIL):
        return 0
    open_tasks = select(ManualTask.shipment_id).where(
        ManualTask.account_id == account_id,
        ManualTask.key.startswith(f"{SHIP}:"),
        ManualTask.state == "open",
        ManualTask.shipment_id.is_not(None),
    )
    told = 0
    for shipment_id in session.scalars(open_tasks.order_by(ManualTask.id)).all():
        told += _tell_again(session, shipment_id=shipment_id or 0, now=now)
    return told


def _tell_again(session: Session, *, shipment_id: int, now: datetime) -> bool:
    row = outbound_by_key(session, key=f"fulfil:{shipment_id}")
    if row is None:
        shipment = session.get_one(Shipment, shipment_id)
        shipment.is_owed = tell_shipped(session, shipment_id=shipment_id, now=now)
        session.flush()
        return shipment.is_owed
    if row.state == "held" and row.error_class == NotAllowedHere.__name__:
        outbox.retry(session, message_id=row.id, now=now)
        return True
    return False


def rehearse_instead(session: Session, *, now: datetime) -> int:
    """Settle as rehearsed what is owed, and whose switch went back into shadow.

    Only what never left: something that may have been sent is looked up when it is live again.
    What was switched off waits.
    """
    settled = session.execute(
        update(OutboundMessage)
        .where(*_owed_in_shadow(session))
        .values(state="shadowed", done_at=now)
        .returning(OutboundMessage.id)
        .execution_options(synchronize_session=False)
    )
    return len(settled.all())


def is_owed_in_shadow(session: Session) -> bool:
    """Say whether `rehearse_instead` has anything to do."""
    return bool(session.scalar(select(exists().where(*_owed_in_shadow(session)))))


def _owed_in_shadow(session: Session) -> tuple[ColumnElement[bool], ...]:
    return (
        OutboundMessage.state == "waiting",
        OutboundMessage.first_sent_at.is_(None),
        outbox.switched_to(session, Mode.SHADOW),
    )
