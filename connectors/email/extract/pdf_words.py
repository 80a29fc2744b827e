"""Words on a page put back into rows and columns, for tables that are drawn without lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.email.extract.headings import columns_of

SAME_LINE = 3.0
"""Points between the tops of words of one line."""
GAP = 5.0
"""Points between words of different columns; words of one column stand closer."""


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    left: float
    right: float


def rows_of(words: Sequence[Mapping[str, object]]) -> list[tuple[str, ...]]:
    """Return the rows of one page: below headings every word in the column it stands under.

    A page without headings of its own is parted at its gaps alone; its rows fit no column.
    """
    rows: list[tuple[str, ...]] = []
    columns: list[_Cell] = []
    for cells in map(_cells, _lines(words)):
        texts = tuple(cell.text for cell in cells)
        if columns_of(texts) is not None:
            columns = cells
            rows.append(texts)
        elif columns:
            rows.append(_in_columns(cells, columns=columns))
        else:
            rows.append(texts)
    return rows


def _lines(words: Sequence[Mapping[str, object]]) -> list[list[Mapping[str, object]]]:
    lines: list[list[Mapping[str, object]]] = []
    for word in sorted(words, key=lambda each: (_at(each, "top"), _at(each, "x0"))):
        if lines and abs(_at(lines[-1][0], "top") - _at(word, "top")) <= SAME_LINE:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda each: _at(each, "x0")) for line in lines]


def _cells(line: Sequence[Mapping[str, object]]) -> list[_Cell]:
    cells: list[_Cell] = []
    for word in line:
        text, left, right = str(word["text"]), _at(word, "x0"), _at(word, "x1")
        if cells and left - cells[-1].right < GAP:
            cells[-1] = _Cell(f"{cells[-1].text} {text}", cells[-1].left, right)
        else:
            cells.append(_Cell(text, left, right))
    return cells


def _in_columns(cells: Sequence[_Cell], *, columns: Sequence[_Cell]) -> tuple[str, ...]:
    """Put each cell under the heading it overlaps most, or the nearest one."""
    found = [""] * len(columns)
    for cell in cells:
        best = max(range(len(columns)), key=lambda each: _overlap(cell, columns[each]))
        found[best] = f"{found[best]} {cell.text}".strip()
    return tuple(found)


def _overlap(one: _Cell, other: _Cell) -> float:
    return min(one.right, other.right) - max(one.left, other.left)


def _at(word: Mapping[str, object], side: str) -> float:
    value = word[side]
    return float(value) if isinstance(value, int | float) else 0.0
