"""The state of one pretend shop, its clock, and who hears what happens in it."""

import itertools
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from connectors.sandbox.etsy.records import (
    Listing,
    Mail,
    Product,
    ReadinessState,
    Receipt,
    Refused,
)

Announce = Callable[[str, int], None]

_FIRST = {
    "receipt": 2_750_000_000,
    "transaction": 3_371_000_000,
    "listing": 1_077_000_000,
    "product": 7_341_000_000,
    "offering": 7_572_000_000,
    "shipment": 1_129_375_900_000,
    "buyer": 735_000_000,
    "value": 1_034_297_440_000,
    "image": 3_400_203_000,
}
_NO_CENTS = frozenset({"JPY", "KRW", "CLP", "HUF", "TWD"})


class Books:
    """Everything a shop knows. Whoever reads or changes it holds `lock`."""

    def __init__(
        self,
        *,
        shop_id: int,
        name: str,
        currency: str,
        country: str,
        clock: Callable[[], datetime],
        announce: Announce,
    ) -> None:
        self.shop_id, self.name = shop_id, name
        self.user_id = 9_000_000 + shop_id
        self.currency, self.country = currency, country
        self.divisor = 1 if currency in _NO_CENTS else 100
        self.lock = threading.RLock()
        self.announce = announce
        self.skew = timedelta(0)
        self._clock = clock
        self._ids = {
            kind: itertools.count(first + shop_id) for kind, first in _FIRST.items()
        }
        self.listings: dict[int, Listing] = {}
        self.receipts: dict[int, Receipt] = {}
        self.mails: list[Mail] = []
        self.readiness = [
            ReadinessState(
                id=1_500_000_001, readiness_state="ready_to_ship", min_days=1, max_days=3
            ),
            ReadinessState(
                id=1_500_000_002, readiness_state="made_to_order", min_days=5, max_days=10
            ),
        ]
        self.opened_at = self.now()

    def now(self) -> datetime:
        """Tell the time in whole seconds, wrong by `skew`."""
        return (self._clock() + self.skew).replace(microsecond=0)

    def next(self, kind: str) -> int:
        """Hand out the next id of a kind."""
        return next(self._ids[kind])

    def minor(self, price: str) -> int:
        """Read "6.50" as minor units.

        :raises Refused: more decimals than the currency has.
        """
        amount = Decimal(price) * self.divisor
        if amount != amount.to_integral_value():
            raise Refused(400, f"{price} has too many decimals for {self.currency}")
        return int(amount)

    def money(self, amount: int) -> dict[str, object]:
        """Write minor units as Etsy's Money."""
        return {"amount": amount, "divisor": self.divisor, "currency_code": self.currency}

    def receipt(self, receipt_id: int) -> Receipt:
        """Find a receipt that is really there.

        :raises Refused: there is none.
        """
        found = self.receipts.get(receipt_id)
        if found is None or found.is_phantom:
            raise Refused(404, f"Receipt with ID {receipt_id} not found")
        return found

    def listing(self, listing_id: int) -> Listing:
        """Find a listing.

        :raises Refused: there is none.
        """
        if listing_id not in self.listings:
            raise Refused(404, f"Could not find a Listing with listing_id = {listing_id}")
        return self.listings[listing_id]

    def on_sale(self) -> Iterator[tuple[Listing, Product]]:
        """Go through every product that is not deleted, with its listing."""
        for listing in self.listings.values():
            for product in listing.living:
                yield listing, product

    def by_sku(self, sku: str) -> tuple[Listing, Product] | None:
        """Find the first product with exactly this SKU."""
        return next(((li, p) for li, p in self.on_sale() if sku and p.sku == sku), None)

    def mail(self, receipt: Receipt, kind: str, *, tracking_code: str, note: str) -> None:
        """Write to the buyer."""
        self.mails.append(
            Mail(
                receipt_id=receipt.id,
                kind=kind,
                to=receipt.buyer_email,
                at=self.now(),
                tracking_code=tracking_code,
                note=note,
            )
        )
