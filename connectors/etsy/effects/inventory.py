"""A listing's whole inventory, and the body that puts it back with one quantity changed; pure.

Etsy replaces everything by what is put (etsy/open-api #337: variations were wiped), and its PUT
takes fewer fields than its GET gives. So the body is made of what a PUT may hold, all of it, and
a listing that does not say all of it is not written. `*_on_property` names the properties (size,
colour) by whose values prices, quantities, … differ: products that share those values share one
heap of stock, and with no such property the listing has one heap in all.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import inf, isfinite

from connectors.errors import NotFound, PayloadError, Rejected
from connectors.etsy.client import Model
from connectors.etsy.effects.standing import ACTIVE, EMPTY, Standing, as_state
from mapping.listing import sku_key

MOST = 999
"""The most Etsy sells of one offering (etsy/open-api #214)."""

Json = dict[str, object]


class Price(Model):
    """An amount in parts of a unit of money: 1250 with divisor 100 is 12.50."""

    amount: int
    divisor: int

    @property
    def exact(self) -> Fraction | None:
        """The amount in whole units; None where it is stated in parts of nothing."""
        return Fraction(self.amount, self.divisor) if self.divisor > 0 else None


class Offering(Model):
    """At what price, how many and how soon; a product has one that is not deleted."""

    quantity: int
    is_enabled: bool
    is_deleted: bool = False
    price: Price
    readiness_state_id: int | None = None


class PropertyValue(Model):
    """What a product is in one of the properties it varies by: size, large."""

    property_id: int
    property_name: str | None = None
    scale_id: int | None = None
    value_ids: list[int]
    values: list[str]


class Product(Model):
    """One combination of property values that can be bought."""

    sku: str | None = None
    is_deleted: bool = False
    offerings: list[Offering]
    property_values: list[PropertyValue]

    @property
    def on_offer(self) -> list[Offering]:
        """Its offerings that are not deleted."""
        return [one for one in self.offerings if not one.is_deleted]


class Inventory(Model):
    """Everything a listing sells."""

    products: list[Product]
    price_on_property: list[int] | None = None
    quantity_on_property: list[int] | None = None
    sku_on_property: list[int] | None = None
    readiness_state_on_property: list[int] | None = None
    listing: Standing | None = None
    """The listing it belongs to, where that was asked for."""

    @property
    def state(self) -> str:
        """What the listing says it is: active, inactive, …"""
        return as_state(self.listing.state if self.listing else "")

    @property
    def living(self) -> list[Product]:
        """Its products that are not deleted."""
        return [one for one in self.products if not one.is_deleted]

    @property
    def on_property(self) -> Mapping[str, list[int] | None]:
        """By which properties each thing differs, under the names a PUT has for them."""
        return {
            "price_on_property": self.price_on_property,
            "quantity_on_property": self.quantity_on_property,
            "sku_on_property": self.sku_on_property,
            "readiness_state_on_property": self.readiness_state_on_property,
        }

    @property
    def variations(self) -> int:
        """By how many properties its products differ; more than two must be said in a PUT."""
        return len({v.property_id for one in self.living for v in one.property_values})


# What is shown --------------------------------------------------------------------------------


def shown(inventory: Inventory, *, sku: str) -> int | None:
    """Say how many of an SKU can be bought; None where the listing has no such thing.

    Products that share one heap count once. An empty SKU means the only product.
    """
    ours = _of_sku(inventory, sku)
    heaps: dict[object, int] = {}
    for product in ours:
        for offering in product.on_offer:
            heap = _heap(inventory, product)
            heaps[heap] = max(heaps.get(heap, 0), offering.quantity)
    return sum(heaps.values()) if heaps else None


def on_sale(inventory: Inventory, *, state: str, sku: str) -> int | None:
    """Say how many of an SKU can really be bought; None where it is not sold at all.

    A listing that is off sale sells none, whatever quantities it keeps.
    """
    there = shown(inventory, sku=sku)
    if there is None or state == ACTIVE:
        return there
    return 0 if state in EMPTY else None


def empties(inventory: Inventory, *, sku: str) -> bool:
    """Say whether nothing would be left of the listing without this SKU; Etsy refuses to put that.

    etsy/open-api #395 and #560, Etsy's staff: no inventory call empties a whole listing.
    """
    ours = _of_sku(inventory, sku)
    others = [
        offering
        for product in inventory.living
        if product not in ours
        for offering in product.on_offer
    ]
    return not any(one.is_enabled and one.quantity for one in others)


def is_set(inventory: Inventory, *, sku: str, quantity: int) -> bool:
    """Say whether every offering of an SKU already has this quantity."""
    there = [one.quantity for p in _of_sku(inventory, sku) for one in p.on_offer]
    return bool(there) and set(there) == {quantity}


def _of_sku(inventory: Inventory, sku: str) -> list[Product]:
    """Pick the products of an SKU, spelt as people spell it: the hub holds them for one thing."""
    living, wanted = inventory.living, sku_key(sku)
    if not wanted:
        return living if len(living) == 1 else []
    return [one for one in living if sku_key(one.sku or "") == wanted]


def _heap(inventory: Inventory, product: Product) -> tuple[object, ...]:
    """Name the heap of stock a product is sold from."""
    varies_by = inventory.quantity_on_property or []
    return tuple(
        sorted(
            (value.property_id, tuple(value.value_ids), tuple(value.values))
            for value in product.property_values
            if value.property_id in varies_by
        )
    )


# What is put ----------------------------------------------------------------------------------


def with_quantity(
    inventory: Inventory, *, sku: str, quantity: int, alone: bool = False
) -> Json:
    """Make the body of a PUT that keeps all there is and gives one SKU another quantity.

    `alone` gives all others none.

    :raises NotFound: the listing has no such SKU.
    :raises Rejected: the quantity cannot be this SKU's alone, or Etsy takes no such quantity.
    """
    refuse_unwritable(inventory, sku=sku, quantity=quantity)
    ours = _of_sku(inventory, sku)
    return _body(
        inventory,
        quantity_of=lambda product, offering: (
            quantity
            if product in ours
            else 0
            if alone and offering.is_enabled
            else offering.quantity
        ),
    )


def refuse_unwritable(inventory: Inventory, *, sku: str, quantity: int) -> None:
    """Make sure that an SKU's quantity is its own and one that Etsy takes.

    :raises NotFound: the listing has no such SKU.
    :raises Rejected: the quantity cannot be this SKU's alone, or Etsy takes no such quantity.
    """
    ours = _of_sku(inventory, sku)
    if not any(one.on_offer for one in ours):
        raise NotFound(_none_of(inventory, sku))
    _refuse_shared(inventory, ours)
    if not 0 <= quantity <= MOST:
        raise Rejected(f"Etsy sells between 0 and {MOST} of a thing, not {quantity}")


def is_as_put(
    put: Inventory, came_back: Inventory, *, sku: str, quantity: int, alone: bool = False
) -> bool:
    """Say whether what came back is what was there, with one SKU's quantity changed.

    `alone` says that all others have none.

    Its order does not matter, nor do names and value ids: Etsy translates the one and gives
    new ones of the other.
    """
    ours = frozenset(map(id, _of_sku(put, sku)))
    wanted = _essence(put, of=ours, quantity=quantity, alone=alone)
    return wanted == _essence(came_back) and _varies(put) == _varies(came_back)


Seen = tuple[object, ...]


def _essence(
    inventory: Inventory,
    *,
    of: frozenset[int] = frozenset(),
    quantity: int = 0,
    alone: bool = False,
) -> Counter[Seen]:
    """Count what is for sale, taking `quantity` for the products `of` these identities.

    With `alone` nothing is left of any other.
    """
    return Counter(
        (
            (product.sku or "").strip(),
            frozenset((one.property_id, *one.values) for one in product.property_values),
            offering.price.exact,
            quantity
            if id(product) in of
            else 0
            if alone and offering.is_enabled
            else offering.quantity,
            offering.is_enabled,
            offering.readiness_state_id,
        )
        for product in inventory.living
        for offering in product.on_offer
    )


def _varies(inventory: Inventory) -> Seen:
    return tuple(frozenset(listed or ()) for listed in inventory.on_property.values())


def _none_of(inventory: Inventory, sku: str) -> str:
    if sku_key(sku):
        return "the listing has nothing with this SKU (any more): read the catalogue anew"
    if not inventory.living:
        return "the listing sells nothing (any more)"
    return (
        "the listing has several variations, and without a SKU we cannot tell which is meant: "
        "give each its own SKU on Etsy"
    )


def _refuse_shared(inventory: Inventory, ours: Sequence[Product]) -> None:
    heaps = {_heap(inventory, one) for one in ours}
    sharing = [one for one in inventory.living if _heap(inventory, one) in heaps]
    if len(sharing) > len(ours):
        raise Rejected(
            "on Etsy other SKUs of this listing share its quantity: let the quantity vary by "
            "variation there, and every SKU has its own"
        )
    if len(heaps) > 1:
        raise Rejected(
            "on Etsy several variations of this listing have this SKU, each with a quantity of "
            "its own: give each its own SKU there, or let them share one quantity"
        )


# The body -------------------------------------------------------------------------------------


def _body(inventory: Inventory, *, quantity_of: Callable[[Product, Offering], int]) -> Json:
    body: Json = {
        "products": [_product(one, quantity_of=quantity_of) for one in inventory.living]
    }
    for name, listed in inventory.on_property.items():
        if listed is not None:
            body[name] = list(listed)
    return body


def _product(product: Product, *, quantity_of: Callable[[Product, Offering], int]) -> Json:
    written: Json = {
        "property_values": [_property_value(one) for one in product.property_values],
        "offerings": [
            {
                "price": exact_number(one.price),
                "quantity": quantity_of(product, one),
                "is_enabled": one.is_enabled,
                "readiness_state_id": one.readiness_state_id,
            }
            for one in product.on_offer
        ],
    }
    if product.sku is not None:
        written["sku"] = product.sku
    return written


def _property_value(value: PropertyValue) -> Json:
    """Leave out the names Etsy's PUT knows no null for, and `scale_name`, which it refuses."""
    written: Json = {
        "property_id": value.property_id,
        "scale_id": value.scale_id,
        "value_ids": list(value.value_ids),
        "values": list(value.values),
    }
    if value.property_name is not None:
        written["property_name"] = value.property_name
    return written


def exact_number(price: Price) -> float:
    """Divide a price so that its JSON text is exactly amount / divisor.

    :raises PayloadError: no float is written that way.
    """
    if price.exact is None:
        raise PayloadError("Etsy states a price in parts of nothing")
    try:
        nearest = float(price.exact)
    except OverflowError:
        nearest = inf
    # What goes over the wire is the text of the number, so it is the text that must be right.
    if not isfinite(nearest) or Fraction(Decimal(repr(nearest))) != price.exact:
        raise PayloadError("Etsy states a price that cannot be given back to it exactly")
    return nearest
