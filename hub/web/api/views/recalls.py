"""Recalls: a lot and all that was made of it called back, or that rehearsed."""

import time
from collections.abc import Callable
from http import HTTPStatus

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel
from sqlalchemy.orm import Session

from hub.flow.recalls.recall import (
    close_recall,
    mark_told,
    note_time,
    refresh_recall,
    start_recall,
)
from hub.flow.refusal import Invalid, Missing
from hub.models.by_id import as_id
from hub.models.orders.order_views import order_id_of
from hub.models.recalls.recall_views import (
    RecallPage,
    find_recalls,
    recall_id_of,
    recall_page,
)
from hub.models.records.stock import Lot
from hub.web.api.door import PLAN, Asked, Door
from hub.web.api.idempotency import REPEATED
from hub.web.api.paging import cursor, window
from hub.web.api.schemas.recalls import (
    Known,
    RecallCloseIn,
    RecallDetail,
    RecallIn,
    RecallOut,
    show_recall,
    show_recall_page,
)
from hub.web.api.shapes import Page, PageQuery, Path
from hub.web.documents import recall_pdf, safe_csv
from hub.web.documents.recall_csv import buyers_csv, lots_csv
from hub.web.shipping.papers import look_of

TAG = Tag(
    name="Recalls",
    description="What a lot went into, who has it, and what was stopped; or a drill of that.",
)


class RecallPath(Path):
    """Which recall, by its id or number."""

    recall_id: str


class RecallOrderPath(RecallPath):
    """Which order of a recall."""

    order_id: str


Described = dict[str | int | HTTPStatus, type[BaseModel] | dict[object, object] | None]


def _file(media_type: str, description: str) -> Described:
    name = media_type.partition(";")[0]
    schema = {"type": "string"}
    return {"200": {"description": description, "content": {name: {"schema": schema}}}}


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of recalls."""
    _add_reading(api, door)
    _add_deeds(api, door)
    _add_files(api, door)


def _add_reading(api: APIBlueprint, door: Door) -> None:
    @api.get("/recalls", tags=[TAG], responses={"200": Page[RecallOut]})
    def list_recalls(query: PageQuery) -> Response:
        """List recalls and drills."""
        return door.read(lambda asked: _list(asked, query))

    @api.get("/recalls/<recall_id>", tags=[TAG], responses={"200": RecallDetail})
    def get_recall(path: RecallPath) -> Response:
        """Show a recall as things are now, with its buyers and a draft to each."""
        return door.read(lambda asked: _detail(asked, door, _id(asked.session, path)))


def _add_deeds(api: APIBlueprint, door: Door) -> None:
    @api.post("/recalls", tags=[TAG], responses={"201": RecallDetail})
    def create_recall(body: RecallIn) -> Response:
        """Call a lot back, or rehearse that: everything it went into, and whoever has it."""
        wake = () if body.drill else PLAN
        change = _timed(lambda asked: _start(asked, body))
        return _changed(door, change, status=201, wake=wake)

    @api.post("/recalls/<recall_id>/refresh", tags=[TAG], responses={"200": RecallDetail})
    def look_again(path: RecallPath) -> Response:
        """Take in what it came to reach since."""

        def change(asked: Asked) -> int:
            recall_id = _id(asked.session, path)
            refresh_recall(asked.session, recall_id=recall_id, who=asked.who, now=asked.now)
            return recall_id

        return _changed(door, change, wake=PLAN)

    @api.post("/recalls/<recall_id>/close", tags=[TAG], responses={"200": RecallDetail})
    def end_recall(path: RecallPath, body: RecallCloseIn) -> Response:
        """Say that a recall or a drill is done; its lots stay called back."""

        def change(asked: Asked) -> int:
            recall_id = _id(asked.session, path)
            close_recall(
                asked.session,
                recall_id=recall_id,
                lets_go=body.release_orders,
                who=asked.who,
                now=asked.now,
            )
            return recall_id

        return _changed(door, change, wake=PLAN)

    @api.post(
        "/recalls/<recall_id>/orders/<order_id>/told",
        tags=[TAG],
        responses={"200": RecallDetail},
    )
    def tell_buyer(path: RecallOrderPath) -> Response:
        """Note that an order's buyer was told."""

        def change(asked: Asked) -> int:
            recall_id = _id(asked.session, path)
            mark_told(
                asked.session,
                recall_id=recall_id,
                order_id=order_id_of(asked.session, named=path.order_id) or 0,
                who=asked.who,
                now=asked.now,
            )
            return recall_id

        return _changed(door, change, wake=())


