"""Stock: what there is of each item, its lots and their ledger, and how it is made."""

from collections.abc import Callable
from functools import partial

from flask import Response, abort
from sqlalchemy.orm import Session

from hub.domain.catalogue.recipe import RecipeLine
from hub.domain.stock.counting import CountReason
from hub.domain.stock.lot_states import LotState
from hub.flow.catalogue.catalogue import add_recipe
from hub.flow.catalogue.items import KINDS, POLICIES, UNITS, add_item
from hub.flow.meaning.map_lines import map_held
from hub.flow.refusal import Invalid, SomebodyWasFirst
from hub.flow.stock.stock import adjust, receive, set_lot_state
from hub.models.records.items import Item
from hub.models.records.stock import Lot
from hub.models.stock.lots import lots_by_id
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    show,
    typed,
    went,
)
from hub.web.stock.item_page import RECIPE_ROWS, item_page
from hub.web.stock.lot_page import lot_page
from hub.web.wording.formats import read_day, read_pieces, read_quantity
from hub.web.wording.language import gettext
from mapping.units import parse_percent


def add_item_page(door: PageDoor) -> Response:  # noqa: ARG001 - every view's signature
    """Show the form of a new item."""
    return _add_page()


def create_item(door: PageDoor) -> Response:
    """Add something to hold in stock."""
    return door.press(
        _add,
        done=lambda item_id: went("pages.show_item", "item_added", item_id=item_id),
        again=lambda trouble: _add_page(trouble=trouble),
        about="item",
    )


def show_item(door: PageDoor, item_id: int) -> Response:
    """Show one item: its figures, lots, recipe and ledger."""
    return item_page(door, item_id)


def write_recipe(door: PageDoor, item_id: int) -> Response:
    """Write down how an item is made; the version before is kept and no longer used."""
    return _press(door, item_id, _recipe, did="recipe_written", about="recipe")


def receive_lot(door: PageDoor, item_id: int) -> Response:
    """Take goods in as a new lot."""
    change = partial(_receive, door)
    return _press(door, item_id, change, did="received", about="receive")


def adjust_lot(door: PageDoor, item_id: int, lot_id: int) -> Response:
    """Put a lot right by what was counted."""
    return press_lot(door, item_id, lot_id, _adjust, did="adjusted", about="count")


def change_lot(door: PageDoor, item_id: int, lot_id: int) -> Response:
    """Put a lot aside, call it back, or let it go again."""
    return press_lot(door, item_id, lot_id, _change, did="lot_changed", about="state")


def press_lot(
    door: PageDoor,
    item_id: int,
    lot_id: int,
    change: Callable[[Deed, Item, Lot], None],
    *,
    did: str,
    about: str,
) -> Response:
    """Do something to a lot of an item, and show the lot; another item's lot is not there."""

    def work(deed: Deed) -> None:
        lot = deed.session.get(Lot, lot_id)
        if lot is None or lot.item_id != item_id:
            abort(404)
        change(deed, _item(deed.session, item_id), lot)

    return door.press(
        work,
        done=lambda _: went("pages.show_trace", did, lot_id=lot_id),
        again=lambda trouble: lot_page(door, lot_id, trouble=trouble),
        about=about,
    )


def _add(deed: Deed) -> int:
    unit = typed("unit")
    return add_item(
        deed.session,
        code=typed("code"),
        name=typed("name"),
        kind=typed("kind"),
        unit=unit,
        policy=typed("policy") or POLICIES[0],
        shelf_life_days=_days("shelf_life_days"),
        lead_time_days=_days("lead_time_days"),
        reorder_point=read_quantity(
            typed("reorder_point") or "0",
            base=unit if unit in UNITS else UNITS[0],
            field="reorder_point",
        ),
        who=deed.who,
        now=deed.now,
    )


def _days(name: str) -> int | None:
    written = typed(name)
    return read_pieces(written, field=name) if written else None


