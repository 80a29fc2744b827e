"""How much one small event changes on a busy shop: rows written and runs touched.

`make bench` runs it. A thousand open order lines are planned and a third of the runs released; then
orders come, grow and are cancelled, lots are counted and runs give less than they should, one at a
time, each with its plan. Nothing here is about time.
"""

from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.replan import mark
from hub.invariants import check
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.stock import Lot, LotBalance, StockMove
from hub.models.session import Database
from tests.bench.busy_shop import BusyShop, busy_shop, release_some
from tests.bench.watching import watching
from tests.factories import NOW, PIECE

LINES, TIMES = 1_000, 8
PLANS = (
    "production_order",
    "production_link",
    "production_need",
    "reservation",
    "shortage",
)
"""The tables a plan is kept in; the others tell about it."""


def new_order(shop: BusyShop) -> None:
    shop.order()


def order_grows(shop: BusyShop) -> None:
    line, demand = _some_line(shop)
    line.ordered += 2
    demand.quantity += 2 * demand.per_piece
    mark(shop.session, item_ids=[demand.item_id], why="bench", now=NOW)


def order_cancelled(shop: BusyShop) -> None:
    line, demand = _some_line(shop)
    line.cancelled = line.ordered
    demand.quantity = 0
    mark(shop.session, item_ids=[demand.item_id], why="bench", now=NOW)


def lot_counted(shop: BusyShop) -> None:
    """A few units of a material, of which enough is free, are found to be missing."""
    balance = shop.dice.choice(_loose(shop))
    balance.on_hand -= PIECE
    move = StockMove(
        lot_id=balance.lot_id,
        item_id=balance.item_id,
        quantity=-PIECE,
        kind="adjusted",
        ref_type="adjustment",
        ref_id=str(shop.dice.random()),
        at=NOW,
        who="user:1",
    )
    shop.session.add(move)
    mark(shop.session, item_ids=[balance.item_id], why="bench", now=NOW)


def run_gives_less(shop: BusyShop) -> None:
    """A run that was released turns out to give two pieces less than was planned."""
    runs = shop.session.scalars(
        select(ProductionOrder).where(
            ProductionOrder.state == "released", ProductionOrder.planned > 10 * PIECE
        )
    ).all()
    run = shop.dice.choice(runs)
    run.planned -= 2 * PIECE
    mark(shop.session, item_ids=[run.item_id], why="bench", now=NOW)


EVENTS: tuple[Callable[[BusyShop], None], ...] = (
    new_order,
    order_grows,
    order_cancelled,
    lot_counted,
    run_gives_less,
)


def _some_line(shop: BusyShop) -> tuple[OrderLine, Demand]:
    rows = shop.session.execute(
        select(OrderLine, Demand)
        .join(Demand, Demand.order_line_id == OrderLine.id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(Demand.quantity > 0)
        .order_by(Demand.id)
    ).all()
    line, demand = shop.dice.choice(rows)
    return line, demand


def _loose(shop: BusyShop) -> list[LotBalance]:
    materials = [item.id for item in shop.materials]
    query = select(LotBalance).join(Lot, Lot.id == LotBalance.lot_id)
    loose = query.where(LotBalance.on_hand - LotBalance.reserved >= PIECE)
    return list(shop.session.scalars(loose.where(Lot.item_id.in_(materials))))


@pytest.fixture
def quiet_shop(sqlite_database: Database) -> Session:
    return Session(sqlite_database.engine, expire_on_commit=False)


def test_one_small_event_changes_little(quiet_shop: Session) -> None:
    shop = busy_shop(quiet_shop, lines=LINES)
    shop.mark_all()
    shop.plan()
    release_some(shop, share=0.33)
    for _ in range(2):
        shop.mark_all()
        shop.plan()

    print(f"\n\nrows of the plan changed by one event, {LINES:,} open lines")
    print(f"{'event':>16} {'mean':>6} {'most':>6}   {'runs, mean':>10} {'most':>5}   where")
    for event in EVENTS:
        changed: list[int] = []
        runs: list[int] = []
        where: Counter[str] = Counter()
        for _ in range(TIMES):
            event(shop)
            shop.session.flush()
            with watching(shop.session.connection()) as seen:
                shop.plan()
            rows = {table: seen.rows[table] for table in PLANS}
            changed.append(sum(rows.values()))
            runs.append(rows["production_order"])
            where.update(rows)
        told = ", ".join(f"{n} {table}" for table, n in where.most_common(3) if n)
        print(
            f"{event.__name__:>16} {sum(changed) / TIMES:>6.1f} {max(changed):>6}"
            f"   {sum(runs) / TIMES:>10.1f} {max(runs):>5}   {told}"
        )
        assert any(changed) or event is lot_counted
    assert check(shop.session, now=NOW) == []
    shop.session.rollback()
    shop.session.close()
