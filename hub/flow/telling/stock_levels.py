"""What channels are told to have in stock: wished with every plan, owed once, counted when sent.

Every change of stock, demand or meaning marks its items for the planner (hub/flow/replan.py), and
the plan that follows calls `restate`: one place, one writer at a time. There is at most one
message about a listing that is not on its way yet; it is rewritten rather than joined by another,
and its number is worked out anew when it is sent, so that no old wish is ever granted.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from connectors.registry import CHANNELS
from connectors.spec import Capability
from hub.domain.channels import publishing
from hub.domain.channels.switches import Mode
from hub.flow.channels.switches import mode_of
from hub.flow.telling.drift import heal
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
from hub.models.claims.outbox import add_once
from hub.models.meaning.listing_stock import (
    listings_holding,
    open_stock_rows,
    rehearsed_stock_rows,
)
from hub.models.records.channels import ChannelAccount
from hub.models.records.listings import Listing
from hub.models.records.messages import OutboundMessage
from mapping.effects import SetStock, to_payload

READ_FIRST = timedelta(seconds=30)
"""So long after a channel showed fewer than we thought, its orders are read before we raise it."""


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
    figures = _figures(session, told, today=today)
    rows = _rows(session, [listing.id for listing, _, _ in told], now=now)
    rehearsed = _rehearsed(
        session, [listing.id for listing, _, mode in told if mode is Mode.SHADOW]
    )
    added = 0
    for listing, account, mode in told:
        offer = offer_of(listing, account, channels)
        wanted = publishing.wanted(offer, promisable=figures[account.min_remaining_days])
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


def _figures(
    session: Session, told: Collection[tuple[Listing, ChannelAccount, Mode]], *, today: date
) -> dict[int | None, dict[int, int]]:
    """Say what can be promised, by how long goods must keep for a channel's buyers."""
    by_days: dict[int | None, list[Listing]] = defaultdict(list)
    for listing, account, _ in told:
        by_days[account.min_remaining_days].append(listing)
    return {
        days: promisable_of(session, listings, keeps=days, today=today)
        for days, listings in by_days.items()
    }


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
    if raises(listing, wish) and is_theirs(listing) and listing.stock_shown_at:
        due = max(due, listing.stock_shown_at + READ_FIRST)
    return due


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
