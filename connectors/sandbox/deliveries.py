"""The post: webhooks leave in a thread of their own, are retried, doubled, shuffled or lost."""

import heapq
import itertools
import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Generic, TypeVar

import requests

from connectors.sandbox.faults import WEBHOOK_KINDS, Fault, Faults
from connectors.sandbox.messages import Event, Listener, Signed, fresh_uuid

Send = Callable[[Signed], int]
Told = TypeVar("Told", bound=Listener)

# Shopify: 8 retries within 4 hours, each later than the last. Here the same within a minute.
SHORT_RETRIES = (0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6)

_REMEMBERED = 2_000
"""How many events and deliveries can be looked at or sent again; all of them are counted."""


def post_over_http(message: Signed) -> int:
    """Deliver as shops do: 1 s to connect, 5 s in all, redirects are failures."""
    answer = requests.post(
        message.url,
        data=message.body,
        headers=message.headers,
        timeout=(1, 5),
        allow_redirects=False,
    )
    return answer.status_code


@dataclass(slots=True)
class Delivery(Generic[Told]):
    """One message on its way, and what became of each attempt."""

    message: Signed
    subscription: Told
    attempts: list[str] = field(default_factory=list)
    state: str = "pending"


class Deliveries(Generic[Told]):
    """All messages of one shop. With `background` couriers send them as they fall due.

    One courier keeps the order in which things happened as long as nothing fails; several do not.
    """

    def __init__(
        self,
        *,
        sign: Callable[[Event, Told, str], Signed],
        forge: Callable[[Signed], Signed],
        send: Send,
        faults: Faults,
        rng: Random,
        monotonic: Callable[[], float] = time.monotonic,
        retries: Sequence[float] = SHORT_RETRIES,
        background: bool = True,
        couriers: int = 1,
    ) -> None:
        self.subscriptions: dict[int, Told] = {}
        self.removed: list[Told] = []
        self._sign, self._forge, self._send = sign, forge, send
        self._faults, self._rng = faults, rng
        self._monotonic, self._retries, self._background = monotonic, retries, background
        self._queue: list[tuple[float, int, Delivery[Told]]] = []
        self._serial = itertools.count()
        self._log: deque[Delivery[Told]] = deque(maxlen=_REMEMBERED)
        self._events: OrderedDict[str, Event] = OrderedDict()
        self._counts: Counter[str] = Counter()
        self._changed = threading.Condition()
        self._busy, self._paused, self._closed = 0, False, False
        self._couriers, self._threads = couriers, list[threading.Thread]()

    def subscribe(self, subscription: Told) -> None:
        """Begin to tell someone."""
        with self._changed:
            self.subscriptions[subscription.id] = subscription

    def unsubscribe(self, number: int) -> bool:
        """Stop telling someone; say whether they were told before."""
        with self._changed:
            return self.subscriptions.pop(number, None) is not None

    def publish(self, event: Event) -> None:
        """Put a message for every subscription to the event's topic in the post."""
        with self._changed:
            self._events[event.id] = event
            while len(self._events) > _REMEMBERED:
                self._events.popitem(last=False)
            for subscription in list(self.subscriptions.values()):
                if subscription.topic == event.topic:
                    self._post(event, subscription)

    def redeliver(self, event_id: str) -> None:
        """Send an event again, as shops sometimes do long after; same event id.

        :raises KeyError: there was no such event, or it is too long ago.
        """
        with self._changed:
            self.publish(self._events[event_id])

    def _post(self, event: Event, subscription: Told) -> None:
        struck = self._faults.strike_all({event.topic}, WEBHOOK_KINDS)
        by_kind = {fault.kind: fault for fault in struck}
        if "lose" in by_kind:
            return
        copies = by_kind["duplicate"].copies if "duplicate" in by_kind else 1
        first = fresh_uuid(self._rng)
        for copy in range(copies):
            # Sources differ on whether a repeat keeps its webhook id: odd copies keep it here.
            webhook_id = first if copy in {0, 1} else fresh_uuid(self._rng)
            message = self._sign(_skewed(event, struck), subscription, webhook_id)
            if "bad_signature" in by_kind:
                message = self._forge(message)
            wait = sum(f.seconds or 1.0 for f in struck if f.kind == "delay")
            wait += sum(
                self._rng.uniform(0, f.seconds or 1.0)
                for f in struck
                if f.kind == "reorder"
            )
            delivery = Delivery(message, subscription)
            self._log.append(delivery)
            self._counts["pending"] += 1
            self._later(delivery, wait)

    def _later(self, delivery: Delivery[Told], wait: float) -> None:
        due = self._monotonic() + wait
        heapq.heappush(self._queue, (due, next(self._serial), delivery))
        if self._background and not (self._threads or self._closed):
            for _ in range(self._couriers):
                thread = threading.Thread(target=self._run, name="post", daemon=True)
                self._threads.append(thread)
                thread.start()
        self._changed.notify_all()

    def deliver_due(self, *, ahead: float = 0.0) -> int:
        """Send in this thread what is due, or will be within `ahead` seconds; say how many."""
        sent = 0
        horizon = self._monotonic() + ahead
        while (delivery := self._take(horizon)) is not None:
            self._attempt(delivery)
            sent += 1
        return sent

    def _take(self, horizon: float) -> Delivery[Told] | None:
        with self._changed:
            if self._paused or not self._queue or self._queue[0][0] > horizon:
                return None
            self._busy += 1
            return heapq.heappop(self._queue)[2]

    def _attempt(self, delivery: Delivery[Told]) -> None:
        try:
            status = self._send(delivery.message)
            outcome = str(status)
        except OSError as failure:  # requests' errors are OSErrors too
            status, outcome = 0, type(failure).__name__
        with self._changed:
            delivery.attempts.append(outcome)
            self._busy -= 1
            if 200 <= status < 300:
                self._settle(delivery, "delivered")
                delivery.subscription.failures = 0
            else:
                self._failed(delivery)
            self._changed.notify_all()

    def _failed(self, delivery: Delivery[Told]) -> None:
        retry = len(delivery.attempts) - 1
        if retry < len(self._retries):
            self._later(delivery, self._retries[retry])
            return
        self._settle(delivery, "failed")
        subscription = delivery.subscription
        subscription.failures += 1
        # All retries in vain: one made over the API is deleted, one in the toml stays.
        if subscription.owner == "api" and subscription.id in self.subscriptions:
            del self.subscriptions[subscription.id]
            self.removed.append(subscription)

    def _settle(self, delivery: Delivery[Told], state: str) -> None:
        delivery.state = state
        self._counts["pending"] -= 1
        self._counts[state] += 1

    def _run(self) -> None:
        while True:
            self.deliver_due()
            with self._changed:
                if self._closed:
                    return
                if self._queue and not self._paused:
                    wait = max(0.0, self._queue[0][0] - self._monotonic())
                    self._changed.wait(min(wait, 0.5))
                else:
                    self._changed.wait(0.5)

    def drain(self, timeout: float = 5.0) -> bool:
        """Wait until nothing is pending; say whether that came about in time."""
        end = time.monotonic() + timeout
        with self._changed:
            while self._queue or self._busy:
                left = end - time.monotonic()
                if left <= 0:
                    return False
                self._changed.wait(min(left, 0.1))
            return True

    def pause(self) -> None:
        """Keep everything in the post until `resume`."""
        with self._changed:
            self._paused = True

    def resume(self) -> None:
        """Let the post go on."""
        with self._changed:
            self._paused = False
            self._changed.notify_all()

    def stats(self) -> dict[str, object]:
        """Count what was delivered, failed and is pending, with the last deliveries' attempts."""
        with self._changed:
            return {
                "pending": self._counts["pending"],
                "delivered": self._counts["delivered"],
                "failed": self._counts["failed"],
                "removed_subscriptions": [s.topic for s in self.removed],
                "deliveries": [_row(delivery) for delivery in self._log],
            }

    def tries(self) -> dict[str, list[str]]:
        """Say of each event how the attempts of each of its messages ended."""
        told: dict[str, list[str]] = {}
        with self._changed:
            for each in self._log:
                ended = ", ".join(each.attempts) or each.state
                told.setdefault(each.message.event_id, []).append(ended)
        return told

    def close(self) -> None:
        """Stop the couriers; what is still in the post stays there."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(timeout=6)


def _skewed(event: Event, struck: Sequence[Fault]) -> Event:
    wrong = sum(fault.seconds or 600.0 for fault in struck if fault.kind == "clock_skew")
    return replace(event, at=event.at + timedelta(seconds=wrong))


def _row(delivery: Delivery[Told]) -> dict[str, object]:
    message = delivery.message
    return {
        "topic": message.topic,
        "event_id": message.event_id,
        "webhook_id": message.webhook_id,
        "url": message.url,
        "state": delivery.state,
        "attempts": list(delivery.attempts),
    }
