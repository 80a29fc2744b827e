"""What differs between engines: writes, locks and JSON columns, on SQLite and PostgreSQL."""

import threading

import pytest
from flask import Flask

from hub.models.session import Database
from tests.web.api.program import SHOP, Program, order_of, stock_up


@pytest.fixture
def app_database(database: Database) -> Database:
    """Each engine in turn."""
    return database


def test_the_whole_walk_leaves_the_books_right(soap_maker: Program) -> None:
    soap_maker.post("/channels", SHOP)
    order = soap_maker.post("/orders", order_of(4, number="T-1"), Idempotency_Key="o")
    again = soap_maker.post("/orders", order_of(4, number="T-1"), Idempotency_Key="o")
    stock_up(soap_maker)
    [run] = soap_maker.get("/production-orders?item=SOAP").items
    soap_maker.post(f"/production-orders/{run['id']}/start")
    lot = soap_maker.post(f"/production-orders/{run['id']}/finish")
    soap_maker.plan()
    parcel = {"order": order.id, "carrier": "Correos", "tracking_number": "PK1"}
    shipment = soap_maker.post("/shipments", parcel)
    soap_maker.post(f"/shipments/{shipment.id}/delivered")

    assert again.text == order.text
    assert soap_maker.get(f"/orders/{order.id}").json["phase"] == "delivered"
    for way in ("forward", "backward"):
        assert soap_maker.get(f"/lots/{lot.id}/trace?direction={way}").json["nodes"]
    for path in ("/items", "/lots", "/listings", "/shipments", "/orders?q=ana"):
        assert soap_maker.get(path).items, path
    assert soap_maker.get("/invariants").json == {"violations": []}


def test_a_mapping_rehearsed_and_saved_says_the_same(soap_maker: Program) -> None:
    soap_maker.post("/orders", order_of(2, sku="SOAP-X6"))
    [listing] = soap_maker.get("/listings?state=unmapped").items
    path, pack = (
        f"/listings/{listing['id']}/mapping",
        {"components": [{"item": "SOAP", "quantity": 6}]},
    )

    rehearsed = soap_maker.call("PUT", f"{path}?dry_run=1", pack).json
    saved = soap_maker.call("PUT", path, pack).json

    assert rehearsed | {"dry_run": False} == saved


def test_of_ten_people_who_press_start_one_is_first(
    app: Flask, soap_maker: Program
) -> None:
    soap_maker.post("/orders", order_of(4))
    stock_up(soap_maker)
    [run] = soap_maker.get("/production-orders").items
    statuses = []

    def press() -> None:
        person = Program(app.test_client(), token=soap_maker.token, ports=soap_maker.ports)
        statuses.append(person.call("POST", f"/production-orders/{run['id']}/start").status)

    threads = [threading.Thread(target=press) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [200] + [409] * 9
    assert soap_maker.get("/invariants").json == {"violations": []}


@pytest.mark.parametrize(
    "path",
    ["/items/%00", "/orders?q=%00", "/orders/99999999999999999999", "/lots?code=%00"],
)
def test_what_an_engine_would_choke_on_never_reaches_it(owner: Program, path: str) -> None:
    assert owner.call("GET", path).status in {404, 422}


def test_numbers_no_column_holds_are_refused(soap_maker: Program) -> None:
    huge = {"amount": "9223372036854775807", "unit": "g"}

    answer = soap_maker.call("POST", "/lots", {"item": "LYE", "quantity": huge})

    assert (answer.status, answer.fields) == (422, ["quantity"])