def _receive(door: PageDoor, deed: Deed, item_id: int) -> None:
    item = _item(deed.session, item_id)
    receive(
        deed.session,
        item_id=item_id,
        quantity=read_quantity(typed("quantity"), base=item.unit, field="quantity"),
        code=typed("code", longest=64) or None,
        best_before=read_day(typed("best_before"), field="best_before"),
        supplier_lot=typed("supplier_lot", longest=64),
        who=deed.who,
        now=deed.now,
        zone=door.zone,
    )


def _adjust(deed: Deed, item: Item, lot: Lot) -> None:
    now = lots_by_id(deed.session, lot_ids=[lot.id])[lot.id]
    seen = read_quantity(typed("seen"), base=item.unit, field="seen")
    if now.on_hand != seen:
        raise SomebodyWasFirst(f"Lot {lot.code} has moved since you looked: count again.")
    counted = read_quantity(typed("counted"), base=item.unit, field="counted")
    adjust(
        deed.session,
        lot_id=lot.id,
        delta=counted - now.on_hand,
        reason=typed("count_reason") or CountReason.COUNTED,
        note=typed("reason"),
        who=deed.who,
        now=deed.now,
    )


def _change(deed: Deed, item: Item, lot: Lot) -> None:  # noqa: ARG001 - every lot's deed
    if typed("state") not in set(LotState):
        raise Invalid(gettext("Choose a state."), field="state")
    set_lot_state(
        deed.session,
        lot_id=lot.id,
        state=LotState(typed("state")),
        reason=typed("reason"),
        who=deed.who,
        now=deed.now,
    )


def _recipe(deed: Deed, item_id: int) -> None:
    item = _item(deed.session, item_id)
    centre = typed("work_centre")
    add_recipe(
        deed.session,
        item_id=item_id,
        batch_size=read_quantity(typed("batch_size"), base=item.unit, field="batch_size"),
        lines=_lines(deed.session),
        loss_bp=parse_percent(typed("loss").replace(",", ".") or "0"),
        work_centre_id=int(centre) if centre.isdigit() and len(centre) < 19 else None,
        batch_minutes=read_pieces(typed("batch_minutes"), field="batch_minutes"),
        rest_days=read_pieces(typed("rest_days"), field="rest_days"),
        who=deed.who,
        now=deed.now,
    )
    map_held(deed.session, item_id=item_id, now=deed.now)


def _lines(session: Session) -> list[RecipeLine]:
    """Read the rows of a recipe: item-0 and amount-0, item-1 and amount-1, …"""
    lines: list[RecipeLine] = []
    for row in range(RECIPE_ROWS):
        chosen = typed(f"item-{row}")
        if not chosen:
            continue
        used = session.get(Item, int(chosen)) if chosen.isdigit() else None
        if used is None:
            raise Invalid(gettext("Choose an item of the list."), field=f"item-{row}")
        amount = typed(f"amount-{row}")
        quantity = read_quantity(amount, base=used.unit, field=f"amount-{row}")
        lines.append(RecipeLine(item_id=used.id, quantity=quantity, waste_bp=0))
    return lines


def _press(
    door: PageDoor,
    item_id: int,
    change: Callable[[Deed, int], None],
    *,
    did: str,
    about: str,
) -> Response:
    return door.press(
        lambda deed: change(deed, item_id),
        done=lambda _: went("pages.show_item", did, item_id=item_id),
        again=lambda trouble: item_page(door, item_id, trouble=trouble),
        about=about,
    )


def _add_page(*, trouble: Trouble | None = None) -> Response:
    return show("stock/add.html", kinds=KINDS, units=UNITS, trouble=trouble)


def _item(session: Session, item_id: int) -> Item:
    return session.get(Item, item_id) or abort(404)


ROUTES: Routes = (
    ("GET", "/stock/add", add_item_page),
    ("POST", "/stock/add", create_item),
    ("GET", "/stock/<id:item_id>", show_item),
    ("POST", "/stock/<id:item_id>/recipe", write_recipe),
    ("POST", "/stock/<id:item_id>/receive", receive_lot),
    ("POST", "/stock/<id:item_id>/lots/<id:lot_id>/count", adjust_lot),
    ("POST", "/stock/<id:item_id>/lots/<id:lot_id>/state", change_lot),
)
