"""Tables in and out: CSV files given, looked at row by row, and taken in whole or not at all."""

from base64 import b64decode, b64encode

from flask import Response, request

from hub.domain.tables.order_table import UnknownColumns
from hub.domain.tables.order_words import WORDS, fold
from hub.domain.tables.table import BadTable
from hub.flow.refusal import Invalid
from hub.flow.tables.exports import SHEETS, write_sheet
from hub.flow.tables.imports import KINDS, Report, kind_of, take_in
from hub.models.meaning.mapping_queue import Asked
from hub.web.meaning.mapping_file import give_mappings
from hub.web.page_door import Deed, PageDoor, Routes, Trouble, show, typed, went
from hub.web.wording.language import gettext

CSV = "text/csv; charset=utf-8"


def list_tables(door: PageDoor) -> Response:  # noqa: ARG001 - every view's signature
    """Show which tables can be taken out and in."""
    return _page()


def give_table(door: PageDoor, table: str) -> Response:
    """Give a table as CSV, as it is read back."""
    if table == "mappings":
        return give_mappings(door, wanted=Asked(tab=""))
    with door.reading() as session:
        response = Response(write_sheet(session, name=table), content_type=CSV)
    response.headers["Content-Disposition"] = f"attachment; filename={table}.csv"
    return response


def look_table(door: PageDoor) -> Response:
    """Show what would become of a file, row by row. This function will keep nothing of it."""
    return door.rehearse(_looked, again=_again, about="table")


def take_table(door: PageDoor) -> Response:
    """Take a file in whole, or not at all, or only what is right where that is asked for."""
    return door.press(
        _taken,
        done=lambda report: went(
            "pages.list_tables", "part_taken" if report.faults else "table_taken"
        ),
        again=_again,
        about="table",
    )


def _looked(deed: Deed) -> Response:
    raw = _sent()
    kept = b64encode(raw).decode("ascii")
    try:
        report = take_in(
            deed.session,
            kind=kind_of(typed("table")),
            raw=raw,
            said=_said(),
            who=deed.who,
            now=deed.now,
        )
    except UnknownColumns as problem:
        return _page(columns_asked=problem, kept=kept)
    except BadTable as problem:
        raise Invalid(str(problem), field="file") from problem
    return _page(report=report, kept=kept)


def _taken(deed: Deed) -> Report:
    try:
        report = take_in(
            deed.session,
            kind=kind_of(typed("table")),
            raw=_sent(),
            said=_said(),
            who=deed.who,
            now=deed.now,
        )
    except BadTable as problem:
        raise Invalid(str(problem), field="file") from problem
    if report.faults and not typed("partial"):
        raise Invalid(gettext("Some rows cannot be taken in, so none was."), field="file")
    return report


def _said() -> dict[str, str]:
    """Return what was said of columns, by folded heading; an empty word leaves one out."""
    said: dict[str, str] = {}
    for name, heading in request.form.items():
        kind, _, at = name.partition("-")
        word = request.form.get(f"column-{at}", "")
        if kind == "heading" and fold(heading) and (not word or word in WORDS):
            said[fold(heading)] = word
    return said


def _sent() -> bytes:
    """Return the file that was chosen, or the one that was looked at before.

    :raises Invalid: there is none.
    """
    file = request.files.get("file")
    if file is not None and file.filename:
        return bytes(file.read())
    try:
        kept = b64decode(request.form.get("kept", ""), validate=True)
    except ValueError:
        kept = b""
    if not kept:
        raise Invalid(gettext("Choose a file."), field="file")
    return kept


def _again(trouble: Trouble) -> Response:
    return _page(trouble=trouble)


def _page(
    *,
    report: Report | None = None,
    kept: str = "",
    columns_asked: UnknownColumns | None = None,
    trouble: Trouble | None = None,
) -> Response:
    return show(
        "tables/tables.html",
        tables=list(SHEETS),
        columns={name: kind.columns for name, kind in KINDS.items()},
        table=request.form.get("table", ""),
        report=report,
        kept=kept,
        asked=columns_asked.asked if columns_asked else None,
        asked_why=str(columns_asked) if columns_asked else "",
        said=_said(),
        words=WORDS,
        trouble=trouble,
    )


ROUTES: Routes = (
    ("GET", "/tables", list_tables),
    ("GET", "/tables/<table>", give_table),
    ("POST", "/tables/look", look_table),
    ("POST", "/tables", take_table),
)
