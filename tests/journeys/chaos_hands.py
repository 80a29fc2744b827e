"""One clock for a whole pretended day, and the wires between the hub and its shops in it."""

import heapq
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from connectors.sandbox.wire import Dropped
from connectors.transport import READ_SECONDS, Answer, AnswerLost
from tests import pretend_etsy, pretend_shopify

MORNING = datetime(2026, 11, 23, 6, tzinfo=UTC)
A_CALL = timedelta(milliseconds=120)
"""What a call takes when nothing is wrong."""

Watch = Callable[[str, Mapping[str, object]], None]
"""Told of each write of a JSON body just before it leaves: its address and what it says."""


@dataclass
class Hands:
    """The hands of every clock; what is to happen later happens when they come by."""

    at: datetime = MORNING
    _due: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)
    _serial: "itertools.count[int]" = field(default_factory=itertools.count)

    def now(self) -> datetime:
        """Say what time it is."""
        return self.at

    def seconds(self) -> float:
        """Say it in seconds, for a clock that only counts."""
        return self.at.timestamp()

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Have something done when so much time has passed."""
        due = self.at + timedelta(seconds=seconds)
        heapq.heappush(self._due, (due, next(self._serial), act))

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        end = self.at + by
        while self._due and self._due[0][0] <= end:
            due, _, act = heapq.heappop(self._due)
            self.at = max(self.at, due)
            act()
        self.at = max(self.at, end)

    def sleep(self, seconds: float) -> None:
        """Let time pass, as a server that thinks does."""
        self.move(timedelta(seconds=seconds))


def _wait_in_vain(hands: Hands, lost: AnswerLost) -> None:
    """Wait for an answer as long as our transport would."""
    silence = lost.__cause__.seconds if isinstance(lost.__cause__, Dropped) else 0.0
    hands.sleep(min(silence, READ_SECONDS))


@dataclass
class ShopifyWire(pretend_shopify.InProcess):
    """Calls the pretended Shopify in no time but that of the day's clock."""

    hands: Hands = field(default_factory=Hands)
    watch: Watch = lambda _url, _said: None

    def post_json(
        self, url: str, *, payload: Mapping[str, object], headers: Mapping[str, str]
    ) -> Answer:
        self.watch(url, payload)
        return super().post_json(url, payload=payload, headers=headers)

    def _carry(
        self, url: str, body: bytes, headers: Mapping[str, str], *, method: str = "POST"
    ) -> Answer:
        self.hands.move(A_CALL)
        self.sent.clear()
        try:
            return super()._carry(url, body, headers, method=method)
        except AnswerLost as lost:
            _wait_in_vain(self.hands, lost)
            raise


@dataclass
class EtsyWire(pretend_etsy.InProcess):
    """Calls the pretended Etsy in no time but that of the day's clock."""

    hands: Hands = field(default_factory=Hands)
    watch: Watch = lambda _url, _said: None

    def put_json(
        self, url: str, *, payload: Mapping[str, object], headers: Mapping[str, str]
    ) -> Answer:
        self.watch(url, payload)
        return super().put_json(url, payload=payload, headers=headers)

    def _carry(
        self,
        method: str,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        kind: str = "",
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        self.hands.move(A_CALL)
        self.sent.clear()
        try:
            return super()._carry(method, url, body, headers, kind=kind, query=query)
        except AnswerLost as lost:
            _wait_in_vain(self.hands, lost)
            raise
