"""A Shopify order walks through the real processes: webhook in, production, tracking back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from connectors.sandbox.server import create_sandbox
from connectors.sandbox.serving import serve
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.shopify.wanted import Wanted
from tests.ground.postgres import PgServer
from tests.journeys.caller import Caller
from tests.journeys.hub import Hub, embedded_hub, grown_hub
from tests.journeys.processes import wait_for

DOMAIN = "jabones-de-ana.myshopify.com"
SECRET = "shpss_of_the_journey"
TRACKING = "PK0123456789ES"


@pytest.fixture(params=["embedded", pytest.param("grown", marks=pytest.mark.postgres)])
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hub]:
    """A running hub of each size: one command on SQLite; three on PostgreSQL and Redis."""
    if request.param == "embedded":
        with embedded_hub(tmp_path / "hub") as made:
            yield made
        return
    server = cast(PgServer, request.getfixturevalue("pg_server"))
    redis_url = cast(str, request.getfixturevalue("empty_redis_url"))
    database_url = server.create()
    with grown_hub(
        tmp_path / "hub", database_url=database_url, redis_url=redis_url
    ) as made:
        yield made
    server.drop(database_url)


@contextmanager
def open_shop() -> Iterator[tuple[Storefront, str]]:
    """A pretended shop that sells soap, one by one and by the six, and where it answers."""
    store = Storefront(DOMAIN, access_token=None, client_secret=SECRET)
    store.add_location("Granada")
    store.add_variant(sku="SOAP-LAV", title="Lavender soap", price="6.50")
    store.add_variant(sku="SOAP-LAV-X6", title="Lavender soap, box of six", price="35.00")
    try:
        with serve(create_sandbox([store])) as served:
            yield store, served.url
    finally:
        store.close()


def describe_the_workshop(hub: Caller) -> None:
    """Soap from a base that is made too, from oil and lye; nothing is in stock."""
    for code, name, kind, unit in (
        ("OIL", "Olive oil", "material", "ml"),
        ("LYE", "Sodium hydroxide", "material", "g"),
        ("BASE", "Soap base", "intermediate", "g"),
        ("SOAP", "Lavender soap 100 g", "product", "each"),
    ):
        hub.post("/items", {"code": code, "name": name, "kind": kind, "unit": unit})
    hub.post(
        "/recipes",
        {
            "item": "BASE",
            "batch_size": {"amount": "2", "unit": "kg"},
            "work_centre": "BENCH",
            "batch_minutes": 90,
            "lines": [
                {"item": "OIL", "quantity": {"amount": "1.5", "unit": "l"}},
                {"item": "LYE", "quantity": {"amount": "190", "unit": "g"}},
            ],
        },
    )
    hub.post(
        "/recipes",
        {
            "item": "SOAP",
            "batch_size": {"amount": "10", "unit": "each"},
            "work_centre": "BENCH",
            "batch_minutes": 60,
            "lines": [
                {"item": "BASE", "quantity": {"amount": "1", "unit": "kg"}},
            ],
        },
    )


def connect(hub: Caller, *, base_url: str) -> Any:  # noqa: ANN401 - foreign JSON
    """Connect the shop with an app's client credentials, and turn it on."""
    channel = hub.post(
        "/channels",
        {
            "channel": "shopify",
            "name": "Jabones de Ana",
            "settings": {"shop": DOMAIN, "base_url": base_url},
            "credentials": {"client_id": "sandbox-client", "client_secret": SECRET},
            "webhook_secrets": [SECRET],
        },
    )
    assert channel["mode"] == "shadow"
    assert hub.patch(f"/channels/{channel['id']}", {"mode": "live"})["mode"] == "live"
    return channel


def make(hub: Caller, item: str) -> None:
    """Press release, start and finish on the one run of an item, once its materials are there."""
    [run] = hub.wait_for(
        f"/production-orders?item={item}&state=planned",
        lambda page: [run for run in page["items"] if is_covered(run)],
        what=f"a run of {item} with all its materials",
    )
    path = f"/production-orders/{run['id']}"
    assert hub.post(f"{path}/release")["state"] == "released"
    assert hub.post(f"{path}/start")["state"] == "running"
    lot = hub.post(f"{path}/finish")
    assert lot["item"] == item


def is_covered(run: Any) -> bool:  # noqa: ANN401 - foreign JSON
    """Say whether everything a run needs is reserved for it."""
    return all(each["reserved"] == each["needed"] for each in run["materials"])


