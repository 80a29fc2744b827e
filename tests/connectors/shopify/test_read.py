"""What Shopify's messages say, told by orders of every awkward kind, in both of its shapes."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from connectors.errors import PayloadError
from connectors.readings import (
    Disconnected,
    Ignored,
    Message,
    OrderChanged,
    OrderDeleted,
    OrderSeen,
    PersonAsked,
    PersonErased,
    RightsChanged,
    ShopErased,
)
from connectors.shopify.read import order_from_graphql, read
from connectors.shopify.read_order import order_from_rest
from connectors.shopify.read_words import PAYMENTS, RELEASES
from mapping.canonical import Line, LineKind, Order, Payment, Release, content_hash
from tests.connectors.shopify.order_samples import CASES, IN_BOTH_SHAPES, fetched, sent

FULL_BODIES = ["create", "updated", "paid", "cancelled", "fulfilled", "partially_fulfilled"]


def said(topic: str, body: object) -> Message:
    return Message(topic=topic, body=json.dumps(body).encode())


def seen(body: object, *, topic: str = "orders/updated") -> Order:
    reading = read(said(topic, body))
    assert isinstance(reading, OrderSeen)
    return reading.order


# Orders ----------------------------------------------------------------------------------


def test_there_are_at_least_twenty_awkward_orders_in_both_shapes() -> None:
    assert len(IN_BOTH_SHAPES) >= 20


@pytest.mark.parametrize("name", CASES)
def test_an_order_comes_out_as_its_sample_says(name: str) -> None:
    expected = CASES[name]["expect"]

    order = seen(sent(name))

    assert order.release == expected["release"]
    assert order.payment == expected["payment"]
    assert order.currency == expected["currency"]
    assert (order.total.minor if order.total else None) == expected["total"]
    assert [_in_short(line) for line in order.lines] == expected["lines"]


def _in_short(line: Line) -> list[object]:
    return [line.kind, line.ordered, line.cancelled, line.fulfilled, line.sku]


DETAILS: dict[str, Callable[[Any], object]] = {
    "tags": lambda order: list(order.tags),
    "note": lambda order: order.note,
    "source": lambda order: order.source,
    "po_number": lambda order: order.po_number,
    "external_id": lambda order: order.external_id,
    "attributes": lambda order: [list(pair) for pair in order.attributes],
    "customer": lambda order: order.customer.name if order.customer else None,
    "country": lambda order: order.ship_to.country if order.ship_to else None,
    "region": lambda order: order.ship_to.region,
    "presentment": lambda order: [
        order.presentment_total.minor,
        order.presentment_total.currency,
    ],
    "line_ids": lambda order: [line.external_id for line in order.lines],
    "parents": lambda order: [line.parent_id for line in order.lines],
    "listing_ids": lambda order: [
        [line.product_id, line.variant_id] for line in order.lines
    ],
    "unit_prices": lambda order: [
        line.unit_price.minor if line.unit_price else None for line in order.lines
    ],
    "personalisation": lambda order: [
        list(pair) for line in order.lines for pair in line.personalisation
    ],
    "placed_at": lambda order: order.placed_at.isoformat(),
    "updated_at": lambda order: order.updated_at.isoformat(),
    "cancelled_at": lambda order: order.cancelled_at.isoformat(),
}
ALWAYS = {"release", "payment", "currency", "total", "lines"}


@pytest.mark.parametrize(
    "name,detail",
    [
        (name, each)
        for name in CASES
        for each in sorted(CASES[name]["expect"].keys() - ALWAYS)
    ],
)
def test_a_detail_comes_out_as_its_sample_says(name: str, detail: str) -> None:
    order = seen(sent(name))

    assert DETAILS[detail](order) == CASES[name]["expect"][detail]


@pytest.mark.parametrize("name", IN_BOTH_SHAPES)
def test_both_shapes_of_an_order_are_the_same_order(name: str) -> None:
    told, asked = seen(sent(name)), order_from_graphql(fetched(name))

    assert told == asked
    assert content_hash(told) == content_hash(asked)


def test_an_order_of_250_lines_is_read_whole_in_both_shapes() -> None:
    body, node = sent("plain_paid"), fetched("plain_paid")
    line, line_node = body["line_items"][0], node["lineItems"]["nodes"][0]
    body["line_items"] = [{**line, "id": 10**15 + n, "quantity": n} for n in range(250)]
    node["lineItems"]["nodes"] = [
        {**line_node, "id": f"gid://shopify/LineItem/{10**15 + n}", "quantity": n}
        for n in range(250)
    ]

    told, asked = seen(body), order_from_graphql(node)

    assert len(told.lines) == 250
    assert sum(line.ordered for line in told.lines) == sum(range(250))
    assert told == asked


def test_an_order_with_more_values_than_an_ordinary_message_is_still_read() -> None:
    body = sent("plain_paid")
    taxes = [{"title": "IVA", "price": "1.48", "rate": 0.21}] * 20
    line = {**body["line_items"][0], "tax_lines": taxes}
    body["line_items"] = [{**line, "id": 10**15 + n} for n in range(500)]

    assert len(seen(body).lines) == 500


@pytest.mark.parametrize("topic", FULL_BODIES)
def test_every_topic_with_a_whole_order_reads_it_the_same(topic: str) -> None:
    body = sent("plain_paid")

    assert seen(body, topic=f"orders/{topic}") == order_from_rest(body)


def test_a_field_nobody_knows_changes_nothing() -> None:
    body = sent("plain_paid")
    more = {**body, "brand_new": {"deep": [1, 2.5, None]}}
    more["line_items"] = [{**line, "brand_new": True} for line in body["line_items"]]

    assert seen(more) == seen(body)


def test_times_are_aware_and_in_utc() -> None:
    order = seen(sent("cancelled"))

    assert order.placed_at.isoformat() == "2026-11-20T09:15:00+00:00"
    assert order.cancelled_at is not None
    assert order.cancelled_at.isoformat() == "2026-11-21T08:00:00+00:00"


def test_an_order_without_any_time_is_older_than_every_other() -> None:
    body = sent("plain_paid")
    body.update(created_at=None, processed_at=None, updated_at=None)

    order = seen(body)

    assert order.updated_at == order.placed_at < seen(sent("plain_paid")).updated_at


def test_a_line_without_a_title_borrows_its_name() -> None:
    body = sent("plain_paid")
    body["line_items"][0].update(title=None, name="Lavender soap - 100 g")

    assert seen(body).lines[0].title == "Lavender soap - 100 g"


@pytest.mark.parametrize("odd", [2.5, "3", None, True, 10**10, [1]])
def test_a_quantity_that_is_no_number_of_pieces_is_shown_to_a_person(odd: object) -> None:
    body = sent("plain_paid")
    body["line_items"][0]["quantity"] = odd

    order = seen(body)

    assert (order.lines[0].kind, order.lines[0].ordered) == (LineKind.UNKNOWN, 0)
    assert order.release == Release.UNKNOWN


@pytest.mark.parametrize("quantity", [0, -2, 3.0])
def test_a_quantity_below_nothing_is_nothing(quantity: object) -> None:
    body = sent("plain_paid")
    body["line_items"][0].update(quantity=quantity, current_quantity=quantity)

    line = seen(body).lines[0]

    assert (line.ordered, line.cancelled) == (3 if quantity == 3 else 0, 0)


def test_a_wish_that_is_no_text_is_written_as_one() -> None:
    body = sent("plain_paid")
    odd = {"gift": True, "wrapped": False, "candles": 7, "grams": 2.5, "card": None}
    body["note_attributes"] = [{"name": name, "value": odd[name]} for name in odd]

    assert seen(body).attributes == (
        ("gift", "true"),
        ("wrapped", "false"),
        ("candles", "7"),
        ("grams", "2.5"),
        ("card", ""),
    )


def test_an_address_without_a_full_name_joins_its_parts() -> None:
    body = sent("plain_paid")
    body["shipping_address"]["name"] = None

    shipped_to = seen(body).ship_to

    assert shipped_to is not None
    assert shipped_to.name == "Inés Prado"


def test_how_it_is_sent_is_the_first_shipping_line_in_both_shapes() -> None:
    rest = sent("plain_paid") | {
        "shipping_lines": [
            {"title": "Old way", "code": "old", "is_removed": True},
            {"title": None, "code": "express"},
        ]
    }
    graphql = fetched("plain_paid") | {
        "shippingLine": {"title": "", "code": "express", "isRemoved": False}
    }

    assert seen(rest).ship_method == "express"
    assert order_from_graphql(graphql) == seen(rest)


def test_an_order_without_a_name_has_its_number() -> None:
    body = sent("plain_paid")
    body.update(name=None, order_number=1007)

    assert seen(body).number == "1007"


@pytest.mark.parametrize("current", [None, "not read"])
def test_pieces_gone_from_a_part_sent_line_count_as_unsent_where_nothing_tells(
    current: object,
) -> None:
    body = sent("sent_one_cancelled_one")
    body["line_items"][0].update(fulfillable_quantity=current)

    [line] = seen(body).lines

    assert (line.ordered, line.cancelled, line.fulfilled) == (3, 1, 1)


def test_more_sent_than_ordered_counts_as_all_sent() -> None:
    body = sent("sent_and_refunded")
    body["fulfillments"][0]["line_items"][0]["quantity"] = 40

    [line] = seen(body).lines

    assert (line.ordered, line.cancelled, line.fulfilled) == (1, 0, 1)


# Payment and release ---------------------------------------------------------------------


@pytest.mark.parametrize("payment", Payment)
def test_every_payment_says_whether_the_workshop_may_begin(payment: Payment) -> None:
    ready = {Payment.PAID, Payment.AUTHORISED, Payment.PART_REFUNDED}

    assert (RELEASES[payment] == Release.READY) == (payment in ready)


def test_every_known_payment_has_a_word_at_shopify() -> None:
    assert set(PAYMENTS.values()) == set(Payment) - {Payment.UNKNOWN}


@pytest.mark.parametrize(
    "also,release",
    [
        ({"cancelled_at": "2026-11-21T09:00:00Z", "test": True}, Release.CANCELLED),
        ({"test": True, "confirmed": False}, Release.TEST),
        ({"confirmed": False, "financial_status": "pending"}, Release.HOLD_CHANNEL),
        ({"test": "perhaps"}, Release.TEST),
        ({"confirmed": []}, Release.HOLD_CHANNEL),
        ({"confirmed": None, "test": None, "cancelled_at": ""}, Release.READY),
    ],
)
def test_what_forbids_most_decides(also: dict[str, object], release: Release) -> None:
    assert seen({**sent("plain_paid"), **also}).release == release


# Pages -----------------------------------------------------------------------------------


def test_an_order_of_which_lines_were_not_fetched_is_refused() -> None:
    node = fetched("plain_paid")
    node["lineItems"]["pageInfo"]["hasNextPage"] = True

    with pytest.raises(PayloadError, match="all of its lines"):
        order_from_graphql(node)


def test_an_order_of_which_a_parcel_s_pieces_were_not_fetched_is_refused() -> None:
    node = fetched("partly_sent")
    node["fulfillments"][0]["fulfillmentLineItems"]["pageInfo"]["hasNextPage"] = True

    with pytest.raises(PayloadError, match="all of its lines"):
        order_from_graphql(node)


def test_an_order_of_which_parcels_were_not_fetched_is_refused() -> None:
    node = fetched("partly_sent")
    del node["fulfillments"][1]

    with pytest.raises(PayloadError, match="all of its fulfilments"):
        order_from_graphql(node)


@pytest.mark.parametrize("node", [None, {}, [], {"id": "gid://shopify/Order/1"}])
def test_a_fetched_thing_that_is_no_order_is_refused(node: object) -> None:
    with pytest.raises(PayloadError):
        order_from_graphql(node)


# Thin messages ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "topic,body",
    [
        ("orders/edited", {"order_edit": {"id": 9, "order_id": 7}}),
        ("refunds/create", {"id": 9, "order_id": 7}),
        ("fulfillments/create", {"id": 9, "order_id": 7}),
        ("fulfillments/update", {"id": 9, "order_id": 7}),
        (
            "fulfillment_orders/moved",
            {"fulfillment_order": {"id": "gid://…", "order_id": 7}},
        ),
        ("fulfillment_orders/split", {"order_id": "gid://shopify/Order/7"}),
        ("orders/updated", {"id": 7, "updated_at": "2026-11-20T10:15:03Z"}),
    ],
)
def test_a_thin_message_says_which_order_changed(topic: str, body: object) -> None:
    assert read(said(topic, body)) == OrderChanged(external_id="7")


def test_a_message_about_a_fulfilment_order_alone_is_ignored() -> None:
    body = {"fulfillment_order": {"id": "gid://shopify/FulfillmentOrder/1"}}

    assert isinstance(read(said("fulfillment_orders/placed_on_hold", body)), Ignored)


def test_a_deleted_order_is_named() -> None:
    assert read(said("orders/delete", {"id": 7})) == OrderDeleted(external_id="7")


@pytest.mark.parametrize(
    "topic", ["orders/edited", "orders/delete", "refunds/create", "fulfillments/create"]
)
def test_a_message_that_names_no_order_is_refused(topic: str) -> None:
    with pytest.raises(PayloadError):
        read(said(topic, {"order_edit": {"id": 9}, "order_id": None}))


def test_a_person_to_forget_is_named_with_their_orders() -> None:
    body = {"customer": {"id": 191167}, "orders_to_redact": [299938, 280263]}

    reading = read(said("customers/redact", body))

    assert reading == PersonErased(customer_id="191167", order_ids=("299938", "280263"))


def test_a_person_who_asks_is_named_with_their_orders() -> None:
    body = {"customer": {"id": 191167}, "orders_requested": [299938]}

    reading = read(said("customers/data_request", body))

    assert reading == PersonAsked(customer_id="191167", order_ids=("299938",))


def test_orders_can_be_forgotten_without_a_customer() -> None:
    reading = read(said("customers/redact", {"customer": None, "orders_to_redact": [3]}))

    assert reading == PersonErased(customer_id="", order_ids=("3",))


@pytest.mark.parametrize("topic", ["customers/redact", "customers/data_request"])
def test_forgetting_nobody_is_refused(topic: str) -> None:
    with pytest.raises(PayloadError, match="nobody"):
        read(said(topic, {"customer": {}, "orders_to_redact": []}))


@pytest.mark.parametrize("body", [b"{}", b"", b"not JSON"])
def test_what_the_topic_alone_says_needs_no_body(body: bytes) -> None:
    assert read(Message(topic="app/uninstalled", body=body)) == Disconnected()
    assert read(Message(topic="app/scopes_update", body=body)) == RightsChanged()
    assert read(Message(topic="shop/redact", body=body)) == ShopErased()


@pytest.mark.parametrize(
    "topic",
    ["variants/in_stock", "orders/risk_assessment_changed", "", "no/such/topic", "☃"],
)
def test_a_topic_that_means_nothing_here_is_ignored_with_a_reason(topic: str) -> None:
    reading = read(Message(topic=topic, body=b"not even JSON"))

    assert isinstance(reading, Ignored)
    assert reading.why


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"7", b"{", b"\xff\xfe", b'{"id": 1e999}', b"[" * 100_000]
)
def test_a_body_that_is_no_order_is_refused(body: bytes) -> None:
    with pytest.raises(PayloadError):
        read(Message(topic="orders/create", body=body))


@pytest.mark.parametrize("odd", [None, 0.5, "seven", True, -7, [], {}])
def test_an_order_without_an_id_is_refused(odd: object) -> None:
    with pytest.raises(PayloadError, match="no id"):
        read(said("orders/create", {**sent("plain_paid"), "id": odd}))


def test_an_order_read_without_its_lines_is_refused() -> None:
    with pytest.raises(PayloadError, match="lines"):
        order_from_rest({"id": 7})
