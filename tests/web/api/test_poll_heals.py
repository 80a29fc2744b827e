"""Webhooks are lost, somebody polls, and the API shows what differs until it was read."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from connectors.sandbox.server import create_sandbox
from connectors.sandbox.serving import serve
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.shopify.wanted import Wanted
from hub.ports import Ports
from tests.web.api.program import SHOP, Json, Program, entries
from tests.web.ports import StandingClock
from workers.poll import poll
from workers.read import read_messages

TOKEN = "shpat_of_the_sandbox"


@pytest.fixture
def store(clock: StandingClock) -> Iterator[Storefront]:
    """A shop whose webhooks go nowhere: nobody subscribed to any."""
    made = Storefront("cera-y-sal.myshopify.com", access_token=TOKEN, clock=clock.now)
    made.add_location("Granada")
    made.add_variant(sku="SOAP", title="Lavender soap", price="6.50")
    yield made
    made.close()


@pytest.fixture
def shop(owner: Program, store: Storefront) -> Iterator[str]:
    """The connection to it, over real HTTP."""
    with serve(create_sandbox([store])) as served:
        told: Json = {
            **SHOP,
            "settings": {"shop": "cera-y-sal.myshopify.com", "base_url": served.url},
            "credentials": {"access_token": TOKEN},
        }
        yield owner.post("/channels", told).id


def open_drift(owner: Program, shop: str) -> tuple[object, list[object]]:
    """What differs by its own page, which must be what the health page says too."""
    drift = owner.get(f"/channels/{shop}/drift").json
    health = owner.get(f"/channels/{shop}/health").json
    assert health["open_drift_count"] == drift["count"]
    return drift["count"], [each["external_id"] for each in entries(drift, "open")]


def test_what_a_poll_found_and_then_read_is_shown_at_once(
    owner: Program, ports: Ports, clock: StandingClock, store: Storefront, shop: str
) -> None:
    owner.post(f"/channels/{shop}/poll")
    poll(ports)
    read_messages(ports)
    order_id = store.place_order([Wanted(sku="SOAP", quantity=2)])
    clock.time += timedelta(minutes=10)
    assert open_drift(owner, shop) == (0, [])

    assert owner.post(f"/channels/{shop}/poll").status == 202
    assert poll(ports) == 1
    assert open_drift(owner, shop) == (1, [order_id])
    read_messages(ports)

    assert open_drift(owner, shop) == (0, [])
    [order] = owner.get("/orders").items
    assert order["external_id"] == order_id
