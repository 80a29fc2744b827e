"""What channels are told to have in stock: wished with every plan, owed once, counted when sent.

Every change of stock, demand or meaning marks its items for the planner (hub/flow/replan.py), and
the plan that follows calls `restate`: one place, one writer at a time. There is at most one
message about a listing that is not on its way yet; it is rewritten rather than joined by another,
and its number is worked out anew when it is sent, so that no old wish is ever granted.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from connectors.errors import StockMoved
from connectors.protocol import Registration
from connectors.readings import StockSeen
from connectors.registry import CHANNELS
from connectors.spec import Capability
from hub.domain import publishing
from hub.domain.drift import Kind, compare_stock
from hub.domain.publishing import Offer, place_of
from hub.domain.switches import Mode
from hub.flow.drift import Subject, heal, note
from hub.flow.replan import mark
from hub.flow.switches import mode_of
from hub.models.channels import ChannelAccount, ChannelStream
from hub.models.item_figures import item_figures
from hub.models.listing_queries import components_of
from hub.models.listing_stock import (
    listing_and_account,
    listings_holding,
    listings_kept_as,
    open_stock_rows,
    rehearsed_stock_rows,
)
from hub.models.listings import Listing
from hub.models.messages import LIVE, InboundMessage, OutboundMessage
from hub.models.outbox import ClaimedEffect, add_once
from hub.models.streams import read_now
from mapping.effects import SetStock, StockRef, from_payload, to_payload

READ_FIRST = timedelta(seconds=30)
"""So long after a channel showed fewer than we thought, its orders are read before we raise it."""

Channels = Mapping[str, Registration]


@dataclass(slots=True)
class Rows:
    """The messages about one listing that are not over."""

    unsent: OutboundMessage | None = None
    """Not on its way: it may still be rewritten."""
    flying: OutboundMessage | None = None
    """Claimed, or maybe sent: what it comes to is not known yet."""
    held: OutboundMessage | None = None
    """A person must change something first, and then retries it."""


# With every plan ------------------------------------------------------------------------------


def restate(
    session: Session,
    *,
    item_ids: Collection[int],
    today: date,
    now: datetime,
    channels: Channels = CHANNELS,
) -> int:
    """Bring what is owed about stock to what can be promised of these items; count what is new.

    The caller holds the planner's lock.
    """
    told = [
        (listing, account, mode)
        for listing, account in listings_holding(session, item_ids=item_ids)
        if (mode := mode_of(account, Capability.STOCK, channels)) is not Mode.OFF
    ]
    if not told:
        return 0
    figures = _promisable(session, [listing for listing, _, _ in told], today=today)
    rows = _rows(session, [listing.id for listing, _, _ in told], now=now)
    rehearsed = _rehearsed(
        session, [listing.id for listing, _, mode in told if mode is Mode.SHADOW]
    )
    added = 0
    for listing, account, mode in told:
        offer = offer_of(listing, account, channels)
        wanted = publishing.wanted(offer, promisable=figures)
        if listing.stock_wanted != wanted:
            listing.stock_wanted = wanted
        if wanted is None:
            continue
        wish = _wish(listing, account, quantity=wanted)
        if mode is Mode.SHADOW:
            added += _rehearse(session, listing, wish, rehearsed.get(listing.id), now=now)
        else:
            every = channels[account.channel].spec.stock_every
            added += _owe(session, listing, wish, rows[listing.id], every=every, now=now)
    session.flush()
    return added


def offer_of(
    listing: Listing, account: ChannelAccount, channels: Channels = CHANNELS
) -> Offer:
    """Say what is known of a listing, as far as its stock goes."""
    known = channels.get(account.channel)
    return Offer(
        is_mapped=listing.state == "mapped",
        components=components_of(listing),
        is_active=listing.is_active,
        is_tracked=listing.is_tracked,
        publishes=listing.publishes,
        place=chosen_place(account),
        most=known.spec.most_stock if known else None,
    )


def chosen_place(account: ChannelAccount) -> str | None:
    """Say at which place of an account stock is told; None while nobody chose one of several."""
    return place_of(account.places, chosen=str(account.settings.get("place") or ""))


def ref_of(listing: Listing, *, place: str) -> StockRef:
    """Say what a channel keeps the stock of a listing under."""
    return StockRef(
        product_id=listing.product_id,
        variant_id=listing.variant_id,
        inventory_id=listing.inventory_id,
        place_id=place,
        sku=listing.sku,
    )


def subject_of(listing: Listing) -> Subject:
    """Name a listing's stock among the differences between a channel and us."""
    named = listing.variant_id or ":".join(filter(None, (listing.product_id, listing.sku)))
    return Subject(
        account_id=listing.account_id,
        kind=Kind.STOCK,
        external_id=named or listing.key,
        listing_id=listing.id,
    )


