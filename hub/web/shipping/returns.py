"""Goods of a parcel that came back: how many, and what becomes of them."""

from functools import partial

from flask import Response, request

from hub.flow.refusal import Invalid
from hub.flow.shipping.take_back import Back, Fate, take_back
from hub.web.page_door import Deed, PageDoor, Routes, typed, went
from hub.web.shipping.shipment_page import shipment_page
from hub.web.wording.formats import read_pieces
from hub.web.wording.language import gettext


def return_goods(door: PageDoor, shipment_id: int) -> Response:
    """Take goods of a parcel in again."""
    return door.press(
        partial(_take, shipment_id=shipment_id),
        done=lambda _: went("pages.show_shipment", "returned", shipment_id=shipment_id),
        again=lambda trouble: shipment_page(door, shipment_id, trouble=trouble),
        about="return",
    )


def _take(deed: Deed, *, shipment_id: int) -> None:
    fate = typed("fate")
    if fate not in set(Fate):
        raise Invalid(gettext("Say what becomes of it."), field="fate")
    take_back(
        deed.session,
        shipment_id=shipment_id,
        lines=_lines(Fate(fate)),
        reason=typed("reason"),
        who=deed.who,
        now=deed.now,
    )


def _lines(fate: Fate) -> list[Back]:
    """Read the pieces of each line that came back; lines of 0 did not."""
    found: list[Back] = []
    for name, value in request.form.items():
        kind, _, number = name.partition("-")
        is_id = number.isascii() and number.isdigit() and len(number) <= 18
        pieces = read_pieces(value, field=name) if kind == "back" and is_id else 0
        if pieces:
            found.append(Back(order_line_id=int(number), pieces=pieces, fate=fate))
    return found


ROUTES: Routes = (("POST", "/shipments/<id:shipment_id>/return", return_goods),)
