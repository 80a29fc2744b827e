"""Tracking at the pretend Etsy: every call that succeeds writes to the buyer."""

import json

import pytest

from connectors.sandbox.etsy.records import Address
from connectors.sandbox.etsy.wanted import Wanted
from tests.connectors.sandbox.etsy.stall import Json, Stall, rows

FORM = "application/x-www-form-urlencoded"


def shipments(stall: Stall, order: str) -> list[tuple[object, object]]:
    return [
        (each["carrier_name"], each["tracking_code"])
        for each in rows(stall.receipt(order), "shipments")
    ]


def test_each_call_adds_a_shipment_and_writes_to_the_buyer(stall: Stall) -> None:
    order = stall.order(SOAP=1)

    first = stall.track(order, tracking_code="PQ1", carrier_name="gls", note_to_buyer="Hi")
    stall.track(order, tracking_code="PQ1", carrier_name="gls")

    assert first[0] == 200
    assert first[1]["is_shipped"] is True
    assert shipments(stall, order) == [("GLS", "PQ1"), ("GLS", "PQ1")]
    mails = stall.shop.mails()
    assert [mail["tracking_code"] for mail in mails] == ["PQ1", "PQ1"]
    assert mails[0]["note"] == "Hi"


@pytest.mark.parametrize(
    "body",
    [
        {"tracking_code": "1", "carrier_name": "gls", "tracking_url": "https://x"},
        {"tracking_code": 1, "carrier_name": "gls"},
        {"tracking_code": None},
        {"send_bcc": "true"},
        {"weight": "1.5"},
        {"mail_class": 5},
        {"customs_data": {"HS_code": "1"}},
        {"customs_data": [{"country_of_origin": "ES", "declared_value": 1}]},
    ],
    ids=str,
)
def test_a_body_etsy_does_not_take_is_refused_and_nobody_is_told(
    stall: Stall, body: Json
) -> None:
    order = stall.order(SOAP=1)

    assert stall.track(order, **body)[0] == 400
    assert (shipments(stall, order), stall.shop.mails()) == ([], [])


def test_everything_etsy_takes_is_taken(stall: Stall) -> None:
    order = stall.order(SOAP=1)
    customs = {"country_of_origin": "ES", "declared_value": 6.5, "HS_code": "3401"}

    made = stall.track(
        order,
        tracking_code="1",
        carrier_name="other",
        send_bcc=False,
        mail_class=None,
        weight=0.2,
        weight_units="kg",
        customs_data=[customs],
        ship_date="whatever",
    )

    assert made[0] == 200
    assert shipments(stall, order) == [("Other", "1")]


@pytest.mark.parametrize("kind", [FORM, "", "text/plain"])
def test_a_body_under_another_content_type_is_taken_and_lost(
    stall: Stall, kind: str
) -> None:
    order = stall.order(SOAP=1)
    body = json.dumps({"tracking_code": "1", "carrier_name": "gls"}).encode()

    path = f"/v3/application/shops/42/receipts/{order}/tracking"
    made = stall.raw("POST", path, body=body, content_type=kind)

    assert made.status == 200
    assert shipments(stall, order) == [("", "")]
    assert len(stall.shop.mails()) == 1


def test_a_body_that_is_no_json_is_refused(stall: Stall) -> None:
    order = stall.order(SOAP=1)
    path = f"/v3/application/shops/42/receipts/{order}/tracking"

    made = stall.raw("POST", path, body=b"{tracking", content_type="application/json")

    assert made.status == 400
    assert stall.shop.mails() == []


def test_an_unknown_carrier_loses_the_number_and_other_keeps_it(stall: Stall) -> None:
    order = stall.order(SOAP=1)

    assert stall.track(order, tracking_code="1", carrier_name="Paquete Rayo")[0] == 200
    assert stall.track(order, tracking_code="2", carrier_name="other")[0] == 200

    assert shipments(stall, order) == [("", ""), ("Other", "2")]


@pytest.mark.parametrize(
    "shop, to, price, status",
    [
        ("US", "US", "10.01", 400),
        ("US", "US", "10.00", 200),
        ("US", "CA", "50.00", 200),
        ("ES", "US", "50.00", 200),
        ("ES", "IN", "1.00", 400),
        ("ES", "ES", "50.00", 200),
    ],
)
def test_a_number_is_compulsory_for_some(
    shop: str, to: str, price: str, status: int
) -> None:
    stall = Stall(country=shop)
    order = stall.shop.place_order(
        [Wanted(title="Vase", price=price)], address=Address(name="Jo", country_iso=to)
    )

    bare, body = stall.track(order)
    half = stall.track(order, tracking_code="1")[0]
    full = stall.track(order, tracking_code="1", carrier_name="usps")[0]

    assert (bare, half, full) == (status, status, 200)
    assert (body.get("error") == "A tracking number is required") is (status == 400)


def test_a_closed_country_takes_no_tracking(stall: Stall) -> None:
    order = stall.order(SOAP=1)
    stall.shop.deny(addresses=False)

    assert stall.track(order, tracking_code="1", carrier_name="gls") == (
        403,
        {"error": "Unauthorized"},
    )
    assert stall.shop.mails() == []


def test_what_is_cancelled_or_not_paid_is_not_sent(stall: Stall) -> None:
    unpaid, gone = stall.order(SOAP=1, paid=False), stall.order(SOAP=1)
    stall.shop.cancel_order(gone)

    for order in (unpaid, gone):
        assert stall.track(order, tracking_code="1", carrier_name="gls")[0] == 400
    assert stall.shop.mails() == []


def test_a_receipt_can_be_completed_without_a_parcel_once(stall: Stall) -> None:
    order = stall.order(SOAP=1)
    path = f"/v3/application/shops/42/receipts/{order}"

    first = stall.form("PUT", path, was_shipped="true")
    stall.form("PUT", path, was_shipped="true")

    assert (first[0], first[1]["status"]) == (200, "Completed")
    assert shipments(stall, order) == []
    assert len(stall.shop.mails()) == 1
    assert stall.form("PUT", path, shipped="true")[0] == 400
    assert stall.form("PUT", path, was_shipped="yes")[0] == 400


def test_the_day_of_a_shipment_is_rounded_down(stall: Stall) -> None:
    order = stall.order(SOAP=1)

    stall.track(order, tracking_code="1", carrier_name="gls")

    receipt = stall.receipt(order)
    notified = rows(receipt, "shipments")[0]["shipment_notification_timestamp"]
    assert isinstance(notified, int)
    assert notified % 86_400 == 0
    assert notified < int(str(receipt["created_timestamp"]))
