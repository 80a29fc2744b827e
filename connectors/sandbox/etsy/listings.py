"""How a listing comes to be: one product, or one for every combination of what varies."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.sandbox.etsy.books import Books
from connectors.sandbox.etsy.records import Listing, Offering, Product, PropertyValue

_KNOWN = {"Size": (100, 327), "Primary color": (200, None), "Material": (507, None)}
_OWN = 513
"""Etsy's ids for the properties a seller names: 513, 514."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """One product to put on sale; `values` say which of the listing's combinations it is."""

    sku: str = ""
    values: tuple[str, ...] = ()
    quantity: int | None = None
    price: str | None = None
    is_enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A listing to be made. `vary_by` names properties and their values, `{"Size": ["S", "M"]}`.

    Without `products` there is one for every combination, with SKUs `sku`, `sku-1`, `sku-2` ....
    """

    title: str
    sku: str = ""
    price: str = "10.00"
    quantity: int = 500
    vary_by: Mapping[str, Sequence[str]]
    products: Sequence[Sold] = ()
    digital: bool = False
    personalizable: bool = False
    processing_days: int = 3
    state: str = "active"


def add(books: Books, offer: Offer) -> Listing:
    """Put a listing on sale."""
    now = books.now()
    properties = [
        _property(books, i, n, v) for i, (n, v) in enumerate(offer.vary_by.items())
    ]
    sold = offer.products or _combinations(offer)
    products = [_product(books, offer, each, properties) for each in sold]
    everything = tuple(values[0].property_id for values in properties)
    listing = Listing(
        id=books.next("listing"),
        title=offer.title,
        description="",
        state=offer.state,
        products=products,
        created_at=now,
        updated_at=now,
        price_on_property=everything
        if _differ([p.offering.price for p in products])
        else (),
        quantity_on_property=everything if len(products) > 1 else (),
        sku_on_property=everything if _differ([p.sku for p in products]) else (),
        is_digital=offer.digital,
        is_personalizable=offer.personalizable,
        max_processing_days=offer.processing_days,
    )
    books.listings[listing.id] = listing
    return listing


def _differ(values: Sequence[object]) -> bool:
    return len(set(values)) > 1


def _combinations(offer: Offer) -> list[Sold]:
    every = list(itertools.product(*offer.vary_by.values()))
    if len(every) == 1:
        return [Sold(sku=offer.sku, values=every[0])]
    return [
        Sold(sku=f"{offer.sku}-{number}" if offer.sku else "", values=values)
        for number, values in enumerate(every, start=1)
    ]


def _property(
    books: Books, place: int, name: str, values: Sequence[str]
) -> list[PropertyValue]:
    property_id, scale = _KNOWN.get(name, (_OWN + place, None))
    return [
        PropertyValue(
            property_id=property_id,
            property_name=name,
            scale_id=scale,
            value_ids=(books.next("value"),),
            values=(value,),
        )
        for value in values
    ]


def _product(
    books: Books, offer: Offer, sold: Sold, properties: Sequence[Sequence[PropertyValue]]
) -> Product:
    chosen = tuple(
        next(value for value in values if value.values == (wanted,))
        for values, wanted in zip(properties, sold.values, strict=True)
    )
    quantity = offer.quantity if sold.quantity is None else sold.quantity
    offering = Offering(
        id=books.next("offering"),
        quantity=quantity,
        price=books.minor(sold.price or offer.price),
        is_enabled=sold.is_enabled,
        readiness_state_id=None if offer.digital else books.readiness[0].id,
    )
    return Product(
        id=books.next("product"), sku=sold.sku, offerings=[offering], property_values=chosen
    )
