"""Lots from a table: opening stock, or a delivery somebody typed up."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from hub.domain.making.cost import MICROS, UnitCost, parse_unit_cost
from hub.flow.stock.stock import receive
from hub.flow.tables.import_cells import Cells
from hub.flow.tables.import_kind import Came, Kind, amount
from hub.models.records.items import Item
from hub.models.stock.lots import LotStock
from mapping.units import UnitProblem, plain

COLUMNS = (
    "item",
    "quantity",
    "code",
    "best_before",
    "supplier_lot",
    "unit_cost",
    "currency",
)


def take_lot(session: Session, rows: Sequence[Cells], who: str, now: datetime) -> Came:
    """Receive one lot; a code the item already has is refused, so a file sent twice does no harm.

    :raises RowRefused: a cell that cannot be read.
    :raises Refusal: what a lot cannot be.
    """
    (row,) = rows
    item = row.item(session, "item")
    row.needed("quantity")
    receive(
        session,
        item_id=item.id,
        quantity=row.quantity_of("quantity", item) or 0,
        code=row.needed("code"),
        best_before=row.day("best_before"),
        supplier_lot=row.text("supplier_lot"),
        unit_cost=_cost(row),
        who=who,
        now=now,
    )
    return Came.CREATED


def _cost(row: Cells) -> UnitCost | None:
    written = row.number("unit_cost")
    if written is None:
        return None
    currency = row.needed("currency")
    try:
        return parse_unit_cost(written, currency=currency)
    except UnitProblem as problem:
        raise row.refused("unit_cost", problem.way_out) from problem


def lot_row(lot: LotStock, *, item: Item, supplier_lot: str) -> dict[str, str]:
    """Write what is left of a lot, by column."""
    micros = lot.unit_cost_micros
    return {
        "item": item.code,
        "quantity": amount(lot.on_hand, unit=item.unit),
        "code": lot.code,
        "best_before": str(lot.best_before or ""),
        "supplier_lot": supplier_lot,
        "unit_cost": "" if micros is None else plain(Decimal(micros) / MICROS),
        "currency": "" if micros is None else lot.currency,
    }


LOTS = Kind(
    columns=COLUMNS,
    required=("item", "quantity", "code"),
    items=("item",),
    take=take_lot,
)
