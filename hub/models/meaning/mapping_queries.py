"""What was said of listings and by whom, what is tried out, and all there is to compare with."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from hub.models.meaning.listing_queries import components_of
from hub.models.newest import Newest, Window, newest
from hub.models.records.items import Item
from hub.models.records.listings import Listing
from hub.models.records.mapping_changes import MappingChange, MappingDraft
from mapping.canonical import ListingRef
from mapping.listing import barcode_key, search_words
from mapping.match import Known, Suggestion, own_code, suggest
from mapping.nearest import nearest


def changes_of(
    session: Session, *, listing_id: int, most: int = 20
) -> Sequence[MappingChange]:
    """Return what was said of a listing, the newest first."""
    query = select(MappingChange).filter_by(listing_id=listing_id)
    return session.scalars(query.order_by(MappingChange.id.desc()).limit(most)).all()


def all_changes(session: Session, *, window: Window) -> Newest[MappingChange]:
    """Return one page of what was said of listings, the newest first."""
    return newest(session, select(MappingChange), record=MappingChange, window=window)


def changes_in(session: Session, *, change: MappingChange) -> Sequence[MappingChange]:
    """Return a change with all that were saved by the same press, the newest first."""
    if not change.batch:
        return [change]
    query = select(MappingChange).filter_by(batch=change.batch)
    return session.scalars(query.order_by(MappingChange.id.desc())).all()


def said_since(session: Session, *, change: MappingChange) -> bool:
    """Say whether somebody said something else of the listing after a change, and it stands."""
    query = (
        select(MappingChange.id)
        .where(MappingChange.listing_id == change.listing_id)
        .where(MappingChange.id > change.id, MappingChange.undone_at.is_(None))
        .limit(1)
    )
    return session.scalar(query) is not None


def last_change(session: Session, *, who: str) -> MappingChange | None:
    """Return the newest that somebody said and that stands."""
    query = (
        select(MappingChange)
        .where(MappingChange.who == who, MappingChange.undone_at.is_(None))
        .order_by(MappingChange.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def drafts(session: Session) -> Sequence[MappingDraft]:
    """Return what is tried out, the oldest first."""
    return session.scalars(select(MappingDraft).order_by(MappingDraft.id)).all()


def draft_count(session: Session) -> int:
    """Count what is tried out."""
    return session.scalar(select(func.count()).select_from(MappingDraft)) or 0


def draft_of(session: Session, *, listing_id: int) -> MappingDraft | None:
    """Return what is tried out of a listing."""
    return session.scalar(select(MappingDraft).filter_by(listing_id=listing_id))


def with_same_sku(session: Session, *, listing_ids: Collection[int]) -> set[int]:
    """Return these listings and all others with one of their SKUs."""
    keys = select(Listing.sku_key).where(Listing.id.in_(listing_ids), Listing.sku_key != "")
    kin = session.scalars(select(Listing.id).where(Listing.sku_key.in_(keys)))
    return {*listing_ids, *kin}


def suggestions_for(
    session: Session, listings: Iterable[Listing], *, most: int = 5
) -> dict[int, tuple[Suggestion, ...]]:
    """Rank what listings might mean by what is known, best first, by listing.

    Mapped listings, with who said so, and countable items by their own code. Of all that is known
    only its words are read; what shares rare words with a listing is then read whole.
    """
    asked = {each.id: each for each in listings}
    if not asked:
        return {}
    words = {
        each.id: f"{each.found_by} {barcode_key(each.barcode)}" for each in asked.values()
    }
    near = nearest(_words(session), asked=words)
    keys = {key for many in near.values() for key in many}
    known = _known(session, keys)
    return {
        listing_id: suggest(
            ListingRef(
                key=each.key,
                sku=each.sku,
                title=each.title,
                variant_title=each.variant_title,
            ),
            known=[known[key] for key in near[listing_id] if key in known],
            barcode=each.barcode,
            most=most,
        )
        for listing_id, each in asked.items()
    }


Key = tuple[str, int]
"""listing or item, and its id."""


def _words(session: Session) -> list[tuple[Key, str]]:
    listings = (
        select(Listing.id, Listing.found_by, Listing.barcode)
        .where(Listing.state == "mapped")
        .order_by(Listing.id)
    )
    found: list[tuple[Key, str]] = [
        (("listing", row_id), f"{words} {barcode_key(barcode)}" if barcode else words)
        for row_id, words, barcode in session.execute(listings)
    ]
    items = select(Item.id, Item.code, Item.name).where(Item.unit == "each")
    found += [
        (("item", item_id), search_words(name, "", code))
        for item_id, code, name in session.execute(items.order_by(Item.id))
    ]
    return found


def _known(session: Session, keys: Collection[Key]) -> dict[Key, Known]:
    listings = select(Listing).where(
        Listing.id.in_([row_id for kind, row_id in keys if kind == "listing"])
    ).options(selectinload(Listing.components))  # fmt: skip
    found: dict[Key, Known] = {}
    for each in session.scalars(listings):
        is_said = each.matched_by == "person"
        found["listing", each.id] = Known(
            components=components_of(each),
            sku=each.sku,
            title=each.title,
            variant_title=each.variant_title,
            barcode=each.barcode,
            said_by=each.mapped_by if is_said else "",
            said_at=each.mapped_at if is_said else None,
        )
    items = select(Item.id, Item.unit, Item.code, Item.name).where(
        Item.id.in_([row_id for kind, row_id in keys if kind == "item"])
    )
    for item_id, unit, code, name in session.execute(items):
        components = own_code(item_id, base=unit)
        if components:
            found["item", item_id] = Known(components=components, sku=code, title=name)
    return found
