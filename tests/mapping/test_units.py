"""Quantities come in as people write them, are kept as whole thousandths, and go out readable."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.units import (
    INT64,
    BaseUnit,
    UnitProblem,
    ceil_div,
    convert,
    format_percent,
    format_quantity,
    in_range,
    parse_percent,
    parse_quantity,
    read_amount,
    say,
)

STORABLE = st.integers(min_value=-INT64, max_value=INT64)
OLIVE_OIL = 916
"""Milligrams a millilitre."""


def quantity(amount: object, unit: object) -> dict[str, object]:
    return {"amount": amount, "unit": unit}


@pytest.mark.parametrize(
    "amount,unit,base,thousandths",
    [
        ("2.5", "kg", "g", 2_500_000),
        ("250", "mg", "g", 250),
        ("0.001", "g", "g", 1),
        ("1", "lb", "g", 453_592),
        ("1", "oz", "g", 28_350),
        ("16", "oz", "g", 453_592),
        ("1", "l", "ml", 1_000_000),
        ("3", "dl", "ml", 300_000),
        ("3", "cl", "ml", 30_000),
        ("1", "fl_oz", "ml", 29_574),
        ("1", "fl oz", "ml", 29_574),
        ("12", "each", "each", 12_000),
        ("1", "dozen", "each", 12_000),
        ("3", "pieces", "each", 3000),
        ("0.5", "piece", "each", 500),
        ("1.25", "m", "m", 1250),
        ("7", "cm", "m", 70),
        ("7", "mm", "m", 7),
        (" 2.50 ", " KG ", "g", 2_500_000),
        ("+.5", "g", "g", 500),
        ("5.", "g", "g", 5000),
        ("1e3", "g", "g", 1_000_000),
        ("1E-3", "kg", "g", 1000),
        ("0", "kg", "g", 0),
        ("0.0000000", "g", "g", 0),
        (3, "each", "each", 3000),
        (Decimal("2.5"), "kg", "g", 2_500_000),
    ],
)
def test_an_amount_is_kept_in_thousandths_of_the_base_unit(
    amount: object, unit: str, base: str, thousandths: int
) -> None:
    assert parse_quantity(quantity(amount, unit), base=base) == thousandths


@pytest.mark.parametrize(
    "amount",
    [
        "",
        " ",
        "NaN",
        "Infinity",
        "-inf",
        "٣",
        "２",
        "1,5",
        "1 000",
        "1_000",
        "0x10",
        "½",
        "1/2",
    ]
    + ["1e", "e3", ".", "--1", "1.2.3", "9" * 41, 2.5, True, None, [], {}, Decimal("NaN")],
)
def test_what_is_no_decimal_amount_is_refused(amount: object) -> None:
    with pytest.raises(UnitProblem, match="amount"):
        parse_quantity(quantity(amount, "g"), base="g")


@pytest.mark.parametrize("amount", ["1e19", "1e-19", "1e999", "-1e300"])
def test_an_exponent_beyond_reason_is_refused(amount: str) -> None:
    with pytest.raises(UnitProblem, match="reason"):
        parse_quantity(quantity(amount, "g"), base="g")


@pytest.mark.parametrize(
    "amount,unit,base",
    [
        ("0.0005", "g", "g"),
        ("0.5", "mg", "g"),
        ("1.0001", "each", "each"),
        ("0.1", "mm", "m"),
    ]
    + [("0.00001", "oz", "g"), ("0.00001", "ml", "g")],
)
def test_more_precision_than_a_thousandth_is_refused(
    amount: str, unit: str, base: str
) -> None:
    with pytest.raises(UnitProblem, match="finer"):
        parse_quantity(quantity(amount, unit), base=base, density_mg_per_ml=OLIVE_OIL)


def test_the_largest_quantity_is_what_64_bits_hold() -> None:
    largest = quantity("9223372036854775.807", "g")
    above = quantity("9223372036854775.808", "g")

    assert parse_quantity(largest, base="g") == INT64
    with pytest.raises(UnitProblem, match="stored"):
        parse_quantity(above, base="g")


def test_less_than_nothing_is_refused_unless_it_is_allowed() -> None:
    with pytest.raises(UnitProblem, match="less than nothing"):
        parse_quantity(quantity("-1", "g"), base="g")

    assert parse_quantity(quantity("-1", "g"), base="g", allow_negative=True) == -1000


@pytest.mark.parametrize(
    "odd", [None, "2.5 kg", 3, [], {}, {"amount": "1"}, quantity("1", 7)]
)
def test_what_is_no_quantity_is_refused_with_the_way_to_write_one(odd: object) -> None:
    with pytest.raises(UnitProblem) as refused:
        parse_quantity(odd, base="g")

    assert refused.value.way_out == 'Write it as {"amount": "2.5", "unit": "kg"}.'


def test_an_unknown_unit_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnitProblem) as refused:
        parse_quantity(quantity("1", "stone"), base="g")

    assert "stone" in refused.value.problem
    assert "kg" in refused.value.way_out
    assert str(refused.value) == f"{refused.value.problem} {refused.value.way_out}"


@pytest.mark.parametrize(
    "unit,base", [("m", "g"), ("each", "ml"), ("kg", "each"), ("l", "m")]
)
def test_a_unit_of_something_else_is_refused_whatever_the_density(
    unit: str, base: str
) -> None:
    with pytest.raises(UnitProblem, match="does not measure"):
        parse_quantity(quantity("1", unit), base=base, density_mg_per_ml=OLIVE_OIL)


def test_volume_becomes_mass_by_the_density() -> None:
    litre = quantity("1", "l")

    assert parse_quantity(litre, base="g", density_mg_per_ml=OLIVE_OIL) == 916_000


def test_mass_becomes_volume_by_the_density() -> None:
    kilogram = quantity("0.916", "kg")

    assert parse_quantity(kilogram, base="ml", density_mg_per_ml=OLIVE_OIL) == 1_000_000


@pytest.mark.parametrize("density", [None, 0, -1])
def test_without_a_density_mass_is_no_volume(density: int | None) -> None:
    with pytest.raises(UnitProblem) as refused:
        parse_quantity(quantity("1", "l"), base="g", density_mg_per_ml=density)

    assert "density" in refused.value.way_out


def test_converting_to_the_same_unit_changes_nothing() -> None:
    assert convert(7, kind="g", base="g", density_mg_per_ml=None) == 7


@given(
    thousandths=st.integers(min_value=-(10**15), max_value=10**15),
    density=st.integers(min_value=500, max_value=2000),
)
def test_converting_there_and_back_loses_less_than_a_hair(
    thousandths: int, density: int
) -> None:
    # A density of at most 2 g/ml cannot turn half a thousandth into more than one.
    if abs(thousandths) < 2:
        return
    there = convert(thousandths, kind="ml", base="g", density_mg_per_ml=density)

    back = convert(there, kind="g", base="ml", density_mg_per_ml=density)

    assert abs(back - thousandths) <= 1


@pytest.mark.parametrize(
    "thousandths,base,written",
    [
        (2_500_000, "g", "2.5 kg"),
        (999_999, "g", "999.999 g"),
        (999, "g", "999 mg"),
        (0, "g", "0 g"),
        (-1_000_000, "g", "-1 kg"),
        (1_500_000, "ml", "1.5 l"),
        (500, "ml", "0.5 ml"),
        (12_000, "each", "12 each"),
        (500, "each", "0.5 each"),
        (1_250, "m", "1.25 m"),
        (70, "m", "7 cm"),
        (7, "m", "7 mm"),
        (INT64, "g", "9223372036854.775807 kg"),
    ],
)
def test_a_quantity_is_written_in_the_unit_people_choose(
    thousandths: int, base: str, written: str
) -> None:
    assert say(thousandths, base=base) == written


def test_a_quantity_is_written_in_the_unit_asked_for() -> None:
    shown = format_quantity(2_500_000, base="g", unit="g")

    assert shown == {"amount": "2500", "unit": "g"}


@pytest.mark.parametrize("unit", ["ml", "oz", "furlong"])
def test_a_quantity_is_not_written_in_a_unit_that_cannot_show_it(unit: str) -> None:
    with pytest.raises(UnitProblem):
        format_quantity(1000, base="g", unit=unit)


@given(thousandths=STORABLE, base=st.sampled_from(BaseUnit))
def test_what_is_written_is_read_back_the_same(thousandths: int, base: BaseUnit) -> None:
    written = format_quantity(thousandths, base=base)

    assert parse_quantity(written, base=base, allow_negative=True) == thousandths


@given(st.text(max_size=50))
def test_any_text_is_an_exact_amount_or_refused_with_words(text: str) -> None:
    try:
        amount = read_amount(text)
    except UnitProblem as problem:
        refused = problem
    else:
        assert amount == Fraction(Decimal(text.strip()))
        return
    assert (refused.problem[-1], refused.way_out[-1]) == (".", ".")


@pytest.mark.parametrize(
    "dividend,divisor,batches", [(20, 8, 3), (16, 8, 2), (1, 8, 1), (0, 8, 0), (-1, 8, 0)]
)
def test_batches_are_rounded_up(dividend: int, divisor: int, batches: int) -> None:
    assert ceil_div(dividend, divisor) == batches


@given(dividend=st.integers(), divisor=st.integers(min_value=1))
def test_rounding_up_is_never_short_and_never_one_too_many(
    dividend: int, divisor: int
) -> None:
    up = ceil_div(dividend, divisor)

    assert (up - 1) * divisor < dividend <= up * divisor


@pytest.mark.parametrize(
    "said,points", [("2.5", 250), ("0", 0), ("100", 10_000), (3, 300), (Decimal("0.01"), 1)]
)
def test_a_percentage_is_kept_in_hundredths(said: object, points: int) -> None:
    assert parse_percent(said) == points


@pytest.mark.parametrize("said", ["-1", "100.01", "0.001", "two", None, 2.5])
def test_what_is_no_percentage_is_refused(said: object) -> None:
    with pytest.raises(UnitProblem):
        parse_percent(said)


@given(st.integers(min_value=0, max_value=10_000))
def test_a_percentage_is_read_back_as_it_was_written(points: int) -> None:
    assert parse_percent(format_percent(points)) == points


def test_a_number_beyond_the_column_is_refused_by_what_it_was() -> None:
    with pytest.raises(UnitProblem, match="four soaps"):
        in_range(INT64 + 1, said="four soaps")
