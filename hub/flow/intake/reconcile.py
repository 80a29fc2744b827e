"""What a drift check looks at, apart from asking the channel: whose turn it is, and what to ask."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from connectors.protocol import Change, ChangePage, Registration
from connectors.registry import CHANNELS
from hub.domain.channels import publishing
from hub.domain.channels.drift import SETTLING
from hub.flow.intake.changed import note_changes
from hub.flow.replan import mark
from hub.flow.telling.stock_facts import chosen_place, offer_of, promisable_of, ref_of
from hub.flow.telling.stock_told import note_shown
from hub.models.claims.at_work import is_pausing
from hub.models.meaning.listing_stock import counted_listings
from hub.models.records.channels import ChannelAccount
from hub.models.records.listings import Listing
from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import SalesOrder
from hub.models.records.upkeep import Drift
from mapping.effects import StockRef

EVERY = timedelta(hours=1)
LOOKS_BACK = timedelta(days=30)
"""Orders placed so long ago are listed again; what is older is read by the nightly re-reads."""
UNSURE_FOR = timedelta(days=7)
"""A parcel the channel has not shown us within this is looked for by hand."""
MOST_ASKED = 50
"""So many orders are fetched anew by one check; the next one goes on with the rest."""
SOURCE = "reread"


def accounts_due(accounts: Iterable[ChannelAccount], *, now: datetime) -> list[int]:
    """Return the connected accounts to compare now: not pausing, and not looked at lately."""
    return [each.id for each in accounts if _is_due(each, now=now)]


def _is_due(account: ChannelAccount, *, now: datetime) -> bool:
    looked = account.reconciled_at
    is_time = looked is None or looked <= now - EVERY
    return is_time and not is_pausing(account, now=now)


def take_turn(session: Session, *, account_id: int, now: datetime) -> bool:
    """Take the turn to compare an account; who comes later finds it taken."""
    looked = ChannelAccount.reconciled_at
    taken = (
        update(ChannelAccount)
        .where(ChannelAccount.id == account_id)
        .where(or_(looked.is_(None), looked <= now - EVERY))
        .values(reconciled_at=now)
        .returning(ChannelAccount.id)
        .execution_options(synchronize_session=False)
    )
    return session.execute(taken).scalar_one_or_none() is not None


def come_again(session: Session, *, account_id: int, at: datetime) -> None:
    """Have an account compared at a certain time, because this time it could not be."""
    session.execute(
        update(ChannelAccount)
        .where(ChannelAccount.id == account_id)
        .values(reconciled_at=at - EVERY)
    )


def listed_since(account: ChannelAccount, *, now: datetime) -> datetime:
    """Say from when on orders are compared: old ones come by a backfill, if somebody asks."""
    return max(now - LOOKS_BACK, account.created_at)


def keep_heads(
    session: Session, *, account_id: int, page: ChangePage, now: datetime
) -> int:
    """Write down which listed orders we lack or hold in an older version, to be fetched."""
    return note_changes(
        session, account_id=account_id, changes=page.changes, source=SOURCE, now=now
    )


def ask_again(session: Session, *, account_id: int, now: datetime) -> int:
    """Have orders fetched anew that may differ: open differences, and parcels nobody showed us."""
    names = dict.fromkeys(
        (*_differing(session, account_id), *_unconfirmed(session, account_id, now=now))
    )
    asked = [
        Change(external_id=name, revision=f"check {now.isoformat()}")
        for name in list(names)[:MOST_ASKED]
    ]
    return note_changes(
        session, account_id=account_id, changes=asked, source=SOURCE, now=now
    )


def _differing(session: Session, account_id: int) -> Iterable[str]:
    query = select(Drift.external_id).where(
        Drift.account_id == account_id,
        Drift.healed_at.is_(None),
        Drift.kind.in_(("cancel", "fulfilment")),
    )
    return session.scalars(query.order_by(Drift.id)).all()


def _unconfirmed(session: Session, account_id: int, *, now: datetime) -> Iterable[str]:
    """Name the orders whose channel took a parcel and has not shown the order to us since."""
    query = (
        select(
            SalesOrder.external_id,
            SalesOrder.remote_updated_at,
            SalesOrder.remote_read_at,
            OutboundMessage.done_at,
        )
        .join(OutboundMessage, OutboundMessage.order_id == SalesOrder.id)
        .where(OutboundMessage.account_id == account_id, OutboundMessage.kind == "fulfil")
        .where(OutboundMessage.state == "sent", OutboundMessage.done_at > now - UNSURE_FOR)
        .where(OutboundMessage.done_at <= now - SETTLING)
        .order_by(OutboundMessage.id)
    )
    return [
        name
        for name, updated_at, read_at, done_at in session.execute(query)
        if done_at and max(updated_at, read_at or updated_at) < done_at + SETTLING
    ]


# Stock ----------------------------------------------------------------------------------------


def stock_batch(
    session: Session, *, account_id: int, after: int, limit: int
) -> tuple[dict[StockRef, int], int | None]:
    """Return what to ask the stock of, by listing id, and where the next batch begins.

    Nothing while nobody chose one of several places.
    """
    account = session.get_one(ChannelAccount, account_id)
    place = chosen_place(account)
    if place is None:
        return {}, None
    listings = counted_listings(session, account_id=account_id, after=after, limit=limit)
    refs = {ref_of(listing, place=place): listing.id for listing in listings}
    return refs, listings[-1].id if len(listings) == limit else None


def keep_stock(
    session: Session,
    *,
    account_id: int,
    shown: Mapping[int, int | None],
    asked_at: datetime,
    today: date,
    now: datetime,
    channels: Mapping[str, Registration] = CHANNELS,
) -> int:
    """Note what a channel shows of listings (by id), and count what is news.

    What can be promised may have changed with nothing but the date: then it is planned anew.
    """
    account = session.get_one(ChannelAccount, account_id)
    first = min(shown, default=1) - 1
    listings = [
        each
        for each in counted_listings(session, account_id=account_id, after=first)
        if each.id in shown
    ]
    news = 0
    for listing in listings:
        news += note_shown(
            session, listing, account=account, shown=shown[listing.id], at=asked_at, now=now,
            channels=channels,
        )  # fmt: skip
    _plan_what_aged(session, account, listings, today=today, now=now, channels=channels)
    return news


def _plan_what_aged(
    session: Session,
    account: ChannelAccount,
    listings: list[Listing],
    *,
    today: date,
    now: datetime,
    channels: Mapping[str, Registration],
) -> None:
    days = account.min_remaining_days
    promisable = promisable_of(session, listings, keeps=days, today=today)
    aged = [
        listing
        for listing in listings
        if listing.stock_wanted
        != publishing.wanted(offer_of(listing, account, channels), promisable=promisable)
    ]
    stale = {part.item_id for listing in aged for part in listing.components}
    mark(session, item_ids=stale, why="what can be promised has changed", now=now)
