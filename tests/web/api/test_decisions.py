"""Decisions by the API: listed, answered; and an order let go first, asked before and done."""

from collections.abc import Callable

import pytest

from hub.domain.people.roles import Role
from tests.factories import PIECE, make_account, make_item, make_lot, make_order
from tests.flow.bench import balance
from tests.flow.orders.changed_orders import (
    SENT_BY_HAND,
    TWO_LESS,
    change_to,
    five_candles,
    send_all,
)
from tests.web.api.program import Json, Program, entries


def sent_by_hand(owner: Program) -> int:
    """Let the shop count three candles as sent; give the id of the lot they were in."""
    with owner.ports.database.begin() as session:
        lot = five_candles(session)
        change_to(session, SENT_BY_HAND)
        return lot.id


def on_hand(owner: Program, lot_id: int) -> int:
    with owner.ports.database.reading() as session:
        return balance(session, lot_id)[0] // PIECE


def test_an_open_decision_says_what_is_asked(owner: Program) -> None:
    sent_by_hand(owner)

    [decision] = owner.get("/decisions?state=open&order=H-0001").items

    three = {"amount": "3", "unit": "each"}
    assert {
        name: decision[name]
        for name in ("order_number", "item", "change", "stage", "decision", "state")
    } == {
        "order_number": "H-0001",
        "item": "CANDLE",
        "change": "sent_elsewhere",
        "stage": "done",
        "decision": "take_out",
        "state": "open",
    }
    assert decision["quantity"] == three
    assert decision["taken_out"] == [{"lot": "C1", "quantity": three}]
    assert decision["answers"] == ["taken", "still_here"]


@pytest.mark.parametrize("answer, there", [("taken", 6), ("still_here", 9)])
def test_an_answer_is_kept_and_done(owner: Program, answer: str, there: int) -> None:
    lot_id = sent_by_hand(owner)

    told = owner.post("/decisions/1/done", {"answer": answer})

    assert (told.json["state"], told.json["answer"]) == ("done", answer)
    assert told.json["answers"] == []
    assert on_hand(owner, lot_id) == there
    assert owner.get("/decisions?state=open").items == []
    assert [each["id"] for each in owner.get("/decisions?state=done").items] == ["1"]


def test_a_decision_is_answered_once(owner: Program) -> None:
    sent_by_hand(owner)
    owner.post("/decisions/1/done", {"answer": "taken"})

    again = owner.call("POST", "/decisions/1/done", {"answer": "still_here"})

    assert again.status == 409


def test_an_answer_nobody_asked_for_is_refused_by_name(owner: Program) -> None:
    sent_by_hand(owner)

    refused = owner.call("POST", "/decisions/1/done", {})

    assert (refused.status, refused.fields) == (422, ["answer"])


def test_what_followed_by_itself_is_listed_as_settled(owner: Program) -> None:
    with owner.ports.database.begin() as session:
        five_candles(session)
        change_to(session, TWO_LESS)

    [decision] = owner.get("/decisions").items

    assert (decision["decision"], decision["state"]) == ("stock_freed", "settled")
    assert owner.get("/decisions?state=open").items == []
    assert owner.call("POST", "/decisions/1/done", {}).status == 409


def test_a_parcel_that_left_is_named(owner: Program) -> None:
    with owner.ports.database.begin() as session:
        five_candles(session)
        send_all(session)
        change_to(session, TWO_LESS)

    [decision] = owner.get("/decisions?state=open").items

    assert (decision["decision"], decision["shipment"]) == ("expect_return", "S-0001")
    assert owner.post("/decisions/1/done").json["answer"] == "done"


def test_there_is_no_list_of_an_order_that_is_not_there(owner: Program) -> None:
    refused = owner.call("GET", "/decisions?order=H-9")

    assert (refused.status, refused.fields) == (422, ["order"])


# Who goes first ---------------------------------------------------------------------------


def two_orders(owner: Program) -> None:
    """Five candles in stock: H-0001 wants four and holds them, H-0002 wants four as well."""
    with owner.ports.database.begin() as session:
        candle = make_item(session, code="CANDLE")
        make_lot(session, item=candle, quantity=5 * PIECE, code="C1")
        shop = make_account(session)
        for _ in range(2):
            make_order(session, account=shop, lines={candle: 4})
    owner.plan()


def allocated(owner: Program, number: str) -> object:
    [line] = entries(owner.get(f"/orders/{number}").json, "lines")
    [demand] = entries(line, "demands")
    return demand["allocated"]


FIRST: Json = {"priority": 1, "reason": "it is a wedding"}


def test_asking_says_who_would_lose_and_changes_nothing(owner: Program) -> None:
    two_orders(owner)
    before = owner.rows()

    told = owner.call("PATCH", "/orders/H-0002?dry_run=1", FIRST).json

    assert told["dry_run"] is True
    assert [effect["number"] for effect in entries(told, "effects")] == ["H-0001", "H-0002"]
    assert told["gives"] == [
        {
            "item": "CANDLE",
            "quantity": {"amount": "3", "unit": "each"},
            "giver": "H-0001",
            "taker": "H-0002",
        }
    ]
    assert owner.rows() == before
    assert owner.get("/orders/H-0002").json["priority"] == 100


def test_doing_it_does_what_was_said(owner: Program) -> None:
    two_orders(owner)
    asked = owner.call("PATCH", "/orders/H-0002?dry_run=1", FIRST).json

    done = owner.call("PATCH", "/orders/H-0002", FIRST)

    assert done.status == 200, done.text
    assert done.json == asked | {"dry_run": False}
    assert allocated(owner, "H-0002") == {"amount": "4", "unit": "each"}
    assert allocated(owner, "H-0001") == {"amount": "1", "unit": "each"}
    timeline = entries(owner.get("/orders/H-0001").json, "timeline")
    assert [each["why"] for each in timeline if each["what"] == "order.gave"] == ["H-0002"]


@pytest.mark.parametrize("role", [Role.MAKER, Role.PACKER, Role.VIEWER])
def test_who_goes_first_is_decided_in_the_office(
    program_of: Callable[[Role], Program], role: Role
) -> None:
    assert program_of(role).call("PATCH", "/orders/1", FIRST).status == 403
