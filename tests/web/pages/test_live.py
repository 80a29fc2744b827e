"""Parts of pages that keep themselves fresh: they ask for an address that can be read."""

import re
from html import unescape

import pytest

from hub.flow.shipping.ship import ship
from hub.flow.telling.tasks import open_task
from hub.ports import Ports
from mapping.effects import Tracking
from tests.factories import NOW
from tests.web.pages.goods import order_of, shop
from tests.web.pages.visitor import Visitor

LIVE = re.compile(r'<div id="live"[^>]*hx-get="([^"]+)"')


@pytest.fixture
def lived(ports: Ports) -> dict[str, int]:
    """A shop with an order that left, whose page has something to refuse."""
    with ports.database.begin() as session:
        order_id = order_of(session, pieces=1, in_stock=1)
        shipment_id = ship(
            session,
            order_id=order_id,
            lines=None,
            tracking=Tracking(number="PK1"),
            notify=True,
            who="user:1",
            now=NOW,
        )
        account = shop(session)
        task_id = open_task(
            session,
            account_id=account.id,
            order_id=order_id,
            key="call",
            kind="cancel",
            why="They rang.",
            now=NOW,
        )
        assert task_id is not None
        return {
            "order": order_id,
            "shipment": shipment_id,
            "account": account.id,
            "task": task_id,
        }


@pytest.mark.parametrize(
    "path,form",
    [
        ("/orders/{order}/release", {}),
        ("/shipments/{shipment}/tracking", {"tracking": "x" * 600}),
        ("/tasks/999999/done", {}),
        ("/messages/in/999999/replay", {}),
        ("/messages/out/999999/retry", {}),
        ("/channels/{account}/mode", {"mode": "sideways"}),
    ],
)
def test_after_a_refused_form_the_live_part_asks_for_the_page_itself(
    owner: Visitor, lived: dict[str, int], path: str, form: dict[str, str]
) -> None:
    response = owner.press(path.format(**lived), **form)

    assert 400 <= response.status_code < 500
    found = LIVE.search(response.text)
    assert found is not None, response.text
    fresh = owner.open(unescape(found[1]), **{"HX-Request": "true"})
    assert fresh.status_code == 204 or (fresh.status_code == 200 and fresh.text)
