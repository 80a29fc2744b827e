"""A stored message, and what a channel says it means."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mapping.canonical import Order
from mapping.letter import Letter

UNOPENED = "unopened"
"""Among a message's headers: why what is kept is its head alone, such as a size too large."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as it came: raw bytes and the headers we keep (lower-case names)."""

    topic: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


# What a message turns out to say ------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSeen:
    """The message carries the whole order."""

    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChanged:
    """The message only says which order changed: fetch it."""

    external_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDeleted:
    """The order is gone at the channel."""

    external_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMissing:
    """The channel was asked for the order and says that it has none: deleted, or kept from us."""

    external_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StockSeen:
    """What the channel shows of a thing at one of its places, whoever wrote it, ourselves too."""

    inventory_id: str
    place_id: str
    available: int | None
    """None where it is no longer stocked there; below zero where more was sold than there was."""
    at: datetime | None = None
    """When it became so, as the channel says; messages come late and in any order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueChanged:
    """Something that is sold changed, or where it is kept: read the catalogue again."""

    product_id: str
    """Empty where it is no single product: a place was opened, renamed or closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsChanged:
    """What the shop lets us do there changed: look at the connection again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnected:
    """The shop removed us; the account needs a person to reconnect it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonErased:
    """Forget this person: the named orders, and every trace under the customer's id."""

    customer_id: str
    order_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAsked:
    """This person wants to see what is stored; a person of ours must answer."""

    customer_id: str
    order_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopErased:
    """Forget every person of this account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSeen:
    """The message is a mail; whether it is an order, the hub decides."""

    letter: Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """A message that means nothing to us, and why."""

    why: str


Reading = (
    OrderSeen
    | OrderChanged
    | OrderDeleted
    | OrderMissing
    | StockSeen
    | CatalogueChanged
    | RightsChanged
    | Disconnected
    | PersonErased
    | PersonAsked
    | ShopErased
    | LetterSeen
    | Ignored
)
