"""Tables to be opened in a spreadsheet, in which no cell is ever taken for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet calculate (OWASP, CSV injection)."""
MEDIA_TYPE = "text/csv; charset=utf-8"


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write a table in UTF-8, comma separated. None is an empty cell."""
    return b"".join(csv_pieces(header, [rows]))


def csv_pieces(
    header: Sequence[str], pages: Iterable[Iterable[Sequence[object]]]
) -> Iterator[bytes]:
    """Write the same table piece by piece: its header, then the rows of each page."""
    yield _lines([header])
    for rows in pages:
        yield _lines([_cell(value) for value in row] for row in rows)


def _lines(cells: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(cells)
    return out.getvalue().encode()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    if text.startswith(FORMULA) and not NUMBER.fullmatch(text):
        return f"'{text}"
    return text
