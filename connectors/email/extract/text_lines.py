"""Lines of plain text that order something: "6 x LAV-100ML", "LAV-100ML: 6", tables in text."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from connectors.email.extract.address import LABEL as SHIP_TO
from connectors.email.extract.address import block_length
from connectors.email.extract.codes import is_code, looks_ordered
from connectors.email.extract.facts import (
    LONGEST,
    Facts,
    aside_in,
    days_in,
    numbers_in,
    read_facts,
    total_in,
)
from connectors.email.extract.grammar import read_line
from connectors.email.extract.text_tables import TextTable, tables_in
from connectors.email.extract.tokens import SPACES, Token, tokens_of
from connectors.email.extract.totals import begins_with_total, kind_of
from connectors.email.extract.words import fold, listed
from mapping.letter import Draft, DraftLine, Place, Source

MOST_CHARACTERS = 40_000
"""Of lines with words: an order by hand has a few dozen lines. What is beyond is unread."""
MOST_BLANKS = 60_000


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the text, and where it begins."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass
class _Found:
    lines: list[DraftLine] = field(default_factory=list)
    unread: list[Place] = field(default_factory=list)
    asides: list[str] = field(default_factory=list)
    """Lines that order nothing; facts are read from them."""
    passed: list[_Row] = field(default_factory=list)
    """Those of them that say nothing anybody knows."""


def read_text(
    text: str, *, part: str, known: Collection[str] = frozenset()
) -> Draft | None:
    """Read a text as an order, or None where it says nothing about one.

    `known` holds lines (folded, without blanks) that a table of the same mail shows already:
    they are not read again.
    """
    plain = text.translate(SPACES)
    rows, beyond = _rows(plain, part=part)
    rows = [row for row in rows if squeezed(row.text) not in known]
    found = _Found(unread=list(beyond))
    tables = tables_in([row.text for row in rows])
    place = 0
    while place < len(rows):
        table = tables.get(place)
        if table is not None:
            _take_table(found, table, rows=rows, part=part)
            place += table.length
        else:
            place += _take(found, rows, place, part=part)
    _between(found, part=part)
    return _draft(found, part=part)


def squeezed(text: str) -> str:
    """Return the letters and digits of a text alone, to know it again however it is laid out."""
    return fold(text).replace(" ", "")


def _rows(text: str, *, part: str) -> tuple[list[_Row], list[Place]]:
    rows: list[_Row] = []
    start = words = 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end].rstrip("\r")
        words += len(line.strip())
        if words > MOST_CHARACTERS or start > MOST_BLANKS:
            beyond = Place(part=part, start=start, end=len(text))
            return rows, [beyond] if text[start:].strip() else []
        rows.append(_Row(line, start))
        start = end + 1
    return rows, []


def _take_table(
    found: _Found, table: TextTable, *, rows: Sequence[_Row], part: str
) -> None:
    """Take a table drawn in text, its places counted in characters like those around it."""
    own = rows[table.first : table.first + table.length]
    for line in table.lines:
        row = own[line.place.start]
        place = Place(part=part, start=row.start, end=row.end)
        found.lines.append(replace(line, text=row.text.strip(), place=place))
    for number in table.unread:
        found.unread.append(Place(part=part, start=own[number].start, end=own[number].end))
    found.asides += table.asides


def _take(found: _Found, rows: Sequence[_Row], at: int, *, part: str) -> int:
    """Take one line, or the block that begins with it; return how many lines that were."""
    row = rows[at]
    if not row.text.strip():
        found.asides.append("")
        return 1
    lines = _lines_of(row, part=part)
    if lines:
        found.lines += lines
        found.asides.append(_without(row.text, lines, offset=row.start))
        return 1
    if (field_line := _labelled(rows, at, part=part)) is not None:
        line, length = field_line
        found.lines.append(line)
        return length
    if SHIP_TO.search(row.text[:LONGEST]):
        below = [each.text for each in rows[at + 1 : at + 9]]
        length = 1 + _address_length(below)
        found.asides += [each.text for each in rows[at : at + length]]
        found.asides.append("")
        return length
    _pass(found, row, part=part)
    return 1


def _pass(found: _Found, row: _Row, *, part: str) -> None:
    """Leave a line that orders nothing, or note that it seems to."""
    found.asides.append(row.text)
    goods = _goods_of(row.text)
    if not goods.strip() or total_in(row.text) is not None:
        return
    if looks_ordered(goods):
        found.unread.append(Place(part=part, start=row.start, end=row.end))
    elif not _is_courtesy(goods) and not begins_with_total(goods):
        found.passed.append(row)


def _address_length(below: Sequence[str]) -> int:
    """Say how many lines below "Send to:" are the address: an ordered line is none of it."""
    length = block_length(below)
    for number, line in enumerate(below[:length]):
        if looks_ordered(line) or _lines_of(_Row(line, 0), part="", names_too=False):
            return number
    return length


def _lines_of(row: _Row, *, part: str, names_too: bool = True) -> list[DraftLine]:
    """Return what a line orders: one thing, or several where every piece of it is understood."""
    if len(row.text) > LONGEST or not any(char.isdigit() for char in row.text):
        return []
    goods = _goods_of(row.text)
    if not any(char.isdigit() for char in goods) or total_in(row.text) is not None:
        return []
    tokens = tokens_of(goods)
    whole = read_line(tokens, line=goods, part=part, offset=row.start, names_too=names_too)
    if whole is not None:
        is_none = _adds_up(whole) or _is_prose(whole, goods)
        return [] if is_none else [replace(whole, text=row.text.strip())]
    lines: list[DraftLine] = []
    for piece in _pieces(tokens):
        line = read_line(
            piece, line=goods, part=part, offset=row.start, names_too=names_too
        )
        if line is not None and _adds_up(line):
            return []
        if line is not None:
            lines.append(replace(line, text=row.text.strip()))
        elif any(token.kind not in "LPBS.," for token in piece):
            return []
    return lines


def _adds_up(line: DraftLine) -> bool:
    """Say whether what was read for goods is the word of a sum: "Total: 15 uds"."""
    return not is_code(line.sku) and kind_of(line.sku or line.title) is not None


def _is_prose(line: DraftLine, goods: str) -> bool:
    """Say whether words alone, with no mark of a list, are more likely a sentence."""
    if line.sku or not line.title:
        return False
    return len(line.title.split()) > 8 or (not line.unit and len(goods.split()) > 10)


def _pieces(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Part a line at commas, full stops and "and" outside of brackets."""
    piece: list[Token] = []
    depth = 0
    for number, token in enumerate(tokens):
        depth += (token.kind == "(") - (token.kind == ")")
        is_and = token.kind == "L" and token.text.casefold() in {"y", "e", "and", "plus"}
        if depth <= 0 and (
            token.kind in ",." or (is_and and _counts_on(tokens[number + 1 :]))
        ):
            if piece:
                yield piece
            piece = []
        else:
            piece.append(token)
    if piece:
        yield piece


