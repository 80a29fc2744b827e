"""Papers from the pages: slips, lists to pick by, travellers and labels, as PDF."""

import re

from flask import Response, abort, make_response, request, url_for
from sqlalchemy.orm import Session

from hub.domain.colour import OURS
from hub.models.by_id import as_id
from hub.models.shipping.paper_views import (
    MOST_ORDERS,
    house_on_paper,
    labelled,
    orders_to_pick,
    slips,
    traveller,
)
from hub.models.shipping.paper_views import pick_list as picks_for
from hub.web.documents.frame import MEDIA_TYPE, Look
from hub.web.documents.lot_labels import MOST_LABELS, SIZES, lot_labels_pdf
from hub.web.documents.packing_slip import slips_pdf
from hub.web.documents.pick_list import pick_list_pdf
from hub.web.documents.traveller import traveller_pdf
from hub.web.page_door import PageDoor, Routes, asked, asked_id
from hub.web.wording.language import locale

USUAL_SIZE = "62x29"
NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


def packing_slip(door: PageDoor, order_id: int) -> Response:
    """Give the packing slip of an order: of its next parcel, or of the one that is asked for."""
    with door.reading() as session:
        found = slips(session, order_ids=[order_id], shipment_id=asked_id("shipment"))
        if not found:
            abort(404)
        house = house_on_paper(session)
        written = slips_pdf(found, look=look_of(session), otherwise=house.locale)
        return _paper(written, name=f"slip-{found[0].order.number}")


def print_slips(door: PageDoor) -> Response:
    """Give the packing slips of several orders in one file: those chosen, else those ready."""
    with door.reading() as session:
        found = slips(session, order_ids=_chosen(session))
        if not found:
            abort(404)
        house = house_on_paper(session)
        written = slips_pdf(found, look=look_of(session), otherwise=house.locale)
        return _paper(written, name=f"slips-{door.today()}")


def pick_list(door: PageDoor) -> Response:
    """Give the list to pick by for several orders: those chosen, else those ready."""
    with door.reading() as session:
        found = picks_for(session, order_ids=_chosen(session))
        written = pick_list_pdf(found, look=look_of(session))
        return _paper(written, name=f"pick-list-{door.today()}")


def run_traveller(door: PageDoor, run_id: int) -> Response:
    """Give the paper that goes with a run; its code leads to the run's page."""
    with door.reading() as session:
        found = traveller(session, run_id=run_id) or abort(404)
        address = door.ports.settings.url + url_for("pages.show_run", run_id=run_id)
        written = traveller_pdf(found, address=address, look=look_of(session))
        return _paper(written, name=f"traveller-{found.row.run.number}")


def lot_label(door: PageDoor, lot_id: int) -> Response:
    """Give labels of a lot: so many, of a size we know."""
    size = asked("size") or USUAL_SIZE
    count = as_id(asked("count") or "1") or 0
    if size not in SIZES or not 1 <= count <= MOST_LABELS:
        abort(404)
    with door.reading() as session:
        found = labelled(session, lot_id=lot_id) or abort(404)
        written = lot_labels_pdf(found, size=size, count=count, look=look_of(session))
        return _paper(written, name=f"label-{found.lot.code}")


def look_of(session: Session) -> Look:
    """Return how the workshop shows itself on paper."""
    house = house_on_paper(session)
    return Look(name=house.name, colour=house.colour or OURS, logo=house.logo)


def safe_name(name: str) -> str:
    """Return a file's name that every system takes, whatever a number or a code holds."""
    return NOT_IN_NAMES.sub("-", name).strip("-.")[:80] or "paper"


def _chosen(session: Session) -> list[int]:
    """Read the orders asked for, written as ids one by one or between commas."""
    written = ",".join(request.args.getlist("ids")).split(",")
    ids = [as_id(each.strip()) for each in written if each.strip()]
    chosen = [each for each in dict.fromkeys(ids) if each is not None][:MOST_ORDERS]
    return chosen if ids else orders_to_pick(session)


def _paper(written: bytes, *, name: str) -> Response:
    response = make_response(written)
    response.headers["Content-Type"] = MEDIA_TYPE
    response.headers["Content-Language"] = str(locale())
    response.headers["Content-Disposition"] = f'inline; filename="{safe_name(name)}.pdf"'
    return response


ROUTES: Routes = (
    ("GET", "/orders/<id:order_id>/slip.pdf", packing_slip),
    ("GET", "/papers/slips.pdf", print_slips),
    ("GET", "/papers/pick-list.pdf", pick_list),
    ("GET", "/production/<id:run_id>/traveller.pdf", run_traveller),
    ("GET", "/lots/<id:lot_id>/label.pdf", lot_label),
)
