"""How many orders a second go from a waiting message to a plan: read, mapped, netted, exploded.

`make bench` runs it. One process with the jobs a worker runs, on the real clock; the sample
company, orders of one to three lines that want far more than is in stock.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random

from sqlalchemy import func, select

from connectors.sandbox.messages import Signed
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.shopify.wanted import Wanted
from hub.clock import SystemClock
from hub.flow.intake.accept import accept
from hub.invariants import check
from hub.models.records.base import Record
from hub.models.records.orders import SalesOrder
from hub.models.records.planning import Shortage
from hub.models.records.production import ProductionLink, ProductionOrder
from hub.models.records.stock import Reservation
from hub.models.session import Database
from hub.ports import Ports
from hub.sample.company import Company, fill, map_variants, the_company
from tests.doors import connect_shop, make_ports
from workers.plan import plan
from workers.read import read_messages

ORDERS = 400
UNKNOWN_SKU = "CND-LAV-GIFT3"
"""What the sample company has not mapped."""


def webhooks(company: Company) -> list[Signed]:
    """Orders as the shop sends them."""
    sent: list[Signed] = []

    def keep(message: Signed) -> int:
        sent.append(message)
        return 200

    dice = Random(7)
    store = Storefront("cera-y-sal.myshopify.com", rng=dice, send=keep, background=False)
    store.add_location("Granada")
    skus = [variant.sku for variant in company.variant if variant.sku != UNKNOWN_SKU]
    for variant in company.variant:
        store.add_variant(sku=variant.sku, title=variant.title, price=variant.price)
    store.subscribe("orders/create", "http://127.0.0.1/")
    for _ in range(ORDERS):
        chosen = dice.sample(skus, dice.choice((1, 2, 3)))
        store.place_order(
            [Wanted(sku=sku, quantity=dice.choice((1, 2, 3))) for sku in chosen]
        )
    store.webhooks.deliver_due()
    return sent


def workshop(database: Database) -> Ports:
    """The sample company with a live shop, and an inbox full of orders nobody has read."""
    ports = replace(make_ports(database), clock=SystemClock())
    company, now = the_company(), datetime.now(UTC)
    account = connect_shop(ports)
    with database.begin() as session:
        fill(session, company=company, now=now)
        map_variants(session, account_id=account.id, company=company, now=now)
    plan(ports)
    with database.begin() as session:
        for message in webhooks(company):
            accept(
                session,
                account_id=account.id,
                topic=message.topic,
                message_id=message.event_id,
                body=message.body,
                headers={},
                source="webhook",
                now=now,
            )
    return ports


@dataclass(frozen=True)
class Spent:
    """What a job took: seconds on the wall, and seconds of this process's own work.

    The database's work is in the second on SQLite and not on PostgreSQL, whose server is another
    process. On a machine that does other things too, only the second means much.
    """

    wall: float
    work: float

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.wall + other.wall, self.work + other.work)


def spent_on(job: Callable[[Ports], int], ports: Ports) -> Spent:
    """Run a job until it finds nothing, and say what that took."""
    wall, work = time.perf_counter(), time.process_time()
    while job(ports):
        pass
    return Spent(time.perf_counter() - wall, time.process_time() - work)


def test_from_a_waiting_message_to_a_plan(database: Database) -> None:
    ports = workshop(database)

    reading = spent_on(read_messages, ports)
    planning = spent_on(plan, ports)

    engine = "sqlite" if database.is_sqlite else "postgres"
    print(f"\n\nfrom waiting message to plan, {engine}: {ORDERS} orders, one process")
    print(f"{'':>16} {'orders/s':>9} {'orders/s of its own work':>25}")
    for name, spent in (
        ("read and mapped", reading),
        ("planned at once", planning),
        ("both", reading + planning),
    ):
        print(f"{name:>16} {ORDERS / spent.wall:>9.0f} {ORDERS / spent.work:>25.0f}")
    made = {
        table.__tablename__: rows(database, table)
        for table in (ProductionOrder, ProductionLink, Reservation, Shortage)
    }
    print("  wrote " + ", ".join(f"{count} {name}" for name, count in made.items()))
    assert rows(database, SalesOrder) == ORDERS
    assert made["production_link"] > 0
    with database.reading() as session:
        assert check(session, now=datetime.now(UTC)) == []


def rows(database: Database, table: type[Record]) -> int:
    """Count a table's rows."""
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
