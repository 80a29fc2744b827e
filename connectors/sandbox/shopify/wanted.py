"""What a pretend buyer asks for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A line of an order to be placed.

    With `sku` (or `variant_id`) it is that variant; an unknown SKU with a title, or no SKU at
    all, makes a custom line without variant and product. `price` is written like "6.50".
    """

    sku: str | None = None
    variant_id: str | None = None
    quantity: int = 1
    title: str | None = None
    price: str | None = None
    requires_shipping: bool | None = None
    gift_card: bool = False
    tip: bool = False
    location_id: str | None = None
    properties: tuple[tuple[str, str], ...] = ()
    bundle: str | None = None
    """The title of the bundle this line belongs to; equal titles are one bundle."""
