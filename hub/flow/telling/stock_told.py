"""What a channel is told of a listing's stock when the message leaves, and what it then shows.

The number is worked out anew when it is sent: no old wish is ever granted, and nothing is raised
over sales whose orders were not read yet.
"""

from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from connectors.errors import StockMoved
from connectors.readings import StockSeen
from connectors.registry import CHANNELS
from connectors.spec import Capability
from hub.domain.channels import publishing
from hub.domain.channels.drift import compare_stock
from hub.domain.channels.switches import Mode
from hub.flow.channels.switches import mode_of
from hub.flow.replan import mark
from hub.flow.telling.drift import heal, note
from hub.flow.telling.stock_facts import (
    Channels,
    chosen_place,
    is_theirs,
    offer_of,
    promisable_of,
    raises,
    ref_of,
    subject_of,
)
from hub.models.claims.outbox import ClaimedEffect
from hub.models.claims.streams import read_now
from hub.models.meaning.listing_stock import (
    listing_and_account,
    listings_kept_as,
)
from hub.models.records.channels import ChannelAccount, ChannelStream
from hub.models.records.listings import Listing
from hub.models.records.messages import LIVE, InboundMessage
from mapping.effects import SetStock, from_payload


def effect_now(
    session: Session,
    claimed: ClaimedEffect,
    *,
    listing_id: int,
    today: date,
    channels: Channels = CHANNELS,
) -> SetStock | None:
    """Work out what to write now, whatever was wished when the message was owed.

    None when nothing is known for sure any more: then nothing is told. After a write that may have
    been applied, as many are expected as it may have left there: fewer are sales not read yet.

    :raises StockMoved: the channel showed fewer than we want to, and its orders were not read
        since.
    """
    listing, account = listing_and_account(session, listing_id=listing_id)
    figures = promisable_of(
        session, [listing], keeps=account.min_remaining_days, today=today
    )
    offer = offer_of(listing, account, channels)
    wanted = publishing.wanted(offer, promisable=figures)
    if wanted is None:
        return None
    wish = SetStock(
        ref=ref_of(listing, place=chosen_place(account) or ""),
        quantity=wanted,
        expected=_most_of(listing.stock_shown, *_may_show(claimed)),
        is_ours=listing.stock_shown is not None and not is_theirs(listing),
        key=claimed.idempotency_key,
    )
    if raises(listing, wish) and not _are_orders_read(session, listing):
        shown = listing.stock_shown or 0
        raise StockMoved("The orders that took some of it are read first.", shown=shown)
    return wish


def _may_show(claimed: ClaimedEffect) -> tuple[int | None, ...]:
    """Return what else a channel may show by now, because earlier tries may have been applied.

    A message that was ever sent holds what it said then: what it wrote, and what was there before.
    Once the channel said itself what it shows, that holds.
    """
    told = from_payload(claimed.kind, claimed.payload)
    if claimed.first_sent_at is None or not isinstance(told, SetStock):
        return ()
    if claimed.state == "unknown":
        return (told.quantity, told.expected)
    return () if claimed.error_class == StockMoved.__name__ else (told.expected,)


def maybe_told(claimed: ClaimedEffect) -> int | None:
    """Say which number a channel may have taken from us though its answer was lost."""
    told = from_payload(claimed.kind, claimed.payload)
    is_lost = claimed.state == "unknown" and claimed.first_sent_at is not None
    return told.quantity if is_lost and isinstance(told, SetStock) else None


def _most_of(*counts: int | None) -> int | None:
    return max((each for each in counts if each is not None), default=None)


def _are_orders_read(session: Session, listing: Listing) -> bool:
    """Say whether every list of orders was read since the channel showed a number not ours.

    An order that was listed and could not be fetched yet is not read, however often it was tried.
    """
    seen_at = listing.stock_shown_at
    if seen_at is None or not is_theirs(listing):
        return True
    behind = exists().where(
        ChannelStream.account_id == listing.account_id,
        ChannelStream.read_at.is_not(None),
        ChannelStream.read_at < seen_at,
    )
    unread = exists().where(
        InboundMessage.account_id == listing.account_id,
        InboundMessage.state == "waiting",
        InboundMessage.lane == LIVE,
    )
    return not session.scalar(select(behind | unread))


def note_told(
    session: Session, *, listing_id: int, quantity: int, is_written: bool, now: datetime
) -> None:
    """Note what a channel shows of a listing, because we just wrote or found it so."""
    listing = session.get_one(Listing, listing_id)
    listing.stock_shown, listing.stock_shown_at = quantity, now
    if is_written:
        listing.stock_told_at = now
    heal(session, subject_of(listing), how="pushed", now=now)
    session.flush()


def note_moved(
    session: Session,
    *,
    listing_id: int,
    shown: int,
    now: datetime,
    told: int | None = None,
) -> None:
    """Note that a channel shows another number than we believed, and ask for its orders now.

    `told` is the number of a write whose answer was lost: what shows exactly that is our own.
    """
    listing = session.get_one(Listing, listing_id)
    if listing.stock_shown != shown:
        listing.stock_shown, listing.stock_shown_at = shown, now
    if told == shown == 0:
        listing.stock_shown_at = listing.stock_told_at = now
    read_now(session, account_id=listing.account_id, now=now)
    session.flush()


# When the channel says it ---------------------------------------------------------------------


def note_seen(
    session: Session, *, account: ChannelAccount, seen: StockSeen, now: datetime
) -> str:
    """Note what a channel says it shows, and say in a word what that came to.

    Our own writes come back like this too: what we hold anyway changes nothing.
    """
    if seen.place_id != (chosen_place(account) or ""):
        return "ignored: another place"
    listings = listings_kept_as(
        session, account_id=account.id, inventory_id=seen.inventory_id
    )
    said = [
        note_shown(
            session, listing, account=account, shown=seen.available, at=seen.at, now=now
        )
        for listing in listings
    ]
    return "applied" if any(said) else "unchanged"


def note_shown(
    session: Session,
    listing: Listing,
    *,
    account: ChannelAccount,
    shown: int | None,
    now: datetime,
    at: datetime | None = None,
    channels: Channels = CHANNELS,
) -> bool:
    """Note what a channel shows of a listing; say whether that is news.

    `at` is when it became so, None for what we just asked. What differs from our own number while
    it is told in earnest is a difference until it is healed; the planner owes our number again.
    Fewer than ours may be a sale: then the orders are read first.
    """
    before = listing.stock_shown_at
    is_old = at is not None and before is not None and at < before
    if is_old or shown == listing.stock_shown:
        return False
    listing.stock_shown, listing.stock_shown_at = shown, now
    found = compare_stock(told=listing.stock_wanted, shown=shown)
    if found is None or mode_of(account, Capability.STOCK, channels) is not Mode.LIVE:
        session.flush()
        return True
    note(session, subject_of(listing), ours=found.ours, theirs=found.theirs, now=now)
    if shown is not None and listing.stock_wanted is not None:
        if shown < listing.stock_wanted:
            read_now(session, account_id=account.id, now=now)
        items = {part.item_id for part in listing.components}
        mark(session, item_ids=items, why="the channel shows another stock", now=now)
    session.flush()
    return True
