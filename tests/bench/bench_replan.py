"""How long a full plan takes in the database: 1,000 to 100,000 open order lines, with growth.

`make bench` runs it. Nothing is asserted about time. Beside seconds it prints statements and rows
written, which mean the same on every machine; a plan that changes nothing writes nothing.
"""

import time
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from hub.domain.asking.whole_plan import plan_everything
from hub.flow.planning.planning_state import planning_state
from hub.invariants import check
from hub.models.records.planning import Replan, Shortage
from hub.models.records.production import ProductionLink, ProductionOrder
from hub.models.records.stock import Reservation
from hub.models.session import Database
from tests.bench.busy_shop import BusyShop, busy_shop, count
from tests.bench.watching import Seen, watching
from tests.factories import NOW

SIZES = (1_000, 10_000, 100_000)
LONG = 30 * 60
"""Seconds a store may take: most of it is placing 50,000 orders, and checking them afterwards."""
QUIET = {"replan"}
"""What a plan without news may write: it takes the marks."""


def timed_plan(shop: BusyShop) -> tuple[float, Seen]:
    """Plan everything that is marked, and say what that took."""
    began = time.perf_counter()
    with watching(shop.session.connection()) as seen:
        shop.plan()
    return time.perf_counter() - began, seen


@pytest.mark.timeout(LONG)
def test_a_full_plan_in_the_database(database: Database) -> None:
    engine = "sqlite" if database.is_sqlite else "postgres"
    print(f"\n\na full plan of every item, {engine}")
    print(
        f"{'lines':>8} {'plan':>22} {'s':>8} {'statements':>11} {'rows':>8} {'growth':>7}"
    )
    last: dict[str, float] = {}
    for lines in SIZES:
        with Session(database.engine, expire_on_commit=False) as session:
            shop, seen = busy_shop(session, lines=lines), Seen()
            for name in ("from nothing", "with days promised", "without news"):
                shop.mark_all()
                seconds, seen = timed_plan(shop)
                growth = f"x {seconds / last[name]:.1f}" if name in last else ""
                last[name] = seconds
                print(
                    f"{lines:>8,} {name:>22} {seconds:>8.2f} {seen.statements:>11,}"
                    f" {seen.changed:>8,} {growth:>7}"
                )
            assert set(seen.rows) <= QUIET, seen.rows
            began = time.perf_counter()
            state = planning_state(session, now=NOW, zone=UTC)
            read = time.perf_counter() - began
            plan_everything(state)
            whole = time.perf_counter() - began
            print(
                f"{lines:>8,} {'in memory':>22} {whole:>8.2f}  of which reading {read:.2f}"
            )
            made = {
                table.__tablename__: count(session, table)
                for table in (ProductionOrder, ProductionLink, Reservation, Shortage)
            }
            print(
                "         " + ", ".join(f"{rows:,} {name}" for name, rows in made.items())
            )
            assert count(session, Replan) == 0
            assert check(session, now=datetime.now(UTC)) == []
            session.rollback()
