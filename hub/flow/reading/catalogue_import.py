"""What a channel sells, read from its catalogue: listings filled, new ones matched like lines are.

An import is read page by page and remembers its place on the account, so that it goes on where it
was after a crash. What a whole import did not show is no longer sold; nothing is ever deleted.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from connectors.protocol import CatalogueItem, CataloguePage, Place, Registration
from connectors.registry import CHANNELS
from hub.flow.meaning.listing_match import match_listing
from hub.flow.refusal import Missing
from hub.flow.replan import mark
from hub.flow.telling.stock_facts import is_theirs
from hub.models.meaning.listing_queries import listings_by_key
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import record
from hub.models.records.listings import Listing, ListingComponent
from mapping.canonical import Line, LineKind
from mapping.listing import listing_ref, sku_key

EVERY = timedelta(hours=24)
"""A catalogue is read anew this long after it was read to its end."""
SOON = timedelta(minutes=5)
"""A channel that says its catalogue changed may say so a hundred times: they share one import."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """An import under way, as the account remembers it."""

    began_at: datetime
    next_at: datetime
    """When its next page may be read: later while somebody reads one, or after a failure."""
    cursor: str = ""
    attempts: int = 0

    def written(self) -> str:
        """Write it down."""
        return json.dumps(
            {
                "began_at": self.began_at.isoformat(),
                "next_at": self.next_at.isoformat(),
                "cursor": self.cursor,
                "attempts": self.attempts,
            }
        )


def read_import(written: str) -> Import:
    """Read what `Import.written` wrote."""
    said: dict[str, object] = json.loads(written)
    return Import(
        began_at=datetime.fromisoformat(str(said["began_at"])),
        next_at=datetime.fromisoformat(str(said["next_at"])),
        cursor=str(said["cursor"]),
        attempts=int(str(said["attempts"])),
    )


# Asked for ------------------------------------------------------------------------------------


def ask_import(session: Session, *, account_id: int, who: str, now: datetime) -> None:
    """Ask for an account's catalogue to be read now; one that is being read goes on.

    :raises Missing: there is no such account.
    """
    account = session.get(ChannelAccount, account_id, with_for_update=True)
    if account is None:
        raise Missing("There is no such channel.")
    if account.catalogue_cursor is not None:
        going = replace(read_import(account.catalogue_cursor), next_at=now)
        account.catalogue_cursor = going.written()
        return
    account.catalogue_cursor = Import(began_at=now, next_at=now).written()
    record(
        session, at=now, who=who, subject="channel", subject_id=account.id,
        what="channel.catalogue_asked",
    )  # fmt: skip


def import_soon(session: Session, *, account: ChannelAccount, now: datetime) -> str:
    """Note that a catalogue changed: it is read anew before long."""
    due = now + SOON - EVERY
    if account.catalogue_at is not None and account.catalogue_at > due:
        account.catalogue_at = due
        session.flush()
    return "applied"


def is_page_due(account: ChannelAccount, *, now: datetime) -> bool:
    """Say whether a page may be read now: of an import under way, or of one whose time has come."""
    if account.catalogue_cursor is not None:
        return read_import(account.catalogue_cursor).next_at <= now
    read_at = account.catalogue_at
    return read_at is None or read_at <= now - EVERY


def begin_due(account: ChannelAccount, *, now: datetime) -> bool:
    """Begin an import whose time has come; say whether a page may be read now."""
    is_due = is_page_due(account, now=now)
    if is_due and account.catalogue_cursor is None:
        account.catalogue_cursor = Import(began_at=now, next_at=now).written()
    return is_due


def move_on(
    session: Session, *, account_id: int, before: Import, after: Import | None
) -> bool:
    """Write an import's next place, if nobody else moved it; say whether it was ours to move."""
    moved = (
        update(ChannelAccount)
        .where(ChannelAccount.id == account_id)
        .where(ChannelAccount.catalogue_cursor == before.written())
        .values(catalogue_cursor=after.written() if after else None)
        .returning(ChannelAccount.id)
        .execution_options(synchronize_session=False)
    )
    return session.execute(moved).scalar_one_or_none() is not None


# A page of it ---------------------------------------------------------------------------------


def keep_page(
    session: Session, *, account_id: int, page: CataloguePage, now: datetime
) -> int:
    """Fill the listings a page shows, and add those nobody ordered yet; count the new ones."""
    by_key = {key_of(item): item for item in page.items}
    known = listings_by_key(session, account_id=account_id, keys=by_key)
    new = [key for key in by_key if key not in known]
    for key, item in by_key.items():
        listing = known.get(key)
        if listing is None:
            listing = _new(account_id, key, item, now=now)
            session.add(listing)
            known[key] = listing
        elif _changes_stock(listing, item):
            _plan_again(session, listing, now=now)
        _fill(listing, item, now=now)
    session.flush()
    for key in new:
        match_listing(session, known[key], now=now)
        _plan_again(session, known[key], now=now)
    return len(new)


def keep_places(account: ChannelAccount, places: tuple[Place, ...]) -> bool:
    """Note where a channel keeps stock; say whether that is news."""
    plain: list[object] = [
        {"external_id": one.external_id, "name": one.name, "is_active": one.is_active}
        for one in places
    ]
    is_news = account.places != plain
    if is_news:
        account.places = plain
    return is_news


