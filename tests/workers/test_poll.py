"""What no webhook told is found in a list; no page is half kept, and nothing is asked twice."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from connectors.errors import (
    AuthExpired,
    CursorExpired,
    PermissionDenied,
    RateLimited,
    Retryable,
)
from hub.flow.intake.accept import accept
from hub.flow.intake.poll import ask_poll
from hub.flow.refusal import Missing, Refusal
from hub.models.records.channels import ChannelAccount
from hub.models.records.upkeep import Drift
from hub.models.session import Database, no_failpoint
from tests.doors import calls_of
from tests.flow.orders_of_the_shop import a_line, an_order
from tests.workers.a_shop_with_lists import EVERY, PAGE, Killed, ListBench
from workers.poll import LEASE, is_due, poll
from workers.read import read_messages


@pytest.fixture
def bench(sqlite_database: Database) -> ListBench:
    return ListBench(sqlite_database)


@pytest.fixture
def either(database: Database) -> ListBench:
    """A bench on each engine in turn."""
    return ListBench(database)


def test_an_order_no_webhook_told_of_is_here_after_one_interval(either: ListBench) -> None:
    poll(either.ports)
    either.shop.place("101")
    early = poll(either.ports)

    either.clock.move(EVERY * 1.06)
    found = poll(either.ports)
    read_messages(either.ports)

    assert (early, found) == (0, 1)
    assert either.orders() == ["101"]
    assert "read_messages" in calls_of(either.ports)


def test_a_list_is_read_page_by_page_to_its_end(either: ListBench) -> None:
    either.shop.place(*(f"{number:03}" for number in range(PAGE * 2 + 3)))

    assert poll(either.ports) == PAGE * 2 + 3

    assert either.shop.cursors == ["", "10", "20"]
    assert either.stream().cursor == "23"
    assert either.stream().read_at == either.clock.now()
    assert not is_due(either.ports)


def test_what_we_fetched_is_not_asked_for_again(bench: ListBench) -> None:
    bench.shop.place("101")
    bench.clock.move(timedelta(minutes=1))
    poll(bench.ports)
    read_messages(bench.ports)
    _forget_place(bench)

    again = poll(bench.ports)

    assert again == 0
    assert bench.messages() == 1


def test_what_only_a_webhook_told_is_asked_for_once(bench: ListBench) -> None:
    bench.shop.place("101")
    _webhook(bench, "101")
    read_messages(bench.ports)
    bench.clock.move(timedelta(minutes=1))

    assert poll(bench.ports) == 1
    read_messages(bench.ports)
    _forget_place(bench)

    assert poll(bench.ports) == 0
    assert bench.shop.asked.count("fetch_order") == 1


def test_of_two_edits_in_one_second_the_second_is_not_lost(either: ListBench) -> None:
    either.shop.place("101")
    poll(either.ports)
    read_messages(either.ports)  # within the second of the first edit
    either.shop.orders["101"] = an_order(a_line(pieces=9), external_id="101")
    either.clock.move(EVERY)
    _forget_place(either)

    assert poll(either.ports) == 1
    read_messages(either.ports)
    _forget_place(either)

    assert poll(either.ports) == 0
    assert either.messages(result="applied") == 1


def test_a_fetch_that_was_older_than_the_list_is_asked_for_once_more(
    bench: ListBench,
) -> None:
    bench.shop.place("101")
    bench.clock.move(timedelta(minutes=9))
    poll(bench.ports)
    read_messages(bench.ports)
    stale = bench.shop.orders["101"]
    bench.shop.place("101", after=5)
    _forget_place(bench)
    poll(bench.ports)
    fresh, bench.shop.orders["101"] = bench.shop.orders["101"], stale
    read_messages(bench.ports)
    bench.shop.orders["101"] = fresh
    _forget_place(bench)

    assert poll(bench.ports) == 1
    read_messages(bench.ports)

    assert bench.messages(result="applied") == 1


def test_an_order_we_lack_is_a_difference_until_it_is_read(either: ListBench) -> None:
    either.shop.place("101")

    poll(either.ports)

    with either.ports.database.reading() as session:
        [drift] = session.scalars(select(Drift)).all()
    assert (drift.kind, drift.external_id, drift.ours) == ("order", "101", "")


@pytest.mark.parametrize(
    "point", ["poll.before_call", "poll.after_call", "commit.before", "commit.after"]
)
def test_a_poller_that_is_killed_loses_and_doubles_nothing(
    either: ListBench, point: str
) -> None:
    names = [f"{number:03}" for number in range(PAGE + 2)]
    either.shop.place(*names)
    either.kill_at = point
    with pytest.raises(Killed):
        poll(either.ports)

    either.kill_at = ""
    either.clock.move(LEASE)
    poll(either.ports)
    read_messages(either.ports)

    assert either.orders() == names
    assert either.messages() == len(names)


def test_a_crash_between_two_pages_goes_on_where_it_was(bench: ListBench) -> None:
    bench.shop.place(*(f"{number:03}" for number in range(PAGE + 2)))
    calls: list[str] = []

    def die_on_the_second(name: str) -> None:
        calls.append(name)
        if calls.count("poll.before_call") == 2:
            raise Killed

    object.__setattr__(bench.ports, "failpoint", die_on_the_second)
    with pytest.raises(Killed):
        poll(bench.ports)
    kept = bench.messages()

    object.__setattr__(bench.ports, "failpoint", no_failpoint)
    bench.clock.move(LEASE)
    poll(bench.ports)

    assert kept == PAGE
    assert bench.shop.cursors == ["", "10"]
    assert bench.messages() == PAGE + 2


def test_who_lost_its_turn_while_it_asked_writes_nothing(either: ListBench) -> None:
    either.shop.place("101")
    turns = iter([True])

    def fall_asleep(name: str) -> None:
        if name == "poll.after_call" and next(turns, False):
            either.clock.move(LEASE)
            poll(either.ports)
            either.shop.place("102", after=3)

    object.__setattr__(either.ports, "failpoint", fall_asleep)

    poll(either.ports)

    assert either.messages() == 1
    assert either.stream().cursor == "1"
    assert either.stream().lease_owner is None


def test_two_pollers_do_not_read_one_list_at_once(either: ListBench) -> None:
    inner: list[int] = []

    def look_too(name: str) -> None:
        if name == "poll.before_call":
            inner.append(poll(either.ports))

    either.shop.place("101")
    object.__setattr__(either.ports, "failpoint", look_too)

    assert poll(either.ports) == 1
    assert inner == [0]
    assert either.shop.asked == ["changes"]


# What goes wrong ----------------------------------------------------------------------------


def test_a_list_that_cannot_be_read_is_tried_again_soon_and_then_less_often(
    bench: ListBench,
) -> None:
    poll(bench.ports)
    bench.clock.move(EVERY * 1.06)
    waits = []
    for _ in range(8):
        bench.shop.next_calls.append(Retryable("the shop is away"))
        poll(bench.ports)
        waits.append(bench.stream().next_at - bench.clock.now())
        bench.clock.at = bench.stream().next_at

    assert bench.stream().last_error == "the shop is away"
    assert waits[0] < timedelta(seconds=30)
    assert waits[0] < waits[-1] <= EVERY
    poll(bench.ports)
    assert bench.stream().last_error is None


def test_a_channel_that_asks_for_patience_gets_it(bench: ListBench) -> None:
    bench.shop.next_calls.append(RateLimited("slower", retry_after=timedelta(seconds=30)))

    poll(bench.ports)

    paused = bench.account_now().paused_until
    assert paused == bench.clock.now() + timedelta(seconds=30)
    assert not is_due(bench.ports)
    bench.clock.move(timedelta(seconds=30))
    assert is_due(bench.ports)


def test_a_revoked_token_asks_for_the_owner_and_polls_no_more(bench: ListBench) -> None:
    bench.shop.next_calls.append(AuthExpired("revoked"))

    poll(bench.ports)
    bench.clock.move(EVERY * 3)

    assert bench.account_now().needs_reconnect
    assert not is_due(bench.ports)


def test_a_missing_right_is_shown_and_keeps_nothing_else(bench: ListBench) -> None:
    bench.shop.next_calls.append(PermissionDenied("read_orders is missing"))

    poll(bench.ports)

    assert bench.stream().last_error == "read_orders is missing"
    assert not bench.account_now().needs_reconnect


def test_a_lost_place_begins_at_now_and_fetches_what_the_gap_may_hide(
    either: ListBench,
) -> None:
    poll(either.ports)
    sure = either.clock.now()
    either.clock.move(EVERY * 2)
    either.shop.next_calls.append(CursorExpired("begin again"))

    poll(either.ports)

    assert either.stream().cursor == ""
    assert (either.backfill().since, either.backfill().until) == (sure, either.clock.now())
    assert either.account_now().reread_at is None


def test_a_lost_place_that_skips_nothing_is_gone_back_to(either: ListBench) -> None:
    poll(either.ports)
    either.clock.move(EVERY * 2)
    either.shop.next_calls.append(CursorExpired("begin again", restart="0"))

    poll(either.ports)

    assert either.stream().cursor == "0"
    with pytest.raises(IndexError):  # nothing is fetched for a gap: there is none
        either.backfill()


def test_a_lost_place_widens_the_old_orders_that_are_fetched_already(
    bench: ListBench,
) -> None:
    for _ in range(2):
        bench.shop.next_calls.append(CursorExpired("begin again"))
        poll(bench.ports)
        bench.clock.move(EVERY * 2)

    assert bench.backfill().until == bench.clock.now() - EVERY * 2
    assert bench.backfill().since == bench.account.created_at


def test_a_list_that_stands_still_is_not_read_for_ever(bench: ListBench) -> None:
    bench.shop.place(*(str(number) for number in range(PAGE + 1)))
    bench.shop.stands_still = True

    poll(bench.ports)

    assert len(bench.shop.cursors) == 2
    assert "does not go on" in (bench.stream().last_error or "")


@pytest.mark.parametrize(
    "off", [{"mode": "off"}, {"capabilities": {"orders.poll": False}},
            {"needs_reconnect": True}, {"cannot": ["orders.poll"]}],
    ids=["mode", "switch", "disconnected", "denied"],
)  # fmt: skip
def test_what_is_off_is_not_polled(bench: ListBench, off: dict[str, object]) -> None:
    bench.set_account(**off)

    assert poll(bench.ports) == 0
    assert bench.shop.asked == []


# Asked for now ------------------------------------------------------------------------------


def test_a_person_need_not_wait_for_the_next_turn(bench: ListBench) -> None:
    poll(bench.ports)
    bench.shop.place("101")

    with bench.ports.database.begin() as session:
        ask_poll(
            session, account_id=bench.account.id, channels=bench.ports.channels,
            now=bench.clock.now(),
        )  # fmt: skip

    assert poll(bench.ports) == 1


@pytest.mark.parametrize(
    "values, words",
    [
        ({"mode": "off"}, "off"),
        ({"needs_reconnect": True}, "made again"),
        ({"capabilities": {"orders.poll": "off"}}, "no list"),
    ],
)
def test_what_cannot_be_polled_says_why(
    bench: ListBench, values: dict[str, object], words: str
) -> None:
    bench.set_account(**values)

    with bench.ports.database.begin() as session, pytest.raises(Refusal, match=words):
        ask_poll(
            session, account_id=bench.account.id, channels=bench.ports.channels,
            now=bench.clock.now(),
        )  # fmt: skip


def test_an_account_that_is_not_there_cannot_be_polled(bench: ListBench) -> None:
    with bench.ports.database.begin() as session, pytest.raises(Missing):
        ask_poll(
            session, account_id=404, channels=bench.ports.channels, now=bench.clock.now()
        )


def _forget_place(bench: ListBench) -> None:
    """Have the whole list shown again, as an overlap does."""
    with bench.ports.database.begin() as session:
        account = session.get_one(ChannelAccount, bench.account.id)
        for stream in session.scalars(select(type(bench.stream()))):
            assert stream.account_id == account.id
            stream.cursor, stream.next_at = "", bench.clock.now()


def _webhook(bench: ListBench, name: str) -> None:
    with bench.ports.database.begin() as session:
        accept(
            session, account_id=bench.account.id, topic="orders/updated", message_id="m1",
            body=f'{{"order": "{name}"}}'.encode(), headers={}, source="webhook",
            now=bench.clock.now(),
        )  # fmt: skip
