"""What a made lot cost: the lots that went into it, in whole millionths of the currency."""

from collections.abc import Iterable
from dataclasses import dataclass

from mapping.money import decimals_of
from mapping.units import UnitProblem, read_amount

MICROS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """So much of a lot went in, at what one base unit of it cost."""

    quantity: int
    """Thousandths of the base unit."""
    unit_cost_micros: int | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCost:
    """What one base unit costs, in millionths of the currency's main unit."""

    micros: int
    currency: str


def parse_unit_cost(amount: object, *, currency: str) -> UnitCost:
    """Read what one base unit costs: a gram may cost less than a cent.

    :raises UnitProblem: no such currency, no number, or finer than a millionth.
    """
    code = currency.upper()
    decimals_of(code)
    micros = read_amount(amount) * MICROS
    if micros.denominator != 1:
        raise UnitProblem(f"{amount} is too fine.", "Write at most six decimals.")
    return UnitCost(micros=int(micros), currency=code)


def unit_cost(used: Iterable[Used], *, produced: int) -> UnitCost | None:
    """Spread what went in over the good thousandths that came out, to the nearest millionth.

    None when it cannot be known: a lot without a cost, more than one currency, or nothing
    in or out. Half a cost would look like a whole one.
    """
    real = [each for each in used if each.quantity]
    if not real or produced <= 0 or len({each.currency for each in real}) > 1:
        return None
    spent = 0
    for each in real:
        if each.unit_cost_micros is None:
            return None
        spent += each.quantity * each.unit_cost_micros
    return UnitCost(
        micros=(2 * spent + produced) // (2 * produced), currency=real[0].currency
    )
