"""Recalls as programs run them: from a supplier's call to the buyers, the papers and the tables."""

import csv
import io
from collections.abc import Callable

import pytest
from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.models.records.listings import Listing
from hub.models.records.people import IdempotencyKey
from tests.web.api.program import Json, Program, entries, order_of, stock_up

WHY = {"reason": "mould in the oil"}


@pytest.fixture
def sold(soap_maker: Program) -> Program:
    """Ten soaps of one batch: two sent to Ana, three waiting for her, five free."""
    soap_maker.post(
        "/lots",
        {
            "item": "OIL",
            "quantity": {"amount": "3", "unit": "l"},
            "code": "OIL-A",
            "supplier_lot": "KX9",
        },
    )
    soap_maker.post(
        "/lots", {"item": "LYE", "quantity": {"amount": "1", "unit": "kg"}, "code": "LYE-A"}
    )
    soap_maker.post("/orders", order_of(2, number="T-1"))
    soap_maker.plan()
    soap_maker.post("/production-orders/1/release")
    soap_maker.post("/production-orders/1/start")
    soap_maker.post("/production-orders/1/finish")
    soap_maker.plan()
    soap_maker.post(
        "/shipments", {"order": "T-1", "carrier": "Correos", "tracking_number": "PK1"}
    )
    soap_maker.post("/orders", order_of(3, number="T-2"))
    soap_maker.plan()
    return soap_maker


def lot_id(program: Program, code: str) -> str:
    [found] = program.get(f"/lots?code={code}").items
    return str(found["id"])


def start(program: Program, *, drill: bool = False, **headers: str) -> Json:
    body = {"lot": lot_id(program, "OIL-A"), "drill": drill, **WHY}
    return program.post("/recalls", body, **headers).json


def number_of(order: Json) -> object:
    return order["number"]


def test_a_recall_names_lots_orders_customers_and_how_it_adds_up(sold: Program) -> None:
    told = start(sold)

    lots = entries(told, "lots")
    assert [(lot["item"], lot["state"]) for lot in lots] == [
        ("OIL", "recalled"),
        ("SOAP", "recalled"),
    ]
    assert {
        str(order["number"]): (order["sent"], order["held"])
        for order in entries(told, "orders")
    } == {
        "T-1": (True, False),
        "T-2": (False, True),
    }
    [customer] = entries(told, "customers")
    assert (customer["name"], customer["email"]) == ("Ana Gil", "ana@example.com")
    assert customer["tracking_numbers"] == ["PK1"]
    message = customer["message"]
    assert isinstance(message, dict)
    assert "T-1" in message["body"]
    assert message["way"] == "email"
    assert told["mass_balance"] == {
        name: {"amount": amount, "unit": "ml"}
        for name, amount in {
            "received": "3000",
            "produced": "0",
            "returned": "0",
            "consumed": "2000",
            "shipped": "0",
            "scrapped": "0",
            "adjusted": "0",
            "on_hand": "1000",
            "difference": "0",
        }.items()
    }
    assert isinstance(told["took_ms"], int)
    assert sold.get("/orders/T-2").json["phase"] != "ready_to_ship"
    assert sold.get("/invariants").json == {"violations": []}


def test_what_was_called_back_is_offered_to_nobody_after_the_next_plan(
    sold: Program,
) -> None:
    start(sold)
    sold.plan()

    item = sold.get("/items/SOAP").json
    assert item["available"] == {"amount": "0", "unit": "each"}
    with sold.ports.database.reading() as session:
        wanted = session.scalars(select(Listing.stock_wanted)).all()
    assert all(not each for each in wanted)
    assert (
        sold.call(
            "POST", "/shipments", {"order": "T-2", "carrier": "C", "tracking_number": "1"}
        ).status
        == 409
    )


