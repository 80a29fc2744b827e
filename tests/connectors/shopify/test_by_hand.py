"""What people do in Shopify's own admin reaches us, whatever topic tells of it."""

from collections.abc import Callable, Iterator

import pytest

from connectors.readings import (
    CatalogueChanged,
    Ignored,
    Message,
    OrderChanged,
    OrderDeleted,
    OrderSeen,
    Reading,
    StockSeen,
)
from connectors.sandbox.shopify.wanted import Wanted
from connectors.sandbox.shopify.webhooks import HUB_TOPICS
from connectors.shopify.channel import Shopify
from connectors.shopify.read import read
from mapping.effects import SetStock, StockRef
from tests.connectors.sandbox.taller import Taller
from tests.pretend_shopify import connect

TOPICS = {
    *HUB_TOPICS,
    "orders/partially_fulfilled",
    "fulfillments/create",
    "fulfillments/update",
    "fulfillment_orders/placed_on_hold",
    "fulfillment_orders/hold_released",
    "fulfillment_orders/progress_reported",
    "inventory_levels/update",
    "inventory_levels/disconnect",
    "products/create",
    "products/update",
    "products/delete",
    "locations/create",
    "locations/deactivate",
}


@pytest.fixture
def taller() -> Iterator[Taller]:
    made = Taller()
    made.store.subscribe_all("http://127.0.0.1:1/hooks", TOPICS)
    yield made
    made.store.close()


def channel_of(taller: Taller) -> Shopify:
    return connect(taller.store, credentials={"access_token": "shpat_sandbox"})


def told(taller: Taller) -> list[tuple[str, Reading]]:
    """Read every message the shop sent since last time, with its topic."""
    return [
        (sent.topic, read(Message(topic=sent.topic, body=sent.body)))
        for sent in taller.post()
    ]


def line(taller: Taller, order_id: str) -> str:
    return str(taller.lines(order_id)[0]["id"])


def fulfil_and_cancel(taller: Taller, order_id: str) -> None:
    [made] = taller.store.fulfil_by_hand(order_id)
    taller.store.cancel_fulfilment(made)


def hold_and_release(taller: Taller, order_id: str) -> None:
    taller.store.hold_by_hand(order_id)
    taller.store.release_by_hand(order_id)


Act = Callable[[Taller, str], object]
ACTS: dict[str, Act] = {
    "edit": lambda t, o: t.store.edit_order(o, quantities={line(t, o): 1}),
    "add a line": lambda t, o: t.store.edit_order(o, add=[Wanted(sku="CANDLE")]),
    "refund": lambda t, o: t.store.refund(o, {line(t, o): 1}),
    "cancel": lambda t, o: t.store.cancel_order(o),
    "cancel without refund": lambda t, o: t.store.cancel_order(o, give_back=False),
    "fulfil": lambda t, o: t.store.fulfil_by_hand(o, tracking_number="A1"),
    "fulfil and cancel": fulfil_and_cancel,
    "hold": lambda t, o: t.store.hold_by_hand(o),
    "hold and release": hold_and_release,
}


@pytest.mark.parametrize("act", ACTS)
def test_what_is_done_to_an_order_reaches_us_as_that_order(
    taller: Taller, act: str
) -> None:
    order_id = taller.order(SOAP=3)
    taller.post()
    taller.move(60)

    ACTS[act](taller, order_id)
    readings = [
        reading
        for topic, reading in told(taller)
        if topic.startswith(("orders/", "refunds/", "fulfillments/"))
    ]

    assert readings
    for reading in readings:
        assert isinstance(reading, OrderSeen | OrderChanged)
    last = [one.order for one in readings if isinstance(one, OrderSeen)][-1]
    assert last == channel_of(taller).fetch_order(order_id)


