"""Lists whose rows keep their time whatever happens say nothing of time."""

import pytest

from connectors.sandbox.etsy.wanted import Wanted
from tests.pretend_etsy import Hands, connect, open_shop


@pytest.mark.parametrize("stream", ["cancelled", "unshipped"])
def test_what_moves_no_time_is_told_apart_by_its_revision_alone(stream: str) -> None:
    hands = Hands()
    shop = open_shop(hands)
    shop.add_listing(title="Soap", sku="SOAP")
    order_id = shop.place_order([Wanted(sku="SOAP")])
    before = connect(shop).changes("unshipped", cursor="", now=hands.now(), limit=50)

    if stream == "cancelled":
        shop.cancel_order(order_id)
    else:
        shop.refund(order_id, "1.00")
    after = connect(shop).changes(stream, cursor="", now=hands.now(), limit=50)

    [was], [is_now] = before.changes, after.changes
    assert (was.external_id, was.updated_at) == (order_id, None)
    assert (is_now.external_id, is_now.updated_at) == (order_id, None)
    assert was.revision != is_now.revision
