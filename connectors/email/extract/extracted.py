"""What was found in the parts of a mail, and how the tables of a part are told apart."""

from collections.abc import Mapping
from dataclasses import dataclass

from mapping.letter import Draft, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """Every order found in a mail, what tables it holds, and what could not be read."""

    drafts: tuple[Draft, ...] = ()
    """In the order of trust; each has lines, or places that were not understood."""
    tables: tuple[Table, ...] = ()
    troubles: Mapping[str, str]
    """By the id of the part, in a few words."""


def table_id(part: str, *, number: int, is_text: bool = False) -> str:
    """Name a table of a part, counted from 1: the first of a file has the id of the part.

    The others, and every table within a text, have "1.2#2": rows of different tables, and
    rows and characters, must never be taken for each other.
    """
    return part if number == 1 and not is_text else f"{part}#{number}"
