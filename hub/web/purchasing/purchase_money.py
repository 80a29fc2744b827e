"""What purchases cost, as pages write it and people type it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from babel.numbers import format_decimal

from hub.domain.making.cost import UnitCost
from hub.flow.refusal import Invalid
from hub.models.purchasing.purchase_needs import Need
from hub.web.wording.formats import refuse_thousands
from hub.web.wording.language import gettext, locale
from mapping.money import decimals_of
from mapping.units import UnitProblem, read_amount

MICROS = 1_000_000
PER_UNIT = 1000
SMALL = {"g": 1000, "ml": 1000}
"""Units nobody asks a price of one of, and how many are asked for instead."""


def read_cost(
    price: str,
    *,
    quantity: int,
    currency: str,
    field: str,
    currency_field: str = "currency",
) -> UnitCost | None:
    """Read what a quantity (thousandths) costs as the cost of one base unit; None if not said.

    :raises Invalid: it is no amount of money, of nothing, of no known currency, or "1.250", which
        might mean two things.
    """
    if not price:
        return None
    if quantity <= 0:
        raise Invalid(gettext("Say what so much costs."), field=field)
    try:
        decimals_of(currency.upper())
    except UnitProblem as problem:
        words = gettext("Write a currency such as EUR.")
        raise Invalid(words, field=currency_field) from problem
    plain = refuse_thousands(price, field=field)
    try:
        amount = Fraction(read_amount(plain.replace(",", ".")))
    except UnitProblem as problem:
        raise Invalid(gettext("Write a number, such as 2.5."), field=field) from problem
    micros = round(amount * MICROS * PER_UNIT / quantity)
    return UnitCost(micros=micros, currency=currency.upper())


def pack_of(*, multiple: int, base: str) -> int:
    """Say for how much, in thousandths, a price is written: a pack, else a kilo, litre, piece."""
    if multiple > 1:
        return multiple
    return SMALL.get(base, 1) * PER_UNIT


def exact_price(unit_cost_micros: int | None, quantity: int) -> str:
    """Write what a quantity costs for a field, as exactly as it is known and reads back."""
    if unit_cost_micros is None:
        return ""
    price = Decimal(unit_cost_micros * quantity) / (MICROS * PER_UNIT)
    return format_decimal(price, format="0.######", locale=locale())


def add_up(rows: Iterable[Need]) -> Mapping[int, list[tuple[int, str]]]:
    """Add up what is suggested of each supplier: millionths and currency, where known."""
    sums: dict[int, dict[str, int]] = {}
    for row in rows:
        found = row.suggestion
        if row.supplier is not None and found.cost_micros is not None:
            mine = sums.setdefault(row.supplier.id, {})
            mine[found.currency] = mine.get(found.currency, 0) + found.cost_micros
    return {
        supplier_id: [(micros, currency) for currency, micros in sorted(mine.items())]
        for supplier_id, mine in sums.items()
    }
