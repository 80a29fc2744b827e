"""Reads a mail as a person taught it: which column of a table, which place of a line is what.

A form is data, never a program: headings to be found again, or a line of literal words with
placeholders in braces. Nothing a person types becomes a regular expression.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from hub.domain.mail.mail_known import Form
from hub.domain.mail.mail_words import fold
from mapping.letter import Draft, DraftLine, Letter, Place, Source, Table, Text

FIELDS = frozenset(
    ["sku", "quantity", "unit", "title", "price", "amount", "line_id", "barcode"]
)
"""What a column or placeholder may be; the first two no form goes without."""
NEEDED = ("sku", "quantity")
MOST_PLACEHOLDERS = 8
LONGEST_LINE = 300
DEEPEST_HEADING = 40
"""Headings further down than this are not looked for."""


class NoForm(ValueError):
    """A definition that can read nothing, and what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """What a form read, and the rows it passed over because they order nothing."""

    draft: Draft
    passed: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class _Slot:
    """A placeholder of a line, or words that must stand there."""

    words: str
    is_field: bool


def check_form(*, kind: str, definition: Mapping[str, object]) -> None:
    """Refuse a form that could never read anything.

    :raises NoForm: a needed field is missing, named twice, or not known.
    """
    if kind == "table":
        _columns(definition)
    elif kind == "text":
        _slots(definition)
    else:
        raise NoForm("A form reads a table or lines of text.")


def fit(letter: Letter, *, forms: Sequence[Form]) -> list[Fitted]:
    """Read a letter by the forms taught for its sender; a form that fits nothing reads nothing.

    The first form that fits a part reads it.
    """
    found: dict[str, Fitted] = {}
    for form in forms:
        for fitted in _fit(letter, form):
            found.setdefault(fitted.draft.part, fitted)
    return [replace(each, draft=_with_rest(each.draft, letter)) for each in found.values()]


def _fit(letter: Letter, form: Form) -> Iterator[Fitted]:
    try:
        if form.kind == "table":
            columns = _columns(form.definition)
            read = [_read_table(table, columns) for table in letter.tables]
        else:
            slots = _slots(form.definition)
            own = [text for text in letter.texts if not text.is_quoted]
            read = [_read_text(text, slots) for text in own]
    except NoForm:
        return
    yield from (each for each in read if each is not None)


def _with_rest(draft: Draft, letter: Letter) -> Draft:
    """Take what the part says beside its lines from what read it without the form."""
    for other in letter.drafts:
        if other.part == draft.part:
            return replace(
                other, source=draft.source, lines=draft.lines, unread=draft.unread,
                is_exact=False,
            )  # fmt: skip
    return draft


# Tables ------------------------------------------------------------------------------------


def _columns(definition: Mapping[str, object]) -> Mapping[str, str]:
    """Return folded heading by field."""
    given = definition.get("columns")
    if not isinstance(given, Mapping):
        raise NoForm("Say which column is what.")
    columns = {str(field): fold(str(heading)) for field, heading in given.items()}
    _check_fields(list(columns))
    headings = list(columns.values())
    if not all(headings) or len(set(headings)) != len(headings):
        raise NoForm("Each column needs a heading of its own.")
    return columns


def _read_table(table: Table, columns: Mapping[str, str]) -> Fitted | None:
    found = _heading(table, columns)
    if found is None:
        return None
    heading, at = found
    lines, unread, passed = [], [], []
    for number, row in enumerate(table.rows[heading + 1 :], start=heading + 1):
        cells = {field: _cell(row, index) for field, index in at.items()}
        place = Place(part=table.part, start=number, end=number + 1)
        match bool(cells["sku"]), bool(cells["quantity"].strip("0.,-–— ")):
            case True, True if not _is_sum(row):
                text = " | ".join(cell for cell in row if cell.strip())
                lines.append(DraftLine(text=text, place=place, **cells))
            case False, True if not _is_sum(row):
                unread.append(place)
            case _:
                passed.append(place)
    draft = Draft(
        source=Source.TEMPLATE, part=table.part, lines=tuple(lines), unread=tuple(unread)
    )
    return Fitted(draft=draft, passed=tuple(passed)) if lines else None