@pytest.mark.parametrize("act", ACTS)
def test_what_is_done_to_an_order_is_listed_too(taller: Taller, act: str) -> None:
    order_id = taller.order(SOAP=3)
    taller.move(3600)
    channel = channel_of(taller)
    before = channel.changes("updated", cursor="", now=taller.now(), limit=9)

    ACTS[act](taller, order_id)
    taller.move(60)
    after = channel.changes("updated", cursor=before.cursor, now=taller.now(), limit=9)

    assert before.changes == ()
    assert [change.external_id for change in after.changes] == [order_id]


def test_a_payment_and_a_deletion_reach_us(taller: Taller) -> None:
    order_id = taller.store.place_order([Wanted(sku="SOAP")], financial_status="PENDING")
    taller.post()
    taller.store.mark_paid(order_id)
    paid = [type(reading) for topic, reading in told(taller) if topic.startswith("orders/")]
    taller.store.delete_order(order_id)

    assert paid == [OrderSeen, OrderSeen]
    assert told(taller) == [("orders/delete", OrderDeleted(external_id=order_id))]


def test_a_message_that_names_only_a_fulfilment_order_comes_with_one_of_the_order(
    taller: Taller,
) -> None:
    order_id = taller.order(SOAP=3)
    taller.post()

    hold_and_release(taller, order_id)
    read_as = dict(told(taller))

    assert isinstance(read_as["fulfillment_orders/placed_on_hold"], Ignored)
    assert isinstance(read_as["fulfillment_orders/hold_released"], Ignored)
    assert isinstance(read_as["orders/updated"], OrderSeen)


# Stock and catalogue ---------------------------------------------------------------------


def test_stock_typed_into_the_admin_is_seen(taller: Taller) -> None:
    taller.post()
    taller.store.set_stock("SOAP", 17, location=taller.madrid)
    taller.store.stock_no_more("SOAP", location=taller.madrid)

    item = str(taller.soap["inventory_item_id"])
    assert [reading for _, reading in told(taller)] == [
        StockSeen(inventory_id=item, place_id=taller.madrid, available=17, at=taller.now()),
        StockSeen(inventory_id=item, place_id=taller.madrid, available=None),
    ]


def test_our_own_write_comes_back_as_the_number_we_wrote(taller: Taller) -> None:
    taller.post()
    item = str(taller.soap["inventory_item_id"])
    ref = StockRef(inventory_id=item, place_id=taller.madrid)

    channel_of(taller).push(SetStock(ref=ref, quantity=23, key="wish"))
    [(topic, reading)] = told(taller)

    assert topic == "inventory_levels/update"
    assert isinstance(reading, StockSeen)
    assert reading.available == 23


def test_a_sale_shows_less_and_may_show_less_than_none(taller: Taller) -> None:
    taller.post()
    taller.order(SOAP=42)

    [seen] = [one for _, one in told(taller) if isinstance(one, StockSeen)]

    assert seen.available == -2


def test_what_changes_in_the_catalogue_is_named_by_its_product(taller: Taller) -> None:
    taller.post()
    product, variant = str(taller.soap["product_id"]), str(taller.soap["id"])

    taller.store.change_variant("SOAP", title="Rose soap")
    taller.store.delete_variant(variant)

    assert [(topic, reading) for topic, reading in told(taller)] == [
        ("products/update", CatalogueChanged(product_id=product)),
        ("products/delete", CatalogueChanged(product_id=product)),
    ]


def test_a_product_loses_a_variant_and_stays(taller: Taller) -> None:
    product = str(taller.soap["product_id"])
    taller.store.add_variant(sku="SOAP-L", title="Soap", option="Large", product=product)
    taller.post()

    taller.store.delete_variant(str(taller.soap["id"]))

    assert told(taller) == [("products/update", CatalogueChanged(product_id=product))]


def test_places_opened_and_closed_are_heard_of(taller: Taller) -> None:
    taller.post()

    porto = taller.store.add_location("Porto")
    taller.store.close_location(porto)

    assert told(taller) == [
        ("locations/create", CatalogueChanged(product_id="")),
        ("locations/deactivate", CatalogueChanged(product_id="")),
    ]
