"""Old orders come in behind the live ones, survive every crash, and disturb nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from connectors.errors import CursorExpired, PermissionDenied, RateLimited, Retryable
from hub.flow.intake.accept import accept
from hub.flow.intake.backfill import pause, resume, start, stop
from hub.flow.refusal import Invalid, Missing, Refusal
from hub.models.claims import backfills
from hub.models.claims.backfills import AHEAD, Progress
from hub.models.planning.planning_queries import order_wishes
from hub.models.records.channels import Backfill, ChannelAccount
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.orders import SalesOrder
from hub.models.records.planning import Shortage
from hub.models.records.production import ProductionOrder
from hub.models.records.upkeep import Drift
from hub.models.session import Database
from mapping.canonical import Order
from tests.doors import calls_of
from tests.factories import NOW, make_item, make_listing
from tests.flow.orders_of_the_shop import a_line, an_order
from tests.workers.a_shop_with_lists import Killed, ListBench
from workers.backfill import LEASE, backfill, is_due
from workers.plan import plan
from workers.read import read_messages

YEAR = timedelta(days=365)


@pytest.fixture
def bench(sqlite_database: Database) -> ListBench:
    return ListBench(sqlite_database)


@pytest.fixture
def either(database: Database) -> ListBench:
    """A bench on each engine in turn."""
    return ListBench(database)


def begin(bench: ListBench, *, since: timedelta = YEAR) -> None:
    bench.clock.move(timedelta(hours=1))
    with bench.ports.database.begin() as session:
        start(
            session, account_id=bench.account.id, since=NOW - since,
            channels=bench.ports.channels, who="user:1", now=bench.clock.now(),
        )  # fmt: skip


def go_on(bench: ListBench, *, rounds: int = 40) -> None:
    """Work until the backfill is over."""
    for _ in range(rounds):
        backfill(bench.ports)
        read_messages(bench.ports)
        bench.clock.move(timedelta(seconds=5))
        if progress(bench).is_over:
            return


def progress(bench: ListBench) -> Progress:
    with bench.ports.database.reading() as session:
        newest = backfills.latest(session, account_id=bench.account.id)
        assert newest is not None
        return backfills.progress(session, backfill=newest)


def test_old_orders_are_listed_read_and_counted(either: ListBench) -> None:
    names = [f"{number:03}" for number in range(25)]
    either.shop.place(*names)
    begin(either)

    backfill(either.ports)
    found = progress(either)
    go_on(either)

    assert (found.total, found.found, found.read, found.state) == (25, 25, 0, "running")
    assert progress(either) == Progress(total=25, found=25, read=25, failed=0, state="done")
    assert either.orders() == names
    assert not is_due(either.ports)


def test_an_order_that_cannot_be_read_is_counted_and_holds_up_no_other(
    bench: ListBench,
) -> None:
    bench.shop.place("101", "102")
    begin(bench)
    backfill(bench.ports)
    bench.shop.next_calls.append(PermissionDenied("read_all_orders is missing"))

    go_on(bench)

    done = progress(bench)
    assert (done.state, done.read, done.failed) == ("done", 1, 1)


def test_what_we_hold_already_is_not_fetched_again(bench: ListBench) -> None:
    bench.shop.place("101", "102")
    begin(bench)
    go_on(bench)
    asked = bench.shop.asked.count("fetch_order")
    begin(bench)

    go_on(bench)

    assert bench.shop.asked.count("fetch_order") == asked == 2
    assert progress(bench).read == 2


@pytest.mark.parametrize(
    "point",
    ["backfill.before_call", "backfill.after_call", "commit.before", "commit.after"],
)
def test_a_lister_that_is_killed_loses_and_doubles_nothing(
    either: ListBench, point: str
) -> None:
    names = [f"{number:03}" for number in range(12)]
    either.shop.place(*names)
    begin(either)
    either.kill_at = point
    with pytest.raises(Killed):
        backfill(either.ports)

    either.kill_at = ""
    either.clock.move(LEASE)
    go_on(either)

    assert either.orders() == names
    assert either.messages() == len(names)
    assert progress(either).state == "done"


def test_a_place_the_channel_forgot_begins_the_list_again(bench: ListBench) -> None:
    names = [f"{number:03}" for number in range(12)]
    bench.shop.place(*names)
    begin(bench)
    bench.shop.next_calls.append(CursorExpired("begin again"))
    backfill(bench.ports)
    bench.clock.move(timedelta(minutes=1))

    go_on(bench)

    assert bench.orders() == names
    assert progress(bench).found == 12


def test_the_list_is_never_far_ahead_of_the_reading(bench: ListBench) -> None:
    bench.shop.place(*(f"{number:03}" for number in range(AHEAD + 50)))
    begin(bench)

    backfill(bench.ports)
    backfill(bench.ports)

    assert bench.messages(state="waiting") == AHEAD


def test_a_right_that_is_missing_ends_it_until_somebody_resumes(bench: ListBench) -> None:
    bench.shop.place("101")
    begin(bench)
    bench.shop.next_calls.append(PermissionDenied("read_all_orders is missing"))
    backfill(bench.ports)
    failed = progress(bench)

    with bench.ports.database.begin() as session:
        resume(session, account_id=bench.account.id, who="user:1", now=bench.clock.now())
    go_on(bench)

    assert (failed.state, failed.words) == ("failed", "read_all_orders is missing")
    assert progress(bench).state == "done"


def test_impatience_of_the_channel_over_old_orders_pauses_nothing_live(
    bench: ListBench,
) -> None:
    bench.shop.place("101", "102")
    begin(bench)
    bench.shop.next_calls.append(RateLimited("slower", retry_after=timedelta(seconds=9)))
    backfill(bench.ports)
    bench.clock.move(timedelta(seconds=9))
    backfill(bench.ports)
    bench.shop.next_calls.append(RateLimited("slower", retry_after=timedelta(seconds=60)))

    read_messages(bench.ports)

    assert bench.account_now().paused_until is None
    assert bench.shop.asked.count("fetch_order") == 1
    assert bench.messages(state="waiting", attempts=0) == 2
    bench.clock.move(timedelta(seconds=60))
    go_on(bench)
    assert bench.orders() == ["101", "102"]


def test_a_list_that_is_away_is_tried_again(bench: ListBench) -> None:
    bench.shop.place("101")
    begin(bench)
    bench.shop.next_calls.append(Retryable("the shop is away"))
    backfill(bench.ports)
    waits = progress(bench).words
    bench.clock.move(timedelta(minutes=1))

    go_on(bench)

    assert waits == "the shop is away"
    assert progress(bench).state == "done"


# Live goes first ----------------------------------------------------------------------------


def test_a_live_message_waits_for_one_old_order_at_most(either: ListBench) -> None:
    either.shop.place(*(f"{number:03}" for number in range(300)))
    begin(either)
    backfill(either.ports)
    waiting = either.messages(state="waiting")
    fetched: list[int] = []

    def a_webhook_comes_meanwhile(name: str) -> None:
        if name != "read.before_fetch":
            return
        if not fetched:
            _webhook(either, "live")
        done = either.messages(topic="orders/updated", state="done")
        fetched.append(done)

    object.__setattr__(either.ports, "failpoint", a_webhook_comes_meanwhile)

    read_messages(either.ports)

    assert waiting == AHEAD
    assert fetched[:3] == [0, 1, 1]
    assert len(fetched) == AHEAD


def test_a_job_reads_old_orders_for_a_moment_and_lets_others_have_their_turn(
    bench: ListBench,
) -> None:
    bench.shop.place(*(f"{number:03}" for number in range(20)))
    begin(bench)
    backfill(bench.ports)

    def a_slow_shop(name: str) -> None:
        if name == "read.before_fetch":
            bench.clock.move(timedelta(seconds=1))

    object.__setattr__(bench.ports, "failpoint", a_slow_shop)
    del calls_of(bench.ports)[:]

    assert read_messages(bench.ports) == 2
    assert calls_of(bench.ports) == ["read_messages", "plan"]


def test_batches_hold_live_messages_or_one_old_order(bench: ListBench) -> None:
    bench.shop.place("101", "102")
    begin(bench)
    backfill(bench.ports)
    for number in range(3):
        _webhook(bench, f"live-{number}")

    read_messages(bench.ports)

    with bench.ports.database.reading() as session:
        order = list(
            session.scalars(select(SalesOrder.external_id).order_by(SalesOrder.id))
        )
    assert order == ["live-0", "live-1", "live-2", "101", "102"]


# Old orders disturb nothing -----------------------------------------------------------------


def _sent() -> Order:
    return an_order(a_line(pieces=2, fulfilled=2), external_id="sent")


def _cancelled() -> Order:
    return an_order(a_line(pieces=2), external_id="cancelled", cancelled_at=NOW)


def _archived() -> Order:
    made = an_order(a_line("STRANGE", pieces=2), external_id="archived")
    return replace(made, closed_at=NOW)


def test_what_was_sent_or_cancelled_elsewhere_asks_for_nothing(either: ListBench) -> None:
    with either.ports.database.begin() as session:
        candle = make_item(session)
        account = session.get_one(ChannelAccount, either.account.id)
        make_listing(session, account=account, components={candle: 1000})
    either.shop.orders = {
        "sent": _sent(),
        "cancelled": _cancelled(),
        "archived": _archived(),
    }
    begin(either)
    go_on(either)

    plan(either.ports)

    with either.ports.database.reading() as session:
        query = select(SalesOrder.phase).order_by(SalesOrder.external_id)
        assert session.scalars(query).all() == ["shipped", "cancelled", "shipped"]
        assert order_wishes(session, item_id=candle.id) == []
        for nothing in (OutboundMessage, Shortage, ProductionOrder):
            assert session.scalar(select(func.count(nothing.id))) == 0


def test_old_orders_are_no_difference_between_us_and_the_shop(bench: ListBench) -> None:
    bench.shop.place("101")
    begin(bench)

    backfill(bench.ports)

    with bench.ports.database.reading() as session:
        assert session.scalars(select(InboundMessage.lane)).all() == [1]
        assert session.scalars(select(Drift)).all() == []


# What a person does -------------------------------------------------------------------------


def test_only_one_runs_at_a_time(bench: ListBench) -> None:
    begin(bench)

    with pytest.raises(Refusal, match="already"):
        begin(bench)


def test_paused_it_neither_lists_nor_reads_and_resumed_it_ends(either: ListBench) -> None:
    either.shop.place("101", "102")
    begin(either)
    backfill(either.ports)
    _person(either, pause)

    go_on(either, rounds=3)
    held = either.orders()
    _person(either, resume)
    go_on(either)

    assert held == []
    assert either.orders() == ["101", "102"]


def test_who_is_paused_while_it_asks_writes_nothing(bench: ListBench) -> None:
    bench.shop.place("101")
    begin(bench)

    def a_person_pauses(name: str) -> None:
        if name == "backfill.after_call":
            _person(bench, pause)

    object.__setattr__(bench.ports, "failpoint", a_person_pauses)

    backfill(bench.ports)

    assert bench.messages() == 0
    assert progress(bench).state == "paused"


def test_stopped_it_lists_no_more_and_another_may_begin(bench: ListBench) -> None:
    bench.shop.place("101")
    begin(bench)
    _person(bench, stop)

    assert backfill(bench.ports) == 0
    assert progress(bench).is_over
    begin(bench)
    go_on(bench)
    assert bench.orders() == ["101"]


def test_what_cannot_be_asked_for_is_refused(bench: ListBench) -> None:
    with pytest.raises(Invalid, match="past"):
        begin(bench, since=-YEAR)
    for step in (pause, resume, stop):
        with pytest.raises(Refusal):
            _person(bench, step)
    with bench.ports.database.begin() as session, pytest.raises(Missing):
        start(
            session, account_id=404, since=NOW, channels=bench.ports.channels,
            who="user:1", now=bench.clock.now() + YEAR,
        )  # fmt: skip
    with bench.ports.database.begin() as session, pytest.raises(Refusal, match="no list"):
        start(
            session, account_id=bench.account.id, since=NOW, channels={},
            who="user:1", now=bench.clock.now() + YEAR,
        )  # fmt: skip
    with bench.ports.database.reading() as session:
        assert session.scalar(select(func.count(Backfill.id))) == 0


def _person(bench: ListBench, step: object) -> None:
    assert callable(step)
    with bench.ports.database.begin() as session:
        step(session, account_id=bench.account.id, who="user:1", now=bench.clock.now())


def _webhook(bench: ListBench, name: str) -> None:
    with bench.ports.database.begin() as session:
        accept(
            session, account_id=bench.account.id, topic="orders/updated", message_id=name,
            body=f'{{"order": "{name}"}}'.encode(), headers={}, source="webhook",
            now=bench.clock.now(),
        )  # fmt: skip
