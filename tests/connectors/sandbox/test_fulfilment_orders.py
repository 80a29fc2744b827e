"""Holds, progress and deadlines: the rules a live shop was seen to keep."""

from typing import cast

import pytest

from connectors.sandbox.shopify.wanted import Wanted
from tests.connectors.sandbox.taller import CREATE, Json, Taller, gid, inside, sending

HOLD = """
mutation Hold($id: ID!, $hold: FulfillmentOrderHoldInput!) {
  fulfillmentOrderHold(id: $id, fulfillmentHold: $hold) {
    fulfillmentHold { id handle reason reasonNotes displayReason heldByRequestingApp }
    fulfillmentOrder { ...Asked }
    remainingFulfillmentOrder { ...Asked }
    userErrors { code field message }
  }
}
fragment Asked on FulfillmentOrder {
  id
  status
  supportedActions { action }
  lineItems(first: 5) {
    nodes { totalQuantity remainingQuantity lineItem { fulfillableQuantity } }
  }
}
"""
RELEASE = """
mutation Release($id: ID!, $holds: [ID!]) {
  fulfillmentOrderReleaseHold(id: $id, holdIds: $holds) {
    fulfillmentOrder { status lineItems(first: 5) { nodes { totalQuantity remainingQuantity } } }
    userErrors { code field message }
  }
}
"""
PROGRESS = """
mutation Progress($id: ID!, $report: FulfillmentOrderReportProgressInput) {
  fulfillmentOrderReportProgress(id: $id, progressReport: $report) {
    fulfillmentOrder { status supportedActions { action } }
    userErrors { code field message }
  }
}
"""
OPEN = """
mutation Open($id: ID!) {
  fulfillmentOrderOpen(id: $id) { fulfillmentOrder { status } userErrors { field message } }
}
"""
DEADLINE = """
mutation Deadline($ids: [ID!]!, $by: DateTime!) {
  fulfillmentOrdersSetFulfillmentDeadline(fulfillmentOrderIds: $ids, fulfillmentDeadline: $by) {
    success
    userErrors { code field message }
  }
}
"""


def actions(fulfilment_order: Json) -> list[object]:
    return [
        each["action"] for each in cast(list[Json], fulfilment_order["supportedActions"])
    ]


def only(taller: Taller, order_id: str) -> Json:
    [asked] = taller.asked(order_id)
    return asked


@pytest.fixture
def asked(taller: Taller) -> str:
    """The global id of a fulfilment order for five soaps."""
    return gid("FulfillmentOrder", only(taller, taller.order(SOAP=5))["id"])


def hold(handle: str, **more: object) -> Json:
    return {"reason": "INVENTORY_OUT_OF_STOCK", "handle": handle, **more}


def test_a_hold_takes_away_the_right_to_send(taller: Taller, asked: str) -> None:
    made = taller.do(HOLD, id=asked, hold=hold("hub-1", reasonNotes="waiting for oil"))

    held = inside(made, "fulfillmentOrder")
    assert (held["status"], actions(held)) == ("ON_HOLD", ["RELEASE_HOLD", "HOLD", "MOVE"])
    assert made["remainingFulfillmentOrder"] is None
    assert inside(made, "fulfillmentHold")["displayReason"] == "Inventory out of stock"
    refusal = taller.refusal(CREATE, fulfillment=sending(asked.rpartition("/")[2]))
    assert str(refusal["message"]).endswith("has an unfulfillable status= on_hold.")


def test_holding_part_splits_the_rest_off_as_open(taller: Taller) -> None:
    order = taller.order(SOAP=5)
    first = only(taller, order)
    [line] = cast(list[Json], first["lines"])
    part = [{"id": gid("FulfillmentOrderLineItem", line["id"]), "quantity": 2}]

    made = taller.do(
        HOLD,
        id=gid("FulfillmentOrder", first["id"]),
        hold=hold("part", fulfillmentOrderLineItems=part),
    )

    held, rest = inside(made, "fulfillmentOrder"), inside(made, "remainingFulfillmentOrder")
    [held_line] = cast(list[Json], inside(held, "lineItems")["nodes"])
    [rest_line] = cast(list[Json], inside(rest, "lineItems")["nodes"])
    assert (held_line["totalQuantity"], rest_line["totalQuantity"]) == (2, 3)
    assert inside(held_line, "lineItem")["fulfillableQuantity"] == 3
    assert rest["status"] == "OPEN"
    assert actions(rest) == [
        "CREATE_FULFILLMENT",
        "REPORT_PROGRESS",
        "MOVE",
        "HOLD",
        "SPLIT",
    ]


