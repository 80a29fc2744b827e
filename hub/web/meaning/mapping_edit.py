"""One listing in the side panel: what it means, what saving would change, who said what before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from flask import Response, abort, make_response, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.catalogue.options import folded
from hub.flow.meaning.line_options import (
    ChoiceUnknown,
    buyers_choice,
    chosen_items,
    options_for,
)
from hub.flow.meaning.map_lines import save_mapping as save
from hub.flow.meaning.mapping_bulk import drop_draft, set_draft
from hub.flow.meaning.mapping_meaning import SCOPES, Meaning, meaning_of, read_meaning
from hub.flow.meaning.mapping_preview import rehearse_mapping
from hub.flow.meaning.mapping_undo import why_not
from hub.flow.reading.catalogue_import import publish
from hub.models.by_id import by_id
from hub.models.meaning.listing_queries import components_of, waiting_orders
from hub.models.meaning.listing_views import listing_with_components
from hub.models.meaning.listing_worth import waiting_worth
from hub.models.meaning.mapping_queries import changes_of, draft_of, suggestions_for
from hub.models.meaning.mapping_queue import held_by_choice, options_seen
from hub.models.people.people_views import names_of
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item, Recipe
from hub.models.records.listings import Listing
from hub.models.records.mapping_changes import MappingChange
from hub.models.records.orders import SalesOrder
from hub.models.records.recipe_parts import RecipeChoice
from hub.web.meaning.listing_stock import read_publishes, told_stock
from hub.web.meaning.mapping_form import MOST_COMPONENTS, MOST_OPTIONS, read_meaning_form
from hub.web.meaning.mapping_words import meaning_words, why_words
from hub.web.page_door import Deed, PageDoor, Routes, Trouble, asked, show, went
from hub.web.wording.refusal_words import in_their_words
from hub.web.wording.who_words import who_words

SPARE = 2
"""Empty rows of the form, for the items of a kit."""
MOST_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One saving as the panel tells it."""

    change: MappingChange
    who: str
    before: str
    after: str
    why_not: str
    """Why it can no longer be taken back; empty while it can."""


def show_listing(door: PageDoor, listing_id: int) -> Response:
    """Show one listing, what it means or might mean, and the form that says so.

    A script asks for the panel alone, to lay it beside the queue.
    """
    return _page(door, listing_id)


def preview_mapping(door: PageDoor, listing_id: int) -> Response:
    """Say what would change if the form were saved as it is. This function will save nothing."""

    def look(deed: Deed) -> Response:
        meaning = read_meaning_form(request.args, items=all_items(deed.session))
        if not meaning.components:
            return show("mapping/_preview.html", seen=None, problem=None)
        seen = rehearse_mapping(
            deed.session,
            listing_ids=[listing_id],
            save=lambda: _save(deed, listing_id=listing_id, meaning=meaning),
            now=deed.now,
            zone=door.zone,
        )
        items = by_id(deed.session, Item, ids=seen.item_ids)
        return show("mapping/_preview.html", seen=seen, items=items, problem=None)

    def again(trouble: Trouble) -> Response:
        return make_response(show("mapping/_preview.html", problem=trouble), 200)

    return door.rehearse(look, again=again, about="map")


def save_mapping(door: PageDoor, listing_id: int) -> Response:
    """Save what a listing means; the orders that waited go on."""

    def change(deed: Deed) -> int:
        meaning = read_meaning_form(request.form, items=all_items(deed.session))
        _save(deed, listing_id=listing_id, meaning=meaning)
        return _newest(deed.session, listing_id)

    return _said(door, listing_id, change, did="mapped")


def not_produced(door: PageDoor, listing_id: int) -> Response:
    """Say that a listing is not made here: it is sent, but nothing is made for it."""
    return _said(door, listing_id, partial(_left, listing_id=listing_id, is_ignored=False),
                 did="not_produced")  # fmt: skip


def ignore_listing(door: PageDoor, listing_id: int) -> Response:
    """Say that nothing is sent for a listing at all."""
    return _said(door, listing_id, partial(_left, listing_id=listing_id, is_ignored=True),
                 did="listing_ignored")  # fmt: skip


