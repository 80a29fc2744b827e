"""An order waits at Shopify while we say so, and only our own hold is ever taken off."""

from collections.abc import Iterator, Mapping
from typing import cast

import pytest

from connectors.errors import Conflict, OutcomeUnknown, Rejected
from connectors.protocol import Pushed
from connectors.sandbox.faults import Fault
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.shopify.wanted import Wanted
from connectors.shopify.effects.holds import is_ours
from connectors.shopify.effects.state import HoldThere
from mapping.effects import Effect, Fulfil, Hold, LineQuantity, ReleaseHold, Tracking
from tests.pretend_shopify import Hands, connect, open_store

HANDLE = "hornada-order-1"


@pytest.fixture
def store() -> Iterator[Storefront]:
    made = open_store(Hands())
    madrid, porto = made.add_location("Madrid"), made.add_location("Porto")
    made.add_variant(
        sku="SOAP", title="Soap", price="6", stock={madrid: 9}, location=madrid
    )
    made.add_variant(sku="WAX", title="Wax", price="9", stock={porto: 9}, location=porto)
    yield made
    made.close()


@pytest.fixture
def order_id(store: Storefront) -> str:
    return store.place_order([Wanted(sku="SOAP", quantity=2), Wanted(sku="WAX")])


def push(store: Storefront, effect: Effect) -> Pushed:
    return connect(store).push(effect)


def look_up(store: Storefront, effect: Effect) -> Pushed | None:
    return connect(store).look_up(effect)


def hold(order_id: str, *, reason: str = "out_of_stock", handle: str = HANDLE) -> Hold:
    note = "waiting for lavender oil"
    return Hold(order_id=order_id, handle=handle, reason=reason, note=note)


def holds(store: Storefront, order_id: str) -> list[Mapping[str, object]]:
    orders = cast(list[Mapping[str, object]], store.order(order_id)["fulfilment_orders"])
    return [
        found for one in orders for found in cast(list[Mapping[str, object]], one["holds"])
    ]


def send_everything(store: Storefront, order_id: str) -> None:
    lines = cast(list[Mapping[str, object]], store.order(order_id)["lines"])
    pieces = tuple(
        LineQuantity(line_id=str(one["id"]), quantity=cast(int, one["quantity"]))
        for one in lines
    )
    shipment = Fulfil(order_id=order_id, lines=pieces, tracking=Tracking(number="1"))
    push(store, shipment)


@pytest.mark.parametrize(
    "reason,shown",
    [
        ("out_of_stock", "INVENTORY_OUT_OF_STOCK"),
        ("unknown_date", "UNKNOWN_DELIVERY_DATE"),
        ("other", "OTHER"),
        ("something new", "OTHER"),
    ],
)
def test_everything_still_to_be_sent_is_held_with_the_reason(
    store: Storefront, order_id: str, reason: str, shown: str
) -> None:
    pushed = push(store, hold(order_id, reason=reason))

    found = holds(store, order_id)
    assert pushed.outcome == "created"
    assert pushed.remote_ref == ",".join(sorted(str(one["id"]) for one in found))
    assert [one["reason"] for one in found] == [shown, shown]
    assert {one["handle"] for one in found} == {HANDLE}
    assert {one["notes"] for one in found} == {"waiting for lavender oil"}


def test_holding_twice_holds_once(store: Storefront, order_id: str) -> None:
    first = push(store, hold(order_id))

    second = push(store, hold(order_id))

    assert second == Pushed(remote_ref=first.remote_ref, outcome="already_there")
    assert len(holds(store, order_id)) == 2


def test_a_hold_half_placed_is_completed(store: Storefront, order_id: str) -> None:
    fault = Fault(kind="drop_after_apply", operation="fulfillmentOrderHold", times=1)
    store.faults.add(fault)
    with pytest.raises(OutcomeUnknown):
        push(store, hold(order_id))

    found, completed = look_up(store, hold(order_id)), push(store, hold(order_id))

    assert (found, completed.outcome) == (None, "created")
    assert look_up(store, hold(order_id)) == Pushed(
        remote_ref=completed.remote_ref, outcome="already_there"
    )
    assert len(holds(store, order_id)) == 2


