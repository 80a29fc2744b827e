"""How quantities, money and times are written, and read back, the way the page's readers do it."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_currency, format_decimal, get_group_symbol
from flask import Flask
from markupsafe import Markup, escape

from hub.domain.making.completing import countable
from hub.flow.refusal import Invalid
from hub.ports import Ports
from hub.web.wording.language import gettext, locale
from mapping.canonical import Money
from mapping.money import decimals_of, format_money, make_money
from mapping.units import UnitProblem, format_quantity, parse_quantity

THOUSANDS_OR_DECIMALS = re.compile(r"[0-9]{1,3}([.,])[0-9]{3}")
NO_QUANTITY = "–"
PIECE = 1000


def add_formats(app: Flask, *, ports: Ports) -> None:
    """Teach an app's templates to write quantities, money, days and times."""
    zone = ports.settings.zone

    def moment(at: datetime | None) -> Markup:
        if at is None:
            return escape(NO_QUANTITY)
        return write_moment(at, now=ports.clock.now(), local=at.astimezone(zone))

    app.jinja_env.filters |= {
        "quantity": write_quantity,
        "plan": write_plan,
        "need": write_need,
        "rate": write_rate,
        "factor": write_factor,
        "money": write_money,
        "cost": write_cost,
        "amount": write_amount,
        "day": write_day,
        "longday": write_long_day,
        "fullday": write_full_day,
        "moment": moment,
        "country": write_country,
    }


def write_quantity(thousandths: int, base: str) -> str:
    """Write a quantity: "2,4 kg", "24 uds.", "1 ud."."""
    shown = format_quantity(thousandths, base=base)
    number = format_decimal(
        Decimal(shown["amount"]), format="#,##0.######", locale=locale()
    )
    if abs(thousandths) == PIECE and shown["unit"] == "each":
        return gettext("%(number)s pc", number=number)
    if shown["unit"] == "each":
        return gettext("%(number)s pcs", number=number)
    return f"{number}\N{NO-BREAK SPACE}{shown['unit']}"


def write_plan(thousandths: int, base: str) -> str:
    """Write what is expected to come: of pieces the whole ones, for nobody packs 0.95 of a soap.

    Only how it is written: 30 pieces less 3.5 % loss stay 28.95 where the plan counts with them.
    """
    return write_quantity(countable(thousandths, is_counted=base == "each"), base)


def write_rate(thousandths: int, base: str) -> str:
    """Write what is likely, such as so much a week: of pieces tenths, since it is an average."""
    return write_quantity(round(thousandths, -2) if base == "each" else thousandths, base)


def write_need(thousandths: int, base: str) -> str:
    """Write what somebody must fetch: of pieces whole ones, the last one too."""
    return write_quantity(-countable(-thousandths, is_counted=base == "each"), base)


def write_country(code: str) -> str:
    """Write a country by its name, as an envelope has it; what is no code of one stays as it is."""
    return str(locale().territories.get(code.upper(), code))


def write_amount(thousandths: int, base: str) -> str:
    """Write a quantity for a field, in the base unit and without its name."""
    shown = format_quantity(thousandths, base=base, unit=base)
    return format_decimal(Decimal(shown["amount"]), format="0.######", locale=locale())


def write_number(number: Fraction) -> str:
    """Write a bare number: "2,5"."""
    decimal = Decimal(number.numerator) / number.denominator
    return format_decimal(decimal, format="#,##0.####", locale=locale())


def write_factor(millionths: int) -> str:
    """Write how many times as much of something is used instead: "1,05"."""
    number = Decimal(millionths) / 1_000_000
    return format_decimal(number, format="#,##0.######", locale=locale())


def refuse_thousands(written: str, *, field: str) -> str:
    """Return a number without its blanks.

    :raises Invalid: it is one such as "1.250", which means two things to two readers.
    """
    plain = written.strip().replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    found = THOUSANDS_OR_DECIMALS.fullmatch(plain)
    if found and found[1] == get_group_symbol(locale()):
        raise Invalid(gettext("Write it without a separator of thousands."), field=field)
    return plain


def read_quantity(written: str, *, base: str, field: str) -> int:
    """Read what was typed into a quantity's field: "2,4" and "2.4" are the same.

    :raises Invalid: it is no number, or "1.250" might mean two things.
    """
    plain = refuse_thousands(written, field=field)
    try:
        return parse_quantity({"amount": plain.replace(",", "."), "unit": base}, base=base)
    except UnitProblem as problem:
        raise Invalid(gettext("Write a number, such as 2.5."), field=field) from problem


