"""How long each page takes with 100,000 orders in the database, beside the same with 1,000.

`make bench` runs it. Every route people read is opened as the owner through the app itself, five
times; lists are also searched, sorted, filtered and paged. Nothing is asserted of time: the table
says who needs more than 150 ms, and what grows with the orders though it should not.

BENCH_STORE=postgres (or sqlite,postgres) chooses the engine, BENCH_ORDERS how many orders. `cpu` is
the processor's time of this process and, on PostgreSQL, of the server: compare that one where
something else is running too.
"""

import os
import re
import shutil
import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text

from hub.app import create_app
from hub.domain.people.roles import Role
from hub.models.records.orders import SalesOrder
from hub.models.session import Database
from hub.ports import Ports, links_of
from hub.serve import leave_unswept
from tests.bench.big_shop import seed_big_shop
from tests.bench.pages_asked import (
    HARDER,
    NEXT_PAGES,
    Asked,
    addresses_of,
    known_ids,
    live_parts,
)
from tests.bench.server_time import server_ms
from tests.web.pages.visitor import Visitor, visit
from tests.web.ports import make_ports

STORES = os.environ.get("BENCH_STORE", "sqlite").split(",")
MANY, FEW = int(os.environ.get("BENCH_ORDERS", "100000")), 1_000
TIMES, FEWER_TIMES, WANTED_MS, FAR = 5, 2, 150.0, 8
LONG = 40 * 60
"""Seconds a store may take: seeding and some 2,000 requests, with both processors busy besides."""
TOO_SLOW_MS = 3_000
"""What takes so long is known to be slow after one more look."""
ON = re.compile(r'href="([^"]*[?&](?:amp;)?(?:after|older|page|start)=[^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What opening a page took: medians in milliseconds, statements, and what was answered."""

    wall: float
    cpu: float
    statements: int
    status: int
    size: int


@contextmanager
def statements_of(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements of an engine while the block runs."""
    seen: list[str] = []

    def note(
        _conn: object, _cur: object, statement: str, _par: object, _ctx: object, _many: bool
    ) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def measure(client: FlaskClient, engine: Engine, asked: Asked, *, times: int) -> Taken:
    """Open an address a few times, after once to warm up."""
    headers = dict(asked.headers)
    with statements_of(engine) as seen:
        response = client.get(asked.address, headers=headers)
        status, size = response.status_code, len(response.data)
        response.close()
    walls, cpus = [], []
    began = server_ms(engine)
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        # What is given piece by piece counts until its first piece is here.
        client.get(asked.address, headers=headers).close()
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
        if walls[-1] > TOO_SLOW_MS:
            break
    theirs = (server_ms(engine) - began) / len(walls)
    return Taken(
        wall=statistics.median(walls), cpu=statistics.median(cpus) + theirs,
        statements=len(seen), status=status, size=size,
    )  # fmt: skip


def all_asked(app: Flask, ports: Ports, owner: Visitor) -> list[Asked]:
    """Name every address: the routes, the harder ones, later pages, and live parts."""
    with ports.database.reading() as session:
        known = known_ids(session)
        order = session.get_one(SalesOrder, known["order_id"])
        token = links_of(ports).token(order_id=order.id, turn=order.status_turn)
        found = addresses_of(app, session, token=token)
    later = [each for path in NEXT_PAGES for each in _later(owner, path)]
    return [*found, *[Asked(address=path) for path in HARDER], *later, *live_parts(known)]


def _later(owner: Visitor, path: str) -> list[Asked]:
    """Go on from page to page, and name the furthest one."""
    address = path
    for _ in range(FAR):
        response = owner.open(address)
        ways = [each for each in ON.findall(response.text) if "before=" not in each]
        if not ways:
            break
        on = unescape(ways[-1])
        address = on if on.startswith("/") else path.split("?", maxsplit=1)[0] + on
    return [Asked(address=address)] if address != path else []


def measure_all(ports: Ports, *, times: int) -> dict[str, Taken]:
    """Open everything as the server does, and fail by name where a page does not answer."""
    app = create_app(ports)
    leave_unswept()
    owner = visit(app, ports, role=Role.OWNER)
    found: dict[str, Taken] = {}
    wrong = []
    for asked in all_asked(app, ports, owner):
        taken = measure(owner.client, ports.database.engine, asked, times=times)
        name = asked.address + (" (live)" if asked.headers else "")
        found[name] = taken
        if taken.status >= 400 and not asked.may_not_answer:
            wrong.append((name, taken.status))
    assert not wrong, f"pages that did not answer: {wrong}"
    return found


def show(big: Mapping[str, Taken], small: Mapping[str, Taken], *, title: str) -> None:
    """Print what took how long, the slowest first, and how many took too long."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"\n\n{title}; load of the machine {load}")
    print(
        f"{'wall ms':>8} {'cpu ms':>8} {'x few':>6} {'stmts':>6} {'few':>5} {'kB':>6}  page"
    )
    few = {_name(name): taken for name, taken in small.items()}
    for name, taken in sorted(big.items(), key=lambda each: -each[1].wall):
        less = few.get(_name(name))
        growth = f"{taken.cpu / max(less.cpu, 0.1):.1f}" if less else ""
        before = str(less.statements) if less else ""
        print(
            f"{taken.wall:>8.1f} {taken.cpu:>8.1f} {growth:>6} {taken.statements:>6}"
            f" {before:>5} {taken.size / 1000:>6.0f}  {name[:100]}"
        )
    print(summary(big))


def summary(taken: Mapping[str, Taken]) -> str:
    """Say in a line or two how many addresses there are, and which take too long."""
    walls = {name: each.wall for name, each in taken.items() if each.wall > WANTED_MS}
    cpus = {name: each.cpu for name, each in taken.items() if each.cpu > WANTED_MS}
    told = f"{len(taken)} addresses; above {WANTED_MS:.0f} ms: {len(walls)} by wall, "
    which = [
        f"\n  {name} {ms:.0f}" for name, ms in sorted(cpus.items(), key=lambda e: -e[1])
    ]
    return f"{told}{len(cpus)} by cpu" + ":" * bool(which) + "".join(which)


def _name(address: str) -> str:
    """Name an address alike for both sizes: ids and places in a list are not told apart."""
    alike = re.sub(r"\d+", "#", re.sub(r"/o/[\w-]{40}", "/o/", address))
    return re.sub(r"(after|older)=[^&]+", r"\1=", alike)


def fill(database: Database, *, orders: int) -> None:
    """Seed a database, and say how long that took."""
    wall, cpu = time.perf_counter(), time.process_time()
    with database.begin() as session:
        counts = seed_big_shop(session, orders=orders)
        if not database.is_sqlite:
            session.execute(text("ANALYZE"))  # as the server does by itself within a minute
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rows = sum(counts.values())
    print(f"\n{orders:,} orders, {rows:,} rows: {wall:.0f} s to seed, {cpu:.0f} s of cpu")


@pytest.fixture
def small_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """Where the few orders go; always SQLite, for statements are the same on both."""
    path = tmp_path / "small.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.dispose()


@pytest.mark.timeout(LONG)
@pytest.mark.parametrize("store", STORES)
def test_every_page_with_a_hundred_thousand_orders(
    store: str, small_database: Database, request: pytest.FixtureRequest
) -> None:
    name = "sqlite_database" if store == "sqlite" else "pg_database"
    database = request.getfixturevalue(name)
    # The few first: an address nobody can open is found before the many are seeded.
    fill(small_database, orders=FEW)
    small = measure_all(make_ports(small_database), times=FEWER_TIMES)

    fill(database, orders=MANY)
    big = measure_all(make_ports(database), times=TIMES)

    show(big, small, title=f"pages, {store}: {MANY:,} orders beside {FEW:,}")
    assert big.keys()
