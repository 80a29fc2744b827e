"""Purchase orders as the API takes and gives them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from hub.domain.purchasing import Purchase
from hub.models.purchasing.purchase_covers import ComesFor
from hub.models.purchasing.purchase_views import PurchaseLineRow, PurchaseRow
from hub.web.api.quantities import (
    MoneyIn,
    MoneyOut,
    Quantity,
    QuantityIn,
    quantity,
    shown_unit_cost,
)
from hub.web.api.schemas.lots import LotOut, Ref
from hub.web.api.schemas.suppliers import Note, SupplierRef, shown_costs
from hub.web.api.shapes import Day, In, Name, Out, PageQuery

MOST_LINES = 200


class PurchaseLineIn(In):
    """So much of an item."""

    item: str
    quantity: QuantityIn
    expected_on: Day | None = None
    unit_cost: MoneyIn | None = None


class PurchaseIn(In):
    """A purchase order: of these lines, or of all that is suggested of a supplier."""

    supplier: str = ""
    lines: list[PurchaseLineIn] = Field([], max_length=MOST_LINES)
    from_suggestions: str = Field("", description="A supplier's code.")
    place: bool = Field(False, description="Note at once that it was sent.")
    expected_on: Day | None = Field(None, description="For lines without a day, if placed.")
    note: Note = ""

    @model_validator(mode="after")
    def _one_way(self) -> "PurchaseIn":
        if self.from_suggestions and not (self.supplier or self.lines):
            return self
        if self.from_suggestions or not (self.supplier and self.lines):
            raise PydanticCustomError(
                "one_way", "Give a supplier and lines, or else from_suggestions."
            )
        return self


class LineChange(In):
    """What changes of a line; a quantity of 0 takes it out of a draft."""

    item: str
    quantity: QuantityIn | None = None
    expected_on: Day | None = None
    unit_cost: MoneyIn | None = None


class PurchaseChange(In):
    """What changes of a purchase order: a draft's lines, or when it is expected."""

    lines: list[LineChange] = Field([], max_length=MOST_LINES)
    expected_on: Day | None = Field(None, description="Of all that is still to come.")


class PlaceIn(In):
    """When the lines without a day of their own come; left out: after the lead time."""

    expected_on: Day | None = None


class ArrivedIn(In):
    """So much of an item came, of one lot of the supplier's."""

    item: str
    quantity: QuantityIn
    code: Name | None = Field(None, description="Made up when left out.")
    supplier_lot: str = Field("", max_length=200)
    best_before: Day | None = None
    unit_cost: MoneyIn | None = Field(None, description="Left out: as it was ordered.")


class ReceiveIn(In):
    """What came."""

    lines: list[ArrivedIn] | None = Field(
        None,
        max_length=MOST_LINES,
        description="Left out: all that is still to come, as it was ordered.",
    )


class CloseIn(In):
    """Which items no more is expected of; left out: all."""

    items: list[str] = Field([], max_length=MOST_LINES)
    reason: str = Field("", max_length=500)


class PurchaseQuery(PageQuery):
    """Which purchase orders."""

    state: Purchase | None = None
    supplier: str = ""


class ComesForOut(Out):
    """Whom a part of a purchase is for."""

    kind: str = Field(examples=["order", "production_order"])
    id: str
    number: str
    quantity: Quantity


class PurchaseLineOut(Out):
    """One line of a purchase order."""

    item: str
    item_name: str
    quantity: Quantity
    received: Quantity
    open: Quantity = Field(description="Still to come.")
    over: Quantity = Field(description="Came beyond what was ordered.")
    is_closed: bool = Field(description="No more is expected, whatever came.")
    expected_on: date | None
    unit_cost: MoneyOut | None
    lots: list[Ref]
    covers: list[ComesForOut] = Field(description="Whom what is still to come is for.")


class PurchaseOut(Out):
    """A purchase order."""

    id: str
    number: str
    supplier: SupplierRef
    state: str
    expected_on: date | None = Field(
        description="When the last of it comes; null if unknown."
    )
    is_overdue: bool
    lines: list[PurchaseLineOut]
    costs: list[MoneyOut] = Field(description="As ordered, by currency, as far as known.")
    note: str
    ordered_at: datetime | None
    created_at: datetime


class ReceivedOut(Out):
    """The lots that came in, and how far their purchase order is now."""

    lots: list[LotOut]
    purchase_order: PurchaseOut


def show_purchase(
    row: PurchaseRow, *, covers: Mapping[int, Sequence[ComesFor]], today: date
) -> PurchaseOut:
    """Write a purchase order."""
    order = row.order
    return PurchaseOut(
        id=str(order.id),
        number=order.number,
        supplier=SupplierRef(code=row.supplier.code, name=row.supplier.name),
        state=order.state,
        expected_on=row.expected_on,
        is_overdue=row.is_overdue(today=today),
        lines=[_line(each, covers.get(each.line.id, ())) for each in row.lines],
        costs=shown_costs(row.costs),
        note=order.note,
        ordered_at=order.ordered_at,
        created_at=order.created_at,
    )


def _line(row: PurchaseLineRow, covers: Iterable[ComesFor]) -> PurchaseLineOut:
    line, unit = row.line, row.item.unit
    return PurchaseLineOut(
        item=row.item.code,
        item_name=row.item.name,
        quantity=quantity(line.quantity, unit=unit),
        received=quantity(line.received, unit=unit),
        open=quantity(row.open, unit=unit),
        over=quantity(row.over, unit=unit),
        is_closed=line.is_closed,
        expected_on=line.expected_on,
        unit_cost=shown_unit_cost(line.unit_cost_micros, currency=line.currency),
        lots=[Ref(id=str(lot.id), number=lot.code) for lot in row.lots],
        covers=[_comes_for(each, unit=unit) for each in covers],
    )


def _comes_for(each: ComesFor, *, unit: str) -> ComesForOut:
    found = each.order or each.run
    return ComesForOut(
        kind="order" if each.order else "production_order",
        id=str(found.id) if found else "",
        number=each.number,
        quantity=quantity(each.quantity, unit=unit),
    )
