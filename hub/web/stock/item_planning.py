"""How an item is planned, on its page: its levels, its forecast taken over, a lot's loss."""

from collections.abc import Callable

from flask import Response, abort

from hub.flow.catalogue.items import POLICIES, edit_item
from hub.flow.planning.forecasts import take_over
from hub.flow.stock.counts import scrap
from hub.models.records.items import Item
from hub.models.records.stock import Lot
from hub.web.page_door import Deed, PageDoor, Routes, typed, went
from hub.web.stock.item_page import item_page
from hub.web.stock.stock_page import press_lot
from hub.web.wording.formats import read_pieces, read_quantity

LEVELS = ("reorder_point", "safety_stock", "stock_up_to")
DAYS = ("window_days", "lead_time_days", "shelf_life_days", "min_remaining_days")


def plan_item(door: PageDoor, item_id: int) -> Response:
    """Say anew how an item is planned."""
    return _press(door, item_id, _levels, did="workshop_saved", about="levels")


def accept_forecast(door: PageDoor, item_id: int) -> Response:
    """Make the forecast's levels the item's own."""
    return _press(door, item_id, _accept, did="workshop_saved", about="forecast")


def scrap_lot(door: PageDoor, item_id: int, lot_id: int) -> Response:
    """Throw a part of a lot away."""
    return press_lot(door, item_id, lot_id, _scrap, did="scrapped", about="scrap")


def _levels(deed: Deed, item_id: int) -> None:
    item = deed.session.get(Item, item_id) or abort(404)
    levels = {
        name: read_quantity(typed(name) or "0", base=item.unit, field=name)
        for name in LEVELS
    }
    days = {
        name: read_pieces(typed(name), field=name) if typed(name) else None
        for name in DAYS
        if typed(name) or name != "min_remaining_days"
    }
    words: dict[str, object] = {
        "quality_hold": typed("quality_hold") == "1",
        "lot_pattern": typed("lot_pattern"),
        "policy": typed("policy") or POLICIES[0],
    }
    edit_item(
        deed.session,
        item_id=item_id,
        changed={**levels, **days, **words},
        who=deed.who,
        now=deed.now,
    )


def _accept(deed: Deed, item_id: int) -> None:
    take_over(deed.session, item_id=item_id, who=deed.who, now=deed.now)


def _scrap(deed: Deed, item: Item, lot: Lot) -> None:
    scrap(
        deed.session,
        lot_id=lot.id,
        quantity=read_quantity(typed("quantity"), base=item.unit, field="quantity"),
        reason=typed("scrap_reason"),
        note=typed("reason"),
        who=deed.who,
        now=deed.now,
    )


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


ROUTES: Routes = (
    ("POST", "/stock/<id:item_id>/planning", plan_item),
    ("POST", "/stock/<id:item_id>/forecast", accept_forecast),
    ("POST", "/stock/<id:item_id>/lots/<id:lot_id>/scrap", scrap_lot),
)