def end_import(
    session: Session,
    *,
    account_id: int,
    began_at: datetime,
    now: datetime,
    channels: Mapping[str, Registration] = CHANNELS,
) -> int:
    """Close an import that was read to its end; count the listings it no longer showed.

    What we emptied ourselves, where that takes it off sale, is still ours to fill up.
    """
    gone = (
        select(Listing)
        .where(Listing.account_id == account_id, Listing.is_active)
        .where(Listing.catalogued_at < began_at)
        .options(selectinload(Listing.components))
    )
    account = session.get_one(ChannelAccount, account_id)
    known = channels.get(account.channel)
    may_be_ours = known is not None and known.spec.none_is_off_sale
    vanished = [
        listing
        for listing in session.scalars(gone)
        if not (may_be_ours and _is_emptied_by_us(listing))
    ]
    for listing in vanished:
        listing.is_active = False
        listing.stock_wanted = None
    account.catalogue_at = now
    session.flush()
    return len(vanished)


def _is_emptied_by_us(listing: Listing) -> bool:
    return listing.stock_shown == 0 and not is_theirs(listing)


def publish(
    session: Session, *, listing_id: int, publishes: bool, who: str, now: datetime
) -> None:
    """Say whether a listing's stock is told to its channel.

    :raises Missing: there is no such listing.
    """
    query = select(Listing).filter_by(id=listing_id)
    listing = session.scalar(query.options(selectinload(Listing.components)))
    if listing is None:
        raise Missing("There is no such listing.")
    if listing.publishes == publishes:
        return
    listing.publishes = publishes
    record(
        session, at=now, who=who, subject="listing", subject_id=listing.id,
        what="listing.published" if publishes else "listing.unpublished",
    )  # fmt: skip
    _plan_again(session, listing, now=now)


def choose_place(
    session: Session, *, account_id: int, place: str, who: str, now: datetime
) -> None:
    """Choose the place of a channel whose stock is told; an empty one chooses none.

    :raises Missing: there is no such account, or it has no such place.
    """
    account = session.get(ChannelAccount, account_id, with_for_update=True)
    if account is None:
        raise Missing("There is no such channel.")
    known = {
        str(each.get("external_id")) for each in account.places if isinstance(each, dict)
    }
    if place and place not in known:
        raise Missing("The channel has no such place.", field="place")
    before = str(account.settings.get("place") or "")
    if place == before:
        return
    account.settings = {**account.settings, "place": place}
    forget_shown(session, account_id=account_id)
    record(
        session, at=now, who=who, subject="channel", subject_id=account.id,
        what="channel.place", from_state=before, to_state=place,
    )  # fmt: skip
    plan_all(session, account_id=account_id, now=now)


def forget_shown(session: Session, *, account_id: int) -> None:
    """Forget what a channel showed of its listings: it was said of another place."""
    session.execute(
        update(Listing)
        .where(Listing.account_id == account_id)
        .values(stock_shown=None, stock_shown_at=None)
    )


def plan_all(session: Session, *, account_id: int, now: datetime) -> None:
    """Have the stock of all that an account sells stated anew."""
    sold = (
        select(ListingComponent.item_id)
        .join(Listing, Listing.id == ListingComponent.listing_id)
        .where(Listing.account_id == account_id)
    )
    mark(
        session, item_ids=set(session.scalars(sold)), why="places of stock changed", now=now
    )


def key_of(item: CatalogueItem) -> str:
    """Name a listing just as an order line that sells it would."""
    return listing_ref(
        Line(
            external_id="",
            kind=LineKind.PRODUCT,
            title=item.title,
            ordered=0,
            sku=item.sku,
            product_id=item.product_id,
            variant_id=item.variant_id,
            variant_title=item.variant_title,
        )
    ).key


def _new(account_id: int, key: str, item: CatalogueItem, *, now: datetime) -> Listing:
    return Listing(
        account_id=account_id,
        key=key,
        sku=item.sku,
        sku_key=sku_key(item.sku),
        state="unmapped",
        created_at=now,
        components=[],
    )


def _fill(listing: Listing, item: CatalogueItem, *, now: datetime) -> None:
    for name, value in _columns(item).items():
        if getattr(listing, name) != value:
            setattr(listing, name, value)
    listing.catalogued_at = now


def _columns(item: CatalogueItem) -> Mapping[str, object]:
    price = item.price
    return {
        "sku": item.sku,
        "sku_key": sku_key(item.sku),
        "title": item.title,
        "variant_title": item.variant_title,
        "product_id": item.product_id,
        "variant_id": item.variant_id,
        "inventory_id": item.inventory_id,
        "barcode": item.barcode,
        "price_minor": price.minor if price else None,
        "currency": price.currency if price else "",
        "is_active": item.is_active,
        "is_tracked": item.is_tracked,
    }


def _changes_stock(listing: Listing, item: CatalogueItem) -> bool:
    before = (listing.is_active, listing.is_tracked, listing.inventory_id)
    return before != (item.is_active, item.is_tracked, item.inventory_id)


def _plan_again(session: Session, listing: Listing, *, now: datetime) -> None:
    items = {part.item_id for part in listing.components}
    mark(session, item_ids=items, why="the catalogue changed", now=now)
