"""Tables inside HTML, pasted from sheets mostly; tables that only lay out a page are no tables."""

from collections.abc import Iterator

from lxml import etree, html

from connectors.email.extract.headings import columns_of
from mapping.letter import MOST_CELLS, MOST_ROWS

MOST_HTML = 2_000_000
MOST_TABLES = 20
MOST_CHARACTERS = 2_000

Rows = tuple[tuple[str, ...], ...]
_BREAKS = frozenset(
    ["br", "p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "hr", "td", "th"]
)
_HIDDEN = ("display:none", "visibility:hidden", "mso-hide:all")


class TooMuchHtml(Exception):
    """More HTML than an order takes."""


def order_tables(source: str) -> list[Rows]:
    """Return every table that has the headings of an order, innermost where they are nested.

    :raises TooMuchHtml: it is too big, or a table has too many rows.
    """
    if len(source) > MOST_HTML:
        raise TooMuchHtml("too big")
    if "<table" not in source.casefold():
        return []
    parser = html.HTMLParser(
        encoding="utf-8",
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        tree = html.document_fromstring(source.encode(errors="replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return []
    found: list[Rows] = []
    for table in tree.iter("table"):
        if len(found) == MOST_TABLES:
            raise TooMuchHtml("it has too many tables")
        if _is_hidden(table):
            continue
        rows = tuple(_rows(table))
        if any(columns_of(row) is not None for row in rows):
            found.append(rows)
    return found


def _rows(table: etree._Element) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a table itself; cells that hold tables are those tables' own."""
    below: dict[int, int] = {}
    for number, row in enumerate(_own(table, "tr")):
        if number >= MOST_ROWS:
            raise TooMuchHtml("a table has too many rows")
        cells = tuple(_cells(row, below=below))
        if not _is_hidden(row):
            yield cells


def _own(table: etree._Element, tag: str) -> Iterator[etree._Element]:
    for child in table:
        if child.tag == tag:
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (each for each in child if each.tag == tag)


def _cells(row: etree._Element, *, below: dict[int, int]) -> Iterator[str]:
    """Yield the cells of a row, empty ones for what a cell beside or above reaches over.

    `below` says for each column how many rows a cell of an earlier row still reaches down.
    """
    number = 0
    for cell in row:
        if cell.tag not in ("td", "th"):
            continue
        while below.get(number, 0):
            below[number] -= 1
            number += 1
            yield ""
        has_table = next(cell.iter("table"), None) is not None
        yield "" if has_table else _words(cell)
        across, down = _span(cell, "colspan"), _span(cell, "rowspan")
        yield from [""] * (across - 1)
        below.update({number + each: down - 1 for each in range(across)})
        number += across
        if number > MOST_CELLS:
            raise TooMuchHtml("a table has too many columns")
    for column in [each for each in below if each >= number and below[each]]:
        below[column] -= 1


def _words(cell: etree._Element) -> str:
    said: list[str] = []
    length = 0
    for event, element in etree.iterwalk(cell, events=("start", "end")):
        if element.tag in ("script", "style") and event == "start":
            continue
        between = " " if element.tag in _BREAKS else ""
        tail = (element.tail or "") if element is not cell else ""
        words = between + ((element.text or "") if event == "start" else tail)
        said.append(words)
        length += len(words)
        if length > MOST_CHARACTERS:
            break
    return " ".join("".join(said).split())[:MOST_CHARACTERS]


def _span(cell: etree._Element, name: str) -> int:
    said = str(cell.get(name) or "1").strip()
    is_number = said.isascii() and said.isdigit() and len(said) < 4
    return min(max(int(said), 1), MOST_CELLS) if is_number else 1


def _is_hidden(element: etree._Element) -> bool:
    style = "".join(str(element.get("style") or "").casefold().split())
    return any(each in style for each in _HIDDEN)
