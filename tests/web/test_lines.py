"""Texts in lines on paper: none too wide, nothing lost, and no more work than lines need."""

import io
import sys
from types import FrameType

import pdfplumber
import pytest
from reportlab.platypus import Flowable

from hub.web.documents.fonts import width_of
from hub.web.documents.frame import (
    LARGE,
    MARGIN,
    TEXT,
    Look,
    Rows,
    cell,
    draw,
    facts,
    sheet,
    table,
    tick_box,
)
from hub.web.documents.lines import Text, broken

WIDE = 120.0
MANY = " ".join(f"word{number:03}" for number in range(400))


def is_narrow(line: str) -> bool:
    """Say whether a line fits the place of these tests."""
    return width_of(line, font=TEXT.fontName, size=TEXT.fontSize) <= WIDE


def pages_of(story: list[Flowable]) -> list[list[tuple[str, float]]]:
    """Draw a story, and say of each page which words stand how far above its lower edge."""
    paper = draw([sheet("Label", story)], title="Title", look=Look())
    with pdfplumber.open(io.BytesIO(paper)) as file:
        return [
            [
                (word["text"], float(page.height) - word["bottom"])
                for word in page.extract_words()
            ]
            for page in file.pages
        ]


@pytest.mark.parametrize("text", [MANY, "W" * 400, f"short {'W' * 90} short", "", " "])
def test_no_line_is_wider_than_its_place_and_nothing_is_lost(text: str) -> None:
    lines = broken(text, style=TEXT, width=WIDE).split("\n")

    assert all(is_narrow(line) for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_lines_are_as_full_as_they_can_be() -> None:
    lines = broken(MANY, style=TEXT, width=WIDE).split("\n")

    firsts = [line.split(" ")[0] for line in lines[1:]]
    assert not any(
        is_narrow(f"{line} {first}") for line, first in zip(lines, firsts, strict=False)
    )


def test_lines_of_the_text_stay_and_a_space_that_binds_binds() -> None:
    assert broken("a  b\n\nc", style=TEXT, width=WIDE) == "a b\n\nc"
    [*_, last] = broken("letters " * 4 + "12\u00a0kg", style=TEXT, width=WIDE).split("\n")
    assert last.endswith("12\u00a0kg")


def test_what_looks_like_markup_is_a_text() -> None:
    [page] = pages_of([cell("<b>&amp;</para>"), table(["<i>x"], [["<br/>&lt;"]], [1])])

    said = [word for word, _ in page]
    assert [
        each for each in ("<b>&amp;</para>", "<i>x", "<br/>&lt;") if each not in said
    ] == []


def test_a_row_taller_than_a_page_goes_on_over_pages_within_their_margins() -> None:
    rows: Rows = [[tick_box(), "first", "\n".join(f"line{n:03}" for n in range(180))]]

    pages = pages_of([table(["", "One", "Two"], rows, [0.1, 0.2, 0.7], style=LARGE)])

    found = [
        (word, above) for page in pages for word, above in page if word.startswith("line")
    ]
    assert [word for word, _ in found] == [f"line{n:03}" for n in range(180)]
    assert min(above for _, above in found) >= MARGIN
    assert len(pages) > 2


def test_a_text_taller_than_a_page_is_cut_between_lines() -> None:
    pages = pages_of([cell("\n".join(f"line{n:03}" for n in range(150)))])

    found = [
        (word, above) for page in pages for word, above in page if word.startswith("line")
    ]
    assert [word for word, _ in found] == [f"line{n:03}" for n in range(150)]
    assert min(above for _, above in found) >= MARGIN


def test_where_no_line_has_room_a_text_is_not_cut() -> None:
    text = Text("one\ntwo", TEXT)

    assert text.split(WIDE, TEXT.leading - 1) == []
    assert len(text.split(WIDE, TEXT.leading)) == 2
    assert len(text.split(WIDE, 2 * TEXT.leading)) == 1


def test_setting_a_row_takes_few_steps() -> None:
    steps = {rows: _steps(rows) for rows in (10, 110)}

    a_row = (steps[110] - steps[10]) / 100
    assert a_row < 500, (
        "a box, two texts and a line; with a Paragraph in each cell it was 976"
    )


def _steps(count: int) -> int:
    """Count the calls drawing so many facts and rows takes."""
    taken = 0

    def note(_frame: FrameType, event: str, _what: object) -> None:
        nonlocal taken
        taken += event == "call"

    rows: Rows = [
        [tick_box(), f"Soy candle {n}", f"L-{n} · best before"] for n in range(count)
    ]
    sys.setprofile(note)
    try:
        story = [
            facts([("Order", "H-1")]),
            table(["", "What", "Lots"], rows, [0.1, 0.4, 0.5]),
        ]
        draw([sheet("Label", story)], title="Title", look=Look())
    finally:
        sys.setprofile(None)
    return taken
