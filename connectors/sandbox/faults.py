"""Bad days on demand: which fault strikes which call or webhook, how often, how likely."""

import threading
from collections.abc import Collection
from dataclasses import asdict, dataclass
from random import Random

API_KINDS = frozenset(
    {
        "access_denied",
        "apply_late",
        "drop_after_apply",
        "drop_before_apply",
        "fail_after_apply",
        "fail_before_apply",
        "fall_forward",
        "forbidden",
        "garbage",
        "hang_after_apply",
        "locked",
        "outage",
        "payment_required",
        "rate_limited",
        "slow",
        "throttled",
        "unauthorised",
        "user_error",
    }
)
WEBHOOK_KINDS = frozenset(
    {"bad_signature", "clock_skew", "delay", "duplicate", "lose", "reorder"}
)
MAIL_KINDS = frozenset({"altered", "damaged"})
"""What only mails suffer: once more with other words under the same name, or cut short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One kind of trouble.

    `operation` is an operation name or root field (for webhooks a topic, for mails a sender's
    address); None means any.
    It skips the first `after` matches, then strikes `times` times (None: until cleared), each
    time with probability `chance`. The rest is what single kinds need: `seconds` (Retry-After,
    delay, hang, how wrong the clock is), `status`, `message`, `code` (of a userError), `version`,
    and `copies` (how often one webhook is delivered in all).

    :raises ValueError: there is no such kind.
    """

    kind: str
    operation: str | None = None
    times: int | None = 1
    after: int = 0
    chance: float = 1.0
    seconds: float | None = None
    status: int = 503
    message: str = "Refused by the sandbox"
    code: str = ""
    version: str = "2026-01"
    copies: int = 2

    def __post_init__(self) -> None:
        if self.kind not in API_KINDS | WEBHOOK_KINDS | MAIL_KINDS:
            raise ValueError(f"no such fault: {self.kind}")


@dataclass(slots=True)
class _Standing:
    fault: Fault
    skipped: int = 0
    struck: int = 0

    def spent(self) -> bool:
        return self.fault.times is not None and self.struck >= self.fault.times


class Faults:
    """The faults that stand, in the order they were set; `kinds` are those the shop knows."""

    def __init__(
        self, rng: Random, kinds: Collection[str] = API_KINDS | WEBHOOK_KINDS
    ) -> None:
        self._rng, self._kinds = rng, kinds
        self._lock = threading.Lock()
        self._standing: list[_Standing] = []

    def knows(self, kind: str) -> bool:
        """Say whether this shop has such trouble."""
        return kind in self._kinds

    def add(self, fault: Fault) -> None:
        """Let a fault stand until it is spent or cleared.

        :raises ValueError: this shop has no such trouble.
        """
        if fault.kind not in self._kinds:
            raise ValueError(f"this shop knows no {fault.kind}")
        with self._lock:
            self._standing.append(_Standing(fault))

    def clear(self) -> None:
        """Let the sun shine."""
        with self._lock:
            self._standing.clear()

    def standing(self) -> list[dict[str, object]]:
        """List the faults with how often each struck, spent ones too."""
        with self._lock:
            return [asdict(each.fault) | {"struck": each.struck} for each in self._standing]

    def strike(self, names: Collection[str], kinds: Collection[str]) -> Fault | None:
        """Take the first fault of these kinds that strikes a call known by these names."""
        with self._lock:
            for each in self._standing:
                if self._strikes(each, names, kinds):
                    return each.fault
            return None

    def strike_all(self, names: Collection[str], kinds: Collection[str]) -> list[Fault]:
        """Take every fault of these kinds that strikes."""
        with self._lock:
            return [e.fault for e in self._standing if self._strikes(e, names, kinds)]

    def _strikes(
        self, each: _Standing, names: Collection[str], kinds: Collection[str]
    ) -> bool:
        fault = each.fault
        meant = fault.operation is None or fault.operation in names
        if each.spent() or fault.kind not in kinds or not meant:
            return False
        if each.skipped < fault.after:
            each.skipped += 1
            return False
        if self._rng.random() >= fault.chance:
            return False
        each.struck += 1
        return True
