"""Papers and tables: no letter stops them, no cell becomes a formula."""

import csv
import io

import pytest

from hub.web.documents.fonts import set_in_font
from hub.web.documents.safe_csv import write_csv


def cell_of(value: object) -> str:
    """Write a value as the second cell of a table and read it back."""
    written = write_csv(["a", "b"], [["x", value]]).decode()
    [_, row] = csv.reader(io.StringIO(written, newline=""))
    return row[1]


@pytest.mark.parametrize("text", ["=1+1", "+34 600", "-x", "@cmd", "\tx", "\rx"])
def test_no_cell_is_taken_for_a_formula(text: str) -> None:
    assert cell_of(text) == f"'{text}"


@pytest.mark.parametrize(
    "value, shown", [("-3.5", "-3.5"), ("Ana", "Ana"), (None, ""), (7, "7")]
)
def test_what_is_no_formula_is_written_as_it_is(value: object, shown: str) -> None:
    assert cell_of(value) == shown


@pytest.mark.parametrize(
    "text, shown",
    [
        ("José Ñúñez 12 €", "José Ñúñez 12 €"),
        ("Lech Wałęsa", "Lech Wałesa"),
        ("e\u0301clair", "éclair"),
        ("日本", "??"),
        ("two\nlines", "two\nlines"),
        ("a\u200bb", "a?b"),
    ],
)
def test_a_letter_the_font_lacks_loses_its_accent_or_is_a_question(
    text: str, shown: str
) -> None:
    assert set_in_font(text) == shown
