"""What is known of a listing's stock: what it offers, where it is kept, who set what is shown."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy.orm import Session

from connectors.protocol import Registration
from connectors.registry import CHANNELS
from hub.domain.channels.drift import Kind
from hub.domain.channels.publishing import Offer, place_of
from hub.flow.telling.drift import Subject
from hub.models.catalogue.item_figures import item_figures
from hub.models.meaning.listing_queries import components_of
from hub.models.records.channels import ChannelAccount
from hub.models.records.listings import Listing
from mapping.effects import SetStock, StockRef

Channels = Mapping[str, Registration]


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


def promisable_of(
    session: Session, listings: Collection[Listing], *, keeps: int | None, today: date
) -> dict[int, int]:
    """Return what can be promised of each item these listings hold.

    `keeps` is for how many days their channel's buyers ask it to be good, if it says so.
    """
    items = {part.item_id for listing in listings for part in listing.components}
    figures = item_figures(session, item_ids=items, on=today, keeps=keeps or 0)
    return {item_id: each.promisable for item_id, each in figures.items()}


def is_theirs(listing: Listing) -> bool:
    """Say whether the channel set the number it shows: unread sales may be behind it."""
    return listing.stock_shown_at != listing.stock_told_at


def raises(listing: Listing, wish: SetStock) -> bool:
    """Say whether a wish is for more than the channel shows."""
    return listing.stock_shown is not None and wish.quantity > listing.stock_shown
