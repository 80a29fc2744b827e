"""Bars side by side: for each place on the axis one bar of each series, from one ground."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.web.pictures.scale import Scale, ticks

LEAST = 1.5
"""So high is the lowest bar: one order among a thousand is still there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The box that is drawn in, and what is left free around it for words; pixels."""

    width: float
    height: float
    left: float = 32
    right: float = 8
    top: float = 8
    bottom: float = 24

    @property
    def ground(self) -> float:
        """Where bars stand."""
        return self.height - self.bottom

    @property
    def far(self) -> float:
        """Where the axis ends."""
        return self.width - self.right


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: of which series, at which place of the axis, how much, and where it is drawn."""

    series: int
    slot: int
    value: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A number beside the axis."""

    value: int
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """A chart of bars."""

    frame: Frame
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    centres: tuple[float, ...]
    """The middle of each place on the axis, for its label."""


def bars(series: Sequence[Sequence[int]], *, frame: Frame, gap: float = 0.3) -> Bars:
    """Lay out bars; every series has the same number of values, none below zero.

    `gap` is the part of each place that stays free. A value above zero is always to be seen.
    """
    slots = len(series[0]) if series else 0
    marks = ticks(0, max((v for values in series for v in values), default=0), most=4)
    up = Scale(low=0, high=marks[-1], start=frame.ground, end=frame.top)
    step = (frame.far - frame.left) / max(slots, 1)
    wide = step * (1 - gap) / max(len(series), 1)

    def bar(value: int, *, n: int, slot: int) -> Bar:
        high = max(frame.ground - up.at(value), LEAST)
        left = frame.left + step * (slot + gap / 2) + n * wide
        return Bar(
            series=n,
            slot=slot,
            value=value,
            x=round(left, 2),
            y=round(frame.ground - high, 2),
            width=round(wide, 2),
            height=round(high, 2),
        )

    return Bars(
        frame=frame,
        bars=tuple(
            bar(value, n=n, slot=slot)
            for n, values in enumerate(series)
            for slot, value in enumerate(values)
            if value
        ),
        ticks=tuple(Tick(value=mark, y=up.at(mark)) for mark in marks),
        centres=tuple(round(frame.left + step * (n + 0.5), 2) for n in range(slots)),
    )
