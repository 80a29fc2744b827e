"""Waits in each live mailbox for mail to arrive, so that it is taken at once and not in a minute.

A thread for each mailbox, inside the timetable process. It takes nothing itself: it makes the
mailbox due and wakes a worker. Whatever becomes of it, the mailbox is looked into each minute.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import SQLAlchemyError

from connectors.errors import ChannelError
from connectors.protocol import Channel, HandsOverMessages
from hub.flow.mail.mailbox import mailboxes
from hub.models.claims import streams
from hub.models.claims.at_work import connected
from hub.ports import Ports
from workers.shops import Shops

log = structlog.get_logger()

WAIT_SECONDS = 20.0
"""How long one wait lasts; also how long stopping may take at most, but nobody waits for it."""
LOOK_SECONDS = 30.0
"""How often it is seen which mailboxes there are."""
BACK_OFF_SECONDS = 60.0
"""How long a mailbox that cannot be listened to is left alone."""


@dataclass
class Ear:
    """One thread that listens to one mailbox."""

    thread: threading.Thread
    stop: threading.Event = field(default_factory=threading.Event)


class Listeners:
    """The threads that listen, one for each mailbox that is connected and on."""

    def __init__(
        self,
        ports: Ports,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._ports = ports
        self._monotonic = monotonic
        self._wait_seconds = wait_seconds
        self._ears: dict[int, Ear] = {}
        self._looked_at = -LOOK_SECONDS

    @property
    def listening(self) -> Mapping[int, Ear]:
        """The threads there are, by account."""
        return self._ears

    def look(self) -> None:
        """Begin to listen to new mailboxes and stop where there is none any more.

        Asks the database every half a minute at most. Never raises.
        """
        if self._monotonic() - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = self._monotonic()
        try:
            wanted = self._wanted()
        except SQLAlchemyError as error:
            log.warning("listen.no_database", error=type(error).__name__)
            return
        for account_id in self._ears.keys() - wanted:
            self._ears.pop(account_id).stop.set()
        for account_id in wanted:
            if account_id not in self._ears or not self._ears[account_id].thread.is_alive():
                self._begin(account_id)

    def stop(self) -> None:
        """Let every thread end; they are daemons, so nothing waits for the slowest."""
        for ear in self._ears.values():
            ear.stop.set()
        self._ears.clear()

    def _wanted(self) -> set[int]:
        now = self._ports.clock.now()
        with self._ports.database.reading() as session:
            boxes = mailboxes(connected(session), channels=self._ports.channels, now=now)
            return {account.id for account in boxes}

    def _begin(self, account_id: int) -> None:
        stop = threading.Event()
        thread = threading.Thread(
            target=self._listen, args=(account_id, stop), name="listen", daemon=True
        )
        self._ears[account_id] = Ear(thread=thread, stop=stop)
        thread.start()

    def _listen(self, account_id: int, stop: threading.Event) -> None:
        """Wait for mail again and again, with one connection for as long as it lasts."""
        channel: Channel | None = None
        while not stop.is_set():
            began, has_news = self._monotonic(), False
            try:
                channel = channel or Shops(self._ports).caller(account_id)
                has_news = _wait(channel, seconds=self._wait_seconds)
                if has_news and not stop.is_set():
                    self._call(account_id)
            except Exception as error:  # noqa: BLE001 - the poll says what is wrong there
                _note(account_id, error)
                channel = None
                stop.wait(BACK_OFF_SECONDS)
                continue
            if not has_news and self._monotonic() - began < 1:
                stop.wait(self._wait_seconds)  # it cannot be listened to: only polled

    def _call(self, account_id: int) -> None:
        """Make the mailbox due now, and wake somebody to look into it."""
        now = self._ports.clock.now()
        self._ports.database.run(
            lambda session: streams.read_now(session, account_id=account_id, now=now)
        )
        self._ports.wake.wake("mailbox")


def _wait(channel: Channel, *, seconds: float) -> bool:
    return isinstance(channel, HandsOverMessages) and channel.wait(seconds=seconds)


def _note(account_id: int, error: Exception) -> None:
    if isinstance(error, ChannelError):
        log.info("listen.put_off", account_id=account_id, error=str(error))
    else:
        log.warning("listen.failed", account_id=account_id, error=type(error).__name__)
