"""What a pretend buyer asks for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A line of a receipt to be placed.

    With `sku` it is that product, with `listing_id` that listing's first (or the one whose values
    are `values`). Otherwise it is of a listing that is gone: no listing, no product, no SKU.
    `price` is written like "6.50". Each `personalisation` is a question's id, the name the seller
    gave it, and what the buyer wrote.
    """

    sku: str | None = None
    listing_id: str | None = None
    values: tuple[str, ...] = ()
    quantity: int = 1
    title: str | None = None
    price: str | None = None
    digital: bool | None = None
    personalisation: tuple[tuple[int, str, str], ...] = ()
