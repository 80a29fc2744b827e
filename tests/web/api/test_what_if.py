"""What if, as a program asks it: nothing moves by asking, and a remedy is really done."""

from collections.abc import Callable

import pytest

from hub.domain.people.roles import Role
from tests.web.api.program import Program, entries, order_of, stock_up


@pytest.fixture
def short_of_lye(soap_maker: Program) -> Program:
    """Four soaps are ordered; the lye for them is there, and potash could stand in for it."""
    soap_maker.post(
        "/items", {"code": "POTASH", "name": "Potash", "kind": "material", "unit": "g"}
    )
    alternate = {"substitute": "POTASH", "factor": "1.1", "allowed": False}
    soap_maker.call("PUT", "/items/LYE/alternates", alternate)
    stock_up(soap_maker)
    soap_maker.post("/lots", {"item": "POTASH", "quantity": {"amount": "9", "unit": "kg"}})
    soap_maker.post("/orders", order_of(4, number="T-1"))
    soap_maker.plan()
    return soap_maker


REJECTED = {"changes": [{"kind": "lot_rejected", "item": "LYE", "lot": "LYE-A"}]}


def test_a_question_says_what_moves_and_what_helps_and_changes_nothing(
    short_of_lye: Program,
) -> None:
    before = short_of_lye.rows()

    answer = short_of_lye.post("/what-if", REJECTED)

    assert answer.status == 200, answer.text
    moved = entries(answer.json, "orders")
    assert [(each["number"], each["after"]) for each in moved] == [("T-1", None)]
    assert moved[0]["newly_at_risk"] is True
    fix = entries(answer.json, "fixes")[0]
    assert (fix["kind"], fix["can_apply"]) == ("substitute", True)
    assert fix["words"] == {"item": "LYE", "substitute": "POTASH"}
    assert fix["orders"] == ["T-1"]
    assert short_of_lye.rows() == before


def test_a_remedy_that_is_applied_is_what_the_plan_then_does(short_of_lye: Program) -> None:
    fix = entries(short_of_lye.post("/what-if", REJECTED).json, "fixes")[0]

    applied = short_of_lye.post("/what-if/apply", {"fix": fix["id"]})
    short_of_lye.post(f"/lots/{_lot(short_of_lye, 'LYE-A')}/quarantine")
    short_of_lye.plan()

    assert (applied.status, applied.json) == (200, {"kind": "substitute"})
    allowed = short_of_lye.get("/items/LYE/alternates").items[0]
    assert (allowed["allowed"], allowed["factor"]) == (True, "1.1")
    assert short_of_lye.get("/orders/T-1").json["phase"] == "materials_reserved"
    assert short_of_lye.get("/invariants").json == {"violations": []}


def test_more_demand_and_a_rush_order_are_asked_together(short_of_lye: Program) -> None:
    changes = [
        {"kind": "demand_times", "item": "SOAP", "factor": "4"},
        {
            "kind": "order_added",
            "item": "SOAP",
            "quantity": "6",
            "needed_on": "2030-01-02",
        },
    ]

    answer = short_of_lye.post("/what-if", {"changes": changes})

    assert answer.status == 200, answer.text
    ids = {each["number"]: each["id"] for each in entries(answer.json, "orders")}
    assert ids[""] is None


def test_who_packs_asks_no_such_questions(
    short_of_lye: Program, program_of: Callable[[Role], Program]
) -> None:
    packer = program_of(Role.PACKER)

    assert packer.call("POST", "/what-if", REJECTED).status == 403


def _lot(program: Program, code: str) -> object:
    return next(lot["id"] for lot in program.get("/lots").items if lot["code"] == code)
