"""Quantities and units: the only place where kilograms become milligrams and litres grams.

Inside, a quantity is a whole number of thousandths of its item's base unit (g, ml, each,
m): mg, µl, thousandths of a piece, mm. Outside, it is `{"amount": "2.5", "unit": "kg"}`.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

INT64 = 2**63 - 1
LONGEST_AMOUNT = 40
LARGEST_EXPONENT = 18

_AMOUNT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]([+-]?[0-9]{1,3}))?")


class UnitProblem(ValueError):
    """An amount or unit that cannot be used: what is wrong, and what to write instead."""

    def __init__(self, problem: str, way_out: str) -> None:
        super().__init__(f"{problem} {way_out}")
        self.problem = problem
        self.way_out = way_out


class BaseUnit(StrEnum):
    """What an item is counted in; it never changes once the item has been moved."""

    G = "g"
    ML = "ml"
    EACH = "each"
    M = "m"


_SIZES: Mapping[BaseUnit, Mapping[str, Fraction]] = {
    BaseUnit.G: {
        "mg": Fraction(1),
        "g": Fraction(1000),
        "kg": Fraction(1_000_000),
        "oz": Fraction(28_349_523_125, 1_000_000),
        "lb": Fraction(45_359_237, 100),
    },
    BaseUnit.ML: {
        "ml": Fraction(1000),
        "cl": Fraction(10_000),
        "dl": Fraction(100_000),
        "l": Fraction(1_000_000),
        "fl_oz": Fraction(295_735_295_625, 10_000_000),
    },
    BaseUnit.EACH: {
        "each": Fraction(1000),
        "piece": Fraction(1000),
        "pc": Fraction(1000),
        "dozen": Fraction(12_000),
    },
    BaseUnit.M: {"mm": Fraction(1), "cm": Fraction(10), "m": Fraction(1000)},
}
"""Thousandths of the base unit in one of each unit. The avoirdupois pound is 0.45359237 kg
and the US fluid ounce 29.5735295625 ml by definition (NIST Handbook 44, appendix C)."""

_OTHER_SPELLINGS: Mapping[str, str] = {
    "fl oz": "fl_oz",
    "floz": "fl_oz",
    "lbs": "lb",
    "pcs": "pc",
    "pieces": "piece",
    "ea": "each",
}

_ROUNDED = frozenset({"oz", "lb", "fl_oz"})
"""Units that are no whole number of thousandths: rounded; all others must be exact."""

_READABLE: Mapping[BaseUnit, tuple[tuple[int, str], ...]] = {
    BaseUnit.G: ((1_000_000, "kg"), (1000, "g"), (0, "mg")),
    BaseUnit.ML: ((1_000_000, "l"), (0, "ml")),
    BaseUnit.EACH: ((0, "each"),),
    BaseUnit.M: ((1000, "m"), (10, "cm"), (0, "mm")),
}
"""The unit people read from this many thousandths up; each shows any thousandth exactly."""


def parse_quantity(
    given: object,
    *,
    base: str,
    density_mg_per_ml: int | None = None,
    allow_negative: bool = False,
) -> int:
    """Turn `{"amount": "2.5", "unit": "kg"}` into thousandths of `base`, or say why not.

    Metric amounts must be exact. Ounces, pounds and fluid ounces, and mass given for volume
    or the other way about, are rounded to the nearest thousandth (a half to the even one).

    :raises UnitProblem: not an amount, a unit of something else, too fine, or too large.
    """
    amount, unit = _parts(given)
    exact = read_amount(amount)
    if exact < 0 and not allow_negative:
        raise UnitProblem(f"{amount} is less than nothing.", "Write an amount above zero.")
    name, kind = _known(unit)
    thousandths = exact * _SIZES[kind][name]
    if kind == base:
        return _whole(thousandths, said=f"{amount} {unit}", rounds=name in _ROUNDED)
    turned = _by_density(
        thousandths, kind=kind, base=BaseUnit(base), density=density_mg_per_ml, unit=unit
    )
    return _whole(turned, said=f"{amount} {unit}", rounds=True)


def convert(
    thousandths: int, *, kind: str, base: str, density_mg_per_ml: int | None
) -> int:
    """Turn thousandths of one base unit into thousandths of another, nearest one.

    Only mass and volume turn into each other, by the density in milligrams per millilitre.

    :raises UnitProblem: there is no density, or the two measure different things.
    """
    if kind == base:
        return thousandths
    turned = _by_density(
        Fraction(thousandths),
        kind=BaseUnit(kind),
        base=BaseUnit(base),
        density=density_mg_per_ml,
        unit=kind,
    )
    return _whole(turned, said=say(thousandths, base=kind), rounds=True)


def format_quantity(
    thousandths: int, *, base: str, unit: str | None = None
) -> dict[str, str]:
    """Write a quantity for people and the API: exact, in the unit a person would choose.

    With `unit`, in that one instead (`g` keeps grams where kilograms would read better).

    :raises UnitProblem: `unit` does not measure the same thing or cannot show it exactly.
    """
    kind = BaseUnit(base)
    name, of = _known(unit) if unit else (_readable(abs(thousandths), kind=kind), kind)
    if of != kind or name in _ROUNDED:
        raise UnitProblem(
            f"{base} cannot be written in {unit}.", f"Choose one of {_choices(kind)}."
        )
    size = _SIZES[kind][name]
    return {"amount": plain(Decimal(thousandths) / Decimal(int(size))), "unit": name}


def say(thousandths: int, *, base: str) -> str:
    """Write a quantity for a sentence: "2.5 kg"."""
    shown = format_quantity(thousandths, base=base)
    return f"{shown['amount']} {shown['unit']}"


def read_amount(given: object) -> Fraction:
    """Read a decimal amount exactly, whether it came as text, whole number or Decimal.

    Text means ASCII digits, a point, perhaps a small exponent. A float is refused: it has
    already lost what was written.

    :raises UnitProblem: it is anything else.
    """
    text = str(given) if isinstance(given, str | int | Decimal) else ""
    found = _AMOUNT.fullmatch(text.strip())
    if isinstance(given, bool) or found is None or len(text) > LONGEST_AMOUNT:
        raise UnitProblem(
            f"“{text[:LONGEST_AMOUNT]}” is not an amount."
            if text
            else "There is no amount.",
            'Write digits and a decimal point, such as "2.5".',
        )
    if abs(int(found[1] or 0)) > LARGEST_EXPONENT:
        raise UnitProblem(f"{text} is out of all reason.", "Write it without exponent.")
    return Fraction(text.strip())


def plain(amount: Decimal) -> str:
    """Write a Decimal with no exponent and no trailing zeros: "2.5", "1000"."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_range(thousandths: int, *, said: str) -> int:
    """Pass a number on if the database can hold it.

    :raises UnitProblem: it takes more than 64 bits.
    """
    if abs(thousandths) > INT64:
        raise UnitProblem(f"{said} is more than can be stored.", "Write a smaller amount.")
    return thousandths