def test_two_holds_of_ours_stand_side_by_side(store: Storefront, order_id: str) -> None:
    push(store, hold(order_id))
    push(store, hold(order_id, handle="hornada-order-1-date", reason="unknown_date"))

    push(store, ReleaseHold(order_id=order_id, handle=HANDLE))

    assert {one["handle"] for one in holds(store, order_id)} == {"hornada-order-1-date"}


def test_a_name_without_our_mark_gets_it(store: Storefront, order_id: str) -> None:
    push(store, hold(order_id, handle="7"))

    assert {one["handle"] for one in holds(store, order_id)} == {"hornada-7"}


def test_a_name_too_long_for_shopify_is_refused_by_us(
    store: Storefront, order_id: str
) -> None:
    with pytest.raises(Rejected, match="64"):
        push(store, hold(order_id, handle="x" * 60))


def test_a_long_note_is_cut_and_shows_it(store: Storefront, order_id: str) -> None:
    long = Hold(order_id=order_id, handle=HANDLE, reason="other", note="wait " * 100)

    push(store, long)

    notes = {str(one["notes"]) for one in holds(store, order_id)}
    assert {(len(note), note[-1]) for note in notes} == {(255, "…")}


def test_an_order_that_went_has_nothing_to_hold(store: Storefront, order_id: str) -> None:
    send_everything(store, order_id)

    assert push(store, hold(order_id)).outcome == "nothing_to_do"
    found = look_up(store, hold(order_id))
    assert found is not None
    assert found.outcome == "nothing_to_do"


def test_more_holds_than_shopify_allows_are_a_conflict(
    store: Storefront, order_id: str
) -> None:
    for n in range(10):
        push(store, hold(order_id, handle=f"hornada-{n}"))

    with pytest.raises(Conflict, match="maximum number"):
        push(store, hold(order_id, handle="hornada-10"))


# Letting go ----------------------------------------------------------------------------


def test_letting_go_takes_our_hold_off_everywhere(store: Storefront, order_id: str) -> None:
    held = push(store, hold(order_id))

    released = push(store, ReleaseHold(order_id=order_id, handle=HANDLE))

    assert released == Pushed(remote_ref=held.remote_ref, outcome="created")
    assert holds(store, order_id) == []


def test_letting_go_twice_does_nothing_more(store: Storefront, order_id: str) -> None:
    release = ReleaseHold(order_id=order_id, handle=HANDLE)
    push(store, hold(order_id))
    push(store, release)

    assert push(store, release).outcome == "nothing_to_do"
    found = look_up(store, release)
    assert found is not None
    assert found.outcome == "already_there"


def test_a_hold_not_let_go_of_is_seen(store: Storefront, order_id: str) -> None:
    push(store, hold(order_id))

    assert look_up(store, ReleaseHold(order_id=order_id, handle=HANDLE)) is None


def test_somebody_elses_hold_stays(store: Storefront, order_id: str) -> None:
    push(store, hold(order_id))
    store.hold_by_hand(order_id, reason="OTHER")

    push(store, ReleaseHold(order_id=order_id, handle=HANDLE))

    assert [one["by_app"] for one in holds(store, order_id)] == [False, False]


@pytest.mark.parametrize("kind", ["drop_after_apply", "fail_after_apply"])
def test_a_release_whose_answer_was_lost_is_finished_by_the_next(
    store: Storefront, order_id: str, kind: str
) -> None:
    release = ReleaseHold(order_id=order_id, handle=HANDLE)
    push(store, hold(order_id))
    operation = "fulfillmentOrderReleaseHold"
    store.faults.add(Fault(kind=kind, operation=operation, times=1))

    with pytest.raises(OutcomeUnknown):
        push(store, release)

    assert look_up(store, release) is None
    assert push(store, release).outcome == "created"
    assert holds(store, order_id) == []


def test_another_apps_hold_is_not_ours_whatever_it_is_called() -> None:
    held = HoldThere(id="gid://shopify/FulfillmentHold/1", handle=HANDLE)

    assert not is_ours(held)
    assert is_ours(held.model_copy(update={"held_by_requesting_app": True}))
