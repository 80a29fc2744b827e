"""One shipment: what is in the parcel, how it is followed, and that it arrived."""

from collections.abc import Callable
from functools import partial

from flask import Response, abort, url_for

from hub.flow.shipping.ship import amend_tracking as amend
from hub.flow.shipping.ship import mark_delivered as arrive
from hub.models.records.shipping import Shipment
from hub.models.shipping.shipment_views import shipment_rows
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    show_live,
    typed,
    went,
)
from mapping.effects import Tracking


def show_shipment(door: PageDoor, shipment_id: int) -> Response:
    """Show one parcel: what is in it, from which lots, and where it is."""
    return shipment_page(door, shipment_id)


def mark_delivered(door: PageDoor, shipment_id: int) -> Response:
    """Write down that a parcel arrived."""

    def change(deed: Deed) -> None:
        arrive(deed.session, shipment_id=shipment_id, who=deed.who, now=deed.now)

    return _press(door, shipment_id, change, did="delivered", about="delivered")


def amend_tracking(door: PageDoor, shipment_id: int) -> Response:
    """Say otherwise how a parcel is followed."""
    change = partial(_amend, shipment_id=shipment_id)
    return _press(door, shipment_id, change, did="tracking", about="tracking")


def _amend(deed: Deed, *, shipment_id: int) -> None:
    amend(
        deed.session,
        shipment_id=shipment_id,
        tracking=Tracking(
            carrier=typed("carrier"), number=typed("tracking"), url=typed("tracking_url")
        ),
        notify=bool(typed("notify")),
        who=deed.who,
        now=deed.now,
    )


def _press(
    door: PageDoor,
    shipment_id: int,
    change: Callable[[Deed], None],
    *,
    did: str,
    about: str,
) -> Response:
    return door.press(
        change,
        done=lambda _: went("pages.show_shipment", did, shipment_id=shipment_id),
        again=lambda trouble: shipment_page(door, shipment_id, trouble=trouble),
        about=about,
    )


def shipment_page(
    door: PageDoor, shipment_id: int, *, trouble: Trouble | None = None
) -> Response:
    """Write the page of a parcel, with what could not be done."""
    with door.reading() as session:
        shipment = session.get(Shipment, shipment_id)
        if shipment is None:
            abort(404)
        [row] = shipment_rows(session, shipments=[shipment])
        return show_live(
            "shipments/shipment.html",
            "shipments/_shipment.html",
            here=url_for("pages.show_shipment", shipment_id=shipment_id),
            row=row,
            shipment=shipment,
            trouble=trouble,
        )


ROUTES: Routes = (
    ("GET", "/shipments/<id:shipment_id>", show_shipment),
    ("POST", "/shipments/<id:shipment_id>/delivered", mark_delivered),
    ("POST", "/shipments/<id:shipment_id>/tracking", amend_tracking),
)
