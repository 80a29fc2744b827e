"""Step 3: what each order line asks us to have, through what its listing means in our items.

A line nobody mapped is held and listed; the other lines of the order go on. Saving a mapping
re-runs every line that waited for it, also those of other listings with the same SKU.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from hub.flow.meaning.line_options import (
    ChoiceUnknown,
    buyers_choice,
    chosen_items,
    options_for,
)
from hub.flow.meaning.listing_match import match_listing
from hub.flow.meaning.mapping_meaning import SCOPES, Meaning, meaning_of, put_meaning
from hub.flow.phase import refresh_phases
from hub.flow.refusal import Invalid, Missing
from hub.flow.replan import mark
from hub.models.catalogue.choice_queries import lines_held_for
from hub.models.locks import lock_orders, lock_planner
from hub.models.meaning.listing_queries import (
    components_of,
    lines_of,
    listings_by_key,
    waiting_orders,
)
from hub.models.records.history import record
from hub.models.records.items import Item
from hub.models.records.listings import Listing
from hub.models.records.mapping_changes import MappingChange
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from mapping.bundle import Components, demanded, tidy
from mapping.canonical import LineKind
from mapping.listing import sku_key
from mapping.match import Matched, Unmatched

MADE = {LineKind.PRODUCT, LineKind.UNKNOWN}
"""The kinds of line that can ask for something to be made; the rest is service."""
BY_CHOICE = "choice"
"""What a line is held by whose buyer chose what the recipe does not offer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """The orders a saved mapping moved on."""

    order_ids: tuple[int, ...]
    change_id: int
    """The MappingChange that takes it back."""


def map_order(session: Session, *, order_id: int, now: datetime) -> None:
    """Find the listing of each line that has none yet, and turn what it means into demand."""
    order = session.get_one(SalesOrder, order_id)
    lines = session.scalars(
        select(OrderLine).filter_by(order_id=order_id).order_by(OrderLine.position)
    ).all()
    waiting = [line for line in lines if line.state in ("unmapped", "suggested")]
    for line in waiting:
        if line.kind not in MADE:
            line.state = "service"
    made = [line for line in waiting if line.kind in MADE]
    listings = _listings(session, account_id=order.account_id, lines=made, now=now)
    for line in made:
        _map_line(session, line, listings[line.listing_key], now=now)


def save_mapping(
    session: Session,
    *,
    listing_id: int,
    components: Components,
    not_produced: bool = False,
    is_ignored: bool = False,
    options: Mapping[str, str] | None = None,
    said_for: str | None = None,
    batch: str = "",
    who: str,
    now: datetime,
) -> Saved:
    """Say what a listing means, or (with no components) that it is not made here.

    `is_ignored` says of what is not made here that nothing is sent for it at all. `options` says
    which choice of a recipe each option of the buyer fills; it stays as it is where None is
    given. `said_for` says how far it goes by the SKU (mapping_meaning.SCOPES): what is made here
    everywhere, what is not only this listing, where nobody says.

    Every line of an open order that sold it, and had nothing shipped yet, is mapped anew; so is
    every line of listings with the same SKU that no person mapped. `batch` is shared by what is
    taken back together.

    :raises Missing: there is no such listing.
    :raises Invalid: a component is of no item, or is nothing; or no such scope.
    """
    listing = _loaded(session, listing_id)
    _check(session, components, not_produced=not_produced)
    before = meaning_of(session, listing)
    meaning = Meaning(
        state="not_produced" if not_produced else "mapped",
        components=tidy(components),
        is_ignored=not_produced and is_ignored,
        options=_options(before, options=options, not_produced=not_produced),
        said_for=_scope(listing, said_for, not_produced=not_produced),
        by=who,
        at=now,
    )
    moved = put_and_map(session, listing, meaning, now=now)
    change = MappingChange(
        listing_id=listing.id, batch=batch, before=before.written(),
        after=meaning.written(), orders=len(moved), who=who, at=now,
    )  # fmt: skip
    session.add(change)
    session.flush()
    record(
        session,
        at=now,
        who=who,
        subject="listing",
        subject_id=listing.id,
        what="listing.mapped",
        to_state=listing.state,
        detail={
            "before": _plain(before.components),
            "after": _plain(meaning.components),
            "orders": len(moved),
        },
    )
    return Saved(order_ids=moved, change_id=change.id)


