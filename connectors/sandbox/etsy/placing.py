"""What a buyer does: place an order, line by line."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypedDict

from connectors.sandbox.etsy.books import Books
from connectors.sandbox.etsy.inventory import take
from connectors.sandbox.etsy.receipts import pay
from connectors.sandbox.etsy.records import (
    Address,
    Listing,
    Product,
    PropertyValue,
    Receipt,
    Refused,
    Transaction,
    Variation,
)
from connectors.sandbox.etsy.wanted import Wanted

PERSONALISATION = 54
ANA = Address(
    name="Ana García",
    first_line="Calle Mayor 1",
    city="Madrid",
    state="Madrid",
    zip="28013",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """Everything about a receipt besides its lines."""

    address: Address = ANA
    email: str = "ana@example.com"
    paid: bool = True
    is_gift: bool = False
    gift_message: str = ""
    gift_sender: str = ""
    message_from_buyer: str | None = None
    shipping_price: str = "0"
    tax: str = "0"
    discount: str = "0"


class Details(TypedDict, total=False):
    """The same, to be given by name where the rest is to stay as it is."""

    address: Address
    email: str
    paid: bool
    is_gift: bool
    gift_message: str
    gift_sender: str
    message_from_buyer: str | None
    shipping_price: str
    tax: str
    discount: str


def place(books: Books, wanted: Sequence[Wanted], checkout: Checkout) -> Receipt:
    """Place an order; what it wants is taken from stock at once.

    :raises Refused: no lines, a line that names nothing, or not enough in stock.
    """
    if not wanted:
        raise Refused(400, "A receipt needs lines")
    now = books.now()
    found = [(each, _product(books, each)) for each in wanted]
    _take_all(books, found)
    receipt = Receipt(
        id=books.next("receipt"),
        buyer_user_id=books.next("buyer"),
        buyer_email=checkout.email,
        address=checkout.address,
        status="open",
        created_at=now,
        updated_at=now,
        transactions=[_line(books, each, of) for each, of in found],
        is_gift=checkout.is_gift,
        gift_message=checkout.gift_message,
        gift_sender=checkout.gift_sender,
        message_from_buyer=checkout.message_from_buyer,
        shipping_cost=books.minor(checkout.shipping_price),
        tax=books.minor(checkout.tax),
        discount=books.minor(checkout.discount),
    )
    books.receipts[receipt.id] = receipt
    if checkout.paid:
        pay(books, receipt.id)
    return receipt


def escaped(text: str) -> str:
    """Escape as Etsy's receipts do: an apostrophe is `&#039;` (open-api issue 254)."""
    return html.escape(text).replace("&#x27;", "&#039;")


def _take_all(
    books: Books, found: Sequence[tuple[Wanted, tuple[Listing, Product] | None]]
) -> None:
    taken: list[tuple[Listing, Product, int]] = []
    try:
        for each, of in found:
            if each.quantity < 1:
                raise Refused(400, "A line needs at least one unit")
            if of is not None:
                take(of[0], of[1], each.quantity, now=books.now())
                taken.append((*of, each.quantity))
    except Refused:
        for listing, product, quantity in taken:
            take(listing, product, -quantity, now=books.now())
        raise


def _product(books: Books, wanted: Wanted) -> tuple[Listing, Product] | None:
    if wanted.listing_id is not None:
        listing = books.listing(int(wanted.listing_id))
        return listing, _of_listing(listing, wanted)
    found = books.by_sku(wanted.sku) if wanted.sku else None
    if found is None and not wanted.title:
        raise Refused(404, f"Nothing is on sale under {wanted.sku or 'no SKU'}")
    return found


def _of_listing(listing: Listing, wanted: Wanted) -> Product:
    for product in listing.living:
        shown = tuple(value for each in product.property_values for value in each.values)
        if not wanted.values or shown == wanted.values:
            return product
    raise Refused(404, f"Listing {listing.id} sells no {', '.join(wanted.values)}")


def _line(
    books: Books, wanted: Wanted, found: tuple[Listing, Product] | None
) -> Transaction:
    listing, product = found or (None, None)
    digital = listing.is_digital if listing else False
    if wanted.digital is not None:
        digital = wanted.digital
    price = product.offering.price if product else 0
    days = listing.max_processing_days if listing and not digital else None
    chosen = product.property_values if product else ()
    return Transaction(
        id=books.next("transaction"),
        title=wanted.title or (listing.title if listing else ""),
        quantity=wanted.quantity,
        price=books.minor(wanted.price) if wanted.price is not None else price,
        sku=product.sku if product else "",
        listing_id=listing.id if listing else None,
        product_id=product.id if product else None,
        is_digital=digital,
        variations=_variations(chosen, wanted),
        chosen=chosen,
        min_processing_days=1 if days is not None else None,
        max_processing_days=days,
        expected_ship_at=books.now() + timedelta(days=days) if days is not None else None,
    )


def _variations(chosen: Sequence[PropertyValue], wanted: Wanted) -> tuple[Variation, ...]:
    picked = [
        Variation(
            property_id=each.property_id,
            value_id=each.value_ids[0] if each.value_ids else None,
            formatted_name=escaped(each.property_name),
            formatted_value=escaped(", ".join(each.values)),
        )
        for each in chosen
    ]
    written = [
        Variation(
            property_id=PERSONALISATION,
            value_id=None,
            formatted_name=escaped(name),
            formatted_value=escaped(text),
            question_id=question,
        )
        for question, name, text in wanted.personalisation
    ]
    return (*picked, *written)
