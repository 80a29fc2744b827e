"""What an item will sell: three simple methods, tried on its own past, and the levels that follow.

Small workshops sell little and in bursts: many weeks are empty, so what works for a supermarket
fails. Croston (1972) with the correction of Syntetos and Boylan (2005) looks at the size of a sale
and the gap between two of them; TSB (Teunter, Syntetos and Babai 2011) lets the chance of a sale
fade when there are none; a moving average is the yardstick. Parameters and first values are those
of statsforecast 2.1 (CrostonSBA, TSB(0.2, 0.1), WindowAverage(8)), whose answers the tests hold.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import ceil

Weeks = Sequence[int]
"""What was asked for in each whole week, oldest first; thousandths."""

AVERAGED_WEEKS = 8
CROSTON_ALPHA = 0.1
SBA_CORRECTION = 0.95
TSB_DEMAND_ALPHA = 0.2
TSB_CHANCE_ALPHA = 0.1

FEWEST_WEEKS = 8
"""Of history before a first forecast is made; fewer say nothing."""
TRIES = 26
"""The back-test looks at most half a year back: older weeks were another shop."""
NEARLY = 0.01
"""Who is worse by no more than this share is as good, and the simplest of them is kept."""
SERVICE = 0.95
"""In so many of the tried stretches the safety stock would have sufficed."""


class Method(StrEnum):
    """How the next week is forecast, the simplest first."""

    MOVING_AVERAGE = "moving_average"
    CROSTON_SBA = "croston_sba"
    TSB = "tsb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What to expect of an item, and how far that was off in its own past; thousandths."""

    method: Method
    per_week: int
    error: int
    """Mean absolute error a week of the kept method in the back-test."""
    errors: Mapping[Method, int]
    weeks: int
    """Whole weeks of history it was made from."""
    safety_stock: int
    """What would have been missing in all but one of twenty tried stretches."""
    reorder_point: int
    """What is expected to go until new goods are here, and the safety stock."""


def outlook(weeks: Weeks, *, cover_weeks: int) -> Outlook | None:
    """Choose the method that did best on the item's own past, and the levels it asks for.

    `cover_weeks` (1 or more) is how long stock must last: from seeing that it runs low to new
    goods in the house. Each method is asked at each of the last weeks what the next `cover_weeks`
    would sell and is compared with what they did: over a whole stretch, because week by week the
    best guess for something sold now and then is "nothing". None while there is too little past.
    """
    if len(weeks) < FEWEST_WEEKS + cover_weeks or not any(weeks):
        return None
    tried = {
        method: back_test(weeks, method=method, cover=cover_weeks) for method in Method
    }
    errors = {method: _mean_size(tried[method]) / cover_weeks for method in Method}
    best = min(errors.values())
    kept = next(method for method in Method if errors[method] <= best * (1 + NEARLY))
    per_week = forecast(weeks, method=kept)
    safety = _enough_for_most(tried[kept])
    return Outlook(
        method=kept,
        per_week=round(per_week),
        error=round(errors[kept]),
        errors={method: round(error) for method, error in errors.items()},
        weeks=len(weeks),
        safety_stock=safety,
        reorder_point=ceil(per_week * cover_weeks) + safety,
    )


def back_test(weeks: Weeks, *, method: Method, cover: int) -> list[float]:
    """Say what each tried stretch of `cover` weeks sold beyond its forecast; less is negative."""
    first = max(FEWEST_WEEKS, len(weeks) - cover - TRIES + 1)
    return [
        sum(weeks[start : start + cover]) - cover * forecast(weeks[:start], method=method)
        for start in range(first, len(weeks) - cover + 1)
    ]


def forecast(weeks: Weeks, *, method: Method) -> float:
    """Say what the next week will ask for; nothing where nothing was ever asked for."""
    return METHODS[method](weeks) if any(weeks) else 0.0


def _moving_average(weeks: Weeks) -> float:
    last = weeks[-AVERAGED_WEEKS:]
    return sum(last) / len(last)


def _croston_sba(weeks: Weeks) -> float:
    size = _smoothed([sold for sold in weeks if sold], alpha=CROSTON_ALPHA)
    return SBA_CORRECTION * size / _smoothed(_gaps(weeks), alpha=CROSTON_ALPHA)


def _tsb(weeks: Weeks) -> float:
    size = _smoothed([sold for sold in weeks if sold], alpha=TSB_DEMAND_ALPHA)
    return size * _smoothed([int(sold > 0) for sold in weeks], alpha=TSB_CHANCE_ALPHA)


METHODS: Mapping[Method, Callable[[Weeks], float]] = {
    Method.MOVING_AVERAGE: _moving_average,
    Method.CROSTON_SBA: _croston_sba,
    Method.TSB: _tsb,
}


def _gaps(weeks: Weeks) -> list[int]:
    """Count the weeks from one sale to the next; the first from before the history."""
    sold_in = [week for week, sold in enumerate(weeks, start=1) if sold]
    return [later - earlier for earlier, later in pairwise([0, *sold_in])]


def _smoothed(values: Sequence[int], *, alpha: float) -> float:
    level = float(values[0])
    for value in values[1:]:
        level += alpha * (value - level)
    return level


def _mean_size(misses: Sequence[float]) -> float:
    return sum(map(abs, misses)) / len(misses)


def _enough_for_most(misses: Sequence[float]) -> int:
    ordered = sorted(misses)
    return max(0, ceil(ordered[ceil(SERVICE * len(ordered)) - 1]))
