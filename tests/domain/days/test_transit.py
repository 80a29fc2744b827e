"""How long a parcel is on its way."""

import pytest

from hub.domain.days.transit import fold_method, transit_days

WAYS = {("ES", "express"): 1, ("ES", ""): 3, ("", "express"): 4, ("", ""): 9}


@pytest.mark.parametrize(
    "country, method, days",
    [
        ("ES", "express", 1),
        ("ES", "letter", 3),
        ("DE", "express", 4),
        ("DE", "letter", 9),
        ("", "express", 4),
        ("", "", 9),
    ],
)
def test_what_fits_best_is_taken(country: str, method: str, days: int) -> None:
    assert transit_days(WAYS, country=country, method=method, usual=7) == days


def test_where_no_way_fits_it_takes_as_long_as_usual() -> None:
    assert transit_days({("ES", ""): 3}, country="DE", method="", usual=7) == 7
    assert transit_days({}, country="DE", method="", usual=None) is None


def test_a_method_is_known_whatever_its_case_and_blanks() -> None:
    assert fold_method("  Correos  EXPRESS ") == fold_method("correos express")
