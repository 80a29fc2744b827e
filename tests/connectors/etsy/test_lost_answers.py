"""Answers of Etsy's to a parcel that are lost, late or wrong: its buyer is written to once."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import (
    Conflict,
    OutcomeUnknown,
    PayloadError,
    Rejected,
    Retryable,
)
from connectors.transport import Answer, AnswerLost
from mapping.effects import (
    Tracking,
)
from tests.canned import answered
from tests.connectors.etsy.bench import CORREOS, Bench
from tests.connectors.etsy.parcels import (
    LOST,
    PARCEL,
    RECEIPT,
    THERE,
    UNTRACKED,
    WORLD,
    canned,
)


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
