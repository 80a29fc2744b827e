"""Buyers who keep ordering: seeded, so that a day can be lived again."""

import threading
from collections.abc import Sequence
from random import Random

from connectors.sandbox.etsy.placing import Checkout
from connectors.sandbox.etsy.records import Address, Refused
from connectors.sandbox.etsy.shop import EtsyShop
from connectors.sandbox.etsy.wanted import Wanted

_PEOPLE = (
    ("Elena Ruiz", "Granada", "18001", "Spain", "ES"),
    ("Pedro Sousa", "Porto", "4000", "Portugal", "PT"),
    ("Claire Martin", "Lyon", "69001", "France", "FR"),
    ("Tom Baker", "Leeds", "LS1 4DY", "United Kingdom", "GB"),
    ("Giulia Conti", "Torino", "10121", "Italy", "IT"),
    ("Ana García", "Madrid", "28013", "Spain", "ES"),
)
_ODD = ("unpaid", "gift", "personal", "cancel", "refund", "ship")


class Ordering:
    """Places an order now and then, and now and then an odd one, until stopped."""

    def __init__(
        self, shop: EtsyShop, *, every_seconds: float, seed: int, skus: Sequence[str] = ()
    ) -> None:
        self._shop, self._every = shop, every_seconds
        self._dice = Random(seed)
        self._skus = tuple(skus)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="etsy-buyers", daemon=True)
        self.placed: list[str] = []

    def start(self) -> None:
        """Begin."""
        self._shop.on_close(self.stop)
        self._thread.start()

    def stop(self) -> None:
        """Send the buyers home."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def once(self) -> str | None:
        """Let one thing happen: mostly a plain order. Returns the id of an order placed."""
        odd = self._dice.choice(_ODD) if self._dice.random() < 0.2 else "plain"
        try:
            if odd in {"cancel", "refund", "ship"} and self.placed:
                self._change(odd, self._dice.choice(self.placed))
                return None
            return self._order(odd)
        except Refused:
            return None  # sent, cancelled or sold out meanwhile: buyers come too late, too

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            self.once()

    def _order(self, odd: str) -> str:
        name, city, postcode, country, code = self._dice.choice(_PEOPLE)
        made = self._shop.place_order(
            self._basket(odd),
            Checkout(
                email=f"{name.split()[0].lower()}@example.com",
                address=Address(
                    name=name,
                    first_line=f"Calle Real {self._dice.randint(1, 90)}",
                    city=city,
                    zip=postcode,
                    country=country,
                    country_iso=code,
                ),
                paid=odd != "unpaid",
                is_gift=odd == "gift",
                gift_message="Happy birthday!" if odd == "gift" else "",
                shipping_price="4.90",
            ),
        )
        self.placed.append(made)
        return made

    def _basket(self, odd: str) -> list[Wanted]:
        on_sale = self._skus or tuple(self._shop.stock())
        if not on_sale:
            return [Wanted(title="Something", price="5.00")]
        count = min(len(on_sale), self._dice.choice((1, 1, 1, 2, 2)))
        text = ((555, "Name", "Zoë & Max's"),) if odd == "personal" else ()
        return [
            Wanted(sku=sku, quantity=self._dice.choice((1, 1, 2, 3)), personalisation=text)
            for sku in self._dice.sample(on_sale, count)
        ]

    def _change(self, kind: str, order_id: str) -> None:
        if kind == "cancel":
            self._shop.cancel_order(order_id)
        elif kind == "ship":
            self._shop.ship_by_hand(
                order_id, carrier_name="spain-correos-es", tracking_code=f"PQ{order_id}"
            )
        else:
            self._shop.refund(order_id, "1.00")


def keep_ordering(
    shop: EtsyShop, *, every_seconds: float = 5.0, seed: int = 1, skus: Sequence[str] = ()
) -> Ordering:
    """Let buyers order from these SKUs (none = everything on sale) until stopped or closed."""
    buyers = Ordering(shop, every_seconds=every_seconds, seed=seed, skus=skus)
    buyers.start()
    return buyers
