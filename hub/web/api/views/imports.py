"""Tables in and out: POST /imports/{table} takes CSV, GET /exports/{table} gives it."""

from collections.abc import Sequence

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.domain.tables.order_table import UnknownColumns
from hub.domain.tables.order_words import WORDS, fold
from hub.domain.tables.table import BadTable
from hub.flow.refusal import Invalid
from hub.flow.tables.exports import write_sheet
from hub.flow.tables.imports import Report, kind_of, take_in
from hub.web.api.door import Asked, Door
from hub.web.api.problems import Fault, Problem
from hub.web.api.reading import sent_body
from hub.web.api.schemas.imports import ImportOut, ImportQuery, TablePath, show_report

TAG = Tag(
    name="Tables", description="Items, recipes, lots, counts and orders as CSV, in and out."
)
CSV = "text/csv; charset=utf-8"


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of tables."""

    @api.post("/imports/<table>", tags=[TAG], responses={"200": ImportOut})
    def take_table(path: TablePath, query: ImportQuery) -> Response:
        """Take a CSV file in, sent as it is.

        Every row is taken in, or none: with one refused the answer is a problem that names each
        by row and field. With `partial=1` the good rows are kept; with `dry_run=1` nothing is.

        Orders are known by their number, so the same file twice makes nothing twice. The exports
        of Shopify, Etsy and WooCommerce are read as they are; what was cancelled, paid back or
        sent there is left out. Columns of any other name are explained by `map`.
        """
        raw = sent_body()
        if query.dry_run:
            return door.rehearse(lambda asked: show_report(_take(asked, path, query, raw)))
        return door.write(
            lambda asked: _keep(asked, path, query, raw),
            show=lambda _, report: show_report(report),
        )

    @api.get("/exports/<table>", tags=[TAG])
    def give_table(path: TablePath) -> Response:
        """Give a table as CSV, as an import reads it back."""
        return door.give(
            lambda asked: write_sheet(asked.session, name=path.table), content_type=CSV
        )


def _keep(asked: Asked, path: TablePath, query: ImportQuery, raw: bytes) -> Report:
    report = _take(asked, path, query, raw)
    if report.faults and not query.partial:
        raise _refused(report)
    return report


def _take(asked: Asked, path: TablePath, query: ImportQuery, raw: bytes) -> Report:
    kind = kind_of(path.table)
    if query.map and kind.open is None:
        raise Invalid("The columns of this table have names of their own.", field="map")
    try:
        return take_in(
            asked.session,
            kind=kind,
            raw=raw,
            said=_said(query.map),
            who=asked.who,
            now=asked.now,
        )
    except UnknownColumns as problem:
        faults = [Fault(name, str(problem), 1) for name in problem.asked.unsaid()]
        raise Problem(422, str(problem), errors=faults) from problem
    except BadTable as problem:
        raise Problem(422, str(problem)) from problem


def _said(given: Sequence[str]) -> dict[str, str]:
    """Read what is said of columns: the word is behind the last colon."""
    said: dict[str, str] = {}
    for each in given:
        heading, colon, word = each.rpartition(":")
        if not colon or not fold(heading) or (word and word not in WORDS):
            raise Invalid(f"Write Heading:word, one of {', '.join(WORDS)}.", field="map")
        said[fold(heading)] = word
    return said


def _refused(report: Report) -> Problem:
    return Problem(
        422,
        "Some rows cannot be taken in, so none was.",
        errors=[Fault(each.field, each.message, each.row) for each in report.faults],
        more={"rows": report.rows, "created": 0, "updated": 0},
    )
