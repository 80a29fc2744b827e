"""Whether the prices and totals of a draft are those agreed, and add up."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from hub.domain.mail.mail_drafts import ReadDraft
from hub.domain.mail.mail_known import KnownCustomer
from hub.domain.mail.mail_meaning import Meant
from hub.domain.mail.mail_price import (
    currency_code,
    currency_in,
    decimal_mark,
    in_minor,
    read_price,
)
from hub.domain.mail.mail_quantity import read_count
from mapping.listing import sku_key

TOLERANCE = 1
"""Minor units a piece may cost more or less: cents are rounded."""


class Sums:
    """The money of one draft."""

    def __init__(self, read: ReadDraft, customer: KnownCustomer) -> None:
        self._read, self._customer = read, customer
        self._mark = "." if read.draft.is_exact else decimal_mark(customer.locale)

    @cached_property
    def currency(self) -> str:
        """The three letters of it; empty where the draft says none, or several."""
        draft = self._read.draft
        if draft.currency:
            return currency_code(draft.currency)
        written = [draft.total, *(m.line.price for m in self._read.lines)]
        codes = {currency_in(each) for each in written if each} - {""}
        return codes.pop() if len(codes) == 1 else ""

    @property
    def has_unclear_currency(self) -> bool:
        """Whether prices are in several currencies, or in one nobody knows."""
        draft = self._read.draft
        written = [draft.total, *(m.line.price for m in self._read.lines)]
        codes = {currency_in(each) for each in written if each} - {""}
        said = currency_code(draft.currency)
        return bool(draft.currency and not said) or len(codes | ({said} - {""})) > 1

    def wrong_price(self) -> Mapping[str, object] | None:
        """Find the first line whose price is not the one agreed; None where all are."""
        for meant in self._read.lines:
            if meant.line.price and not meant.problem:
                wrong = self._wrong_price(meant)
                if wrong is not None:
                    return wrong
        return None

    def _wrong_price(self, meant: Meant) -> Mapping[str, object] | None:
        agreed = self._agreed(meant)
        given = self._amount(meant.line.price)
        said = {"line": meant.read.position, "price": meant.line.price}
        if given is None:
            return {**said, "why": "unreadable"}
        if not agreed:
            return None
        currency = self.currency or (next(iter(agreed)) if len(agreed) == 1 else "")
        wanted = agreed.get(currency)
        if wanted is None:
            return {**said, "why": "currency", "currency": currency}
        per_pack = self._pieces_per_unit(meant)
        off = abs(in_minor(given, currency=currency) - wanted * per_pack)
        if off <= TOLERANCE * per_pack:
            return None
        return {**said, "agreed": int(wanted * per_pack), "currency": currency}

    def _agreed(self, meant: Meant) -> Mapping[str, Fraction]:
        """Return the agreed price by currency, for their own word before our code."""
        own = sku_key(meant.line.sku or meant.line.title)
        share = Fraction(meant.read.per_piece, 1000)
        for key, times in ((own, Fraction(1)), (meant.key, share)):
            found = self._prices.get(key)
            if found:
                return {code: minor * times for code, minor in found.items()}
        return {}

    @cached_property
    def _prices(self) -> Mapping[str, Mapping[str, int]]:
        """What is agreed, by SKU key and then by currency."""
        found: dict[str, dict[str, int]] = {}
        for (sku, code), minor in self._customer.prices.items():
            found.setdefault(sku, {})[code] = minor
        return found

    def _pieces_per_unit(self, meant: Meant) -> int:
        count = self._count(meant)
        return max(1, (meant.read.quantity or 0) // count) if count else 1

    def _count(self, meant: Meant) -> int:
        is_exact = self._read.draft.is_exact
        return read_count(meant.line.quantity, is_exact=is_exact) or 0

    def wrong_total(self) -> Mapping[str, object] | None:
        """Say where amounts and total do not add up; None where they do, or say nothing."""
        amounts = [self._line_amount(meant) for meant in self._read.lines]
        for meant in self._read.lines:
            if meant.line.amount and not self._is_product(meant):
                return {"line": meant.read.position, "amount": meant.line.amount}
        total = self._read.draft.total
        has_prices = any(m.line.price or m.line.amount for m in self._read.lines)
        if not total or not has_prices:
            return None
        given = self._amount(total)
        known = [amount for amount in amounts if amount is not None]
        total_is = {"total": total, "sum": _plain(sum(known, Fraction(0)))}
        if given is None or len(known) < len(amounts):
            return total_is
        cents = Fraction(len(known), 100)
        return None if abs(sum(known, Fraction(0)) - given) <= cents else total_is

    def _line_amount(self, meant: Meant) -> Fraction | None:
        if meant.line.amount:
            return self._amount(meant.line.amount)
        price = self._amount(meant.line.price)
        count = self._count(meant)
        return price * count if price is not None and count else None

    def _is_product(self, meant: Meant) -> bool:
        """Say whether an amount can be read and is quantity times price, to the cent a piece."""
        amount, count = self._amount(meant.line.amount), self._count(meant)
        if amount is None or not meant.line.price:
            return amount is not None
        price = self._amount(meant.line.price)
        return price is not None and abs(price * count - amount) <= Fraction(
            max(count, 1), 100
        )

    def _amount(self, written: str) -> Fraction | None:
        return read_price(written, mark=self._mark) if written else None

    def total_minor(self) -> int | None:
        """Return what the draft says it comes to, in minor units; None where it does not."""
        amount = self._amount(self._read.draft.total)
        if amount is None or not self.currency:
            return None
        return _whole(in_minor(amount, currency=self.currency))

    def price_minor(self, meant: Meant) -> int | None:
        """Return the price of one piece in minor units; None where it is none of them."""
        amount = self._amount(meant.line.price)
        if amount is None or not self.currency:
            return None
        each = in_minor(amount, currency=self.currency) / self._pieces_per_unit(meant)
        return _whole(each)


def _whole(minor: Fraction) -> int | None:
    return int(minor) if minor.denominator == 1 else None


def _plain(amount: Fraction) -> str:
    return f"{Decimal(amount.numerator) / Decimal(amount.denominator):.2f}"