def put_and_map(
    session: Session, listing: Listing, meaning: Meaning, *, now: datetime
) -> tuple[int, ...]:
    """Write what a listing means and map all lines anew that follow; return their orders."""
    if meaning.options or (listing.sku_key and options_for(session, listing)):
        lock_planner(
            session
        )  # A line may open a variant; before the orders, as locks.py says.
    before = components_of(listing)
    put_meaning(session, listing, meaning)
    # Also when nobody waits: what its channel may sell changes with its meaning.
    mark(session, item_ids={each.item_id for each in (*before, *meaning.components)},
         why="a listing was mapped", now=now)  # fmt: skip
    kin = _kin(session, listing)
    for each in (listing, *kin):
        match_listing(session, each, now=now)
    session.flush()
    ids = [listing.id, *(each.id for each in kin)]
    lock_orders(session, waiting_orders(session, listing_ids=ids))
    lines = [line for line in lines_of(session, listing_ids=ids) if line.shipped == 0]
    return _map_again(session, lines, now=now)


def map_held(session: Session, *, item_id: int, now: datetime) -> tuple[int, ...]:
    """Map anew what waits because its buyer chose what this item did not offer.

    To be called when its recipe was written, in the same transaction. This function will return
    the orders that go on; what is still not offered waits as before.
    """
    session.flush()
    waiting = {line.order_id for line in lines_held_for(session, item_id=item_id)}
    if not waiting:
        return ()
    lock_planner(session)  # A line may open a variant; before the orders, as locks.py says.
    lock_orders(session, sorted(waiting))
    held = lines_held_for(session, item_id=item_id)
    _map_again(session, held, now=now)
    session.flush()
    return tuple(sorted({line.order_id for line in held if line.matched_by != BY_CHOICE}))


def preview_mapping(
    session: Session, *, listing_id: int, components: Components
) -> dict[int, int]:
    """Return what a listing's open lines would ask for (item id -> thousandths); writes nothing."""
    lines = [
        line for line in lines_of(session, listing_ids=[listing_id]) if line.shipped == 0
    ]
    pieces = sum(_wanted(line) for line in lines)
    return demanded(components, pieces=pieces)


def restate_demands(session: Session, *, order_id: int, now: datetime) -> None:
    """Bring the demands of an order to what its lines want now, never below what was shipped."""
    lines = select(OrderLine).filter_by(order_id=order_id)
    ordered = lines.order_by(OrderLine.position, OrderLine.id)
    for place, line in enumerate(session.scalars(ordered).all(), start=1):
        demands = session.scalars(select(Demand).filter_by(order_line_id=line.id)).all()
        before = [demand.quantity for demand in demands]
        for demand in demands:
            demand.quantity = max(demand.shipped, _wanted(line) * demand.per_piece)
        is_changed = before != [demand.quantity for demand in demands]
        mark(
            session,
            item_ids=[demand.item_id for demand in demands],
            why="line changed",
            now=now,
            cause=_line_cause(session, line, place=place) if is_changed else None,
        )


def _line_cause(session: Session, line: OrderLine, *, place: int) -> dict[str, object]:
    """Say what happened to a line whose quantity changed; the first of an order is line 1."""
    order = session.get_one(SalesOrder, line.order_id)
    what = "cancelled" if line.cancelled >= line.ordered else "changed"
    return {"what": what, "order": order.number, "line": place}


def _listings(
    session: Session, *, account_id: int, lines: Sequence[OrderLine], now: datetime
) -> dict[str, Listing]:
    known = listings_by_key(
        session, account_id=account_id, keys={line.listing_key for line in lines}
    )
    for line in lines:
        if line.listing_key not in known:
            known[line.listing_key] = Listing(
                account_id=account_id,
                key=line.listing_key,
                sku=line.sku,
                sku_key=sku_key(line.sku),
                title=line.title,
                variant_title=line.variant_title,
                created_at=now,
                state="unmapped",
                components=[],
            )
            session.add(known[line.listing_key])
    session.flush()
    return known


def _map_line(
    session: Session, line: OrderLine, listing: Listing, *, now: datetime
) -> None:
    line.listing_id = listing.id
    found = match_listing(session, listing, now=now)
    if isinstance(found, Unmatched):
        line.state, line.matched_by = listing.state, ""
        _demand(session, line, {}, now=now)
    elif listing.state == "not_produced":
        line.state = "service" if listing.is_ignored else "ignored"
        line.matched_by = listing.matched_by
        _demand(session, line, {}, now=now)
    else:
        _choose_and_demand(session, line, listing, found, now=now)


