"""Suppliers: who they are, what they sell and how, and an order of them by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flask import Response, abort, request
from sqlalchemy.orm import Session

from hub.domain.purchasing import cost_of
from hub.flow.catalogue.suppliers import add_supplier, change_supplier, offer
from hub.flow.purchasing.purchase_draft import Wanted, draft
from hub.models.by_id import as_id
from hub.models.catalogue.item_views import find_items
from hub.models.newest import Window
from hub.models.people.people_views import names_of
from hub.models.people.subject_history import history_of
from hub.models.purchasing.purchase_views import find_purchases, items_sold, purchase_rows
from hub.models.records.items import Item
from hub.models.records.purchasing import Supplier, SupplierItem
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    asked_id,
    show,
    typed,
    went,
)
from hub.web.purchasing.purchase_money import exact_price, pack_of, read_cost
from hub.web.purchasing.purchase_page import chosen_item
from hub.web.wording.event_words import Event, events
from hub.web.wording.formats import read_pieces, read_quantity

ROWS = 20
EVERY = 1000
"""A select holds this many; more items than that want a search, not a list."""


@dataclass(frozen=True, slots=True)
class Sold:
    """How a supplier sells an item, as a page writes it and its form begins."""

    offer: SupplierItem
    item: Item

    @property
    def pack(self) -> int:
        """For how much the price is written; thousandths."""
        return pack_of(multiple=self.offer.multiple, base=self.item.unit)

    @property
    def cost(self) -> int | None:
        """What a pack costs, in millionths."""
        return cost_of(self.pack, unit_cost_micros=self.offer.unit_cost_micros)

    @property
    def price(self) -> str:
        """The same as the form's field has it."""
        return exact_price(self.offer.unit_cost_micros, self.pack)


def add_supplier_page(door: PageDoor) -> Response:  # noqa: ARG001 - every view's signature
    """Show the form of a new supplier."""
    return show("purchases/add_supplier.html")


def create_supplier(door: PageDoor) -> Response:
    """Add somebody to buy from."""
    return door.press(
        _add,
        done=lambda made: went("pages.show_supplier", "supplier_added", supplier_id=made),
        again=lambda trouble: show("purchases/add_supplier.html", trouble=trouble),
        about="supplier",
    )


def show_supplier(door: PageDoor, supplier_id: int) -> Response:
    """Show one supplier: what they sell, and what was ordered of them."""
    return _page(door, supplier_id)


def edit_supplier(door: PageDoor, supplier_id: int) -> Response:
    """Change what is known of a supplier."""
    return _press(door, supplier_id, _change, did="supplier_saved", about="supplier")


def offer_item(door: PageDoor, supplier_id: int) -> Response:
    """Write down how a supplier sells an item."""
    return _press(door, supplier_id, _offer, did="supplier_saved", about="offer")


def order_by_hand(door: PageDoor, supplier_id: int) -> Response:
    """Begin an order of a supplier with one item."""
    return door.press(
        partial(_draft, supplier_id=supplier_id),
        done=lambda made: went(
            "pages.show_purchase", "purchase_drafted", purchase_order_id=made
        ),
        again=lambda trouble: _page(door, supplier_id, trouble=trouble),
        about="order",
    )


def _add(deed: Deed) -> int:
    name = typed("name")
    return add_supplier(
        deed.session,
        code=typed("code") or name.replace("/", "-")[:60],
        name=name,
        email=typed("email"),
        currency=typed("currency"),
        who=deed.who,
        now=deed.now,
    )


def _change(deed: Deed, supplier_id: int) -> None:
    change_supplier(
        deed.session,
        supplier_id=supplier_id,
        name=typed("name"),
        email=typed("email"),
        currency=typed("currency"),
        note=typed("note"),
        is_active=typed("is_active") == "1",
        who=deed.who,
        now=deed.now,
    )


def _offer(deed: Deed, supplier_id: int) -> None:
    item = chosen_item(deed.session)
    pack = typed("multiple")
    priced = typed("priced_for")
    read = partial(read_quantity, base=item.unit)
    offer(
        deed.session,
        supplier_id=supplier_id,
        item_id=item.id,
        supplier_code=typed("supplier_code", longest=200),
        lead_time_days=_days("lead_time_days"),
        smallest=read(typed("smallest") or "0", field="smallest"),
        multiple=read(pack, field="multiple") if pack else 1,
        unit_cost=read_cost(
            typed("price"),
            quantity=read(priced, field="priced_for") if priced else 0,
            currency=typed("currency"),
            field="price",
        ),
        is_preferred=typed("preferred") == "1",
        who=deed.who,
        now=deed.now,
    )


def _draft(deed: Deed, *, supplier_id: int) -> int:
    item = chosen_item(deed.session)
    quantity = read_quantity(typed("quantity"), base=item.unit, field="quantity")
    return draft(
        deed.session,
        supplier_id=supplier_id,
        lines=[Wanted(item_id=item.id, quantity=quantity)],
        who=deed.who,
        now=deed.now,
    )


def _days(name: str) -> int | None:
    written = typed(name)
    return read_pieces(written, field=name) if written else None


def _press(
    door: PageDoor,
    supplier_id: int,
    change: Callable[[Deed, int], None],
    *,
    did: str,
    about: str,
) -> Response:
    return door.press(
        lambda deed: change(deed, supplier_id),
        done=lambda _: went("pages.show_supplier", did, supplier_id=supplier_id),
        again=lambda trouble: _page(door, supplier_id, trouble=trouble),
        about=about,
    )


def _chosen(sold: list[tuple[SupplierItem, Item]]) -> Sold | None:
    """Return what the page's address says is to be changed; None for something new."""
    wanted = asked_id("item") or as_id(request.form.get("item", ""))
    return next((Sold(*each) for each in sold if each[1].id == wanted), None)


def _story(session: Session, supplier_id: int) -> list[Event]:
    rows = history_of(session, subject="supplier", subject_id=supplier_id)[-ROWS:]
    return events(rows, runs={}, actors=names_of(session, whos={row.who for row in rows}))


def _page(door: PageDoor, supplier_id: int, *, trouble: Trouble | None = None) -> Response:
    with door.reading() as session:
        supplier = session.get(Supplier, supplier_id) or abort(404)
        found = find_purchases(
            session, state="", supplier_id=supplier_id, window=Window(ROWS)
        )
        every = find_items(session, kind="", text="", window=Window(EVERY)).rows
        sold = items_sold(session, supplier_ids=[supplier_id]).get(supplier_id, [])
        return show(
            "purchases/supplier.html",
            supplier=supplier,
            sold=[Sold(offer, item) for offer, item in sold],
            chosen=_chosen(sold),
            story=_story(session, supplier_id),
            purchases=purchase_rows(session, orders=found.rows),
            every=sorted(every, key=lambda item: item.name),
            trouble=trouble,
        )


ROUTES: Routes = (
    ("GET", "/suppliers/add", add_supplier_page),
    ("POST", "/suppliers/add", create_supplier),
    ("GET", "/suppliers/<id:supplier_id>", show_supplier),
    ("POST", "/suppliers/<id:supplier_id>", edit_supplier),
    ("POST", "/suppliers/<id:supplier_id>/items", offer_item),
    ("POST", "/suppliers/<id:supplier_id>/order", order_by_hand),
)