def ceil_div(dividend: int, divisor: int) -> int:
    """Divide whole numbers, rounding up: how many batches of 8 make 20 pieces is 3."""
    return -(-dividend // divisor)


def parse_percent(given: object) -> int:
    """Turn "2.5" percent into whole hundredths of a percent: 250 basis points.

    :raises UnitProblem: not a number from 0 to 100, or finer than a hundredth of a percent.
    """
    points = read_amount(given) * 100
    if not 0 <= points <= 10_000:
        raise UnitProblem(f"{given} is not a share.", "Write a percentage from 0 to 100.")
    if points.denominator != 1:
        raise UnitProblem(f"{given} % is too fine.", "Write at most two decimals.")
    return int(points)


def parse_density(given: object) -> int:
    """Turn grams per millilitre into whole milligrams per millilitre: "0.9" is 900.

    :raises UnitProblem: not a number, or finer than a thousandth.
    """
    whole = read_amount(given) * 1000
    if whole.denominator != 1:
        raise UnitProblem(f"{given} is too fine.", "Write at most three decimals.")
    return int(whole)


def format_percent(basis_points: int) -> str:
    """Write basis points as a percentage: 250 is "2.5"."""
    return plain(Decimal(basis_points) / 100)


def _parts(given: object) -> tuple[object, str]:
    if not isinstance(given, Mapping) or not isinstance(given.get("unit"), str):
        raise UnitProblem(
            "This is not a quantity.", 'Write it as {"amount": "2.5", "unit": "kg"}.'
        )
    return given.get("amount"), given["unit"]


def _known(unit: str) -> tuple[str, BaseUnit]:
    name = unit.strip().lower()
    name = _OTHER_SPELLINGS.get(name, name)
    for kind, sizes in _SIZES.items():
        if name in sizes:
            return name, kind
    every = ", ".join(_choices(kind) for kind in BaseUnit)
    raise UnitProblem(
        f"“{unit[:LONGEST_AMOUNT]}” is no unit known here.", f"Use one of {every}."
    )


def _choices(kind: BaseUnit) -> str:
    return ", ".join(_SIZES[kind])


def _by_density(
    thousandths: Fraction, *, kind: BaseUnit, base: BaseUnit, density: int | None, unit: str
) -> Fraction:
    if {kind, base} != {BaseUnit.G, BaseUnit.ML}:
        raise UnitProblem(
            f"{unit} does not measure what {base} measures.",
            f"Use one of {_choices(base)}.",
        )
    if density is None or density <= 0:
        raise UnitProblem(
            f"Without its density, {unit} cannot be turned into {base}.",
            f"Give the item a density, or use one of {_choices(base)}.",
        )
    ratio = Fraction(density, 1000)
    return thousandths * ratio if kind == BaseUnit.ML else thousandths / ratio


def _whole(thousandths: Fraction, *, said: str, rounds: bool) -> int:
    nearest = round(thousandths)
    if nearest != thousandths and (not rounds or nearest == 0):
        raise UnitProblem(
            f"{said} is finer than can be kept.",
            "The finest is a thousandth of a gram, millilitre, piece or metre.",
        )
    return in_range(nearest, said=said)


def _readable(thousandths: int, *, kind: BaseUnit) -> str:
    if thousandths == 0:
        return kind.value
    return next(name for least, name in _READABLE[kind] if thousandths >= least)
