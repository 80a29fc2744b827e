"""What was said of listings and by whom, what is tried out, and all there is to compare with."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.models.items import Item
from hub.models.listings import Listing, ListingComponent
from hub.models.mapping_changes import MappingChange, MappingDraft
from hub.models.newest import Newest, Window, newest
from mapping.bundle import Component
from mapping.listing import fold_words
from mapping.match import Known, own_code
from mapping.nearest import Memory


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


def memory(session: Session) -> Memory:
    """Return all whose meaning is known, laid out to be compared with.

    Mapped listings, with who said so, and countable items by their own code. Two plain queries
    and no records: of ten thousand listings it takes some tenths of a second less so.
    """
    return Memory([*_listings(session), *_items(session)])


def _listings(session: Session) -> list[tuple[Known, str]]:
    parts: dict[int, list[Component]] = defaultdict(list)
    held = (
        select(
            ListingComponent.listing_id, ListingComponent.item_id, ListingComponent.quantity
        )
        .join(Listing, Listing.id == ListingComponent.listing_id)
        .where(Listing.state == "mapped")
        .order_by(ListingComponent.listing_id, ListingComponent.item_id)
    )
    for listing_id, item_id, quantity in session.execute(held):
        parts[listing_id].append(Component(item_id=item_id, quantity=quantity))
    query = (
        select(
            Listing.id,
            Listing.sku,
            Listing.title,
            Listing.variant_title,
            Listing.barcode,
            Listing.matched_by,
            Listing.mapped_by,
            Listing.mapped_at,
            Listing.found_by,
        )
        .where(Listing.state == "mapped")
        .order_by(Listing.id)
    )
    return [
        (
            Known(
                components=tuple(parts[row.id]),
                sku=row.sku,
                title=row.title,
                variant_title=row.variant_title,
                barcode=row.barcode,
                said_by=row.mapped_by if row.matched_by == "person" else "",
                said_at=row.mapped_at if row.matched_by == "person" else None,
            ),
            row.found_by,
        )
        for row in session.execute(query)
    ]


def _items(session: Session) -> list[tuple[Known, str]]:
    query = select(Item.id, Item.unit, Item.code, Item.code_key, Item.name)
    found = []
    for item_id, unit, code, key, name in session.execute(query.order_by(Item.id)):
        components = own_code(item_id, base=unit)
        if components:
            words = f"{fold_words(f'{code} {name}')} {key}"
            found.append((Known(components=components, sku=code, title=name), words))
    return found