def _heading(
    table: Table, columns: Mapping[str, str]
) -> tuple[int, Mapping[str, int]] | None:
    """Find the row that holds every heading once: its number, and the column of each field."""
    for number, row in enumerate(table.rows[:DEEPEST_HEADING]):
        folded = [fold(cell) for cell in row]
        if all(folded.count(heading) == 1 for heading in columns.values()):
            return number, {
                field: folded.index(heading) for field, heading in columns.items()
            }
    return None


def _cell(row: Sequence[str], index: int) -> str:
    return row[index].strip() if index < len(row) else ""


def _is_sum(row: Sequence[str]) -> bool:
    first = next((fold(cell) for cell in row if cell.strip()), "")
    return first.startswith(("total", "suma", "subtotal", "sum"))


# Lines of text -----------------------------------------------------------------------------


def _slots(definition: Mapping[str, object]) -> Sequence[_Slot]:
    line = definition.get("line")
    if not isinstance(line, str) or not line.strip() or len(line) > LONGEST_LINE:
        raise NoForm("Write the line as it stands, with {sku} and {quantity} in it.")
    slots: list[_Slot] = []
    for index, piece in enumerate(" ".join(line.split()).split("{")):
        field, brace, words = piece.partition("}") if index else ("", "}", piece)
        if not brace:
            raise NoForm("A brace is not closed.")
        if index:
            slots.append(_Slot(field.strip(), is_field=True))
        if words:
            slots.append(_Slot(words.casefold(), is_field=False))
    _check_fields([slot.words for slot in slots if slot.is_field])
    if any(one.is_field and other.is_field for one, other in pairwise(slots)):
        raise NoForm("Between two placeholders there must be something.")
    return slots


def _check_fields(fields: Sequence[str]) -> None:
    if len(fields) > MOST_PLACEHOLDERS or len(set(fields)) != len(fields):
        raise NoForm("Each of them can be there once.")
    if not FIELDS.issuperset(fields):
        raise NoForm(f"Known are: {', '.join(sorted(FIELDS))}.")
    if not set(NEEDED) <= set(fields):
        raise NoForm("The code and the quantity are needed.")


def _read_text(text: Text, slots: Sequence[_Slot]) -> Fitted | None:
    lines, start = [], 0
    for each in text.text.splitlines(keepends=True):
        plain = " ".join(each.split())
        fields = _match(plain, slots) if plain and len(plain) <= LONGEST_LINE else None
        if fields is not None:
            place = Place(part=text.part, start=start, end=start + len(each.rstrip("\r\n")))
            lines.append(DraftLine(text=plain, place=place, **fields))
        start += len(each)
    draft = Draft(source=Source.TEMPLATE, part=text.part, lines=tuple(lines))
    return Fitted(draft=draft) if lines else None


def _match(plain: str, slots: Sequence[_Slot]) -> dict[str, str] | None:
    """Read a line from left to right: each placeholder ends where the next words begin first.

    The words after the last placeholder must end the line.
    """
    if len(plain.casefold()) != len(plain):
        return None  # places in the one would not be those in the other
    fields, rest = {}, plain
    for index, slot in enumerate(slots):
        if not slot.is_field:
            if not rest.casefold().startswith(slot.words):
                return None
            rest = rest[len(slot.words) :]
            continue
        value, rest = _take(rest, slots[index + 1 :])
        if not _may_be(slot.words, value):
            return None
        fields[slot.words] = value.strip()
    return fields if not rest.strip() else None


def _take(rest: str, following: Sequence[_Slot]) -> tuple[str, str]:
    if not following:
        return rest, ""
    if len(following) == 1:
        words = following[0].words
        ends = rest.casefold().endswith(words)
        return (rest[: len(rest) - len(words)], words) if ends else ("", rest)
    at = rest.casefold().find(following[0].words, 1)
    return (rest[:at], rest[at:]) if at > 0 else ("", rest)


def _may_be(field: str, value: str) -> bool:
    plain = value.strip()
    if field == "quantity":
        return plain.isascii() and plain.isdigit()
    return bool(plain) and (field not in {"sku", "barcode"} or len(plain.split()) <= 3)