def read_pieces(written: str, *, field: str) -> int:
    """Read a whole number of pieces; nothing typed is none.

    :raises Invalid: it is something else.
    """
    plain = written.strip() or "0"
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 9):
        raise Invalid(gettext("Write a whole number."), field=field)
    return int(plain)


def read_price(written: str, *, currency: str, field: str) -> Money | None:
    """Read what was typed as a price; nothing typed is none.

    :raises Invalid: it is no money of that currency, or "1.250" might mean two things.
    """
    plain = refuse_thousands(written, field=field)
    if not plain:
        return None
    try:
        decimals_of(currency.upper())
    except UnitProblem as problem:
        words = gettext("Write a currency such as EUR.")
        raise Invalid(words, field="currency") from problem
    try:
        money = make_money(plain.replace(",", "."), currency=currency)
    except UnitProblem as problem:
        raise Invalid(gettext("Write a number, such as 2.5."), field=field) from problem
    if money.minor < 0:
        raise Invalid(gettext("Write a number, such as 2.5."), field=field)
    return money


def write_plain(minor: int | None, currency: str) -> str:
    """Write money for a field, without its currency; nothing where it cannot be read back."""
    if minor is None:
        return ""
    try:
        amount = format_money(Money(minor=minor, currency=currency))["amount"]
    except UnitProblem:
        return ""
    return format_decimal(
        Decimal(amount), format="0." + "0" * decimals_of(currency), locale=locale()
    ).rstrip(".,")


def read_day(written: str, *, field: str) -> date | None:
    """Read a date field, None if it is empty.

    :raises Invalid: it is no date.
    """
    if not written.strip():
        return None
    try:
        return date.fromisoformat(written.strip())
    except ValueError as error:
        raise Invalid(gettext("Write a date such as 2026-11-30."), field=field) from error


def write_money(minor: int | None, currency: str) -> str:
    """Write money with all its decimals; one whose currency is unknown stays a number."""
    if minor is None:
        return NO_QUANTITY
    try:
        amount = format_money(Money(minor=minor, currency=currency))["amount"]
    except UnitProblem:
        return f"{minor} {currency}".strip()
    decimals = "0" * len(amount.partition(".")[2])
    pattern = str(locale().currency_formats["standard"].pattern)
    exact = pattern.replace("0.00", f"0.{decimals}" if decimals else "0")
    return format_currency(
        Decimal(amount), currency, format=exact, locale=locale(), currency_digits=False
    )


def write_cost(micros: int | None, currency: str) -> str:
    """Write millionths of a currency as money, to the nearest coin."""
    if micros is None:
        return NO_QUANTITY
    try:
        coin = 10 ** (6 - decimals_of(currency))
    except UnitProblem:
        coin = 10**6
    return write_money((2 * micros + coin) // (2 * coin), currency)


def write_day(on: date | None) -> str:
    """Write a day: "Thu 3 Dec"."""
    return NO_QUANTITY if on is None else _written(on, locale())


@lru_cache(maxsize=2_000)
def _written(on: date, language: Locale) -> str:
    """A page names the same few days hundreds of times."""
    return format_date(on, format="EEE d MMM", locale=language)


def write_full_day(on: date | None) -> str:
    """Write a day that may be years away: "11 Jun 2027"."""
    if on is None:
        return NO_QUANTITY
    return format_date(on, format="d MMM y", locale=locale())


def write_long_day(on: date) -> str:
    """Write a day with its year: "3 December 2026"."""
    return format_date(on, format="long", locale=locale())


def write_moment(at: datetime, *, now: datetime, local: datetime) -> Markup:
    """Write how long ago something was, with the exact time for whoever points at it."""
    ago = now - at
    if timedelta(0) <= ago < timedelta(minutes=1):
        words = gettext("just now")
    elif abs(ago) < timedelta(days=2):
        words = format_timedelta(
            -ago, granularity="minute", add_direction=True, locale=locale()
        )
    else:
        words = format_datetime(local, format="d MMM HH:mm", locale=locale())
    exact = format_datetime(local, format="EEE d MMM y HH:mm:ss", locale=locale())
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.astimezone(UTC).isoformat(timespec="seconds"), escape(exact), escape(words)
    )
