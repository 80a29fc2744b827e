"""Step 8, its database half: what exactly to tell a channel, and what its answer changes here."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session

from connectors.protocol import Pushed
from hub.domain.switches import Mode
from hub.flow.refusal import Refusal
from hub.models import outbox
from hub.models.channels import ChannelAccount
from hub.models.history import record
from hub.models.messages import OutboundMessage
from hub.models.outbox import ClaimedEffect
from mapping.effects import AmendTracking, Delivered, Effect, Fulfil, from_payload

WHO = "worker"


class NotToldYet(Refusal):
    """News of a parcel the channel never heard of: the first message must go out before."""


def effect_of(session: Session, claimed: ClaimedEffect) -> Effect:
    """Read an owed effect, with what the channel called the order's earlier parcels.

    :raises NotToldYet: it follows a parcel the channel does not know.
    """
    effect = from_payload(claimed.kind, claimed.payload)
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
    session: Session, *, claimed: ClaimedEffect, owner: str, pushed: Pushed, now: datetime
) -> None:
    """Write that the channel holds an effect, on the message, the account and the order.

    :raises hub.models.leases.LeaseLost: the message is not ours any more.
    """
    outbox.settle(
        session,
        message_id=claimed.id,
        owner=owner,
        state="sent",
        now=now,
        outcome=pushed.outcome,
        remote_ref=pushed.remote_ref,
    )
    heard(session, account_id=claimed.account_id, now=now)
    if claimed.order_id is not None:
        record(
            session, at=now, who=WHO, subject="order", subject_id=claimed.order_id,
            what="channel.told",
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
