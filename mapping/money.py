"""Money at the edges: `{"amount": "12.50", "currency": "EUR"}` outside, 1250 inside.

How many decimals a currency has is ISO 4217's answer. Babel knows which currencies there
are, but its decimals are the CLDR's, which drops those people no longer pay in cash (RSD,
ALL, IQD) and shops still send.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from babel.numbers import is_currency

from mapping.canonical import Money
from mapping.units import UnitProblem, in_range, read_amount

_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"

_DECIMALS: Mapping[str, int] = {
    code: decimals
    for decimals, codes in ((0, _NONE), (3, _THREE), (4, _FOUR))
    for code in codes.split()
}
"""Decimals by currency where they are not two (ISO 4217, amendment 177)."""


@lru_cache(maxsize=512)
def decimals_of(currency: str) -> int:
    """Say how many decimals a currency has: 0 for JPY, 2 for EUR, 3 for KWD.

    :raises UnitProblem: there is no such currency.
    """
    if not is_currency(currency):
        raise UnitProblem(
            f"“{currency[:10]}” is no currency known here.",
            "Use the three letters of ISO 4217, such as EUR.",
        )
    return _DECIMALS.get(currency, 2)


def make_money(amount: object, *, currency: str) -> Money:
    """Turn a decimal amount into minor units, exactly, or say why not.

    Zeros beyond the currency's decimals are no harm ("1250.00" JPY); anything else there is
    refused, because money is copied and never rounded.

    :raises UnitProblem: no amount, no such currency, too fine or too large.
    """
    code = currency.strip().upper()
    minor = read_amount(amount) * 10 ** decimals_of(code)
    if minor.denominator != 1:
        raise UnitProblem(
            f"{amount} is finer than {code} can be paid.",
            f"Write at most {decimals_of(code)} decimals.",
        )
    return Money(minor=in_range(int(minor), said=f"{amount} {code}"), currency=code)


def parse_money(given: object) -> Money:
    """Turn `{"amount": "12.50", "currency": "EUR"}` into minor units, or say why not.

    :raises UnitProblem: it is not written so, or `make_money` refuses it.
    """
    if not isinstance(given, Mapping) or not isinstance(given.get("currency"), str):
        raise UnitProblem(
            "This is not money.", 'Write it as {"amount": "12.50", "currency": "EUR"}.'
        )
    return make_money(given.get("amount"), currency=given["currency"])


def format_money(money: Money) -> dict[str, str]:
    """Write money as the API shows it, with all the decimals of its currency.

    :raises UnitProblem: there is no such currency.
    """
    decimals = decimals_of(money.currency)
    amount = Decimal(money.minor).scaleb(-decimals)
    return {"amount": f"{amount:.{decimals}f}", "currency": money.currency}
