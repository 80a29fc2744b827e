"""Orders by the API: typed, found, shown, held, cancelled, and shown to whom."""

from collections.abc import Callable
from typing import cast

import pytest

from hub.domain.people.roles import Role
from tests.web.api.program import Json, Program, entries, order_of, stock_up


def test_a_typed_order_keeps_its_number_and_its_buyer(soap_maker: Program) -> None:
    sent: Json = {
        "number": "T-100",
        "customer": {"name": "Ana Gil", "email": "ana@example.com"},
        "ship_to": {"name": "Ana Gil", "line1": "Calle 1", "zip": "18009", "country": "es"},
        "requested_on": "2026-12-18",
        "lines": [
            {
                "item": "SOAP",
                "quantity": 2,
                "unit_price": {"amount": "6.50", "currency": "EUR"},
            }
        ],
    }

    made = soap_maker.call("POST", "/orders", sent)

    assert made.status == 201
    assert (made.json["number"], made.json["channel"]) == ("T-100", "manual")
    assert made.json["requested_on"] == "2026-12-18"
    order = soap_maker.get(f"/orders/{made.id}").json
    assert order["customer"] == {
        "id": "1",
        "name": "Ana Gil",
        "email": "ana@example.com",
        "phone": "",
        "min_remaining_days": 0,
    }
    ship_to = cast("dict[str, str]", order["ship_to"])
    assert (ship_to["postcode"], ship_to["country"]) == ("18009", "ES")
    [line] = entries(order, "lines")
    assert (line["sku"], line["title"], line["ordered"], line["state"]) == (
        "SOAP",
        "Soap",
        2,
        "mapped",
    )
    assert line["unit_price"] == {"amount": "6.50", "currency": "EUR"}


def test_an_order_without_a_number_is_given_one(soap_maker: Program) -> None:
    made = soap_maker.post("/orders", order_of())

    assert made.json["number"] == "H-0001"
    assert soap_maker.get("/orders/H-0001").id == made.id


def test_a_typed_order_came_in_by_the_same_inbox_as_all_others(soap_maker: Program) -> None:
    soap_maker.post("/orders", order_of(number="T-100"))

    [message] = soap_maker.get("/inbound-messages").items

    assert (message["channel"], message["source"], message["state"]) == (
        "manual",
        "api",
        "done",
    )
    assert message["result"] == "created"


@pytest.mark.parametrize(
    "query",
    [
        "phase=new",
        "channel=manual",
        "external_id=T-2",
        "external_id=gid%3A%2F%2Fshopify%2FOrder%2FT-2",
        "q=t-2",
        "q=Berta",
        "q=berta%40example",
    ],
)
def test_an_order_is_found_by(soap_maker: Program, query: str) -> None:
    soap_maker.post("/orders", order_of(number="T-1"))
    berta = {"customer": {"name": "Berta Sol", "email": "berta@example.com"}}
    soap_maker.post("/orders", order_of(number="T-2") | berta)

    found = [order["number"] for order in soap_maker.get(f"/orders?{query}").items]

    assert "T-2" in found
    assert found == ["T-2"] or query in {"phase=new", "channel=manual"}


@pytest.mark.parametrize(
    "query", ["phase=shipped", "channel=etsy", "external_id=T-9", "q=%25"]
)
def test_an_order_is_not_found_by(soap_maker: Program, query: str) -> None:
    soap_maker.post("/orders", order_of(number="T-1"))

    assert soap_maker.get(f"/orders?{query}").items == []


def test_an_order_in_a_list_shows_where_it_is(soap_maker: Program) -> None:
    soap_maker.post("/orders", order_of(number="T-1"))

    [order] = soap_maker.get("/orders").items

    assert order.keys() >= {
        "id",
        "number",
        "channel",
        "external_id",
        "phase",
        "hold_reasons",
        "placed_at",
        "promised_on",
        "earliest_on",
    }


def test_an_order_shows_how_each_line_is_covered_and_why_it_waits(
    soap_maker: Program,
) -> None:
    made = soap_maker.post("/orders", order_of(4))
    stock_up(soap_maker)
    [run] = soap_maker.get("/production-orders").items

    order = soap_maker.get(f"/orders/{made.id}").json

    [line] = entries(order, "lines")
    [demand] = entries(line, "demands")
    assert (line["ordered"], line["cancelled"], line["shipped"]) == (4, 0, 0)
    assert demand["linked"] == [
        {
            "production_order": run["id"],
            "number": run["number"],
            "state": "planned",
            "planned": {"amount": "4", "unit": "each"},
            "done": {"amount": "0", "unit": "each"},
        }
    ]
    assert demand["short"] == {"amount": "0", "unit": "each"}
    promise = cast("Json", order["promise"])
    assert order["earliest_on"] is not None
    assert promise["earliest_on"] == order["earliest_on"]
    what = [event["what"] for event in entries(order, "timeline")]
    assert what[0] == "order.received"
    assert order["totals"] == {"total": None, "ordered": 4, "cancelled": 0, "shipped": 0}


def test_an_order_is_held_released_and_cancelled_with_a_reason(soap_maker: Program) -> None:
    order = soap_maker.post("/orders", order_of())
    path = f"/orders/{order.id}"

    held = soap_maker.post(f"{path}/hold", {"reason": "address unclear"}).json
    going = soap_maker.post(f"{path}/release", {"reason": "she called"}).json
    gone = soap_maker.post(f"{path}/cancel", {"reason": "changed her mind"}).json

    assert (held["intent"], held["hold_reasons"]) == ("on_hold", ["on_hold"])
    assert going["intent"] == "open"
    assert (gone["intent"], gone["phase"]) == ("cancelled", "cancelled")
    told = [(e["what"], e["why"]) for e in entries(gone, "timeline")]
    assert ("order.cancelled", "changed her mind") in told
    assert soap_maker.call("POST", f"{path}/cancel", {}).status == 409


def test_a_buyer_is_shown_only_to_who_answers_or_packs(
    soap_maker: Program, program_of: Callable[[Role], Program]
) -> None:
    order = soap_maker.post("/orders", order_of())

    seen = {
        role: program_of(role).get(f"/orders/{order.id}").json["customer"] for role in Role
    }

    assert {role for role, customer in seen.items() if customer} == {
        Role.OWNER,
        Role.PLANNER,
        Role.PACKER,
    }
    assert program_of(Role.MAKER).get("/orders?q=Ana").items == []


def test_what_a_write_answers_and_is_kept_for_its_repeat_names_nobody(
    soap_maker: Program,
) -> None:
    made = soap_maker.post("/orders", order_of(), Idempotency_Key="k")

    assert "Ana" not in made.text
    assert "ana@example.com" not in made.text
