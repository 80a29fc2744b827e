"""The cells of one imported row, read into values, each problem named by its row and column."""

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from hub.domain.tables.table import BadCell, Row, read_flag, read_number, read_whole
from hub.models.catalogue.item_views import item_coded
from hub.models.records.items import Item
from mapping.units import UnitProblem, parse_percent, parse_quantity

AMOUNT = re.compile(r"([0-9][0-9., \N{NO-BREAK SPACE}]*)(.*)")


class RowRefused(Exception):
    """A row cannot be taken as it is."""

    def __init__(self, row: int, *, field: str, message: str) -> None:
        super().__init__(message)
        self.row = row
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class Cells:
    """One row, asked column by column; an empty cell is None."""

    row: Row

    def has(self, column: str) -> bool:
        """Say whether anything is written there."""
        return column in self.row.cells

    def text(self, column: str) -> str:
        """Return what is written there, empty if nothing."""
        return self.row.cells.get(column, "")

    def needed(self, column: str) -> str:
        """Return what is written there.

        :raises RowRefused: nothing is.
        """
        if not self.has(column):
            raise self.refused(column, "This cannot be empty.")
        return self.row.cells[column]

    def whole(self, column: str) -> int | None:
        """Return a whole number.

        :raises RowRefused: it is none.
        """
        try:
            return read_whole(self.text(column)) if self.has(column) else None
        except BadCell as problem:
            raise self.refused(column, str(problem)) from problem

    def flag(self, column: str) -> bool | None:
        """Return yes or no.

        :raises RowRefused: it is neither.
        """
        try:
            return read_flag(self.text(column)) if self.has(column) else None
        except BadCell as problem:
            raise self.refused(column, str(problem)) from problem

    def number(self, column: str) -> str | None:
        """Return a number with a decimal point.

        :raises RowRefused: it is none.
        """
        try:
            return read_number(self.row, self.text(column)) if self.has(column) else None
        except BadCell as problem:
            raise self.refused(column, str(problem)) from problem

    def percent(self, column: str) -> int:
        """Return a percentage in basis points, 0 if nothing is written.

        :raises RowRefused: it is none.
        """
        try:
            return parse_percent(self.number(column) or "0")
        except UnitProblem as problem:
            raise self.refused(column, problem.way_out) from problem

    def day(self, column: str) -> date | None:
        """Return a date such as 2026-11-30.

        :raises RowRefused: it is none.
        """
        try:
            return date.fromisoformat(self.text(column)) if self.has(column) else None
        except ValueError as problem:
            raise self.refused(column, "Write a date such as 2026-11-30.") from problem

    def quantity(
        self, column: str, *, unit: str, density_mg_per_ml: int | None = None
    ) -> int | None:
        """Return thousandths of `unit`; "2.5 kg" is read too, and a bare 2.5 is in `unit`.

        :raises RowRefused: it is no quantity of that.
        """
        if not self.has(column):
            return None
        found = AMOUNT.fullmatch(self.text(column))
        if found is None:
            raise self.refused(column, "Write a quantity such as 2.5 kg.")
        try:
            amount = read_number(self.row, found[1].strip())
            given = {"amount": amount, "unit": found[2].strip() or unit}
            return parse_quantity(given, base=unit, density_mg_per_ml=density_mg_per_ml)
        except BadCell as problem:
            raise self.refused(column, str(problem)) from problem
        except UnitProblem as problem:
            raise self.refused(column, problem.way_out) from problem

    def quantity_of(self, column: str, item: Item) -> int | None:
        """Return thousandths of an item's own unit.

        :raises RowRefused: it is no quantity of it.
        """
        return self.quantity(
            column, unit=item.unit, density_mg_per_ml=item.density_mg_per_ml
        )

    def item(self, session: Session, column: str) -> Item:
        """Return the item of the code written there.

        :raises RowRefused: there is none.
        """
        found = item_coded(session, code=self.needed(column))
        if found is None:
            raise self.refused(column, "There is no item with this code.")
        return found

    def refused(self, column: str, message: str) -> RowRefused:
        """Say what is wrong with a column of this row."""
        return RowRefused(self.row.number, field=column, message=message)