def _counts_on(tokens: Sequence[Token]) -> bool:
    """Say whether what follows "and" is one more thing: it begins with a number or a code."""
    kinds = [token.kind for token in tokens if token.kind not in "LB"]
    return bool(kinds) and kinds[0] in "NCAR"


def _goods_of(line: str) -> str:
    """Blank out what a line says beside goods, so that places stay where they are."""
    for span in [*days_in(line), *numbers_in(line), *aside_in(line)]:
        line = line[: span.start] + " " * (span.end - span.start) + line[span.end :]
    return line


def _without(text: str, lines: Sequence[DraftLine], *, offset: int) -> str:
    """Return a line without what it orders, for the facts that stand beside."""
    for line in lines:
        start, end = line.place.start - offset, line.place.end - offset
        inside = text[start:end]
        if not days_in(inside) and not numbers_in(inside):
            text = text[:start] + " " * (end - start) + text[end:]
    return text


# Fields on lines of their own ---------------------------------------------------------------

_REFS = listed("sku ref referencia codigo articulo producto product item code article")
_COUNTS = listed("cantidad cant qty quantity uds unidades units")


def _labelled(rows: Sequence[_Row], at: int, *, part: str) -> tuple[DraftLine, int] | None:
    """Read "Referencia: LAV-100ML" and, within three lines, "Cantidad: 6"."""
    article = _field(rows[at].text)
    if article is None or article[0] not in _REFS:
        return None
    for number in range(at + 1, min(at + 4, len(rows))):
        count = _field(rows[number].text)
        if count is None or count[0] in _REFS:
            return None
        if count[0] in _COUNTS:
            start, end = rows[at].start, rows[number].end
            said = [row.text.strip() for row in rows[at : number + 1]]
            tokens = tokens_of(count[1])
            kinds = "".join(token.kind for token in tokens)
            is_counted = kinds in {"NU", "NUDN", "NUDNU"}
            is_code = len(article[1].split()) == 1
            return DraftLine(
                text=" / ".join(said),
                place=Place(part=part, start=start, end=end),
                sku=article[1] if is_code else "",
                title="" if is_code else article[1],
                quantity=tokens[0].text if is_counted else count[1],
                unit=count[1][tokens[1].start :].strip() if is_counted else "",
            ), number - at + 1
    return None


def _field(line: str) -> tuple[str, str] | None:
    label, mark, value = line[:LONGEST].partition(":")
    if not mark or not value.strip() or len(label) > 30:
        return None
    return fold(label), value.strip()


# Lines among the others ---------------------------------------------------------------------

_COURTESIES = listed(
    "hola buenas buenos dias tardes noches hi hello hey dear good morning afternoon evening "
    "gracias muchas thanks thank you many regards kind best saludos un saludo cordial cordiales "
    "atentamente por favor please sirs madam team equipo estimado estimada estimados estimadas "
    "senores y and os me nos el la los las lo siguiente siguientes the following pedido order "
    "productos articulos items products goods lista list adjunto te este es este nuestro our mi "
    "my quiero queremos necesito necesitamos we need want would like to i haceros hacer hacemos "
    "pedir para for enviar send us por"
)


def _is_courtesy(line: str) -> bool:
    return all(word in _COURTESIES for word in fold(line).split())


def _between(found: _Found, *, part: str) -> None:
    """Note the lines among the ordered ones that say something nobody understood."""
    if not found.lines:
        return
    first = min(line.place.start for line in found.lines)
    last = max(line.place.start for line in found.lines)
    found.unread += [
        Place(part=part, start=row.start, end=row.end)
        for row in found.passed
        if first < row.start < last
    ]


def _draft(found: _Found, *, part: str) -> Draft | None:
    facts = read_facts(found.asides)
    if not found.lines and not found.unread and facts == Facts():
        return None
    return Draft(
        source=Source.TEXT,
        part=part,
        lines=tuple(sorted(found.lines, key=lambda line: line.place.start)),
        unread=tuple(sorted(found.unread, key=lambda place: place.start)),
        po_number=facts.po_number,
        currency=facts.currency,
        total=facts.total,
        requested=facts.requested,
        ship_to=facts.ship_to,
    )
