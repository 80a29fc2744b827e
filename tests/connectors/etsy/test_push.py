"""Telling Etsy of parcels: each one once, because each telling writes to the buyer."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import (
    Conflict,
    NotAllowedHere,
    NotFound,
    OutcomeUnknown,
    PayloadError,
    PermissionDenied,
    Rejected,
    Retryable,
    Unsupported,
)
from connectors.etsy.channel import Etsy
from connectors.protocol import Connection
from connectors.sandbox.etsy.records import Address
from connectors.spec import Capability
from connectors.transport import Answer, AnswerLost
from mapping.effects import (
    AmendTracking,
    Delivered,
    Effect,
    Fulfil,
    Hold,
    LineQuantity,
    Progress,
    Promised,
    ReleaseHold,
    Tracking,
)
from tests.canned import CannedTransport, answered
from tests.connectors.etsy.bench import CORREOS, Bench
from tests.connectors.etsy_oas import EtsyOas

OTHER_NUMBER = Tracking(carrier="SEUR", number="07654321")
UNTRACKED = Tracking()
WORLD = [
    "drop_before_apply",
    "drop_after_apply",
    "fail_before_apply",
    "fail_after_apply",
    "hang_after_apply",
    "rate_limited",
]


# Parcels with a number --------------------------------------------------------------------


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


# Orders that are not to be sent -----------------------------------------------------------


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


# Countries Etsy closed --------------------------------------------------------------------


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


# Parcels without a number -----------------------------------------------------------------


def test_a_parcel_without_a_number_marks_the_order_as_sent_once() -> None:
    bench = Bench()
    order = bench.order()
    parcel = bench.parcel(order, tracking=UNTRACKED)

    first, second = bench.etsy.push(parcel), bench.etsy.push(parcel)

    assert (first.outcome, second.outcome) == ("created", "already_there")
    assert first.remote_ref == second.remote_ref == f"receipt:{order}"
    [written] = bench.writes()
    assert (written.method, written.body) == ("PUT", b"was_shipped=true")
    assert bench.mails() == 1


def test_a_number_of_nothing_but_dashes_is_no_number() -> None:
    bench = Bench()
    order = bench.order()

    bench.etsy.push(bench.parcel(order, tracking=Tracking(carrier="GLS", number=" — ")))

    assert bench.writes()[-1].method == "PUT"


def test_a_second_parcel_without_a_number_has_nothing_to_add() -> None:
    bench = Bench()
    order = bench.order()
    first = bench.etsy.push(bench.parcel(order))

    pushed = bench.etsy.push(
        bench.parcel(order, tracking=UNTRACKED, known_refs=[first.remote_ref])
    )

    assert pushed.outcome == "already_there"
    assert bench.mails() == 1


@pytest.mark.parametrize("shop, buyer", [("US", "US"), ("ES", "IN")])
def test_where_etsy_insists_on_a_number_we_say_what_to_do(shop: str, buyer: str) -> None:
    bench = Bench(country=shop)
    order = bench.order(address=Address(name="Sam", country_iso=buyer))

    with pytest.raises(Rejected, match="type the number"):
        bench.etsy.push(bench.parcel(order, tracking=UNTRACKED))

    assert bench.mails() == 0


def test_what_else_etsy_refuses_of_an_untracked_parcel_is_named() -> None:
    bench = Bench()
    order = bench.order(paid=False)

    with pytest.raises(Rejected, match="not in a state"):
        bench.etsy.push(bench.parcel(order, tracking=UNTRACKED))


# Answers that are lost, late or wrong -----------------------------------------------------


@pytest.mark.parametrize("tracking", [CORREOS, UNTRACKED])
@given(faults=st.lists(st.sampled_from(WORLD), max_size=4))
def test_whatever_is_lost_on_the_way_the_buyer_hears_of_a_parcel_exactly_once(
    tracking: Tracking, faults: Sequence[str]
) -> None:
    bench = Bench()
    order = bench.order()
    writes = "createReceiptShipment" if tracking.number else "updateShopReceipt"
    for fault in faults:
        bench.strike(fault, writes)
        bench.strike("drop_before_apply", "getShopReceipt")

    bench.persevere(bench.parcel(order, tracking=tracking), tries=20)

    assert bench.told(order) == ([tracking.number] if tracking.number else [])
    assert bench.shop.order(order)["is_shipped"] is True
    assert bench.mails() == 1


@pytest.mark.parametrize("kind", ["drop_after_apply", "fail_after_apply", "garbage"])
def test_an_answer_that_is_lost_leaves_the_outcome_unknown(kind: str) -> None:
    bench = Bench()
    order = bench.order()
    bench.strike(kind, "createReceiptShipment")

    with pytest.raises(OutcomeUnknown):
        bench.etsy.push(bench.parcel(order))

    found = bench.etsy.look_up(bench.parcel(order))
    assert (found is None) == (kind == "garbage")
    assert len(bench.writes()) == 1


def test_a_look_changes_nothing() -> None:
    bench = Bench()
    order = bench.order()

    assert bench.etsy.look_up(bench.parcel(order)) is None
    assert bench.etsy.look_up(bench.parcel(order, tracking=UNTRACKED)) is None

    assert bench.writes() == []


RECEIPT = {"receipt_id": 7, "status": "Paid", "is_shipped": False, "shipments": []}
LOST = {**RECEIPT, "status": "Completed", "is_shipped": True}
THERE = {**LOST, "shipments": [{"receipt_shipping_id": None, "tracking_code": "PQ-1"}]}
PARCEL = Fulfil(
    order_id="7",
    lines=(LineQuantity(line_id="1", quantity=1),),
    tracking=Tracking(carrier="GLS", number="PQ 1"),
)


def canned(*answers: Answer | Exception) -> tuple[Etsy, CannedTransport]:
    transport = CannedTransport(answers)
    connection = Connection(
        settings={"shop_id": "42"},
        credentials={"keystring": "k", "shared_secret": "s", "access_token": "1.token"},
    )
    return Etsy(connection, transport=transport), transport


def test_a_number_the_answer_lacks_is_looked_for_once_more() -> None:
    etsy, transport = canned(answered(RECEIPT), answered(LOST), answered(THERE))

    pushed = etsy.push(PARCEL)

    assert (pushed.outcome, pushed.remote_ref) == ("created", "code:pq1")
    assert [one.method for one in transport.sent] == ["GET", "POST", "GET"]


def test_a_number_etsy_lost_is_refused_so_that_the_buyer_is_not_written_to_again() -> None:
    etsy, transport = canned(answered(RECEIPT), answered(LOST), answered(LOST))

    with pytest.raises(Rejected, match="does not show its tracking number"):
        etsy.push(PARCEL)

    assert [one.method for one in transport.sent] == ["GET", "POST", "GET"]


@pytest.mark.parametrize("look", [AnswerLost("late"), answered({}, status=429)])
def test_a_look_that_fails_after_a_parcel_was_told_never_says_that_nothing_happened(
    look: Answer | Exception,
) -> None:
    etsy, _ = canned(answered(RECEIPT), answered(LOST), look)

    with pytest.raises(OutcomeUnknown):
        etsy.push(PARCEL)


def test_an_answer_about_another_order_proves_nothing() -> None:
    other = {**THERE, "receipt_id": 8}
    etsy, _ = canned(answered(RECEIPT), answered(other), answered(LOST))

    with pytest.raises(Rejected):
        etsy.push(PARCEL)


def test_another_order_than_the_one_asked_for_is_not_believed() -> None:
    etsy, transport = canned(answered({**RECEIPT, "receipt_id": 8}))

    with pytest.raises(PayloadError):
        etsy.push(PARCEL)

    assert len(transport.sent) == 1


@pytest.mark.parametrize("held, outcome", [(THERE, "created"), (RECEIPT, None)])
def test_a_conflict_means_that_it_is_there_only_if_it_is(
    held: dict[str, object], outcome: str | None
) -> None:
    no = answered({"error": "Conflict"}, status=409)
    etsy, _ = canned(answered(RECEIPT), no, answered(held))

    if outcome is None:
        with pytest.raises(Conflict):
            etsy.push(PARCEL)
    else:
        assert etsy.push(PARCEL).outcome == outcome


def test_an_order_that_does_not_become_sent_leaves_the_outcome_unknown() -> None:
    etsy, _ = canned(answered(RECEIPT), answered(RECEIPT))

    with pytest.raises(OutcomeUnknown):
        etsy.push(replace(PARCEL, tracking=UNTRACKED))


@pytest.mark.parametrize("status", ["Canceled", "CANCELLED", " fully_refunded"])
def test_a_status_means_the_same_however_it_is_written(status: str) -> None:
    etsy, _ = canned(answered({**RECEIPT, "status": status}))

    with pytest.raises(Conflict):
        etsy.push(PARCEL)


# Corrected numbers ------------------------------------------------------------------------


def amended(order: str, tracking: Tracking, *refs: str) -> AmendTracking:
    return AmendTracking(order_id=order, fulfilment_refs=refs, tracking=tracking)


def test_a_corrected_number_is_told_once_and_the_old_one_stays() -> None:
    bench = Bench()
    order = bench.order()
    first = bench.etsy.push(bench.parcel(order))
    effect = amended(order, OTHER_NUMBER, first.remote_ref)

    assert bench.etsy.look_up(effect) is None
    pushed, again = bench.etsy.push(effect), bench.etsy.push(effect)

    assert (pushed.outcome, again.outcome) == ("created", "already_there")
    assert "cannot take back" in pushed.warning
    assert bench.told(order) == [CORREOS.number, OTHER_NUMBER.number]
    assert bench.etsy.look_up(effect) == again
    assert bench.mails() == 2


def test_a_number_that_comes_after_an_untracked_parcel_takes_nothing_back() -> None:
    bench = Bench()
    order = bench.order()
    first = bench.etsy.push(bench.parcel(order, tracking=UNTRACKED))

    pushed = bench.etsy.push(amended(order, CORREOS, first.remote_ref))

    assert (pushed.outcome, pushed.warning) == ("created", "")


def test_another_carrier_for_the_same_number_is_not_worth_a_mail() -> None:
    bench = Bench()
    order = bench.order()
    first = bench.etsy.push(bench.parcel(order))

    pushed = bench.etsy.push(
        amended(order, replace(CORREOS, carrier="GLS"), first.remote_ref)
    )

    assert pushed.outcome == "already_there"
    assert bench.mails() == 1


def test_a_number_taken_away_cannot_be_told() -> None:
    bench = Bench()

    with pytest.raises(Rejected, match="no number"):
        bench.etsy.push(amended(bench.order(), UNTRACKED, "1"))

    assert bench.wire.sent == []


def test_a_number_of_no_parcel_is_nothing_to_tell() -> None:
    bench = Bench()

    assert bench.etsy.push(amended(bench.order(), CORREOS)).outcome == "nothing_to_do"


@given(faults=st.lists(st.sampled_from(WORLD), max_size=3))
def test_whatever_is_lost_on_the_way_a_corrected_number_is_told_once(
    faults: Sequence[str],
) -> None:
    bench = Bench()
    order = bench.order()
    first = bench.etsy.push(bench.parcel(order))
    for fault in faults:
        bench.strike(fault, "createReceiptShipment")

    bench.persevere(amended(order, OTHER_NUMBER, first.remote_ref))

    assert bench.told(order) == [CORREOS.number, OTHER_NUMBER.number]
    assert bench.mails() == 2


# What Etsy does not know ------------------------------------------------------------------


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


def test_no_error_of_a_parcel_names_its_number_or_the_token() -> None:
    for kind in ("forbidden", "fail_after_apply", "garbage", "unauthorised"):
        bench = Bench()
        order = bench.order()
        bench.strike(kind, "createReceiptShipment")

        with pytest.raises(Exception) as failed:  # noqa: PT011 - whatever it is
            bench.etsy.push(bench.parcel(order))

        assert CORREOS.number not in str(failed.value)
        assert bench.shop.access_token not in str(failed.value)


def test_a_shop_that_cannot_be_reached_was_told_nothing() -> None:
    bench = Bench()
    bench.strike("drop_before_apply", "getShopReceipt")

    with pytest.raises(Retryable):
        bench.etsy.push(bench.parcel(bench.order()))

    assert bench.writes() == []


# Etsy's own document ----------------------------------------------------------------------


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
