"""Orders from a spreadsheet: whose file it is, its columns in our words, its rows by order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from hub.domain.tables.order_words import (
    ETSY_ORDERS,
    OWN,
    WORDS,
    Columns,
    Form,
    columns_of,
    fold,
)
from hub.domain.tables.table import (
    DELIMITERS,
    MOST_ROWS,
    BadTable,
    Row,
    read_text,
    split_lines,
    unquoted,
)

MOST_ORDERS = 2_500
"""In one file: each is kept, read and locked like a message, all in one transaction."""
SAMPLES = 3
ONCE = (
    frozenset(WORDS)
    - {"email", "order", "sku", "title", "variant", "quantity"}
    - {"unit_price"}
)
"""What only the first row of an order says in a file that leaves the others empty."""


class UnknownColumns(BadTable):
    """Nobody knows what some columns mean: a person has to say it."""

    def __init__(self, message: str, *, asked: "Asked") -> None:
        super().__init__(message)
        self.asked = asked


@dataclass(frozen=True, slots=True)
class Asked:
    """The columns of a file as a person is asked about them."""

    headings: tuple[str, ...]
    words: tuple[str, ...]
    """By place, what we take it for; empty where we do not know."""
    samples: tuple[tuple[str, ...], ...]
    """By place, the first things written there."""

    def unsaid(self) -> list[str]:
        """Return the headings of which nobody knows what they mean."""
        pairs = zip(self.headings, self.words, strict=True)
        return [heading for heading, word in pairs if heading and not word]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTable:
    """A file of orders, read as far as it can be without asking anybody."""

    form: Form
    rows: tuple[Row, ...]
    """Cells by our words; a row that held several lines is there as often."""
    named: Mapping[str, str]
    """By our word, the heading as the file has it."""
    headings_key: str
    was_cp1252: bool
    """Whether its letters were taken for those of Western Windows, as old Excel writes them."""


def open_orders(raw: bytes, *, said: Mapping[str, Mapping[str, str]]) -> OrderTable:
    """Read a CSV file of orders.

    `said` holds what people said of columns, by set of headings, then by folded heading; under
    "" what is said of this one. Columns are parted by comma, semicolon or tab.

    :raises UnknownColumns: a column nobody knows, or none for what an order needs.
    :raises BadTable: it cannot be read at all.
    """
    text, was_cp1252 = _text(raw)
    lines, delimiter = _lines(text)
    if not lines or not any(lines[0]):
        raise BadTable("The file is empty.")
    headings = [unquoted(name.strip()) for name in lines[0]]
    key = headings_key(headings)
    columns = columns_of(headings, said={**said.get(key, {}), **said.get("", {})})
    _check(columns, headings=headings, lines=lines[1:])
    rows = [
        row
        for number, line in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in line)
        for row in _rows(columns, line, number=number, has_comma=delimiter != ",")
    ]
    if len(rows) > MOST_ROWS:
        raise BadTable(f"Send at most {MOST_ROWS} rows at a time.")
    if columns.form is not OWN:
        rows = list(_filled(rows))
    if len({row.cells.get("order") for row in rows}) > MOST_ORDERS:
        raise BadTable(f"Send at most {MOST_ORDERS} orders at a time.")
    return OrderTable(
        form=columns.form,
        rows=tuple(rows),
        named=_named(columns, headings),
        headings_key=key,
        was_cp1252=was_cp1252,
    )


def headings_key(headings: Sequence[str]) -> str:
    """Name a set of headings, in whatever order and case they stand."""
    folded = "\n".join(sorted(fold(name) for name in headings if fold(name)))
    return sha256(folded.encode()).hexdigest()


def _text(raw: bytes) -> tuple[str, bool]:
    try:
        return read_text(raw), False
    except BadTable:
        if b"\0" in raw or raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise
        try:
            return raw.decode("cp1252"), True
        except UnicodeDecodeError:
            raise BadTable('Save the file as "CSV UTF-8" and send it again.') from None


def _lines(text: str) -> tuple[list[list[str]], str]:
    """Part a text by whatever gives the most headings that are known, else the most cells."""

    def worth(delimiter: str) -> tuple[int, int]:
        first = text.partition("\n")[0].replace('"', "").split(delimiter)
        columns = columns_of(first, said={})
        return sum(1 for word in columns.words if word), len(first)

    delimiter = max(DELIMITERS, key=worth)
    return split_lines(text, delimiter=delimiter), delimiter


def _check(
    columns: Columns, *, headings: Sequence[str], lines: Sequence[Sequence[str]]
) -> None:
    if columns.form is ETSY_ORDERS:
        raise BadTable(ETSY_ORDERS.refused)
    twice = [word for word in columns.words if word and columns.words.count(word) > 1]
    if twice and columns.form.is_strict:
        raise _unknown(f"Two columns say {twice[0]}.", columns, headings, lines)
    if columns.unknown:
        message = f"Nobody knows what these columns mean: {', '.join(columns.unknown)}."
        raise _unknown(message, columns, headings, lines)
    if columns.missing:
        message = f"No column says {', '.join(columns.missing)}."
        raise _unknown(message, columns, headings, lines)


def _unknown(
    message: str,
    columns: Columns,
    headings: Sequence[str],
    lines: Sequence[Sequence[str]],
) -> UnknownColumns:
    samples = tuple(
        tuple(
            line[place].strip()[:40]
            for line in lines[:SAMPLES]
            if place < len(line) and line[place].strip()
        )
        for place in range(len(headings))
    )
    chosen = tuple(word if word in WORDS else "" for word in columns.words)
    return UnknownColumns(message, asked=Asked(tuple(headings), chosen, samples))


def _rows(
    columns: Columns, line: Sequence[str], *, number: int, has_comma: bool
) -> Iterator[Row]:
    cells: dict[str, str] = {}
    items: list[str] = []
    for word, cell in zip(columns.words, line, strict=False):
        written = unquoted(cell.strip())
        if word == "line_items":
            items += [written] if written else []
        elif word and written:
            cells.setdefault(word, written)
    several = [each for packed in items for each in line_items(packed)] or [{}]
    for each in several:
        yield Row(number=number, cells={**cells, **each}, has_comma_decimals=has_comma)


def line_items(packed: str) -> list[dict[str, str]]:
    """Read the lines that an exporter of WooCommerce packs into one cell.

    `name:Soap|product_id:5|sku:SOAP|quantity:2|total:13.00`, several parted by `;` (from memory).
    """
    found = []
    for entry in _entries(packed):
        parts = dict(_pair(part) for part in entry.split("|") if ":" in part)
        cells = {
            "title": parts.get("name", ""),
            "sku": parts.get("sku", ""),
            "quantity": parts.get("quantity", parts.get("qty", "")),
            "line_total": parts.get("total", ""),
            "variant": parts.get("meta", ""),
            "line_id": parts.get("id", ""),
        }
        found.append({word: cell for word, cell in cells.items() if cell})
    return found


def _entries(packed: str) -> Iterator[str]:
    """Part at each `;` behind which an entry begins: a name may hold one too."""
    entry = ""
    for part in packed.split(";"):
        begins = part.strip().casefold().startswith(("name:", "id:", "product_id:", "sku:"))
        if begins and entry:
            yield entry
            entry = ""
        entry = f"{entry};{part}" if entry else part
    if entry.strip():
        yield entry


def _pair(part: str) -> tuple[str, str]:
    name, _, value = part.partition(":")
    return name.strip().casefold(), value.strip()


def _filled(rows: Sequence[Row]) -> Iterator[Row]:
    """Give a row without an order to the one before, if it says nothing of an order itself."""
    before = ""
    for row in rows:
        if "order" not in row.cells and before and not ONCE & set(row.cells):
            cells = {**row.cells, "order": before}
            row = Row(  # noqa: PLW2901 - the same row, with its order
                number=row.number, cells=cells, has_comma_decimals=row.has_comma_decimals
            )
        before = row.cells.get("order", "")
        yield row


def _named(columns: Columns, headings: Sequence[str]) -> dict[str, str]:
    named: dict[str, str] = {}
    for word, heading in zip(columns.words, headings, strict=True):
        if word:
            named.setdefault(word, heading)
    return named
