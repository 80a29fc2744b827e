"""Shipments: packed and shipped in one call, and delivered."""

from collections.abc import Sequence

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.flow.refusal import Invalid
from hub.flow.shipping.ship import mark_delivered, ship
from hub.flow.shipping.take_back import Back, Fate, take_back
from hub.models.orders.order_views import line_named
from hub.models.records.shipping import Shipment
from hub.models.records.stock import Lot
from hub.models.shipping.shipment_views import find_shipments, shipment_rows
from hub.models.stock.lot_views import lot_rows
from hub.web.api.door import Asked, Door
from hub.web.api.named import order_in_field, shipment_in_path
from hub.web.api.paging import cursor, window
from hub.web.api.schemas.lots import show_lot
from hub.web.api.schemas.shipments import (
    ReturnIn,
    ReturnOut,
    ShipmentIn,
    ShipmentLineIn,
    ShipmentOut,
    ShipmentQuery,
    show_shipment,
)
from hub.web.api.shapes import Page, Path
from mapping.effects import Tracking

TAG = Tag(
    name="Shipments", description="Parcels: which pieces of which lots left, and how."
)


class ShipmentPath(Path):
    """Which shipment, by its id or number."""

    shipment_id: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of shipments."""

    @api.get("/shipments", tags=[TAG], responses={"200": Page[ShipmentOut]})
    def list_shipments(query: ShipmentQuery) -> Response:
        """List shipments."""
        return door.read(lambda asked: _page(asked, query))

    @api.post("/shipments", tags=[TAG], responses={"201": ShipmentOut})
    def create_shipment(body: ShipmentIn) -> Response:
        """Pack and ship pieces of an order; its channel is told."""
        return door.write(lambda asked: _ship(asked, door, body), show=_show, status=201)

    @api.get("/shipments/<shipment_id>", tags=[TAG], responses={"200": ShipmentOut})
    def get_shipment(path: ShipmentPath) -> Response:
        """Show one shipment."""
        return door.read(
            lambda asked: _show(asked, shipment_in_path(asked.session, path.shipment_id))
        )

    @api.post(
        "/shipments/<shipment_id>/delivered", tags=[TAG], responses={"200": ShipmentOut}
    )
    def deliver_shipment(path: ShipmentPath) -> Response:
        """Say that a parcel reached its buyer."""

        def change(asked: Asked) -> int:
            shipment_id = shipment_in_path(asked.session, path.shipment_id)
            mark_delivered(
                asked.session, shipment_id=shipment_id, who=asked.who, now=asked.now
            )
            return shipment_id

        return door.write(change, show=_show)

    @api.post("/shipments/<shipment_id>/return", tags=[TAG], responses={"201": ReturnOut})
    def return_shipment(path: ShipmentPath, body: ReturnIn) -> Response:
        """Take goods of a parcel in again, each into a lot of its own."""
        return door.write(
            lambda asked: _take_back(asked, path.shipment_id, body),
            show=_show_returned,
            status=201,
        )


def _page(asked: Asked, query: ShipmentQuery) -> Page[ShipmentOut]:
    order_id = (
        order_in_field(asked.session, query.order, field="order") if query.order else None
    )
    found = find_shipments(
        asked.session,
        order_id=order_id,
        state=query.state or "",
        tracking=query.tracking_number,
        window=window(query),
    )
    rows = shipment_rows(asked.session, shipments=found.rows)
    return Page(items=[show_shipment(row) for row in rows], next=cursor(found.next))


def _show(asked: Asked, shipment_id: int) -> ShipmentOut:
    shipment = asked.session.get_one(Shipment, shipment_id)
    return show_shipment(shipment_rows(asked.session, shipments=[shipment])[0])


def _ship(asked: Asked, door: Door, body: ShipmentIn) -> int:
    order_id = order_in_field(asked.session, body.order, field="order")
    return ship(
        asked.session,
        order_id=order_id,
        lines=_lines(asked, body.lines, order_id=order_id),
        tracking=Tracking(
            carrier=body.carrier.strip(),
            number=body.tracking_number.strip(),
            url=body.tracking_url.strip(),
        ),
        notify=body.notify,
        who=asked.who,
        now=asked.now,
        zone=door.zone,
    )


def _take_back(asked: Asked, named: str, body: ReturnIn) -> list[int]:
    shipment_id = shipment_in_path(asked.session, named)
    order_id = asked.session.get_one(Shipment, shipment_id).order_id
    return take_back(
        asked.session,
        shipment_id=shipment_id,
        lines=[
            Back(
                order_line_id=_line(
                    asked, each.line, order_id=order_id, field=f"lines.{place}.line"
                ),
                pieces=each.quantity,
                fate=Fate(each.fate),
            )
            for place, each in enumerate(body.lines)
        ],
        reason=body.reason,
        who=asked.who,
        now=asked.now,
    )


def _show_returned(asked: Asked, lot_ids: Sequence[int]) -> ReturnOut:
    lots = [asked.session.get_one(Lot, lot_id) for lot_id in lot_ids]
    return ReturnOut(lots=[show_lot(row) for row in lot_rows(asked.session, lots=lots)])


def _line(asked: Asked, named: str, *, order_id: int, field: str) -> int:
    line = line_named(asked.session, order_id=order_id, named=named)
    if line is None:
        raise Invalid("The order has no such line.", field=field)
    return line.id


def _lines(
    asked: Asked, given: Sequence[ShipmentLineIn] | None, *, order_id: int
) -> dict[int, int] | None:
    if given is None:
        return None
    pieces: dict[int, int] = {}
    for position, each in enumerate(given):
        field = f"lines.{position}.line"
        line_id = _line(asked, each.line, order_id=order_id, field=field)
        if line_id in pieces:
            raise Invalid("This line is named twice: add its pieces up.", field=field)
        pieces[line_id] = each.quantity
    return pieces
