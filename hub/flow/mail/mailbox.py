"""Taking mail out of mailboxes and filing it there once it is settled."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy.orm import Session

from connectors.handed import Filed, Handed, HandedPage
from connectors.message_ids import message_id_of
from connectors.protocol import Registration
from connectors.readings import UNOPENED
from connectors.spec import Capability
from hub.domain.channels.switches import Mode
from hub.flow.channels.switches import mode_of
from hub.flow.intake.accept import accept
from hub.flow.refusal import Missing, Refusal
from hub.models.claims import mail_places, streams
from hub.models.claims.at_work import is_pausing
from hub.models.claims.mail_places import ToFile
from hub.models.claims.streams import Turn
from hub.models.records.channels import ChannelAccount
from hub.models.records.mails import InboundMail

Channels = Mapping[str, Registration]

TOPIC = "mail"
INBOX = "inbox"
"""The name of the one list a mailbox has."""

FOLDERS: Mapping[str, str] = {
    "processed": "Processed",
    "review": "Review",
    "ignored": "Ignored",
    "failed": "Failed",
}
"""Where a mail is filed, by what became of it."""

NOT_THERE = "It no longer lies where it was; somebody moved it."


# Which mailboxes --------------------------------------------------------------------------------


def has_letters(account: ChannelAccount, channels: Channels) -> bool:
    """Say whether what comes to an account are letters."""
    known = channels.get(account.channel)
    return known is not None and Capability.MAILBOX in known.spec.capabilities


def mailboxes(
    accounts: Iterable[ChannelAccount], *, channels: Channels, now: datetime
) -> list[ChannelAccount]:
    """Return which of these connected accounts are mailboxes that may be read now."""
    return [
        account
        for account in accounts
        if mode_of(account, Capability.MAILBOX, channels) is not Mode.OFF
        and not is_pausing(account, now=now)
    ]


def inboxes_due(
    session: Session, accounts: Iterable[ChannelAccount], *, now: datetime
) -> list[int]:
    """Return which of these mailboxes are to be looked into now."""
    ids = [account.id for account in accounts]
    if not ids:
        return []
    rested = streams.not_due(session, now=now)
    return [one for one in ids if (one, INBOX) not in rested]


def filing_accounts(accounts: Iterable[ChannelAccount], *, channels: Channels) -> list[int]:
    """Return in which of these mailboxes mail is moved: in the live ones, for it is a change."""
    return [
        account.id
        for account in accounts
        if mode_of(account, Capability.MAILBOX, channels) is Mode.LIVE
    ]


# Taking -----------------------------------------------------------------------------------------


def keep_page(session: Session, *, turn: Turn, page: HandedPage, now: datetime) -> int:
    """Write down a page of mails, where each lies, and where the next page begins, together.

    This function will return how many of them are new.

    :raises hub.models.claims.leases.LeaseLost: the turn is not ours any more; nothing is written.
    """
    streams.move(session, turn=turn, cursor=page.cursor)
    return sum(
        _keep(session, account_id=turn.account_id, handed=handed, now=now)
        for handed in page.messages
    )


def receive(
    session: Session, *, account_id: int, raw: bytes, source: str, now: datetime
) -> int:
    """Write down one mail that came by another way than its mailbox; return its message's id.

    The same mail again is the same message.
    """
    name = message_id_of(raw)
    known = accept(
        session, account_id=account_id, topic=TOPIC, message_id=name, body=raw, headers={},
        source=source, now=now,
    )  # fmt: skip
    if known.id is not None:
        note(session, account_id=account_id, inbound_message_id=known.id, message_id=name,
             size=len(raw), now=now)  # fmt: skip
        return known.id
    return _message_there(session, account_id=account_id, message_id=name, body=raw)


def receive_for(
    session: Session,
    *,
    account_id: int,
    raw: bytes,
    source: str,
    channels: Channels,
    now: datetime,
) -> int:
    """Write down one mail that somebody hands in for an account; return its message's id.

    :raises Missing: there is no such account.
    :raises Refusal: what comes to it are no letters.
    """
    account = session.get(ChannelAccount, account_id)
    if account is None:
        raise Missing("There is no such channel.")
    if not has_letters(account, channels):
        raise Refusal("This connection is no mailbox: it takes no mail.")
    return receive(session, account_id=account_id, raw=raw, source=source, now=now)


def note(
    session: Session,
    *,
    account_id: int,
    inbound_message_id: int,
    message_id: str,
    size: int,
    now: datetime,
) -> InboundMail:
    """Note a mail that lies in no mailbox of ours."""
    mail = InboundMail(
        account_id=account_id,
        inbound_message_id=inbound_message_id,
        message_id=message_id,
        size=size,
        received_at=now,
    )
    session.add(mail)
    session.flush()
    return mail


def _keep(session: Session, *, account_id: int, handed: Handed, now: datetime) -> int:
    there = mail_places.mail_at(
        session,
        account_id=account_id,
        folder=handed.folder,
        validity=handed.validity,
        number=handed.number,
    )
    if there is not None:
        return 0
    known = accept(
        session, account_id=account_id, topic=TOPIC, message_id=handed.message_id,
        body=handed.body, headers=_headers(handed), source="poll", now=now,
    )  # fmt: skip
    if known.id is None:
        _place_known(session, account_id=account_id, handed=handed, now=now)
        return 0
    _place(
        session, account_id=account_id, inbound_message_id=known.id, handed=handed, now=now
    )
    return 1


def _headers(handed: Handed) -> dict[str, str]:
    if handed.is_whole:
        return {}
    return {UNOPENED: f"too large: {handed.size // 1024} KiB"}


def _place(
    session: Session,
    *,
    account_id: int,
    inbound_message_id: int | None,
    handed: Handed,
    now: datetime,
) -> InboundMail:
    mail = InboundMail(
        account_id=account_id,
        inbound_message_id=inbound_message_id,
        folder=handed.folder,
        validity=handed.validity,
        number=handed.number,
        message_id=handed.message_id,
        size=handed.size,
        received_at=handed.received_at or now,
    )
    session.add(mail)
    session.flush()
    return mail


def _place_known(
    session: Session, *, account_id: int, handed: Handed, now: datetime
) -> None:
    """Note where a mail lies whose bytes we have: found anew, come another way, or a second copy.

    A mailbox made anew has other numbers, and people move mail back: the mail we know is then
    noted at its new place, and filed again if it was settled.
    """
    message = _message_there(
        session, account_id=account_id, message_id=handed.message_id, body=handed.body
    )
    mail = mail_places.mail_of(session, inbound_message_id=message)
    if mail is None:
        _place(
            session,
            account_id=account_id,
            inbound_message_id=message,
            handed=handed,
            now=now,
        )
    elif _is_beside(mail, handed):
        copy = _place(
            session, account_id=account_id, inbound_message_id=None, handed=handed, now=now
        )
        copy.state, copy.reason, copy.file_at = "ignored", "duplicate", now
    else:
        _move(mail, handed, now=now)


def _is_beside(mail: InboundMail, handed: Handed) -> bool:
    """Say whether the mail we know lies in the same box still, so that this is a second one."""
    same_box = (mail.folder, mail.validity) == (handed.folder, handed.validity)
    return same_box and mail.number is not None and not mail.filed_into


def _move(mail: InboundMail, handed: Handed, *, now: datetime) -> None:
    mail.folder, mail.validity, mail.number = handed.folder, handed.validity, handed.number
    mail.filed_into, mail.file_tries, mail.file_problem = "", 0, ""
    mail.file_as = ""
    mail.file_at = None if mail.state == "waiting" else now


def _message_there(
    session: Session, *, account_id: int, message_id: str, body: bytes
) -> int:
    found = mail_places.message_with(
        session,
        account_id=account_id,
        topic=TOPIC,
        message_id=message_id,
        body_hash=sha256(body).hexdigest(),
    )
    if found is None:
        raise LookupError("a message that is there cannot be found")
    return found


# Filing -----------------------------------------------------------------------------------------


def file_soon(mail: InboundMail, *, now: datetime) -> None:
    """Let a mail be moved to where its state says, if it lies in a mailbox."""
    mail.file_tries, mail.file_problem = 0, ""
    mail.file_at = now if mail.number is not None else None


def keep_filed(
    session: Session, *, filed: ToFile, into: str, place: Filed | None, now: datetime
) -> None:
    """Note that a mail was moved, and where it lies now; None where it is nowhere to be found.

    What was decided about it meanwhile is not lost: then it is moved once more.
    """
    mail = session.get_one(InboundMail, filed.id, with_for_update=True)
    if (mail.folder, mail.validity, mail.number) != (
        filed.folder, filed.validity, filed.number,
    ):  # fmt: skip
        return  # found anew at another place meanwhile, and noted there
    mail.file_as = ""
    mail.file_problem = NOT_THERE if place is None else ""
    mail.filed_into = "" if place is None else into
    mail.file_tries = 0
    if place is None:
        mail.validity, mail.number, mail.file_at = None, None, None
        return
    _lay(session, mail, place)
    is_done = mail.state == filed.state or mail.number is None
    mail.file_at = None if is_done else now


def _lay(session: Session, mail: InboundMail, place: Filed) -> None:
    """Note where a mail was moved; unknown where the channel does not tell, or named another."""
    mail.folder, mail.validity, mail.number = place.folder, None, None
    if place.validity is None or place.number is None:
        return
    other = mail_places.mail_at(
        session,
        account_id=mail.account_id,
        folder=place.folder,
        validity=place.validity,
        number=place.number,
    )
    if other is None or other.id == mail.id:
        mail.validity, mail.number = place.validity, place.number


def keep_not_filed(
    session: Session, *, filed: ToFile, problem: str, wait: timedelta | None, now: datetime
) -> None:
    """Note why a mail could not be moved; None waits until a person asks for it."""
    mail = session.get_one(InboundMail, filed.id, with_for_update=True)
    mail.file_problem = problem
    mail.file_at = None if wait is None else now + wait
