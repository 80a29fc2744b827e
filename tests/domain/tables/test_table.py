"""Tables from spreadsheets: read strictly, nothing guessed, nothing lost, nothing dangerous."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.tables.table import (
    BadCell,
    BadTable,
    Row,
    read_flag,
    read_number,
    read_table,
    read_whole,
    write_table,
)

COLUMNS = ("code", "name", "quantity")


def rows(text: str) -> list[dict[str, str]]:
    found = read_table(text.encode(), columns=COLUMNS, required=("code",))
    return [dict(row.cells) for row in found]


def problem(raw: bytes) -> str:
    with pytest.raises(BadTable) as refused:
        read_table(raw, columns=COLUMNS, required=("code",))
    return str(refused.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_are_parted_by_whatever_the_spreadsheet_uses(delimiter: str) -> None:
    text = f"Code {delimiter} NAME\nWAX{delimiter}Soy wax\n".replace(" ", " ")

    assert rows(text) == [{"code": "WAX", "name": "Soy wax"}]


def test_rows_are_numbered_as_a_spreadsheet_counts_and_empty_ones_left_out() -> None:
    found = read_table(b"code\nA\n\n ,\nB\n", columns=(*COLUMNS, ""), required=("code",))

    assert [(row.number, row.cells["code"]) for row in found] == [(2, "A"), (5, "B")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_letters_of_every_language_come_through(encoding: str) -> None:
    found = read_table(
        "code\nPIÑÓN\n".encode(encoding), columns=COLUMNS, required=("code",)
    )

    assert found[0].cells["code"] == "PIÑÓN"


def test_another_encoding_is_refused_with_the_way_out() -> None:
    assert "CSV UTF-8" in problem("code\nPIÑÓN\n".encode("cp1252"))


def test_a_column_nobody_knows_is_named_with_those_that_are() -> None:
    assert problem(b"code,colour\nA,red\n") == (
        "There is no column colour: code, name, quantity are known."
    )


def test_a_column_that_is_needed_or_there_twice_is_named() -> None:
    assert "must name code" in problem(b"name\nA\n")
    assert "twice" in problem(b"code,code\nA,B\n")


def test_a_cell_beyond_the_heading_is_not_lost() -> None:
    assert "Row 2" in problem(b"code\nA,B\n")


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b'code\n"A\n', b"code\n\0\n"])
def test_what_is_no_table_is_refused_in_words(raw: bytes) -> None:
    assert problem(raw)


def row(*, has_comma_decimals: bool = False) -> Row:
    return Row(number=2, cells={}, has_comma_decimals=has_comma_decimals)


@pytest.mark.parametrize(
    "written, commas, read",
    [
        ("2.5", False, "2.5"),
        ("2,5", False, "2.5"),
        ("2,5", True, "2.5"),
        ("1.250", False, "1.250"),
        ("1,250", True, "1.250"),
        ("12", False, "12"),
    ],
)
def test_numbers_are_read_however_the_workshop_writes_them(
    written: str, commas: bool, read: str
) -> None:
    assert read_number(row(has_comma_decimals=commas), written) == read


@pytest.mark.parametrize(
    "written, commas",
    [("1,250", False), ("1.250", True), ("1.250,5", True), ("-3", False), ("many", False)],
)
def test_a_number_that_may_mean_two_things_is_refused(written: str, commas: bool) -> None:
    with pytest.raises(BadCell):
        read_number(row(has_comma_decimals=commas), written)


def test_whole_numbers_and_yes_or_no_are_nothing_else() -> None:
    assert (read_whole("12"), read_flag("Sí"), read_flag("no")) == (12, True, False)
    with pytest.raises(BadCell):
        read_whole("1.5")
    with pytest.raises(BadCell):
        read_flag("perhaps")


CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20).map(str.strip)


@given(st.lists(st.fixed_dictionaries({"code": CELLS.filter(bool), "name": CELLS})))
def test_what_is_written_is_read_back_and_never_a_formula(
    written: list[dict[str, str]],
) -> None:
    text = write_table(COLUMNS, written)

    found = read_table(text.encode(), columns=COLUMNS, required=("code",))

    kept = [{name: cell for name, cell in each.items() if cell} for each in written]
    assert [dict(each.cells) for each in found] == kept
    cells = [cell for line in text.splitlines()[1:] for cell in line.split(",")]
    assert not any(cell.lstrip('"').startswith(("=", "+", "-", "@")) for cell in cells[:1])


@given(st.binary(max_size=300))
def test_no_file_makes_the_reader_fall_over(raw: bytes) -> None:
    with suppress(BadTable):
        read_table(raw, columns=COLUMNS, required=())
