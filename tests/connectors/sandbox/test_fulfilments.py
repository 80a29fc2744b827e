"""Sending: what goes out once, what is refused, and what the buyer hears."""

from typing import cast

from tests.connectors.sandbox.taller import (
    CREATE,
    Json,
    Taller,
    gid,
    inside,
    sending,
    sending_part,
)

TRACK = """
mutation Track($id: ID!, $tracking: FulfillmentTrackingInput!, $notify: Boolean) {
  fulfillmentTrackingInfoUpdate(
    fulfillmentId: $id, trackingInfoInput: $tracking, notifyCustomer: $notify
  ) {
    fulfillment { trackingInfo { company number url } }
    userErrors { field message }
  }
}
"""
CANCEL = """
mutation Cancel($id: ID!) {
  fulfillmentCancel(id: $id) { fulfillment { status displayStatus } userErrors { message } }
}
"""
EVENT = """
mutation Event($event: FulfillmentEventInput!) {
  fulfillmentEventCreate(fulfillmentEvent: $event) {
    fulfillmentEvent { id status happenedAt }
    userErrors { field message }
  }
}
"""
TOO_MANY = "Invalid fulfillment order line item quantity requested."


def numbers(taller: Taller, order: str) -> list[object]:
    return [each["id"] for each in taller.asked(order)]


def sent(taller: Taller, order: str) -> list[Json]:
    return cast(list[Json], taller.store.order(order)["fulfilments"])


def test_sending_everything_of_one_place_closes_its_fulfilment_order(
    taller: Taller,
) -> None:
    order = taller.order(SOAP=2, CANDLE=1)
    first, second = numbers(taller, order)

    made = taller.do(
        CREATE, fulfillment=sending(first, trackingInfo={"company": "UPS", "number": "1Z"})
    )

    assert inside(made, "fulfillment")["totalQuantity"] == 2
    assert inside(made, "fulfillment")["displayStatus"] == "FULFILLED"
    assert [each["status"] for each in taller.asked(order)] == ["CLOSED", "OPEN"]
    assert taller.store.order(order)["fulfillment_status"] == "PARTIALLY_FULFILLED"
    taller.do(CREATE, fulfillment=sending(second))
    assert taller.store.order(order)["fulfillment_status"] == "FULFILLED"


def test_two_places_are_never_one_fulfilment(taller: Taller) -> None:
    order = taller.order(SOAP=2, CANDLE=1)

    refusal = taller.refusal(CREATE, fulfillment=sending(*numbers(taller, order)))

    assert refusal == {
        "field": ["fulfillment"],
        "message": "All fulfillment orders must be assigned to a single location.",
    }
    assert sent(taller, order) == []


def test_two_orders_are_never_one_fulfilment(taller: Taller) -> None:
    [one], [other] = (numbers(taller, taller.order(SOAP=1)) for _ in range(2))

    assert taller.refusal(CREATE, fulfillment=sending(one, other))


def test_more_than_remains_is_refused_and_nothing_is_sent(taller: Taller) -> None:
    order = taller.order(SOAP=2)
    [asked] = taller.asked(order)
    line = str(taller.lines(order)[0]["id"])

    refusals = [
        taller.refusal(CREATE, fulfillment=sending_part(asked, {line: units}))
        for units in (3, 0, -1)
    ]

    assert [refusal["message"] for refusal in refusals] == [TOO_MANY] * 3
    assert sent(taller, order) == []


def test_naming_the_same_units_twice_is_refused(taller: Taller) -> None:
    order = taller.order(SOAP=2)
    [number] = numbers(taller, order)

    refusal = taller.refusal(CREATE, fulfillment=sending(number, number))

    assert refusal["message"] == TOO_MANY


def test_sending_twice_is_refused_only_because_nothing_is_left(taller: Taller) -> None:
    """There is no idempotency: a half-sent order takes the same request twice."""
    order = taller.order(SOAP=4)
    [asked] = taller.asked(order)
    line = str(taller.lines(order)[0]["id"])
    request = sending_part(asked, {line: 2}, trackingInfo={"number": "T1"})

    taller.do(CREATE, fulfillment=request)
    taller.do(CREATE, fulfillment=request)
    refusal = taller.refusal(CREATE, fulfillment=request)

    assert len(sent(taller, order)) == 2
    assert "unfulfillable status= closed" in str(refusal["message"])


def test_half_sent_is_in_progress(taller: Taller) -> None:
    order = taller.order(SOAP=2)
    [asked] = taller.asked(order)

    taller.do(
        CREATE, fulfillment=sending_part(asked, {str(taller.lines(order)[0]["id"]): 1})
    )

    [after] = taller.asked(order)
    assert after["status"] == "IN_PROGRESS"
    assert [
        (line["total"], line["remaining"]) for line in cast(list[Json], after["lines"])
    ] == [(2, 1)]


def test_the_buyer_is_mailed_once_for_each_notice_asked_for(taller: Taller) -> None:
    order = taller.order(SOAP=1)
    [number] = numbers(taller, order)

    made = taller.do(CREATE, fulfillment=sending(number, notifyCustomer=True))
    fulfilment = inside(made, "fulfillment")["id"]
    for notify in (True, True, False, None):
        taller.do(TRACK, id=fulfilment, tracking={"number": "T2"}, notify=notify)

    assert [mail["kind"] for mail in taller.store.mails()] == [
        "shipping_confirmation",
        "shipping_update",
        "shipping_update",
    ]


