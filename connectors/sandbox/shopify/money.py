"""Amounts in minor units, and the two ways Shopify writes them."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_NO_DECIMALS = frozenset(
    "CLP ISK JPY KRW PYG UGX VND VUV XAF XOF XPF".split()  # noqa: SIM905 - reads as a table
)
_THREE_DECIMALS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})


def exponent(currency: str) -> int:
    """Say how many decimals a currency has (ISO 4217)."""
    if currency in _NO_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


def minor(amount: str, currency: str) -> int:
    """Read a written amount.

    :raises ValueError: it is no number, or has more decimals than the currency.
    """
    scaled = Decimal(amount).scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} has too many decimals for {currency}")
    return int(scaled)


def rest_amount(amount: int, currency: str) -> str:
    """Write an amount as webhook bodies do: always all decimals ("10.00", "1000", "1.500")."""
    places = exponent(currency)
    return f"{Decimal(amount).scaleb(-places):.{places}f}"


def graph_amount(amount: int, currency: str) -> str:
    """Write an amount as GraphQL does: no trailing zeros but one decimal ("10.0", "949.95")."""
    written = f"{Decimal(amount).scaleb(-exponent(currency)):f}"
    whole, _, decimals = written.partition(".")
    return f"{whole}.{decimals.rstrip('0') or '0'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """The two currencies of an order: what the shop books and what the buyer saw."""

    shop: str
    presentment: str
    rate: Decimal

    def presented(self, amount: int) -> int:
        """Convert a shop amount to the buyer's currency, rounded half up."""
        shift = exponent(self.presentment) - exponent(self.shop)
        exact = Decimal(amount) * self.rate * Decimal(10) ** shift
        return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
