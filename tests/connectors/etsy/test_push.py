"""Telling Etsy of parcels: each one once, because each telling writes to the buyer."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest

from connectors.errors import (
    Conflict,
    NotAllowedHere,
    NotFound,
    PermissionDenied,
    Unsupported,
)
from connectors.spec import Capability
from mapping.effects import (
    Delivered,
    Effect,
    Hold,
    Progress,
    Promised,
    ReleaseHold,
    Tracking,
)
from tests.connectors.etsy.bench import CORREOS, Bench
from tests.connectors.etsy.parcels import OTHER_NUMBER, UNTRACKED, amended
from tests.connectors.etsy_oas import EtsyOas


def test_a_parcel_is_told_with_its_number_and_etsys_code_of_the_carrier() -> None:
    bench = Bench()
    order = bench.order()

    pushed = bench.etsy.push(bench.parcel(order))

    assert pushed.outcome == "created"
    assert pushed.remote_ref.isdigit()
    assert pushed.warning == ""
    assert bench.last_body() == {
        "tracking_code": CORREOS.number,
        "carrier_name": "spain-correos-es",
    }
    assert bench.told(order) == [CORREOS.number]


def test_a_parcel_pushed_twice_is_told_once_and_written_to_the_buyer_once() -> None:
    bench = Bench()
    parcel = bench.parcel(bench.order())

    first, second = bench.etsy.push(parcel), bench.etsy.push(parcel)

    assert (first.outcome, second.outcome) == ("created", "already_there")
    assert first.remote_ref == second.remote_ref
    assert (bench.mails(), len(bench.writes())) == (1, 1)


def test_a_number_somebody_typed_on_etsy_with_spaces_is_ours() -> None:
    bench = Bench()
    order = bench.order()
    bench.shop.ship_by_hand(
        order, carrier_name="gls", tracking_code="pq4x-2b00 1234 5670 1280 14X"
    )

    pushed = bench.etsy.push(bench.parcel(order))

    assert pushed.outcome == "already_there"
    assert bench.writes() == []


def test_a_second_parcel_of_an_order_is_told_too_without_a_word_of_the_first() -> None:
    bench = Bench()
    order = bench.order()
    first = bench.etsy.push(bench.parcel(order))
    second = bench.parcel(order, tracking=OTHER_NUMBER, known_refs=[first.remote_ref])

    pushed = bench.etsy.push(second)

    assert (pushed.outcome, pushed.warning) == ("created", "")
    assert bench.told(order) == [CORREOS.number, OTHER_NUMBER.number]
    assert bench.etsy.push(second).outcome == "already_there"


def test_an_order_sent_by_hand_with_another_number_gets_ours_and_we_say_so() -> None:
    bench = Bench()
    order = bench.order()
    bench.shop.ship_by_hand(order, carrier_name="gls", tracking_code="111")

    pushed = bench.etsy.push(bench.parcel(order))

    assert pushed.outcome == "created"
    assert "already had this order as sent" in pushed.warning
    assert bench.told(order) == ["111", CORREOS.number]


def test_a_carrier_etsy_does_not_know_keeps_its_number_as_other_and_we_say_so() -> None:
    bench = Bench()
    order = bench.order()

    pushed = bench.etsy.push(
        bench.parcel(order, tracking=Tracking(carrier="Tipsa", number="T-1"))
    )

    assert bench.last_body()["carrier_name"] == "other"
    assert "does not know this carrier" in pushed.warning
    assert bench.told(order) == ["T-1"]


def test_a_parcel_the_buyer_was_not_to_hear_of_is_told_and_we_say_that_etsy_wrote() -> None:
    bench = Bench()

    pushed = bench.etsy.push(bench.parcel(bench.order(), notify=False))

    assert pushed.outcome == "created"
    assert "wrote to the buyer" in pushed.warning


def test_a_parcel_of_no_pieces_is_nothing_to_tell() -> None:
    bench = Bench()
    parcel = bench.parcel(bench.order())

    pushed = bench.etsy.push(replace(parcel, lines=()))

    assert pushed.outcome == "nothing_to_do"
    assert bench.wire.sent == []


def test_an_order_in_two_parcels_is_sent_for_etsy_with_the_first() -> None:
    bench = Bench()
    order = bench.order()

    bench.etsy.push(bench.parcel(order))

    assert bench.shop.order(order)["is_shipped"] is True


@pytest.mark.parametrize("tracking", [CORREOS, UNTRACKED])
def test_a_cancelled_order_is_a_conflict_and_nobody_is_written_to(
    tracking: Tracking,
) -> None:
    bench = Bench()
    order = bench.order()
    bench.shop.cancel_order(order)

    with pytest.raises(Conflict, match="cancelled"):
        bench.etsy.push(bench.parcel(order, tracking=tracking))

    assert bench.writes() == []


def test_an_order_refunded_in_part_still_leaves() -> None:
    bench = Bench()
    order = bench.order()
    bench.shop.refund(order, "1.00")

    assert bench.etsy.push(bench.parcel(order)).outcome == "created"


def test_a_fully_refunded_order_is_a_conflict() -> None:
    bench = Bench()
    order = bench.order()
    bench.shop.refund(order)

    with pytest.raises(Conflict, match="refunded"):
        bench.etsy.push(bench.parcel(order))


@pytest.mark.parametrize("order_id", ["../../users/me", "12a", "", "¹²", "9" * 21])
def test_what_cannot_be_an_order_of_etsys_is_not_asked_for(order_id: str) -> None:
    bench = Bench()
    parcel = replace(bench.parcel(bench.order()), order_id=order_id)

    with pytest.raises(NotFound):
        bench.etsy.push(parcel)

    assert bench.wire.sent == []


@pytest.mark.parametrize("kind", ["country", "weather"])
def test_a_shop_whose_country_is_closed_is_told_to_ship_by_hand(kind: str) -> None:
    bench = Bench()
    order = bench.order()
    if kind == "country":
        bench.shop.deny()
    else:
        bench.strike("forbidden", "createReceiptShipment")

    with pytest.raises(NotAllowedHere, match="by hand on Etsy") as refused:
        bench.etsy.push(bench.parcel(order))

    assert refused.value.capability is Capability.FULFIL
    assert bench.told(order) == []


def test_a_country_that_closes_the_flag_too_is_told_to_ship_by_hand() -> None:
    bench = Bench()
    order = bench.order()
    bench.strike("forbidden", "updateShopReceipt")

    with pytest.raises(NotAllowedHere):
        bench.etsy.push(bench.parcel(order, tracking=UNTRACKED))


def test_a_missing_scope_is_another_matter() -> None:
    bench = Bench()
    order = bench.order()
    bench.shop.narrow_scopes(["transactions_r"])

    with pytest.raises(PermissionDenied) as refused:
        bench.etsy.push(bench.parcel(order))

    assert not isinstance(refused.value, NotAllowedHere)


@pytest.mark.parametrize(
    "effect",
    [
        Hold(order_id="1", handle="hornada-1", reason="other"),
        ReleaseHold(order_id="1", handle="hornada-1"),
        Progress(order_id="1", note="baking"),
        Promised(order_id="1", on=date(2026, 12, 4)),
        Delivered(
            order_id="1",
            fulfilment_refs=("2",),
            at=datetime(2026, 11, 22, tzinfo=UTC),
        ),
    ],
    ids=lambda effect: type(effect).__name__,
)
def test_what_etsy_cannot_be_told_is_said_without_a_call(effect: Effect) -> None:
    bench = Bench()

    for act in (bench.etsy.push, bench.etsy.look_up):
        with pytest.raises(Unsupported):
            act(effect)

    assert bench.wire.sent == []


def test_every_call_is_one_that_etsys_own_document_allows(vendor: Path) -> None:
    oas = EtsyOas(vendor)
    bench = Bench()
    tracked, plain = bench.order(), bench.order()
    first = bench.etsy.push(bench.parcel(tracked))
    bench.etsy.push(amended(tracked, OTHER_NUMBER, first.remote_ref))
    bench.etsy.push(bench.parcel(plain, tracking=UNTRACKED))

    for one in bench.wire.sent:
        faults = oas.request_faults(
            one.method,
            one.path,
            query=urlencode(one.query),
            content_type=one.headers.get("Content-Type", ""),
            body=one.body,
        )
        assert faults == [], (one.method, one.path)
    assert json.loads(bench.writes()[0].body)["carrier_name"] == "spain-correos-es"
