"""Workers of one account share its bucket through Redis; without Redis nothing waits."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis

from connectors.errors import RateLimited
from connectors.http import Http
from connectors.pacing import NO_WAIT, Pacer, Unpaced
from connectors.sandbox.server import create_sandbox
from connectors.sandbox.serving import serve
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.shopify.wanted import Wanted
from connectors.shopify.client import AdminApi
from hub.pacing import BUCKET, KEPT_SECONDS, UNDER_WAY_SECONDS, Lane, NoPacing, RedisPacing

TEN = timedelta(seconds=10)
LONG = timedelta(days=30)
"""A bucket that fills so slowly stands still for a test."""


@pytest.fixture
def pacing(empty_redis_url: str) -> RedisPacing:
    return RedisPacing(empty_redis_url)


def take(pacer: Pacer, cost: int, *, size: int = 100, per: timedelta = LONG) -> bool:
    return pacer.take("b", cost=cost, size=size, per=per) == NO_WAIT


def test_what_one_worker_takes_the_others_do_not_have(pacing: RedisPacing) -> None:
    one, other = pacing.pacer_of(1), pacing.pacer_of(1)

    assert take(one, 60)
    assert not take(other, 60)
    assert take(other, 40)


def test_accounts_and_buckets_are_apart(pacing: RedisPacing) -> None:
    assert take(pacing.pacer_of(1), 100)
    assert take(pacing.pacer_of(2), 100)
    assert pacing.pacer_of(1).take("other", cost=100, size=100, per=LONG) == NO_WAIT


def test_who_must_wait_is_told_how_long_and_takes_nothing(pacing: RedisPacing) -> None:
    pacer = pacing.pacer_of(1)
    assert take(pacer, 100, per=TEN)

    wait = pacer.take("b", cost=50, size=100, per=TEN)

    assert timedelta(seconds=2) < wait <= timedelta(seconds=5)
    assert pacer.take("b", cost=50, size=100, per=TEN) <= wait


def test_a_bucket_fills_in_its_time(pacing: RedisPacing) -> None:
    pacer, per = pacing.pacer_of(1), timedelta(seconds=5)
    assert take(pacer, 100, per=per)
    assert not take(pacer, 100, per=per)

    time.sleep(0.3)

    assert take(pacer, 5, per=per)


def test_what_the_channel_says_goes_before_what_we_believed(pacing: RedisPacing) -> None:
    pacer = pacing.pacer_of(1)
    assert take(pacer, 10)

    pacer.told("b", available=5, size=40, per=LONG)

    assert not take(pacer, 6)
    assert take(pacer, 5)


def test_calls_under_way_are_not_promised_twice(pacing: RedisPacing) -> None:
    one, other = pacing.pacer_of(1), pacing.pacer_of(1)
    assert take(one, 30)
    assert take(other, 30)

    one.told("b", available=70, size=100, per=LONG)

    assert not take(one, 41)
    assert take(one, 40)


def test_a_call_that_never_came_back_is_forgotten(
    pacing: RedisPacing, empty_redis_url: str
) -> None:
    with closing(Redis.from_url(empty_redis_url)) as redis:
        long_ago = time.time() - UNDER_WAY_SECONDS - 1
        redis.hset(f"{BUCKET}1:b", "call:dead", f"90@{long_ago}")
    pacer = pacing.pacer_of(1)

    pacer.told("b", available=100, size=100, per=LONG)

    assert take(pacer, 100)


def test_the_background_leaves_half_to_what_happens_now(pacing: RedisPacing) -> None:
    now, later = pacing.pacer_of(1), pacing.pacer_of(1, lane=Lane.BACKGROUND)

    assert take(later, 30)
    assert not take(later, 30)
    assert take(now, 30)
    assert not take(later, 1)
    assert take(now, 40)


def test_something_dearer_than_the_bucket_goes_when_it_is_full(pacing: RedisPacing) -> None:
    assert take(pacing.pacer_of(1), 900)
    assert not take(pacing.pacer_of(1), 1)
    assert take(pacing.pacer_of(2, lane=Lane.BACKGROUND), 60)


@pytest.mark.parametrize("size, cost", [(0, 5), (100, 0), (100, -7)])
def test_odd_numbers_never_keep_anybody_waiting(
    pacing: RedisPacing, size: int, cost: int
) -> None:
    pacer = pacing.pacer_of(1)
    pacer.told("b", available=-3, size=0, per=TEN)

    assert take(pacer, cost, size=size)


def test_buckets_nobody_uses_go_away(pacing: RedisPacing, empty_redis_url: str) -> None:
    take(pacing.pacer_of(1), 1)

    with closing(Redis.from_url(empty_redis_url)) as redis:
        assert 0 < redis.ttl(f"{BUCKET}1:b") <= KEPT_SECONDS


def test_without_redis_nothing_waits_and_it_is_not_asked_every_time(tmp_path: Path) -> None:
    clock = [0.0]
    pacing = RedisPacing(f"unix://{tmp_path / 'nobody'}", monotonic=lambda: clock[0])
    pacer, asked = pacing.pacer_of(1), list[object]()

    assert take(pacer, 10**6)
    assert take(pacer, 10**6)
    pacer.told("b", available=0)
    assert pacing.ask(asked.append) is None
    assert asked == []

    clock[0] += 6
    pacing.ask(asked.append)
    assert len(asked) == 1


def test_a_redis_that_holds_something_else_there_keeps_nobody_waiting(
    pacing: RedisPacing, empty_redis_url: str
) -> None:
    with closing(Redis.from_url(empty_redis_url)) as redis:
        redis.set(f"{BUCKET}1:b", "not a bucket")

    assert take(pacing.pacer_of(1), 10)


def test_where_there_is_no_redis_nothing_is_paced() -> None:
    assert take(NoPacing().pacer_of(1, lane=Lane.BACKGROUND), 10**9)


# Eight workers and one shop -------------------------------------------------------------

QUESTION = "query Paced { orders(first: 100) { nodes { id name updatedAt } } }"
WORKERS, ENOUGH = 8, 3
"""After how many refusals of the shop's own a worker gives up."""


