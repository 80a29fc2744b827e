"""The pretend shop over real sockets: its wire, and its back door."""

import hashlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from random import Random
from typing import cast

import pytest
import requests

from connectors.sandbox.faults import Fault
from connectors.sandbox.server import create_sandbox
from connectors.sandbox.serving import Served, serve
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.shopify.wanted import Wanted
from tests.connectors.sandbox.taller import CREATE, Json, sending

TOKEN = {"X-Shopify-Access-Token": "shpat_sandbox"}


@pytest.fixture
def stores() -> Iterator[list[Storefront]]:
    shops = [Storefront(rng=Random(1)), Storefront("obrador.myshopify.com", rng=Random(2))]
    for shop in shops:
        shop.add_variant(sku="SOAP", title="Soap", price="6.50")
    yield shops
    for shop in shops:
        shop.close()


@pytest.fixture
def served(stores: list[Storefront]) -> Iterator[Served]:
    with serve(create_sandbox(stores)) as running:
        yield running


def graphql(served: Served, query: str, *, shop: str = "", **variables: object) -> Json:
    prefix = f"/shops/{shop}" if shop else ""
    answer = requests.post(
        f"{served.url}{prefix}/admin/api/2026-10/graphql.json",
        json={"query": query, "variables": variables},
        headers=TOKEN,
        timeout=5,
    )
    assert answer.headers["X-Shopify-API-Version"] == "2026-10"
    assert answer.headers["X-Request-Id"]
    return cast(Json, answer.json())


def door(
    served: Served, method: str, path: str, body: Json | None = None
) -> requests.Response:
    return requests.request(method, f"{served.url}/sandbox{path}", json=body, timeout=5)


def test_it_is_reached_on_loopback_only(served: Served) -> None:
    assert served.url == f"http://127.0.0.1:{served.port}"
    assert graphql(served, "{ shop { name } }")["data"] == {"shop": {"name": "Taller"}}


def test_each_shop_has_a_place_of_its_own_and_the_host_names_one(served: Served) -> None:
    domain = "{ shop { myshopifyDomain } }"

    by_path = graphql(served, domain, shop="obrador.myshopify.com")
    by_host = requests.post(
        f"{served.url}/admin/api/2026-10/graphql.json",
        json={"query": domain},
        headers=TOKEN | {"Host": "obrador.myshopify.com"},
        timeout=5,
    ).json()
    nowhere = requests.post(
        f"{served.url}/shops/x/admin/api/2026-10/graphql.json", timeout=5
    )

    expected = {"shop": {"myshopifyDomain": "obrador.myshopify.com"}}
    assert by_path["data"] == by_host["data"] == expected
    assert nowhere.status_code == 404


def test_a_dropped_connection_is_no_answer_at_all(
    served: Served, stores: list[Storefront]
) -> None:
    order = stores[0].place_order([Wanted(sku="SOAP")])
    [asked] = cast(list[Json], stores[0].order(order)["fulfilment_orders"])
    stores[0].faults.add(Fault(kind="drop_after_apply", operation="fulfillmentCreate"))

    with pytest.raises(requests.ConnectionError):
        graphql(served, CREATE, fulfillment=sending(asked["id"]))

    assert stores[0].order(order)["fulfillment_status"] == "FULFILLED"


def test_a_hanging_connection_times_the_caller_out(
    served: Served, stores: list[Storefront]
) -> None:
    stores[0].faults.add(Fault(kind="hang_after_apply", seconds=3))

    with pytest.raises(requests.ReadTimeout):
        requests.post(
            f"{served.url}/admin/api/2026-10/graphql.json",
            json={"query": "{ shop { name } }"},
            headers=TOKEN,
            timeout=0.3,
        )


def test_calls_at_once_are_served_at_once(served: Served, stores: list[Storefront]) -> None:
    order = stores[0].place_order([Wanted(sku="SOAP", quantity=5)])
    [asked] = cast(list[Json], stores[0].order(order)["fulfilment_orders"])
    answers: list[Json] = []

    def send() -> None:
        answers.append(graphql(served, CREATE, fulfillment=sending(asked["id"])))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 8
    assert len(cast(list[Json], stores[0].order(order)["fulfilments"])) == 1


