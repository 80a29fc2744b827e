"""What is owed reaches the channel once in effect, whatever happens on the way."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from connectors.errors import (
    AuthExpired,
    Conflict,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Rejected,
    Retryable,
)
from hub.models.claims.outbox import add_once, retry
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import History
from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import SalesOrder
from hub.models.records.shipping import Shipment
from hub.models.session import Database
from mapping.effects import (
    AmendTracking,
    Delivered,
    Effect,
    Fulfil,
    Hold,
    LineQuantity,
    ReleaseHold,
    Tracking,
    kind_of,
    to_payload,
)
from tests.doors import HandClock, calls_of, connect_shop, make_ports
from tests.factories import NOW, make_item, make_order
from tests.workers.a_shop import Shop
from workers.push import push

HORIZON = timedelta(seconds=120)
LEASE = timedelta(seconds=90) + HORIZON


class Killed(BaseException):
    """The process is gone: nothing after this runs."""


class Bench:
    """A shop, an order of it, and a clock."""

    def __init__(self, database: Database) -> None:
        self.shop = Shop(database)
        self.clock = HandClock()
        self.kill_at = ""
        self.ports = make_ports(
            database, clock=self.clock, channels={"shopify": self.shop.registration()},
            failpoint=self._die_at,
        )  # fmt: skip
        self.account = connect_shop(self.ports)
        with database.begin() as session:
            account = session.get_one(ChannelAccount, self.account.id)
            self.order = make_order(session, account=account, lines={make_item(session): 3})

    def _die_at(self, name: str) -> None:
        if name == self.kill_at:
            self.kill_at = ""
            raise Killed

    def owe(self, effect: Effect, *, key: str = "", shipment_id: int | None = None) -> int:
        with self.ports.database.begin() as session:
            made = add_once(
                session, account_id=self.account.id, kind=kind_of(effect),
                idempotency_key=key or f"{kind_of(effect)}:1", payload=to_payload(effect),
                now=self.clock.now(), order_id=self.order.id, shipment_id=shipment_id,
            )  # fmt: skip
        assert made is not None
        return made

    def ship(self, number: str) -> int:
        with self.ports.database.begin() as session:
            shipment = Shipment(
                number=number, order_id=self.order.id, state="shipped", tracking_number=number,
                shipped_at=NOW, created_at=NOW,
            )  # fmt: skip
            session.add(shipment)
            session.flush()
            return shipment.id

    def row(self, message_id: int) -> OutboundMessage:
        with self.ports.database.reading() as session:
            return session.get_one(OutboundMessage, message_id)

    def account_now(self) -> ChannelAccount:
        with self.ports.database.reading() as session:
            return session.get_one(ChannelAccount, self.account.id)

    def pushes(self) -> int:
        return self.shop.asked.count("push")


@pytest.fixture
def bench(sqlite_database: Database) -> Bench:
    return Bench(sqlite_database)


@pytest.fixture
def either(database: Database) -> Bench:
    """A bench on each engine in turn, where what is asked of the engine differs."""
    return Bench(database)


def parcel(number: str = "CT1") -> Fulfil:
    return Fulfil(
        order_id="820982911946154508",
        lines=(LineQuantity(line_id="1", quantity=3),),
        tracking=Tracking(carrier="Correos", number=number),
    )


def test_what_is_owed_is_sent_and_what_the_channel_calls_it_is_kept(either: Bench) -> None:
    message = either.owe(parcel())

    done = push(either.ports)

    row = either.row(message)
    assert done == 1
    assert either.shop.held == [parcel()]
    assert (row.state, row.outcome, row.remote_ref) == ("sent", "created", "9000")
    assert row.first_sent_at == either.clock.now()
    assert either.account_now().last_out_at == either.clock.now()


def test_the_order_remembers_that_its_channel_was_told(bench: Bench) -> None:
    bench.owe(parcel())

    push(bench.ports)

    with bench.ports.database.reading() as session:
        told = session.scalars(select(History).filter_by(what="channel.told")).one()
    assert (told.subject, told.subject_id) == ("order", bench.order.id)
    assert told.detail["kind"] == "fulfil"


def test_what_the_channel_says_beside_its_yes_is_kept(bench: Bench) -> None:
    bench.owe(parcel())
    bench.shop.warning = "The buyer was written to all the same."

    push(bench.ports)

    with bench.ports.database.reading() as session:
        [told] = session.scalars(select(History).filter_by(what="channel.told"))
        [row] = session.scalars(select(OutboundMessage))
    assert told.why == row.last_error == "The buyer was written to all the same."
    assert (row.state, row.error_class) == ("sent", None)


def test_sent_is_sent(bench: Bench) -> None:
    bench.owe(parcel())

    assert [push(bench.ports), push(bench.ports)] == [1, 0]
    assert bench.pushes() == 1


def test_a_worker_told_to_stop_settles_what_it_sent_and_begins_nothing_more(
    bench: Bench,
) -> None:
    first, second = bench.owe(parcel("CT1"), key="1"), bench.owe(parcel("CT2"), key="2")
    told_to_stop = replace(bench.ports, is_stopping=lambda: bench.pushes() > 0)

    done = push(told_to_stop)

    assert done == 1
    assert [bench.row(first).state, bench.row(second).state] == ["sent", "waiting"]
    assert calls_of(bench.ports) == ["push"]


def test_no_transaction_is_open_while_the_channel_is_called(either: Bench) -> None:
    either.owe(parcel())

    push(either.ports)  # the shop checks that at each call

    assert either.shop.asked == ["push"]


@pytest.mark.parametrize("point", ["push.before_call", "push.after_call"])
def test_a_process_killed_around_the_call_leaves_it_to_be_looked_up(
    either: Bench, point: str
) -> None:
    message = either.owe(parcel())
    either.kill_at = point
    with pytest.raises(Killed):
        push(either.ports)

    assert either.row(message).state == "sending"
    either.clock.move(LEASE - timedelta(seconds=1))
    assert push(either.ports) == 0
    either.clock.move(timedelta(seconds=1))
    push(either.ports)

    assert either.row(message).state == "sent"
    assert either.shop.held == [parcel()]
    assert "look_up" in either.shop.asked


def test_a_lost_answer_is_looked_up_after_the_horizon_and_not_sent_again(
    either: Bench,
) -> None:
    message = either.owe(parcel())
    either.shop.lose_answer(OutcomeUnknown("the answer was lost"))
    push(either.ports)

    assert either.row(message).state == "unknown"
    either.clock.move(HORIZON - timedelta(seconds=1))
    assert push(either.ports) == 0
    either.clock.move(timedelta(seconds=2))
    push(either.ports)

    row = either.row(message)
    assert (row.state, row.outcome) == ("sent", "already_there")
    assert either.shop.asked == ["push", "look_up"]


def test_a_lost_answer_to_something_that_did_not_happen_is_sent_after_the_look(
    either: Bench,
) -> None:
    message = either.owe(parcel())
    either.shop.next_calls.append(OutcomeUnknown("the answer was lost"))
    push(either.ports)

    either.clock.move(HORIZON + timedelta(seconds=1))
    push(either.ports)

    assert either.row(message).state == "sent"
    assert either.shop.asked == ["push", "look_up", "push"]
    assert either.shop.held == [parcel()]


def test_a_mistake_of_ours_after_sending_counts_as_a_lost_answer(bench: Bench) -> None:
    message = bench.owe(parcel())
    bench.shop.next_calls.append(KeyError("a mistake of ours"))

    push(bench.ports)

    row = bench.row(message)
    assert (row.state, row.error_class) == ("unknown", "KeyError")
    assert row.next_try_at >= bench.clock.now() + HORIZON


def test_a_look_up_that_fails_leaves_it_unknown(bench: Bench) -> None:
    message = bench.owe(parcel())
    bench.shop.lose_answer(OutcomeUnknown("the answer was lost"))
    push(bench.ports)
    bench.clock.move(HORIZON + timedelta(seconds=1))
    bench.shop.next_calls.append(Retryable("the shop is away"))

    push(bench.ports)

    assert bench.row(message).state == "unknown"
    assert bench.pushes() == 1


def test_what_surely_did_not_happen_is_sent_again_after_a_wait(bench: Bench) -> None:
    message = bench.owe(parcel())
    bench.shop.next_calls.append(Retryable("connection refused"))
    push(bench.ports)

    row = bench.row(message)
    assert (row.state, row.last_error) == ("waiting", "connection refused")
    bench.clock.move(timedelta(seconds=5))
    push(bench.ports)
    assert bench.row(message).state == "sent"
    assert "look_up" not in bench.shop.asked


def test_a_channel_that_is_asked_too_fast_pauses_the_whole_account(either: Bench) -> None:
    first = either.owe(parcel("CT1"), key="a")
    either.shop.next_calls.append(RateLimited("slower", retry_after=timedelta(seconds=30)))

    push(either.ports)
    other = either.owe(Hold(order_id="1", handle="h", reason="other"), key="b")
    push(either.ports)

    assert either.account_now().paused_until == either.clock.now() + timedelta(seconds=30)
    assert either.pushes() == 1
    assert either.row(first).attempts == 0
    either.clock.move(timedelta(seconds=30))
    push(either.ports)
    assert {either.row(first).state, either.row(other).state} == {"sent"}


@pytest.mark.parametrize("error", [Rejected("no"), Conflict("on hold there")])
def test_what_the_channel_refuses_for_good_is_held_for_a_person(
    bench: Bench, error: Exception
) -> None:
    message = bench.owe(parcel())
    bench.shop.next_calls.append(error)

    push(bench.ports)

    row = bench.row(message)
    assert (row.state, row.last_error) == ("held", str(error))
    assert bench.account_now().problem == ""


def test_a_missing_right_is_shown_on_the_channel_until_something_gets_through(
    bench: Bench,
) -> None:
    message = bench.owe(parcel())
    bench.shop.next_calls.append(PermissionDenied("write_fulfillments is missing"))
    push(bench.ports)
    shown = bench.account_now().problem

    with bench.ports.database.begin() as session:
        retry(session, message_id=message, now=bench.clock.now())
    push(bench.ports)

    assert shown == "write_fulfillments is missing"
    assert bench.account_now().problem == ""
    assert bench.row(message).state == "sent"


def test_a_revoked_token_stops_the_account_and_loses_nothing(bench: Bench) -> None:
    message = bench.owe(parcel())
    bench.shop.token = "another"
    push(bench.ports)

    account = bench.account_now()
    assert (account.needs_reconnect, bench.row(message).state) == (True, "waiting")
    assert account.problem == "the shop does not know this token"
    assert push(bench.ports) == 0


def test_an_account_connected_again_sends_what_waited(bench: Bench) -> None:
    message = bench.owe(parcel())
    bench.shop.next_calls.append(AuthExpired("revoked"))
    push(bench.ports)

    with bench.ports.database.begin() as session:
        session.get_one(ChannelAccount, bench.account.id).needs_reconnect = False
    bench.clock.move(timedelta(seconds=5))
    push(bench.ports)

    assert bench.row(message).state == "sent"


def test_after_twelve_attempts_it_is_given_up_and_a_person_may_try_again(
    bench: Bench,
) -> None:
    message = bench.owe(parcel())
    for _ in range(12):
        bench.shop.next_calls.append(Retryable("away"))
        push(bench.ports)
        bench.clock.at = max(bench.clock.at, bench.row(message).next_try_at)

    assert bench.row(message).state == "dead"
    with bench.ports.database.begin() as session:
        retry(session, message_id=message, now=bench.clock.now())
    push(bench.ports)

    assert bench.row(message).state == "sent"


def test_a_second_parcel_is_told_with_the_name_of_the_first(either: Bench) -> None:
    either.owe(parcel("CT1"), key="fulfil:1", shipment_id=either.ship("S-1"))
    either.owe(parcel("CT2"), key="fulfil:2", shipment_id=either.ship("S-2"))

    push(either.ports)

    first, second = either.shop.held
    assert isinstance(first, Fulfil)
    assert isinstance(second, Fulfil)
    assert (first.known_refs, second.known_refs) == ((), ("9000",))


def test_news_of_a_parcel_carries_the_channels_name_for_that_parcel(bench: Bench) -> None:
    one, two = bench.ship("S-1"), bench.ship("S-2")
    bench.owe(parcel("CT1"), key="fulfil:1", shipment_id=one)
    bench.owe(parcel("CT2"), key="fulfil:2", shipment_id=two)
    bench.owe(
        Delivered(order_id="1", fulfilment_refs=(), at=NOW),
        key="delivered:2",
        shipment_id=two,
    )

    push(bench.ports)

    [news] = [effect for effect in bench.shop.held if isinstance(effect, Delivered)]
    assert news.fulfilment_refs == ("9001",)


def test_news_of_a_parcel_the_channel_does_not_know_is_held(bench: Bench) -> None:
    shipment = bench.ship("S-1")
    effect = AmendTracking(
        order_id="1", fulfilment_refs=(), tracking=Tracking(number="CT9")
    )
    message = bench.owe(effect, shipment_id=shipment)

    push(bench.ports)

    row = bench.row(message)
    assert (row.state, row.error_class) == ("held", "NotToldYet")
    assert bench.shop.asked == []


def test_messages_of_one_order_go_out_in_the_order_they_became_true(either: Bench) -> None:
    hold = either.owe(Hold(order_id="1", handle="h", reason="other"))
    release = either.owe(ReleaseHold(order_id="1", handle="h"))
    either.shop.next_calls.append(Retryable("away"))

    push(either.ports)

    assert (either.row(hold).state, either.row(release).attempts) == ("waiting", 0)
    either.clock.move(timedelta(seconds=5))
    push(either.ports)
    assert [kind_of(effect) for effect in either.shop.held] == ["hold", "release_hold"]


def test_what_is_owed_when_an_account_goes_back_to_rehearsal_is_rehearsed(
    either: Bench,
) -> None:
    message = either.owe(parcel())
    with either.ports.database.begin() as session:
        session.get_one(ChannelAccount, either.account.id).mode = "shadow"

    push(either.ports)

    assert either.row(message).state == "shadowed"
    assert either.shop.asked == []


def test_what_may_have_been_sent_before_the_rehearsal_is_not_forgotten(
    bench: Bench,
) -> None:
    message = bench.owe(parcel())
    bench.shop.lose_answer(OutcomeUnknown("the answer was lost"))
    push(bench.ports)
    with bench.ports.database.begin() as session:
        session.get_one(ChannelAccount, bench.account.id).mode = "shadow"

    push(bench.ports)

    assert bench.row(message).state == "unknown"


def test_who_lost_the_lease_settles_nothing(either: Bench) -> None:
    message = either.owe(parcel())

    def somebody_takes_it(effect: Effect) -> None:
        either.shop.held.append(effect)
        either.clock.move(LEASE)
        push(either.ports)
        raise OutcomeUnknown("much too late")

    either.shop.next_calls.append(somebody_takes_it)
    push(either.ports)

    assert either.row(message).state == "sent"
    assert either.shop.held == [parcel()]


def test_a_process_that_slept_after_marking_does_not_send(bench: Bench) -> None:
    message = bench.owe(parcel())
    asleep: list[Callable[[], None]] = [lambda: bench.clock.move(timedelta(minutes=10))]
    bench.ports.database.failpoint = lambda name: _sleep_once(bench, message, name, asleep)

    push(bench.ports)

    assert bench.shop.asked == []
    assert bench.row(message).state == "sending"


def _sleep_once(
    bench: Bench, message: int, name: str, asleep: list[Callable[[], None]]
) -> None:
    if name == "commit.after" and asleep and bench.row(message).state == "sending":
        asleep.pop()()


def test_a_job_that_has_gone_on_long_enough_asks_for_the_next(bench: Bench) -> None:
    for number in range(3):
        bench.owe(Hold(order_id="1", handle=str(number), reason="other"), key=str(number))

    def take_long(effect: Effect) -> None:
        bench.clock.move(timedelta(seconds=60))
        bench.shop.held.append(effect)

    bench.shop.next_calls.append(take_long)
    done = push(bench.ports)

    assert done == 1
    assert calls_of(bench.ports) == ["push"]


def test_orders_of_one_account_do_not_wait_for_each_other(bench: Bench) -> None:
    with bench.ports.database.begin() as session:
        account = session.get_one(ChannelAccount, bench.account.id)
        other = make_order(
            session, account=account, lines={make_item(session, code="SOAP"): 1}
        )
    stuck = bench.owe(parcel())
    bench.shop.next_calls.append(Retryable("away"))
    with bench.ports.database.begin() as session:
        add_once(
            session, account_id=bench.account.id, kind="hold", idempotency_key="other",
            payload=to_payload(Hold(order_id="2", handle="h", reason="other")),
            now=bench.clock.now(), order_id=session.get_one(SalesOrder, other.id).id,
        )  # fmt: skip

    push(bench.ports)

    assert bench.row(stuck).state == "waiting"
    assert [kind_of(effect) for effect in bench.shop.held] == ["hold"]
