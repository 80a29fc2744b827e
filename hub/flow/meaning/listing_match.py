"""What a listing means by what people said of it, of its SKU, and by the codes of items."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from hub.models.meaning.listing_queries import (
    Said,
    clear_components,
    components_of,
    items_coded,
    said_of_sku,
    set_components,
)
from hub.models.records.listings import Listing
from mapping.canonical import ListingRef
from mapping.match import How, Matched, Unmatched, Why, match


def match_listing(
    session: Session, listing: Listing, *, now: datetime
) -> Matched | Unmatched:
    """Find what a listing means by what is known, and write it on the listing."""
    said = said_of_sku(session, sku_key=listing.sku_key)
    found = _match(session, listing, said)
    if isinstance(found, Unmatched):
        contradicted = found.why is Why.SKU_MEANS_TWO_THINGS
        listing.state = "suggested" if contradicted else "unmapped"
        listing.is_ignored, listing.matched_by, listing.mapped_at = False, "", None
        if listing.components:
            clear_components(session, listing)
    elif found.how is not How.LISTING:
        if components_of(listing) != found.components:
            set_components(session, listing, found.components)
        state = "mapped" if found.components else "not_produced"
        if (listing.state, listing.matched_by) != (state, found.how):
            listing.mapped_at, listing.mapped_by = now, ""
        listing.state, listing.matched_by = state, found.how
        listing.is_ignored = not found.components and all(
            each.is_ignored for each in said if not each.components
        )
    return found


def _match(session: Session, listing: Listing, said: Sequence[Said]) -> Matched | Unmatched:
    coded = items_coded(session, sku_key=listing.sku_key)
    return match(
        ListingRef(
            key=listing.key,
            sku=listing.sku,
            title=listing.title,
            variant_title=listing.variant_title,
        ),
        own=components_of(listing) if listing.matched_by == "person" else None,
        same_account=[
            each.components for each in said if each.account_id == listing.account_id
        ],
        anywhere=[
            *(each.components for each in said if each.said_for == "everywhere"),
            *coded,
        ],
    )
