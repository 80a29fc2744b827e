"""Taking in tables: every row by the same steps people press, all of them or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.tables.table import Row, read_table
from hub.flow.refusal import Missing, Refusal
from hub.flow.tables.import_cells import Cells, RowRefused
from hub.flow.tables.import_counts import COUNTS
from hub.flow.tables.import_items import ITEMS
from hub.flow.tables.import_kind import Came, Done, Kind, Opened
from hub.flow.tables.import_lots import LOTS
from hub.flow.tables.import_mappings import MAPPINGS
from hub.flow.tables.import_orders import ORDERS
from hub.flow.tables.import_recipes import RECIPES
from hub.flow.tables.import_suppliers import SUPPLIERS
from hub.models.locks import lock_items, lock_planner
from hub.models.records.items import Item

KINDS: Mapping[str, Kind] = {
    "items": ITEMS,
    "recipes": RECIPES,
    "lots": LOTS,
    "counts": COUNTS,
    "mappings": MAPPINGS,
    "suppliers": SUPPLIERS,
    "orders": ORDERS,
}


@dataclass(slots=True)
class Report:
    """What became of a table."""

    rows: int
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    faults: list[RowRefused] = field(default_factory=list)
    left_out: list[RowRefused] = field(default_factory=list)
    """Rows that are nothing for us, and no mistake: a parcel that left long ago."""
    notes: tuple[str, ...] = ()
    """What there is to say of the file as a whole."""

    def count(self, done: Done) -> None:
        """Add what became of one thing."""
        self.created += done.came is Came.CREATED
        self.updated += done.came is Came.UPDATED
        self.unchanged += done.came is Came.UNCHANGED
        self.left_out += done.left_out


def kind_of(name: str) -> Kind:
    """Return how a kind of table is taken in.

    :raises Missing: no such table is known.
    """
    if name not in KINDS:
        raise Missing(f"Tables of {', '.join(KINDS)} can be taken in.")
    return KINDS[name]


def take_in(
    session: Session,
    *,
    kind: Kind,
    raw: bytes,
    who: str,
    now: datetime,
    said: Mapping[str, str] | None = None,
) -> Report:
    """Take a CSV file in and say what became of it, naming every row that was refused.

    Each thing is taken in whole or not at all, and what is refused leaves the others alone: the
    caller takes everything back unless a part is wanted. Nothing is planned meanwhile, so that
    what the rows lock one after the other can wait for nobody. `said` is what somebody says of
    columns that may have any name, by folded heading (hub/domain/tables/order_words.py).

    :raises BadTable: the file as a whole cannot be read.
    """
    opened = _open(session, raw, kind=kind, said=said or {}, who=who, now=now)
    lock_planner(session)
    _lock_named(session, opened.rows, kind=kind)
    report = Report(
        rows=len({row.number for row in opened.rows}), notes=tuple(opened.notes)
    )
    for group in _grouped(opened.rows, kind=kind):
        try:
            with session.begin_nested():
                came = opened.take(session, [Cells(row) for row in group], who, now)
        except RowRefused as fault:
            report.faults.append(_as_named(fault, opened.named))
        except Refusal as refusal:
            report.faults.append(
                RowRefused(group[0].number, field=refusal.field, message=refusal.message)
            )
        else:
            report.count(came if isinstance(came, Done) else Done(came))
    return report


def _open(
    session: Session,
    raw: bytes,
    *,
    kind: Kind,
    said: Mapping[str, str],
    who: str,
    now: datetime,
) -> Opened:
    if kind.open is not None:
        return kind.open(session, raw, said, who, now)
    if kind.take is None:
        raise RuntimeError("a kind of table says neither how to open nor how to take it")
    rows = read_table(raw, columns=kind.columns, required=kind.required)
    return Opened(rows=rows, take=kind.take, named={})


def _as_named(fault: RowRefused, named: Mapping[str, str]) -> RowRefused:
    """Name the column as the file does, which is how people find it."""
    heading = named.get(fault.field, fault.field)
    return RowRefused(fault.row, field=heading, message=fault.message)


def _grouped(rows: Sequence[Row], *, kind: Kind) -> list[list[Row]]:
    """Put together the rows that make one thing, in the order in which things first appear."""
    if kind.together_by is None:
        return [[row] for row in rows]
    groups: dict[str, list[Row]] = {}
    for row in rows:
        name = row.cells.get(kind.together_by, "")
        groups.setdefault(name or f"\0{row.number}", []).append(row)
    return list(groups.values())


def _lock_named(session: Session, rows: Sequence[Row], *, kind: Kind) -> None:
    codes = {
        row.cells[column] for row in rows for column in kind.items if column in row.cells
    }
    known = session.scalars(select(Item.id).where(Item.code.in_(codes)))
    lock_items(session, list(known))
