"""The form of a parcel: everything of an order that is ready, to be changed, and off it goes."""

from dataclasses import dataclass
from functools import partial

from flask import Response, abort, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.refusal import Invalid
from hub.flow.shipping.pack import ready_pieces
from hub.flow.shipping.ship import ship
from hub.models.by_id import by_id
from hub.models.orders.order_views import order_page
from hub.models.planning.held import Held
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.models.shipping.packing import PackLine, pack_lines
from hub.models.shipping.sent import shipments_of
from hub.web.orders.shop_says import NO_SHOP
from hub.web.page_door import Deed, PageDoor, Routes, Trouble, show, typed, went
from hub.web.wording.formats import read_pieces
from mapping.effects import Tracking


def ship_page(door: PageDoor, order_id: int) -> Response:
    """Show the form of a parcel: everything that is ready, to be changed."""
    return _ship_page(door, order_id)


def ship_order(door: PageDoor, order_id: int) -> Response:
    """Write down that a parcel left."""
    return door.press(
        partial(_ship, door, order_id=order_id),
        done=lambda told: went("pages.show_order", told, order_id=order_id),
        again=lambda trouble: _ship_page(door, order_id, trouble=trouble),
        about="ship",
    )


def _ship(door: PageDoor, deed: Deed, *, order_id: int) -> str:
    """Write the parcel down, and name what was done: whether a shop is told of it too."""
    tracking = Tracking(
        carrier=typed("carrier"), number=typed("tracking"), url=typed("tracking_url")
    )
    ship(
        deed.session,
        order_id=order_id,
        lines=_chosen(),
        tracking=tracking,
        notify=bool(typed("notify")),
        who=deed.who,
        now=deed.now,
        seen=read_pieces(typed("seen"), field="seen"),
        zone=door.zone,
    )
    return "shipped" if _has_shop(deed.session, order_id) else "shipped_here"


def _has_shop(session: Session, order_id: int) -> bool:
    """Say whether there is a shop that shows the order, and can write to its buyer."""
    query = (
        select(ChannelAccount.channel)
        .join(SalesOrder, SalesOrder.account_id == ChannelAccount.id)
        .where(SalesOrder.id == order_id)
    )
    return session.scalar(query) not in NO_SHOP


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

    @property
    def lots(self) -> list[Held]:
        """Where its pieces lie."""
        return [each for one in self.pack.demands for each in one.held]


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
        items = {each.item_id for line in lines for each in line.lots}
        return show(
            "orders/ship.html",
            items=by_id(session, Item, ids=items),
            has_shop=page.account.channel not in NO_SHOP,
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
