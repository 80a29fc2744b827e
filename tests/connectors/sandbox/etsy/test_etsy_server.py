"""The pretend Etsy over real sockets: its wire, its connect page, its back door, its buyers."""

import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import cast
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from connectors.sandbox.etsy.carriers import KNOWN
from connectors.sandbox.etsy.grants import challenge_of
from connectors.sandbox.etsy.ordering import Ordering, keep_ordering
from connectors.sandbox.etsy.shop import EtsyShop
from connectors.sandbox.faults import Fault
from connectors.sandbox.server import create_sandbox
from connectors.sandbox.serving import Served, serve
from connectors.sandbox.shopify.storefront import Storefront
from tests.connectors.sandbox.etsy.stall import Json, Stall


@pytest.fixture
def shop() -> Iterator[EtsyShop]:
    made = EtsyShop(rng=Random(1))
    made.add_listing(title="Lavender soap", sku="SOAP", price="6.50")
    yield made
    made.close()


@pytest.fixture
def served(shop: EtsyShop) -> Iterator[Served]:
    other = EtsyShop("43", keystring="anotherkey", rng=Random(2))
    store = Storefront(rng=Random(3))
    with serve(create_sandbox([store, shop, other])) as running:
        yield running
    other.close()
    store.close()


def api(served: Served, shop: EtsyShop, path: str, **query: str) -> requests.Response:
    return requests.get(
        f"{served.url}/v3/application{path}",
        params=query,
        headers={
            "x-api-key": f"{shop.keystring}:{shop.shared_secret}",
            "Authorization": f"Bearer {shop.access_token}",
        },
        timeout=5,
    )


def door(
    served: Served, method: str, path: str, body: Json | None = None
) -> requests.Response:
    return requests.request(
        method, f"{served.url}/sandbox/etsy{path}", json=body, timeout=5
    )


def place(served: Served, **more: object) -> str:
    body: Json = {"lines": [{"sku": "SOAP", "quantity": 2}], **more}
    made = door(served, "POST", "/orders", body)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def test_the_api_answers_with_its_headers(served: Served, shop: EtsyShop) -> None:
    place(served)

    made = api(served, shop, "/shops/42/receipts", was_paid="true", limit="1")

    assert made.status_code == 200
    assert made.json()["count"] == 1
    assert made.headers["x-limit-per-second"] == "150"
    assert api(served, shop, "/shops/42/receipts", page="2").status_code == 400


def test_the_keystring_says_which_shop_is_meant(served: Served) -> None:
    key = {"x-api-key": "anotherkey:sandboxsecret"}

    for number, status in (("43", 200), ("42", 404)):
        address = f"{served.url}/v3/application/shops/{number}"
        assert requests.get(address, headers=key, timeout=5).status_code == status