def test_a_drill_changes_nothing_and_wakes_nobody(sold: Program) -> None:
    before = {
        "lots": sold.get("/lots").json,
        "orders": sold.get("/orders").json,
        "runs": sold.get("/production-orders").json,
    }
    rows = sold.rows()

    told = start(sold, drill=True)

    assert before == {
        "lots": sold.get("/lots").json,
        "orders": sold.get("/orders").json,
        "runs": sold.get("/production-orders").json,
    }
    own = {"recall", "recall_lot", "recall_order", "history", "counter"}
    changed = {name for name, count in sold.rows().items() if count != rows[name]}
    assert changed <= own
    assert [each["email"] for each in entries(told, "customers")] == ["ana@example.com"]


def test_a_repeated_start_is_one_recall_and_no_buyer_is_kept_with_it(sold: Program) -> None:
    first = start(sold, Idempotency_Key="r-1")
    again = start(sold, Idempotency_Key="r-1")

    assert first["id"] == again["id"]
    assert len(sold.get("/recalls").items) == 1
    with sold.ports.database.reading() as session:
        kept = session.scalars(select(IdempotencyKey)).all()
        assert not any("ana@example.com" in str(vars(row)) for row in kept)
        assert kept


def test_buyers_are_ticked_off_and_the_recall_is_closed(sold: Program) -> None:
    recall = start(sold)["number"]

    told = sold.post(f"/recalls/{recall}/orders/T-1/told").json
    closed = sold.post(f"/recalls/{recall}/close", {"release_orders": True}).json

    assert entries(told, "customers")[0]["told_at"] is not None
    assert closed["state"] == "closed"
    assert closed["people_seconds"] is not None
    assert "on_hold" not in str(sold.get("/orders/T-2").json["hold_reasons"])
    assert sold.call("POST", f"/recalls/{recall}/refresh", {}).status == 409


def test_it_can_be_had_as_tables_and_on_paper(sold: Program) -> None:
    start(sold)

    buyers = rows_of(sold, "/recalls/R-0001/customers.csv")
    lots = rows_of(sold, "/recalls/R-0001/lots.csv")
    paper = sold.client.get(
        "/api/v1/recalls/R-0001/report.pdf",
        headers={"Authorization": f"Bearer {sold.token}"},
    )

    assert [(row["order"], row["sent"], row["tracking_number"]) for row in buyers] == [
        ("T-1", "yes", "PK1"),
        ("T-2", "no", ""),
    ]
    assert [(row["lot"], row["difference"]) for row in lots][0] == ("OIL-A", "0")
    assert paper.data.startswith(b"%PDF")
    assert paper.headers["Content-Type"] == "application/pdf"
    assert paper.headers["Content-Disposition"] == (
        'attachment; filename="R-0001-report.pdf"'
    )


def rows_of(program: Program, path: str) -> list[dict[str, str]]:
    answer = program.client.get(
        f"/api/v1{path}", headers={"Authorization": f"Bearer {program.token}"}
    )
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.data.decode())))


def test_a_full_trace_is_both_ways(sold: Program) -> None:
    [soap] = [lot for lot in sold.get("/lots?item=SOAP").items]

    full = sold.get(f"/lots/{soap['id']}/trace?direction=full").json

    kinds = [str(node["kind"]) for node in entries(full, "nodes")]
    assert sorted(kinds) == sorted(
        ["lot", "production_order", "lot", "lot", "shipment", "order"]
    )
    assert [order["state"] for order in entries(full, "orders")] == ["shipped", "reserved"]
    assert "KX9" in [node["supplier_lot"] for node in entries(full, "nodes")]


def test_only_the_office_sees_recalls(
    sold: Program, program_of: Callable[[Role], Program]
) -> None:
    start(sold)

    for role in (Role.MAKER, Role.PACKER, Role.VIEWER):
        assert program_of(role).call("GET", "/recalls/1").status == 403
    assert program_of(Role.PLANNER).get("/recalls/1").json["number"] == "R-0001"


def test_a_workshop_with_nothing_sold_finds_nobody(soap_maker: Program) -> None:
    stock_up(soap_maker)

    told = start(soap_maker)

    assert (told["orders"], told["customers"]) == ([], [])
    assert [lot["code"] for lot in entries(told, "lots")] == ["OIL-A"]
