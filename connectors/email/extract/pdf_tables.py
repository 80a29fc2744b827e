"""Tables of a PDF: ruled ones as they are drawn, others only where their sums prove them."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pdfplumber
import pypdfium2
import pypdfium2.raw

from connectors.email.extract.codes import looks_ordered
from connectors.email.extract.extracted import table_id
from connectors.email.extract.facts import Facts, read_facts
from connectors.email.extract.order_x import ROOT, read_order_x
from connectors.email.extract.pdf_words import rows_of
from connectors.email.extract.tables import has_headings, read_table
from connectors.email.extract.words import fold, listed, multiplies
from connectors.email.extract.xml_tree import NotXml, read_xml
from mapping.letter import MOST_CELLS, MOST_ROWS, Draft, Place, Source, Table

MOST_PAGES = 20
MOST_CHARACTERS = 60_000
"""Of all pages together: a dense order has three thousand on each."""
MOST_OBJECTS = 5_000
"""Lines and boxes of one page."""
MOST_FILES = 5
MOST_XML = 2_000_000

Rows = tuple[tuple[str, ...], ...]
_ORDER_WORDS = listed(
    "pedido pedidos order cantidad cant qty quantity uds unidades units referencia sku po"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfRead:
    """What a PDF orders, and why it could not be read."""

    drafts: tuple[Draft, ...] = ()
    tables: tuple[Table, ...] = ()
    trouble: str = ""


@dataclass
class _Looked:
    """What a quick look says, before anything slow is done."""

    trouble: str = ""
    text: str = ""
    files: list[bytes] = field(default_factory=list)


def read_pdf(data: bytes, *, part: str) -> PdfRead:
    """Read an order inside a PDF: one embedded as XML, else what its tables show."""
    try:
        looked = _look(data)
        if looked.trouble:
            return PdfRead(trouble=looked.trouble)
        embedded = _embedded(looked.files, part=part)
        if embedded is not None:
            return embedded
        if not looked.text.strip():
            return PdfRead(trouble="scanned: it holds no text")
        return _shown(data, text=looked.text, part=part)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - what a damaged PDF raises in its readers is not to be listed
        return PdfRead(trouble="it cannot be opened as a PDF")


def _look(data: bytes) -> _Looked:
    """Count pages and characters with the fast reader; the slow one would take minutes."""
    document = pypdfium2.PdfDocument(data)
    try:
        if len(document) > MOST_PAGES:
            return _Looked(trouble=f"it has more than {MOST_PAGES} pages")
        looked = _Looked()
        for page in document:
            if pypdfium2.raw.FPDFPage_CountObjects(page.raw) > MOST_OBJECTS:
                return _Looked(trouble="it is drawn of too many pieces")
            words = page.get_textpage()
            if len(looked.text) + words.count_chars() > MOST_CHARACTERS:
                return _Looked(trouble="it holds too much text")
            looked.text += words.get_text_range() + "\n"
        for number in range(min(document.count_attachments(), MOST_FILES)):
            looked.files.append(bytes(document.get_attachment(number).get_data()))
        return looked
    finally:
        document.close()


def _embedded(files: Sequence[bytes], *, part: str) -> PdfRead | None:
    """Read the Order-X order among the files a PDF carries; None where there is none."""
    for data in files:
        if ROOT.encode() not in data[:MOST_XML]:
            continue
        try:
            read = read_order_x(read_xml(data[:MOST_XML]), part=part, table=part)
        except NotXml as error:
            return PdfRead(trouble=f"XML inside it: {error}")
        if read is None:
            return PdfRead(trouble="the XML inside it is no order")
        return PdfRead(drafts=(read[0],), tables=(read[1],))
    return None


def _shown(data: bytes, *, text: str, part: str) -> PdfRead:
    ruled, plain = _tables(data)
    rows, is_ruled = (ruled, True) if has_headings(ruled) else (plain, False)
    if not has_headings(rows):
        return _without_table(text, part=part)
    own = table_id(part, number=1)
    table = Table(part=own, source=Source.PDF, rows=rows)
    drafts = read_table(rows, part=own, source=Source.PDF)
    facts = read_facts([" ".join(line.split()) for line in text.splitlines()])
    drafts = tuple(_with_facts(draft, facts) for draft in drafts)
    if not is_ruled:
        drafts = tuple(map(_proven, drafts))
    return PdfRead(drafts=drafts, tables=(table,))


def _tables(data: bytes) -> tuple[Rows, Rows]:
    """Return the rows of all ruled tables, and all lines of text parted into columns."""
    ruled: list[tuple[str, ...]] = []
    plain: list[tuple[str, ...]] = []
    with pdfplumber.open(io.BytesIO(data)) as document:
        for page in document.pages[:MOST_PAGES]:
            for drawn in page.extract_tables():
                ruled += [tuple(_words(cell) for cell in row[:MOST_CELLS]) for row in drawn]
            plain += rows_of(page.extract_words())
            page.close()
    return tuple(ruled[:MOST_ROWS]), tuple(plain[:MOST_ROWS])


def _words(cell: str | None) -> str:
    """Put the lines of a cell together; one that was broken inside a code stays broken."""
    return " ".join((cell or "").split())


def _proven(draft: Draft) -> Draft:
    """Keep the lines whose quantity and price make their amount, the others are unread."""
    good = [
        each for each in draft.lines if multiplies(each.quantity, each.price, each.amount)
    ]
    doubtful = [each.place for each in draft.lines if each not in good]
    unread = sorted({*draft.unread, *doubtful}, key=lambda place: place.start)
    return replace(draft, lines=tuple(good), unread=tuple(unread))


def _with_facts(draft: Draft, facts: Facts) -> Draft:
    """Add what the text around the tables says: number, day, total and address."""
    return replace(
        draft,
        po_number=draft.po_number or facts.po_number,
        requested=draft.requested or facts.requested,
        total=draft.total or facts.total,
        currency=draft.currency or facts.currency,
        ship_to=draft.ship_to or facts.ship_to,
    )


def _without_table(text: str, *, part: str) -> PdfRead:
    """Note the lines that seem to order something in a PDF without a table anybody can read."""
    rows: Rows = tuple((line.strip(),) for line in text.splitlines() if line.strip())
    rows = rows[:MOST_ROWS]
    unread = tuple(
        Place(part=part, start=number, end=number + 1)
        for number, (line,) in enumerate(rows)
        if looks_ordered(line)
    )
    is_order = bool(unread) or bool(set(fold(text).split()) & _ORDER_WORDS)
    return PdfRead(
        drafts=(Draft(source=Source.PDF, part=part, lines=(), unread=unread),)
        if unread
        else (),
        tables=(Table(part=part, source=Source.PDF, rows=rows),),
        trouble="no table of an order was found in it" if is_order else "",
    )
