"""What a listing was said to mean, as one value: written down before and after every saving."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.domain.catalogue.options import folded
from hub.models.meaning.listing_queries import components_of, set_components
from hub.models.records.listings import Listing
from hub.models.records.mapping_changes import ListingOption
from mapping.bundle import Component, Components, tidy

SCOPES = ("listing", "account", "everywhere")
"""How far what a person says goes: this listing, its SKU in this shop, its SKU everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What one piece of a listing is; a listing nobody spoke of means nothing yet."""

    state: str = "mapped"
    """mapped | not_produced | unmapped | suggested"""
    components: Components = ()
    is_ignored: bool = False
    options: Mapping[str, str] = field(default_factory=dict)
    """Which choice of a recipe each of the buyer's options fills: {"Scent": "scent"}."""
    said_for: str = "everywhere"
    matched_by: str = "person"
    by: str = ""
    at: datetime | None = None

    def written(self) -> dict[str, object]:
        """Write it as MappingChange keeps it."""
        return {
            "state": self.state,
            "components": [[each.item_id, each.quantity] for each in self.components],
            "is_ignored": self.is_ignored,
            "options": dict(self.options),
            "said_for": self.said_for,
            "matched_by": self.matched_by,
            "by": self.by,
            "at": self.at.isoformat() if self.at else "",
        }


def read_meaning(written: Mapping[str, object]) -> Meaning:
    """Read what `Meaning.written` wrote; what is not in it is as where nothing was said."""
    parts, options = written.get("components"), written.get("options")
    at = str(written.get("at") or "")
    return Meaning(
        state=str(written.get("state") or "unmapped"),
        components=tidy(
            Component(item_id=int(pair[0]), quantity=int(pair[1]))
            for pair in (parts if isinstance(parts, list) else ())
        ),
        is_ignored=bool(written.get("is_ignored")),
        options={
            str(name): str(choice)
            for name, choice in (options if isinstance(options, dict) else {}).items()
        },
        said_for=str(written.get("said_for") or "everywhere"),
        matched_by=str(written.get("matched_by") or ""),
        by=str(written.get("by") or ""),
        at=datetime.fromisoformat(at) if at else None,
    )


def meaning_of(session: Session, listing: Listing) -> Meaning:
    """Return what a listing (loaded with its components) means as things stand."""
    query = select(ListingOption).filter_by(listing_id=listing.id)
    return Meaning(
        state=listing.state,
        components=components_of(listing),
        is_ignored=listing.is_ignored,
        options={
            each.name: each.choice
            for each in session.scalars(query.order_by(ListingOption.id))
        },
        said_for=listing.said_for,
        matched_by=listing.matched_by,
        by=listing.mapped_by,
        at=listing.mapped_at,
    )


def put_meaning(session: Session, listing: Listing, meaning: Meaning) -> None:
    """Write on a listing what it means, in place of what stood there."""
    set_components(session, listing, meaning.components)
    listing.state, listing.is_ignored = meaning.state, meaning.is_ignored
    listing.matched_by, listing.said_for = meaning.matched_by, meaning.said_for
    listing.mapped_by, listing.mapped_at = meaning.by, meaning.at
    session.execute(delete(ListingOption).filter_by(listing_id=listing.id))
    session.add_all(
        ListingOption(
            listing_id=listing.id, name=name, name_key=folded(name), choice=choice
        )
        for name, choice in meaning.options.items()
    )
    session.flush()
