"""The post: retried, doubled, shuffled, lost, and given up."""

import threading
import time
from collections.abc import Iterator
from random import Random
from typing import cast

import pytest
import requests

from connectors.sandbox.faults import Fault
from connectors.sandbox.messages import Signed
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.shopify.wanted import Wanted
from tests.connectors.sandbox.taller import Taller

URL = "http://127.0.0.1:1/hooks"
SOAP = [Wanted(title="Soap", price="1.00")]


def event_ids(messages: list[Signed]) -> list[str]:
    return [message.event_id for message in messages]


def test_a_failed_delivery_comes_again_with_the_same_ids_and_bytes(taller: Taller) -> None:
    taller.store.subscribe("orders/create", URL)
    taller.answers = [500, 302]
    taller.order(SOAP=1)

    for _ in range(3):
        taller.store.webhooks.deliver_due()
        taller.move(1)

    first, second, third = taller.sent
    assert first == second == third
    stats = taller.store.webhooks.stats()
    assert (stats["delivered"], stats["pending"]) == (1, 0)


def test_a_retry_waits_longer_each_time(taller: Taller) -> None:
    taller.store.subscribe("orders/create", URL)
    taller.answers = [500] * 9
    taller.order(SOAP=1)
    waited = []

    taller.store.webhooks.deliver_due()
    for _ in range(8):
        before = taller.at
        while not taller.store.webhooks.deliver_due():
            taller.move(0.1)
        waited.append((taller.at - before).total_seconds())

    assert waited == sorted(waited)
    assert len(set(waited)) == 8


def test_after_eight_vain_retries_only_what_the_api_made_is_deleted(taller: Taller) -> None:
    mine = taller.store.subscribe("orders/create", URL)
    taller.do(
        "mutation { webhookSubscriptionCreate(topic: ORDERS_CREATE, webhookSubscription: "
        '{uri: "https://hub.example/x"}) { userErrors { message } } }'
    )
    taller.answers = [503] * 18
    taller.order(SOAP=1)

    taller.post()

    left = taller.store.webhooks.subscriptions.values()
    assert [str(each.id) for each in left] == [mine]
    stats = taller.store.webhooks.stats()
    assert (stats["failed"], stats["removed_subscriptions"]) == (2, ["orders/create"])


def test_a_connection_that_fails_is_a_failed_delivery() -> None:
    def send(_message: Signed) -> int:
        raise requests.ConnectionError

    store = Storefront(background=False, send=send, retries=())
    store.subscribe("orders/create", URL)
    store.place_order(SOAP)

    store.webhooks.deliver_due()

    assert store.webhooks.stats()["failed"] == 1


def test_duplicates_share_the_event_and_not_always_the_webhook_id(taller: Taller) -> None:
    taller.store.subscribe("orders/create", URL)
    taller.store.faults.add(Fault(kind="duplicate", copies=3))
    taller.order(SOAP=1)
    taller.order(SOAP=1)

    sent = taller.post()

    assert len(sent) == 4
    assert len(set(event_ids(sent))) == 2
    assert len({message.webhook_id for message in sent[:3]}) == 2


def test_reordering_shuffles_and_loses_nothing(taller: Taller) -> None:
    taller.store.subscribe("orders/create", URL)
    taller.store.faults.add(Fault(kind="reorder", seconds=60, times=None))
    placed = [taller.order(SOAP=1) for _ in range(12)]

    bodies = [message.body for message in taller.post()]

    arrived = [next(o for o in placed if o.encode() in body) for body in bodies]
    assert arrived != placed
    assert sorted(arrived) == sorted(placed)


def test_a_lost_webhook_is_lost_and_a_delayed_one_late(taller: Taller) -> None:
    taller.store.subscribe("orders/create", URL)
    taller.store.subscribe("orders/paid", URL)
    taller.store.faults.add(Fault(kind="lose", operation="orders/create"))
    taller.store.faults.add(Fault(kind="delay", operation="orders/paid", seconds=10))
    taller.order(SOAP=1)

    at_once = taller.store.webhooks.deliver_due()
    taller.move(10)
    later = taller.store.webhooks.deliver_due()

    assert (at_once, later) == (0, 1)
    assert [message.topic for message in taller.sent] == ["orders/paid"]


def test_an_old_event_may_come_again_under_its_old_id(taller: Taller) -> None:
    taller.store.subscribe("orders/create", URL)
    taller.order(SOAP=1)
    [first] = taller.post()

    taller.store.webhooks.redeliver(first.event_id)

    [again] = taller.post()
    assert (again.event_id, again.body) == (first.event_id, first.body)
    assert again.webhook_id != first.webhook_id


def test_the_same_seed_lives_the_same_day() -> None:
    def day() -> list[Signed]:
        taller = Taller()
        taller.store.subscribe("orders/create", URL)
        taller.store.faults.add(Fault(kind="duplicate", times=None, chance=0.5))
        for _ in range(10):
            taller.order(SOAP=1)
        return taller.post()

    assert day() == day()


class Slow:
    """Someone who takes webhooks in, slowly."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.let = threading.Event()

    def __call__(self, message: Signed) -> int:
        self.let.wait(5)
        self.taken.append(message.topic)
        return 200


@pytest.fixture
def slow() -> Iterator[tuple[Storefront, Slow]]:
    taker = Slow()
    store = Storefront(send=taker, rng=Random(1))
    store.subscribe("orders/create", URL)
    yield store, taker
    taker.let.set()
    store.close()


def test_orders_do_not_wait_for_the_post(slow: tuple[Storefront, Slow]) -> None:
    store, taker = slow

    for _ in range(5):
        store.place_order(SOAP)

    assert taker.taken == []
    assert not store.webhooks.drain(timeout=0.05)
    taker.let.set()
    assert store.webhooks.drain(timeout=5)
    assert len(taker.taken) == 5


def test_several_couriers_carry_several_messages_at_once() -> None:
    together = threading.Barrier(3, timeout=5)

    def send(_message: Signed) -> int:
        together.wait()
        return 200

    store = Storefront(send=send, couriers=3)
    store.subscribe("orders/create", URL)
    for _ in range(3):
        store.place_order(SOAP)

    assert store.webhooks.drain(timeout=5)
    store.close()
    assert store.webhooks.stats()["delivered"] == 3


def test_a_long_day_is_counted_whole_and_remembered_in_part(taller: Taller) -> None:
    taller.store.subscribe("orders/create", URL)
    taller.store.faults.add(Fault(kind="duplicate", copies=2_500))
    taller.order(SOAP=1)

    taller.post()

    stats = taller.store.webhooks.stats()
    assert (stats["delivered"], stats["pending"]) == (2_500, 0)
    assert len(cast(list[object], stats["deliveries"])) == 2_000


def test_a_paused_post_keeps_everything(slow: tuple[Storefront, Slow]) -> None:
    store, taker = slow
    taker.let.set()
    store.webhooks.pause()
    store.place_order(SOAP)

    time.sleep(0.05)

    assert taker.taken == []
    store.webhooks.resume()
    assert store.webhooks.drain(timeout=5)
    assert taker.taken == ["orders/create"]
