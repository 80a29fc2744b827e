"""Several workers at once do everything once, and none of them falls over another."""

import json
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from hub.flow.intake.accept import accept
from hub.invariants import check
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.orders import SalesOrder
from hub.models.session import Database
from hub.ports import Ports
from tests.doors import HandClock, connect_shop, make_ports
from tests.factories import make_item, make_listing
from tests.workers.a_shop import Shop
from workers.plan import plan
from workers.push import push
from workers.read import read_messages
from workers.sweep import sweep

ORDERS = 60
WORKERS = 4


def at_once(work: Callable[[], object]) -> list[BaseException]:
    """Do the same in several threads and return what went wrong."""
    problems: list[BaseException] = []
    start = threading.Barrier(WORKERS)

    def one() -> None:
        start.wait()
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - the test wants to see every one
            problems.append(error)

    threads = [threading.Thread(target=one) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
    return problems


@pytest.fixture
def ports(database: Database) -> Ports:
    shop = Shop(database, is_watched=False)
    made = make_ports(
        database, clock=HandClock(), channels={"shopify": shop.registration()}
    )
    account = connect_shop(made)
    with database.begin() as session:
        there = session.get_one(ChannelAccount, account.id)
        make_listing(session, account=there, components={make_item(session): 1000})
        for number in range(ORDERS * 2):
            accept(
                session, account_id=account.id, topic="orders/updated",
                message_id=str(number), headers={}, source="webhook", now=made.clock.now(),
                body=json.dumps({"order": str(number % ORDERS)}).encode(),
            )  # fmt: skip
    return made


def count(ports: Ports, record: type[object], **where: str) -> int:
    with ports.database.reading() as session:
        query = select(func.count()).select_from(record).filter_by(**where)
        return session.scalar(query) or 0


def test_readers_at_once_make_every_order_once(ports: Ports) -> None:
    problems = at_once(lambda: read_messages(ports))

    read_messages(ports)
    assert problems == []
    assert count(ports, SalesOrder) == ORDERS
    assert count(ports, InboundMessage, state="done") == ORDERS * 2


def test_planners_and_pushers_at_once_owe_and_send_everything_once(ports: Ports) -> None:
    read_messages(ports)

    problems = [*at_once(lambda: plan(ports)), *at_once(lambda: push(ports))]

    push(ports)
    assert problems == []
    assert count(ports, OutboundMessage) == ORDERS
    assert count(ports, OutboundMessage, state="sent") == ORDERS


def test_sweeps_at_once_leave_a_workshop_in_which_everything_holds(ports: Ports) -> None:
    problems = at_once(lambda: sweep(ports))

    sweep(ports)
    with ports.database.reading() as session:
        broken = check(session)
    assert problems == []
    assert broken == []
    assert count(ports, InboundMessage, state="done") == ORDERS * 2
