"""What an order is, out of a channel's own words."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.errors import PayloadError
from connectors.readings import Ignored, OrderSeen
from connectors.spec import Capability
from mapping.canonical import Money, Release, content_hash
from tests.contract.asking import (
    fetcher,
    may_be,
    needs,
    order_of,
    readings,
    says_orders,
    spec_of,
)
from tests.contract.found import Open
from tests.contract.harness import Basket, Harness, Oddity

UTC_OFFSET = timedelta(0)
WISH = "Zoë ❤ 'x' <b>&amp; \"y\"\n2"


def with_more(given: object) -> object:
    """Add fields nobody knows to every object."""
    if isinstance(given, dict):
        known = {name: with_more(value) for name, value in given.items()}
        return {**known, "zz_brand_new": {"deep": [1, None, "é"]}, "zz_other": None}
    return [with_more(one) for one in given] if isinstance(given, list) else given


def shuffled(given: object) -> object:
    """Turn the order of every object's fields around."""
    if isinstance(given, dict):
        return {name: shuffled(given[name]) for name in reversed(given)}
    return [shuffled(one) for one in given] if isinstance(given, list) else given


def test_an_order_has_the_id_it_was_placed_under(h: Harness) -> None:
    order_id = h.place()

    assert {order.external_id for order in readings(h, order_id)} == {order_id}


def test_money_is_whole_and_adds_up_to_what_the_shop_says(h: Harness) -> None:
    order_id = h.place(Basket(quantity=3, lines=2))

    for order in readings(h, order_id):
        assert order.total == h.total(order_id)
        for line in order.lines:
            assert isinstance(line.unit_price, Money)
            assert isinstance(line.unit_price.minor, int)
            assert line.unit_price.currency == order.currency


def test_times_are_aware_and_utc(h: Harness) -> None:
    for order in readings(h, h.place()):
        assert order.placed_at.utcoffset() == UTC_OFFSET
        assert order.updated_at.utcoffset() == UTC_OFFSET


def test_the_times_are_those_of_the_shop(h: Harness) -> None:
    order_id = h.place()
    now = getattr(h, "now", None)
    if now is None:
        pytest.skip(f"{spec_of(h).key} has no shop with a clock")

    for order in readings(h, order_id):
        assert abs(order.placed_at - now) < timedelta(minutes=1)
        assert abs(order.updated_at - now) < timedelta(minutes=1)


def test_line_ids_are_unique_and_stay(h: Harness) -> None:
    may_be(h, Oddity.TOUCHED)
    order_id = h.place(Basket(lines=3))
    before = [line.external_id for line in order_of(h, order_id).lines]

    h.touch(order_id)

    assert [line.external_id for line in order_of(h, order_id).lines] == before
    assert len(set(before)) == len(before) == 3


def test_a_changed_order_is_newer(h: Harness) -> None:
    may_be(h, Oddity.TOUCHED)
    order_id = h.place()
    before = order_of(h, order_id)

    h.touch(order_id)

    assert order_of(h, order_id).updated_at > before.updated_at


def test_a_paid_order_may_begin(h: Harness) -> None:
    for order in readings(h, h.place()):
        assert order.release is Release.READY


def test_an_unpaid_order_never_may(h: Harness) -> None:
    may_be(h, Oddity.UNPAID)

    for order in readings(h, h.place(Basket(is_paid=False))):
        assert order.release is Release.HOLD_PAYMENT


def test_a_test_order_is_marked_and_never_may_begin(h: Harness) -> None:
    may_be(h, Oddity.TEST)

    for order in readings(h, h.place(Basket(is_test=True))):
        assert order.is_test
        assert order.release is Release.TEST


def test_a_cancelled_order_is_cancelled(h: Harness) -> None:
    may_be(h, Oddity.CANCELLED)
    order_id = h.place()

    h.cancel(order_id)

    for order in readings(h, order_id):
        assert order.release is Release.CANCELLED


def test_pieces_taken_off_are_cancelled_and_were_still_ordered(h: Harness) -> None:
    may_be(h, Oddity.TAKEN_OFF)
    order_id = h.place(Basket(quantity=5))

    h.take_off(order_id, 3)

    for order in readings(h, order_id):
        assert order.lines[0].ordered == 5
        assert order.lines[0].cancelled == 3
        assert order.lines[0].fulfilled == 0