def test_lines_of_which_nothing_is_held_leave_the_held_one(taller: Taller) -> None:
    order = taller.store.place_order([Wanted(sku="SOAP", quantity=2), Wanted(sku="SOAP")])
    [whole] = taller.asked(order)
    [first, second] = cast(list[Json], whole["lines"])
    part = [{"id": gid("FulfillmentOrderLineItem", second["id"]), "quantity": 1}]

    taller.do(
        HOLD,
        id=gid("FulfillmentOrder", whole["id"]),
        hold=hold("part", fulfillmentOrderLineItems=part),
    )

    held, rest = taller.asked(order)
    assert [line["line_id"] for line in cast(list[Json], held["lines"])] == [
        second["line_id"]
    ]
    assert [line["line_id"] for line in cast(list[Json], rest["lines"])] == [
        first["line_id"]
    ]
    taller.do(RELEASE, id=gid("FulfillmentOrder", whole["id"]))
    again = cast(list[Json], taller.asked(order)[0]["lines"])
    assert sorted(str(line["total"]) for line in again) == ["1", "2"]


def test_releasing_a_partial_hold_takes_the_rest_back(taller: Taller) -> None:
    order = taller.order(SOAP=5)
    first = only(taller, order)
    [line] = cast(list[Json], first["lines"])
    part = [{"id": gid("FulfillmentOrderLineItem", line["id"]), "quantity": 2}]
    number = gid("FulfillmentOrder", first["id"])
    taller.do(HOLD, id=number, hold=hold("part", fulfillmentOrderLineItems=part))

    freed = inside(taller.do(RELEASE, id=number), "fulfillmentOrder")

    assert freed["status"] == "OPEN"
    assert inside(freed, "lineItems")["nodes"] == [
        {"totalQuantity": 5, "remainingQuantity": 5}
    ]
    whole, spare = taller.asked(order)
    assert (whole["status"], spare["status"]) == ("OPEN", "CLOSED")
    assert [line["total"] for line in cast(list[Json], spare["lines"])] == [0]


def test_a_handle_is_used_once_on_a_fulfilment_order(taller: Taller, asked: str) -> None:
    taller.do(HOLD, id=asked, hold=hold("hub-1"))

    refusal = taller.refusal(HOLD, id=asked, hold=hold("hub-1"))

    assert refusal["code"] == "DUPLICATE_FULFILLMENT_HOLD_HANDLE"
    assert refusal["field"] == ["fulfillmentHold", "handle"]


def test_an_app_places_at_most_ten_holds(taller: Taller, asked: str) -> None:
    made: Json = {}

    for number in range(10):
        made = taller.do(HOLD, id=asked, hold=hold(f"hub-{number}"))

    assert actions(inside(made, "fulfillmentOrder")) == ["RELEASE_HOLD", "MOVE"]
    refusal = taller.refusal(HOLD, id=asked, hold=hold("hub-10"))
    assert refusal["code"] == "FULFILLMENT_ORDER_HOLD_LIMIT_REACHED"


def test_part_of_a_held_fulfilment_order_cannot_be_held(taller: Taller, asked: str) -> None:
    taller.do(HOLD, id=asked, hold=hold("hub-1"))
    part = [{"id": gid("FulfillmentOrderLineItem", 1), "quantity": 1}]

    refusal = taller.refusal(HOLD, id=asked, hold=hold("b", fulfillmentOrderLineItems=part))

    assert refusal["code"] == "FULFILLMENT_ORDER_NOT_SPLITTABLE"


@pytest.mark.parametrize(
    "quantity,code", [(0, "GREATER_THAN_ZERO"), (6, "INVALID_LINE_ITEM_QUANTITY")]
)
def test_only_units_that_are_there_can_be_held(
    taller: Taller, quantity: int, code: str
) -> None:
    first = only(taller, taller.order(SOAP=5))
    [line] = cast(list[Json], first["lines"])
    part = [{"id": gid("FulfillmentOrderLineItem", line["id"]), "quantity": quantity}]

    refusal = taller.refusal(
        HOLD,
        id=gid("FulfillmentOrder", first["id"]),
        hold=hold("h", fulfillmentOrderLineItems=part),
    )

    assert refusal["code"] == code


def test_holds_are_lifted_one_by_one_and_only_our_own(taller: Taller, asked: str) -> None:
    order = str(taller.store.orders()[0]["id"])
    ours = inside(taller.do(HOLD, id=asked, hold=hold("hub-1")), "fulfillmentHold")["id"]
    taller.store.hold_by_hand(order, notes="call the buyer")
    [theirs] = [h["id"] for h in _holds(taller, order) if not h["by_app"]]

    refusal = taller.refusal(RELEASE, id=asked, holds=[gid("FulfillmentHold", theirs)])
    freed = taller.do(RELEASE, id=asked, holds=[ours])

    assert refusal["code"] == "INVALID_ACCESS"
    assert inside(freed, "fulfillmentOrder")["status"] == "ON_HOLD"
    assert [h["notes"] for h in _holds(taller, order)] == ["call the buyer"]
    taller.store.release_by_hand(order)
    assert only(taller, order)["status"] == "OPEN"


def _holds(taller: Taller, order: str) -> list[Json]:
    return cast(list[Json], only(taller, order)["holds"])


