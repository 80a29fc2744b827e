"""Receipts of the pretend Etsy: what lists show, and what they do not."""

from datetime import datetime, timedelta
from typing import cast

import pytest

from connectors.sandbox.etsy.records import Address, Refused
from connectors.sandbox.etsy.wanted import Wanted
from tests.connectors.sandbox.etsy.stall import Json, Stall, rows


def ids(found: list[Json]) -> list[str]:
    return [str(each["receipt_id"]) for each in found]


def stamp(at: datetime) -> int:
    return int(at.timestamp())


@pytest.mark.parametrize(
    "query",
    [
        {"page": 2},
        {"limit": 0},
        {"limit": "ten"},
        {"offset": -1},
        {"min_created": 946684799},
        {"was_paid": "True"},
        {"was_paid": 1},
        {"sort_on": "age"},
        {"sort_order": "descend"},
        {"includes": "Transactions"},
    ],
    ids=str,
)
def test_a_parameter_etsy_does_not_know_is_refused(stall: Stall, query: Json) -> None:
    status, body = stall.call("GET", "/shops/42/receipts", **query)

    assert status == 400
    assert next(iter(query)) in str(body["error"])


def test_a_page_holds_25_and_never_more_than_100(stall: Stall) -> None:
    placed = [stall.order(SOAP=1) for _ in range(101)]

    assert len(stall.receipts()) == 25
    assert len(stall.receipts(limit=101)) == 100
    both = stall.receipts(limit=100) + stall.receipts(limit=100, offset=100)
    assert sorted(ids(both)) == sorted(placed)
    assert stall.get("/shops/42/receipts", limit=1)["count"] == 101


def test_the_list_ends_at_12000(stall: Stall) -> None:
    assert stall.call("GET", "/shops/42/receipts", offset=12_000)[0] == 200
    assert stall.call("GET", "/shops/42/receipts", offset=12_001) == (
        400,
        {"error": "Offset provided is greater than the maximum offset allowed."},
    )


def test_the_newest_comes_first_unless_asked(stall: Stall) -> None:
    first = stall.order(SOAP=1)
    stall.move(60)
    second = stall.order(SOAP=1)
    stall.move(60)
    stall.track(first, tracking_code="1", carrier_name="gls")

    assert ids(stall.receipts()) == [second, first]
    assert ids(stall.receipts(sort_order="up")) == [first, second]
    assert ids(stall.receipts(sort_on="updated")) == [first, second]
    assert ids(stall.receipts(sort_on="receipt_id", sort_order="asc")) == [first, second]


def test_windows_hold_both_their_ends(stall: Stall) -> None:
    first, at = stall.order(SOAP=1), stall.at
    stall.move(10)
    second = stall.order(SOAP=1)

    assert ids(stall.receipts(min_created=stamp(at), max_created=stamp(at))) == [first]
    assert ids(stall.receipts(min_last_modified=stamp(at) + 1)) == [second]
    assert ids(stall.receipts(max_last_modified=stamp(at) + 9)) == [first]


def test_what_is_not_asked_for_is_not_filtered(stall: Stall) -> None:
    paid, unpaid = stall.order(SOAP=1), stall.order(SOAP=1, paid=False)
    sent, gone = stall.order(SOAP=1), stall.order(SOAP=1)
    stall.shop.ship_by_hand(sent)
    stall.shop.deliver(sent)
    stall.shop.cancel_order(gone)

    assert len(stall.receipts()) == 4
    assert ids(stall.receipts(was_paid=False)) == [unpaid]
    assert ids(stall.receipts(was_canceled=True)) == [gone]
    assert ids(stall.receipts(was_delivered=True)) == [sent]
    assert set(ids(stall.receipts(was_shipped=False, was_paid=True))) == {paid, gone}