def test_what_the_buyer_wished_for_is_kept_to_the_letter(h: Harness) -> None:
    may_be(h, Oddity.PERSONALISED)

    for order in readings(h, h.place(Basket(personalisation=WISH))):
        [line] = order.lines
        assert WISH in [value for _, value in line.personalisation]
        assert WISH not in line.sku + line.title + line.variant_title


def test_a_line_without_an_sku_still_says_what_was_sold(h: Harness) -> None:
    may_be(h, Oddity.NO_SKU)

    for order in readings(h, h.place(Basket(has_sku=False))):
        [line] = order.lines
        assert line.sku == ""
        assert line.product_id or line.variant_id or line.title


def test_the_same_message_read_twice_is_the_same(h: Harness) -> None:
    message = h.message(h.place(Basket(quantity=2, lines=2)))

    assert h.channel().read(message) == h.channel().read(message)


def test_equal_messages_are_equal_orders_however_they_are_written(h: Harness) -> None:
    says_orders(h)
    message = h.message(h.place(Basket(quantity=2, lines=2)))
    other = json.dumps(shuffled(json.loads(message.body)), indent=3, ensure_ascii=True)

    once = h.channel().read(message)
    again = h.channel().read(replace(message, body=other.encode()))

    assert once == again
    if isinstance(once, OrderSeen) and isinstance(again, OrderSeen):
        assert content_hash(once.order) == content_hash(again.order)


def test_an_order_fetched_is_equal_to_the_one_in_its_message(h: Harness) -> None:
    needs(h, Capability.ORDERS_FETCH)
    order_id = h.place(Basket(quantity=2, lines=2))

    assert len({content_hash(order) for order in readings(h, order_id)}) == 1


def test_an_order_fetched_twice_is_the_same(h: Harness) -> None:
    needs(h, Capability.ORDERS_FETCH)
    order_id = h.place()

    first = fetcher(h.channel()).fetch_order(order_id)

    assert fetcher(h.channel()).fetch_order(order_id) == first


def test_fields_nobody_knows_change_nothing(h: Harness) -> None:
    says_orders(h)
    message = h.message(h.place(Basket(lines=2)))
    body = json.dumps(with_more(json.loads(message.body))).encode()

    assert h.channel().read(replace(message, body=body)) == h.channel().read(message)


def test_every_word_for_how_far_an_order_is_says_whether_to_begin(h: Harness) -> None:
    message = h.message(h.place())

    for word, may_begin in h.statuses.items():
        reading = h.channel().read(h.with_status(message, word))
        assert isinstance(reading, OrderSeen), word
        assert (reading.order.release is Release.READY) is may_begin, word


def test_a_word_nobody_knows_is_legal_and_never_ready(open_shop: Open) -> None:
    h = open_shop()
    if not h.statuses:
        pytest.skip(f"{spec_of(h).key}'s messages have no such word")
    message = h.message(h.place())
    known = {word.casefold() for word in h.statuses}

    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(st.text(st.characters(codec="utf-8"), max_size=30))
    def never_ready(word: str) -> None:
        if word.strip().casefold() not in known:
            reading = h.channel().read(h.with_status(message, word))
            assert isinstance(reading, OrderSeen)
            assert reading.order.release is not Release.READY

    never_ready()
    h.close()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"7",
        b'"text"',
        b"\xff\xfe{",
        b"{}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"id":' + b"9" * 10_000 + b"}",
        b"<html></html>",
        b'{"id": null, "lines": 3}',
    ],
    ids=lambda body: body[:12].decode("latin-1"),
)
def test_what_cannot_be_an_order_is_a_payload_error(h: Harness, body: bytes) -> None:
    says_orders(h)
    message = replace(h.message(h.place()), body=body)

    with pytest.raises(PayloadError):
        h.channel().read(message)


def test_a_topic_nobody_knows_is_ignored_and_says_why(h: Harness) -> None:
    message = replace(h.message(h.place()), topic="something/brand_new")
    if Capability.ORDERS_WEBHOOK not in spec_of(h).capabilities:
        pytest.skip(f"{spec_of(h).key} has messages of one kind only")

    reading = h.channel().read(message)

    assert isinstance(reading, Ignored)
    assert reading.why


def test_reading_asks_nobody(h: Harness) -> None:
    message = h.message(h.place())
    calls: Callable[[], int] = getattr(h, "calls", int)
    before = calls()

    h.channel().read(message)

    assert calls() == before
