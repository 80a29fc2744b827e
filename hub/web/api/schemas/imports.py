"""Tables taken in, as the API answers them."""

from pydantic import Field

from hub.domain.tables.order_words import WORDS
from hub.flow.tables.import_cells import RowRefused
from hub.flow.tables.imports import Report
from hub.web.api.shapes import Out, Path, Query

MOST_COLUMNS = 200


class TablePath(Path):
    """Which table."""

    table: str


class ImportQuery(Query):
    """How a table is taken in."""

    dry_run: bool = Field(False, description="Say what would become of it; change nothing.")
    partial: bool = Field(
        False, description="Take in what can be, and leave out the rows that are refused."
    )
    map: list[str] = Field(
        [],
        max_length=MOST_COLUMNS,
        description="Of orders: what a column means, as `Heading:word`; once for each column. "
        f"The words are {', '.join(WORDS)}; `Heading:` alone leaves the column out. "
        "It is remembered for the next file with the same headings.",
    )


class FaultOut(Out):
    """A row that was refused, or is nothing for us."""

    row: int = Field(description="As a spreadsheet counts: the heading is 1.")
    field: str = Field(description="The column; empty where it is the state of things.")
    message: str


class ImportOut(Out):
    """What became of a table."""

    rows: int
    created: int
    updated: int
    unchanged: int = Field(description="What is here already, exactly so.")
    errors: list[FaultOut]
    left_out: list[FaultOut] = Field(
        description="What is no mistake and not taken in: of orders, what was cancelled, paid "
        "back or sent already."
    )
    notes: list[str] = Field(description="What there is to say of the file as a whole.")


def show_report(report: Report) -> ImportOut:
    """Write what became of a table."""
    return ImportOut(
        rows=report.rows,
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
        errors=[_fault(each) for each in report.faults],
        left_out=[_fault(each) for each in report.left_out],
        notes=list(report.notes),
    )


def _fault(row: RowRefused) -> FaultOut:
    return FaultOut(row=row.row, field=row.field, message=row.message)
