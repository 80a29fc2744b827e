"""What the hub wants a channel to know: the values an outbound message carries.

They hold ids, quantities and words for people, never a buyer's name or address, and survive a trip
through JSON, because they wait in the outbox between the fact and the call.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """How a parcel can be followed; all three may be empty for an untracked one."""

    carrier: str = ""
    number: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineQuantity:
    """Pieces of one channel line."""

    line_id: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fulfil:
    """These pieces of the order left the house."""

    order_id: str
    lines: tuple[LineQuantity, ...]
    tracking: Tracking
    notify: bool = True
    known_refs: tuple[str, ...] = ()
    """Fulfilments of our earlier shipments of this order: no look-up takes them for this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendTracking:
    """The parcels of an earlier fulfilment are followed elsewhere than we said."""

    order_id: str
    fulfilment_refs: tuple[str, ...]
    tracking: Tracking
    notify: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The order waits, and why; `handle` names this hold so that only it is released later."""

    order_id: str
    handle: str
    reason: str
    """out_of_stock | unknown_date | other"""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseHold:
    """Nothing of ours keeps the order waiting any more."""

    order_id: str
    handle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The order is being made; `note` is read by the merchant."""

    order_id: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The parcels of these fulfilments reached the buyer."""

    order_id: str
    fulfilment_refs: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """The buyer can count on the order for this day; a later one replaces what was said before."""

    order_id: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRef:
    """What a channel keeps the stock of one listing under; unused parts are empty."""

    product_id: str = ""
    variant_id: str = ""
    inventory_id: str = ""
    place_id: str = ""
    sku: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStock:
    """The channel may sell this many of a listing, in whole pieces of it; never less than none."""

    ref: StockRef
    quantity: int
    expected: int | None = None
    """What we believe it shows. Fewer means sales we have not read: nothing is raised then."""
    is_ours: bool = False
    """Whether it shows that because we told it so; only what we took off sale we put back."""
    key: str = ""
    """Names this one wish, for channels that remember what they did for a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A letter of ours to one person. The outbox holds its number only; the rest joins on sending.

    `text` and `html` say the same. Both are what was rendered when the reason arose, so that what
    a person previewed and what is sent are one.
    """

    notification: int
    """Which of our notifications it is."""
    to: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    language: str = "en"
    message_id: str = ""
    """The same each time it is sent, without brackets."""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    is_automatic: bool = True
    """False for what a person wrote and sent."""
    sender_name: str = ""
    """What the workshop calls itself."""
    written_at: datetime | None = None
    """Its Date; the same each time it is sent."""


Effect = (
    Fulfil
    | AmendTracking
    | Hold
    | ReleaseHold
    | Progress
    | Delivered
    | Promised
    | SetStock
    | Mail
)

KINDS: Mapping[str, type[Effect]] = {
    "fulfil": Fulfil,
    "amend_tracking": AmendTracking,
    "hold": Hold,
    "release_hold": ReleaseHold,
    "progress": Progress,
    "delivered": Delivered,
    "promised": Promised,
    "stock": SetStock,
    "mail": Mail,
}


def kind_of(effect: Effect) -> str:
    """Name the kind of an effect as the outbox stores it."""
    return next(kind for kind, made in KINDS.items() if isinstance(effect, made))


def to_payload(effect: Effect) -> dict[str, object]:
    """Turn an effect into JSON-ready values."""
    payload: dict[str, object] = TypeAdapter(type(effect)).dump_python(effect, mode="json")
    return payload


def from_payload(kind: str, payload: Mapping[str, object]) -> Effect:
    """Read an effect back from what `to_payload` made.

    :raises KeyError: no such kind.
    """
    made: Effect = TypeAdapter(KINDS[kind]).validate_python(payload)
    return made