def test_webhooks_arrive_over_http(stores: list[Storefront]) -> None:
    taken: list[tuple[str, bytes]] = []

    class Hub(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((self.headers["X-Shopify-Topic"], hashlib.sha256(body).digest()))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    hub = HTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    stores[0].subscribe_all(f"http://127.0.0.1:{hub.server_port}/hooks")

    stores[0].place_order([Wanted(sku="SOAP")])

    assert stores[0].webhooks.drain(timeout=5)
    hub.shutdown()
    hub.server_close()
    assert [topic for topic, _ in taken] == ["orders/create", "orders/paid"]
    assert stores[0].webhooks.stats()["delivered"] == 2


# The back door --------------------------------------------------------------------------


def test_an_order_lives_its_life_through_the_back_door(served: Served) -> None:
    placed = door(
        served,
        "POST",
        "/orders",
        {
            "lines": [{"sku": "SOAP", "quantity": 3, "properties": {"Name": "Ana"}}],
            "financial_status": "PENDING",
            "address": {"first_name": "Ana", "city": "Vigo"},
        },
    )
    assert placed.status_code == 201
    order = placed.json()
    at, line = f"/orders/{order['id']}", order["lines"][0]["id"]

    edited = door(served, "POST", f"{at}/edit", {"quantities": {line: 2}}).json()
    paid = door(served, "POST", f"{at}/pay").json()
    refunded = door(served, "POST", f"{at}/refund", {"lines": {line: 1}}).json()
    held = door(served, "POST", f"{at}/hold", {"reason": "OTHER"}).json()
    door(served, "POST", f"{at}/release")
    sent = door(served, "POST", f"{at}/fulfil", {"tracking_number": "T1"}).json()

    assert edited["lines"][0]["current_quantity"] == 2
    assert paid["financial_status"] == "PAID"
    assert refunded["lines"][0]["current_quantity"] == 1
    assert held["fulfillment_status"] == "ON_HOLD"
    assert sent["fulfilments"][0]["tracking"][0]["number"] == "T1"
    assert door(served, "GET", at).json() == sent
    assert [each["id"] for each in door(served, "GET", "/orders").json()] == [order["id"]]
    assert door(served, "DELETE", at).json() == {"deleted": order["id"]}
    assert door(served, "GET", at).status_code == 404


def test_what_cannot_be_done_is_409_and_what_nobody_understands_400(served: Served) -> None:
    order = door(served, "POST", "/orders", {"lines": [{"sku": "SOAP"}]}).json()
    at = f"/orders/{order['id']}"
    door(served, "POST", f"{at}/fulfil")

    answers = {
        "cancelled": door(served, "POST", f"{at}/cancel"),
        "no lines": door(served, "POST", "/orders", {"lines": []}),
        "unknown key": door(served, "POST", "/orders", {"lines": [{"skew": "SOAP"}]}),
        "unknown detail": door(served, "POST", "/orders", {"lines": [], "colour": "red"}),
        "bad price": door(
            served, "POST", "/orders", {"lines": [{"title": "x", "price": "1.234"}]}
        ),
        "bad number": door(served, "GET", "/orders/abc"),
        "unknown verb": door(served, "POST", f"{at}/bless"),
        "unknown fault": door(served, "POST", "/faults", {"kind": "earthquake"}),
        "unknown shop": door(served, "GET", "/state?shop=x"),
    }

    assert {name: answer.status_code for name, answer in answers.items()} == {
        "cancelled": 409,
        "no lines": 409,
        "unknown key": 400,
        "unknown detail": 400,
        "bad price": 400,
        "bad number": 400,
        "unknown verb": 400,
        "unknown fault": 400,
        "unknown shop": 400,
    }
    assert all(answer.json()["error"] for answer in answers.values())


def test_faults_subscriptions_and_rights_are_set_through_the_back_door(
    served: Served,
) -> None:
    door(served, "POST", "/faults", {"kind": "locked", "operation": "shop", "times": 1})
    door(served, "POST", "/subscriptions", {"url": "http://127.0.0.1:1/x"})
    door(served, "POST", "/locations", {"name": "Bilbao"})
    door(served, "POST", "/variants", {"sku": "WAX", "title": "Wax", "price": "2.00"})

    state = door(served, "GET", "/state").json()
    assert len(state["subscriptions"]) == 12
    assert state["faults"][0]["struck"] == 0
    assert [v["sku"] for v in door(served, "GET", "/variants").json()] == ["SOAP", "WAX"]
    assert "Bilbao" in {p["name"] for p in door(served, "GET", "/locations").json()}
    assert graphql(served, "{ shop { name } }") == {"errors": "Locked"}
    assert door(served, "DELETE", "/faults").json() == []
    assert door(served, "GET", "/requests").json()[0]["fault"] == "locked"
    door(served, "POST", "/token/revoke")
    assert "Invalid API key" in str(graphql(served, "{ shop { name } }")["errors"])


def test_the_second_shop_is_named_in_the_query(served: Served) -> None:
    other = "?shop=obrador.myshopify.com"

    door(served, "POST", f"/orders{other}", {"lines": [{"sku": "SOAP"}]})

    assert len(door(served, "GET", f"/orders{other}").json()) == 1
    assert door(served, "GET", "/orders").json() == []


def test_buyers_come_and_go_through_the_back_door(
    served: Served, stores: list[Storefront]
) -> None:
    door(served, "POST", "/ordering", {"every_seconds": 0.01, "seed": 3, "skus": ["SOAP"]})
    while len(stores[0].orders()) < 3:
        time.sleep(0.01)

    gone = door(served, "DELETE", "/ordering").json()

    assert gone["ordering"] is False
    assert len(gone["placed"]) >= 3


def test_a_person_can_look_at_the_shop(served: Served, stores: list[Storefront]) -> None:
    order = stores[0].place_order([Wanted(title="<b>Soap</b>", price="1.00")])
    stores[0].hold_by_hand(order, notes="call")

    page = door(served, "GET", "/").text

    assert "#1001" in page
    assert "ON_HOLD" in page
    assert "&lt;b&gt;Soap" in page
