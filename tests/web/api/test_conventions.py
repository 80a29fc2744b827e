"""What every answer of the API keeps to: its lists, times, problems, and whom a call wakes."""

import re
from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy import select

from hub.models.records.people import ApiToken
from tests.factories import NOW
from tests.web.api.program import Program, entries, order_of, stock_up
from tests.web.ports import StandingClock, Woken

TOKEN_USED = select(ApiToken.last_used_at)
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def test_a_list_has_items_and_next_and_begins_with_the_newest(owner: Program) -> None:
    for code in ("A", "B", "C"):
        owner.post(
            "/items", {"code": code, "name": code, "kind": "product", "unit": "each"}
        )

    first = owner.get("/items?limit=2").json
    rest = owner.get(f"/items?limit=2&cursor={first['next']}").json

    codes = [item["code"] for item in entries(first, "items")]
    assert codes == ["C", "B"]
    assert [item["code"] for item in entries(rest, "items")] == ["A"]
    assert rest["next"] is None


@pytest.mark.parametrize(
    "path",
    [
        "/channels",
        "/items",
        "/recipes",
        "/work-centres",
        "/lots",
        "/listings",
        "/orders",
        "/production-orders",
        "/shipments",
        "/inbound-messages",
        "/outbound-messages",
    ],
)
def test_every_list_of_nothing_is_an_empty_list(owner: Program, path: str) -> None:
    assert owner.get(path).json == {"items": [], "next": None}


def test_times_are_rfc_3339_in_utc_and_quantities_decimal_text(soap_maker: Program) -> None:
    stock_up(soap_maker)

    [lot] = soap_maker.get("/lots?item=LYE").items

    assert RFC3339.fullmatch(cast(str, lot["received_at"]))
    assert lot["on_hand"] == {"amount": "1500", "unit": "g"}


def test_a_problem_says_what_is_wrong_and_carries_the_id_of_the_request(
    owner: Program,
) -> None:
    answer = owner.call("POST", "/items", {"code": "X"})

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json.keys() == {
        "type",
        "title",
        "status",
        "detail",
        "errors",
        "request_id",
    }
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_a_parameter_left_empty_counts_as_not_there(soap_maker: Program) -> None:
    soap_maker.post("/orders", order_of())

    assert len(soap_maker.get("/orders?phase=&channel=&external_id=&q=").items) == 1


def test_a_field_that_is_null_counts_as_not_there(soap_maker: Program) -> None:
    customer = {"name": "Ana Gil", "email": None}
    nulls = {"customer": customer, "ship_to": None, "requested_on": None, "number": None}
    order = soap_maker.post("/orders", order_of() | nulls)

    lacking = soap_maker.call("POST", "/orders", order_of() | {"customer": None})

    assert order.json["number"] == "H-0001"
    assert (lacking.status, lacking.fields) == (422, ["customer"])


def test_a_write_wakes_the_planner_and_a_look_wakes_nobody(
    soap_maker: Program, woken: Woken
) -> None:
    woken.kinds.clear()
    soap_maker.get("/orders")
    assert woken.kinds == []

    soap_maker.post("/orders", order_of())

    assert woken.kinds == ["plan", "push"]


def test_the_last_use_of_a_token_is_written_at_most_once_an_hour(
    owner: Program, clock: StandingClock
) -> None:
    def used_at() -> object:
        with owner.ports.database.reading() as session:
            return session.execute(TOKEN_USED).scalar_one()

    owner.get("/items")
    first = used_at()
    clock.time = NOW + timedelta(minutes=59)
    owner.get("/items")
    soon = used_at()
    clock.time = NOW + timedelta(minutes=61)
    owner.get("/items")

    assert (first, soon) == (NOW, NOW)
    assert used_at() == NOW + timedelta(minutes=61)
