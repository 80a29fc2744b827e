"""Reads quantities and costs as people say them, and as the sample is written."""

from hub.domain.making.cost import UnitCost
from mapping.units import parse_quantity, read_amount


def quantity(said: str, *, base: str) -> int:
    """Read an amount with its unit; this function will give thousandths of the base unit."""
    amount, _, unit = said.strip().partition(" ")
    return parse_quantity({"amount": amount, "unit": unit}, base=base)


def cost(said: str) -> UnitCost | None:
    """Read what one base unit costs in euros; empty is unknown."""
    if not said:
        return None
    return UnitCost(micros=int(read_amount(said) * 1_000_000), currency="EUR")
