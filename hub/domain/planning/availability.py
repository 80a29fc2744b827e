"""What an item has, owes and can still promise."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from hub.domain.stock.allocation import is_fresh


@dataclass(frozen=True, slots=True, kw_only=True)
class LotBalance:
    """What one lot holds and how much of that is spoken for."""

    on_hand: int
    reserved: int
    is_available: bool = True
    """False while quarantined or recalled."""
    best_before: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutput:
    """What a run is still to give, and how much of that is meant for somebody."""

    output: int
    linked: int
    can_run: bool
    """Running, or for somebody (not for stock alone) with all its materials in the house."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """The five figures of an item, in thousandths."""

    on_hand: int
    """In the house, whatever its state."""
    reserved: int
    available: int
    """Good today, in no quarantine, and nobody's."""
    incoming: int
    """Still to come from suppliers and from open runs."""
    promisable: int
    """What a new order can be promised (available to promise)."""


def availability(
    lots: Iterable[LotBalance],
    *,
    on: date,
    runs: Iterable[RunOutput] = (),
    purchases: int = 0,
    uncovered: int = 0,
    makeable: int = 0,
    min_remaining_days: int = 0,
    shelf_life_days: int | None = None,
) -> Availability:
    """Work out the five figures of an item on a day.

    Promisable is free stock, the free output of runs that can run and what can still be
    made of free materials (`makeable`, hub/domain/planning/offering.py), less what open demands
    lack (`uncovered`): they come before any new order. It does not count purchases on
    their way, nor lots that would not keep `min_remaining_days` with who buys them, nor what
    would not even when new (`shelf_life_days`), so it may say less than is possible and
    never more.
    """
    lots, runs = list(lots), list(runs)
    available = _free(lots, on=on)
    sellable = _free(lots, on=on, min_remaining_days=min_remaining_days)
    made = makeable + sum(max(run.output - run.linked, 0) for run in runs if run.can_run)
    if shelf_life_days is not None and shelf_life_days < min_remaining_days:
        made = 0
    return Availability(
        on_hand=sum(lot.on_hand for lot in lots),
        reserved=sum(lot.reserved for lot in lots),
        available=available,
        incoming=purchases + sum(run.output for run in runs),
        promisable=max(sellable + made - uncovered, 0),
    )


def _free(lots: Iterable[LotBalance], *, on: date, min_remaining_days: int = 0) -> int:
    return sum(
        lot.on_hand - lot.reserved
        for lot in lots
        if lot.is_available
        and is_fresh(lot.best_before, used_on=on, min_remaining_days=min_remaining_days)
    )