def draft_mapping(door: PageDoor, listing_id: int) -> Response:
    """Keep what the form says as a draft for the test bench; nothing else changes."""

    def change(deed: Deed) -> None:
        meaning = read_meaning_form(request.form, items=all_items(deed.session))
        set_draft(
            deed.session, listing_id=listing_id, meaning=meaning, who=deed.who, now=deed.now
        )

    return door.press(
        change,
        done=lambda _: went("pages.mapping_bench", "drafted"),
        again=lambda trouble: _page(door, listing_id, trouble=trouble),
        about="map",
        wake=(),
    )


def forget_draft(door: PageDoor, listing_id: int) -> Response:
    """Forget what was tried out of a listing."""
    return door.press(
        lambda deed: drop_draft(deed.session, listing_id=listing_id),
        done=lambda _: went("pages.mapping_bench", "draft_dropped"),
        again=lambda trouble: _page(door, listing_id, trouble=trouble),
        wake=(),
    )


def switch_stock(door: PageDoor, listing_id: int) -> Response:
    """Say whether the shop is told of this one listing how many can be bought."""

    def change(deed: Deed) -> bool:
        publishes = read_publishes()
        publish(
            deed.session, listing_id=listing_id, publishes=publishes, who=deed.who,
            now=deed.now,
        )  # fmt: skip
        return publishes

    return door.press(
        change,
        done=lambda publishes: went(
            "pages.show_listing",
            "stock_told" if publishes else "stock_untold",
            listing_id=listing_id,
        ),
        again=lambda trouble: _page(door, listing_id, trouble=trouble),
        about="stock",
    )


def all_items(session: Session) -> dict[int, Item]:
    """Return every item by id: products first, because those are what is sold."""
    kinds = ("product", "intermediate", "packaging", "material")
    items = session.scalars(select(Item).order_by(Item.name)).all()
    ranked = sorted(items, key=lambda item: (kinds.index(item.kind), item.name))
    return {item.id: item for item in ranked}


def _said(
    door: PageDoor, listing_id: int, change: Callable[[Deed], int], *, did: str
) -> Response:
    return door.press(
        change,
        done=lambda change_id: back_to_queue(did, change=change_id),
        again=lambda trouble: _page(door, listing_id, trouble=trouble),
        about="map",
    )


def back_to_queue(did: str, *, change: int = 0) -> Response:
    """Go on to the queue as it was shown, which says what was done and offers to take it back."""
    kept = {
        name: request.form.get(f"keep-{name}", "")[:200]
        for name in ("state", "q", "channel")
    }
    query = {name: value for name, value in kept.items() if value}
    if change:
        query["change"] = str(change)
    where = url_for("pages.mapping_queue", did=did, **query)  # type: ignore[arg-type]
    return make_response(redirect(where, code=303))


def _save(deed: Deed, *, listing_id: int, meaning: Meaning) -> Sequence[int]:
    return save(
        deed.session,
        listing_id=listing_id,
        components=meaning.components,
        options=meaning.options,
        said_for=meaning.said_for,
        who=deed.who,
        now=deed.now,
    ).order_ids


def _left(deed: Deed, *, listing_id: int, is_ignored: bool) -> int:
    return save(
        deed.session,
        listing_id=listing_id,
        components=(),
        not_produced=True,
        is_ignored=is_ignored,
        said_for=request.form.get("said_for") or None,
        who=deed.who,
        now=deed.now,
    ).change_id


def _newest(session: Session, listing_id: int) -> int:
    return changes_of(session, listing_id=listing_id, most=1)[0].id


def _page(door: PageDoor, listing_id: int, *, trouble: Trouble | None = None) -> Response:
    is_part = "HX-Request" in request.headers and request.method == "GET"
    template = "mapping/_panel.html" if is_part else "mapping/listing.html"
    with door.reading() as session:
        listing = listing_with_components(session, listing_id=listing_id)
        if listing is None:
            abort(404)
        orders = waiting_orders(session, listing_ids=[listing_id])
        account = session.get_one(ChannelAccount, listing.account_id)
        return show(
            template,
            listing=listing,
            account=account,
            told_stock=told_stock(door.ports, listing, account),
            orders=list(by_id(session, SalesOrder, ids=orders[:MOST_SHOWN]).values()),
            order_count=len(orders),
            worth=waiting_worth(session, listing_ids=[listing_id]).get(listing_id, []),
            held=_held(door, session, listing),
            trouble=trouble,
            **_form(session, listing),
            **_stories(session, listing),
        )


