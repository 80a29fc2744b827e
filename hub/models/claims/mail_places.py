"""The verbs of mail in mailboxes: note where each lies, claim what is to be filed, say where to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, case, exists, select, update
from sqlalchemy.orm import Session

from hub.models.records.mails import InboundMail
from hub.models.records.messages import InboundMessage

LOST = ("held", "dead")
"""States of a message that nobody reads until a person says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToFile:
    """A mail that is to be moved, and where it lies."""

    id: int
    account_id: int
    message_id: str
    folder: str
    validity: int
    number: int
    state: str
    tries: int
    """Counting this one."""


def mail_at(
    session: Session, *, account_id: int, folder: str, validity: int, number: int
) -> InboundMail | None:
    """Return the mail we noted at a place in a mailbox."""
    return session.scalar(
        select(InboundMail).filter_by(
            account_id=account_id, folder=folder, validity=validity, number=number
        )
    )


def mail_of(session: Session, *, inbound_message_id: int) -> InboundMail | None:
    """Return the mail whose bytes a message holds; the oldest, should there be several."""
    rows = select(InboundMail).filter_by(inbound_message_id=inbound_message_id)
    return session.scalar(rows.order_by(InboundMail.id).limit(1))


def message_with(
    session: Session, *, account_id: int, topic: str, message_id: str, body_hash: str
) -> int | None:
    """Return the id of the message that has these very bytes under this name."""
    return session.scalar(
        select(InboundMessage.id).filter_by(
            account_id=account_id, topic=topic, message_id=message_id, body_hash=body_hash
        )
    )


def is_any_to_file(
    session: Session, *, account_ids: Collection[int], now: datetime
) -> bool:
    """Say whether a mail of these accounts is to be moved now, without taking a lock."""
    due = select(InboundMail.id).where(
        InboundMail.account_id.in_(account_ids), InboundMail.file_at <= now
    )
    return session.scalar(due.limit(1)) is not None


def is_any_lost(session: Session) -> bool:
    """Say whether a mail still counts as waiting whose message nobody will read."""
    return session.scalar(_lost().limit(1)) is not None


def mark_lost(session: Session, *, now: datetime) -> int:
    """Let every mail whose message was put aside count as failed, to be filed as such.

    This function will return how many there were.
    """
    ids = session.scalars(_lost()).all()
    for mail in session.scalars(select(InboundMail).where(InboundMail.id.in_(ids))):
        message = session.get_one(InboundMessage, mail.inbound_message_id)
        mail.state, mail.reason = "failed", message.error_class or "failed"
        mail.file_at = now if mail.number is not None else None
    return len(ids)


def _lost() -> Select[int]:
    put_aside = exists().where(
        InboundMessage.id == InboundMail.inbound_message_id, InboundMessage.state.in_(LOST)
    )
    return select(InboundMail.id).where(InboundMail.state == "waiting", put_aside)


def claim_to_file(
    session: Session,
    *,
    account_ids: Collection[int],
    now: datetime,
    limit: int,
    lease: timedelta,
) -> Sequence[ToFile]:
    """Claim mails that are to be moved: nobody else takes them until the lease is over."""
    wanted = (
        select(InboundMail.id)
        .where(InboundMail.account_id.in_(account_ids), InboundMail.file_at <= now)
        .order_by(InboundMail.file_at, InboundMail.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = session.scalars(wanted).all()
    taken = (
        update(InboundMail)
        .where(InboundMail.id.in_(ids), InboundMail.file_at <= now)
        .values(
            file_at=now + lease,
            file_tries=InboundMail.file_tries + 1,
            file_as=case(
                (InboundMail.file_as == "", InboundMail.state), else_=InboundMail.file_as
            ),
        )
        .returning(InboundMail)
        .execution_options(populate_existing=True)
    )
    return [_to_file(mail) for mail in session.scalars(taken)]


def _to_file(mail: InboundMail) -> ToFile:
    return ToFile(
        id=mail.id,
        account_id=mail.account_id,
        message_id=mail.message_id,
        folder=mail.folder,
        validity=mail.validity or 0,
        number=mail.number or 0,
        state=mail.file_as,
        tries=mail.file_tries,
    )
