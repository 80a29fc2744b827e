"""Suppliers from a table: a row for each thing they sell, or one for the supplier alone."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.making.cost import MICROS, UnitCost, parse_unit_cost
from hub.flow.catalogue.suppliers import add_supplier, change_supplier, offer
from hub.flow.tables.import_cells import Cells
from hub.flow.tables.import_kind import Came, Kind, amount
from hub.models.records.items import Item
from hub.models.records.purchasing import Supplier, SupplierItem
from mapping.units import UnitProblem, plain

MORE = (Came.UNCHANGED, Came.UPDATED, Came.CREATED)
"""What a row came to, from least to most."""
OWN = ("name", "email", "currency")
"""What is known of the supplier, whatever they sell."""
COLUMNS = (
    "supplier",
    *OWN,
    "item",
    "supplier_code",
    "lead_time_days",
    "smallest",
    "multiple",
    "unit_cost",
    "preferred",
)


def take_supplier(session: Session, rows: Sequence[Cells], who: str, now: datetime) -> Came:
    """Add or change a supplier, and how they sell the row's item; an empty cell changes nothing.

    :raises RowRefused: a cell that cannot be read.
    :raises Refusal: what a supplier cannot be.
    """
    (row,) = rows
    known = session.scalar(select(Supplier).filter_by(code=row.needed("supplier")))
    came = _keep_supplier(session, row, known, who=who, now=now)
    if not row.has("item"):
        return came
    supplier = session.scalars(select(Supplier).filter_by(code=row.text("supplier"))).one()
    offered = _keep_offer(session, row, supplier, who=who, now=now)
    return max(came, offered, key=MORE.index)


def _keep_supplier(
    session: Session, row: Cells, known: Supplier | None, *, who: str, now: datetime
) -> Came:
    written = {name: row.text(name) for name in OWN if row.has(name)}
    if known is None:
        add_supplier(
            session,
            code=row.needed("supplier"),
            name=written.get("name", row.text("supplier")),
            email=written.get("email", ""),
            currency=written.get("currency", ""),
            who=who,
            now=now,
        )
        return Came.CREATED
    if all(getattr(known, name) == value for name, value in written.items()):
        return Came.UNCHANGED
    change_supplier(
        session,
        supplier_id=known.id,
        name=written.get("name"),
        email=written.get("email"),
        currency=written.get("currency"),
        who=who,
        now=now,
    )
    return Came.UPDATED


def _keep_offer(
    session: Session, row: Cells, supplier: Supplier, *, who: str, now: datetime
) -> Came:
    item = row.item(session, "item")
    known = session.scalar(
        select(SupplierItem).filter_by(supplier_id=supplier.id, item_id=item.id)
    )
    before = _terms(known)
    terms = {**before, **_written(row, item, supplier)}
    if known is not None and terms == before:
        return Came.UNCHANGED
    offer(
        session,
        supplier_id=supplier.id,
        item_id=item.id,
        supplier_code=str(terms["supplier_code"]),
        lead_time_days=_whole(terms["lead_time_days"]),
        smallest=_whole(terms["smallest"]) or 0,
        multiple=_whole(terms["multiple"]) or 1,
        unit_cost=_as_cost(terms["unit_cost"]),
        is_preferred=bool(terms["preferred"]),
        who=who,
        now=now,
    )
    return Came.UPDATED if known is not None else Came.CREATED


def _terms(known: SupplierItem | None) -> dict[str, object]:
    if known is None:
        return {
            "supplier_code": "", "lead_time_days": None, "smallest": 0, "multiple": 1,
            "unit_cost": None, "preferred": False,
        }  # fmt: skip
    micros = known.unit_cost_micros
    return {
        "supplier_code": known.supplier_code,
        "lead_time_days": known.lead_time_days,
        "smallest": known.smallest,
        "multiple": known.multiple,
        "unit_cost": None
        if micros is None
        else UnitCost(micros=micros, currency=known.currency),
        "preferred": known.is_preferred,
    }


def _written(row: Cells, item: Item, supplier: Supplier) -> dict[str, object]:
    """Read what the row says of how the item is sold; empty cells are left out."""
    found: dict[str, object] = {
        "supplier_code": row.text("supplier_code"),
        "lead_time_days": row.whole("lead_time_days"),
        "smallest": row.quantity_of("smallest", item),
        "multiple": row.quantity_of("multiple", item),
        "unit_cost": _cost(row, supplier),
        "preferred": row.flag("preferred"),
    }
    return {name: value for name, value in found.items() if row.has(name)}


def _cost(row: Cells, supplier: Supplier) -> UnitCost | None:
    written = row.number("unit_cost")
    if written is None:
        return None
    currency = row.text("currency") or supplier.currency
    if not currency:
        raise row.refused("currency", "This cannot be empty.")
    try:
        return parse_unit_cost(written, currency=currency)
    except UnitProblem as problem:
        raise row.refused("unit_cost", problem.way_out) from problem


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _as_cost(value: object) -> UnitCost | None:
    return value if isinstance(value, UnitCost) else None


def supplier_rows(
    supplier: Supplier, sold: Iterable[tuple[SupplierItem, Item]]
) -> Iterable[dict[str, str]]:
    """Write a supplier, one row for each thing they sell; one row alone if that is nothing."""
    head = {"supplier": supplier.code, **{name: getattr(supplier, name) for name in OWN}}
    rows = [{**head, **_row(each, item)} for each, item in sold]
    yield from rows or [head]


def _row(sold: SupplierItem, item: Item) -> dict[str, str]:
    micros, days = sold.unit_cost_micros, sold.lead_time_days
    return {
        "item": item.code,
        "supplier_code": sold.supplier_code,
        "lead_time_days": "" if days is None else str(days),
        "smallest": amount(sold.smallest, unit=item.unit) if sold.smallest else "",
        "multiple": amount(sold.multiple, unit=item.unit) if sold.multiple > 1 else "",
        "unit_cost": "" if micros is None else plain(Decimal(micros) / MICROS),
        "preferred": "yes" if sold.is_preferred else "no",
        **({} if micros is None else {"currency": sold.currency}),
    }


SUPPLIERS = Kind(
    columns=COLUMNS, required=("supplier",), items=("item",), take=take_supplier
)
