"""Shopify hears that an order is being made, where its parcels are, and that they arrived."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from connectors.errors import Conflict, NotFound, OutcomeUnknown, Rejected
from connectors.protocol import Pushed
from mapping.effects import (
    AmendTracking,
    Delivered,
    Hold,
    Progress,
    Tracking,
)
from tests.connectors.shopify.parcels import Parcels
from tests.pretend_shopify import NOW, connect

Json = Mapping[str, object]


# Being made ----------------------------------------------------------------------------


def test_the_merchant_sees_that_an_order_is_being_made(parcels: Parcels) -> None:
    pushed = parcels.push(Progress(order_id=parcels.order_id, note="Batch L-240"))

    [work] = parcels.work
    assert pushed == Pushed(remote_ref=str(work["id"]), outcome="created")
    assert (work["status"], work["progress"]) == ("IN_PROGRESS", "Batch L-240")


def test_a_later_note_replaces_the_earlier(parcels: Parcels) -> None:
    parcels.push(Progress(order_id=parcels.order_id, note="Batch L-240"))
    parcels.push(Progress(order_id=parcels.order_id, note="Curing"))

    [work] = parcels.work
    assert work["progress"] == "Curing"


def test_a_long_note_is_cut_to_what_shopify_takes(parcels: Parcels) -> None:
    parcels.push(Progress(order_id=parcels.order_id, note="soap " * 100))

    [work] = parcels.work
    assert len(str(work["progress"])) == 256


def test_an_order_on_hold_or_gone_is_not_reported_on(parcels: Parcels) -> None:
    progress = Progress(order_id=parcels.order_id, note="Batch L-240")
    held = Hold(order_id=parcels.order_id, handle="hornada-1", reason="other")
    parcels.push(held)

    assert parcels.push(progress) == Pushed(remote_ref="", outcome="nothing_to_do")
    assert parcels.look_up(progress) == Pushed(remote_ref="", outcome="nothing_to_do")


def test_a_report_whose_answer_was_lost_is_simply_made_again(parcels: Parcels) -> None:
    progress = Progress(order_id=parcels.order_id, note="Batch L-240")
    parcels.fail("drop_after_apply", "fulfillmentOrderReportProgress")
    with pytest.raises(OutcomeUnknown):
        parcels.push(progress)

    assert parcels.look_up(progress) is None
    assert parcels.push(progress).outcome == "created"


def test_a_refused_report_says_why(parcels: Parcels) -> None:
    parcels.fail("user_error", "fulfillmentOrderReportProgress")

    with pytest.raises(Conflict, match="being made"):
        parcels.push(Progress(order_id=parcels.order_id, note=""))


# Followed elsewhere --------------------------------------------------------------------

ELSEWHERE = Tracking(carrier="SEUR", number="S9", url="https://seur.example/S9")


def amend(parcels: Parcels, *refs: str, tracking: Tracking = ELSEWHERE) -> AmendTracking:
    return AmendTracking(order_id=parcels.order_id, fulfilment_refs=refs, tracking=tracking)


def test_a_parcel_is_followed_where_we_say_now(parcels: Parcels) -> None:
    ref = parcels.send(2, "A1")

    pushed = parcels.push(amend(parcels, ref))

    told = {"company": "SEUR", "number": "S9", "url": "https://seur.example/S9"}
    assert pushed == Pushed(remote_ref=ref, outcome="created")
    assert parcels.sent[ref]["tracking"] == [told]


def test_each_parcel_of_a_shipment_is_amended(parcels: Parcels) -> None:
    first, second = parcels.send(1, "A1"), parcels.send(1, "A2")

    parcels.push(amend(parcels, f"{first},{second}"))

    numbers = [
        cast(list[Json], one["tracking"])[0]["number"] for one in parcels.sent.values()
    ]
    assert numbers == ["S9", "S9"]


def test_the_buyer_is_not_told_twice_where_the_parcel_is(parcels: Parcels) -> None:
    ref = parcels.send(2, "A1")
    parcels.push(amend(parcels, ref))

    again = parcels.push(amend(parcels, ref))

    assert again.outcome == "already_there"
    assert parcels.look_up(amend(parcels, ref)) == again
    assert parcels.calls("fulfillmentTrackingInfoUpdate") == 1


def test_an_amendment_whose_answer_was_lost_is_found(parcels: Parcels) -> None:
    ref = parcels.send(2, "A1")
    assert parcels.look_up(amend(parcels, ref)) is None
    parcels.fail("drop_after_apply", "fulfillmentTrackingInfoUpdate")

    with pytest.raises(OutcomeUnknown):
        parcels.push(amend(parcels, ref))

    assert parcels.look_up(amend(parcels, ref)) is not None


def test_a_cancelled_parcel_is_not_amended(parcels: Parcels) -> None:
    ref = parcels.send(2, "A1")
    document = (
        "mutation U($id: ID!) { fulfillmentCancel(id: $id) { userErrors { message } } }"
    )
    api = connect(parcels.store)._api  # noqa: SLF001
    api.execute(document, {"id": f"gid://shopify/Fulfillment/{ref}"}, write=True)

    with pytest.raises(Conflict, match="cancelled"):
        parcels.push(amend(parcels, ref))


def test_a_parcel_shopify_does_not_know_is_not_found(parcels: Parcels) -> None:
    with pytest.raises(NotFound):
        parcels.push(amend(parcels, "999"))


def test_an_amendment_must_say_where_to_follow_the_parcel(parcels: Parcels) -> None:
    ref = parcels.send(2, "A1")

    with pytest.raises(Rejected, match="follow the parcel"):
        parcels.push(amend(parcels, ref, tracking=Tracking()))


def test_a_refused_amendment_says_why(parcels: Parcels) -> None:
    ref = parcels.send(2, "A1")
    parcels.fail("user_error", "fulfillmentTrackingInfoUpdate")

    with pytest.raises(Conflict, match="change the tracking"):
        parcels.push(amend(parcels, ref))


# Arrived -------------------------------------------------------------------------------


def delivered(parcels: Parcels, *refs: str) -> Delivered:
    at = NOW + timedelta(days=2)
    return Delivered(order_id=parcels.order_id, fulfilment_refs=refs, at=at)


def test_an_arrival_is_written_once_on_each_parcel(parcels: Parcels) -> None:
    first, second = parcels.send(1, "A1"), parcels.send(1, "A2")

    once = parcels.push(delivered(parcels, first))
    both = parcels.push(delivered(parcels, first, second))
    again = parcels.push(delivered(parcels, f"{first},{second}"))

    events = [cast(list[Json], one["events"]) for one in parcels.sent.values()]
    assert [len(one) for one in events] == [1, 1]
    assert events[0][0]["status"] == "DELIVERED"
    assert str(events[0][0]["happened_at"]).startswith("2026-11-24T10:00:00")
    assert (once.outcome, both.outcome) == ("created", "created")
    assert again == Pushed(remote_ref=both.remote_ref, outcome="already_there")


def test_an_arrival_whose_answer_was_lost_is_found(parcels: Parcels) -> None:
    ref = parcels.send(2, "A1")
    assert parcels.look_up(delivered(parcels, ref)) is None
    parcels.fail("drop_after_apply", "fulfillmentEventCreate")

    with pytest.raises(OutcomeUnknown):
        parcels.push(delivered(parcels, ref))

    assert parcels.look_up(delivered(parcels, ref)) is not None
    assert parcels.push(delivered(parcels, ref)).outcome == "already_there"


def test_a_refused_arrival_says_why(parcels: Parcels) -> None:
    ref = parcels.send(2, "A1")
    parcels.fail("user_error", "fulfillmentEventCreate")

    with pytest.raises(Conflict, match="arrived"):
        parcels.push(delivered(parcels, ref))


@pytest.mark.parametrize("kind", ["amend", "delivered"])
def test_no_parcels_are_nothing_to_tell(parcels: Parcels, kind: str) -> None:
    effect = amend(parcels) if kind == "amend" else delivered(parcels)

    assert parcels.push(effect) == Pushed(remote_ref="", outcome="nothing_to_do")
    assert parcels.push(replace(effect, fulfilment_refs=("",))).outcome == "nothing_to_do"