def test_who_held_it_takes_a_scope_of_its_own_to_see(taller: Taller, asked: str) -> None:
    taller.do(HOLD, id=asked, hold=hold("hub-1"))
    query = (
        "query($id: ID!) { fulfillmentOrder(id: $id)"
        " { fulfillmentHolds { handle heldByApp { id } } } }"
    )

    answer = taller.ask(query, id=asked)

    [hidden] = cast(
        list[Json], inside(answer, "data", "fulfillmentOrder")["fulfillmentHolds"]
    )
    assert hidden == {"handle": "hub-1", "heldByApp": None}
    assert inside(answer, "errors", 0, "extensions")["code"] == "ACCESS_DENIED"
    taller.store.scopes = taller.store.scopes | {"read_apps"}
    assert "errors" not in taller.ask(query, id=asked)


def test_reported_progress_is_seen_and_can_be_taken_back(
    taller: Taller, asked: str
) -> None:
    begun = taller.do(PROGRESS, id=asked, report={"reasonNotes": "Batch L-240"})

    assert inside(begun, "fulfillmentOrder")["status"] == "IN_PROGRESS"
    assert actions(inside(begun, "fulfillmentOrder")) == [
        "CREATE_FULFILLMENT",
        "REPORT_PROGRESS",
        "HOLD",
        "MARK_AS_OPEN",
    ]
    order = taller.store.orders()[0]
    assert order["fulfillment_status"] == "IN_PROGRESS"
    assert only(taller, str(order["id"]))["progress"] == "Batch L-240"
    assert inside(taller.do(OPEN, id=asked), "fulfillmentOrder")["status"] == "OPEN"


def test_progress_can_be_reported_again_while_in_progress(
    taller: Taller, asked: str
) -> None:
    taller.do(PROGRESS, id=asked, report={"reasonNotes": "mixed"})

    taller.do(PROGRESS, id=asked, report={"reasonNotes": "poured"})

    assert only(taller, str(taller.store.orders()[0]["id"]))["progress"] == "poured"


def test_progress_is_refused_on_hold_and_when_closed(taller: Taller, asked: str) -> None:
    taller.do(HOLD, id=asked, hold=hold("hub-1"))

    refusal = taller.refusal(PROGRESS, id=asked)

    assert (
        refusal["message"] == "Cannot report progress on a fulfillment order in this state."
    )
    assert refusal["code"] == "FULFILLMENT_ORDER_STATUS_INVALID"
    assert str(taller.refusal(OPEN, id=asked)["message"]).endswith("but it was on_hold.")


def test_a_progress_note_has_at_most_256_letters(taller: Taller, asked: str) -> None:
    assert taller.refusal(PROGRESS, id=asked, report={"reasonNotes": "x" * 257})

    taller.do(PROGRESS, id=asked, report={"reasonNotes": "x" * 256})


def test_a_hold_interrupts_reported_progress_and_gives_it_back(
    taller: Taller, asked: str
) -> None:
    taller.do(PROGRESS, id=asked)
    taller.do(HOLD, id=asked, hold=hold("hub-1"))

    freed = taller.do(RELEASE, id=asked)

    assert inside(freed, "fulfillmentOrder")["status"] == "IN_PROGRESS"


def test_a_deadline_is_set_for_all_or_none(taller: Taller, asked: str) -> None:
    by = "2026-12-01T00:00:00Z"
    order = str(taller.store.orders()[0]["id"])

    lost = taller.payload(DEADLINE, ids=[asked, gid("FulfillmentOrder", 99)], by=by)
    before = only(taller, order)["fulfil_by"]
    done = taller.do(DEADLINE, ids=[asked], by=by)

    assert lost == {
        "success": False,
        "userErrors": [
            {
                "code": None,
                "field": None,
                "message": "Fulfillment orders could not be found.",
            }
        ],
    }
    assert before is None
    assert done["success"] is True
    assert only(taller, order)["fulfil_by"] == "2026-12-01T00:00:00+00:00"


def test_an_id_of_another_kind_is_no_id(taller: Taller) -> None:
    answer = taller.ask(HOLD, id="gid://shopify/FulfillmentOrder/0", hold=hold("h"))

    assert answer["data"] == {"fulfillmentOrderHold": None}
    assert (
        inside(answer, "errors", 0)["message"]
        == "Invalid id: gid://shopify/FulfillmentOrder/0"
    )
    assert inside(answer, "errors", 0, "extensions")["code"] == "RESOURCE_NOT_FOUND"


def test_a_fulfilment_order_that_never_was_is_refused_by_code(taller: Taller) -> None:
    refusal = taller.refusal(HOLD, id=gid("FulfillmentOrder", 12345), hold=hold("h"))

    assert refusal["code"] == "FULFILLMENT_ORDER_NOT_FOUND"


def test_two_open_ones_at_one_place_could_be_merged(taller: Taller) -> None:
    order = taller.order(SOAP=2)
    line = str(taller.lines(order)[0]["id"])

    taller.store.edit_order(order, quantities={line: 3})

    for asked_for in taller.asked(order):
        assert "MERGE" in cast(list[str], asked_for["actions"])
