"""How messages become durable: one writer, shared commits, and a line that has an end."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, select

from connectors.protocol import Delivery
from hub.models.records.messages import InboundMessage
from hub.models.session import Database
from tests.doors import HandClock, connect_shop, make_ports
from webhooks.intake import Arrived, GroupCommit, Intake, IntakeClosed, Keep, make_intake


def arrived(account_id: int, *, number: int = 1) -> Arrived:
    return Arrived(
        account_id=account_id,
        delivery=Delivery(topic="orders/create", message_id=f"event-{number}"),
        body=b"{}",
    )


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(InboundMessage)) or 0


class SlowKeep(Keep):
    """Waits before its first commit until it is let go, so that others gather behind it."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, clock=HandClock())
        self.go = threading.Event()
        self.batches: list[int] = []

    def store_all(self, batch: Sequence[Arrived]) -> list[bool]:
        self.batches.append(len(batch))
        self.go.wait(10)
        return super().store_all(batch)


def store_at_once(
    intake: GroupCommit, messages: Sequence[Arrived]
) -> tuple[list[threading.Thread], list[object]]:
    answers: list[object] = []

    def store(one: Arrived) -> None:
        try:
            answers.append(intake.store(one))
        except IntakeClosed as closed:
            answers.append(closed)

    threads = [threading.Thread(target=store, args=(one,)) for one in messages]
    for thread in threads:
        thread.start()
    return threads, answers


def wait_for(reached: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 10
    while not reached():
        assert time.monotonic() < give_up
        time.sleep(0.005)


def test_of_one_message_twice_in_a_batch_one_is_new(database: Database) -> None:
    account = connect_shop(make_ports(database))
    keep = Keep(database, clock=HandClock())
    two, one = arrived(account.id, number=2), arrived(account.id, number=1)

    news = keep.store_all([two, one, two, one])

    assert news == [True, True, False, False]
    assert count(database) == 2


def test_two_front_doors_with_the_same_messages_do_not_wait_in_a_circle(
    database: Database,
) -> None:
    account = connect_shop(make_ports(database))
    doors = [make_intake(database, clock=HandClock()) for _ in range(2)]
    up, down = list(range(40)), list(reversed(range(40)))
    answers: list[bool] = []

    def send(door: Intake, numbers: Sequence[int]) -> None:
        answers.extend(door.store(arrived(account.id, number=n)) for n in numbers)

    threads = [
        threading.Thread(target=send, args=(door, numbers))
        for door in doors
        for numbers in (up, down)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(answers) == [False] * 120 + [True] * 40
    assert count(database) == 40


def test_messages_that_wait_together_share_one_commit(sqlite_database: Database) -> None:
    account = connect_shop(make_ports(sqlite_database))
    keep = SlowKeep(sqlite_database)
    intake = GroupCommit(keep)
    first, _ = store_at_once(intake, [arrived(account.id)])
    wait_for(lambda: keep.batches == [1])

    rest, answers = store_at_once(
        intake, [arrived(account.id, number=number) for number in range(2, 12)]
    )
    wait_for(lambda: intake.waiting == 10)
    keep.go.set()
    for thread in (*first, *rest):
        thread.join(10)

    assert keep.batches == [1, 10]
    assert answers == [True] * 10
    assert count(sqlite_database) == 11


def test_one_message_that_cannot_be_stored_does_not_stop_the_others(
    sqlite_database: Database,
) -> None:
    account = connect_shop(make_ports(sqlite_database))
    keep = SlowKeep(sqlite_database)
    intake = GroupCommit(keep)
    first, _ = store_at_once(intake, [arrived(account.id)])
    wait_for(lambda: keep.batches == [1])

    orphan = arrived(account_id=987654, number=2)
    rest, answers = store_at_once(
        intake, [orphan, arrived(account.id, number=3), arrived(account.id, number=4)]
    )
    wait_for(lambda: intake.waiting == 3)
    keep.go.set()
    for thread in (*first, *rest):
        thread.join(10)

    assert sorted(map(str, answers)) == [
        "True", "True", "the database refuses this message",
    ]  # fmt: skip
    assert count(sqlite_database) == 3


def test_a_line_that_is_too_long_turns_the_next_away_at_once(
    sqlite_database: Database,
) -> None:
    account = connect_shop(make_ports(sqlite_database))
    keep = SlowKeep(sqlite_database)
    intake = GroupCommit(keep, waiting=2)
    first, _ = store_at_once(intake, [arrived(account.id)])
    wait_for(lambda: keep.batches == [1])
    rest, _ = store_at_once(intake, [arrived(account.id, number=n) for n in (2, 3)])
    wait_for(lambda: intake.waiting == 2)

    with pytest.raises(IntakeClosed, match="too many"):
        intake.store(arrived(account.id, number=4))

    keep.go.set()
    for thread in (*first, *rest):
        thread.join(10)
    assert count(sqlite_database) == 3


def test_a_database_that_is_away_is_told_to_every_request_that_waits(
    tmp_path: Path,
) -> None:
    away = Database(f"sqlite:///{tmp_path / 'gone' / 'hornada.db'}")
    intake = GroupCommit(Keep(away, clock=HandClock()))

    threads, answers = store_at_once(intake, [arrived(1, number=n) for n in range(5)])
    for thread in threads:
        thread.join(10)

    assert {str(answer) for answer in answers} == {"the database does not answer"}
