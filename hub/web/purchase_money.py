"""What purchases cost, as pages write it and people type it."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from hub.domain.cost import UnitCost
from hub.flow.refusal import Invalid
from hub.models.purchase_needs import SuggestionRow
from hub.web.language import gettext
from mapping.money import decimals_of
from mapping.units import UnitProblem, read_amount

MICROS = 1_000_000
PER_UNIT = 1000


def read_cost(price: str, *, quantity: int, currency: str, field: str) -> UnitCost | None:
    """Read what a quantity (thousandths) costs as the cost of one base unit; None if not said.

    :raises Invalid: it is no amount of money, of nothing, or of no known currency.
    """
    if not price:
        return None
    if quantity <= 0:
        raise Invalid(gettext("Say what so much costs."), field=field)
    try:
        decimals_of(currency.upper())
    except UnitProblem as problem:
        raise Invalid(
            gettext("Write a currency such as EUR."), field="currency"
        ) from problem
    try:
        amount = Fraction(read_amount(price.replace(",", ".")))
    except UnitProblem as problem:
        raise Invalid(gettext("Write a number, such as 2.5."), field=field) from problem
    micros = round(amount * MICROS * PER_UNIT / quantity)
    return UnitCost(micros=micros, currency=currency.upper())


def add_up(rows: Iterable[SuggestionRow]) -> Mapping[int, list[tuple[int, str]]]:
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
