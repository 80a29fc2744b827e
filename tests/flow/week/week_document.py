"""The worked week (docs/worked-week.md) as data: its steps, and the tables each of them shows."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "worked-week.md"
ZONE = ZoneInfo("Europe/Madrid")
YEAR = 2026
NOTHING = "–"
MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: what it is called is its first heading."""

    columns: Row
    rows: tuple[Row, ...]

    @property
    def kind(self) -> str:
        """What its rows are."""
        return self.columns[0]

    def __iter__(self) -> Iterator[Mapping[str, str]]:
        """Go through the rows, each by the names of its columns."""
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A chapter: its title and its tables in their order."""

    title: str
    tables: tuple[Table, ...]

    def of(self, kind: str) -> Table:
        """Return the one table of a kind.

        :raises ValueError: there is none, or more than one.
        """
        [found] = [table for table in self.tables if table.kind == kind]
        return found


def read_steps(text: str) -> list[Step]:
    """Part a document into its chapters with tables."""
    chapters = re.split(r"(?m)^## ", text)[1:]
    steps = [
        Step(title=chapter.partition("\n")[0].strip(), tables=tuple(_tables(chapter)))
        for chapter in chapters
    ]
    return [step for step in steps if step.tables]


def _tables(chapter: str) -> Iterator[Table]:
    for block in re.findall(r"(?m)(?:^\|.*\|\n?)+", chapter):
        head, rule, *rows = [_cells(line) for line in block.strip().splitlines()]
        assert all(re.fullmatch(r":?-+:?", cell) for cell in rule), block
        assert all(len(row) == len(head) for row in rows), block
        yield Table(columns=head, rows=tuple(rows))


def _cells(line: str) -> Row:
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))


def thousandths(words: str) -> int:
    """Read a quantity of a base unit, "1,600 g" or "6", as it is stored."""
    found = re.fullmatch(r"([0-9,]+)(?: (?:g|ml|bars?|jars?|tins?))?", words)
    assert found, words
    return int(found[1].replace(",", "")) * 1000


def number(words: str) -> int:
    """Read the number a cell begins with, "2 days"."""
    return int(words.split(maxsplit=1)[0].replace(",", ""))


def parts(words: str) -> Sequence[tuple[str, int]]:
    """Read a list of codes and quantities, "OLIVE 1,600, LYE 220"; thousandths."""
    pairs = (each.rsplit(" ", 1) for each in re.split(r", (?=[A-Z])", words))
    return [(code, thousandths(quantity)) for code, quantity in pairs]


def day(words: str) -> date:
    """Read a day, "Mon 7 Dec" or "1 Mar 2027"; a weekday that is wrong is refused."""
    found = re.fullmatch(r"(?:([A-Z][a-z]{2}) )?(\d+) ([A-Z][a-z]{2})(?: (\d{4}))?", words)
    assert found, words
    weekday, at, month, year = found.groups()
    read = date(int(year or YEAR), MONTHS.index(month) + 1, int(at))
    assert weekday in {None, f"{read:%a}"}, f"{words} is a {read:%A}"
    return read


def moment(words: str) -> datetime:
    """Read a day and an hour of the workshop's clock, "Mon 7 Dec 09:00"."""
    on, _, at = words.rpartition(" ")
    hours, minutes = at.split(":")
    midnight = datetime.combine(day(on), datetime.min.time(), tzinfo=ZONE)
    return midnight + timedelta(hours=int(hours), minutes=int(minutes))


def say_day(on: date | None) -> str:
    """Write a day as the document does."""
    if on is None:
        return NOTHING
    return f"{on:%a} {on.day} {MONTHS[on.month - 1]}"


def say_amount(quantity: int) -> str:
    """Write thousandths as the document does, in whole base units."""
    assert quantity % 1000 == 0, quantity
    return f"{quantity // 1000:,}"
