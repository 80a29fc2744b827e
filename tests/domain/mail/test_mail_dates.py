"""The day a mail asks for is read only where it can be one day, and is not over."""

from datetime import date

import pytest

from hub.domain.mail.mail_dates import NotOneDay, read_day

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "written, day",
    [
        ("2026-12-05", date(2026, 12, 5)),
        ("5 de diciembre de 2026", date(2026, 12, 5)),
        ("December 5th, 2026", date(2026, 12, 5)),
        ("15/12/2026", date(2026, 12, 15)),
        ("12/15/2026", date(2026, 12, 15)),
        ("15.12.26", date(2026, 12, 15)),
        ("12/12/2026", date(2026, 12, 12)),
        ("12/12/26", date(2026, 12, 12)),
    ],
)
def test_a_day_that_can_be_one_day_is_read(written: str, day: date) -> None:
    assert read_day(written, today=TODAY) == day


@pytest.mark.parametrize(
    "written", ["05/12/2026", "12-05-2027", "03.04.2027", "05/12/26", "3/4/27"]
)
def test_a_day_that_may_be_a_month_is_none(written: str) -> None:
    with pytest.raises(NotOneDay):
        read_day(written, today=TODAY)


@pytest.mark.parametrize(
    "written, day",
    [
        ("sábado 05/12/2026", date(2026, 12, 5)),
        ("Saturday, 05/12/2026", date(2026, 12, 5)),
        ("sáb. 05/12/26", date(2026, 12, 5)),
        ("Tuesday 03/02/2027", date(2027, 3, 2)),
    ],
)
def test_a_weekday_that_fits_one_reading_settles_it(written: str, day: date) -> None:
    assert read_day(written, today=TODAY) == day


@pytest.mark.parametrize(
    "written",
    [
        "viernes 05/12/2026",  # neither reading
        "lunes 01/02/2027 martes",  # two of them
        "lunes 24/11/2026",
        "lunes 2026-12-05",
    ],
)
def test_a_weekday_that_fits_none_or_leaves_it_open_settles_nothing(written: str) -> None:
    with pytest.raises(NotOneDay):
        read_day(written, today=TODAY)


def test_a_weekday_that_fits_both_readings_settles_nothing() -> None:
    assert date(2027, 5, 9).weekday() == date(2027, 9, 5).weekday() == 6

    with pytest.raises(NotOneDay):
        read_day("domingo 09/05/2027", today=TODAY)


def test_a_year_written_first_with_two_digits_is_not_taken_for_a_day() -> None:
    with pytest.raises(NotOneDay):
        read_day("27/10/26", today=date(2026, 10, 26))


@pytest.mark.parametrize(
    "written", ["2026-11-22", "22/11/2026", "2029-01-01", "31/11/2026"]
)
def test_a_day_that_is_over_or_far_or_none_is_refused(written: str) -> None:
    with pytest.raises(NotOneDay):
        read_day(written, today=TODAY)


@pytest.mark.parametrize("written", ["", "lo antes posible", "ASAP"])
def test_haste_names_no_day(written: str) -> None:
    assert read_day(written, today=TODAY) is None
