"""Rows of a table read as the lines of an order; sheets, html and PDF share it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from connectors.email.extract.codes import is_code, looks_ordered
from connectors.email.extract.facts import Facts, read_facts
from connectors.email.extract.headings import Columns, Field, columns_of
from connectors.email.extract.totals import Totals
from connectors.email.extract.words import (
    amounts,
    currency_in,
    fold,
    is_nothing,
    split_unit,
)
from mapping.letter import Draft, DraftLine, Place, Source

Row = Sequence[str]
MOST_CELL = 2_000
"""Characters of one cell; a longer one is text and no value."""


@dataclass
class _Section:
    """What was read below one row of headings."""

    columns: Columns
    headings: tuple[str, ...]
    lines: list[DraftLine] = field(default_factory=list)
    unread: list[Place] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)


def read_table(rows: Sequence[Row], *, part: str, source: Source) -> tuple[Draft, ...]:
    """Read a table as orders, one for each different row of headings in it.

    A row without quantity is not ordered, as forms list everything there is. A row that says
    how much but not of what, or that holds more than its headings explain, is `unread`.
    Nothing comes back for a table without headings of an order.
    """
    sections, outside = _sections(rows, part=part)
    if not sections:
        return ()
    facts = read_facts(outside)
    drafts = [_draft(each, part=part, source=source, facts=facts) for each in sections]
    return tuple(draft for draft in drafts if draft.lines or draft.unread)


def has_headings(rows: Sequence[Row]) -> bool:
    """Say whether any row holds the headings of an order."""
    return any(columns_of(row) is not None for row in rows)


def _sections(rows: Sequence[Row], *, part: str) -> tuple[list[_Section], list[str]]:
    sections: list[_Section] = []
    outside: list[str] = []
    for number, row in enumerate(rows):
        columns = columns_of(row)
        here = sections[-1] if sections else None
        if columns is not None:
            headings = tuple(map(fold, row))
            if here is None or here.headings != headings:
                sections.append(_Section(columns=columns, headings=headings))
        elif here is None:
            outside.append(_spread(row))
        else:
            place = Place(part=part, start=number, end=number + 1)
            if not _take(here, row, place=place):
                outside.append(_spread(row))
    return sections, outside


def _take(here: _Section, row: Row, *, place: Place) -> bool:
    """Take one row below the headings; False where it is none of the table's own."""
    at = here.columns.at
    first = next((cell for cell in row if cell.strip()), "")
    named = _cell(row, at, Field.SKU) or _cell(row, at, Field.BARCODE)
    if (
        not first
        or (not named or named == first.strip())
        and here.totals.take(
            row, amount=at.get(Field.AMOUNT), quantity=at.get(Field.QUANTITY)
        )
    ):
        return True
    named = named or _cell(row, at, Field.TITLE)
    quantity = _cell(row, at, Field.QUANTITY)
    if here.columns.unclear:
        here.unread.append(place)
    elif is_nothing(quantity):
        return _without_quantity(here, row, named=named, place=place)
    elif not named:
        if not _is_sum(here, row):
            here.unread.append(place)
    else:
        _order(here, row, place=place)
    return True


def _without_quantity(here: _Section, row: Row, *, named: str, place: Place) -> bool:
    """Leave a row without quantity alone, unless it says something all the same."""
    cells = [cell.strip() for cell in row if cell.strip()]
    is_sentence = len(cells) == 1 and _is_sentence(cells[0]) and looks_ordered(cells[0])
    if is_sentence or (named and _strays(here.columns, row, line=len(here.lines) + 1)):
        here.unread.append(place)
    return bool(named) and len(cells) > 1


def _is_sentence(cell: str) -> bool:
    return len(cell.split()) >= 4


def _order(here: _Section, row: Row, *, place: Place) -> None:
    line = _line(here.columns, row, place=place)
    if _strays(here.columns, row, line=len(here.lines) + 1):
        here.unread.append(place)
    here.lines.append(line)


def _line(columns: Columns, row: Row, *, place: Place) -> DraftLine:
    at = columns.at
    quantity, counted = split_unit(_cell(row, at, Field.QUANTITY))
    sku, title = _cell(row, at, Field.SKU), _cell(row, at, Field.TITLE)
    if Field.SKU not in at and is_code(title):
        sku, title = title, ""
    return DraftLine(
        text=" | ".join(cell.strip() for cell in row if cell.strip())[:MOST_CELL],
        place=place,
        sku=sku,
        quantity=quantity,
        unit=_unit(columns, row, counted=counted),
        title=title,
        price=_cell(row, at, Field.PRICE),
        amount=_cell(row, at, Field.AMOUNT),
        line_id=_cell(row, at, Field.LINE),
        barcode=_cell(row, at, Field.BARCODE),
    )


def _unit(columns: Columns, row: Row, *, counted: str) -> str:
    """Say what a quantity counts: by its own cell, its column, its heading, and packs of it."""
    said = [counted, _cell(row, columns.at, Field.UNIT), columns.unit]
    unit = next(filter(None, said), "")
    if counted and said[1] and fold(counted) != fold(said[1]):
        unit = f"{counted} {said[1]}"
    pack = _cell(row, columns.at, Field.PACK)
    if is_nothing(pack) or amounts(pack) == {1}:
        return unit
    return f"{unit} {columns.pack} {pack}".strip()


def _strays(columns: Columns, row: Row, *, line: int) -> bool:
    """Say whether a row holds more than its headings explain; a running number is nothing."""
    return any(
        cell.strip() and cell.strip().rstrip(".") != str(line)
        for place, cell in enumerate(row)
        if place not in columns.known
    )


def _is_sum(here: _Section, row: Row) -> bool:
    """Say whether a row without a name only adds up the quantities above it."""
    read = [amounts(line.quantity) for line in here.lines]
    whole = amounts(_cell(row, here.columns.at, Field.QUANTITY))
    plain = all(not any(c.isalpha() for c in cell) for cell in row)
    return bool(read) and plain and sum(min(each, default=0) for each in read) in whole


def _draft(here: _Section, *, part: str, source: Source, facts: Facts) -> Draft:
    total = here.totals.of_the_lines() or facts.total
    said = [line.amount + line.price for line in here.lines[:1]]
    found = currency_in(" ".join([total, *said, *here.headings])) or facts.currency
    draft = Draft(
        source=source, part=part, lines=tuple(here.lines), unread=tuple(here.unread)
    )
    return replace(
        draft,
        po_number=facts.po_number,
        requested=facts.requested,
        ship_to=facts.ship_to,
        total=total,
        currency=found,
    )


def _cell(row: Row, at: Mapping[Field, int], wanted: Field) -> str:
    place = at.get(wanted)
    if place is None or place >= len(row):
        return ""
    return row[place].strip()[:MOST_CELL]


def _spread(row: Row) -> str:
    return "   ".join(cell.strip() for cell in row if cell.strip())
