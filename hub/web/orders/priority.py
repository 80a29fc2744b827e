"""Who goes first: another place for an order, with who wins and who loses what shown before."""

from flask import Response, abort
from sqlalchemy.orm import Session

from hub.flow.orders.prioritise import Prioritised, prioritise
from hub.models.by_id import by_id
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.web.page_door import Deed, PageDoor, Routes, Trouble, show, typed, went
from hub.web.wording.formats import read_pieces


def priority_page(door: PageDoor, order_id: int) -> Response:
    """Show an order's place and the form of another."""
    return _page(door, order_id)


def look_priority(door: PageDoor, order_id: int) -> Response:
    """Show who would win and who would lose. This function will change nothing."""
    return door.rehearse(
        lambda deed: _shown(deed.session, _place(door, deed, order_id)),
        again=lambda trouble: _page(door, order_id, trouble=trouble),
        about="priority",
    )


def place_order(door: PageDoor, order_id: int) -> Response:
    """Give an order its new place and plan anew."""
    return door.press(
        lambda deed: _place(door, deed, order_id),
        done=lambda _: went("pages.show_order", "placed", order_id=order_id),
        again=lambda trouble: _page(door, order_id, trouble=trouble),
        about="priority",
    )


def _place(door: PageDoor, deed: Deed, order_id: int) -> Prioritised:
    return prioritise(
        deed.session,
        order_id=order_id,
        priority=read_pieces(typed("priority"), field="priority"),
        reason=typed("reason"),
        who=deed.who,
        now=deed.now,
        zone=door.zone,
        channels=door.ports.channels,
    )


def _shown(session: Session, done: Prioritised) -> Response:
    shares = {share.item_id for effect in done.effects for share in effect.shares}
    people = {each for gift in done.gifts for each in (gift.giver, gift.taker)}
    return show(
        "orders/priority.html",
        order=session.get_one(SalesOrder, done.order_id),
        priority=done.after,
        done=done,
        items=by_id(session, Item, ids=shares | {gift.item_id for gift in done.gifts}),
        orders=by_id(session, SalesOrder, ids=people),
    )


def _page(door: PageDoor, order_id: int, *, trouble: Trouble | None = None) -> Response:
    with door.reading() as session:
        order = session.get(SalesOrder, order_id) or abort(404)
        return show(
            "orders/priority.html",
            order=order,
            priority=order.priority,
            done=None,
            trouble=trouble,
        )


ROUTES: Routes = (
    ("GET", "/orders/<id:order_id>/priority", priority_page),
    ("POST", "/orders/<id:order_id>/priority/look", look_priority),
    ("POST", "/orders/<id:order_id>/priority", place_order),
)
