"""What a channel says of itself, once and without a network: the frozen card of each one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from connectors.guide import Guide


class Capability(StrEnum):
    """What a channel can do, each switchable per account."""

    ORDERS_WEBHOOK = "orders.webhook"
    ORDERS_FETCH = "orders.fetch"
    ORDERS_POLL = "orders.poll"
    CATALOGUE = "catalogue"
    OAUTH = "oauth"
    WEBHOOKS = "webhooks"
    """Creates its own webhook subscriptions and mends them."""
    STOCK = "stock"
    FULFIL = "fulfil"
    HOLD = "hold"
    PROGRESS = "progress"
    DELIVERED = "delivered"
    PROMISED = "promised"
    """Can show the buyer or the shop's people the day an order is promised for."""
    MAILBOX = "mailbox"
    """Hands over whole messages, and files each where it belongs once it is settled."""
    MAIL = "mail"
    """Carries our own messages to people."""


WRITES = frozenset(
    {
        Capability.WEBHOOKS,
        Capability.STOCK,
        Capability.FULFIL,
        Capability.HOLD,
        Capability.PROGRESS,
        Capability.DELIVERED,
        Capability.PROMISED,
        Capability.MAIL,
    }
)
"""These change something at the channel: off, in shadow or live, each by its own switch."""


class CursorKind(StrEnum):
    """How a list of changes remembers its place."""

    WATERMARK = "watermark"
    """A time: read again with an overlap, because times are equal and rows appear late."""
    SEQUENCE = "sequence"
    """A number that only grows (IMAP UIDs, an event journal)."""
    OPAQUE = "opaque"
    """The channel's own token, which may expire (CursorExpired)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One list of changed orders that is read again and again."""

    name: str
    every: timedelta
    """How often it is read."""
    cursor: CursorKind = CursorKind.WATERMARK
    overlap: timedelta = timedelta(0)
    """How far before the newest row seen the next reading begins."""
    lag: timedelta = timedelta(0)
    """Rows younger than this are left for the next reading: the list may not show them all yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How much a channel takes until its answers say otherwise."""

    bucket: str
    """One bucket per account and name."""
    size: int
    per: timedelta
    """The bucket fills from empty to `size` in this time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing a person types to connect an account; pages and the API are made from these."""

    name: str
    """`settings.shop`, `credentials.client_secret`, or `webhook_secrets`."""
    label: str
    help: str = ""
    example: str = ""
    is_secret: bool = False
    is_required: bool = True
    is_rare: bool = False
    """Most people leave it alone: a form keeps it out of the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What a channel says of itself, once, without a network."""

    key: str
    title: str
    api_version: str
    capabilities: frozenset[Capability]
    fields: tuple[Field, ...] = ()
    guide: Guide | None = None
    """What a person does at the channel before, in each language; None says nothing of it."""
    only_with: Mapping[Capability, str] = field(default_factory=dict)
    """The setting without which an account has nothing of a capability: no server, no mailbox."""
    read_from: frozenset[str] = frozenset()
    """The settings that say where lists are read: after a change of these they begin anew."""
    groups: frozenset[str] = frozenset()
    """Settings that belong together: the API takes and shows `imap_host` as `imap: {host}`."""
    scopes: frozenset[str] = frozenset()
    streams: tuple[Stream, ...] = ()
    max_page: int = 100
    """The most rows of a list that one call may ask for."""
    rates: tuple[Rate, ...] = ()
    reread_every: timedelta | None = None
    """How often every open order is fetched again, because no list shows all that changes."""
    counts_what_is_sent: bool = True
    """False: it only says that an order was sent, and so once a part of it was."""
    stock_every: timedelta = timedelta(seconds=5)
    """The shortest time between two writes of one listing's stock."""
    most_stock: int | None = None
    """The most of one listing the channel can show; None knows no such bound."""
    none_is_off_sale: bool = False
    """True: to show none it takes the listing off sale, and its catalogue then lacks it."""
    mails_buyers: bool = True
    """False: its buyers may be written to in its own messages only."""
    ambiguity_horizon: timedelta = timedelta(seconds=120)
    """How long a write whose answer was lost may still be applied there: no look-up before."""
    reads_apart: bool = False
    """Whether its messages are read in a process of their own, with bounds on time and memory.

    For what strangers write and files they attach: whatever breaks there breaks alone.
    """
    webhook_types: frozenset[str] = frozenset({"application/json"})
    """The media types its webhooks may have."""
    webhook_limit: int = 2 * 1024 * 1024
    """Bytes of its longest webhook."""
    even_when_off: frozenset[str] = frozenset()
    """Topics read also while the account is off: a wish to be forgotten waits for no switch."""
