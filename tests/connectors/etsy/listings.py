"""Listings as Etsy's GET gives them, of every shape a maker's shop has."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product as every
from random import Random

from hypothesis import strategies as st

Json = dict[str, object]

QUANTITIES = st.integers(min_value=1, max_value=999)

_WORDS = ["S", "rot", "14 UK women&#039;s", "jabón", "Ñ/½", "0", "日本", "a b", " x "]
_TOMORROW = ["x_new", "scale", "buyer_price"]
_MORE: list[object] = [None, "", 0, [], {"amount": 1}]


def an_offering(
    *, quantity: int, amount: int = 1250, divisor: int = 100, **more: object
) -> Json:
    return {
        "offering_id": 9,
        "quantity": quantity,
        "is_enabled": True,
        "is_deleted": False,
        "price": {"amount": amount, "divisor": divisor, "currency_code": "EUR"},
        "readiness_state_id": 7,
        **more,
    }


def a_product(sku: str, *, quantity: int, values: dict[int, str] | None = None) -> Json:
    return {
        "product_id": 100,
        "sku": sku,
        "is_deleted": False,
        "offerings": [an_offering(quantity=quantity)],
        "property_values": [
            {
                "property_id": property_id,
                "property_name": f"Property {property_id}",
                "scale_id": None,
                "scale_name": None,
                "value_ids": [property_id * 10],
                "values": [value],
            }
            for property_id, value in (values or {}).items()
        ],
    }


def an_inventory(*products: Json, varies_by: list[int] | None = None) -> Json:
    """A listing whose price, quantity and SKU all vary by these properties."""
    return {
        "products": list(products),
        "price_on_property": varies_by or [],
        "quantity_on_property": varies_by or [],
        "sku_on_property": varies_by or [],
        "readiness_state_on_property": [],
        "listing": None,
    }


@dataclass(frozen=True)
class Drawn:
    """A listing, and one of its SKUs whose quantity is its own."""

    inventory: Json
    sku: str


def drawn_listings() -> st.SearchStrategy[Drawn]:
    """Draw any listing: up to three variations, shared quantities, deleted ones, odd fields."""
    return st.integers(0, 2**32).map(lambda seed: _Pen(Random(seed)).listing())


@dataclass
class _Pen:
    """Writes down a listing as the dice fall."""

    dice: Random

    def listing(self) -> Drawn:
        properties = self.dice.sample(range(1, 10**9), self.dice.randint(0, 3))
        varies_by = [one for one in properties if self.dice.random() < 0.6]
        options = [self.dice.sample(_WORDS, self.dice.randint(1, 3)) for _ in properties]
        heaps: dict[object, tuple[str, int]] = {}
        products = []
        for chosen in every(*options):
            values = dict(zip(properties, chosen, strict=True))
            heap = tuple(values[one] for one in varies_by)
            sku, quantity = heaps.setdefault(
                heap, (f"LAV-{len(heaps)}", self.dice.randint(0, 999))
            )
            products.append(self.product(sku, values, quantity=quantity))
        wanted = self.dice.choice(sorted({sku for sku, _ in heaps.values()}))
        if len(products) == 1 and self.dice.random() < 0.5:
            products[0]["sku"] = wanted = ""
        products += [self.deleted(wanted) for _ in range(self.dice.randint(0, 2))]
        self.dice.shuffle(products)
        inventory = {"products": products, "listing": None, **self.odd()}
        return Drawn(inventory | dict(self.on_property(properties, varies_by)), wanted)

    def product(self, sku: str, values: dict[int, str], *, quantity: int) -> Json:
        gone = {**an_offering(quantity=3), "is_deleted": True}
        return {
            "product_id": self.dice.randint(1, 2**53),
            "sku": sku,
            "is_deleted": False,
            "offerings": [
                *([gone] if self.dice.random() < 0.2 else []),
                self.offering(quantity=quantity),
            ],
            "property_values": [self.value(*pair) for pair in values.items()],
            **self.odd(),
        }

    def offering(self, *, quantity: int) -> Json:
        price = {
            "amount": self.dice.randint(0, 10 ** self.dice.randint(1, 12)),
            "divisor": self.dice.choice([1, 10, 100, 1000]),
            "currency_code": "EUR",
        }
        return {
            **an_offering(quantity=quantity),
            "is_enabled": self.dice.random() < 0.8,
            "price": price,
            "readiness_state_id": self.dice.choice([None, 1, 10**12]),
            **self.odd(),
        }

    def value(self, property_id: int, value: str) -> Json:
        return {
            "property_id": property_id,
            "property_name": self.dice.choice([None, *_WORDS]),
            "scale_id": self.dice.choice([None, 19, 327]),
            "scale_name": self.dice.choice([None, "UK"]),
            "value_ids": [property_id * 100 + _WORDS.index(value)],
            "values": [value],
            **self.odd(),
        }

    def deleted(self, sku: str) -> Json:
        return {
            "product_id": 1,
            "sku": sku,
            "is_deleted": True,
            "offerings": self.dice.choice([[], [an_offering(quantity=4)]]),
            "property_values": [],
        }

    def on_property(
        self, properties: list[int], varies_by: list[int]
    ) -> Iterator[tuple[str, list[int]]]:
        yield "quantity_on_property", varies_by
        for name in ("price", "sku", "readiness_state"):
            if name != "readiness_state" or self.dice.random() < 0.8:  # it is the youngest
                some = [one for one in properties if self.dice.random() < 0.5]
                yield f"{name}_on_property", some

    def odd(self) -> Json:
        """Fields Etsy may add tomorrow."""
        if self.dice.random() < 0.7:
            return {}
        return {self.dice.choice(_TOMORROW): self.dice.choice(_MORE)}
