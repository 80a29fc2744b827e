"""Buying over the API: suppliers, suggestions, orders, receipts, on both engines."""

import threading
from datetime import timedelta
from typing import cast

import pytest
from flask import Flask

from hub.models.session import Database
from tests.factories import NOW
from tests.web.api.program import Json, Program, entries, order_of

TODAY = NOW.date()
LATER = (TODAY + timedelta(days=20)).isoformat()


@pytest.fixture
def app_database(database: Database) -> Database:
    """Each engine in turn."""
    return database


@pytest.fixture
def buyer(soap_maker: Program) -> Program:
    """Somebody who needs 1 kg of lye and 2 l of oil for an order, and has neither."""
    soap_maker.post("/suppliers", {"code": "CERES", "name": "Ceres", "currency": "eur"})
    sold = {
        "supplier_code": "NaOH-25",
        "lead_time_days": 6,
        "min_quantity": {"amount": "2", "unit": "kg"},
        "multiple": {"amount": "1", "unit": "kg"},
        "unit_cost": {"amount": "0.004", "currency": "EUR"},
        "preferred": True,
    }
    assert soap_maker.call("PUT", "/suppliers/CERES/items/LYE", sold).status == 200
    soap_maker.post("/orders", order_of(4, number="T-1"))
    soap_maker.plan()
    return soap_maker


def line(purchase: Json, position: int = 0) -> Json:
    return entries(purchase, "lines")[position]


def grams(of: object) -> str:
    return cast("dict[str, str]", of)["amount"]


def suggestions(program: Program) -> dict[str, list[tuple[object, str]]]:
    """Return what is suggested, items and grams by supplier; of nobody under ""."""
    return {
        cast("dict[str, str]", group["supplier"] or {"code": ""})["code"]: [
            (each["item"], grams(each["quantity"])) for each in entries(group, "lines")
        ]
        for group in program.get("/purchase-suggestions").items
    }


def shortages(program: Program) -> dict[object, tuple[str, object, object]]:
    """Return of each item what the order is short of, why, and what is on its way."""
    return {
        each["item"]: (
            grams(each["quantity"]),
            each["reason"],
            [
                (part["purchase_order"], grams(part["quantity"]), part["expected_on"])
                for part in entries(each, "covered")
            ],
        )
        for each in entries(program.get("/orders/T-1").json, "shortages")
    }


def test_a_supplier_is_shown_with_what_they_sell(buyer: Program) -> None:
    buyer.call("PATCH", "/suppliers/CERES", {"name": "Ceres S.L.", "is_active": True})

    shown = buyer.get("/suppliers/CERES").json

    assert (shown["name"], shown["currency"]) == ("Ceres S.L.", "EUR")
    [sold] = entries(shown, "items")
    assert sold == {
        "item": "LYE",
        "supplier_code": "NaOH-25",
        "lead_time_days": 6,
        "min_quantity": {"amount": "2000", "unit": "g"},
        "multiple": {"amount": "1000", "unit": "g"},
        "unit_cost": {"amount": "0.004", "currency": "EUR"},
        "preferred": True,
    }
    assert [each["code"] for each in buyer.get("/suppliers").items] == ["CERES"]


def test_what_is_missing_is_suggested_by_supplier_with_who_waits(buyer: Program) -> None:
    known, nobodys = buyer.get("/purchase-suggestions").items

    [lye] = entries(known, "lines")
    assert known["supplier"] == {"code": "CERES", "name": "Ceres"}
    assert known["costs"] == [{"amount": "8.00", "currency": "EUR"}]
    assert (grams(lye["missing"]), grams(lye["quantity"])) == ("1000", "2000")
    assert lye["expected_on"] == (TODAY + timedelta(days=6)).isoformat()
    assert [each["number"] for each in entries(lye, "orders")] == ["T-1"]
    assert [each["number"] for each in entries(lye, "production_orders")] == ["P-0001"]
    assert nobodys["supplier"] is None
    assert [each["item"] for each in entries(nobodys, "lines")] == ["OIL"]