def is_told(message: Any) -> bool:  # noqa: ANN401 - foreign JSON
    """Say whether nothing of a message is owed; stock has a switch of its own, still in shadow."""
    told = "shadowed" if message["kind"] == "stock" else "sent"
    return bool(message["state"] == told)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_shopify_order_is_made_shipped_and_told_back(hub: Hub) -> None:
    caller = hub.caller()
    describe_the_workshop(caller)
    with open_shop() as (store, base_url):
        channel = connect(caller, base_url=base_url)
        store.subscribe_all(channel["webhook_url"])
        order_id = store.place_order(
            [Wanted(sku="SOAP-LAV", quantity=2), Wanted(sku="SOAP-LAV-X6")]
        )

        # A box means nothing to us yet: the order waits for somebody to say what is in it.
        [order] = caller.wait_for(
            f"/orders?external_id={order_id}", lambda page: page["items"], what="the order"
        )
        [box] = caller.items("/listings?state=unmapped&sku=SOAP-LAV-X6")
        [plain] = caller.items("/listings?sku=SOAP-LAV")
        assert (order["phase"], box["waiting_orders"]) == ("needs_attention", 1)
        six = {"item": "SOAP", "quantity": {"amount": "6", "unit": "each"}}
        one = {"item": "SOAP", "quantity": {"amount": "1", "unit": "each"}}
        caller.put(f"/listings/{box['id']}/mapping", {"components": [six]})
        caller.put(f"/listings/{plain['id']}/mapping", {"components": [one]})

        # Eight soaps are a batch of ten, which needs a batch of base, which needs what is not here.
        path = f"/orders/{order['id']}"
        short = caller.wait_for(path, lambda seen: seen["shortages"], what="the shortage")
        assert {lack["item"]: lack["quantity"]["amount"] for lack in short} == {
            "OIL": "1500",
            "LYE": "190",
        }
        held = wait_for(
            lambda: fulfilment_order(store, order_id)["holds"], what="the hold at the shop"
        )
        assert [hold["reason"] for hold in held] == ["INVENTORY_OUT_OF_STOCK"]

        for item, amount, unit in (("OIL", "5", "l"), ("LYE", "1", "kg")):
            quantity = {"amount": amount, "unit": unit}
            caller.post("/lots", {"item": item, "quantity": quantity})
        make(caller, "BASE")
        make(caller, "SOAP")

        caller.wait_for(
            path,
            lambda seen: seen["phase"] == "ready_to_ship",
            what="the order to be ready",
        )
        parcel = caller.post(
            "/shipments",
            {
                "order": order["id"],
                "carrier": "Correos",
                "tracking_number": TRACKING,
                "notify": True,
            },
        )
        wait_for(
            lambda: store.order(order_id)["fulfilments"], what="the fulfilment at the shop"
        )
        assert caller.get(path)["phase"] == "shipped"

        caller.post(f"/shipments/{parcel['id']}/delivered")
        wait_for(
            lambda: fulfilment_at(store, order_id)["events"],
            what="the shop to know that it was delivered",
        )
        caller.wait_for(
            "/outbound-messages?limit=200",
            lambda page: all(is_told(each) for each in page["items"]),
            what="nothing to be owed any more",
        )

        fulfilment = fulfilment_at(store, order_id)
        assert [parcel["number"] for parcel in fulfilment["tracking"]] == [TRACKING]
        assert fulfilment["tracking"][0]["company"] == "Correos"
        assert sorted(line["quantity"] for line in fulfilment["lines"]) == [1, 2]
        assert fulfilment["events"][-1]["status"] == "DELIVERED"
        assert store.order(order_id)["fulfillment_status"] == "FULFILLED"
        assert fulfilment_order(store, order_id)["holds"] == []

        seen = caller.get(path)
        assert (seen["phase"], seen["totals"]["shipped"]) == ("delivered", 3)
        assert {event["what"] for event in seen["timeline"]} >= {
            "order.phase",
            "channel.told",
        }
        assert caller.get("/invariants") == {"violations": []}
        assert store.webhooks.drain()
        assert store.webhooks.stats()["failed"] == 0


def fulfilment_order(store: Storefront, order_id: str) -> Any:  # noqa: ANN401
    """The one thing the shop asks to be sent for an order."""
    [asked] = cast("list[Any]", store.order(order_id)["fulfilment_orders"])
    return asked


def fulfilment_at(store: Storefront, order_id: str) -> Any:  # noqa: ANN401
    """The one fulfilment of an order at the shop."""
    [made] = cast("list[Any]", store.order(order_id)["fulfilments"])
    return made
