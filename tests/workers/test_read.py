"""What channels told us is read once in effect; what cannot be read stands in nobody's way."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from connectors.errors import AuthExpired, RateLimited, Retryable
from hub.flow.intake.accept import accept
from hub.flow.orders.change import cancel_order, release_order
from hub.flow.reading.gone import MISSING
from hub.flow.telling.drift import note_order
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import InboundMessage
from hub.models.records.orders import SalesOrder
from hub.models.records.upkeep import Drift
from hub.models.session import Database
from tests.doors import HandClock, calls_of, connect_shop, make_ports
from tests.flow.orders_of_the_shop import an_order
from tests.workers.a_shop import Shop
from workers.read import BATCH, LEASE, LOST, LOST_OFTEN, read_messages


class Killed(BaseException):
    """The process is gone: nothing after this runs."""


class Bench:
    """A shop connected to us, and a clock."""

    def __init__(self, database: Database) -> None:
        self.shop = Shop(database)
        self.clock = HandClock()
        self.kill_at = ""
        self.ports = make_ports(
            database, clock=self.clock, channels={"shopify": self.shop.registration()},
            failpoint=self._die_at,
        )  # fmt: skip
        self.account = connect_shop(self.ports)
        self.sent = 0

    def _die_at(self, name: str) -> None:
        if name == self.kill_at:
            raise Killed

    def get(self, body: bytes, *, topic: str = "orders/updated") -> int:
        self.sent += 1
        with self.ports.database.begin() as session:
            accepted = accept(
                session, account_id=self.account.id, topic=topic, message_id=f"m{self.sent}",
                body=body, headers={"x-shopify-topic": topic}, source="webhook",
                now=self.clock.now(),
            )  # fmt: skip
        assert accepted.id is not None
        return accepted.id

    def get_order(self, name: str) -> int:
        return self.get(json.dumps({"order": name}).encode())

    def get_change(self, name: str) -> int:
        return self.get(json.dumps({"changed": name}).encode(), topic="orders/edited")

    def row(self, message_id: int) -> InboundMessage:
        with self.ports.database.reading() as session:
            return session.get_one(InboundMessage, message_id)

    def orders(self) -> list[str]:
        with self.ports.database.reading() as session:
            return list(
                session.scalars(select(SalesOrder.external_id).order_by(SalesOrder.id))
            )

    def held(self) -> list[SalesOrder]:
        with self.ports.database.reading() as session:
            return list(session.scalars(select(SalesOrder).order_by(SalesOrder.id)))

    def account_now(self) -> ChannelAccount:
        with self.ports.database.reading() as session:
            return session.get_one(ChannelAccount, self.account.id)

    def set_mode(self, mode: str) -> None:
        with self.ports.database.begin() as session:
            session.get_one(ChannelAccount, self.account.id).mode = mode


@pytest.fixture
def bench(sqlite_database: Database) -> Bench:
    return Bench(sqlite_database)


@pytest.fixture
def either(database: Database) -> Bench:
    """A bench on each engine in turn, where what is asked of the engine differs."""
    return Bench(database)


def test_a_message_becomes_an_order_and_the_planner_is_called(either: Bench) -> None:
    message = either.get_order("101")

    done = read_messages(either.ports)

    row = either.row(message)
    assert done == 1
    assert either.orders() == ["101"]
    assert (row.state, row.result, row.external_order_id) == ("done", "created", "101")
    assert row.done_at == either.clock.now()
    assert calls_of(either.ports) == ["plan"]


def test_nothing_to_read_calls_nobody(bench: Bench) -> None:
    assert read_messages(bench.ports) == 0
    assert calls_of(bench.ports) == []


def test_more_than_a_batch_is_read_in_one_job(bench: Bench) -> None:
    for number in range(BATCH * 2 + 3):
        bench.get_order(str(number))

    assert read_messages(bench.ports) == BATCH * 2 + 3
    assert len(bench.orders()) == BATCH * 2 + 3


def test_one_poison_among_many_is_put_aside_alone(either: Bench) -> None:
    before = [either.get_order(str(number)) for number in range(8)]
    poison = either.get(b"poison")
    after = [either.get_order(str(number)) for number in range(8, 16)]

    read_messages(either.ports)

    assert len(either.orders()) == 16
    assert {either.row(message).state for message in (*before, *after)} == {"done"}
    row = either.row(poison)
    assert (row.state, row.error_class, row.attempts) == ("waiting", "ZeroDivisionError", 1)
    assert row.next_try_at > either.clock.now()


def test_a_poison_found_while_it_is_applied_undoes_only_itself(
    either: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    either.get_order("1")
    poison = either.get(b'{"order": "2", "note": "x"}')
    either.get_order("3")
    monkeypatch.setattr("tests.workers.a_shop.an_order", _order_that_breaks)

    read_messages(either.ports)

    assert either.orders() == ["1", "3"]
    assert either.row(poison).state == "waiting"
    assert either.row(poison).error_class is not None


def _order_that_breaks(*, external_id: str) -> object:
    made = an_order(external_id=external_id)
    return made if external_id != "2" else _Broken(external_id)


class _Broken:
    """An order that fails only when it is written."""

    def __init__(self, external_id: str) -> None:
        self.external_id = external_id


def test_a_poison_is_given_up_after_twelve_attempts(bench: Bench) -> None:
    poison = bench.get(b"poison")

    for _ in range(12):
        read_messages(bench.ports)
        bench.clock.at = max(bench.clock.at, bench.row(poison).next_try_at)

    assert (bench.row(poison).state, bench.row(poison).attempts) == ("dead", 12)


def test_what_is_no_json_is_held_at_once(bench: Bench) -> None:
    message = bench.get(b"{")

    read_messages(bench.ports)

    row = bench.row(message)
    assert (row.state, row.error_class, row.last_error) == (
        "held",
        "PayloadError",
        "it is not JSON",
    )
    assert row.body == b"{"


def test_a_thin_message_makes_us_fetch_the_order_with_no_transaction_open(
    either: Bench,
) -> None:
    either.shop.orders["77"] = an_order(external_id="77")
    message = either.get_change("77")

    read_messages(either.ports)  # the shop checks that nothing is open

    assert either.orders() == ["77"]
    assert either.row(message).external_order_id == "77"
    assert either.shop.asked == ["fetch_order"]


def test_an_order_named_by_many_messages_is_fetched_once(bench: Bench) -> None:
    bench.shop.orders["77"] = an_order(external_id="77")
    for _ in range(5):
        bench.get_change("77")

    read_messages(bench.ports)

    assert bench.shop.asked == ["fetch_order"]


def differs(bench: Bench, name: str) -> None:
    """Let a list have shown a version of an order that we have not read."""
    with bench.ports.database.begin() as session:
        note_order(
            session, account_id=bench.account.id, external_id=name, ours="", theirs="5",
            now=bench.clock.now(),
        )  # fmt: skip


def drift(bench: Bench) -> list[tuple[str, str]]:
    with bench.ports.database.reading() as session:
        return [(each.external_id, each.how) for each in session.scalars(select(Drift))]


def test_an_order_we_never_had_that_is_gone_when_we_ask_differs_no_more(
    either: Bench,
) -> None:
    differs(either, "77")
    message = either.get_change("77")

    read_messages(either.ports)

    assert either.row(message).result == "ignored: the order is gone at the channel"
    assert either.orders() == []
    assert drift(either) == [("77", "read")]


def test_an_order_of_ours_that_is_gone_when_we_ask_waits_for_a_person(
    either: Bench,
) -> None:
    either.get_order("77")
    read_messages(either.ports)
    differs(either, "77")
    message = either.get_change("77")

    read_messages(either.ports)

    assert either.row(message).result == "applied"
    assert either.row(message).external_order_id == "77"
    assert drift(either) == [("77", "read")]
    [order] = either.held()
    assert (order.intent, order.intent_why) == ("on_hold", MISSING)


def test_a_person_is_asked_once_about_an_order_that_is_gone(bench: Bench) -> None:
    bench.get_order("77")
    bench.get_change("77")
    read_messages(bench.ports)
    [order] = bench.held()
    with bench.ports.database.begin() as session:
        release_order(
            session, order_id=order.id, reason="it is there", who="user:1",
            now=bench.clock.now(),
        )  # fmt: skip

    message = bench.get_change("77")
    read_messages(bench.ports)

    assert bench.row(message).result == "ignored: the order is gone at the channel"
    assert [order.intent for order in bench.held()] == ["open"]


def test_what_was_cancelled_here_and_is_gone_there_stays_cancelled(bench: Bench) -> None:
    bench.get_order("77")
    read_messages(bench.ports)
    [order] = bench.held()
    with bench.ports.database.begin() as session:
        cancel_order(
            session, order_id=order.id, reason="no wax", who="user:1",
            now=bench.clock.now(),
        )  # fmt: skip

    bench.get_change("77")
    read_messages(bench.ports)

    [order] = bench.held()
    assert (order.intent, order.intent_why) == ("cancelled", "no wax")


def test_a_change_of_rights_has_the_connection_looked_at_at_once(either: Bench) -> None:
    later = either.clock.now() + timedelta(hours=1)
    with either.ports.database.begin() as session:
        session.get_one(ChannelAccount, either.account.id).check_at = later

    message = either.get(b"{}", topic="app/scopes_update")
    read_messages(either.ports)

    assert either.row(message).result == "applied"
    assert either.account_now().check_at == either.clock.now()


def test_a_fetch_that_fails_is_tried_again_later(bench: Bench) -> None:
    bench.shop.orders["77"] = an_order(external_id="77")
    bench.shop.next_calls.append(Retryable("the shop is away"))
    message = bench.get_change("77")
    read_messages(bench.ports)

    assert bench.row(message).state == "waiting"
    bench.clock.move(timedelta(seconds=5))
    read_messages(bench.ports)

    assert bench.row(message).state == "done"


def test_a_fetch_that_is_too_fast_lets_the_account_rest_but_not_its_full_messages(
    bench: Bench,
) -> None:
    bench.shop.next_calls.append(RateLimited("slower", retry_after=timedelta(seconds=30)))
    thin = bench.get_change("77")
    read_messages(bench.ports)
    other_thin, full = bench.get_change("78"), bench.get_order("79")

    read_messages(bench.ports)

    assert bench.shop.asked == ["fetch_order"]
    assert bench.row(full).state == "done"
    assert {bench.row(thin).state, bench.row(other_thin).state} == {"waiting"}
    assert {bench.row(thin).attempts, bench.row(other_thin).attempts} == {0}


def test_a_revoked_token_holds_up_thin_messages_only_until_it_is_new(bench: Bench) -> None:
    bench.shop.orders["77"] = an_order(external_id="77")
    bench.shop.next_calls.append(AuthExpired("revoked"))
    message = bench.get_change("77")
    read_messages(bench.ports)
    stopped = bench.account_now()

    with bench.ports.database.begin() as session:
        session.get_one(ChannelAccount, bench.account.id).needs_reconnect = False
    bench.clock.move(timedelta(minutes=5))
    read_messages(bench.ports)

    assert (stopped.needs_reconnect, stopped.problem) == (True, "revoked")
    assert bench.row(message).state == "done"


def test_an_account_that_is_off_is_read_when_it_is_on_again(bench: Bench) -> None:
    bench.set_mode("off")
    message = bench.get_order("1")
    read_messages(bench.ports)
    waiting = bench.row(message).state

    bench.set_mode("shadow")
    read_messages(bench.ports)

    assert (waiting, bench.row(message).state) == ("waiting", "done")


def test_a_wish_to_be_forgotten_waits_for_no_switch(bench: Bench) -> None:
    bench.set_mode("off")
    message = bench.get(b"{}", topic="customers/redact")

    read_messages(bench.ports)

    assert bench.row(message).state == "done"


@pytest.mark.parametrize("point", ["read.before_fetch", "read.after_fetch"])
def test_a_reader_that_is_killed_leaves_its_messages_to_the_next(
    either: Bench, point: str
) -> None:
    either.shop.orders["77"] = an_order(external_id="77")
    message = either.get_change("77")
    either.kill_at = point
    with pytest.raises(Killed):
        read_messages(either.ports)

    either.kill_at = ""
    assert read_messages(either.ports) == 0
    either.clock.move(LEASE)
    read_messages(either.ports)

    assert either.row(message).state == "done"
    assert either.orders() == ["77"]


def test_a_message_that_kills_its_reader_takes_no_other_along(bench: Bench) -> None:
    killer = bench.get_change("77")
    others = [bench.get_order(str(number)) for number in range(BATCH - 1)]
    bench.kill_at = "read.before_fetch"

    for _ in range(2):
        with pytest.raises(Killed):
            read_messages(bench.ports)
        bench.clock.move(LEASE)

    assert bench.row(killer).error_class == LOST
    for _ in range(LOST_OFTEN):
        _read_or_die(bench)
        assert {bench.row(message).state for message in others} == {"done"}
        bench.clock.move(LEASE)

    assert (bench.row(killer).state, bench.row(killer).error_class) == ("dead", LOST)


def test_a_message_is_not_given_up_for_the_deaths_of_its_neighbours(bench: Bench) -> None:
    killer = bench.get_change("77")
    neighbour = bench.get_change("78")
    bench.shop.orders["78"] = an_order(external_id="78")
    bench.kill_at = "read.before_fetch"
    for _ in range(LOST_OFTEN - 1):
        _read_or_die(bench)
        bench.clock.move(LEASE)

    bench.kill_at = ""
    _read_or_die(bench)

    assert bench.row(neighbour).state == "done"
    assert bench.row(killer).deaths < LOST_OFTEN


def _read_or_die(bench: Bench) -> None:
    try:
        read_messages(bench.ports)
    except Killed:
        return


def test_the_same_order_in_many_messages_is_one_order(either: Bench) -> None:
    for _ in range(4):
        either.get_order("5")

    read_messages(either.ports)

    assert either.orders() == ["5"]
    with either.ports.database.reading() as session:
        results = session.execute(
            select(InboundMessage.result, func.count()).group_by(InboundMessage.result)
        )
        assert {result: times for result, times in results} == {
            "created": 1,
            "unchanged": 3,
        }


def test_an_account_whose_channel_left_the_product_loses_no_message(bench: Bench) -> None:
    message = bench.get_order("1")
    ports = make_ports(bench.ports.database, clock=bench.clock, channels={})

    read_messages(ports)

    row = bench.row(message)
    assert (row.state, row.error_class) == ("waiting", "UnknownChannel")
