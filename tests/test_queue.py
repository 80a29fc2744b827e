"""The wake-up call: best effort, never twice, and never in anybody's way."""

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from hub.queue import (
    KINDS,
    QUEUE,
    BackgroundWake,
    NoWake,
    RedisWake,
    is_alive,
    redis_problem,
    take_call,
)
from tests.evicting import policy


def waiting(url: str) -> list[str | None]:
    with Redis.from_url(url) as redis:
        return [
            job.func_name
            for job in Queue(QUEUE, connection=redis, serializer=JSONSerializer).jobs
        ]


@pytest.fixture
def nowhere(tmp_path: Path) -> str:
    return f"unix://{tmp_path / 'nobody.sock'}"


def test_a_hundred_calls_are_one_waiting_job_of_each_kind(empty_redis_url: str) -> None:
    wake = RedisWake(empty_redis_url)

    for _ in range(100):
        for kind in KINDS:
            wake.wake(kind)

    assert waiting(empty_redis_url) == list(KINDS)


def test_a_call_after_the_job_looked_makes_the_next_job(empty_redis_url: str) -> None:
    wake = RedisWake(empty_redis_url)
    wake.wake("plan")

    with Redis.from_url(empty_redis_url) as redis:
        take_call(redis, "plan")
    wake.wake("plan")

    assert waiting(empty_redis_url) == ["plan", "plan"]


def test_what_waits_in_redis_names_no_order_and_no_person(empty_redis_url: str) -> None:
    RedisWake(empty_redis_url).wake("push")

    with Redis.from_url(empty_redis_url) as redis:
        [key] = redis.keys("rq:job:*")
        kept = redis.hgetall(key)

    assert kept[b"result_ttl"] == b"0"
    assert kept[b"failure_ttl"] == b"3600"


def test_a_redis_that_is_away_is_no_error_and_costs_little_time(nowhere: str) -> None:
    started = time.monotonic()

    RedisWake(nowhere).wake("plan")

    assert time.monotonic() - started < 1


def test_a_redis_that_hangs_costs_little_time(tmp_path: Path) -> None:
    address = tmp_path / "deaf.sock"
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(address))
        deaf.listen()
        started = time.monotonic()

        RedisWake(f"unix://{address}").wake("plan")

    assert time.monotonic() - started < 2


def test_a_full_redis_is_no_error(empty_redis_url: str) -> None:
    wake = RedisWake(empty_redis_url)
    with Redis.from_url(empty_redis_url) as redis:
        redis.config_set("maxmemory", "1")
        try:
            wake.wake("plan")
        finally:
            redis.config_set("maxmemory", "0")

    assert waiting(empty_redis_url) == []


def test_a_name_that_is_no_job_is_a_mistake_of_ours(empty_redis_url: str) -> None:
    with pytest.raises(ValueError, match="no job called"):
        RedisWake(empty_redis_url).wake("os.system")


def test_without_a_queue_nobody_is_woken() -> None:
    NoWake().wake("plan")


class Slow:
    """A wake that takes its time and remembers."""

    def __init__(self) -> None:
        self.is_busy, self.go = threading.Event(), threading.Event()
        self.kinds: list[str] = []

    def wake(self, kind: str) -> None:
        self.is_busy.set()
        self.go.wait(10)
        self.kinds.append(kind)


def test_nobody_waits_for_a_wake_in_the_background_and_calls_become_one() -> None:
    slow = Slow()
    wake = BackgroundWake(slow)

    started = time.monotonic()
    wake.wake("plan")
    _wait_for(slow.is_busy.is_set)
    for _ in range(1000):
        wake.wake("read_messages")
        wake.wake("push")
    took = time.monotonic() - started
    slow.go.set()
    _wait_for(lambda: len(slow.kinds) >= 3)

    assert took < 1
    assert slow.kinds == ["plan", "read_messages", "push"]


def _wait_for(reached: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 10
    while not reached():
        assert time.monotonic() < give_up
        time.sleep(0.005)


@pytest.mark.parametrize("value", ["allkeys-lru", "volatile-ttl", "allkeys-random"])
def test_a_redis_that_throws_jobs_away_is_refused(empty_redis_url: str, value: str) -> None:
    with policy(empty_redis_url, value):
        problem = redis_problem(empty_redis_url)

    assert value in problem
    assert "noeviction" in problem


def test_a_redis_that_keeps_everything_is_fine(empty_redis_url: str) -> None:
    with policy(empty_redis_url, "noeviction"):
        assert redis_problem(empty_redis_url) == ""
        assert is_alive(empty_redis_url)


def test_a_redis_that_is_away_is_a_problem_in_words(nowhere: str) -> None:
    assert "does not answer" in redis_problem(nowhere)
    assert not is_alive(nowhere)
