"""Tables in and out: POST /imports/{table} takes CSV, GET /exports/{table} gives it."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.domain.table import BadTable
from hub.flow.exports import write_sheet
from hub.flow.imports import Report, kind_of, take_in
from hub.web.api.door import Asked, Door
from hub.web.api.problems import Fault, Problem
from hub.web.api.reading import sent_body
from hub.web.api.schemas.imports import ImportOut, ImportQuery, TablePath, show_report

TAG = Tag(name="Tables", description="Items, recipes, lots and counts as CSV, in and out.")
CSV = "text/csv; charset=utf-8"


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of tables."""

    @api.post("/imports/<table>", tags=[TAG], responses={"200": ImportOut})
    def take_table(path: TablePath, query: ImportQuery) -> Response:
        """Take a CSV file in, sent as it is.

        Every row is taken in, or none: with one refused the answer is a problem that names each
        by row and field. With `partial=1` the good rows are kept; with `dry_run=1` nothing is.
        """
        raw = sent_body()
        if query.dry_run:
            return door.rehearse(lambda asked: show_report(_take(asked, path.table, raw)))
        return door.write(
            lambda asked: _keep(asked, path.table, raw, is_partial=query.partial),
            show=lambda _, report: show_report(report),
        )

    @api.get("/exports/<table>", tags=[TAG])
    def give_table(path: TablePath) -> Response:
        """Give a table as CSV, as an import reads it back."""
        return door.give(
            lambda asked: write_sheet(asked.session, name=path.table), content_type=CSV
        )


def _keep(asked: Asked, table: str, raw: bytes, *, is_partial: bool) -> Report:
    report = _take(asked, table, raw)
    if report.faults and not is_partial:
        raise _refused(report)
    return report


def _take(asked: Asked, table: str, raw: bytes) -> Report:
    kind = kind_of(table)
    try:
        return take_in(asked.session, kind=kind, raw=raw, who=asked.who, now=asked.now)
    except BadTable as problem:
        raise Problem(422, str(problem)) from problem


def _refused(report: Report) -> Problem:
    return Problem(
        422,
        "Some rows cannot be taken in, so none was.",
        errors=[Fault(each.field, each.message, each.row) for each in report.faults],
        more={"rows": report.rows, "created": 0, "updated": 0},
    )
