"""Parcels as a list: found by number or tracking, marked as arrived many at once."""

from collections.abc import Mapping, Sequence

from flask import Response
from sqlalchemy import Select
from sqlalchemy.orm import Session

from hub.flow.shipping.ship import mark_delivered
from hub.models.records.shipping import Shipment
from hub.models.shipping.shipment_views import shipment_rows, shipments_wanted
from hub.web.lists.answers import states
from hub.web.lists.bulk import press_many
from hub.web.lists.page import show_list
from hub.web.lists.spec import BulkDeed, Cell, Column, Filter, ListSpec, Wish
from hub.web.page_door import PLAN, Deed, PageDoor, Routes, asked
from hub.web.wording.language import N_
from hub.web.wording.words import SHIPMENTS as STATES
from hub.web.wording.words import word


def list_shipments(door: PageDoor) -> Response:
    """Show the newest parcels, of one state or of all."""
    return show_list(door, SHIPMENTS)


def bulk_shipments(door: PageDoor) -> Response:
    """Write down that many parcels arrived."""
    return press_many(door, SHIPMENTS)


def _context(
    _: PageDoor, session: Session, rows: Sequence[Shipment]
) -> Mapping[str, object]:
    return {"rows": shipment_rows(session, shipments=rows)}


def _query(_: Session, wish: Wish) -> Select[Shipment]:
    # Other pages and old bookmarks name a tracking number on its own.
    return shipments_wanted(state=wish.value("state"), text=wish.text or asked("tracking"))


def _cells(session: Session, rows: Sequence[Shipment], _: Wish) -> list[Mapping[str, Cell]]:
    return [
        {
            "number": row.shipment.number,
            "order": row.order.number,
            "state": word("shipment", row.shipment.state).text,
            "carrier": row.shipment.carrier,
            "tracking": row.shipment.tracking_number,
            "left": row.shipment.shipped_at,
            "arrived": row.shipment.delivered_at,
        }
        for row in shipment_rows(session, shipments=rows)
    ]


def _arrived(_: PageDoor, deed: Deed, shipment_id: int) -> None:
    mark_delivered(deed.session, shipment_id=shipment_id, who=deed.who, now=deed.now)


SHIPMENTS = ListSpec(
    page="list_shipments",
    file="shipments",
    record=Shipment,
    columns=(
        Column(key="number", label=N_("Parcel"), sort=Shipment.id, is_down_first=True),
        Column(key="order", label=N_("Order"), sort=Shipment.order_id),
        Column(key="state", label=N_("State")),
        Column(key="carrier", label=N_("Carrier")),
        Column(key="tracking", label=N_("Tracking")),
        Column(key="left", label=N_("Left"), sort=Shipment.shipped_at, is_down_first=True),
        Column(key="arrived", label=N_("Arrived"), is_shown=False),
        Column(key="do", label="", is_taken=False),
    ),
    sort="-number",
    filters=(
        Filter(
            key="state",
            label=N_("States"),
            options=states("shipment", STATES),
            is_tabs=True,
        ),
    ),
    search=N_("Parcel or tracking"),
    deeds=(
        BulkDeed(
            key="arrived",
            label=N_("Arrived"),
            view="mark_delivered",
            one=_arrived,
            did="parcels_arrived",
        ),
    ),
    bulk="bulk_shipments",
    wake=PLAN,
    template="shipments/list.html",
    part="shipments/_list.html",
    context=_context,
    query=_query,
    cells=_cells,
    name=lambda shipment: shipment.number,
)

ROUTES: Routes = (
    ("GET", "/shipments", list_shipments),
    ("POST", "/shipments/bulk", bulk_shipments),
)
