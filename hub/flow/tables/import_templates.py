"""Tables to begin with: a few rows of a candle maker's, to be written over with one's own.

They are taken in like any other table, in the order of TEMPLATES: recipes name items, lots and
suppliers do too. The columns are those of the kinds themselves.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from hub.domain.tables.table import write_table
from hub.flow.refusal import Missing
from hub.flow.tables.imports import KINDS

Rows = Sequence[Mapping[str, str]]
A_YEAR = timedelta(days=365)


def _items(_: date) -> Rows:
    return (
        {"code": "WAX-SOY", "name": "Soy wax", "kind": "material", "unit": "g",
         "reorder_point": "2 kg", "safety_stock": "500 g", "lead_time_days": "4"},
        {"code": "WICK-M", "name": "Cotton wick, medium", "kind": "material",
         "unit": "each", "reorder_point": "50"},
        {"code": "OIL-LAV", "name": "Lavender oil", "kind": "material", "unit": "ml",
         "density": "0.89", "shelf_life_days": "730", "allergens": "linalool|limonene"},
        {"code": "CND-LAV", "name": "Lavender candle", "kind": "product", "unit": "each",
         "policy": "make_to_order", "shelf_life_days": "720", "min_remaining_days": "90"},
    )  # fmt: skip


def _recipes(_: date) -> Rows:
    return (
        {"item": "CND-LAV", "batch_size": "12", "loss_percent": "2", "setup_minutes": "20",
         "batch_minutes": "45", "rest_days": "1", "component": "WAX-SOY",
         "quantity": "2.2 kg", "waste_percent": "3"},
        {"item": "CND-LAV", "component": "WICK-M", "quantity": "12"},
        {"item": "CND-LAV", "component": "OIL-LAV", "quantity": "180 ml"},
    )  # fmt: skip


def _lots(today: date) -> Rows:
    return (
        {"item": "WAX-SOY", "quantity": "10 kg", "code": "WAX-001",
         "supplier_lot": "CV-7781", "unit_cost": "0.0062", "currency": "EUR"},
        {"item": "WICK-M", "quantity": "200", "code": "WICK-001", "unit_cost": "0.08",
         "currency": "EUR"},
        {"item": "OIL-LAV", "quantity": "1 l", "code": "OIL-001",
         "best_before": str(today + A_YEAR)},
    )  # fmt: skip


def _suppliers(_: date) -> Rows:
    return (
        {"supplier": "CERAS-VILA", "name": "Ceras Vila", "email": "pedidos@ceras.example",
         "currency": "EUR", "item": "WAX-SOY", "supplier_code": "SOJA-25",
         "lead_time_days": "4", "smallest": "5 kg", "multiple": "5 kg",
         "unit_cost": "0.0062", "preferred": "yes"},
        {"supplier": "CERAS-VILA", "item": "WICK-M", "lead_time_days": "4",
         "multiple": "100", "unit_cost": "0.08"},
        {"supplier": "AROMAS", "name": "Aromas del Sur", "item": "OIL-LAV",
         "currency": "EUR", "lead_time_days": "10", "unit_cost": "0.21"},
    )  # fmt: skip


TEMPLATES: Mapping[str, Callable[[date], Rows]] = {
    "items": _items,
    "recipes": _recipes,
    "lots": _lots,
    "suppliers": _suppliers,
}
"""In the order in which they are taken in."""


def write_template(name: str, *, today: date) -> str:
    """Write a table to begin with as CSV.

    :raises Missing: there is none of that name.
    """
    rows = TEMPLATES.get(name)
    if rows is None:
        raise Missing(f"There are tables to begin with of {', '.join(TEMPLATES)}.")
    return write_table(KINDS[name].columns, rows(today))