@pytest.fixture
def busy() -> Iterator[Storefront]:
    """A shop with points for about twenty of these questions, whose clock stands still."""
    made = Storefront(bucket=(220, 1), monotonic=lambda: 0.0, background=False)
    for _ in range(20):
        made.place_order([Wanted(title="Soap", price="1.00")])
    yield made
    made.close()


def api_at(url: str, pacer: Pacer) -> AdminApi:
    http = Http(title="Shopify", origin=url, allow_loopback=True)
    return AdminApi(http=http, version="2026-10", token="shpat_sandbox", pacer=pacer)


def ask_for(url: str, pacer_of: Callable[[], Pacer]) -> tuple[int, int]:
    """Let eight workers ask till ours says wait, or the shop did thrice; count both answers."""
    counts, lock = [0, 0], threading.Lock()

    def work() -> None:
        api, refused = api_at(url, pacer_of()), 0
        while refused < ENOUGH:
            api.served_version = ""
            try:
                api.execute(QUESTION)
                with lock:
                    counts[0] += 1
            except RateLimited:
                if not api.served_version:  # ours: the shop was not asked
                    return
                refused += 1
                with lock:
                    counts[1] += 1

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return counts[0], counts[1]


def test_eight_workers_of_one_shop_are_hardly_ever_asked_to_slow_down(
    busy: Storefront, pacing: RedisPacing, record_property: Callable[[str, object], None]
) -> None:
    with serve(create_sandbox([busy])) as served:
        api_at(served.url, pacing.pacer_of(1)).execute(QUESTION)  # learns price and bucket
        answered, throttled = ask_for(served.url, lambda: pacing.pacer_of(1))
        assert len(busy.requests()) == 1 + answered + throttled
        _, throttled_unpaced = ask_for(served.url, Unpaced)

    record_property("paced", f"{answered} answered, {throttled} throttled")
    record_property("unpaced", f"{throttled_unpaced} throttled")
    assert answered >= 8
    assert throttled <= 2
    assert throttled_unpaced == WORKERS * ENOUGH
