"""Purchases: what to order now, what is on its way, and each order from draft to goods."""

from collections.abc import Callable, Sequence
from functools import partial

from flask import Response, abort, request, url_for
from sqlalchemy.orm import Session

from hub.domain.making.cost import UnitCost
from hub.flow.purchasing.purchase import cancel, close, expect, place
from hub.flow.purchasing.purchase_draft import change_line, draft_suggested
from hub.flow.purchasing.purchase_receive import Arrived, receive
from hub.flow.refusal import Invalid, Refusal
from hub.models.catalogue.item_views import find_items
from hub.models.newest import Window
from hub.models.people.people_views import names_of
from hub.models.people.subject_history import history_of
from hub.models.purchasing.purchase_covers import comes_for
from hub.models.purchasing.purchase_views import (
    PurchaseRow,
    items_sold,
    purchase_rows,
)
from hub.models.records.history import History
from hub.models.records.items import Item
from hub.models.records.purchasing import PurchaseOrder
from hub.web.lists.page import show_list
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    show_live,
    typed,
    went,
)
from hub.web.purchasing.purchase_list import PURCHASES
from hub.web.purchasing.purchase_money import read_cost
from hub.web.wording.event_words import Event, events
from hub.web.wording.formats import read_day, read_quantity
from hub.web.wording.language import gettext

EVERY = 1000
"""A select holds this many; more items than that want a search, not a list."""
TYPED_AS = {
    "code": "code",
    "supplier_lot": "lot",
    "best_before": "best",
    "unit_cost": "cost",
    "currency": "currency",
}
"""The field of a received line that holds what the flow refuses; else it is how much came."""


def order_suggested(door: PageDoor, supplier_id: int) -> Response:
    """Order all that is suggested of a supplier, or only write it as a draft."""
    is_draft = typed("draft") == "1"

    def change(deed: Deed) -> int:
        made = draft_suggested(
            deed.session,
            supplier_id=supplier_id,
            today=door.today(),
            who=deed.who,
            now=deed.now,
        )
        if not is_draft:
            _place(door, deed, made)
        return made

    return door.press(
        change,
        done=lambda made: went(
            "pages.show_purchase",
            "purchase_drafted" if is_draft else "purchase_placed",
            purchase_order_id=made,
        ),
        again=lambda trouble: show_list(door, PURCHASES, trouble=trouble),
        about=f"order-{supplier_id}",
    )


def show_purchase(door: PageDoor, purchase_order_id: int) -> Response:
    """Show one purchase order: what came, what is still to come, and for whom."""
    return _page(door, purchase_order_id)


def change_purchase_line(door: PageDoor, purchase_order_id: int) -> Response:
    """Change how much of an item a draft asks for, or add one."""
    return _press(
        door, purchase_order_id, _change_line, did="purchase_changed", about="line"
    )


def place_purchase(door: PageDoor, purchase_order_id: int) -> Response:
    """Note that a draft was sent to its supplier."""
    change = partial(_place, door)
    return _press(door, purchase_order_id, change, did="purchase_placed", about="place")


def expect_purchase(door: PageDoor, purchase_order_id: int) -> Response:
    """Change the day on which what is still to come is expected."""
    change = partial(_expect, door)
    return _press(door, purchase_order_id, change, did="purchase_expected", about="expect")


def receive_purchase(door: PageDoor, purchase_order_id: int) -> Response:
    """Take in what came, a lot for each line that is filled in."""
    change = partial(_receive, door)
    return _press(door, purchase_order_id, change, did="received", about="receive")


def close_purchase(door: PageDoor, purchase_order_id: int) -> Response:
    """Expect no more of an order."""
    return _press(door, purchase_order_id, _close, did="purchase_closed", about="close")


def cancel_purchase(door: PageDoor, purchase_order_id: int) -> Response:
    """Call an order off."""
    return _press(
        door, purchase_order_id, _cancel, did="purchase_cancelled", about="cancel"
    )


def _place(door: PageDoor, deed: Deed, purchase_order_id: int) -> None:
    place(
        deed.session,
        purchase_order_id=purchase_order_id,
        expected_on=read_day(typed("expected_on"), field="expected_on"),
        today=door.today(),
        who=deed.who,
        now=deed.now,
    )


def _expect(door: PageDoor, deed: Deed, purchase_order_id: int) -> None:
    expected_on = read_day(typed("expected_on"), field="expected_on")
    if expected_on is None:
        raise Invalid(gettext("Write a date such as 2026-11-30."), field="expected_on")
    expect(
        deed.session,
        purchase_order_id=purchase_order_id,
        expected_on=expected_on,
        today=door.today(),
        who=deed.who,
        now=deed.now,
    )


def _change_line(deed: Deed, purchase_order_id: int) -> None:
    item = chosen_item(deed.session)
    quantity = read_quantity(typed("quantity"), base=item.unit, field="quantity")
    change_line(
        deed.session,
        purchase_order_id=purchase_order_id,
        item_id=item.id,
        quantity=quantity,
        unit_cost=read_cost(
            typed("price"), quantity=quantity, currency=typed("currency"), field="price"
        ),
        who=deed.who,
        now=deed.now,
    )


