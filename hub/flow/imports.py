"""Taking in tables: every row by the same steps people press, all of them or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.table import Row, read_table
from hub.flow.import_cells import Cells, RowRefused
from hub.flow.import_counts import COUNTS
from hub.flow.import_items import ITEMS
from hub.flow.import_kind import Came, Kind
from hub.flow.import_lots import LOTS
from hub.flow.import_recipes import RECIPES
from hub.flow.refusal import Missing, Refusal
from hub.models.items import Item
from hub.models.locks import lock_items, lock_planner

KINDS: Mapping[str, Kind] = {
    "items": ITEMS,
    "recipes": RECIPES,
    "lots": LOTS,
    "counts": COUNTS,
}


@dataclass(slots=True)
class Report:
    """What became of a table."""

    rows: int
    created: int = 0
    updated: int = 0
    faults: list[RowRefused] = field(default_factory=list)


def kind_of(name: str) -> Kind:
    """Return how a kind of table is taken in.

    :raises Missing: no such table is known.
    """
    if name not in KINDS:
        raise Missing(f"Tables of {', '.join(KINDS)} can be taken in.")
    return KINDS[name]


def take_in(session: Session, *, kind: Kind, raw: bytes, who: str, now: datetime) -> Report:
    """Take a CSV file in and say what became of it, naming every row that was refused.

    Each thing is taken in whole or not at all, and what is refused leaves the others alone: the
    caller takes everything back unless a part is wanted. Nothing is planned meanwhile, so that
    what the rows lock one after the other can wait for nobody.

    :raises BadTable: the file as a whole cannot be read.
    """
    rows = read_table(raw, columns=kind.columns, required=kind.required)
    lock_planner(session)
    _lock_named(session, rows, kind=kind)
    report = Report(rows=len(rows))
    for group in _grouped(rows, kind=kind):
        try:
            with session.begin_nested():
                came = kind.take(session, [Cells(row) for row in group], who, now)
        except RowRefused as fault:
            report.faults.append(fault)
        except Refusal as refusal:
            report.faults.append(
                RowRefused(group[0].number, field=refusal.field, message=refusal.message)
            )
        else:
            report.created += came is Came.CREATED
            report.updated += came is Came.UPDATED
    return report


def _grouped(rows: Sequence[Row], *, kind: Kind) -> list[list[Row]]:
    """Put together the rows that make one thing, in the order in which things first appear."""
    if kind.together_by is None:
        return [[row] for row in rows]
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.cells.get(kind.together_by, ""), []).append(row)
    return list(groups.values())


def _lock_named(session: Session, rows: Sequence[Row], *, kind: Kind) -> None:
    codes = {
        row.cells[column] for row in rows for column in kind.items if column in row.cells
    }
    known = session.scalars(select(Item.id).where(Item.code.in_(codes)))
    lock_items(session, list(known))
