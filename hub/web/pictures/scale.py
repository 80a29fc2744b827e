"""From numbers to places: a straight scale, round ticks, and how much of a text has room."""

from dataclasses import dataclass

ELLIPSIS = "…"
LETTER = 0.58
"""What a letter of the system fonts takes of its size on average; wide ones balance narrow ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A straight line from values to places; `low` and `high` of the values may be equal."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the place of a value, to a hundredth; where all values are one, the start."""
        if self.high == self.low:
            return round(self.start, 2)
        part = (value - self.low) / (self.high - self.low)
        return round(self.start + part * (self.end - self.start), 2)


def ticks(low: float, high: float, *, most: int = 5) -> tuple[int, ...]:
    """Return round numbers that cover a range: at most `most` steps of 1, 2 or 5 times ten to n.

    The first is not above `low` and the last not below `high`; there are two at least.
    """
    step = 1
    span = max(high - low, 1)
    while span / step > most:
        step = _next_step(step)
    while True:
        first = int(low // step) * step
        last = -int(-high // step) * step
        if (last - first) // step <= most:
            return tuple(range(first, max(last, first + step) + 1, step))
        step = _next_step(step)


def _next_step(step: int) -> int:
    return step * 5 // 2 if str(step)[0] == "2" else step * 2


def clip(text: str, *, width: float, size: float = 12) -> str:
    """Cut a text that has no room in so many pixels, and show that it was cut."""
    most = max(1, int(width / (size * LETTER)))
    if len(text) <= most:
        return text
    return text[: max(1, most - 1)].rstrip() + ELLIPSIS
