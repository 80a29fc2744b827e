"""What taking in one kind of table needs to know."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from hub.domain.tables.table import Row
from hub.flow.tables.import_cells import Cells, RowRefused
from mapping.units import format_quantity


class Came(StrEnum):
    """What a row, or the rows of one thing, came to."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    LEFT_OUT = "left_out"
    """It is nothing for us, and no mistake either."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of the rows of one thing, and which of them are nothing for us."""

    came: Came
    left_out: tuple[RowRefused, ...] = ()


Take = Callable[[Session, Sequence[Cells], str, datetime], Came | Done]
"""Takes in the rows of one thing: session, rows, who, now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A file whose columns mean what they do by their own rules."""

    rows: Sequence[Row]
    take: Take
    named: Mapping[str, str]
    """By our word, the heading as the file has it."""
    notes: tuple[str, ...] = ()
    """What there is to say of the file as a whole."""


Open = Callable[[Session, bytes, Mapping[str, str], str, datetime], Opened]
"""Opens a file: session, bytes, what is said of its columns, who, now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of table."""

    columns: tuple[str, ...]
    required: tuple[str, ...]
    items: tuple[str, ...]
    """The columns that name items, which are locked before the first row is taken in."""
    take: Take | None = None
    together_by: str | None = None
    """The column whose equal values make one thing of several rows."""
    open: Open | None = None
    """How such a file is opened whose columns may have other names; it says how to take it."""


def amount(thousandths: int, *, unit: str) -> str:
    """Write a quantity with its unit, as it is read back."""
    written = format_quantity(thousandths, base=unit, unit=unit)
    return f"{written['amount']} {written['unit']}"
