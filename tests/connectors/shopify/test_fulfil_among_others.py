"""A shipment among other shipments, other people's doings, holds and refusals."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.errors import (
    AuthExpired,
    ChannelError,
    Conflict,
    NotFound,
    PermissionDenied,
    RateLimited,
    Retryable,
)
from connectors.sandbox.shopify.wanted import Wanted
from mapping.effects import Hold, Tracking
from tests.connectors.shopify.workshop import (
    CREATE,
    PARCEL,
    UNTRACKED,
    Workshop,
)
from tests.pretend_shopify import TOKEN, Hands, connect, open_store

# Several shipments, and other people ---------------------------------------------------


@pytest.mark.parametrize("tracking", [PARCEL, UNTRACKED])
def test_two_equal_shipments_are_two_fulfilments(
    workshop: Workshop, tracking: Tracking
) -> None:
    shipment = workshop.shipment(tracking, SOAP=1)

    first = workshop.push(shipment)
    second = workshop.push(replace(shipment, known_refs=(first.remote_ref,)))

    assert second.outcome == "created"
    assert first.remote_ref != second.remote_ref
    assert workshop.sent() == {"SOAP": 2}


def test_earlier_fulfilments_may_be_named_together(workshop: Workshop) -> None:
    both = workshop.push(workshop.shipment(UNTRACKED, SOAP=1, WAX=1))
    again = workshop.shipment(UNTRACKED, SOAP=1, WAX=1)

    workshop.push(replace(again, known_refs=(both.remote_ref,)))

    assert workshop.sent() == {"SOAP": 2, "WAX": 2}


def test_a_parcel_somebody_told_with_the_same_number_counts(workshop: Workshop) -> None:
    workshop.store.fulfil_by_hand(workshop.order_id, tracking_number="pq123es")

    pushed = workshop.push(workshop.shipment(SOAP=3, WAX=2))

    assert pushed.outcome == "already_there"
    assert workshop.sent() == {"SOAP": 3, "WAX": 2}


def test_untracked_pieces_of_another_size_are_somebody_elses(workshop: Workshop) -> None:
    workshop.push(workshop.shipment(UNTRACKED, SOAP=1))

    pushed = workshop.push(workshop.shipment(UNTRACKED, SOAP=2))

    assert pushed.outcome == "created"
    assert workshop.sent() == {"SOAP": 3}


def test_one_of_two_equal_untracked_parcels_is_enough(workshop: Workshop) -> None:
    shipment = workshop.shipment(UNTRACKED, SOAP=1)
    first = workshop.push(shipment)
    workshop.push(replace(shipment, known_refs=(first.remote_ref,)))

    found = workshop.look_up(shipment)

    assert found is not None
    assert found.remote_ref.isdigit()


def test_a_tracked_parcel_is_never_taken_for_an_untracked_one(workshop: Workshop) -> None:
    workshop.push(workshop.shipment(Tracking(number="A"), SOAP=1))

    pushed = workshop.push(workshop.shipment(UNTRACKED, SOAP=1))

    assert pushed.outcome == "created"
    assert workshop.sent() == {"SOAP": 2}


def test_what_somebody_sent_in_the_admin_leaves_too_little(workshop: Workshop) -> None:
    workshop.store.fulfil_by_hand(workshop.order_id, tracking_number="OTHER")

    with pytest.raises(Conflict, match="too little left"):
        workshop.push(workshop.shipment(SOAP=1))


def test_nothing_is_sent_at_all_if_there_is_too_little_of_one_line(
    workshop: Workshop,
) -> None:
    with pytest.raises(Conflict, match="1 of line"):
        workshop.push(workshop.shipment(SOAP=4, WAX=2))

    assert workshop.standing == []


def test_a_cancelled_fulfilment_does_not_count(workshop: Workshop) -> None:
    first = workshop.push(workshop.shipment(SOAP=3))
    undo(workshop, first.remote_ref)

    again = workshop.push(workshop.shipment(SOAP=3))

    assert again.outcome == "created"
    assert again.remote_ref != first.remote_ref
    assert workshop.sent() == {"SOAP": 3}


def test_a_cancelled_order_takes_no_shipment(workshop: Workshop) -> None:
    workshop.store.cancel_order(workshop.order_id, reason="CUSTOMER")

    with pytest.raises(Conflict, match="cancelled"):
        workshop.push(workshop.shipment(SOAP=3))


def test_a_deleted_order_is_not_found(workshop: Workshop) -> None:
    shipment = workshop.shipment(SOAP=3)
    workshop.store.cancel_order(workshop.order_id, reason="CUSTOMER")
    workshop.store.delete_order(workshop.order_id)

    with pytest.raises(NotFound):
        workshop.push(shipment)
    with pytest.raises(NotFound):
        workshop.look_up(shipment)


def undo(workshop: Workshop, ref: str) -> None:
    """Cancel a fulfilment, as somebody in the admin would."""
    api = connect(workshop.store)._api  # noqa: SLF001
    document = (
        "mutation Undo($id: ID!) { fulfillmentCancel(id: $id) { userErrors { message } } }"
    )
    api.execute(document, {"id": f"gid://shopify/Fulfillment/{ref}"}, write=True)


# Holds ---------------------------------------------------------------------------------


def test_our_own_hold_does_not_keep_our_own_shipment_back(workshop: Workshop) -> None:
    hold = Hold(order_id=workshop.order_id, handle="hornada-1", reason="out_of_stock")
    connect(workshop.store).push(hold)

    workshop.push(workshop.shipment(SOAP=3))

    held = {one["status"]: len(one["holds"]) for one in workshop.order["fulfilment_orders"]}  # type: ignore[arg-type]
    assert workshop.sent() == {"SOAP": 3}
    assert held == {"CLOSED": 0, "ON_HOLD": 1}


def test_a_hold_of_somebody_else_is_theirs_to_release(workshop: Workshop) -> None:
    hold = Hold(order_id=workshop.order_id, handle="hornada-1", reason="out_of_stock")
    connect(workshop.store).push(hold)
    workshop.store.hold_by_hand(workshop.order_id, reason="HIGH_RISK_OF_FRAUD")

    with pytest.raises(Conflict, match="on hold in Shopify"):
        workshop.push(workshop.shipment(SOAP=3))

    holds = [hold for one in workshop.order["fulfilment_orders"] for hold in one["holds"]]  # type: ignore[attr-defined]
    assert workshop.standing == []
    assert len(holds) == 4


# Refusals ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind,error",
    [
        ("unauthorised", AuthExpired),
        ("forbidden", PermissionDenied),
        ("access_denied", PermissionDenied),
        ("payment_required", PermissionDenied),
        ("locked", PermissionDenied),
        ("throttled", RateLimited),
        ("rate_limited", RateLimited),
    ],
)
@pytest.mark.parametrize("operation", [CREATE, None])
def test_a_refusal_is_definite_and_changes_nothing(
    workshop: Workshop, kind: str, error: type[ChannelError], operation: str | None
) -> None:
    workshop.fail(kind, operation=operation)

    with pytest.raises(error):
        workshop.push(workshop.shipment(SOAP=1))

    assert workshop.standing == []
    assert workshop.push(workshop.shipment(SOAP=1)).outcome == "created"


@pytest.mark.parametrize("seconds,wait", [(7, timedelta(seconds=7)), (None, None)])
def test_too_fast_says_when_to_come_back_if_the_shop_does(
    workshop: Workshop, seconds: int | None, wait: timedelta | None
) -> None:
    workshop.fail("rate_limited", seconds=seconds)

    with pytest.raises(RateLimited) as caught:
        workshop.push(workshop.shipment(SOAP=1))

    assert caught.value.retry_after == wait


def test_an_empty_bucket_says_when_it_is_full_enough() -> None:
    hands = Hands()
    store = open_store(hands, bucket=(200, 1))
    store.add_location("Madrid")
    store.add_variant(sku="SOAP", title="Soap", price="6.50", stock={})
    order_id = store.place_order([Wanted(sku="SOAP", quantity=1)])
    workshop = Workshop(hands, store, order_id)
    with pytest.raises(RateLimited) as caught:
        look_until_refused(workshop)

    hands.move(caught.value.retry_after or timedelta(0))

    assert workshop.look_up(workshop.shipment(SOAP=1)) is None


def look_until_refused(workshop: Workshop) -> None:
    for _ in range(100):
        workshop.look_up(workshop.shipment(SOAP=1))


def test_a_revoked_token_is_told_apart_from_everything_else(workshop: Workshop) -> None:
    workshop.store.revoke_token()

    with pytest.raises(AuthExpired):
        workshop.push(workshop.shipment(SOAP=1))


def test_an_outage_before_anything_was_written_is_no_doubt(workshop: Workshop) -> None:
    workshop.fail("outage", operation=None)

    with pytest.raises(Retryable):
        workshop.push(workshop.shipment(SOAP=1))

    assert workshop.standing == []


def test_what_is_known_of_the_shops_words_says_why_it_would_not(
    workshop: Workshop,
) -> None:
    words = f"The shipment is closed, ask ana@example.com ({TOKEN})"
    workshop.fail("user_error", message=words)

    with pytest.raises(Conflict) as caught:
        workshop.push(workshop.shipment(SOAP=1))

    assert str(caught.value) == "Shopify would not take the shipment: is closed"
    assert "ana@" not in str(caught.value)
    assert TOKEN not in str(caught.value)


# Size ----------------------------------------------------------------------------------


def test_an_order_of_many_lines_is_read_to_its_end(workshop: Workshop) -> None:
    skus = [f"SOAP-{n}" for n in range(45)]
    for sku in skus:
        workshop.store.add_variant(sku=sku, title=sku, price="1.00", stock={})
    workshop.order_id = workshop.store.place_order([Wanted(sku=sku) for sku in skus])
    shipment = workshop.shipment(**dict.fromkeys(skus, 1))

    workshop.push(shipment)
    again = workshop.push(shipment)

    assert workshop.sent() == dict.fromkeys(skus, 1)
    assert again.outcome == "already_there"


def test_an_order_in_many_parcels_is_read_to_its_end(workshop: Workshop) -> None:
    workshop.order_id = workshop.store.place_order([Wanted(sku="SOAP", quantity=60)])
    parcels = [workshop.shipment(Tracking(number=f"N{n}"), SOAP=1) for n in range(54)]
    for parcel in parcels:
        workshop.push(parcel)
        workshop.hands.move(timedelta(seconds=5))

    outcomes = {workshop.push(parcel).outcome for parcel in (parcels[0], parcels[-1])}

    assert outcomes == {"already_there"}
    assert workshop.sent() == {"SOAP": 54}
