"""Makes proven messages durable: nothing is answered before its row is committed."""

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import update
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from connectors.protocol import Delivery
from hub.clock import Clock
from hub.flow.intake.accept import accept
from hub.models.records.channels import ChannelAccount
from hub.models.session import Database, DatabaseDown

BATCH = 64
"""Most messages that share one commit."""
WAITING = 1000
"""Most messages in line for the writer; a sender beyond that is told to come back."""
PATIENCE = 10.0
"""Seconds a request waits for its commit. Senders give up after about five."""


class IntakeClosed(Exception):
    """The message could not be made durable now; its sender must send it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A message that proved where it comes from."""

    account_id: int
    delivery: Delivery
    body: bytes
    is_new_version: bool = False
    """The channel answers with another API version than the account last showed."""


class Intake(Protocol):
    """Writes proven messages down."""

    def store(self, arrived: Arrived) -> bool:
        """Commit one message and say whether it was new.

        :raises IntakeClosed: it is not stored, or nobody knows yet whether it is.
        """


def make_intake(database: Database, *, clock: Clock) -> Intake:
    """Make the way messages become durable: requests queue for one thread and share its commits.

    SQLite has one writer anyway; on PostgreSQL, too, one transaction for a dozen messages costs
    less than a dozen (measured: a half more messages a second, and a third of the worst waits).
    """
    return GroupCommit(Keep(database, clock=clock))


class Keep:
    """Puts messages into the database."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def store(self, arrived: Arrived) -> bool:
        """Commit one message and say whether it was new."""
        try:
            return self.store_all([arrived])[0]
        except SQLAlchemyError as error:
            raise IntakeClosed("the database refuses this message") from error

    def store_all(self, batch: Sequence[Arrived]) -> list[bool]:
        """Commit messages together and say of each whether it was new.

        :raises IntakeClosed: none of them is stored, as far as anybody knows.
        :raises SQLAlchemyError: one of them cannot be stored as it is.
        """
        # In one order everywhere, so that two processes with the same messages do not wait for
        # each other in a circle.
        in_order = sorted(range(len(batch)), key=lambda place: _name(batch[place]))

        def work(session: Session) -> list[bool]:
            news = {place: self._add(session, batch[place]) for place in in_order}
            return [news[place] for place in range(len(batch))]

        try:
            return self._database.run(work)
        except (OperationalError, InterfaceError, DatabaseDown) as error:
            raise IntakeClosed("the database does not answer") from error

    def _add(self, session: Session, arrived: Arrived) -> bool:
        delivery = arrived.delivery
        if arrived.is_new_version:
            session.execute(
                update(ChannelAccount)
                .where(ChannelAccount.id == arrived.account_id)
                .values(api_version_seen=delivery.api_version)
            )
        return accept(
            session,
            account_id=arrived.account_id,
            topic=delivery.topic,
            message_id=delivery.message_id,
            body=arrived.body,
            headers=delivery.headers,
            source="webhook",
            now=self._clock.now(),
            triggered_at=delivery.triggered_at,
        ).is_new


def _name(arrived: Arrived) -> tuple[int, str, str]:
    return arrived.account_id, arrived.delivery.topic, arrived.delivery.message_id


class GroupCommit:
    """One thread that commits whatever requests are waiting, together."""

    def __init__(self, keep: Keep, *, waiting: int = WAITING) -> None:
        self._keep = keep
        self._line: queue.Queue[tuple[Arrived, Future[bool]]] = queue.Queue(maxsize=waiting)
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None

    def store(self, arrived: Arrived) -> bool:
        """Wait in line for a commit and say whether the message was new."""
        self._ensure_writer()
        answer: Future[bool] = Future()
        try:
            self._line.put_nowait((arrived, answer))
            return answer.result(timeout=PATIENCE)
        except (queue.Full, FutureTimeout) as error:
            raise IntakeClosed("too many messages are waiting to be written") from error

    @property
    def waiting(self) -> int:
        """Count the messages in line, without those being written now."""
        return self._line.qsize()

    def _ensure_writer(self) -> None:
        # Started by the first request and not before: threads do not survive a server's
        # fork.
        with self._start:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._write, name="intake", daemon=True
                )
                self._thread.start()

    def _write(self) -> None:
        while True:
            batch = [self._line.get()]
            while len(batch) < BATCH and not self._line.empty():
                batch.append(self._line.get_nowait())
            try:
                self._together(batch)
            except SQLAlchemyError:
                # One of them is at fault: apart, only that one fails.
                for one in batch:
                    self._alone(one)

    def _together(self, batch: Sequence[tuple[Arrived, Future[bool]]]) -> None:
        """Store a batch and answer its requests, unless one message spoils it for all."""
        try:
            news = self._keep.store_all([arrived for arrived, _ in batch])
        except IntakeClosed as error:
            for _, answer in batch:
                answer.set_exception(error)
            return
        for (_, answer), is_new in zip(batch, news, strict=True):
            answer.set_result(is_new)

    def _alone(self, one: tuple[Arrived, Future[bool]]) -> None:
        arrived, answer = one
        try:
            answer.set_result(self._keep.store(arrived))
        except IntakeClosed as error:
            answer.set_exception(error)
