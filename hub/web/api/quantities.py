"""Quantities, money and shares as the API writes them, through mapping's own readers."""

from decimal import Decimal
from typing import Annotated, Protocol

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from hub.domain.making.cost import MICROS, UnitCost, parse_unit_cost
from hub.flow.refusal import Invalid
from hub.web.api.shapes import In, Out
from mapping.canonical import Money
from mapping.money import format_money, make_money
from mapping.units import (
    UnitProblem,
    format_quantity,
    parse_density,
    parse_percent,
    parse_quantity,
    plain,
    read_amount,
)


def _amount(given: object) -> str:
    try:
        read_amount(given)
    except UnitProblem as problem:
        raise PydanticCustomError(
            "amount", "{way_out}", {"way_out": problem.way_out}
        ) from None
    return str(given)


Amount = Annotated[
    str,
    BeforeValidator(_amount),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$", "maxLength": 40},
                {"type": "integer", "minimum": 0},
            ]
        }
    ),
]
"""A decimal, best written as text: "2.5"."""


class QuantityIn(In):
    """An amount in a unit; a bare amount is in the item's own unit."""

    amount: Amount
    unit: str = Field("", max_length=20, examples=["kg"])

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, given: object) -> object:
        if isinstance(given, str | int | Decimal) and not isinstance(given, bool):
            return {"amount": given}
        return given


Signed = Annotated[
    str,
    BeforeValidator(_amount),
    WithJsonSchema(
        {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "maxLength": 40}
    ),
]
"""A decimal that may be below nothing: "-2.5"."""


class SignedIn(QuantityIn):
    """More or less by an amount in a unit; a bare amount is in the item's own unit."""

    amount: Signed


class Quantity(Out):
    """An amount in the item's own unit."""

    amount: str = Field(examples=["2500"])
    unit: str = Field(examples=["g"])


class MoneyIn(In):
    """An amount of a currency."""

    amount: Amount
    currency: str = Field(pattern="^[A-Za-z]{3}$", examples=["EUR"])


class MoneyOut(Out):
    """An amount with all the decimals of its currency."""

    amount: str = Field(examples=["12.50"])
    currency: str = Field(examples=["EUR"])


class Measured(Protocol):
    """What must be known of an item to read a quantity of it."""

    @property
    def unit(self) -> str:
        """Its base unit."""

    @property
    def density_mg_per_ml(self) -> int | None:
        """How dense it is; None when nobody said."""


def thousandths(given: QuantityIn, *, item: Measured, field: str) -> int:
    """Turn a quantity into thousandths of the item's unit, by its density where needed.

    :raises Invalid: it cannot be, in words that say what to write instead.
    """
    written = {"amount": given.amount, "unit": given.unit or item.unit}
    try:
        return parse_quantity(
            written, base=item.unit, density_mg_per_ml=item.density_mg_per_ml
        )
    except UnitProblem as problem:
        raise Invalid(problem.way_out, field=field) from problem


def signed_thousandths(given: SignedIn, *, item: Measured, field: str) -> int:
    """Turn a difference into thousandths of the item's unit, below nothing where it is less.

    :raises Invalid: it cannot be, in words that say what to write instead.
    """
    size = given.amount.removeprefix("-")
    plain_size = QuantityIn(amount=size, unit=given.unit)
    sign = 1 if size == given.amount else -1
    return sign * thousandths(plain_size, item=item, field=field)


def quantity(of: int, *, unit: str) -> Quantity:
    """Write thousandths in the item's own unit."""
    return Quantity(**format_quantity(of, base=unit, unit=unit))


def money(given: MoneyIn, *, field: str) -> Money:
    """Turn money into minor units.

    :raises Invalid: no such currency, or finer than it can be paid.
    """
    try:
        return make_money(given.amount, currency=given.currency)
    except UnitProblem as problem:
        raise Invalid(problem.way_out, field=field) from problem


def shown_money(minor: int | None, *, currency: str) -> MoneyOut | None:
    """Write minor units; None when there are none, or nobody said of what currency."""
    if minor is None:
        return None
    try:
        return MoneyOut(**format_money(Money(minor=minor, currency=currency)))
    except UnitProblem:
        return None


def unit_cost(given: MoneyIn, *, field: str) -> UnitCost:
    """Turn the cost of one base unit into millionths: a gram may cost less than a cent.

    :raises Invalid: no such currency, or finer than a millionth.
    """
    try:
        return parse_unit_cost(given.amount, currency=given.currency)
    except UnitProblem as problem:
        raise Invalid(problem.way_out, field=field) from problem


def shown_unit_cost(micros: int | None, *, currency: str) -> MoneyOut | None:
    """Write the cost of one base unit; None when nobody knows it."""
    if micros is None:
        return None
    return MoneyOut(amount=plain(Decimal(micros) / MICROS), currency=currency)


def basis_points(given: str, *, field: str) -> int:
    """Turn percent into hundredths of a percent.

    :raises Invalid: not a share, or too fine.
    """
    try:
        return parse_percent(given)
    except UnitProblem as problem:
        raise Invalid(problem.way_out, field=field) from problem


def density(given: str, *, field: str) -> int:
    """Turn grams per millilitre into milligrams per millilitre.

    :raises Invalid: finer than that.
    """
    try:
        return parse_density(given)
    except UnitProblem as problem:
        raise Invalid(problem.way_out, field=field) from problem
