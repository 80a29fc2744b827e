"""Mapping: the queue of listings nobody knows yet, and the page that says what one means."""

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from flask import Response, abort, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.map_lines import preview_mapping as demanded_by
from hub.flow.map_lines import save_mapping as save
from hub.flow.refusal import Invalid, Refusal
from hub.models.by_id import by_id
from hub.models.channels import ChannelAccount
from hub.models.item_figures import item_figures
from hub.models.items import Item
from hub.models.listing_queries import components_of, waiting_orders
from hub.models.listing_views import (
    find_listings,
    known_meanings,
    listing_with_components,
    wanted_first,
)
from hub.models.listing_worth import state_counts, waiting_worth
from hub.models.listings import Listing
from hub.models.newest import Window
from hub.models.orders import SalesOrder
from hub.web.formats import read_quantity
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    asked,
    asked_id,
    show,
    show_live,
    trouble_of,
    went,
)
from mapping.bundle import Component, Components
from mapping.canonical import ListingRef
from mapping.match import Known, Suggestion, suggest
from mapping.units import UnitProblem

ROWS = 50
TABS = ("unmapped", "mapped", "not_produced")
MOST_COMPONENTS = 12
SPARE = 3
"""Empty rows of the form, for the items of a kit."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A listing of the queue and what it might mean."""

    listing: Listing
    suggestions: Sequence[Suggestion]


def mapping_queue(door: PageDoor) -> Response:
    """Show what waits to be mapped, with the best guess beside each; or what is mapped."""
    state = asked("state") if asked("state") in TABS else "unmapped"
    with door.reading() as session:
        window = Window(ROWS, asked_id("after"))
        found = find_listings(session, state=state, channel="", sku_key="", window=window)
        known = known_meanings(session) if state == "unmapped" else []
        is_first = state == "unmapped" and window.after is None
        wanted = wanted_first(session, limit=ROWS) if is_first else []
        listings = [*wanted, *(each for each in found.rows if each not in wanted)]
        rows = [Waiting(each, _suggestions(each, known)) for each in listings]
        return show_live(
            "mapping/queue.html",
            "mapping/_queue.html",
            rows=rows,
            next=found.next,
            state=state,
            tabs=TABS,
            counts=state_counts(session),
            worth=waiting_worth(session, listing_ids=[each.id for each in listings]),
            accounts=by_id(
                session, ChannelAccount, ids={each.account_id for each in listings}
            ),
            items=_items_of(session, rows),
        )


def show_listing(door: PageDoor, listing_id: int) -> Response:
    """Show one listing, what it means or might mean, and the form that says so."""
    return _page(door, listing_id)


def preview_mapping(door: PageDoor, listing_id: int) -> Response:
    """Say what would be needed if the form were saved as it is."""
    with door.reading() as session:
        items = _all_items(session)
        try:
            components = _components(request.args, items=items)
            wanted = demanded_by(session, listing_id=listing_id, components=components)
        except (Refusal, UnitProblem) as problem:
            return show("mapping/_preview.html", problem=trouble_of(problem, about="map"))
        return show(
            "mapping/_preview.html",
            wanted=wanted,
            items=items,
            figures=item_figures(session, item_ids=list(wanted), on=door.today()),
            orders=len(waiting_orders(session, listing_ids=[listing_id])),
        )


def save_mapping(door: PageDoor, listing_id: int) -> Response:
    """Save what a listing means; the orders that waited go on."""
    return door.press(
        partial(_save, listing_id=listing_id),
        done=lambda _: went("pages.mapping_queue", "mapped"),
        again=lambda trouble: _page(door, listing_id, trouble=trouble),
        about="map",
    )


def not_produced(door: PageDoor, listing_id: int) -> Response:
    """Say that a listing is not made here."""

    def change(deed: Deed) -> None:
        save(
            deed.session,
            listing_id=listing_id,
            components=(),
            not_produced=True,
            who=deed.who,
            now=deed.now,
        )

    return door.press(
        change,
        done=lambda _: went("pages.mapping_queue", "not_produced"),
        again=lambda trouble: _page(door, listing_id, trouble=trouble),
        about="map",
    )


def _save(deed: Deed, *, listing_id: int) -> None:
    save(
        deed.session,
        listing_id=listing_id,
        components=_components(request.form, items=_all_items(deed.session)),
        who=deed.who,
        now=deed.now,
    )


def _components(sent: MappingOf[str, str], *, items: MappingOf[int, Item]) -> Components:
    """Read the rows of the form: item-0 and amount-0, item-1 and amount-1, …"""
    found: list[Component] = []
    for row in range(MOST_COMPONENTS):
        chosen = sent.get(f"item-{row}", "").strip()
        if not chosen:
            continue
        item = items.get(int(chosen)) if chosen.isdigit() and len(chosen) < 19 else None
        if item is None:
            raise Invalid("Choose an item of the list.", field=f"item-{row}")
        written = sent.get(f"amount-{row}", "") or "1"
        quantity = read_quantity(written, base=item.unit, field=f"amount-{row}")
        found.append(Component(item_id=item.id, quantity=quantity))
    return tuple(found)


def _page(door: PageDoor, listing_id: int, *, trouble: Trouble | None = None) -> Response:
    with door.reading() as session:
        listing = listing_with_components(session, listing_id=listing_id)
        if listing is None:
            abort(404)
        suggestions = _suggestions(listing, known_meanings(session))
        said = components_of(listing)
        guess = suggestions[0].components if suggestions and not said else said
        orders = waiting_orders(session, listing_ids=[listing_id])
        return show(
            "mapping/listing.html",
            listing=listing,
            account=session.get_one(ChannelAccount, listing.account_id),
            suggestions=suggestions,
            rows=[*guess, *([None] * SPARE)][:MOST_COMPONENTS],
            items=_all_items(session),
            orders=by_id(session, SalesOrder, ids=orders).values(),
            worth=waiting_worth(session, listing_ids=[listing_id]).get(listing_id, []),
            trouble=trouble,
        )


def _suggestions(listing: Listing, known: Sequence[Known]) -> Sequence[Suggestion]:
    ref = ListingRef(
        key=listing.key,
        sku=listing.sku,
        title=listing.title,
        variant_title=listing.variant_title,
    )
    return suggest(ref, known=known, barcode=listing.barcode)


def _all_items(session: Session) -> dict[int, Item]:
    """Return every item by id: products first, because those are what is sold."""
    kinds = ("product", "intermediate", "packaging", "material")
    items = session.scalars(select(Item).order_by(Item.name)).all()
    ranked = sorted(items, key=lambda item: (kinds.index(item.kind), item.name))
    return {item.id: item for item in ranked}


def _items_of(session: Session, rows: Sequence[Waiting]) -> dict[int, Item]:
    suggested = {
        component.item_id
        for row in rows
        for suggestion in row.suggestions
        for component in suggestion.components
    }
    said = {part.item_id for row in rows for part in row.listing.components}
    return by_id(session, Item, ids=suggested | said)


ROUTES: Routes = (
    ("GET", "/mapping", mapping_queue),
    ("GET", "/mapping/<id:listing_id>", show_listing),
    ("GET", "/mapping/<id:listing_id>/preview", preview_mapping),
    ("POST", "/mapping/<id:listing_id>", save_mapping),
    ("POST", "/mapping/<id:listing_id>/not-produced", not_produced),
)