def test_the_whole_way_from_short_to_covered_to_here(buyer: Program) -> None:
    assert suggestions(buyer) == {"CERES": [("LYE", "2000")], "": [("OIL", "2000")]}
    bought = buyer.post("/purchase-orders", {"from_suggestions": "CERES", "place": True})
    buyer.plan()
    half = {"supplier": "CERES", "lines": [{"item": "OIL", "quantity": 500}]}
    oil = buyer.post("/purchase-orders", half | {"place": True, "expected_on": LATER})
    buyer.plan()

    in_six_days = (TODAY + timedelta(days=6)).isoformat()
    assert bought.json["number"] == "PO-0001"
    assert bought.json["state"] == "ordered"
    assert line(bought.json)["expected_on"] == in_six_days
    assert grams(buyer.get("/items/LYE").json["incoming"]) == "2000"
    assert suggestions(buyer) == {"": [("OIL", "1500")]}
    assert shortages(buyer) == {
        "LYE": ("0", "covered", [("PO-0001", "1000", in_six_days)]),
        "OIL": ("1500", "no_stock", [("PO-0002", "500", LATER)]),
    }
    [waits] = entries(line(buyer.get("/purchase-orders/PO-0001").json), "covers")
    assert (waits["kind"], waits["number"]) == ("production_order", "P-0001")

    buyer.post("/lots", {"item": "OIL", "quantity": {"amount": "1.5", "unit": "l"}})
    buyer.plan()
    dated = buyer.get("/orders/T-1").json["earliest_on"]
    sooner = {"expected_on": (TODAY + timedelta(days=9)).isoformat()}
    buyer.call("PATCH", f"/purchase-orders/{oil.id}", sooner)
    buyer.plan()
    moved = buyer.get("/orders/T-1").json["earliest_on"]
    assert isinstance(dated, str)
    assert isinstance(moved, str)
    assert sooner["expected_on"] <= moved < LATER <= dated

    part = {"item": "LYE", "quantity": {"amount": "0.4", "unit": "kg"}, "code": "L-1"}
    came = buyer.post(f"/purchase-orders/{bought.id}/receive", {"lines": [part]})
    rest = buyer.post(f"/purchase-orders/{bought.id}/receive")
    buyer.post(f"/purchase-orders/{oil.id}/receive")
    buyer.plan()

    assert [each["code"] for each in entries(came.json, "lots")] == ["L-1"]
    assert cast(Json, came.json["purchase_order"])["state"] == "ordered"
    done = cast(Json, rest.json["purchase_order"])
    assert (done["state"], grams(line(done)["received"])) == ("received", "2000")
    assert entries(rest.json, "lots")[0]["unit_cost"] == {
        "amount": "0.004",
        "currency": "EUR",
    }
    assert len(entries(line(done), "lots")) == 2
    assert grams(buyer.get("/items/LYE").json["incoming"]) == "0"
    assert shortages(buyer) == {}
    assert buyer.get("/orders/T-1").json["phase"] == "materials_reserved"
    assert buyer.get("/invariants").json == {"violations": []}


def test_a_draft_is_changed_and_placed_and_what_never_comes_is_closed(
    buyer: Program,
) -> None:
    written = {"supplier": "CERES", "lines": [{"item": "LYE", "quantity": 500}]}
    draft = buyer.post("/purchase-orders", written)
    path = f"/purchase-orders/{draft.id}"
    more: Json = {
        "lines": [{"item": "LYE", "quantity": 700}, {"item": "OIL", "quantity": 9}]
    }

    changed = buyer.call("PATCH", path, more)
    placed = buyer.post(f"{path}/place", {"expected_on": LATER})
    closed = buyer.post(f"{path}/close", {"items": ["OIL"], "reason": "sold out"})

    assert [grams(each["quantity"]) for each in entries(changed.json, "lines")] == [
        "700",
        "9",
    ]
    assert placed.json["expected_on"] == LATER
    assert [each["is_closed"] for each in entries(closed.json, "lines")] == [False, True]
    assert buyer.post(f"{path}/cancel").json["state"] == "cancelled"
    assert [each["id"] for each in buyer.get("/purchase-orders?state=cancelled").items] == [
        draft.id
    ]
    assert buyer.get("/purchase-orders?state=ordered&supplier=CERES").items == []


def test_of_eight_people_who_order_what_is_suggested_one_does(
    app: Flask, buyer: Program
) -> None:
    statuses = []

    def press() -> None:
        person = Program(app.test_client(), token=buyer.token, ports=buyer.ports)
        body = {"from_suggestions": "CERES", "place": True}
        statuses.append(person.call("POST", "/purchase-orders", body).status)

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [201] + [409] * 7
    assert len(buyer.get("/purchase-orders").items) == 1


def test_a_receipt_sent_twice_with_one_key_is_one_lot(buyer: Program) -> None:
    bought = buyer.post("/purchase-orders", {"from_suggestions": "CERES", "place": True})
    path = f"/purchase-orders/{bought.id}/receive"
    part = {"lines": [{"item": "LYE", "quantity": 5}]}

    first = buyer.post(path, part, Idempotency_Key="parcel")
    again = buyer.post(path, part, Idempotency_Key="parcel")

    assert first.text == again.text
    assert len(buyer.get("/lots?item=LYE").items) == 1
