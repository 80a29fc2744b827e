"""The worker process: it works when called, when nobody calls, and through a lost Redis."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import select

from hub.flow.intake.accept import accept
from hub.models import migrate
from hub.models.claims import alive
from hub.models.records.channels import ChannelAccount
from hub.models.records.orders import SalesOrder
from hub.models.session import Database
from hub.queue import RedisWake
from hub.valkey import Valkey
from tests.doors import connect_shop, make_ports
from tests.hub_process import environment, hornada

SAMPLE = Path(__file__).parent.parent / "samples" / "shopify" / "authorised.json"


class Hands:
    """A worker process, a database, and a queue server that can be taken away."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.data.mkdir(mode=0o700)
        url = f"sqlite:///{self.data / 'hornada.db'}"
        migrate.upgrade(url)
        self.database = Database(url)
        self.account: ChannelAccount = connect_shop(make_ports(self.database))
        self.valkey = Valkey(self.data / "valkey")
        self.valkey.start()
        self.log = (folder / "log").open("wb")
        self.process = self.start("worker")

    def start(self, command: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            hornada(command, "--data", self.data), stdout=self.log, stderr=self.log,
            env=environment(HORNADA_KEY="a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="),
        )  # fmt: skip

    def get_order(self, name: str) -> None:
        order = json.loads(SAMPLE.read_bytes())["rest"] | {
            "id": int(name),
            "name": f"#{name}",
        }
        with self.database.begin() as session:
            accept(
                session, account_id=self.account.id, topic="orders/create", message_id=name,
                body=json.dumps(order).encode(), headers={}, source="webhook",
                now=datetime.now(UTC) - timedelta(seconds=1),
            )  # fmt: skip

    def call(self) -> None:
        RedisWake(self.valkey.url).wake("read_messages")

    def has(self, name: str) -> bool:
        with self.database.reading() as session:
            known = select(SalesOrder.id).filter_by(external_id=name)
            return session.scalar(known) is not None

    def is_beating(self) -> bool:
        with self.database.reading() as session:
            return alive.is_alive(session, name="worker", now=datetime.now(UTC))

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.valkey.stop()
        self.database.dispose()
        self.log.close()


@pytest.fixture(scope="module")
def hands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hands]:
    made = Hands(tmp_path_factory.mktemp("hands"))
    yield made
    made.close()


HANGS = 300
"""Seconds. A machine may be as busy as it likes; what takes so long has stopped working."""
pytestmark = pytest.mark.timeout(2 * HANGS)


def wait_for(reached: Callable[[], bool]) -> None:
    started = time.monotonic()
    while not reached():
        assert time.monotonic() - started < HANGS, "it hangs"
        time.sleep(0.05)


def test_a_worker_that_is_called_works_and_says_it_is_alive(hands: Hands) -> None:
    wait_for(hands.is_beating)
    hands.get_order("101")

    hands.call()

    wait_for(lambda: hands.has("101"))


def test_a_worker_lives_through_a_queue_that_is_killed_and_comes_back(hands: Hands) -> None:
    os.kill(int((hands.valkey.folder / "pid").read_text()), signal.SIGKILL)
    wait_for(lambda: not hands.valkey.is_running())
    time.sleep(1)
    hands.valkey.start()
    hands.get_order("102")
    hands.call()

    wait_for(lambda: hands.has("102"))
    assert hands.process.poll() is None


def test_a_queue_that_is_emptied_under_a_worker_loses_nothing(hands: Hands) -> None:
    with Redis.from_url(hands.valkey.url) as redis:
        hands.get_order("103")
        hands.call()
        redis.flushall()
    hands.get_order("104")
    hands.call()

    wait_for(lambda: hands.has("103") and hands.has("104"))


@pytest.mark.slow
def test_a_worker_nobody_calls_looks_for_itself(hands: Hands) -> None:
    hands.get_order("105")

    wait_for(lambda: hands.has("105"))


def test_a_worker_told_to_stop_stops(hands: Hands) -> None:
    hands.process.send_signal(signal.SIGTERM)

    assert hands.process.wait(timeout=HANGS) == 0


def test_the_timetable_works_without_any_queue_and_stops_when_told(hands: Hands) -> None:
    hands.process.kill()
    hands.process.wait()
    hands.valkey.stop()
    hands.process = hands.start("schedule")
    hands.get_order("106")

    wait_for(lambda: hands.has("106"))

    hands.process.send_signal(signal.SIGTERM)
    assert hands.process.wait(timeout=HANGS) == 0
