"""How the pretend shop hands out tokens: to the app, and on the page its owner answers."""

import json
from datetime import timedelta
from random import Random
from typing import cast
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests

from connectors.sandbox.server import create_sandbox
from connectors.sandbox.serving import serve
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.shopify.wanted import Wanted
from connectors.sandbox.wire import Call
from tests.connectors.sandbox.taller import Json, Taller, inside

APP = {"client_id": "sandbox-client", "client_secret": "shpss_sandbox"}
BACK = "https://hub.example/back"
ASKED = {
    "client_id": "sandbox-client",
    "scope": "read_orders,write_inventory",
    "redirect_uri": BACK,
    "state": "s",
}


def page(taller: Taller, asked: dict[str, str], *, method: str = "POST") -> tuple[int, str]:
    """Open or answer the page; its status, and where it sends or what it says."""
    made = taller.store.answer(
        Call(
            method=method,
            path="/admin/oauth/authorize",
            query=urlencode(asked),
            headers={},
            body=b"decision=grant",
        )
    )
    return made.status, made.headers.get("Location", made.body.decode())


def trade(taller: Taller, **given: str) -> tuple[int, Json]:
    """Ask the token endpoint."""
    made = taller.store.answer(
        Call(
            method="POST",
            path="/admin/oauth/access_token",
            headers={},
            body=urlencode(APP | given).encode(),
        )
    )
    return made.status, cast(Json, json.loads(made.body))


def code(taller: Taller) -> str:
    return dict(parse_qsl(urlsplit(page(taller, ASKED)[1]).query))["code"]


def is_open(taller: Taller, token: object) -> bool:
    return taller.call({"query": "{ shop { name } }"}, token=str(token))[0] == 200


def test_a_code_gives_the_rights_that_were_asked_for(taller: Taller) -> None:
    _, pair = trade(taller, code=code(taller), expiring="1")

    assert pair["scope"] == "read_orders,write_inventory"
    assert (pair["expires_in"], pair["refresh_token_expires_in"]) == (3600, 7_776_000)
    assert taller.store.scopes == {"read_orders", "write_inventory"}
    assert is_open(taller, pair["access_token"])


def test_without_expiring_the_token_lasts(taller: Taller) -> None:
    _, lasting = trade(taller, code=code(taller))
    taller.move(timedelta(days=400).total_seconds())

    assert set(lasting) == {"access_token", "scope"}
    assert is_open(taller, lasting["access_token"])


def test_a_code_works_once_and_for_an_hour(taller: Taller) -> None:
    used, old = code(taller), code(taller)
    trade(taller, code=used)
    taller.move(3601)

    assert [trade(taller, code=one)[0] for one in (used, old, "made-up")] == [400] * 3


def test_an_unused_successor_leaves_the_old_refresh_token_good(taller: Taller) -> None:
    _, first = trade(taller, code=code(taller), expiring="1")
    again = {"grant_type": "refresh_token", "refresh_token": str(first["refresh_token"])}

    _, lost = trade(taller, **again)
    status, kept = trade(taller, **again)

    assert status == 200
    assert not is_open(taller, lost["access_token"])
    assert is_open(taller, kept["access_token"])
    assert trade(taller, **again) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "another"},
        {"redirect_uri": "http://hub.example/back"},
        {"redirect_uri": ""},
        {"scope": ""},
    ],
)
def test_a_page_asked_for_wrongly_sends_nobody_back(
    taller: Taller, changed: dict[str, str]
) -> None:
    status, said = page(taller, ASKED | changed)

    assert status == 400
    assert "Oauth error" in said


def test_a_stranger_gets_no_token(taller: Taller) -> None:
    status, said = trade(taller, client_secret="wrong", code=code(taller))

    assert (status, said) == (400, {"error": "application_cannot_be_found"})


def test_the_page_works_in_a_browser() -> None:
    store = Storefront(rng=Random(1))
    with serve(create_sandbox([store])) as served:
        url = f"{served.url}/shops/{store.domain}/admin/oauth/authorize?{urlencode(ASKED)}"
        shown = requests.get(url, timeout=5)
        sent = requests.post(
            url, data={"decision": "refuse"}, timeout=5, allow_redirects=False
        )
    store.close()

    assert "write_inventory" in shown.text
    assert sent.status_code == 302
    assert "error=access_denied" in sent.headers["Location"]


def test_people_are_withheld_from_an_app_without_the_approval(taller: Taller) -> None:
    taller.store.place_order([Wanted(sku="SOAP")])
    asked = (
        "{ orders(first: 1) { nodes { email shippingAddress { name countryCodeV2 } } } }"
    )
    before = inside(taller.data(asked), "orders", "nodes", 0)
    taller.store.sees_people = False

    after = inside(taller.data(asked), "orders", "nodes", 0)

    assert before["email"]
    assert after == {
        "email": None,
        "shippingAddress": {"name": None, "countryCodeV2": "ES"},
    }