def _add_files(api: APIBlueprint, door: Door) -> None:
    @api.get(
        "/recalls/<recall_id>/report.pdf",
        tags=[TAG],
        responses=_file(recall_pdf.MEDIA_TYPE, "The recall on paper"),
    )
    def get_report(path: RecallPath) -> Response:
        """Draw a recall as PDF."""
        return _download(
            door,
            path,
            lambda session, page: recall_pdf.recall_pdf(
                page, look=look_of(session), zone=door.zone
            ),
            name="report.pdf",
            media_type=recall_pdf.MEDIA_TYPE,
        )

    @api.get(
        "/recalls/<recall_id>/customers.csv",
        tags=[TAG],
        responses=_file(safe_csv.MEDIA_TYPE, "One row a lot in a parcel"),
    )
    def get_buyers(path: RecallPath) -> Response:
        """Write the buyers of a recall as CSV."""
        return _download(
            door,
            path,
            lambda _, page: buyers_csv(page, locale=door.ports.settings.locale),
            name="customers.csv",
            media_type=safe_csv.MEDIA_TYPE,
        )

    @api.get(
        "/recalls/<recall_id>/lots.csv",
        tags=[TAG],
        responses=_file(safe_csv.MEDIA_TYPE, "One row a lot, with its mass balance"),
    )
    def get_lots(path: RecallPath) -> Response:
        """Write the lots of a recall as CSV."""
        return _download(
            door,
            path,
            lambda _, page: lots_csv(page),
            name="lots.csv",
            media_type=safe_csv.MEDIA_TYPE,
        )


def _list(asked: Asked, query: PageQuery) -> Page[RecallOut]:
    found = find_recalls(asked.session, window=window(query))
    return Page(items=[show_recall(row) for row in found.rows], next=cursor(found.next))


def _detail(asked: Asked, door: Door, recall_id: int) -> RecallDetail:
    page = recall_page(asked.session, recall_id=recall_id)
    return show_recall_page(page, locale=door.ports.settings.locale)


def _start(asked: Asked, body: RecallIn) -> int:
    lot_id = as_id(body.lot)
    if lot_id is None or asked.session.get(Lot, lot_id) is None:
        raise Invalid("There is no such lot.", field="lot")
    return start_recall(
        asked.session,
        lot_id=lot_id,
        reason=body.reason,
        is_drill=body.drill,
        with_supplier_lot=body.with_supplier_lot,
        who=asked.who,
        now=asked.now,
    )


def _timed(start: Callable[[Asked], int]) -> Callable[[Asked], int]:
    """Measure a start together with finding whom to tell, as people wait for both."""

    def change(asked: Asked) -> int:
        began = time.monotonic()
        recall_id = start(asked)
        recall_page(asked.session, recall_id=recall_id)
        took_ms = round(1000 * (time.monotonic() - began))
        note_time(asked.session, recall_id=recall_id, took_ms=took_ms)
        return recall_id

    return change


def _changed(
    door: Door,
    change: Callable[[Asked], int],
    *,
    wake: tuple[str, ...],
    status: int = 200,
) -> Response:
    """Change a recall and answer with it.

    What is kept for a repeated request is its id alone: buyers' names are read for each answer,
    so that they are forgotten where they are forgotten.
    """
    kept = door.write(
        change,
        show=lambda _, recall_id: Known(id=str(recall_id)),
        status=status,
        wake=wake,
    )
    recall_id = int(Known.model_validate_json(kept.get_data()).id)
    answer = door.read(lambda asked: _detail(asked, door, recall_id))
    answer.status_code = kept.status_code
    if REPEATED in kept.headers:
        answer.headers[REPEATED] = kept.headers[REPEATED]
    return answer


def _download(
    door: Door,
    path: RecallPath,
    write: Callable[[Session, RecallPage], bytes],
    *,
    name: str,
    media_type: str,
) -> Response:
    with door.ports.database.reading() as session:
        page = recall_page(session, recall_id=_id(session, path))
        written, number = write(session, page), page.recall.number
    response = Response(written, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{number}-{name}"'
    return response


def _id(session: Session, path: RecallPath) -> int:
    found = recall_id_of(session, named=path.recall_id)
    if found is None:
        raise Missing("There is no such recall.")
    return found
