"""Tables taken in, as the API answers them."""

from pydantic import Field

from hub.flow.imports import Report
from hub.web.api.shapes import Out, Path, Query


class TablePath(Path):
    """Which table."""

    table: str


class ImportQuery(Query):
    """How a table is taken in."""

    dry_run: bool = Field(False, description="Say what would become of it; change nothing.")
    partial: bool = Field(
        False, description="Take in what can be, and leave out the rows that are refused."
    )


class FaultOut(Out):
    """A row that was refused."""

    row: int = Field(description="As a spreadsheet counts: the heading is 1.")
    field: str = Field(description="The column; empty where it is the state of things.")
    message: str


class ImportOut(Out):
    """What became of a table."""

    rows: int
    created: int
    updated: int
    errors: list[FaultOut]


def show_report(report: Report) -> ImportOut:
    """Write what became of a table."""
    return ImportOut(
        rows=report.rows,
        created=report.created,
        updated=report.updated,
        errors=[
            FaultOut(row=fault.row, field=fault.field, message=fault.message)
            for fault in report.faults
        ],
    )
