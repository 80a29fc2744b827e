"""What the pretend shop remembers: plain records, no rules."""

from dataclasses import dataclass, field
from datetime import datetime

from connectors.sandbox.shopify.money import Purse


class Refused(Exception):
    """The shop will not do it; `code` and `field` are what GraphQL shows beside the message."""

    def __init__(
        self, message: str, *, field: list[str] | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address as a buyer typed it."""

    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    zip: str | None = None
    province: str | None = None
    province_code: str | None = None
    country: str | None = "Spain"
    country_code: str | None = "ES"
    phone: str | None = None

    @property
    def name(self) -> str | None:
        """The full name, None when there is none."""
        return " ".join(part for part in (self.first_name, self.last_name) if part) or None


@dataclass(slots=True, kw_only=True)
class Location:
    """A place the shop sends from."""

    id: int
    name: str
    country_code: str
    created_at: datetime
    active: bool = True


@dataclass(slots=True, kw_only=True)
class Variant:
    """Something the shop sells: a product, or one kind of it."""

    id: int
    product_id: int
    inventory_item_id: int
    title: str
    sku: str | None
    price: int
    grams: int
    requires_shipping: bool
    gift_card: bool
    location_id: int
    available: dict[int, int]
    committed: dict[int, int]
    created_at: datetime
    updated_at: datetime
    components: bool = False
    option: str = ""
    """What sets it apart from the product's other variants; empty where it is the only one."""
    barcode: str | None = None
    tracked: bool = True
    status: str = "ACTIVE"
    counted_at: dict[int, datetime] = field(default_factory=dict)
    """When the stock of each place last changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The bundle a line came in."""

    id: int
    title: str
    quantity: int
    sku: str | None


@dataclass(slots=True, kw_only=True)
class Line:
    """A line as ordered; removed and refunded units only lower `current_quantity`."""

    id: int
    variant_id: int | None
    product_id: int | None
    sku: str | None
    title: str
    variant_title: str | None
    quantity: int
    current_quantity: int
    price: int
    grams: int
    requires_shipping: bool
    gift_card: bool
    tip: bool
    properties: tuple[tuple[str, str], ...]
    location_id: int
    group: Group | None
    dropped: int = 0
    """Units edited away or refunded before they were sent."""

    @property
    def fulfillable(self) -> bool:
        """Whether it ever gets a fulfilment order: gift cards and tips do not."""
        return not (self.gift_card or self.tip)


@dataclass(slots=True, kw_only=True)
class Hold:
    """A reason not to send yet."""

    id: int
    reason: str
    notes: str | None
    handle: str
    external_id: str | None
    by_app: bool


@dataclass(slots=True, kw_only=True)
class ToSend:
    """A line of a fulfilment order."""

    id: int
    line_id: int
    total: int
    remaining: int


@dataclass(slots=True, kw_only=True)
class FulfilmentOrder:
    """What one location is asked to send for one order."""

    id: int
    order_id: int
    location_id: int
    method: str
    lines: list[ToSend]
    created_at: datetime
    updated_at: datetime
    fulfil_at: datetime
    status: str = "OPEN"
    holds: list[Hold] = field(default_factory=list)
    reported: bool = False
    progress: str | None = None
    fulfil_by: datetime | None = None
    rest_id: int | None = None
    """The fulfilment order split off when only part of this one was held."""

    @property
    def remaining(self) -> int:
        """Units still to send."""
        return sum(line.remaining for line in self.lines)

    @property
    def closed(self) -> bool:
        """Whether nothing more can happen to it."""
        return self.status in {"CLOSED", "CANCELLED", "INCOMPLETE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """One parcel's number."""

    company: str | None
    number: str | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A line of a fulfilment, and the fulfilment-order line it came from."""

    id: int
    line_id: int
    to_send_id: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """Something that happened to a parcel."""

    id: int
    status: str
    happened_at: datetime
    created_at: datetime
    message: str | None = None
    estimated_delivery_at: datetime | None = None
    city: str | None = None
    province: str | None = None
    country: str | None = None
    zip: str | None = None
    address1: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(slots=True, kw_only=True)
class Fulfilment:
    """What was sent."""

    id: int
    name: str
    order_id: int
    location_id: int
    lines: list[Sent]
    tracking: list[Tracking]
    created_at: datetime
    updated_at: datetime
    made_by: str
    status: str = "SUCCESS"
    display_status: str = "FULFILLED"
    delivered_at: datetime | None = None
    in_transit_at: datetime | None = None
    estimated_delivery_at: datetime | None = None
    events: list[Milestone] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded:
    """A line of a refund."""

    id: int
    line_id: int
    quantity: int
    restock_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money given back, with or without goods."""

    id: int
    created_at: datetime
    note: str | None
    lines: tuple[Refunded, ...]
    amount: int


@dataclass(slots=True, kw_only=True)
class Metafield:
    """A value an app hung on an order."""

    id: int
    namespace: str
    key: str
    type: str
    value: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A message the shop sent to a buyer."""

    order_id: int
    kind: str
    to: str
    at: datetime


@dataclass(slots=True, kw_only=True)
class Order:
    """An order, its lines and everything that became of it."""

    id: int
    number: int
    purse: Purse
    created_at: datetime
    updated_at: datetime
    financial_status: str
    email: str | None
    customer_id: int | None
    address: Address | None
    note: str | None
    tags: list[str]
    attributes: tuple[tuple[str, str], ...]
    test: bool
    source_name: str
    po_number: str | None
    shipping_price: int
    shipping_title: str
    taxes_included: bool
    lines: list[Line]
    fulfilment_orders: list[FulfilmentOrder] = field(default_factory=list)
    fulfilments: list[Fulfilment] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    metafields: dict[tuple[str, str], Metafield] = field(default_factory=dict)
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    closed_at: datetime | None = None
    edited: bool = False
    confirmed: bool = True
    shown: list[tuple[datetime, datetime]] = field(default_factory=list)
    """Since when the search finds it, and as changed when; the last line is the newest."""

    @property
    def name(self) -> str:
        """The number people quote."""
        return f"#{self.number}"

    def line(self, line_id: int) -> Line:
        """Find a line.

        :raises Refused: the order has no such line.
        """
        for line in self.lines:
            if line.id == line_id:
                return line
        raise Refused(f"Order {self.name} has no line {line_id}")

    def unsent(self, line: Line) -> int:
        """Count the units of a line that were neither sent nor dropped; never any of a tip."""
        return line.quantity - line.dropped - self.sent(line.id) if line.fulfillable else 0

    def sent(self, line_id: int) -> int:
        """Count the units of a line in fulfilments that stand."""
        return sum(
            sent.quantity
            for fulfilment in self.fulfilments
            if fulfilment.status == "SUCCESS"
            for sent in fulfilment.lines
            if sent.line_id == line_id
        )

    def held(self, line_id: int) -> int:
        """Count the units of a line that wait in fulfilment orders on hold."""
        return sum(
            line.remaining
            for fulfilment_order in self.fulfilment_orders
            if fulfilment_order.status == "ON_HOLD"
            for line in fulfilment_order.lines
            if line.line_id == line_id
        )