@pytest.mark.parametrize("change", ["cancel", "refund", "part", "date"])
def test_cancelling_refunding_and_promising_do_not_move_the_timestamp(
    stall: Stall, change: str
) -> None:
    order = stall.order(SOAP=2)
    before = stall.receipt(order)
    stall.move(1800)

    if change == "cancel":
        stall.shop.cancel_order(order)
    elif change == "refund":
        stall.shop.refund(order)
    elif change == "part":
        stall.shop.refund(order, "1.00")
    else:
        stall.shop.change_dispatch_date(order, stall.at + timedelta(days=30))

    after = stall.receipt(order)
    assert after != before
    assert after["updated_timestamp"] == before["updated_timestamp"]
    assert stall.receipts(min_last_modified=stamp(stall.at) - 60) == []


def test_paying_and_sending_move_it(stall: Stall) -> None:
    order = stall.order(SOAP=1, paid=False)
    stall.move(60)
    stall.shop.mark_paid(order)
    paid = stall.receipt(order)["updated_timestamp"]
    stall.move(60)
    stall.track(order, tracking_code="1", carrier_name="gls")

    sent = cast(int, stall.receipt(order)["updated_timestamp"])
    assert paid == sent - 60 == stamp(stall.at) - 60


def test_statuses_are_capitalised_as_in_real_answers(stall: Stall) -> None:
    orders = [stall.order(SOAP=1, paid=False), *(stall.order(SOAP=1) for _ in range(5))]
    stall.shop.ship_by_hand(orders[2])
    stall.shop.cancel_order(orders[3])
    stall.shop.refund(orders[4])
    stall.shop.refund(orders[5], "1.00")

    shown = [stall.receipt(order)["status"] for order in orders]
    assert shown == [
        "Open",
        "Paid",
        "Completed",
        "Canceled",
        "Fully refunded",
        "Partially refunded",
    ]
    stall.shop.showing.capitals = False
    assert stall.receipt(orders[4])["status"] == "fully refunded"


def test_a_phantom_is_listed_and_nowhere_else(stall: Stall) -> None:
    ghost = stall.shop.add_phantom([Wanted(sku="SOAP")])

    assert ids(stall.receipts()) == [ghost]
    assert stall.call("GET", f"/shops/42/receipts/{ghost}")[0] == 404
    assert stall.track(ghost, tracking_code="1", carrier_name="gls")[0] == 404
    assert stall.get("/shops/42/transactions")["count"] == 0


def test_a_slow_list_shows_a_receipt_late(stall: Stall) -> None:
    stall.shop.rules.list_lag = 30.0
    order = stall.order(SOAP=1)

    assert stall.receipts() == []
    assert str(stall.receipt(order)["receipt_id"]) == order
    stall.move(30)
    assert ids(stall.receipts()) == [order]


def test_product_data_is_only_in_a_receipt_asked_for_alone(stall: Stall) -> None:
    order = stall.order(SHIRT_1=1)

    listed = rows(stall.receipts()[0], "transactions")[0]
    alone = rows(stall.receipt(order), "transactions")[0]

    assert listed["product_data"] is None
    assert [each["values"] for each in rows(alone, "product_data")] == [["S"], ["Red"]]


def test_what_the_buyer_wrote_is_escaped_and_has_property_54(stall: Stall) -> None:
    wanted = Wanted(
        sku="SHIRT-2",
        personalisation=((555, "Your name", "Zoë's <3"), (556, "Date", "1 & 2")),
    )

    order = stall.shop.place_order([wanted])

    variations = rows(rows(stall.receipt(order), "transactions")[0], "variations")
    assert [each["property_id"] for each in variations] == [100, 200, 54, 54]
    assert variations[2] == {
        "property_id": 54,
        "value_id": None,
        "formatted_name": "Your name",
        "formatted_value": "Zoë&#039;s &lt;3",
        "question_id": 555,
    }
    assert variations[3]["formatted_value"] == "1 &amp; 2"