def test_new_tracking_replaces_the_old(taller: Taller) -> None:
    order = taller.order(SOAP=1)
    made = taller.do(
        CREATE, fulfillment=sending(*numbers(taller, order), trackingInfo={"number": "T1"})
    )

    after = taller.do(
        TRACK,
        id=inside(made, "fulfillment")["id"],
        tracking={"company": "Correos", "numbers": ["A1", "A2"]},
    )

    assert inside(after, "fulfillment")["trackingInfo"] == [
        {"company": "Correos", "number": "A1", "url": None},
        {"company": "Correos", "number": "A2", "url": None},
    ]


def test_a_known_carriers_link_is_written_for_us(taller: Taller) -> None:
    order = taller.order(SOAP=1)

    made = taller.do(
        CREATE,
        fulfillment=sending(
            *numbers(taller, order), trackingInfo={"company": "UPS", "number": "1Z 9"}
        ),
    )

    [parcel] = cast(list[Json], inside(made, "fulfillment")["trackingInfo"])
    assert str(parcel["url"]).endswith("trackNums=1Z%209")


def test_url_and_urls_together_are_refused(taller: Taller) -> None:
    order = taller.order(SOAP=1)
    both = {"url": "https://x.example/1", "urls": ["https://x.example/2"]}

    answer = taller.ask(
        CREATE, fulfillment=sending(*numbers(taller, order), trackingInfo=both)
    )

    assert inside(answer, "errors", 0, "extensions")["code"] == "BAD_REQUEST"
    assert sent(taller, order) == []


def test_a_link_must_be_a_link_and_a_time_a_time(taller: Taller) -> None:
    order = taller.order(SOAP=1)
    event = {"fulfillmentId": gid("Fulfillment", 1), "status": "DELIVERED"}

    answers = [
        taller.ask(
            CREATE,
            fulfillment=sending(*numbers(taller, order), trackingInfo={"url": "ups"}),
        ),
        taller.ask(EVENT, event={**event, "happenedAt": "yesterday"}),
        taller.ask(EVENT, event={**event, "happenedAt": "2026-11-24T10:00:00"}),
    ]
    written = taller.ask(
        "mutation { fulfillmentOrdersSetFulfillmentDeadline(fulfillmentOrderIds: [],"
        ' fulfillmentDeadline: "soon") { success } }'
    )

    for answer in answers:
        assert inside(answer, "errors", 0, "extensions")["code"] == "INVALID_VARIABLE"
    assert "data" not in written


def test_a_cancelled_fulfilment_is_asked_for_again_and_twice_is_once(
    taller: Taller,
) -> None:
    order = taller.order(SOAP=2)
    made = taller.do(CREATE, fulfillment=sending(*numbers(taller, order)))
    fulfilment = inside(made, "fulfillment")["id"]

    first = taller.do(CANCEL, id=fulfilment)
    again = taller.do(CANCEL, id=fulfilment)

    assert first == again
    assert inside(first, "fulfillment") == {
        "status": "CANCELLED",
        "displayStatus": "CANCELED",
    }
    assert [each["status"] for each in taller.asked(order)] == ["CLOSED", "OPEN"]
    assert taller.store.order(order)["fulfillment_status"] == "UNFULFILLED"


def test_a_delivered_parcel_says_so(taller: Taller) -> None:
    order = taller.order(SOAP=1)
    made = taller.do(CREATE, fulfillment=sending(*numbers(taller, order)))
    fulfilment = inside(made, "fulfillment")["id"]
    at = "2026-11-24T10:00:00Z"

    taller.do(
        EVENT, event={"fulfillmentId": fulfilment, "status": "DELIVERED", "happenedAt": at}
    )

    found = taller.data(
        "query($id: ID!) { fulfillment(id: $id) { displayStatus deliveredAt"
        " events(first: 5) { nodes { status happenedAt } } } }",
        id=fulfilment,
    )
    assert found["fulfillment"] == {
        "displayStatus": "DELIVERED",
        "deliveredAt": at,
        "events": {"nodes": [{"status": "DELIVERED", "happenedAt": at}]},
    }


def test_a_milestone_takes_its_own_scope(taller: Taller) -> None:
    taller.store.scopes = taller.store.scopes - {"write_fulfillments"}

    answer = taller.ask(
        EVENT, event={"fulfillmentId": gid("Fulfillment", 1), "status": "DELAYED"}
    )

    assert inside(answer, "errors", 0, "extensions")["code"] == "ACCESS_DENIED"


def test_a_fulfilment_that_never_was_is_refused(taller: Taller) -> None:
    nowhere = gid("Fulfillment", 99)

    assert taller.data("query($id: ID!) { fulfillment(id: $id) { id } }", id=nowhere) == {
        "fulfillment": None
    }
    assert taller.refusal(TRACK, id=nowhere, tracking={"number": "T"})
    assert taller.refusal(CREATE, fulfillment=sending(99)) == {
        "field": ["fulfillment"],
        "message": "Fulfillment order does not exist.",
    }


def test_someone_in_the_admin_sends_what_can_be_sent(taller: Taller) -> None:
    order = taller.order(SOAP=2, CANDLE=1)

    made = taller.store.fulfil_by_hand(order, tracking_number="H1", notify=True)

    assert [each["id"] for each in sent(taller, order)] == made
    assert {str(each["made_by"]) for each in sent(taller, order)} == {"merchant"}
    assert taller.store.order(order)["fulfillment_status"] == "FULFILLED"
    assert len(taller.store.mails()) == 2
