"""At a glance: where orders are, what came and left, how full the house is, how shops do."""

from flask import Response

from hub.flow.channels.channels import MANUAL
from hub.models.channels.channel_health import find_accounts
from hub.models.newest import Window
from hub.web.page_door import PageDoor, Routes, show
from hub.web.pictures.flow import flow_picture
from hub.web.pictures.load import load_picture
from hub.web.pictures.pulse import pulse_pictures
from hub.web.pictures.risk import risk_picture
from hub.web.pictures.throughput import throughput_picture

MOST_SHOPS = 20


def overview(door: PageDoor) -> Response:
    """Show everything worth a look on one page, in a few statements for any number of orders."""
    now, today, zone = door.now(), door.today(), door.zone
    with door.reading() as session:
        found = find_accounts(session, window=Window(MOST_SHOPS)).rows
        accounts = [each for each in found if each.channel != MANUAL]
        return show(
            "pictures/overview.html",
            flow_picture=flow_picture(session, now=now),
            throughput_picture=throughput_picture(session, today=today, zone=zone),
            risk_picture=risk_picture(session, today=today),
            load_picture=load_picture(session, today=today),
            accounts=accounts,
            pulses=pulse_pictures(session, accounts=accounts, now=now),
        )


def show_load(door: PageDoor) -> Response:
    """Show how full every work centre is for four weeks."""
    with door.reading() as session:
        picture = load_picture(session, today=door.today())
        return show("pictures/load.html", load_picture=picture)


ROUTES: Routes = (
    ("GET", "/overview", overview),
    ("GET", "/pictures/load", show_load),
)