def _form(session: Session, listing: Listing) -> dict[str, object]:
    open_ones = [listing] if listing.matched_by != "person" else []
    known = suggestions_for(session, open_ones).get(listing.id, ())
    names = names_of(session, whos={each.who for one in known for each in one.reasons})
    stands = meaning_of(session, listing)
    draft = draft_of(session, listing_id=listing.id)
    if draft is not None and asked("draft"):
        stands = read_meaning(draft.meaning)
    said = stands.components
    guess = (
        known[0].components if known and not said and listing.state == "unmapped" else said
    )
    filled = [*guess, *([None] * SPARE)][:MOST_COMPONENTS]
    return {
        "suggestions": [(each, why_words(each, names=names)) for each in known],
        "rows": filled,
        "items": all_items(session),
        "stands": stands,
        "has_draft": draft is not None,
        "scopes": SCOPES if listing.sku_key else (),
        "said_for": stands.said_for if listing.matched_by == "person" else "everywhere",
        **_options(session, listing, stands),
    }


def _options(session: Session, listing: Listing, stands: Meaning) -> dict[str, object]:
    """Return what buyers chose, and the choices of recipes that it could fill."""
    query = (
        select(RecipeChoice.option)
        .join(Recipe, Recipe.id == RecipeChoice.recipe_id)
        .where(Recipe.is_active)
        .distinct()
    )
    choices = {folded(each): each for each in session.scalars(query)}
    seen = options_seen(session, listing_id=listing.id)
    for name in stands.options:
        seen.setdefault(name, [])
    by_key = {folded(name): choice for name, choice in stands.options.items()}
    options = [
        (name, values, by_key.get(folded(name), "")) for name, values in seen.items()
    ][:MOST_OPTIONS]
    return {
        "options": options if choices else [],
        "choices": sorted(choices.values()),
        "folded": folded,
    }


def _held(
    door: PageDoor, session: Session, listing: Listing
) -> list[tuple[SalesOrder, str]]:
    """Return the orders that wait although it is mapped, and what their buyers chose wrongly."""
    filled = options_for(session, listing)
    found = []
    for line, order in held_by_choice(session, listing_id=listing.id):
        try:
            chosen_items(session, components_of(listing), filled=filled,
                         said=buyers_choice(line), now=door.now(), opens=False)  # fmt: skip
        except ChoiceUnknown as problem:
            found.append((order, in_their_words(str(problem))))
    return found


def _stories(session: Session, listing: Listing) -> dict[str, object]:
    changes = changes_of(session, listing_id=listing.id, most=MOST_SHOWN)
    return {"stories": told(session, changes, listings={listing.id: listing})}


def told(
    session: Session,
    changes: Sequence[MappingChange],
    *,
    listings: dict[int, Listing],
    looks: bool = True,
) -> list[Story]:
    """Tell savings in words, the newest first: who, what before and after, and how it stands.

    With `looks` it says of the newest that stands of each listing why it cannot be taken back.
    """
    sides = [(read_meaning(each.before), read_meaning(each.after)) for each in changes]
    ids = {part.item_id for pair in sides for side in pair for part in side.components}
    items = by_id(session, Item, ids=ids)
    names = names_of(session, whos={each.who for each in changes})
    newest = {each.listing_id: each.id for each in reversed(changes) if not each.undone_at}
    return [
        Story(
            change=change,
            who=who_words(change.who, names=names),
            before=meaning_words(before, items=items),
            after=meaning_words(after, items=items),
            why_not=_why_not(session, change, listings, newest) if looks else "",
        )
        for change, (before, after) in zip(changes, sides, strict=True)
    ]


def _why_not(
    session: Session,
    change: MappingChange,
    listings: dict[int, Listing],
    newest: dict[int, int],
) -> str:
    if change.id != newest.get(change.listing_id):
        return in_their_words("It was mapped anew since: take that back first.")
    return in_their_words(why_not(session, change, listings[change.listing_id]))


ROUTES: Routes = (
    ("GET", "/mapping/<id:listing_id>", show_listing),
    ("GET", "/mapping/<id:listing_id>/preview", preview_mapping),
    ("POST", "/mapping/<id:listing_id>", save_mapping),
    ("POST", "/mapping/<id:listing_id>/not-produced", not_produced),
    ("POST", "/mapping/<id:listing_id>/ignore", ignore_listing),
    ("POST", "/mapping/<id:listing_id>/stock", switch_stock),
    ("POST", "/mapping/<id:listing_id>/draft", draft_mapping),
    ("POST", "/mapping/<id:listing_id>/draft/forget", forget_draft),
)
