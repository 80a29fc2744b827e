"""Saying what many listings mean at once: one transaction, taken back as one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hub.flow.meaning.map_lines import save_mapping
from hub.flow.meaning.mapping_meaning import Meaning, read_meaning
from hub.flow.refusal import Invalid, Missing
from hub.models.locks import lock_orders, lock_planner
from hub.models.meaning.listing_queries import waiting_orders
from hub.models.meaning.mapping_queries import draft_of, drafts
from hub.models.records.listings import Listing
from hub.models.records.mapping_changes import MappingDraft

MOST = 500
"""More listings than a page can show are mapped by a table."""


@dataclass(slots=True, kw_only=True)
class SavedMany:
    """What one press said, and the orders it moved."""

    batch: str
    listing_ids: list[int] = field(default_factory=list)
    order_ids: set[int] = field(default_factory=set)
    change_ids: list[int] = field(default_factory=list)


def save_many(
    session: Session, *, meanings: Mapping[int, Meaning], who: str, now: datetime
) -> SavedMany:
    """Say what many listings mean, by listing, all of them or none.

    :raises Missing: there is no such listing.
    :raises Invalid: nothing or too much was chosen, or a meaning that cannot be.
    """
    if not meanings or len(meanings) > MOST:
        raise Invalid(f"Choose 1 to {MOST} listings.", field="listing")
    lock_planner(session)
    lock_orders(session, waiting_orders(session, listing_ids=meanings))
    saved = SavedMany(batch=batch_of(who, now=now))
    for listing_id, meaning in sorted(meanings.items()):
        one = save_mapping(
            session,
            listing_id=listing_id,
            components=meaning.components,
            not_produced=meaning.state == "not_produced",
            is_ignored=meaning.is_ignored,
            options=meaning.options,
            said_for=meaning.said_for,
            batch=saved.batch,
            who=who,
            now=now,
        )
        saved.listing_ids.append(listing_id)
        saved.order_ids |= {*one.order_ids}
        saved.change_ids.append(one.change_id)
    return saved


def batch_of(who: str, *, now: datetime) -> str:
    """Name what somebody says by one press."""
    return f"{who}@{now.isoformat()}"


def set_draft(
    session: Session, *, listing_id: int, meaning: Meaning, who: str, now: datetime
) -> None:
    """Keep what somebody thinks of saying of a listing, in place of what was kept before.

    :raises Missing: there is no such listing.
    """
    if session.get(Listing, listing_id) is None:
        raise Missing("There is no such listing.")
    draft = draft_of(session, listing_id=listing_id)
    if draft is None:
        draft = MappingDraft(listing_id=listing_id)
        session.add(draft)
    draft.meaning, draft.who, draft.at = meaning.written(), who, now
    session.flush()


def drop_draft(session: Session, *, listing_id: int) -> None:
    """Forget what was tried out of a listing."""
    session.execute(delete(MappingDraft).filter_by(listing_id=listing_id))


def apply_drafts(session: Session, *, who: str, now: datetime) -> SavedMany:
    """Say all that is tried out, and forget the drafts.

    :raises Invalid: there are none.
    """
    kept = {each.listing_id: read_meaning(each.meaning) for each in drafts(session)}
    saved = save_many(session, meanings=kept, who=who, now=now)
    session.execute(delete(MappingDraft).where(MappingDraft.listing_id.in_(kept)))
    return saved
