"""Tables in and out: CSV files given, looked at row by row, and taken in whole or not at all."""

from base64 import b64decode, b64encode

from flask import Response, request

from hub.domain.table import BadTable
from hub.flow.exports import SHEETS, write_sheet
from hub.flow.imports import KINDS, Report, kind_of, take_in
from hub.flow.refusal import Invalid
from hub.web.language import gettext
from hub.web.page_door import Deed, PageDoor, Routes, Trouble, show, typed, went

CSV = "text/csv; charset=utf-8"


def list_tables(door: PageDoor) -> Response:  # noqa: ARG001 - every view's signature
    """Show which tables can be taken out and in."""
    return _page()


def give_table(door: PageDoor, table: str) -> Response:
    """Give a table as CSV, as it is read back."""
    with door.reading() as session:
        response = Response(write_sheet(session, name=table), content_type=CSV)
    response.headers["Content-Disposition"] = f"attachment; filename={table}.csv"
    return response


def look_table(door: PageDoor) -> Response:
    """Show what would become of a file, row by row. This function will keep nothing of it."""
    return door.rehearse(_looked, again=_again, about="table")


def take_table(door: PageDoor) -> Response:
    """Take a file in whole, or not at all."""
    return door.press(
        _taken,
        done=lambda _: went("pages.list_tables", "table_taken"),
        again=_again,
        about="table",
    )


def _looked(deed: Deed) -> Response:
    raw = _sent()
    return _page(report=_take(deed, raw), kept=b64encode(raw).decode("ascii"))


def _taken(deed: Deed) -> Report:
    report = _take(deed, _sent())
    if report.faults:
        raise Invalid(gettext("Some rows cannot be taken in, so none was."), field="file")
    return report


def _take(deed: Deed, raw: bytes) -> Report:
    kind = kind_of(typed("table"))
    try:
        return take_in(deed.session, kind=kind, raw=raw, who=deed.who, now=deed.now)
    except BadTable as problem:
        raise Invalid(str(problem), field="file") from problem


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
    *, report: Report | None = None, kept: str = "", trouble: Trouble | None = None
) -> Response:
    return show(
        "tables/tables.html",
        tables=list(SHEETS),
        columns={name: kind.columns for name, kind in KINDS.items()},
        table=request.form.get("table", ""),
        report=report,
        kept=kept,
        trouble=trouble,
    )


ROUTES: Routes = (
    ("GET", "/tables", list_tables),
    ("GET", "/tables/<table>", give_table),
    ("POST", "/tables/look", look_table),
    ("POST", "/tables", take_table),
)