def _choose_and_demand(
    session: Session, line: OrderLine, listing: Listing, found: Matched, *, now: datetime
) -> None:
    """Write what a mapped line asks for; one whose buyer chose what nobody offers is held."""
    try:
        wanted = chosen_items(
            session,
            found.components,
            filled=options_for(session, listing),
            said=buyers_choice(line),
            now=now,
        )
    except ChoiceUnknown as problem:
        if line.matched_by != BY_CHOICE:
            what, why = "line.choice_unknown", str(problem)
            _tell_of_choice(session, line, what=what, why=why, now=now)
        line.state, line.matched_by = "unmapped", BY_CHOICE
        _demand(session, line, {}, now=now)
        return
    if line.matched_by == BY_CHOICE:
        _tell_of_choice(session, line, what="line.choice_offered", why="", now=now)
    line.state, line.matched_by = "mapped", found.how
    _demand(session, line, wanted, now=now)


def _tell_of_choice(
    session: Session, line: OrderLine, *, what: str, why: str, now: datetime
) -> None:
    record(
        session, at=now, who="system", subject="order", subject_id=line.order_id,
        what=what, to_state=line.title, why=why,
    )  # fmt: skip


def _demand(
    session: Session, line: OrderLine, components: Mapping[int, int], *, now: datetime
) -> None:
    """Write what a line asks for; a demand no longer asked for stays, with nothing wanted."""
    known = {
        row.item_id: row
        for row in session.scalars(select(Demand).filter_by(order_line_id=line.id))
    }
    for item_id, demand in known.items():
        demand.quantity = demand.shipped
        if item_id in components:
            demand.per_piece = components[item_id]
    for item_id, per_piece in components.items():
        demand = known.get(item_id) or Demand(
            order_line_id=line.id,
            item_id=item_id,
            per_piece=per_piece,
            quantity=0,
            shipped=0,
        )
        demand.quantity = max(demand.shipped, _wanted(line) * per_piece)
        session.add(demand)
    session.flush()
    order = session.get_one(SalesOrder, line.order_id)
    what = "placed" if order.created_at == now else "mapped"
    mark(
        session,
        item_ids=[*known, *components],
        why="order lines mapped",
        now=now,
        cause={"what": what, "order": order.number},
    )


def _wanted(line: OrderLine) -> int:
    return max(0, line.ordered - line.cancelled - line.sent_elsewhere)


def _loaded(session: Session, listing_id: int) -> Listing:
    query = select(Listing).where(Listing.id == listing_id)
    listing = session.scalar(query.options(selectinload(Listing.components)))
    if listing is None:
        raise Missing("There is no such listing.")
    return listing


def _options(
    before: Meaning, *, options: Mapping[str, str] | None, not_produced: bool
) -> Mapping[str, str]:
    if not_produced:
        return {}
    return before.options if options is None else options


def _scope(listing: Listing, said_for: str | None, *, not_produced: bool) -> str:
    """Say how far a word goes: a listing without SKU speaks for itself alone."""
    if said_for is not None and said_for not in SCOPES:
        raise Invalid("Choose what it applies to.", field="said_for")
    if not listing.sku_key:
        return "listing"
    return said_for or ("listing" if not_produced else "everywhere")


def _kin(session: Session, listing: Listing) -> list[Listing]:
    """Listings that wait for, or follow, what a person says about this SKU."""
    if not listing.sku_key:
        return []
    query = (
        select(Listing)
        .where(Listing.sku_key == listing.sku_key, Listing.id != listing.id)
        .where(Listing.matched_by != "person")
        .options(selectinload(Listing.components))
        .order_by(Listing.id)
    )
    return list(session.scalars(query))


def _map_again(
    session: Session, lines: Iterable[OrderLine], *, now: datetime
) -> tuple[int, ...]:
    order_ids = set()
    for line in lines:
        line.state = "unmapped"
        order_ids.add(line.order_id)
    session.flush()
    for order_id in sorted(order_ids):
        map_order(session, order_id=order_id, now=now)
    refresh_phases(session, order_ids=order_ids, now=now)
    return tuple(sorted(order_ids))


def _check(session: Session, components: Components, *, not_produced: bool) -> None:
    if not_produced == bool(components):
        raise Invalid(
            "Say which items a piece holds, or that it is not produced here.",
            field="components",
        )
    wanted = {each.item_id for each in components}
    for item_id in wanted - set(
        session.scalars(select(Item.id).where(Item.id.in_(wanted)))
    ):
        raise Invalid(f"There is no item {item_id}.", field="components")
    if any(each.quantity <= 0 for each in components):
        raise Invalid("A component must be more than nothing.", field="components")


def _plain(components: Components) -> list[list[int]]:
    return [[each.item_id, each.quantity] for each in components]
