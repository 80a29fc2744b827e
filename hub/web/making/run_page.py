"""The page of one run, for the bench too, and its buttons from released to finished."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from babel.numbers import format_decimal
from flask import Response, abort, request
from sqlalchemy.orm import Session

from hub.domain.making.completing import countable, still_to_come, yield_tenths
from hub.domain.making.scrap import ScrapReason
from hub.domain.states import Production
from hub.flow.making.consume import Used
from hub.flow.making.produce import cancel, finish, release
from hub.flow.making.scan_check import Scanned, check_scan
from hub.flow.making.start_picked import start_picked
from hub.models.by_id import by_id
from hub.models.catalogue.item_views import find_work_centres
from hub.models.making.run_sources import picked_lots, used_lots
from hub.models.making.run_views import RunRow, run_rows
from hub.models.materials.material_badges import material_badges
from hub.models.newest import Window
from hub.models.people.people_views import names_of
from hub.models.people.subject_history import history_of
from hub.models.records.history import History
from hub.models.records.production import ProductionOrder
from hub.models.records.stock import Lot
from hub.web.guard.headers import WITH_CAMERA
from hub.web.making.production_bench import (
    bench_of,
    chosen_lots,
    expected_words,
    lot_to_add_to,
    progress_of,
    suggested_code,
)
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    show,
    show_live,
    typed,
    went,
)
from hub.web.wording.event_words import Event, events
from hub.web.wording.formats import read_day, read_quantity
from hub.web.wording.language import locale
from hub.web.wording.promise_words import WHY_NO_DATE
from hub.web.wording.words import said

MOST = 100


def show_run(door: PageDoor, run_id: int) -> Response:
    """Show one run: its materials, whom it is for, what comes next, and what happened."""
    return run_page(door, run_id)


def scan_lot(door: PageDoor, run_id: int) -> Response:
    """Try a scanned lot on a run that is about to start; nothing is reserved before it starts."""
    found: list[Scanned] = []

    def tried(deed: Deed) -> Response:
        found.append(
            check_scan(
                deed.session,
                run_id=run_id,
                code=typed("scan"),
                chosen=chosen_lots(),
                on=door.today(),
            )
        )
        return Response()

    def refused(trouble: Trouble) -> Response:
        return run_page(door, run_id, trouble=trouble)

    answer = door.rehearse(tried, again=refused, about="scan")
    return run_page(door, run_id, said_of_scan=found[0]) if found else answer


def release_run(door: PageDoor, run_id: int) -> Response:
    """Give a planned run to the workshop."""
    return _press(door, run_id, _release, did="run_released")


def start_run(door: PageDoor, run_id: int) -> Response:
    """Start a run: its materials become its own."""
    return _press(door, run_id, partial(_start, door), did="run_started")


def cancel_run(door: PageDoor, run_id: int) -> Response:
    """Cancel a run and give its materials back."""
    return _press(door, run_id, _cancel, did="run_cancelled", about="cancel")


def finish_page(door: PageDoor, run_id: int) -> Response:
    """Show the form that ends a run: yield, lot, and what was used, as planned to begin with."""
    return _finish_page(door, run_id)


def finish_run(door: PageDoor, run_id: int) -> Response:
    """End a run: materials out, a new lot in."""
    return door.press(
        partial(_finish, door, run_id=run_id),
        done=lambda _: went("pages.show_run", "run_finished", run_id=run_id),
        again=lambda trouble: _finish_page(door, run_id, trouble=trouble),
        about="finish",
    )


def _release(deed: Deed, run_id: int) -> None:
    release(deed.session, production_order_id=run_id, who=deed.who, now=deed.now)


def _start(door: PageDoor, deed: Deed, run_id: int) -> None:
    start_picked(
        deed.session,
        production_order_id=run_id,
        lot_ids=chosen_lots(),
        why=typed("why_else") or typed("why"),
        who=deed.who,
        now=deed.now,
        zone=door.zone,
    )


def _cancel(deed: Deed, run_id: int) -> None:
    cancel(
        deed.session,
        production_order_id=run_id,
        reason=typed("reason"),
        who=deed.who,
        now=deed.now,
    )


def _finish(door: PageDoor, deed: Deed, *, run_id: int) -> int | None:
    row = _row(deed.session, run_id)
    unit = row.item.unit
    return finish(
        deed.session,
        production_order_id=run_id,
        produced=read_quantity(typed("produced"), base=unit, field="produced"),
        consumed=_used(row),
        scrapped=read_quantity(typed("scrapped") or "0", base=unit, field="scrapped"),
        scrap_reason=typed("scrap_reason"),
        note=typed("note"),
        lot_code=typed("lot_code", longest=64) or None,
        best_before=read_day(typed("best_before"), field="best_before"),
        who=deed.who,
        now=deed.now,
        zone=door.zone,
    )


def _used(row: RunRow) -> list[Used] | None:
    """Read what was used of each lot; None leaves all of it as it was picked."""
    units = {material.item.id: material.item.unit for material in row.materials}
    used: list[Used] = []
    for name, value in request.form.items():
        kind, _, rest = name.partition("-")
        item, _, lot = rest.partition("-")
        if kind == "used" and item.isdigit() and lot.isdigit() and int(item) in units:
            quantity = read_quantity(value or "0", base=units[int(item)], field=name)
            used.append(Used(item_id=int(item), lot_id=int(lot), quantity=quantity))
    return used or None


def _press(
    door: PageDoor,
    run_id: int,
    change: Callable[[Deed, int], None],
    *,
    did: str,
    about: str = "step",
) -> Response:
    return door.press(
        lambda deed: change(deed, run_id),
        done=lambda _: went("pages.show_run", did, run_id=run_id),
        again=lambda trouble: run_page(door, run_id, trouble=trouble),
        about=about,
    )


def run_page(
    door: PageDoor,
    run_id: int,
    *,
    trouble: Trouble | None = None,
    said_of_scan: Scanned | None = None,
) -> Response:
    """Write the page of a run, with what could not be done. It may ask for the camera."""
    with door.reading() as session:
        row = _row(session, run_id)
        run = row.run
        centres = find_work_centres(session, window=Window(MOST)).rows
        badges = material_badges(session, rows=[row], today=door.today())
        response = show_live(
            "production/run.html",
            "production/_run.html",
            row=row,
            run=run,
            bench=bench_of(session, run_id=run_id, today=door.today(), said=said_of_scan),
            progress=progress_of(run, unit=row.item.unit),
            picked=picked_lots(session, run_id=run_id),
            used=used_lots(session, run_id=run_id),
            badges={each.item.id: each for each in badges.get(run_id, ())},
            lots=by_id(session, Lot, ids=row.lot_ids),
            centre=next((one for one in centres if one.id == run.work_centre_id), None),
            events=_events(session, run),
            no_day=said(WHY_NO_DATE, run.no_day) if run.no_day else "",
            percent=_percent(run),
            still=_still_to_come(run),
            for_stock=_for_stock(row),
            reasons=list(ScrapReason),
            trouble=trouble,
        )
    response.headers["Permissions-Policy"] = WITH_CAMERA
    return response


def _for_stock(row: RunRow) -> int:
    """Count what nobody asked for, of a run that works for orders alone."""
    if row.parents:
        return 0
    planned = countable(row.run.planned, is_counted=row.item.unit == "each")
    return planned - sum(each.planned or 0 for each in row.orders)


def _expected(row: RunRow) -> int:
    return countable(
        _still_to_come(row.run),
        is_counted=row.item.unit == "each",
        or_nothing=bool(row.run.produced or row.run.scrapped),
    )


def _finish_page(
    door: PageDoor, run_id: int, *, trouble: Trouble | None = None
) -> Response:
    with door.reading() as session:
        row = _row(session, run_id)
        return show(
            "production/finish.html",
            row=row,
            run=row.run,
            picked=picked_lots(session, run_id=run_id),
            expected=_expected(row),
            hint=expected_words(row.run, unit=row.item.unit),
            reasons=list(ScrapReason),
            best_before=_best_before(row, today=door.today()),
            adds_to=lot_to_add_to(row),
            next_code=suggested_code(session, item=row.item, on=door.today()),
            trouble=trouble,
        )


def _still_to_come(run: ProductionOrder) -> int:
    return still_to_come(run.planned, produced=run.produced, scrapped=run.scrapped)


def _percent(run: ProductionOrder) -> str:
    """Say what a finished run gave of what was planned: "96.5"."""
    if run.state != Production.DONE:
        return ""
    tenths = yield_tenths(run.produced, planned=run.planned)
    return format_decimal(Decimal(tenths) / 10, locale=locale())


def _best_before(row: RunRow, *, today: date) -> date | None:
    days = row.item.shelf_life_days
    return None if days is None else today + timedelta(days=days)


def _row(session: Session, run_id: int) -> RunRow:
    run = session.get(ProductionOrder, run_id)
    if run is None:
        abort(404)
    [row] = run_rows(session, runs=[run])
    return row


def _events(session: Session, run: ProductionOrder) -> list[Event]:
    rows: list[History] = history_of(session, subject="production_order", subject_id=run.id)
    actors = names_of(session, whos={row.who for row in rows})
    return events(rows, runs={run.id: run.number}, actors=actors)


ROUTES: Routes = (
    ("GET", "/production/<id:run_id>", show_run),
    ("POST", "/production/<id:run_id>", scan_lot),
    ("POST", "/production/<id:run_id>/release", release_run),
    ("POST", "/production/<id:run_id>/start", start_run),
    ("GET", "/production/<id:run_id>/finish", finish_page),
    ("POST", "/production/<id:run_id>/finish", finish_run),
    ("POST", "/production/<id:run_id>/cancel", cancel_run),
)
