"""What taking in one kind of table needs to know."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from hub.flow.import_cells import Cells
from mapping.units import format_quantity


class Came(StrEnum):
    """What a row, or the rows of one thing, came to."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


Take = Callable[[Session, Sequence[Cells], str, datetime], Came]
"""Takes in the rows of one thing: session, rows, who, now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of table."""

    columns: tuple[str, ...]
    required: tuple[str, ...]
    items: tuple[str, ...]
    """The columns that name items, which are locked before the first row is taken in."""
    take: Take
    together_by: str | None = None
    """The column whose equal values make one thing of several rows."""


def amount(thousandths: int, *, unit: str) -> str:
    """Write a quantity with its unit, as it is read back."""
    written = format_quantity(thousandths, base=unit, unit=unit)
    return f"{written['amount']} {written['unit']}"
