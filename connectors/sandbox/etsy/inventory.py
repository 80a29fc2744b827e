"""What a listing sells: stock taken by buyers, and the inventory that is replaced as a whole."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import cast

from connectors.sandbox.etsy.books import Books
from connectors.sandbox.etsy.reading import (
    boolean,
    decimal,
    ids,
    known,
    listed,
    need,
    texts,
    whole,
)
from connectors.sandbox.etsy.records import (
    Listing,
    Offering,
    Product,
    PropertyValue,
    Refused,
)

Json = dict[str, object]

MOST = 999
"""The most Etsy sells of one offering."""
_DIMENSIONS = ("price", "quantity", "sku", "readiness_state")


def take(listing: Listing, product: Product, quantity: int, *, now: datetime) -> None:
    """Take units of a product from stock; where quantity varies by nothing, all share one heap.

    Fewer than none gives them back.

    :raises Refused: there are not as many, or the listing is not on sale.
    """
    if listing.is_digital:
        return
    if quantity > 0 and listing.state not in {"active", "sold_out"}:
        raise Refused(409, f"{listing.title} is not on sale")
    if product.offering.quantity < quantity:
        raise Refused(409, f"Not enough left of {product.sku or listing.title}")
    sharing = [product] if listing.quantity_on_property else listing.living
    for each in sharing:
        each.offering.quantity -= quantity
    _sell_out(listing)
    if quantity < 0 and listing.state == "sold_out":
        listing.state = "active"
    listing.updated_at = now


def replace(
    books: Books, listing: Listing, given: Json, *, variations: int, revives: bool = False
) -> None:
    """Replace everything a listing sells; what is not given is gone, and every id is new.

    A listing that sold out stays so unless this `revives` it.

    :raises Refused: a field Etsy does not take, or values the `*_on_property` lists do not allow.
    """
    known(given, {"products", *(f"{name}_on_property" for name in _DIMENSIONS)})
    if "products" not in given:
        raise Refused(400, "Missing Input Parameter: [products]")
    asked = listed(given, "products")
    if not asked:
        raise Refused(400, "Missing Input Parameter: [products]")
    products = [_product(books, listing, each) for each in asked]
    properties = _properties(products, variations)
    on_property = {name: _on_property(given, name, properties) for name in _DIMENSIONS}
    for name in _DIMENSIONS:
        _hold_to(name, on_property[name], products)
    if not any(p.offering.quantity and p.offering.is_enabled for p in products):
        raise Refused(400, "One offering must have quantity greater than 0")
    listing.products = [*products, *_gone(listing.products, products)]
    listing.price_on_property = on_property["price"]
    listing.quantity_on_property = on_property["quantity"]
    listing.sku_on_property = on_property["sku"]
    listing.readiness_state_on_property = on_property["readiness_state"]
    listing.updated_at = books.now()
    _sell_out(listing)
    if revives and listing.state == "sold_out" and listing.quantity:
        listing.state = "active"


def renew(books: Books, listing: Listing) -> None:
    """Put a listing that sold out on sale again, for a fee; without a quantity with one piece."""
    listing.renewals += 1
    if not listing.quantity:
        for product in (
            listing.living if not listing.quantity_on_property else listing.living[:1]
        ):
            product.offering.quantity = 1
    listing.state, listing.updated_at = "active", books.now()


def _sell_out(listing: Listing) -> None:
    if listing.state == "active" and not listing.quantity:
        listing.state = "sold_out"


def _gone(before: Sequence[Product], after: Sequence[Product]) -> list[Product]:
    """Keep what is no longer sold, as Etsy does: deleted, with nothing on offer."""
    sold = {_values(each, ()) for each in after}
    gone = [p for p in before if not p.is_deleted and _values(p, ()) not in sold]
    for product in gone:
        product.is_deleted, product.offerings = True, []
    return gone


def _product(books: Books, listing: Listing, given: Json) -> Product:
    known(given, {"sku", "property_values", "offerings"})
    sku = given.get("sku")
    if sku is not None and not isinstance(sku, str):
        raise Refused(400, "Expected string value for 'sku'")
    offerings = listed(given, "offerings")
    if len(offerings) != 1:
        raise Refused(400, "Each product needs exactly one offering")
    return Product(
        id=books.next("product"),
        sku=sku or "",
        offerings=[_offering(books, listing, each) for each in offerings],
        property_values=tuple(
            _property_value(books, each) for each in listed(given, "property_values")
        ),
    )


def _offering(books: Books, listing: Listing, given: Json) -> Offering:
    known(given, {"price", "quantity", "is_enabled", "readiness_state_id"})
    need(given, "price", "quantity", "is_enabled", "readiness_state_id")
    price = decimal(given, "price") * books.divisor
    if price != price.to_integral_value() or price <= 0:
        raise Refused(400, "The price is not valid")
    quantity = whole(given, "quantity")
    if not 0 <= quantity <= MOST:
        raise Refused(400, f"The quantity must be between 0 and {MOST}")
    return Offering(
        id=books.next("offering"),
        price=int(price),
        quantity=quantity,
        is_enabled=boolean(given, "is_enabled"),
        readiness_state_id=_readiness(books, listing, given),
    )


def _readiness(books: Books, listing: Listing, given: Json) -> int | None:
    if given["readiness_state_id"] is None and listing.is_digital:
        return None
    wanted = whole(given, "readiness_state_id")
    if wanted not in {each.id for each in books.readiness}:
        raise Refused(400, f"Invalid readiness_state_id {wanted}")
    return wanted


def _property_value(books: Books, given: Json) -> PropertyValue:
    known(given, {"property_id", "property_name", "scale_id", "value_ids", "values"})
    need(given, "property_id", "value_ids", "values")
    values, value_ids = texts(given, "values"), ids(given, "value_ids")
    if not values or len(value_ids) not in {0, len(values)}:
        raise Refused(400, "Property values can't be empty")
    scale = given.get("scale_id")
    name = given.get("property_name")
    return PropertyValue(
        property_id=whole(given, "property_id"),
        property_name=name if isinstance(name, str) else "",
        scale_id=whole(given, "scale_id") if scale is not None else None,
        value_ids=value_ids or tuple(books.next("value") for _ in values),
        values=values,
    )


def _properties(products: Sequence[Product], variations: int) -> tuple[int, ...]:
    shown = {tuple(v.property_id for v in p.property_values) for p in products}
    if len(shown) != 1:
        raise Refused(400, "All products must have the same properties in the same order")
    [properties] = shown
    if len(set(properties)) != len(properties) or len(properties) > variations:
        raise Refused(400, f"A listing may vary by at most {variations} properties")
    combinations = [_values(product, ()) for product in products]
    if len(set(combinations)) != len(combinations):
        raise Refused(400, "Products must not repeat a combination of property values")
    return properties


def _on_property(given: Json, name: str, properties: tuple[int, ...]) -> tuple[int, ...]:
    key = f"{name}_on_property"
    wanted = ids(given, key) if given.get(key) is not None else ()
    if wanted and not properties:
        raise Refused(400, "Property values can't be empty")
    if wanted != tuple(each for each in properties if each in wanted):
        raise Refused(400, f"{key}: property IDs must be in the same order as in products")
    return wanted


def _hold_to(name: str, varies_by: tuple[int, ...], products: Sequence[Product]) -> None:
    """Make sure that what is said to vary by these properties varies by no other.

    With none of them every product must show the same.
    """
    shown: dict[object, object] = {}
    for product in products:
        group = _values(product, varies_by) if varies_by else ()
        value = _READ[name](product)
        if shown.setdefault(group, value) != value:
            raise Refused(400, f"{name} is not consistent with {name}_on_property")


def _values(product: Product, of: tuple[int, ...]) -> tuple[object, ...]:
    return tuple(
        (each.property_id, each.values)
        for each in product.property_values
        if not of or each.property_id in of
    )


_READ: dict[str, Callable[[Product], object]] = {
    "price": lambda product: product.offering.price,
    "quantity": lambda product: product.offering.quantity,
    "sku": lambda product: product.sku,
    "readiness_state": lambda product: product.offering.readiness_state_id,
}


def as_given(books: Books, listing: Listing) -> Json:
    """Write what a listing sells as a PUT takes it."""
    return {
        "products": [
            {
                "sku": product.sku,
                "property_values": [
                    {
                        "property_id": value.property_id,
                        "property_name": value.property_name,
                        "scale_id": value.scale_id,
                        "value_ids": list(value.value_ids),
                        "values": list(value.values),
                    }
                    for value in product.property_values
                ],
                "offerings": [
                    {
                        "price": float(Decimal(offering.price) / books.divisor),
                        "quantity": offering.quantity,
                        "is_enabled": offering.is_enabled,
                        "readiness_state_id": offering.readiness_state_id,
                    }
                    for offering in product.offerings
                ],
            }
            for product in listing.living
        ],
        "price_on_property": list(listing.price_on_property),
        "quantity_on_property": list(listing.quantity_on_property),
        "sku_on_property": list(listing.sku_on_property),
        "readiness_state_on_property": list(listing.readiness_state_on_property),
    }


def edited(books: Books, listing: Listing, quantities: dict[str, int]) -> None:
    """Let the seller type other quantities by SKU on Etsy's own page; ids change there, too.

    Whoever fills a listing up there that sold out renews it, too.
    """
    given = as_given(books, listing)
    for product in cast(list[Json], given["products"]):
        for offering in cast(list[Json], product["offerings"]):
            offering["quantity"] = quantities.get(
                str(product["sku"]), cast(int, offering["quantity"])
            )
    replace(books, listing, given, variations=3)
    if listing.state == "sold_out":
        renew(books, listing)
