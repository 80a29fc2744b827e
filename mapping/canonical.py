"""The canonical words: what an order, a line, money and an address are, whatever the channel.

Every channel's `read.py` turns foreign JSON into these values; nothing else reaches the hub.
A channel word we do not know becomes UNKNOWN, which is legal everywhere and never READY.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from json import dumps


class LineKind(StrEnum):
    """What a line is; only PRODUCT lines can ask for something to be made."""

    PRODUCT = "product"
    DIGITAL = "digital"
    GIFT_CARD = "gift_card"
    TIP = "tip"
    FEE = "fee"
    BUNDLE = "bundle"
    """The parent of a bundle: its parts are lines of their own, so it is never demanded itself."""
    UNKNOWN = "unknown"


class Payment(StrEnum):
    """How far the buyer's money is."""

    PENDING = "pending"
    AUTHORISED = "authorised"
    PART_PAID = "part_paid"
    PAID = "paid"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"
    VOID = "void"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class Release(StrEnum):
    """Whether the workshop may begin, as the channel sees it. Only READY may be planned."""

    READY = "ready"
    HOLD_PAYMENT = "hold_payment"
    HOLD_RISK = "hold_risk"
    HOLD_CHANNEL = "hold_channel"
    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    TEST = "test"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount in the smallest unit of its currency: 1250 EUR is 12.50, 1250 JPY is 1250."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where something goes; every part may be empty, because channels withhold them."""

    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    """ISO 3166-1 alpha-2, upper case."""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Who bought; absent where the channel does not say."""

    external_id: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    locale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an order, in whole pieces of the listing sold."""

    external_id: str
    kind: LineKind
    title: str
    ordered: int
    """Everything ever ordered on this line, removed and refunded pieces included."""
    cancelled: int = 0
    """Pieces that need never be sent: removed, or refunded before they were.

    A piece that was sent and came back is not among them, or it would take the place of one
    still to be made: `ordered - cancelled - fulfilled` is what is left to send.
    """
    fulfilled: int = 0
    """Pieces the channel already counts as sent, by whomever."""
    sku: str = ""
    product_id: str = ""
    variant_id: str = ""
    variant_title: str = ""
    personalisation: tuple[tuple[str, str], ...] = ()
    unit_price: Money | None = None
    parent_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order as its channel states it at `updated_at`."""

    external_id: str
    number: str
    placed_at: datetime
    updated_at: datetime
    payment: Payment
    release: Release
    lines: tuple[Line, ...]
    currency: str = ""
    """The shop's currency, in which `total` and the lines are stated."""
    total: Money | None = None
    presentment_total: Money | None = None
    """What the buyer saw, when that was another currency."""
    customer: Customer | None = None
    ship_to: Address | None = None
    is_test: bool = False
    cancelled_at: datetime | None = None
    closed_at: datetime | None = None
    requested_on: date | None = None
    note: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    source: str = ""
    po_number: str = ""
    ship_method: str = ""
    """How the buyer wants it sent, as the channel names it."""


def content_hash(order: Order) -> str:
    """Return a digest equal for equal orders, so that a message that changes nothing shows."""
    plain = dumps(asdict(order), sort_keys=True, default=str, separators=(",", ":"))
    return sha256(plain.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRef:
    """What identifies the thing a line sold, before anybody said what it means to us."""

    key: str
    """Stable within one account: the variant if there is one, else product, SKU or title."""
    sku: str
    title: str
    variant_title: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
