"""Items from a table: a code that is not there is added, a known one takes over what is written."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from hub.flow.catalogue.items import add_item, edit_item
from hub.flow.tables.import_cells import Cells
from hub.flow.tables.import_kind import Came, Kind, amount
from hub.models.catalogue.item_views import item_coded
from hub.models.records.items import Item
from mapping.units import UnitProblem, parse_density, plain

WORDS = ("name", "policy", "lot_pattern")
DAYS = ("shelf_life_days", "min_remaining_days", "lead_time_days", "window_days")
LEVELS = ("reorder_point", "safety_stock", "stock_up_to")
FOR_GOOD = ("kind", "unit")
COLUMNS = (
    "code",
    "name",
    "kind",
    "unit",
    "policy",
    *DAYS,
    *LEVELS,
    "density",
    "allergens",
    "quality_hold",
    "lot_pattern",
)
BETWEEN_ALLERGENS = "|"


def take_item(session: Session, rows: Sequence[Cells], who: str, now: datetime) -> Came:
    """Add or change the item of one row; an empty cell changes nothing.

    :raises RowRefused: a cell that cannot be read, or another kind or unit than the item has.
    :raises Refusal: what the item cannot be.
    """
    (row,) = rows
    known = item_coded(session, code=row.needed("code"))
    if known is None:
        _add(session, row, who=who, now=now)
        return Came.CREATED
    for column in FOR_GOOD:
        if row.has(column) and row.text(column) != getattr(known, column):
            raise row.refused(column, f"It is {getattr(known, column)}, for good.")
    changed = _written(row, unit=known.unit, density_mg_per_ml=known.density_mg_per_ml)
    if all(getattr(known, name) == value for name, value in changed.items()):
        return Came.UNCHANGED
    edit_item(session, item_id=known.id, changed=changed, who=who, now=now)
    return Came.UPDATED


def _add(session: Session, row: Cells, *, who: str, now: datetime) -> None:
    name, kind, unit = row.needed("name"), row.needed("kind"), row.needed("unit")
    more = _written(row, unit=unit, density_mg_per_ml=None)
    more.pop("name")
    add_item(
        session,
        code=row.needed("code"),
        name=name,
        kind=kind,
        unit=unit,
        who=who,
        now=now,
        **more,
    )


def _written(row: Cells, *, unit: str, density_mg_per_ml: int | None) -> dict[str, object]:
    dense = _density(row) if row.has("density") else density_mg_per_ml
    found: dict[str, object] = {name: row.text(name) for name in WORDS}
    found |= {name: row.whole(name) for name in DAYS}
    found |= {
        name: row.quantity(name, unit=unit, density_mg_per_ml=dense) for name in LEVELS
    }
    found["quality_hold"] = row.flag("quality_hold")
    found["allergens"] = [
        each.strip() for each in row.text("allergens").split(BETWEEN_ALLERGENS)
    ]
    written = {name: value for name, value in found.items() if row.has(name)}
    return written | ({"density_mg_per_ml": dense} if row.has("density") else {})


def _density(row: Cells) -> int:
    try:
        return parse_density(row.number("density"))
    except UnitProblem as problem:
        raise row.refused("density", problem.way_out) from problem


def item_row(item: Item) -> dict[str, str]:
    """Write what is known of an item, by column."""
    known = {name: str(getattr(item, name)) for name in ("code", *FOR_GOOD, *WORDS)}
    known |= {name: _days(getattr(item, name)) for name in DAYS}
    known |= {name: amount(getattr(item, name), unit=item.unit) for name in LEVELS}
    thick = item.density_mg_per_ml
    return known | {
        "density": "" if thick is None else plain(Decimal(thick) / 1000),
        "allergens": BETWEEN_ALLERGENS.join(str(each) for each in item.allergens),
        "quality_hold": "yes" if item.quality_hold else "no",
    }


def _days(days: int | None) -> str:
    return "" if days is None else str(days)


ITEMS = Kind(columns=COLUMNS, required=("code",), items=("code",), take=take_item)