def test_a_closed_country_has_no_address_but_a_name(stall: Stall) -> None:
    order = stall.order(SOAP=1)
    stall.shop.deny(tracking=False)

    shown = stall.receipt(order)

    assert shown["name"] == "Ana García"
    for name in ("first_line", "city", "zip", "state", "country_iso", "formatted_address"):
        assert shown[name] is None


def test_money_has_the_currencys_own_divisor() -> None:
    stall = Stall(currency="USD")
    order = stall.order(SOAP=2)

    assert stall.receipt(order)["grandtotal"] == {
        "amount": 1300,
        "divisor": 100,
        "currency_code": "USD",
    }


def test_totals_add_up(stall: Stall) -> None:
    order = stall.shop.place_order(
        [Wanted(sku="SOAP", quantity=2), Wanted(title="Gone", price="1.00")],
        shipping_price="4.90",
        discount="2.00",
        tax="0.50",
    )

    shown = {
        name: cast(dict[str, int], value)["amount"]
        for name, value in stall.receipt(order).items()
        if isinstance(value, dict)
    }
    assert shown["total_price"] == 1400
    assert shown["subtotal"] == 1200
    assert shown["grandtotal"] == 1200 + 490 + 50


def test_a_digital_line_has_no_day_it_leaves(stall: Stall) -> None:
    stall.shop.add_listing(title="Pattern", sku="PDF", price="4.00", digital=True)
    order = stall.order(PDF=2, SOAP=1)

    lines = {line["sku"]: line for line in rows(stall.receipt(order), "transactions")}
    assert lines["PDF"]["is_digital"] is True
    assert lines["PDF"]["expected_ship_date"] is None
    assert lines["SOAP"]["expected_ship_date"] == stamp(stall.at + timedelta(days=3))


def test_a_deleted_listing_leaves_its_receipts(stall: Stall) -> None:
    order = stall.order(SOAP=1)

    stall.shop.delete_listing(str(stall.soap["id"]))

    assert (
        str(rows(stall.receipt(order), "transactions")[0]["listing_id"]) == stall.soap["id"]
    )
    assert stall.call("GET", f"/listings/{stall.soap['id']}")[0] == 404
    with pytest.raises(Refused):
        stall.order(SOAP=1)


def test_buyers_take_from_stock_all_or_nothing(stall: Stall) -> None:
    stall.order(SHIRT_1=30, SOAP=1)

    with pytest.raises(Refused):
        stall.order(SOAP=5, SHIRT_1=11)

    stock = stall.shop.stock()
    assert (stock["SHIRT-1"], stock["SHIRT-2"], stock["SOAP"]) == (10, 40, 499)


@pytest.mark.parametrize("act", ["mark_paid", "cancel_order", "deliver"])
def test_the_shop_refuses_what_makes_no_sense(stall: Stall, act: str) -> None:
    order = stall.order(SOAP=1)
    if act == "cancel_order":
        stall.shop.ship_by_hand(order)

    with pytest.raises(Refused):
        getattr(stall.shop, act)(order)


def test_no_more_is_given_back_than_was_paid(stall: Stall) -> None:
    order = stall.order(SOAP=1)
    stall.shop.refund(order, "6.00")

    with pytest.raises(Refused):
        stall.shop.refund(order, "0.51")
    stall.shop.refund(order)

    assert stall.shop.order(order)["refunded"] == 650


def test_two_shops_clocks_may_differ(stall: Stall) -> None:
    stall.shop.skew_clock(-600)
    order = stall.order(SOAP=1)

    assert stall.receipt(order)["created_timestamp"] == stamp(stall.at) - 600


def test_an_address_is_written_as_on_a_parcel(stall: Stall) -> None:
    to = Address(name="Jo Doe", first_line="1 Rd", city="Reno", state="NV", zip="89501")

    order = stall.shop.place_order([Wanted(sku="SOAP")], address=to)

    assert stall.receipt(order)["formatted_address"] == "Jo Doe\n1 Rd\n89501 Reno NV\nSpain"
