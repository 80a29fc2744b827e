"""The day an order is promised for: shown on it, once, and replaced when it is another."""

from datetime import date

import pytest

from connectors.errors import Conflict, NotFound, OutcomeUnknown, PermissionDenied
from connectors.spec import Capability
from mapping.effects import Promised
from tests.connectors.shopify.parcels import Parcels
from tests.pretend_shopify import NOW, connect

FRIDAY, MONDAY = date(2026, 12, 4), date(2026, 12, 7)


def promised(parcels: Parcels, on: date = FRIDAY) -> Promised:
    return Promised(order_id=parcels.order_id, on=on)


def test_a_promised_day_is_shown_once_and_replaced_by_the_next(parcels: Parcels) -> None:
    first = parcels.push(promised(parcels))
    again = parcels.push(promised(parcels))
    later = parcels.push(promised(parcels, MONDAY))

    assert [one.outcome for one in (first, again, later)] == [
        "created",
        "already_there",
        "created",
    ]
    assert parcels.look_up(promised(parcels)) is None
    assert parcels.look_up(promised(parcels, MONDAY)) is not None


def test_a_promise_whose_answer_was_lost_is_found(parcels: Parcels) -> None:
    parcels.fail("drop_after_apply", "metafieldsSet")

    with pytest.raises(OutcomeUnknown):
        parcels.push(promised(parcels))

    assert parcels.push(promised(parcels)).outcome == "already_there"


def test_a_refused_promise_says_why(parcels: Parcels) -> None:
    parcels.fail("user_error", "metafieldsSet")

    with pytest.raises(Conflict, match="promised day"):
        parcels.push(promised(parcels))


def test_an_order_shopify_does_not_know_is_not_found(parcels: Parcels) -> None:
    with pytest.raises(NotFound):
        parcels.push(Promised(order_id="999", on=FRIDAY))


def test_a_shop_that_lets_us_write_nothing_on_orders_is_denied_the_day(
    parcels: Parcels,
) -> None:
    parcels.store.scopes = frozenset(parcels.store.scopes) - {"write_orders"}

    health = connect(parcels.store).check_up(now=NOW)

    assert Capability.PROMISED in health.cannot
    with pytest.raises(PermissionDenied):
        parcels.push(promised(parcels))
