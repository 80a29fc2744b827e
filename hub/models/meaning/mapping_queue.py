"""The mapping queue: what waits for a person, the longest wait first, then all the rest."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from hub.models.by_id import as_id
from hub.models.meaning.listing_views import TO_BE_MAPPED
from hub.models.orders.order_views import accounts_called
from hub.models.records.items import Item
from hub.models.records.listings import Listing, ListingComponent
from hub.models.records.orders import WAITING, OrderLine, SalesOrder
from mapping.listing import fold_words, sku_key

TABS = ("unmapped", "suggested", "mapped", "not_produced")
"""All that waits | what has answers that contradict each other | what a person need not see."""

STANDING = ("open", "on_hold")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which listings a page shows; empty parts ask for nothing."""

    tab: str = "unmapped"
    text: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One page of listings, and where the next begins; empty when this is the last."""

    rows: Sequence[Listing]
    next: str = ""


def find_queue(session: Session, *, asked: Asked, limit: int, after: str = "") -> Queue:
    """Return one page of the listings that fit.

    Those that orders wait for come first, the longest wait before; then the newest. A page begins
    after a listing, so that what comes in or is mapped meanwhile never shifts what follows.
    """
    conditions = _conditions(session, asked)
    rows: list[Listing] = []
    since, listing_id = _place(after)
    if asked.tab in TO_BE_MAPPED and (since is not None or not after):
        rows = _waited_for(session, conditions, asked, since=since, listing_id=listing_id,
                           limit=limit + 1)  # fmt: skip
        if len(rows) > limit:
            return Queue(rows=rows[:limit], next=_cursor(session, rows[limit - 1]))
        listing_id = None
    room = limit - len(rows)
    more = _rest(session, conditions, asked, below=listing_id, limit=room + 1)
    found = [*rows, *more[:room]]
    is_last = len(more) <= room
    return Queue(
        rows=found, next="" if is_last else _rest_cursor(found, has=bool(more[:room]))
    )


def queue_counts(session: Session) -> dict[str, int]:
    """Count the listings of each tab."""
    query = select(Listing.state, func.count()).group_by(Listing.state)
    counts: dict[str, int] = {tab: 0 for tab in TABS}
    for state, count in session.execute(query):
        counts[state] += count
    waiting = _waiting().subquery()
    held = select(func.count()).select_from(
        select(Listing.id)
        .join(waiting, waiting.c.listing_id == Listing.id)
        .where(Listing.state.not_in(TO_BE_MAPPED))
        .subquery()
    )
    counts["unmapped"] += counts["suggested"] + (session.scalar(held) or 0)
    return counts


def listings_asked(session: Session, *, asked: Asked) -> Sequence[int]:
    """Return the ids of all listings that fit, by shop and title; for a table."""
    query = (
        select(Listing.id)
        .where(*_conditions(session, asked), *_states(asked))
        .order_by(Listing.account_id, Listing.title, Listing.variant_title, Listing.id)
    )
    return session.scalars(query).all()


def listings_by_id(session: Session, *, ids: Collection[int]) -> dict[int, Listing]:
    """Return listings with their components."""
    query = select(Listing).where(Listing.id.in_(ids))
    found = session.scalars(query.options(selectinload(Listing.components)))
    return {each.id: each for each in found}


def _waited_for(
    session: Session,
    conditions: Sequence[ColumnElement[bool]],
    asked: Asked,
    *,
    since: datetime | None,
    listing_id: int | None,
    limit: int,
) -> list[Listing]:
    waiting = _waiting().subquery()
    query = (
        select(Listing)
        .join(waiting, waiting.c.listing_id == Listing.id)
        .where(*conditions)
        .options(selectinload(Listing.components))
        .order_by(waiting.c.since, Listing.id)
        .limit(limit)
    )
    if asked.tab == "suggested":
        query = query.where(Listing.state == "suggested")
    if since is not None:
        later = and_(waiting.c.since == since, Listing.id > (listing_id or 0))
        query = query.where(or_(waiting.c.since > since, later))
    return list(session.scalars(query))


def _rest(
    session: Session,
    conditions: Sequence[ColumnElement[bool]],
    asked: Asked,
    *,
    below: int | None,
    limit: int,
) -> list[Listing]:
    query = (
        select(Listing)
        .where(*conditions, *_states(asked))
        .options(selectinload(Listing.components))
        .order_by(Listing.id.desc())
        .limit(limit)
    )
    if below is not None:
        query = query.where(Listing.id < below)
    if asked.tab in TO_BE_MAPPED:
        waiting: Subquery = _waiting().subquery()
        query = query.where(Listing.id.not_in(select(waiting.c.listing_id)))
    return list(session.scalars(query))


def _waiting() -> Select[int | None, datetime]:
    """Choose what open orders wait for, each with since when; by the index of lines that wait."""
    return (
        select(OrderLine.listing_id, func.min(SalesOrder.placed_at).label("since"))
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(WAITING, OrderLine.listing_id.is_not(None))
        .where(SalesOrder.intent.in_(STANDING))
        .group_by(OrderLine.listing_id)
    )


def _states(asked: Asked) -> list[ColumnElement[bool]]:
    if not asked.tab:
        return []
    states = TO_BE_MAPPED if asked.tab == "unmapped" else (asked.tab,)
    return [Listing.state.in_(states)]


def _conditions(session: Session, asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.channel:
        found.append(Listing.account_id.in_(accounts_called(asked.channel)))
    words = fold_words(asked.text).split()
    if words:
        alike = and_(*(Listing.found_by.contains(each, autoescape=True) for each in words))
        options = [alike]
        key = sku_key(asked.text)
        if key:
            options.append(Listing.sku_key == key)
        holding = _holding(session, words)
        if holding:
            by_item = select(ListingComponent.listing_id).where(
                ListingComponent.item_id.in_(holding)
            )
            options.append(Listing.id.in_(by_item))
        found.append(or_(*options))
    return found


def _holding(session: Session, words: Sequence[str]) -> list[int]:
    """Return the items whose code and name hold all of these words."""
    return [
        item_id
        for item_id, code, name in session.execute(select(Item.id, Item.code, Item.name))
        if all(each in fold_words(f"{code} {name}") for each in words)
    ]


def _cursor(session: Session, listing: Listing) -> str:
    """Write the place after a listing that orders wait for."""
    query = _waiting().where(OrderLine.listing_id == listing.id)
    since = session.execute(query).one()[1]
    return f"{since.isoformat()}~{listing.id}"


def _rest_cursor(found: Sequence[Listing], *, has: bool) -> str:
    """Write the place after a listing nobody waits for; before the first of them, where none is."""
    return f"~{found[-1].id}" if has else "~9" + "0" * 17


def _place(after: str) -> tuple[datetime | None, int | None]:
    """Read a place; what is none is the beginning."""
    since, _, listing_id = after.partition("~")
    try:
        return (datetime.fromisoformat(since) if since else None), as_id(listing_id)
    except ValueError:
        return None, None


def held_by_choice(
    session: Session, *, listing_id: int
) -> list[tuple[OrderLine, SalesOrder]]:
    """Return the lines of a listing that wait although it is mapped, oldest first."""
    query = (
        select(OrderLine, SalesOrder)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(OrderLine.listing_id == listing_id, WAITING)
        .where(SalesOrder.intent.in_(STANDING), OrderLine.matched_by == "choice")
        .order_by(OrderLine.id)
        .limit(20)
    )
    return [(line, order) for line, order in session.execute(query)]


def options_seen(
    session: Session, *, listing_id: int, most: int = 100
) -> dict[str, list[str]]:
    """Return what buyers of a listing chose: option -> values, as its newest lines show them."""
    query = select(OrderLine.personalisation).where(OrderLine.listing_id == listing_id)
    seen: dict[str, list[str]] = defaultdict(list)
    for pairs in session.scalars(query.order_by(OrderLine.id.desc()).limit(most)):
        for pair in pairs:
            if isinstance(pair, list) and len(pair) == 2:
                values = seen[str(pair[0]).strip()]
                value = str(pair[1]).strip()
                if value not in values and len(values) < 6:
                    values.append(value)
    return {name: values for name, values in seen.items() if name}
