"""A run's smaller steps on its page: a part of it came out, a step taken back, pinned to a day."""

from collections.abc import Callable
from functools import partial

from flask import Response, abort

from hub.flow.making.produce import complete
from hub.flow.planning.pin import pin, unpin
from hub.flow.refusal import Invalid
from hub.flow.undoing.undo_run import undo
from hub.models.records.items import Item
from hub.models.records.production import ProductionOrder
from hub.web.making.run_page import run_page
from hub.web.page_door import Deed, PageDoor, Routes, typed, went
from hub.web.wording.formats import read_day, read_quantity
from hub.web.wording.language import gettext


def complete_part(door: PageDoor, run_id: int) -> Response:
    """Write down that a part of a run came out; the rest is still to come."""
    return _press(door, run_id, partial(_complete, door), did="run_part", about="part")


def undo_step(door: PageDoor, run_id: int) -> Response:
    """Take back the last that was said of a run, or its start."""
    return _press(door, run_id, _undo, did="run_undone", about="undo")


def pin_run(door: PageDoor, run_id: int) -> Response:
    """Let a run start on a day and no other."""
    return _press(door, run_id, partial(_pin, door), did="run_pinned", about="pin")


def unpin_run(door: PageDoor, run_id: int) -> Response:
    """Let the plan choose the day of a run again."""
    return _press(door, run_id, _unpin, did="run_unpinned", about="pin")


def _complete(door: PageDoor, deed: Deed, run_id: int) -> None:
    run = deed.session.get(ProductionOrder, run_id) or abort(404)
    unit = deed.session.get_one(Item, run.item_id).unit
    complete(
        deed.session,
        production_order_id=run_id,
        produced=read_quantity(typed("produced") or "0", base=unit, field="produced"),
        scrapped=read_quantity(typed("scrapped") or "0", base=unit, field="scrapped"),
        scrap_reason=typed("scrap_reason"),
        note=typed("note"),
        lot_code=typed("lot_code", longest=64) or None,
        best_before=read_day(typed("best_before"), field="best_before"),
        who=deed.who,
        now=deed.now,
        zone=door.zone,
    )


def _undo(deed: Deed, run_id: int) -> None:
    undo(
        deed.session,
        production_order_id=run_id,
        reason=typed("reason"),
        who=deed.who,
        now=deed.now,
    )


def _pin(door: PageDoor, deed: Deed, run_id: int) -> None:
    on = read_day(typed("on"), field="on")
    if on is None:
        raise Invalid(gettext("Say which day."), field="on")
    pin(
        deed.session,
        production_order_id=run_id,
        on=on,
        today=door.today(),
        who=deed.who,
        now=deed.now,
    )


def _unpin(deed: Deed, run_id: int) -> None:
    unpin(deed.session, production_order_id=run_id, who=deed.who, now=deed.now)


def _press(
    door: PageDoor,
    run_id: int,
    change: Callable[[Deed, int], None],
    *,
    did: str,
    about: str,
) -> Response:
    return door.press(
        lambda deed: change(deed, run_id),
        done=lambda _: went("pages.show_run", did, run_id=run_id),
        again=lambda trouble: run_page(door, run_id, trouble=trouble),
        about=about,
    )


ROUTES: Routes = (
    ("POST", "/production/<id:run_id>/part", complete_part),
    ("POST", "/production/<id:run_id>/undo", undo_step),
    ("POST", "/production/<id:run_id>/pin", pin_run),
    ("POST", "/production/<id:run_id>/unpin", unpin_run),
)
