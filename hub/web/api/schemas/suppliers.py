"""Suppliers and what is suggested to order of them, as the API takes and gives it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from hub.models.purchasing.purchase_needs import SuggestionRow
from hub.models.records.items import Item
from hub.models.records.purchasing import Supplier, SupplierItem
from hub.web.api.quantities import (
    MoneyIn,
    MoneyOut,
    Quantity,
    QuantityIn,
    quantity,
    shown_money,
    shown_unit_cost,
)
from hub.web.api.schemas.lots import Ref
from hub.web.api.schemas.orders import checked_email
from hub.web.api.shapes import Days, In, Name, Out
from mapping.money import decimals_of
from mapping.units import UnitProblem

Email = Annotated[str, AfterValidator(checked_email), Field(max_length=254)]
Currency = Annotated[str, Field(pattern="^([A-Za-z]{3})?$", examples=["EUR"])]
Note = Annotated[str, Field(max_length=2_000)]


class SupplierIn(In):
    """Somebody to buy from."""

    code: Name
    name: Name
    email: Email = ""
    currency: Currency = ""
    note: Note = ""


class SupplierChange(In):
    """What changes of a supplier; what is left out stays."""

    name: Name | None = None
    email: Email | None = None
    currency: Currency | None = None
    note: Note | None = None
    is_active: bool | None = None


class OfferIn(In):
    """How a supplier sells an item, in place of what was said before."""

    supplier_code: str = Field("", max_length=200, description="What they call it.")
    lead_time_days: Days | None = Field(None, description="Left out: the item's own.")
    min_quantity: QuantityIn | None = Field(None, description="They sell no less.")
    multiple: QuantityIn | None = Field(None, description="They sell in packs of so much.")
    unit_cost: MoneyIn | None = Field(None, description="Of one base unit of the item.")
    preferred: bool = Field(False, description="Buy it here rather than elsewhere.")


class OfferOut(Out):
    """How a supplier sells an item."""

    item: str
    supplier_code: str
    lead_time_days: int | None
    min_quantity: Quantity
    multiple: Quantity
    unit_cost: MoneyOut | None
    preferred: bool


class SupplierOut(Out):
    """Somebody to buy from, and what they sell."""

    id: str = Field(description="The same as its code.")
    code: str
    name: str
    email: str
    currency: str
    note: str
    is_active: bool
    items: list[OfferOut]
    created_at: datetime


class SupplierRef(Out):
    """A supplier, by code and name."""

    code: str
    name: str


class PurchaseSuggestionOut(Out):
    """What to order of one item."""

    item: str
    item_name: str
    missing: Quantity = Field(description="What nothing covers: no stock, run or purchase.")
    quantity: Quantity = Field(description="The same as the supplier sells it.")
    needed_on: date | None
    order_by: date | None = Field(description="To come in time for that.")
    is_late: bool
    expected_on: date | None = Field(description="If it were ordered today.")
    fresh_from: date | None = Field(
        description="Ordered before this day it would be too old for the last who waits."
    )
    cost: MoneyOut | None
    orders: list[Ref] = Field(description="Orders that wait for it, also through a run.")
    production_orders: list[Ref]


class SupplierSuggestions(Out):
    """What to order of one supplier; of nobody where none is known."""

    supplier: SupplierRef | None
    lines: list[PurchaseSuggestionOut]
    costs: list[MoneyOut] = Field(description="In all, by currency, as far as known.")


def show_supplier(
    supplier: Supplier, *, sold: Iterable[tuple[SupplierItem, Item]]
) -> SupplierOut:
    """Write a supplier."""
    return SupplierOut(
        id=supplier.code,
        code=supplier.code,
        name=supplier.name,
        email=supplier.email,
        currency=supplier.currency,
        note=supplier.note,
        is_active=supplier.is_active,
        items=[show_offer(row, item=item) for row, item in sold],
        created_at=supplier.created_at,
    )


def show_offer(row: SupplierItem, *, item: Item) -> OfferOut:
    """Write how a supplier sells an item."""
    return OfferOut(
        item=item.code,
        supplier_code=row.supplier_code,
        lead_time_days=row.lead_time_days,
        min_quantity=quantity(row.smallest, unit=item.unit),
        multiple=quantity(row.multiple, unit=item.unit),
        unit_cost=shown_unit_cost(row.unit_cost_micros, currency=row.currency),
        preferred=row.is_preferred,
    )


def show_suggestions(rows: Iterable[SuggestionRow]) -> list[SupplierSuggestions]:
    """Write what to order, one entry a supplier."""
    grouped: dict[int | None, list[SuggestionRow]] = {}
    for row in rows:
        grouped.setdefault(row.supplier.id if row.supplier else None, []).append(row)
    return [_group(each) for each in grouped.values()]


def _group(rows: Sequence[SuggestionRow]) -> SupplierSuggestions:
    supplier = rows[0].supplier
    sums: dict[str, int] = {}
    for row in rows:
        found = row.suggestion
        if found.cost_micros is not None:
            sums[found.currency] = sums.get(found.currency, 0) + found.cost_micros
    ref = SupplierRef(code=supplier.code, name=supplier.name) if supplier else None
    return SupplierSuggestions(
        supplier=ref, lines=[_suggestion(row) for row in rows], costs=shown_costs(sums)
    )


def _suggestion(row: SuggestionRow) -> PurchaseSuggestionOut:
    found, unit = row.suggestion, row.item.unit
    return PurchaseSuggestionOut(
        item=row.item.code,
        item_name=row.item.name,
        missing=quantity(found.missing, unit=unit),
        quantity=quantity(found.quantity, unit=unit),
        needed_on=found.needed_on,
        order_by=found.order_by,
        is_late=found.is_late,
        expected_on=found.expected_on,
        fresh_from=found.fresh_from,
        cost=shown_cost(found.cost_micros, currency=found.currency),
        orders=[Ref(id=str(order.id), number=order.number) for order in row.orders],
        production_orders=[Ref(id=str(run.id), number=run.number) for run in row.runs],
    )


def shown_costs(sums: Mapping[str, int]) -> list[MoneyOut]:
    """Write sums in millionths by currency; a currency nobody knows is left out."""
    shown = [shown_cost(micros, currency=code) for code, micros in sorted(sums.items())]
    return [each for each in shown if each is not None]


def shown_cost(micros: int | None, *, currency: str) -> MoneyOut | None:
    """Write millionths as money, to the nearest coin; None when unknown."""
    if micros is None:
        return None
    try:
        coin = 10 ** (6 - decimals_of(currency))
    except UnitProblem:
        return None
    return shown_money((2 * micros + coin) // (2 * coin), currency=currency)