def chosen_item(session: Session) -> Item:
    """Return the item that a form's list names.

    :raises Invalid: it names none.
    """
    chosen = typed("item")
    found = (
        session.get(Item, int(chosen)) if chosen.isdigit() and len(chosen) < 19 else None
    )
    if found is None:
        raise Invalid(gettext("Choose an item of the list."), field="item")
    return found


def _receive(door: PageDoor, deed: Deed, purchase_order_id: int) -> list[int]:
    row = _row(deed.session, purchase_order_id)
    arrived: list[Arrived] = []
    line_ids: list[int] = []
    for each in row.lines:
        line, item = each.line, each.item
        written = typed(f"came-{line.id}")
        came = read_quantity(written or "0", base=item.unit, field=f"came-{line.id}")
        if not came:
            continue
        line_ids.append(line.id)
        arrived.append(
            Arrived(
                item_id=item.id,
                quantity=came,
                supplier_lot=typed(f"lot-{line.id}", longest=64),
                best_before=read_day(typed(f"best-{line.id}"), field=f"best-{line.id}"),
                code=typed(f"code-{line.id}", longest=64) or None,
                unit_cost=_cost_of(line.id, came=came),
                seen=_seen(line.id),
            )
        )
    try:
        return receive(
            deed.session,
            purchase_order_id=purchase_order_id,
            arrived=arrived,
            who=deed.who,
            now=deed.now,
            zone=door.zone,
        )
    except Refusal as refusal:
        refusal.field = _typed_at(refusal.field, line_ids)
        raise


def _typed_at(field: str, line_ids: Sequence[int]) -> str:
    """Name the field of the form that was refused: "code-7" for "lines.0.code"."""
    lines, _, rest = field.partition(".")
    position, _, name = rest.partition(".")
    if lines != "lines" or not position.isdigit():
        return field
    return f"{TYPED_AS.get(name, 'came')}-{line_ids[int(position)]}"


def _cost_of(line_id: int, *, came: int) -> UnitCost | None:
    """Read what so much cost, if it was not what had been ordered."""
    return read_cost(
        typed(f"cost-{line_id}"),
        quantity=came,
        currency=typed(f"currency-{line_id}"),
        field=f"cost-{line_id}",
        currency_field=f"currency-{line_id}",
    )


def _seen(line_id: int) -> int | None:
    """Read what the page said had come before, in thousandths."""
    seen = request.form.get(f"seen-{line_id}", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else None


def _close(deed: Deed, purchase_order_id: int) -> None:
    close(
        deed.session,
        purchase_order_id=purchase_order_id,
        reason=typed("reason"),
        who=deed.who,
        now=deed.now,
    )


def _cancel(deed: Deed, purchase_order_id: int) -> None:
    cancel(
        deed.session,
        purchase_order_id=purchase_order_id,
        reason=typed("reason"),
        who=deed.who,
        now=deed.now,
    )


def _press(
    door: PageDoor,
    purchase_order_id: int,
    change: Callable[[Deed, int], object],
    *,
    did: str,
    about: str,
) -> Response:
    return door.press(
        lambda deed: change(deed, purchase_order_id),
        done=lambda _: went(
            "pages.show_purchase", did, purchase_order_id=purchase_order_id
        ),
        again=lambda trouble: _page(door, purchase_order_id, trouble=trouble),
        about=about,
    )


def _page(
    door: PageDoor, purchase_order_id: int, *, trouble: Trouble | None = None
) -> Response:
    with door.reading() as session:
        row = _row(session, purchase_order_id)
        lines = [each.line.id for each in row.lines]
        every = find_items(session, kind="", text="", window=Window(EVERY)).rows
        sold = items_sold(session, supplier_ids=[row.supplier.id])
        return show_live(
            "purchases/purchase.html",
            "purchases/_purchase.html",
            here=url_for("pages.show_purchase", purchase_order_id=purchase_order_id),
            row=row,
            order=row.order,
            sold={item.id for _, item in sold.get(row.supplier.id, [])},
            for_whom=comes_for(session, line_ids=lines),
            every=sorted(every, key=lambda item: item.name),
            events=_events(session, row.order),
            today=door.today(),
            trouble=trouble,
        )


def _row(session: Session, purchase_order_id: int) -> PurchaseRow:
    order = session.get(PurchaseOrder, purchase_order_id) or abort(404)
    return purchase_rows(session, orders=[order])[0]


def _events(session: Session, order: PurchaseOrder) -> list[Event]:
    rows: list[History] = history_of(session, subject="purchase_order", subject_id=order.id)
    actors = names_of(session, whos={row.who for row in rows})
    return events(rows, runs={}, actors=actors)


ROUTES: Routes = (
    ("POST", "/purchases/order/<id:supplier_id>", order_suggested),
    ("GET", "/purchases/<id:purchase_order_id>", show_purchase),
    ("POST", "/purchases/<id:purchase_order_id>/lines", change_purchase_line),
    ("POST", "/purchases/<id:purchase_order_id>/place", place_purchase),
    ("POST", "/purchases/<id:purchase_order_id>/expected", expect_purchase),
    ("POST", "/purchases/<id:purchase_order_id>/receive", receive_purchase),
    ("POST", "/purchases/<id:purchase_order_id>/close", close_purchase),
    ("POST", "/purchases/<id:purchase_order_id>/cancel", cancel_purchase),
)
