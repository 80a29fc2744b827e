"""How many webhooks a second the front door takes, beside an app that does the least there is.

`make bench` runs it. Both are served alike (gunicorn gthread, 1 process, 8 threads), one after the
other in the same run on the same machine, under the same load: only the ratios mean anything
elsewhere.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import psycopg
import pytest
from sqlalchemy import func, select

from connectors.sandbox.messages import Signed
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.shopify.wanted import Wanted
from hub.models import migrate
from hub.models.records.messages import InboundMessage
from hub.models.session import Database
from hub.ports import open_ports
from hub.settings import Settings
from tests.bench.floor import make_table
from tests.bench.load import Measured
from tests.doors import SECRET, connect_shop
from tests.ground.leash import let_go, start_on_leash
from tests.ground.postgres import PgServer
from tests.hub_process import answers, environment, free_port
from tests.journeys.processes import Program, wait_for

KEY = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
CONNECTIONS = (8, 32)
SECONDS = 4.0
ROUNDS = 3


@dataclass(frozen=True)
class Door:
    """Something that takes webhooks: its name, its address, and how many rows it has written."""

    name: str
    url: str
    stores: str


def signed_orders() -> list[dict[str, object]]:
    """Fifty orders of four lines as Shopify sends them, signed."""
    sent: list[Signed] = []

    def keep(message: Signed) -> int:
        sent.append(message)
        return 200

    store = Storefront(
        "cera-y-sal.myshopify.com",
        client_secret=SECRET,
        rng=Random(7),
        send=keep,
        background=False,
    )
    store.add_location("Granada")
    for number in range(20):
        store.add_variant(sku=f"SKU-{number}", title=f"Lavender candle {number}")
    store.subscribe("orders/create", "http://127.0.0.1/")
    for number in range(50):
        store.place_order(
            [Wanted(sku=f"SKU-{(number + at) % 20}", quantity=1 + at) for at in range(4)]
        )
    store.webhooks.deliver_due()
    return [{"body": each.body.decode(), "headers": each.headers} for each in sent]


@contextmanager
def floor_door(folder: Path, *, postgres: str) -> Iterator[Door]:
    """Serve the app that does the least."""
    url = postgres.replace("+psycopg", "") if postgres else str(folder / "floor.db")
    make_table(url)
    port = free_port()
    known = environment(
        FLOOR_DATABASE=url,
        FLOOR_SECRET=SECRET,
        FLOOR_PORT=str(port),
        PYTHONPATH=os.getcwd(),
    )
    process = start_on_leash(
        ["env", "-i", *[f"{key}={value}" for key, value in known.items()]]
        + [sys.executable, "-m", "tests.bench.floor"],
        folder=folder,
        log=folder / "floor.log",
    )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(lambda: is_listening(port), what="the floor")
        yield Door("floor", f"{address}/", url)
    finally:
        let_go(process)


@contextmanager
def hub_door(folder: Path, *, postgres: str, redis_url: str) -> Iterator[Door]:
    """Serve the hub's web process with a shop connected; no worker reads what comes in."""
    settings = Settings(data=folder, database_url=postgres, key=KEY, allow_loopback=True)
    migrate.upgrade(settings.database)
    ports = open_ports(settings)
    account = connect_shop(ports)
    ports.database.dispose()
    port = free_port()
    web = Program(
        "web",
        settings={
            "HORNADA_DATA": str(folder),
            "DATABASE_URL": settings.database,
            "REDIS_URL": redis_url,
            "HORNADA_KEY": KEY,
            "HORNADA_PORT": str(port),
        },
        folder=folder,
    )
    web.start()
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(lambda: answers(f"{address}/healthz"), what="the hub")
        yield Door("hub", f"{address}/webhooks/shopify/{account.key}", settings.database)
    finally:
        web.stop()


def is_listening(port: int) -> bool:
    """Say whether something answers at a port, with whatever status."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import socket; socket.create_connection(('127.0.0.1', {port}))",
        ],
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def measure(door: Door, *, connections: int, seconds: float, folder: Path) -> Measured:
    """Load a door from another process."""
    plan = folder / "load.json"
    plan.write_text(
        json.dumps(
            {
                "url": door.url,
                "messages": signed_orders(),
                "connections": connections,
                "seconds": seconds,
            }
        )
    )
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", str(plan)],
        capture_output=True,
        text=True,
        check=True,
    )
    return Measured(**json.loads(done.stdout))


def rows_of(door: Door) -> int:
    """Count what a door wrote."""
    if door.name == "hub":
        database = Database(door.stores)
        with database.reading() as session:
            found = session.scalar(select(func.count()).select_from(InboundMessage)) or 0
        database.dispose()
        return found
    return count_floor_rows(door.stores)


def count_floor_rows(url: str) -> int:
    """Count what the floor wrote."""
    if "://" in url:
        with psycopg.connect(url) as postgres:
            row = postgres.execute("SELECT count(*) FROM message").fetchone()
        return int(row[0]) if row else 0
    plain = Database(f"sqlite:///{url}")
    with plain.reading() as session:
        found = session.connection().exec_driver_sql("SELECT count(*) FROM message")
        count = int(found.scalar_one())
    plain.engine.dispose()
    return count


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_intake(
    store: str, request: pytest.FixtureRequest, tmp_path: Path, empty_redis_url: str
) -> None:
    urls = ["", ""]
    if store == "postgres":
        server: PgServer = request.getfixturevalue("pg_server")
        urls = [server.create(), server.create()]
    hub_folder = tmp_path / "hub"
    hub_folder.mkdir()
    print(
        f"\n\nintake, {store}: {ROUNDS} rounds of {SECONDS:.0f} s, load by http.client threads"
    )
    print(
        f"{'connections':>11} {'door':>6} {'req/s':>7} {'p50 ms':>7} {'p99 ms':>7} {'of floor':>9}"
    )
    accepted = {"floor": 0, "hub": 0}
    with (
        floor_door(tmp_path, postgres=urls[0]) as floor,
        hub_door(hub_folder, postgres=urls[1], redis_url=empty_redis_url) as hub,
    ):
        for door in (floor, hub):
            warm = measure(door, connections=8, seconds=1, folder=tmp_path)
            accepted[door.name] += warm.statuses.get("200", 0)
        for connections in CONNECTIONS:
            found: dict[str, list[Measured]] = {"floor": [], "hub": []}
            for _ in range(ROUNDS):
                for door in (floor, hub):
                    one = measure(
                        door, connections=connections, seconds=SECONDS, folder=tmp_path
                    )
                    assert set(one.statuses) == {"200"}, one.statuses
                    accepted[door.name] += one.statuses["200"]
                    found[door.name].append(one)
            least = statistics.median(one.per_second for one in found["floor"])
            for name, several in found.items():
                rate = statistics.median(one.per_second for one in several)
                p50 = statistics.median(one.p50_ms for one in several)
                p99 = statistics.median(one.p99_ms for one in several)
                print(
                    f"{connections:>11} {name:>6} {rate:>7.0f} {p50:>7.1f} {p99:>7.1f}"
                    f" {rate / least:>8.0%}"
                )
        for door in (floor, hub):
            assert rows_of(door) == accepted[door.name], "every 200 has its row"
