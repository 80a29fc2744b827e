"""The sweep alone keeps the hub going, and tidies up now and then."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from hub.flow.intake.accept import accept
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.orders import SalesOrder
from hub.models.records.people import ApiToken, IdempotencyKey, LoginFailure, OneTimeLink
from hub.models.records.planning import Replan
from hub.models.session import Database
from hub.ports import Ports
from tests.doors import HandClock, calls_of, connect_shop, make_ports
from tests.factories import (
    NOW,
    make_account,
    make_item,
    make_listing,
    make_lot,
    make_order,
)
from tests.flow import bench
from tests.workers.a_shop import Shop
from workers.jobs import JOBS, work_of
from workers.plan import plan
from workers.sweep import TIDY_EVERY, sweep


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def ports(shop: Shop, clock: HandClock) -> Ports:
    return make_ports(shop.database, clock=clock, channels={"shopify": shop.registration()})


def get_order(ports: Ports, account: ChannelAccount, name: str) -> None:
    with ports.database.begin() as session:
        accept(
            session, account_id=account.id, topic="orders/create", message_id=name,
            body=json.dumps({"order": name}).encode(), headers={}, source="webhook",
            now=ports.clock.now(),
        )  # fmt: skip


def test_with_redis_lost_one_sweep_does_all_there_is_to_do(
    ports: Ports, shop: Shop
) -> None:
    account = connect_shop(ports)
    with ports.database.begin() as session:
        there = session.get_one(ChannelAccount, account.id)
        make_listing(session, account=there, components={make_item(session): 1000})
    get_order(ports, account, "101")

    done = sweep(ports)

    with ports.database.reading() as session:
        order = session.scalars(select(SalesOrder)).one()
        held = session.scalars(select(OutboundMessage)).one()
    assert done >= 3
    assert order.external_id == "101"
    assert (held.kind, held.state) == ("hold", "sent")
    assert [type(effect).__name__ for effect in shop.held] == ["Hold"]


def test_a_lot_that_grew_too_old_is_planned_around_by_the_next_sweep(
    ports: Ports, clock: HandClock
) -> None:
    with ports.database.begin() as session:
        candle, account = make_item(session), make_account(session, name="by hand")
        order = make_order(session, account=account, lines={candle: 2})
        make_lot(session, item=candle, quantity=9000, best_before=NOW.date())
    sweep(ports)
    with ports.database.begin() as session:
        make_lot(session, item=candle, quantity=9000, code="FRESH")
    clock.move(timedelta(days=1))

    sweep(ports)
    sweep(ports)

    with ports.database.reading() as session:
        demand = bench.demand_of(session, order, candle)
        assert bench.held(session, demand) == {"FRESH": 2000}


def test_a_sweep_with_nothing_to_do_does_nothing(ports: Ports) -> None:
    assert sweep(ports) == 0
    assert calls_of(ports) == []


def test_planning_takes_what_is_marked_and_calls_for_the_push(ports: Ports) -> None:
    account = connect_shop(ports)
    with ports.database.begin() as session:
        there = session.get_one(ChannelAccount, account.id)
        make_listing(session, account=there, components={make_item(session): 1000})
    get_order(ports, account, "101")
    JOBS["read_messages"](ports)

    planned = plan(ports)

    assert planned == 1
    assert calls_of(ports) == ["plan", "push"]
    assert plan(ports) == 0
    with ports.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Replan)) == 0


def test_every_kind_of_call_has_its_job() -> None:
    assert set(JOBS) == {"read_messages", "plan", "push", "poll", "mailbox", "sweep"}


def test_a_job_is_tied_to_the_ports_of_its_process(ports: Ports) -> None:
    account = connect_shop(ports)
    get_order(ports, account, "101")

    done = work_of(ports)["read_messages"]()

    assert done == 1


def test_what_need_not_be_kept_is_forgotten_in_time(ports: Ports, clock: HandClock) -> None:
    account = connect_shop(ports)
    get_order(ports, account, "101")
    with ports.database.begin() as session:
        token = ApiToken(name="", role="owner", secret_hash="h", created_at=NOW)
        session.add(token)
        session.flush()
        session.add_all([
            IdempotencyKey(token_id=token.id, key="k", request_hash="r", created_at=NOW),
            LoginFailure(key="k", at=NOW),
            OneTimeLink(purpose="setup", secret_hash="l", expires_at=NOW),
        ])  # fmt: skip
    sweep(ports)
    kept = _counts(ports)

    clock.move(timedelta(days=31))
    sweep(ports)

    assert kept == (1, 1, 1)
    assert _counts(ports) == (0, 0, 0)
    with ports.database.reading() as session:
        message = session.scalars(select(InboundMessage)).one()
    assert message.body is None
    assert message.body_hash


def _counts(ports: Ports) -> tuple[int, ...]:
    with ports.database.reading() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(record)) or 0
            for record in (IdempotencyKey, LoginFailure, OneTimeLink)
        )


def test_tidying_up_is_not_done_at_every_sweep(ports: Ports, clock: HandClock) -> None:
    sweep(ports)
    with ports.database.begin() as session:
        session.add(LoginFailure(key="k", at=NOW - timedelta(days=9)))
    clock.move(TIDY_EVERY - timedelta(seconds=1))
    sweep(ports)
    not_yet = _counts(ports)

    clock.move(timedelta(seconds=1))
    sweep(ports)

    assert (not_yet, _counts(ports)) == ((0, 1, 0), (0, 0, 0))


def test_a_sweep_in_which_nothing_is_due_asks_next_to_nothing(
    ports: Ports, shop: Shop, clock: HandClock
) -> None:
    connect_shop(ports)
    for _ in range(3):
        sweep(ports)
    asked: list[str] = []
    event.listen(
        ports.database.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: asked.append(statement),
    )

    clock.move(timedelta(seconds=5))
    did = sweep(ports)

    questions = [each for each in asked if each != "BEGIN"]
    assert did == 0
    assert all(each.startswith("SELECT") for each in questions)
    assert len(questions) <= 8
