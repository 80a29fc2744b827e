"""Money is read exactly in its currency's own decimals, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.canonical import Money
from mapping.money import decimals_of, format_money, make_money, parse_money
from mapping.units import INT64, UnitProblem


@pytest.mark.parametrize(
    "amount,currency,minor",
    [
        ("12.50", "EUR", 1250),
        ("12.5", "EUR", 1250),
        ("12", "EUR", 1200),
        ("1250", "JPY", 1250),
        ("1250.00", "JPY", 1250),
        ("1.250", "KWD", 1250),
        ("1.25", "KWD", 1250),
        ("12.50", "RSD", 1250),
        ("-0.05", "eur", -5),
        (7, "USD", 700),
    ],
)
def test_an_amount_is_kept_in_the_smallest_unit_of_its_currency(
    amount: object, currency: str, minor: int
) -> None:
    money = parse_money({"amount": amount, "currency": currency})

    assert money == Money(minor=minor, currency=currency.upper())


@pytest.mark.parametrize(
    "currency,decimals", [("JPY", 0), ("EUR", 2), ("KWD", 3), ("CLF", 4)]
)
def test_a_currency_has_the_decimals_of_the_iso_table(currency: str, decimals: int) -> None:
    assert decimals_of(currency) == decimals


@pytest.mark.parametrize(
    "amount,currency", [("12.505", "EUR"), ("0.5", "JPY"), ("0.0001", "KWD")]
)
def test_money_is_never_rounded(amount: str, currency: str) -> None:
    with pytest.raises(UnitProblem, match="finer"):
        make_money(amount, currency=currency)


@pytest.mark.parametrize("currency", ["", "EURO", "12", "€", "ZZZ", "\N{SNOWMAN}" * 20])
def test_an_unknown_currency_is_refused(currency: str) -> None:
    with pytest.raises(UnitProblem, match="currency"):
        make_money("1", currency=currency)


@pytest.mark.parametrize(
    "odd", [None, "12.50 EUR", 3, {}, {"amount": "1"}, {"amount": "1", "currency": 7}]
)
def test_what_is_no_money_is_refused_with_the_way_to_write_it(odd: object) -> None:
    with pytest.raises(UnitProblem) as refused:
        parse_money(odd)

    assert "EUR" in refused.value.way_out


def test_more_money_than_can_be_stored_is_refused() -> None:
    with pytest.raises(UnitProblem, match="stored"):
        make_money("92233720368547758.08", currency="EUR")


@pytest.mark.parametrize(
    "minor,currency,amount",
    [
        (1250, "EUR", "12.50"),
        (1250, "JPY", "1250"),
        (1250, "KWD", "1.250"),
        (-5, "EUR", "-0.05"),
    ],
)
def test_money_is_written_with_all_its_decimals(
    minor: int, currency: str, amount: str
) -> None:
    written = format_money(Money(minor=minor, currency=currency))

    assert written == {"amount": amount, "currency": currency}


@given(
    minor=st.integers(min_value=-INT64, max_value=INT64),
    currency=st.sampled_from(["EUR", "USD", "JPY", "KWD", "CLF", "RSD", "XXX"]),
)
def test_money_is_read_back_as_it_was_written(minor: int, currency: str) -> None:
    money = Money(minor=minor, currency=currency)

    assert parse_money(format_money(money)) == money
