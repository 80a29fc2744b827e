"""What the workshop decides about its letters: its name, language and mailbox, who hears what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from connectors.protocol import Registration
from connectors.registry import CHANNELS
from connectors.spec import Capability
from hub.domain.letters.notices import NOBODY_ELSE_WRITES, SWITCHED, Event, usual
from hub.flow.bounds import one_line
from hub.flow.letters.letter_words import LANGUAGES
from hub.flow.refusal import Invalid, Missing
from hub.models.planning.habits import THE_ONE, workshop_row
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import record
from hub.models.records.workshop import Workshop

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the workshop says of itself in its letters."""

    name: str = ""
    locale: str = "en"
    mail_account_id: int | None = None
    """The mailbox they leave from; None: the only one that can send."""


def house_of(session: Session) -> House:
    """Return what the workshop says of itself; the defaults while it said nothing."""
    row = session.get(Workshop, THE_ONE)
    if row is None:
        return House()
    return House(name=row.name, locale=row.locale, mail_account_id=row.mail_account_id)


def change_house(
    session: Session,
    *,
    house: House,
    who: str,
    now: datetime,
    channels: Mapping[str, Registration] = CHANNELS,
) -> None:
    """Say anew who writes, in which language, from which mailbox.

    :raises Invalid: a name that is no single line, a language we do not write, or no mailbox that
        can send; `field` names it.
    """
    name = one_line(house.name, most=LONGEST_NAME, field="name")
    if house.locale not in LANGUAGES:
        raise Invalid(f"Choose one of: {', '.join(LANGUAGES)}.", field="locale")
    _check_mailbox(session, house.mail_account_id, channels=channels)
    row = workshop_row(session, now=now)
    row.name, row.locale = name, house.locale
    row.mail_account_id = house.mail_account_id
    record(
        session, at=now, who=who, subject="workshop", subject_id=THE_ONE,
        what="workshop.letters", detail={"locale": house.locale},
    )  # fmt: skip
    session.flush()


def _check_mailbox(
    session: Session, account_id: int | None, *, channels: Mapping[str, Registration]
) -> None:
    if account_id is None:
        return
    account = session.get(ChannelAccount, account_id)
    known = channels.get(account.channel) if account else None
    carries = known is not None and Capability.MAIL in known.spec.capabilities
    if account is None or not carries or not account.settings.get("smtp_host"):
        raise Invalid("This mailbox cannot send: it has no SMTP server.", field="mailbox")


def switch_letters(
    session: Session,
    *,
    account_id: int,
    notify: Mapping[str, bool],
    who: str,
    now: datetime,
    channels: Mapping[str, Registration] = CHANNELS,
) -> None:
    """Say which events the buyers of a channel hear of; what is not named stays.

    A shop's orders that are there already are let alone when its first switch is turned on.

    :raises Invalid: there is no such event, or the channel's buyers may not be written to.
    :raises Missing: there is no such account.
    """
    account = session.get(ChannelAccount, account_id, with_for_update=True)
    if account is None:
        raise Missing("There is no such channel.")
    for event in notify:
        if event not in SWITCHED:
            raise Invalid("Nobody is told of that.", field=f"notify.{event}")
    known = channels.get(account.channel)
    if any(notify.values()) and known is not None and not known.spec.mails_buyers:
        raise Invalid("Its buyers may not be written to by mail.", field="notify")
    before = switches_of(account)
    account.notify = {**account.notify, **notify}
    after = switches_of(account)
    if after == before:
        return
    if account.channel not in NOBODY_ELSE_WRITES and not any(before.values()):
        account.notify_since = now
    record(
        session, at=now, who=who, subject="channel", subject_id=account.id,
        what="channel.letters", detail={"on": [name for name, on in after.items() if on]},
    )  # fmt: skip
    session.flush()


def switches_of(account: ChannelAccount) -> dict[str, bool]:
    """Return what the buyers of a channel hear of, by event."""
    own = {name: said for name, said in account.notify.items() if isinstance(said, bool)}
    return {
        event.value: own.get(event.value, event in usual(account.channel))
        for event in SWITCHED
    }


EVENTS = tuple(Event)
"""All letters there are, in the order they are shown."""
