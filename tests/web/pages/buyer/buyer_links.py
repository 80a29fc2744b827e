"""The page of an order as its buyer finds it: by a link, at a step, with a parcel, in a look."""

import re

from sqlalchemy.orm import Session

from hub.flow.shipping.ship import ship
from hub.models.planning.habits import THE_ONE
from hub.models.records.orders import SalesOrder
from hub.models.records.workshop import Workshop
from hub.ports import Ports, links_of
from mapping.effects import Tracking
from tests.factories import NOW
from tests.web.pages.visitor import Visitor

STEP = re.compile(r'class="at" aria-current="step"><span>([^<]+)<')
SENT = Tracking(carrier="Correos", number="PK1", url="https://carrier.example/PK1")


def link(ports: Ports, order_id: int) -> str:
    """Return the path of an order's page."""
    with ports.database.reading() as session:
        order = session.get_one(SalesOrder, order_id)
        url = links_of(ports).url(order_id=order.id, turn=order.status_turn)
    return url.removeprefix(ports.settings.url)


def step(stranger: Visitor, path: str) -> str:
    """Return the step that is current."""
    found = STEP.search(stranger.see(f"{path}?lang=en"))
    assert found is not None
    return found[1]


def send(ports: Ports, order_id: int, *, tracking: Tracking = SENT) -> int:
    """Ship all of an order."""
    with ports.database.begin() as session:
        return ship(
            session, order_id=order_id, lines=None, tracking=tracking, notify=True,
            who="user:1", now=NOW,
        )  # fmt: skip


def brand(session: Session, **said: object) -> None:
    """Say how the workshop shows itself."""
    session.add(
        Workshop(
            id=THE_ONE, window_days=3, freeze_days=0, offer_days=14, updated_at=NOW, **said
        )
    )
