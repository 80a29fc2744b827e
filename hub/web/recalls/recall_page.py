"""Recalls: where a lot came from and went, calling it back, and telling those who have some."""

import time

from flask import Response, abort, make_response
from sqlalchemy.orm import Session

from hub.flow.recalls.recall import (
    close_recall,
    mark_told,
    note_time,
    refresh_recall,
    start_recall,
)
from hub.models.recalls.recall_views import RecallPage, recall_page
from hub.models.records.recalls import Recall
from hub.models.records.stock import Lot
from hub.web.documents import recall_pdf, safe_csv
from hub.web.documents.recall_csv import buyers_csv, lots_csv
from hub.web.documents.recall_drafts import draft_for
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    show,
    typed,
    went,
)
from hub.web.shipping.papers import look_of
from hub.web.stock.lot_page import lot_page


def call_back(door: PageDoor, lot_id: int) -> Response:
    """Call a lot back with all that came of it, or rehearse that."""
    is_drill = typed("drill") == "1"

    def change(deed: Deed) -> int:
        if deed.session.get(Lot, lot_id) is None:
            abort(404)
        began = time.monotonic()
        recall_id = start_recall(
            deed.session,
            lot_id=lot_id,
            reason=typed("reason"),
            is_drill=is_drill,
            with_supplier_lot=bool(typed("with_supplier_lot")),
            who=deed.who,
            now=deed.now,
        )
        recall_page(deed.session, recall_id=recall_id)
        took_ms = round(1000 * (time.monotonic() - began))
        note_time(deed.session, recall_id=recall_id, took_ms=took_ms)
        return recall_id

    did = "drill_started" if is_drill else "recall_started"
    return door.press(
        change,
        done=lambda recall_id: went("pages.show_recall", did, recall_id=recall_id),
        again=lambda trouble: lot_page(door, lot_id, trouble=trouble),
        about="recall",
    )


def show_recall(door: PageDoor, recall_id: int) -> Response:
    """Show one recall: its lots, its buyers with a draft to each, and the papers."""
    return _page(door, recall_id)


def look_again(door: PageDoor, recall_id: int) -> Response:
    """Take in what a recall came to reach since."""

    def change(deed: Deed) -> None:
        refresh_recall(deed.session, recall_id=recall_id, who=deed.who, now=deed.now)

    return door.press(
        change,
        done=lambda _: went("pages.show_recall", "recall_refreshed", recall_id=recall_id),
        again=lambda trouble: _page(door, recall_id, trouble=trouble),
        about="recall",
    )


def end_recall(door: PageDoor, recall_id: int) -> Response:
    """Say that a recall is done."""

    def change(deed: Deed) -> None:
        close_recall(
            deed.session,
            recall_id=recall_id,
            lets_go=bool(typed("release_orders")),
            who=deed.who,
            now=deed.now,
        )

    return door.press(
        change,
        done=lambda _: went("pages.show_recall", "recall_closed", recall_id=recall_id),
        again=lambda trouble: _page(door, recall_id, trouble=trouble),
        about="recall",
    )


def buyer_told(door: PageDoor, recall_id: int, order_id: int) -> Response:
    """Note that a buyer was told."""

    def change(deed: Deed) -> None:
        mark_told(
            deed.session,
            recall_id=recall_id,
            order_id=order_id,
            who=deed.who,
            now=deed.now,
        )

    return door.press(
        change,
        done=lambda _: went("pages.show_recall", "buyer_told", recall_id=recall_id),
        again=lambda trouble: _page(door, recall_id, trouble=trouble),
        about="recall",
        wake=(),
    )


def recall_report(door: PageDoor, recall_id: int) -> Response:
    """Give a recall as PDF."""
    with door.reading() as session:
        page = _loaded(session, recall_id)
        zone = door.zone
        written = recall_pdf.recall_pdf(page, look=look_of(session), zone=zone)
    return _file(page, written, name="report.pdf", media_type=recall_pdf.MEDIA_TYPE)


def recall_buyers(door: PageDoor, recall_id: int) -> Response:
    """Give a recall's buyers as a table."""
    with door.reading() as session:
        page = _loaded(session, recall_id)
        written = buyers_csv(page, locale=door.ports.settings.locale)
    return _file(page, written, name="customers.csv", media_type=safe_csv.MEDIA_TYPE)


def recall_lots(door: PageDoor, recall_id: int) -> Response:
    """Give a recall's lots as a table."""
    with door.reading() as session:
        page = _loaded(session, recall_id)
        written = lots_csv(page)
    return _file(page, written, name="lots.csv", media_type=safe_csv.MEDIA_TYPE)


def _loaded(session: Session, recall_id: int) -> RecallPage:
    if session.get(Recall, recall_id) is None:
        abort(404)
    return recall_page(session, recall_id=recall_id)


def _file(page: RecallPage, written: bytes, *, name: str, media_type: str) -> Response:
    response = make_response(written)
    response.headers["Content-Type"] = media_type
    filename = f"{page.recall.number}-{name}"
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _page(door: PageDoor, recall_id: int, *, trouble: Trouble | None = None) -> Response:
    with door.reading() as session:
        page = _loaded(session, recall_id)
        locale = door.ports.settings.locale
        return show(
            "recalls/recall.html",
            page=page,
            recall=page.recall,
            drafts={
                each.order.id: draft_for(each, page=page, locale=locale)
                for each in page.orders
            },
            trouble=trouble,
        )


ROUTES: Routes = (
    ("POST", "/lots/<id:lot_id>/recall", call_back),
    ("GET", "/recalls/<id:recall_id>", show_recall),
    ("POST", "/recalls/<id:recall_id>/refresh", look_again),
    ("POST", "/recalls/<id:recall_id>/close", end_recall),
    ("POST", "/recalls/<id:recall_id>/orders/<id:order_id>/told", buyer_told),
    ("GET", "/recalls/<id:recall_id>/report.pdf", recall_report),
    ("GET", "/recalls/<id:recall_id>/customers.csv", recall_buyers),
    ("GET", "/recalls/<id:recall_id>/lots.csv", recall_lots),
)
