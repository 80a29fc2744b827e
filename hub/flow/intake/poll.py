"""Reading an account's lists of changes: which there are, what a page of one is worth, and when."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from connectors.protocol import ChangePage, Registration
from connectors.spec import Capability, Stream
from hub.domain.channels.switches import Mode
from hub.flow.channels.switches import mode_of
from hub.flow.intake.changed import note_changes
from hub.flow.refusal import Missing, Refusal
from hub.models.claims import streams
from hub.models.claims.at_work import is_pausing
from hub.models.claims.streams import Turn
from hub.models.records.channels import ChannelAccount

Channels = Mapping[str, Registration]


def lists_due(
    session: Session,
    accounts: Iterable[ChannelAccount],
    *,
    channels: Channels,
    now: datetime,
) -> list[tuple[int, Stream]]:
    """Return the lists of connected accounts to be read now; those that pause have none."""
    lists = [
        (account.id, stream)
        for account in accounts
        if not is_pausing(account, now=now)
        for stream in _lists_of(account, channels)
    ]
    if not lists:
        return []
    rested = streams.not_due(session, now=now)
    return [each for each in lists if (each[0], each[1].name) not in rested]


def _lists_of(account: ChannelAccount, channels: Channels) -> Iterator[Stream]:
    known = channels.get(account.channel)
    if known and mode_of(account, Capability.ORDERS_POLL, channels) is not Mode.OFF:
        yield from known.spec.streams


def keep_page(session: Session, *, turn: Turn, page: ChangePage, now: datetime) -> int:
    """Write down what a page lists and where the next one begins, in one transaction.

    This function will return how many orders are to be fetched.

    :raises hub.models.claims.leases.LeaseLost: the turn is not ours any more; nothing is written.
    """
    streams.move(session, turn=turn, cursor=page.cursor)
    return note_changes(
        session, account_id=turn.account_id, changes=page.changes, source="poll", now=now
    )


def ask_poll(
    session: Session, *, account_id: int, channels: Channels, now: datetime
) -> None:
    """Make an account's lists due at once. The door wakes the job “poll” after its commit.

    :raises Missing: there is no such account.
    :raises Refusal: it has no list, or may not be read now.
    """
    account = session.get(ChannelAccount, account_id)
    if account is None:
        raise Missing("There is no such channel.")
    if account.mode == "off":
        raise Refusal("This connection is off.")
    if account.needs_reconnect:
        raise Refusal("This connection must be made again first.")
    has_box = mode_of(account, Capability.MAILBOX, channels) is not Mode.OFF
    if not has_box and not any(_lists_of(account, channels)):
        raise Refusal("This connection has no list of changed orders that we read.")
    streams.read_now(session, account_id=account_id, now=now)
