"""The palette: any page, any order, lot or item by a few letters, without leaving the keyboard."""

from collections.abc import Mapping

from flask import Response, current_app, request, url_for

from hub.models.today.find_views import Hit, find
from hub.web.guard.browser_session import me
from hub.web.guard.page_roles import PEOPLE, may_open
from hub.web.menu import EVERYWHERE, Way, ways
from hub.web.page_door import PageDoor, Routes, asked, show
from hub.web.wording.language import N_, gettext

MOST = 5
LEADS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "order": (("show_order", "order_id"),),
    "run": (("show_run", "run_id"),),
    "shipment": (("show_shipment", "shipment_id"),),
    "purchase": (("show_purchase", "purchase_order_id"),),
    "lot": (("show_lot", "lot_id"), ("show_trace", "lot_id")),
    "item": (("show_item", "item_id"),),
    "customer": (("show_customer", "customer_id"),),
    "supplier": (("show_supplier", "supplier_id"),),
    "listing": (("show_listing", "listing_id"),),
}
"""Where each kind of thing has its page, best first, and what its address calls the id."""

KINDS: Mapping[str, str] = {
    "page": N_("Page"),
    "order": N_("Order"),
    "run": N_("Run"),
    "shipment": N_("Parcel"),
    "purchase": N_("Purchase"),
    "lot": N_("Lot"),
    "item": N_("Item"),
    "customer": N_("Customer"),
    "supplier": N_("Supplier"),
    "listing": N_("Listing"),
}


def find_anything(door: PageDoor) -> Response:
    """Show the pages and things whose names fit the words, as a page or as the palette's list."""
    words = asked("q")
    with door.reading() as session:
        is_people = me().role in PEOPLE
        hits = find(session, words=words, with_people=is_people, most=MOST) if words else []
        rows = [*map(_page_row, _fitting(words)), *_rows(hits)]
    part = "HX-Request" in request.headers
    return show("find/_rows.html" if part else "find/find.html", rows=rows, words=words)


def _fitting(words: str) -> list[Way]:
    folded = words.casefold()
    return [way for way in ways(EVERYWHERE) if folded in way.label.casefold()]


def _page_row(way: Way) -> dict[str, str]:
    return {
        "kind": gettext(KINDS["page"]), "name": way.label, "more": "", "address": way.address,
        "key": way.key,
    }  # fmt: skip


def _rows(hits: list[Hit]) -> list[dict[str, str]]:
    rows = []
    for hit in hits:
        if address := _address(hit):
            rows.append(
                {
                    "kind": gettext(KINDS[hit.kind]), "name": hit.name or "–",
                    "more": hit.more, "address": address, "key": "",
                }
            )  # fmt: skip
    return rows


def _address(hit: Hit) -> str:
    for view, name in LEADS[hit.kind]:
        endpoint = f"pages.{view}"
        is_there = endpoint in current_app.view_functions
        if is_there and may_open(me().role, view=endpoint):
            return url_for(endpoint, **{name: str(hit.id)})  # type: ignore[arg-type]
    return ""


ROUTES: Routes = (("GET", "/find", find_anything),)
