"""Every way of finding an order in the parts of a mail, in the order of trust."""

from collections.abc import Callable, Sequence

from connectors.email.extract.extracted import Extracted, table_id
from connectors.email.extract.html_tables import TooMuchHtml, order_tables
from connectors.email.extract.order_x import ROOT as ORDER_X
from connectors.email.extract.order_x import read_order_x
from connectors.email.extract.pdf_tables import read_pdf
from connectors.email.extract.sheets import Rows, Unreadable, csv_rows, sheets_of
from connectors.email.extract.tables import has_headings, read_table
from connectors.email.extract.text_lines import read_text, squeezed
from connectors.email.extract.ubl import DOCUMENTS, read_ubl
from connectors.email.extract.xml_tree import NotXml, read_xml
from connectors.email.parts import Kind, Part
from mapping.letter import Draft, Source, Table

_TRUST = list(Source)


class _Gathered:
    """What was found so far."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.tables: list[Table] = []
        self.troubles: dict[str, str] = {}
        self.shown: set[str] = set()
        """What tables of the mail's own HTML say, row by row and cell by cell."""


def extract(parts: Sequence[Part]) -> Extracted:
    """Find what the parts of a mail order; a part that cannot be read is a trouble, no error.

    Nothing is looked up and nothing decided: every draft says what is written, and where.
    """
    found = _Gathered()
    for part in parts:
        if part.kind is not Kind.TEXT:
            _READERS.get(part.kind, _leave)(part, found)
    for part in parts:
        if part.kind in {Kind.TEXT, Kind.HTML} and part.text:
            _take_text(part, found)
    drafts = sorted(found.drafts, key=lambda draft: _TRUST.index(draft.source))
    return Extracted(
        drafts=tuple(drafts), tables=tuple(found.tables), troubles=dict(found.troubles)
    )


def _leave(part: Part, found: _Gathered) -> None:
    """Leave a part of which nobody knows what it is to whoever lists the attachments."""


def _take_xml(part: Part, found: _Gathered) -> None:
    try:
        root = read_xml(part.data)
    except NotXml as error:
        found.troubles[part.id] = f"XML: {error}"
        return
    read = None
    if root.name in DOCUMENTS:
        read = read_ubl(root, part=part.id)
    elif root.name == ORDER_X:
        read = read_order_x(root, part=part.id, table=part.id)
    if read is None:
        found.troubles[part.id] = f"XML, but no order: {root.name[:60]}"
        return
    found.drafts.append(read[0])
    found.tables.append(read[1])


def _take_sheet(part: Part, found: _Gathered) -> None:
    try:
        sheets = sheets_of(part.data)
    except Unreadable as error:
        found.troubles[part.id] = str(error)
        return
    _take_tables(part, [(name, rows) for name, rows in sheets if rows], found)


def _take_csv(part: Part, found: _Gathered) -> None:
    try:
        rows = csv_rows(part.data)
    except Unreadable as error:
        found.troubles[part.id] = str(error)
        return
    _take_tables(part, [(part.name, rows)] if rows else [], found)


def _take_tables(part: Part, sheets: Sequence[tuple[str, Rows]], found: _Gathered) -> None:
    """Read the tables of one file; a file in which no table is an order is a trouble."""
    if sheets and not any(has_headings(rows) for _, rows in sheets):
        found.troubles[part.id] = "no row of headings names an article and a quantity"
    for number, (name, rows) in enumerate(sheets, start=1):
        own = table_id(part.id, number=number)
        found.tables.append(Table(part=own, source=Source.SHEET, rows=rows, title=name))
        found.drafts += read_table(rows, part=own, source=Source.SHEET)


def _take_html(part: Part, found: _Gathered) -> None:
    try:
        tables = order_tables(_source(part))
    except TooMuchHtml as error:
        found.troubles[part.id] = str(error)
        return
    for number, rows in enumerate(tables, start=1):
        own = table_id(part.id, number=number, is_text=True)
        drafts = read_table(rows, part=own, source=Source.HTML)
        found.tables.append(Table(part=own, source=Source.HTML, rows=rows))
        found.drafts += drafts
        found.shown |= _shown(rows)


def _shown(rows: Rows) -> set[str]:
    """Return what a table shows, to know it again in the text that says the same."""
    whole = {squeezed("".join(row)) for row in rows}
    return (whole | {squeezed(cell) for row in rows for cell in row}) - {""}


def _source(part: Part) -> str:
    try:
        return part.data.decode(part.charset or "utf-8", errors="replace")
    except LookupError:
        return part.data.decode("utf-8", errors="replace")


def _take_pdf(part: Part, found: _Gathered) -> None:
    read = read_pdf(part.data, part=part.id)
    found.drafts += read.drafts
    found.tables += read.tables
    if read.trouble:
        found.troubles[part.id] = read.trouble


def _take_text(part: Part, found: _Gathered) -> None:
    draft = read_text(part.text, part=part.id, known=found.shown)
    if draft is not None:
        found.drafts.append(draft)


_READERS: dict[Kind, Callable[[Part, _Gathered], None]] = {
    Kind.XML: _take_xml,
    Kind.SHEET: _take_sheet,
    Kind.CSV: _take_csv,
    Kind.HTML: _take_html,
    Kind.PDF: _take_pdf,
}
