"""A line in steps: what there is of something until the next day on which that changes."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.web.pictures.bars import Frame, Tick
from hub.web.pictures.scale import Scale, ticks


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One day of the line: its value, and its box for whoever points at it."""

    slot: int
    value: int
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """A chart of one line in steps."""

    frame: Frame
    line: str
    """The `d` of an SVG path along the line."""
    area: str
    """The same, closed along zero."""
    steps: tuple[Step, ...]
    ticks: tuple[Tick, ...]
    zero: float
    levels: tuple[float, ...]
    """Where the lines of the levels asked for are."""


def steps(
    values: Sequence[int], *, frame: Frame, levels: Sequence[int] = (), unit: int = 1
) -> Steps:
    """Lay out a line in steps, one value a place, with level lines beside it.

    Ticks are whole multiples of `unit`. All of the line, zero and every level have room.
    """
    low, high = min((0, *values, *levels)), max((0, *values, *levels))
    marks = [mark * unit for mark in ticks(low / unit, high / unit, most=5)]
    up = Scale(low=marks[0], high=marks[-1], start=frame.ground, end=frame.top)
    wide = (frame.far - frame.left) / max(len(values), 1)
    found = tuple(
        Step(
            slot=slot,
            value=value,
            x=round(frame.left + slot * wide, 2),
            y=up.at(value),
            width=round(wide, 2),
        )
        for slot, value in enumerate(values)
    )
    line = _path(found)
    zero = up.at(0)
    area = f"{line} V{zero} H{frame.left} Z" if line else ""
    return Steps(
        frame=frame,
        line=line,
        area=area,
        steps=found,
        ticks=tuple(Tick(value=mark, y=up.at(mark)) for mark in marks),
        zero=zero,
        levels=tuple(up.at(level) for level in levels),
    )


def _path(found: Sequence[Step]) -> str:
    if not found:
        return ""
    first = f"M{found[0].x} {found[0].y}"
    along = (f"V{step.y} H{round(step.x + step.width, 2)}" for step in found)
    return " ".join((first, *along))