def _promisable(
    session: Session, listings: Collection[Listing], *, today: date
) -> dict[int, int]:
    items = {part.item_id for listing in listings for part in listing.components}
    figures = item_figures(session, item_ids=items, on=today)
    return {item_id: each.promisable for item_id, each in figures.items()}


def _rows(
    session: Session, listing_ids: Collection[int], *, now: datetime
) -> dict[int | None, Rows]:
    found: dict[int | None, Rows] = defaultdict(Rows)
    for row in open_stock_rows(session, listing_ids=listing_ids):
        known = found[row.listing_id]
        is_claimed = row.lease_until is not None and row.lease_until > now
        if row.state == "held":
            known.held = row
        elif row.state == "waiting" and row.first_sent_at is None and not is_claimed:
            known.unsent = row
        else:
            known.flying = row
    return found


def _rehearsed(
    session: Session, listing_ids: Collection[int]
) -> dict[int | None, OutboundMessage]:
    rows = rehearsed_stock_rows(session, listing_ids=listing_ids) if listing_ids else []
    return {row.listing_id: row for row in rows}


def _wish(listing: Listing, account: ChannelAccount, *, quantity: int) -> SetStock:
    return SetStock(
        ref=ref_of(listing, place=chosen_place(account) or ""),
        quantity=quantity,
        expected=listing.stock_shown,
    )


def _rehearse(
    session: Session,
    listing: Listing,
    wish: SetStock,
    row: OutboundMessage | None,
    *,
    now: datetime,
) -> int:
    """Keep one rehearsed message about a listing, with the newest number."""
    if row is not None:
        if row.payload.get("quantity") != wish.quantity:
            row.payload, row.done_at = to_payload(wish), now
        return 0
    if wish.quantity == listing.stock_shown:
        return 0
    return _add(session, listing, wish, state="shadowed", not_before=now, now=now)


def _owe(
    session: Session,
    listing: Listing,
    wish: SetStock,
    rows: Rows,
    *,
    every: timedelta,
    now: datetime,
) -> int:
    if rows.unsent is not None:
        if rows.unsent.payload.get("quantity") != wish.quantity:
            rows.unsent.payload = to_payload(wish)
        return 0
    if rows.flying is None and wish.quantity == listing.stock_shown:
        heal(session, subject_of(listing), how="agreed", now=now)
        return 0
    if rows.held is not None:
        return 0
    due = _due(listing, wish, every=every, now=now)
    return _add(session, listing, wish, state="waiting", not_before=due, now=now)


def _due(listing: Listing, wish: SetStock, *, every: timedelta, now: datetime) -> datetime:
    """Say when to write: not too often, and raise nothing before new orders can have been read."""
    due = max(now, listing.stock_told_at + every) if listing.stock_told_at else now
    if _raises(listing, wish) and is_theirs(listing) and listing.stock_shown_at:
        due = max(due, listing.stock_shown_at + READ_FIRST)
    return due


def _raises(listing: Listing, wish: SetStock) -> bool:
    return listing.stock_shown is not None and wish.quantity > listing.stock_shown


def is_theirs(listing: Listing) -> bool:
    """Say whether the channel set the number it shows: unread sales may be behind it."""
    return listing.stock_shown_at != listing.stock_told_at


def _add(
    session: Session,
    listing: Listing,
    wish: SetStock,
    *,
    state: str,
    not_before: datetime,
    now: datetime,
) -> int:
    listing.stock_turn += 1
    add_once(
        session,
        account_id=listing.account_id,
        listing_id=listing.id,
        kind="stock",
        idempotency_key=f"stock:{listing.id}:{listing.stock_turn}",
        payload=to_payload(wish),
        state=state,
        not_before=not_before,
        now=now,
    )
    return 1


# When it is sent ------------------------------------------------------------------------------


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
    figures = _promisable(session, [listing], today=today)
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
    if _raises(listing, wish) and not _are_orders_read(session, listing):
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
