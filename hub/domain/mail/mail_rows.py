"""Rows of a table checked against what was read of them."""

from collections.abc import Mapping, Sequence

from hub.domain.mail.mail_meaning import Meant
from hub.domain.mail.mail_names import Line, Names
from mapping.letter import Table


def read_rows(
    table: Table,
    here: Sequence[Meant],
    names: Names,
    *,
    doubtful: list[Line],
    rest: list[Line],
) -> None:
    """Sort the rows of a table that were not wholly understood into `doubtful` and `rest`.

    `here` is what was read in it. Rest are rows nobody read: what they say may be elsewhere too.
    """
    covering = _by_row(table, here)
    codes = _columns(table, [(meant, meant.line.sku) for meant in here])
    counts = _columns(table, [(meant, meant.line.quantity) for meant in here])
    for number, row in enumerate(table.rows):
        line = Line(part=table.part, start=number, end=number + 1, text=" ".join(row))
        if number not in covering:
            if not _orders_nothing(row, names, codes=codes, counts=counts):
                rest.append(line)
        elif _names_another(row, covering[number], names):
            doubtful.append(line)


def _by_row(table: Table, here: Sequence[Meant]) -> Mapping[int, Sequence[Meant]]:
    found: dict[int, list[Meant]] = {}
    for meant in here:
        place = meant.line.place
        for number in range(max(place.start, 0), min(place.end, len(table.rows))):
            found.setdefault(number, []).append(meant)
    return found


def _orders_nothing(
    row: Sequence[str], names: Names, *, codes: Sequence[int], counts: Sequence[int]
) -> bool:
    """Say whether a row lists one of our goods in a form, and its quantity was left empty.

    Which columns hold code and quantity is what every line that was read has in the same column.
    """
    return (
        bool(codes and counts)
        and all(names.of_cell(_cell(row, at)) is not None for at in codes)
        and all(not _cell(row, at).strip(" 0.,-–—") for at in counts)
    )


def _columns(table: Table, said: Sequence[tuple[Meant, str]]) -> list[int]:
    """Return the columns that hold, on the row of every line, what was read there."""
    if not said or not all(words for _, words in said):
        return []
    width = max((len(row) for row in table.rows), default=0)
    return [
        at
        for at in range(width)
        if all(
            _cell(table.rows[meant.line.place.start], at).strip() == words.strip()
            for meant, words in said
            if 0 <= meant.line.place.start < len(table.rows)
        )
    ]


def _cell(row: Sequence[str], at: int) -> str:
    return row[at] if at < len(row) else ""


def _names_another(row: Sequence[str], covering: Sequence[Meant], names: Names) -> bool:
    """Say whether a cell of a row that was read is the code of another thing."""
    meant = {names.of_cell(one.read.item) for one in covering}
    meant |= {names.of_cell(one.line.sku) for one in covering}
    meant |= {names.of_cell(one.line.title) for one in covering}
    found = {names.of_cell(cell) for cell in row if cell}
    return bool(found - meant - {None}) and not any(one.problem for one in covering)
