"""The codes people read."""

from datetime import date

import pytest

from hub.domain.codes import Series, UnknownPlaceholder, check_pattern, lot_code, number

NEW_YEARS_EVE = date(2027, 12, 31)


@pytest.mark.parametrize(
    "pattern, code",
    [
        ("{item}-{yy}{ddd}-{nn}", "CND-27365-07"),
        ("{yyyy}{mm}{dd}/{n}", "20271231/7"),
        ("L{yy}W{ww}-{nnnn}", "L27W52-0007"),
        ("{n}", "7"),
    ],
)
def test_a_lot_code_follows_its_pattern(pattern: str, code: str) -> None:
    assert lot_code(pattern, item_code="CND", on=NEW_YEARS_EVE, sequence=7) == code


def test_a_long_running_number_is_not_cut() -> None:
    assert lot_code("{nn}", item_code="CND", on=NEW_YEARS_EVE, sequence=1234) == "1234"


@pytest.mark.parametrize("pattern", ["{item.x}-{n}", "{}-{n}", "{yyy}{n}", "{0}{n}"])
def test_a_pattern_cannot_name_anything_else(pattern: str) -> None:
    with pytest.raises(UnknownPlaceholder, match="is not one of"):
        check_pattern(pattern)


def test_a_pattern_without_a_running_number_is_refused() -> None:
    with pytest.raises(UnknownPlaceholder, match="Two lots"):
        lot_code("{item}-{yyyy}", item_code="CND", on=NEW_YEARS_EVE, sequence=1)


@pytest.mark.parametrize(
    "series, sequence, expected",
    [
        (Series.ORDER, 1, "H-0001"),
        (Series.PRODUCTION, 12, "P-0012"),
        (Series.SHIPMENT, 9999, "S-9999"),
        (Series.PURCHASE, 12345, "PO-12345"),
    ],
)
def test_numbers_have_at_least_four_digits(
    series: Series, sequence: int, expected: str
) -> None:
    assert number(series, sequence=sequence) == expected
