"""Mapping many listings at once, taking back, the story of all mappings, and the table of them."""

from collections.abc import Callable

from flask import Response, request

from hub.flow.meaning.mapping_bulk import SavedMany, save_many
from hub.flow.meaning.mapping_meaning import Meaning
from hub.flow.meaning.mapping_undo import Undone, undo_change, undo_last
from hub.flow.refusal import Invalid
from hub.models.by_id import as_id
from hub.models.meaning.mapping_queries import all_changes, suggestions_for
from hub.models.meaning.mapping_queue import TABS, Asked, listings_by_id
from hub.models.newest import Window
from hub.web.meaning.mapping_edit import back_to_queue, told
from hub.web.meaning.mapping_file import give_mappings
from hub.web.page_door import Deed, PageDoor, Routes, Trouble, asked, asked_id, show

PAGE = 40


def map_many(door: PageDoor) -> Response:
    """Do with all listings that were chosen what was pressed: first suggestion, or leave them."""
    return door.press(
        _map_many,
        done=lambda saved: back_to_queue("mapped_many", change=saved.change_ids[0]),
        again=_again,
        about="many",
    )


def undo_mapping(door: PageDoor, change_id: int) -> Response:
    """Take back one saving, with all that were saved by the same press."""
    return _undo(door, lambda deed: undo_change(
        deed.session, change_id=change_id, who=deed.who, now=deed.now))  # fmt: skip


def undo_last_mapping(door: PageDoor) -> Response:
    """Take back the last that whoever presses it said."""
    return _undo(door, lambda deed: undo_last(deed.session, who=deed.who, now=deed.now))


def mapping_history(door: PageDoor) -> Response:
    """Show who said what of which listing, the newest first."""
    with door.reading() as session:
        page = all_changes(session, window=Window(PAGE, asked_id("after")))
        listings = listings_by_id(session, ids={each.listing_id for each in page.rows})
        return show(
            "mapping/history.html",
            stories=told(session, page.rows, listings=listings, looks=False),
            listings=listings,
            next=page.next,
        )


def mapping_table(door: PageDoor) -> Response:
    """Give the listings that were asked for as CSV, as Tables reads them back."""
    state = request.args.get("state", "")
    wanted = Asked(
        tab=state if state in TABS else "", text=asked("q"), channel=asked("channel")
    )
    return give_mappings(door, wanted=wanted)


def _map_many(deed: Deed) -> SavedMany:
    ids = {found for each in request.form.getlist("listing") if (found := as_id(each))}
    deeds = {"first": _first, "not_produced": _left, "ignore": _ignored}
    chosen = deeds.get(request.form.get("deed", ""))
    if chosen is None:
        raise Invalid("Choose what to do with them.", field="deed")
    return save_many(deed.session, meanings=chosen(deed, ids), who=deed.who, now=deed.now)


def _first(deed: Deed, ids: set[int]) -> dict[int, Meaning]:
    """Take the first suggestion of each; one that has none is left as it is."""
    # Where a SKU means two things a person chooses between them, one by one.
    listings = [
        each
        for each in listings_by_id(deed.session, ids=ids).values()
        if each.state != "suggested"
    ]
    known = suggestions_for(deed.session, listings, most=1)
    found = {
        listing_id: Meaning(components=best[0].components)
        for listing_id, best in known.items()
        if best
    }
    if ids and not found:
        raise Invalid("None of them has a suggestion that is sure enough.", field="listing")
    return found


def _left(_deed: Deed, ids: set[int]) -> dict[int, Meaning]:
    meaning = Meaning(state="not_produced", said_for="listing")
    return dict.fromkeys(ids, meaning)


def _ignored(_deed: Deed, ids: set[int]) -> dict[int, Meaning]:
    meaning = Meaning(state="not_produced", is_ignored=True, said_for="listing")
    return dict.fromkeys(ids, meaning)


def _undo(door: PageDoor, deed: Callable[[Deed], Undone]) -> Response:
    return door.press(
        deed,
        done=lambda _: back_to_queue("mapping_undone"),
        again=_again,
        about="undo",
    )


def _again(trouble: Trouble) -> Response:
    return show("mapping/refused.html", trouble=trouble)


ROUTES: Routes = (
    ("POST", "/mapping/many", map_many),
    ("POST", "/mapping/undo", undo_last_mapping),
    ("POST", "/mapping/changes/<id:change_id>/undo", undo_mapping),
    ("GET", "/mapping/history", mapping_history),
    ("GET", "/mapping/table.csv", mapping_table),
)
