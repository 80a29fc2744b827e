"""Buyers who keep ordering: seeded, so that a day can be lived again."""

import threading
from collections.abc import Sequence
from random import Random

from connectors.sandbox.shopify.placing import Checkout
from connectors.sandbox.shopify.records import Address, Refused
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.shopify.wanted import Wanted

_PEOPLE = (
    ("Ana", "García", "Madrid", "28013"),
    ("Lucía", "Fernández", "Sevilla", "41001"),
    ("Jordi", "Puig", "Girona", "17001"),
    ("Nerea", "Etxeberria", "Bilbao", "48001"),
    ("Marta", "Oliveira", "Vigo", "36201"),
    ("Pau", "Ferrer", "Palma", "07001"),
    ("Inés", "Cabrera", "Las Palmas", "35001"),
    ("Hugo", "Martín", "Valladolid", "47001"),
)
_ODD = ("custom", "unknown", "edit", "cancel", "refund")


class Ordering:
    """Places an order now and then, and now and then an odd one, until stopped."""

    def __init__(
        self,
        store: Storefront,
        *,
        every_seconds: float,
        seed: int,
        skus: Sequence[str] = (),
    ) -> None:
        self._store, self._every = store, every_seconds
        self._dice = Random(seed)
        self._skus = tuple(skus)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="buyers", daemon=True)
        self.placed: list[str] = []

    def start(self) -> None:
        """Begin."""
        self._store.on_close(self.stop)
        self._thread.start()

    def stop(self) -> None:
        """Send the buyers home."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def once(self) -> str | None:
        """Let one thing happen: mostly a plain order. Returns the id of an order placed."""
        odd = self._dice.choice(_ODD) if self._dice.random() < 0.15 else "plain"
        try:
            if odd in {"edit", "cancel", "refund"} and self.placed:
                self._change(odd, self._dice.choice(self.placed))
                return None
            return self._order(odd)
        except Refused:
            return None  # sent or cancelled meanwhile: buyers come too late, too

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            self.once()

    def _order(self, odd: str) -> str:
        first, last, city, postcode = self._dice.choice(_PEOPLE)
        wanted = self._basket()
        if odd == "custom":
            wanted.append(Wanted(title="Envoltorio de regalo", price="3.00"))
        if odd == "unknown":
            wanted.append(Wanted(sku="NEW-LINE-01", title="Something new", price="12.00"))
        made = self._store.place_order(
            wanted,
            Checkout(
                email=f"{first.lower()}@example.com",
                address=Address(
                    first_name=first,
                    last_name=last,
                    address1=f"Calle Real {self._dice.randint(1, 90)}",
                    city=city,
                    zip=postcode,
                ),
                shipping_price="4.90",
            ),
        )
        self.placed.append(made)
        return made

    def _basket(self) -> list[Wanted]:
        on_sale = self._skus or tuple(
            str(v["sku"]) for v in self._store.variants() if v["sku"]
        )
        if not on_sale:
            return [Wanted(title="Something", price="5.00")]
        count = min(len(on_sale), self._dice.choice((1, 1, 1, 2, 2, 3)))
        chosen = self._dice.sample(on_sale, count)
        return [
            Wanted(sku=sku, quantity=self._dice.choice((1, 1, 2, 2, 3, 6)))
            for sku in chosen
        ]

    def _change(self, kind: str, order_id: str) -> None:
        if kind == "cancel":
            self._store.cancel_order(order_id)
            return
        lines = self._store.order(order_id)["lines"]
        first = lines[0] if isinstance(lines, list) else {}
        left = int(first["unfulfilled_quantity"])
        if kind == "refund" and left:
            self._store.refund(order_id, {str(first["id"]): 1})
        elif left:
            self._store.edit_order(order_id, quantities={str(first["id"]): left + 1})


def keep_ordering(
    store: Storefront,
    *,
    every_seconds: float = 5.0,
    seed: int = 1,
    skus: Sequence[str] = (),
) -> Ordering:
    """Let buyers order from these SKUs (none = everything on sale) until stopped or closed."""
    buyers = Ordering(store, every_seconds=every_seconds, seed=seed, skus=skus)
    buyers.start()
    return buyers
