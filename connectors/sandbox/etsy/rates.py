"""How many calls a key may make: so many in any second, so many in any day."""

import math
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

DAY = 86_400.0


@dataclass(slots=True, kw_only=True)
class Rates:
    """Two sliding windows; the second is looked at first."""

    per_second: int
    per_day: int
    monotonic: Callable[[], float]
    _second: deque[float] = field(default_factory=deque)
    _day: deque[float] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> float | None:
        """Count a call. None if it is allowed, else how many seconds to wait."""
        with self._lock:
            return self._take(self.monotonic())

    def _take(self, now: float) -> float | None:
        self._forget(now)
        for window, size, length in (
            (self._second, self.per_second, 1.0),
            (self._day, self.per_day, DAY),
        ):
            if len(window) >= size:
                oldest = window[0] if window else now
                return max(1.0, float(math.ceil(oldest + length - now)))
        self._second.append(now)
        self._day.append(now)
        return None

    def headers(self) -> dict[str, str]:
        """Write what is left, as every answer carries it."""
        with self._lock:
            self._forget(self.monotonic())
            second, day = len(self._second), len(self._day)
        return {
            "x-limit-per-second": str(self.per_second),
            "x-remaining-this-second": str(max(0, self.per_second - second)),
            "x-limit-per-day": str(self.per_day),
            "x-remaining-today": str(max(0, self.per_day - day)),
        }

    def _forget(self, now: float) -> None:
        while self._second and self._second[0] <= now - 1.0:
            self._second.popleft()
        while self._day and self._day[0] <= now - DAY:
            self._day.popleft()
