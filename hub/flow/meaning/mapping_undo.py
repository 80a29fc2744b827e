"""Taking back what was said of a listing, for as long as nothing was started on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.flow.meaning.map_lines import put_and_map
from hub.flow.meaning.mapping_meaning import Meaning, meaning_of, read_meaning
from hub.flow.refusal import Missing, Refusal
from hub.models.locks import lock_orders, lock_planner
from hub.models.meaning.listing_queries import waiting_orders
from hub.models.meaning.mapping_queries import changes_in, last_change, said_since
from hub.models.meaning.mapping_queue import listings_by_id
from hub.models.meaning.mapping_started import first_parcel, first_run, followers
from hub.models.records.history import record
from hub.models.records.listings import Listing
from hub.models.records.mapping_changes import MappingChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What was taken back: of which listings, and the orders that moved."""

    listing_ids: tuple[int, ...]
    order_ids: tuple[int, ...]


def undo_last(session: Session, *, who: str, now: datetime) -> Undone:
    """Take back the last that somebody said.

    :raises Missing: they said nothing that stands.
    :raises Refusal: as `undo_change` refuses.
    """
    change = last_change(session, who=who)
    if change is None:
        raise Missing("There is nothing to take back.")
    return undo_change(session, change_id=change.id, who=who, now=now)


def undo_change(session: Session, *, change_id: int, who: str, now: datetime) -> Undone:
    """Take back what was said of a listing, and all that was saved by the same press.

    Every listing means again what it meant before, and the lines of its orders follow, in one
    transaction.

    :raises Missing: there is no such change.
    :raises Refusal: it was taken back, something else was said since, or something was started.
    """
    lock_planner(session)
    change = session.get(MappingChange, change_id)
    if change is None:
        raise Missing("There is nothing to take back.")
    if change.undone_at is not None:
        raise Refusal("This was taken back already.")
    standing = [each for each in changes_in(session, change=change) if not each.undone_at]
    ids = {each.listing_id for each in standing}
    listings = listings_by_id(session, ids=ids)
    lock_orders(session, waiting_orders(session, listing_ids=ids))
    for each in standing:
        _check(session, each, listings[each.listing_id], among=standing)
    moved: set[int] = set()
    for each in standing:
        moved |= {*_take_back(session, each, listings[each.listing_id], who=who, now=now)}
    return Undone(listing_ids=tuple(sorted(ids)), order_ids=tuple(sorted(moved)))


def why_not(session: Session, change: MappingChange, listing: Listing) -> str:
    """Say why a change can no longer be taken back; empty while it can."""
    if change.undone_at is not None:
        return "This was taken back already."
    try:
        _check(session, change, listing, among=[change])
    except Refusal as no:
        return no.message
    return ""


def _check(
    session: Session,
    change: MappingChange,
    listing: Listing,
    *,
    among: Sequence[MappingChange],
) -> None:
    newest = max(each.id for each in among if each.listing_id == change.listing_id)
    if change.id == newest and said_since(session, change=change):
        raise Refusal("It was mapped anew since: take that back first.")
    ids = [listing.id, *followers(session, listing=listing)]
    parcel = first_parcel(session, listing_ids=ids, since=change.at)
    if parcel:
        raise Refusal(f"Parcel {parcel} was packed with it: it stays as it is.")
    items = [each.item_id for each in read_meaning(change.after).components]
    run = first_run(session, listing_ids=ids, since=change.at, item_ids=items)
    if run:
        raise Refusal(f"{run} was started for it: it stays as it is.")


def _take_back(
    session: Session, change: MappingChange, listing: Listing, *, who: str, now: datetime
) -> tuple[int, ...]:
    after: Meaning = meaning_of(session, listing)
    before = read_meaning(change.before)
    moved = put_and_map(session, listing, before, now=now)
    change.undone_by, change.undone_at = who, now
    record(
        session,
        at=now,
        who=who,
        subject="listing",
        subject_id=listing.id,
        what="listing.undone",
        from_state=after.state,
        to_state=listing.state,
        detail={"orders": len(moved)},
    )
    session.flush()
    return moved