def test_a_person_connects_the_second_shop_in_a_browser(served: Served) -> None:
    verifier = "x" * 50
    asked = {
        "response_type": "code",
        "client_id": "anotherkey",
        "redirect_uri": "http://127.0.0.1:9/back",
        "scope": "shops_r",
        "state": "s",
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    address = f"{served.url}/oauth/connect"

    page = requests.get(f"{address}?{urlencode(asked)}", timeout=5)
    pressed = requests.post(
        address, data=asked | {"answer": "grant"}, timeout=5, allow_redirects=False
    )
    [code] = parse_qs(urlsplit(pressed.headers["Location"]).query)["code"]
    pair = requests.post(
        f"{served.url}/v3/public/oauth/token",
        data={
            "grant_type": "authorization_code",
            "client_id": "anotherkey",
            "redirect_uri": asked["redirect_uri"],
            "code": code,
            "code_verifier": verifier,
        },
        timeout=5,
    )

    assert "Grant access" in page.text
    assert pressed.status_code == 302
    assert pair.json()["access_token"].startswith("9000043.")


def test_a_dropped_call_gets_no_answer(served: Served, shop: EtsyShop) -> None:
    shop.faults.add(Fault(kind="drop_before_apply"))

    with pytest.raises(requests.ConnectionError):
        api(served, shop, "/openapi-ping")
    assert api(served, shop, "/openapi-ping").status_code == 200


def test_the_back_door_does_all_that_happens_to_an_order(served: Served) -> None:
    first, second = place(served), place(served, paid=False, is_gift=True)
    steps = [
        (second, "pay", {}, "is_paid", True),
        (first, "refund", {"amount": "1.00"}, "refunded", 100),
        (first, "ship", {"carrier_name": "gls", "tracking_code": "1"}, "is_shipped", True),
        (first, "deliver", {}, "is_delivered", True),
        (second, "cancel", {}, "status", "canceled"),
    ]

    for order, verb, body, name, value in steps:
        made = door(served, "POST", f"/orders/{order}/{verb}", cast(Json, body))
        assert (made.status_code, made.json()[name]) == (200, value), verb
    day = {"to": "2026-12-24T00:00:00+01:00"}
    made = door(served, "POST", f"/orders/{second}/dispatch", cast(Json, day))
    assert made.json()["lines"][0]["expected_ship_at"] == "2026-12-23T23:00:00+00:00"
    assert door(served, "GET", "/state").json()["orders"] == 2
    assert len(door(served, "GET", "/mails").json()) == 1


@pytest.mark.parametrize(
    "method, path, body, status",
    [
        ("POST", "/orders", {"lines": [{"sku": "NONE"}]}, 404),
        ("POST", "/orders", {"lines": []}, 400),
        ("POST", "/orders", {"lines": [{"sku": "SOAP", "colour": "red"}]}, 400),
        ("POST", "/orders", {"lines": [{"sku": "SOAP"}], "coupon": "x"}, 400),
        ("POST", "/orders", {"lines": [{"sku": "SOAP", "price": "much"}]}, 400),
        ("POST", "/orders/1/pay", {}, 404),
        ("POST", "/orders/1/burn", {}, 400),
        ("POST", "/faults", {"kind": "hail"}, 400),
        ("POST", "/faults", {"kind": "throttled"}, 400),
        ("GET", "/state?shop=1", None, 400),
        ("POST", "/deliveries/none/redeliver", {}, 400),
        ("POST", "/listings", {"title": "X", "vary_by": ["Size"]}, 400),
    ],
)
def test_mistakes_at_the_back_door_are_said(
    served: Served, method: str, path: str, body: Json | None, status: int
) -> None:
    made = door(served, method, path, body)

    assert made.status_code == status
    assert made.json()["error"]


def test_the_back_door_seeds_and_changes_the_weather(
    served: Served, shop: EtsyShop
) -> None:
    listing = door(
        served,
        "POST",
        "/listings",
        {"title": "Cup", "sku": "CUP", "vary_by": {"Size": ["S", "L"]}},
    ).json()
    typed = {"quantities": {"CUP-2": 3}}
    stock = door(served, "POST", f"/listings/{listing['id']}/stock", cast(Json, typed))
    door(served, "POST", "/faults", {"kind": "outage", "times": None})
    outage = api(served, shop, "/openapi-ping").status_code
    door(served, "DELETE", "/faults")
    door(served, "POST", "/rates", {"per_second": 1000, "per_day": 7})
    door(served, "POST", "/deny", {"addresses": False})
    door(served, "POST", "/tokens/scopes", {"scopes": ["shops_r"]})
    narrowed = api(served, shop, "/shops/42/receipts").status_code
    door(served, "POST", "/tokens/revoke")

    assert [p["sku"] for p in listing["products"]] == ["CUP-1", "CUP-2"]
    assert stock.json()["products"][1]["offerings"][0]["quantity"] == 3
    assert (outage, narrowed) == (503, 403)
    assert api(served, shop, "/users/me").status_code == 401
    assert (shop.rates.per_day, shop.rules.tracking) == (7, False)
    assert door(served, "DELETE", f"/listings/{listing['id']}").status_code == 200
    assert "CUP-1" not in shop.stock()


def test_every_page_names_every_shop(served: Served, shop: EtsyShop) -> None:
    place(served)

    front = requests.get(f"{served.url}/sandbox/", timeout=5).text
    etsy = door(served, "GET", "/").text

    for page in (front, etsy):
        assert "taller.myshopify.com" in page
        assert "/sandbox/etsy/?shop=43" in page
    assert "Lavender soap" in etsy
    assert "Ana García" in etsy


def test_without_a_shopify_shop_the_front_page_is_etsys(shop: EtsyShop) -> None:
    with serve(create_sandbox([shop])) as alone:
        page = requests.get(f"{alone.url}/sandbox/", timeout=5)

    assert page.url.endswith("/sandbox/etsy/")
    assert page.status_code == 200


def test_the_same_seed_is_the_same_day() -> None:
    def day(seed: int) -> list[Json]:
        stall = Stall()
        buyers = Ordering(stall.shop, every_seconds=1, seed=seed)
        for _ in range(200):
            buyers.once()
        return stall.shop.orders()

    one = day(4)

    assert one == day(4) != day(5)
    assert {"paid", "canceled", "open"} <= {str(order["status"]) for order in one}


def test_buyers_come_until_they_are_sent_home(shop: EtsyShop) -> None:
    buyers = keep_ordering(shop, every_seconds=0.01, seed=1)
    while not buyers.placed:
        time.sleep(0.01)
    buyers.stop()
    placed = len(shop.orders())

    assert placed == len(buyers.placed)


def test_the_carriers_are_those_of_etsys_own_list(vendor: Path) -> None:
    rows = (vendor / "etsy" / "carriers.tsv").read_text("utf-8").splitlines()
    theirs = {row.split("\t")[0] for row in rows if row and row[0] != "#"}

    assert theirs - {"carrier_name"} == KNOWN
