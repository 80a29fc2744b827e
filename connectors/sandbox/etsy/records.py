"""What the pretend shop remembers: plain records, no rules."""

from dataclasses import dataclass, field
from datetime import datetime

SCALES = {327: "Alpha"}
"""Etsy's scales of sizes, as far as the sandbox has any."""


class Refused(Exception):
    """The shop will not do it: the HTTP status and the words of Etsy's `error`."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address as a buyer typed it."""

    name: str
    first_line: str | None = None
    second_line: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str = "Spain"
    country_iso: str = "ES"

    @property
    def formatted(self) -> str:
        """The address as it goes on a parcel."""
        town = " ".join(part for part in (self.zip, self.city, self.state) if part)
        lines = (self.name, self.first_line, self.second_line, town, self.country)
        return "\n".join(line for line in lines if line)


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyValue:
    """What makes one product of a listing differ from the next: Size = Large."""

    property_id: int
    property_name: str
    value_ids: tuple[int, ...]
    values: tuple[str, ...]
    scale_id: int | None = None

    @property
    def scale_name(self) -> str | None:
        """What Etsy calls the scale; it knows by the id."""
        return SCALES.get(self.scale_id or 0)


@dataclass(slots=True, kw_only=True)
class Offering:
    """How much of a product is on sale, and for what; `price` in minor units."""

    id: int
    quantity: int
    price: int
    is_enabled: bool = True
    is_deleted: bool = False
    readiness_state_id: int | None = None


@dataclass(slots=True, kw_only=True)
class Product:
    """One thing a listing sells; its id lasts until the next inventory update."""

    id: int
    sku: str
    offerings: list[Offering]
    property_values: tuple[PropertyValue, ...] = ()
    is_deleted: bool = False

    @property
    def offering(self) -> Offering:
        """The offering a buyer takes."""
        return self.offerings[0]


@dataclass(slots=True, kw_only=True)
class Listing:
    """A page of the shop with one or many products."""

    id: int
    title: str
    description: str
    state: str
    products: list[Product]
    created_at: datetime
    updated_at: datetime
    price_on_property: tuple[int, ...] = ()
    quantity_on_property: tuple[int, ...] = ()
    sku_on_property: tuple[int, ...] = ()
    readiness_state_on_property: tuple[int, ...] = ()
    is_digital: bool = False
    is_personalizable: bool = False
    image_id: int | None = None
    max_processing_days: int = 3
    renewals: int = 0
    """How often it was renewed; Etsy takes a fee for each."""

    @property
    def living(self) -> list[Product]:
        """The products that are not deleted."""
        return [product for product in self.products if not product.is_deleted]

    @property
    def quantity(self) -> int:
        """How many are on sale, of all products together."""
        enabled = [p.offering for p in self.living if p.offering.is_enabled]
        if not self.quantity_on_property:  # all products then draw on the same heap
            return max((offering.quantity for offering in enabled), default=0)
        return sum(offering.quantity for offering in enabled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """What a buyer chose or wrote, as the receipt shows it: HTML-escaped."""

    property_id: int
    value_id: int | None
    formatted_name: str
    formatted_value: str
    question_id: int | None = None


@dataclass(slots=True, kw_only=True)
class Transaction:
    """A line of a receipt; `price` of one unit in minor units."""

    id: int
    title: str
    quantity: int
    price: int
    sku: str
    listing_id: int | None
    product_id: int | None
    is_digital: bool
    variations: tuple[Variation, ...]
    chosen: tuple[PropertyValue, ...]
    min_processing_days: int | None
    max_processing_days: int | None
    expected_ship_at: datetime | None
    shipped_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """A parcel as Etsy knows it; both texts are empty when it was only marked as sent."""

    id: int
    notified_at: datetime
    carrier_name: str
    tracking_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money given back, in minor units."""

    amount: int
    at: datetime
    reason: str
    note: str


@dataclass(slots=True, kw_only=True)
class Receipt:
    """An order."""

    id: int
    buyer_user_id: int
    buyer_email: str
    address: Address
    status: str
    created_at: datetime
    updated_at: datetime
    transactions: list[Transaction]
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    canceled_at: datetime | None = None
    delivered_at: datetime | None = None
    is_gift: bool = False
    gift_message: str = ""
    gift_sender: str = ""
    message_from_buyer: str | None = None
    shipping_cost: int = 0
    tax: int = 0
    discount: int = 0
    shipments: list[Shipment] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    is_phantom: bool = False
    """The list shows it and nothing else does (open-api issue 652)."""

    @property
    def total_price(self) -> int:
        """What the lines cost."""
        return sum(line.price * line.quantity for line in self.transactions)

    @property
    def grand_total(self) -> int:
        """What the buyer pays."""
        return self.total_price - self.discount + self.shipping_cost + self.tax

    @property
    def refunded(self) -> int:
        """What was given back."""
        return sum(refund.amount for refund in self.refunds)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessState:
    """A processing profile: how soon a thing is ready to leave, in days."""

    id: int
    readiness_state: str
    min_days: int
    max_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail to a buyer."""

    receipt_id: int
    kind: str
    to: str
    at: datetime
    tracking_code: str = ""
    note: str = ""
