"""Whatever stands wherever in a message, reading it ends in an answer or in PayloadError."""

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import PayloadError
from connectors.readings import Message, OrderSeen, Reading
from connectors.shopify.read import order_from_graphql, read
from connectors.shopify.read_words import RELEASES
from mapping.canonical import LineKind, Order, Release, content_hash
from tests.connectors.shopify.order_samples import CASES, IN_BOTH_SHAPES

TOPICS = [
    "orders/create",
    "orders/edited",
    "orders/delete",
    "refunds/create",
    "fulfillments/update",
    "fulfillment_orders/moved",
    "customers/redact",
    "customers/data_request",
    "app/uninstalled",
    "app/scopes_update",
]

TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "\0", "\ud800", "NaN", "1e999", "-1", "٣", "true", "PAID", "2026-13-45", "Tip"]
        + ["0001-01-01T00:00:00+14:00", "gid://shopify/Order/", "9" * 400, "EUR", "JPY"]
    ),
)
NUMBERS = st.one_of(
    st.integers(min_value=-(2**70), max_value=2**70),
    st.sampled_from([0, -1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 10**30]),
    st.floats(allow_nan=False, allow_infinity=False),
)
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a JSON value, the whole included."""
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    if isinstance(value, list):
        inner = list(enumerate(value))
    return [at, *(place for key, part in inner for place in places(part, (*at, key)))]


def put(value: Any, place: tuple[str | int, ...], odd: object) -> Any:
    """The same value with something else in one place."""
    if not place:
        return odd
    changed = copy.deepcopy(value)
    at = changed
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = odd
    return changed


RICH = ["partly_sent", "personalised", "bundle", "old_body", "buyer_saw_dollars"]


@st.composite
def odd_bodies(draw: st.DrawFn) -> object:
    body = CASES[draw(st.sampled_from(RICH))]["rest"]
    for _ in range(draw(st.integers(min_value=1, max_value=3))):
        body = put(body, draw(st.sampled_from(places(body))), draw(ANYTHING))
    return body


@st.composite
def odd_nodes(draw: st.DrawFn) -> object:
    names = [name for name in RICH if name in IN_BOTH_SHAPES]
    node = CASES[draw(st.sampled_from(names))]["graphql"]
    return put(node, draw(st.sampled_from(places(node))), draw(ANYTHING))


def is_sound(order: Order) -> None:
    """What the hub may rely on, whatever the order."""
    assert order.external_id.isdigit()
    assert order.placed_at.tzinfo
    assert order.updated_at.tzinfo
    assert len({line.external_id for line in order.lines}) == len(order.lines)
    for line in order.lines:
        assert 0 <= line.cancelled <= line.ordered
        assert 0 <= line.fulfilled <= line.ordered - line.cancelled
    if order.release == Release.READY:
        assert RELEASES[order.payment] == Release.READY
        assert all(line.kind != LineKind.UNKNOWN for line in order.lines)
    kept = json.dumps([order.note, order.number, *(line.title for line in order.lines)])
    assert "\\u0000" not in kept
    assert content_hash(order)


@settings(max_examples=250)
@given(body=odd_bodies(), topic=st.sampled_from(["orders/create", "orders/updated"]))
def test_an_order_with_anything_in_any_place_is_read_or_refused(
    body: object, topic: str
) -> None:
    try:
        reading = read(Message(topic=topic, body=json.dumps(body).encode()))
    except PayloadError:
        return
    if isinstance(reading, OrderSeen):
        is_sound(reading.order)


@settings(max_examples=150)
@given(node=odd_nodes())
def test_a_fetched_order_with_anything_in_any_place_is_read_or_refused(
    node: object,
) -> None:
    try:
        is_sound(order_from_graphql(node))
    except PayloadError:
        return


@settings(max_examples=150)
@given(body=ANYTHING, topic=st.sampled_from(TOPICS))
def test_any_json_under_any_topic_is_read_or_refused(body: object, topic: str) -> None:
    try:
        reading = read(Message(topic=topic, body=json.dumps(body).encode()))
    except PayloadError:
        return
    assert isinstance(reading, Reading)


@settings(max_examples=150)
@given(body=st.binary(max_size=80), topic=st.sampled_from(TOPICS))
def test_any_bytes_under_any_topic_are_read_or_refused(body: bytes, topic: str) -> None:
    try:
        reading = read(Message(topic=topic, body=body))
    except PayloadError:
        return
    assert isinstance(reading, Reading)
