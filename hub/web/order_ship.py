"""The form of a parcel: everything of an order that is ready, to be changed, and off it goes."""

from dataclasses import dataclass
from functools import partial

from flask import Response, abort, request

from hub.flow.pack import ready_pieces
from hub.flow.refusal import Invalid
from hub.flow.ship import ship
from hub.models.order_views import order_page
from hub.models.packing import PackLine, pack_lines
from hub.models.sent import shipments_of
from hub.web.formats import read_pieces
from hub.web.page_door import Deed, PageDoor, Routes, Trouble, show, typed, went
from mapping.effects import Tracking


def ship_page(door: PageDoor, order_id: int) -> Response:
    """Show the form of a parcel: everything that is ready, to be changed."""
    return _ship_page(door, order_id)


def ship_order(door: PageDoor, order_id: int) -> Response:
    """Write down that a parcel left."""
    return door.press(
        partial(_ship, door, order_id=order_id),
        done=lambda _: went("pages.show_order", "shipped", order_id=order_id),
        again=lambda trouble: _ship_page(door, order_id, trouble=trouble),
        about="ship",
    )


def _ship(door: PageDoor, deed: Deed, *, order_id: int) -> int:
    tracking = Tracking(
        carrier=typed("carrier"), number=typed("tracking"), url=typed("tracking_url")
    )
    return ship(
        deed.session,
        order_id=order_id,
        lines=_chosen(),
        tracking=tracking,
        notify=bool(typed("notify")),
        who=deed.who,
        now=deed.now,
        seen=read_pieces(typed("seen"), field="seen"),
        zone=door.ports.settings.zone,
    )


def _chosen() -> dict[int, int]:
    """Read the pieces of each line that go into the parcel; those of 0 stay here."""
    chosen: dict[int, int] = {}
    for name, value in request.form.items():
        kind, _, number = name.partition("-")
        if kind == "line" and number.isascii() and number.isdigit() and len(number) <= 18:
            pieces = read_pieces(value, field=name)
            chosen |= {int(number): pieces} if pieces else {}
    if not chosen:
        raise Invalid(
            "Say which lines are in the parcel, or leave them out.", field="lines"
        )
    return chosen


@dataclass(frozen=True, slots=True)
class ReadyLine:
    """A line as the parcel's form shows it."""

    pack: PackLine
    ready: int


def _ship_page(
    door: PageDoor, order_id: int, *, trouble: Trouble | None = None
) -> Response:
    with door.reading() as session:
        page = order_page(session, order_id=order_id) or abort(404)
        lines = [
            ReadyLine(line, ready_pieces(line, on=door.today()))
            for line in pack_lines(session, order_id=order_id)
            if line.open_pieces
        ]
        return show(
            "orders/ship.html",
            page=page,
            order=page.facts.order,
            lines=lines,
            seen=len(shipments_of(session, order_id=order_id)),
            trouble=trouble,
        )


ROUTES: Routes = (
    ("GET", "/orders/<id:order_id>/ship", ship_page),
    ("POST", "/orders/<id:order_id>/ship", ship_order),
)
