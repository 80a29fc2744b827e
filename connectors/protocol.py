"""The contract of a channel: what each one declares, reads, raises, and can be asked to do.

A channel never sleeps, never retries and never touches a database. Credentials are handed to it.
Anything it may be asked beyond reading is a Protocol of its own: ask `isinstance` before you call.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Protocol, runtime_checkable

from mapping.canonical import Order
from mapping.effects import Effect


class Capability(StrEnum):
    """What a channel can do, each switchable per account."""

    ORDERS_WEBHOOK = "orders.webhook"
    ORDERS_FETCH = "orders.fetch"
    FULFIL = "fulfil"
    HOLD = "hold"
    PROGRESS = "progress"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What a channel says of itself, once, without a network."""

    key: str
    title: str
    api_version: str
    capabilities: frozenset[Capability]
    scopes: frozenset[str] = frozenset()
    ambiguity_horizon: timedelta = timedelta(seconds=120)
    """How long a write whose answer was lost may still be applied there: no look-up before."""
    even_when_off: frozenset[str] = frozenset()
    """Topics read also while the account is off: a wish to be forgotten waits for no switch."""


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
class Ignored:
    """A message that means nothing to us, and why."""

    why: str


Reading = (
    OrderSeen
    | OrderChanged
    | OrderDeleted
    | Disconnected
    | PersonErased
    | PersonAsked
    | ShopErased
    | Ignored
)


# What can go wrong ---------------------------------------------------------------------------


class ChannelError(Exception):
    """A call that did not work. `str(error)` is safe to show and to log: no secret, no person."""

    def __init__(
        self, public: str, *, retry_after: timedelta | None = None, request_id: str = ""
    ) -> None:
        super().__init__(public)
        self.retry_after = retry_after
        self.request_id = request_id


class Retryable(ChannelError):
    """It surely did not happen and may work later: no connection, no DNS, a read that got a 5xx."""


class RateLimited(Retryable):
    """Too fast; `retry_after` says when, if the channel did."""


class OutcomeUnknown(ChannelError):
    """A write whose answer was lost after sending: look it up before trying again."""


class AuthExpired(ChannelError):
    """The token is revoked or cannot be renewed: reconnect."""


class PermissionDenied(ChannelError):
    """A scope or right is missing: a person must grant it."""


class NotFound(ChannelError):
    """The thing is not there (any more)."""


class Conflict(ChannelError):
    """The channel's state forbids it now: already sent, on hold there, cancelled there."""


class Rejected(ChannelError):
    """Refused for good; a person must change something."""


class Unsupported(ChannelError):
    """The channel cannot do this at all; no call was made."""


class PayloadError(ChannelError):
    """What came is not what the channel's documents promise; the raw message is kept."""


class SignatureInvalid(ChannelError):
    """No valid proof that the message comes from the channel."""


# What it can be asked ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a proven webhook says of itself in its headers."""

    topic: str
    message_id: str
    triggered_at: datetime | None = None
    api_version: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    """The few headers worth keeping, lower-case names, no proof, no address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What the channel now holds for an effect."""

    remote_ref: str
    outcome: str
    """created | already_there | nothing_to_do"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A credential the channel handed out, to be kept sealed by the hub."""

    value: str = field(repr=False)
    expires_at: datetime | None
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Everything a channel is told about one account: no database, no environment."""

    settings: Mapping[str, str]
    credentials: Mapping[str, str] = field(repr=False)
    webhook_secrets: Sequence[str] = field(default=(), repr=False)
    token: Token | None = None
    allow_loopback: bool = False
    """Only for sandboxes and tests: a `base_url` on this machine is otherwise refused."""


class Channel(Protocol):
    """What every channel is."""

    spec: ClassVar[Spec]

    def read(self, message: Message) -> Reading:
        """Say what a stored message means. Pure.

        :raises PayloadError: it is not what the channel's documents promise.
        """


@runtime_checkable
class ReceivesWebhooks(Protocol):
    """A channel that sends signed messages."""

    def verify(self, *, body: bytes, headers: Mapping[str, str]) -> Delivery:
        """Prove a webhook against every secret of the account, in constant time.

        :raises SignatureInvalid: no secret fits, or the proof is missing or malformed.
        """


@runtime_checkable
class FetchesOrders(Protocol):
    """A channel whose orders can be read by id."""

    def fetch_order(self, external_id: str) -> Order:
        """Fetch one order as it is now.

        :raises NotFound: there is none.
        """


@runtime_checkable
class PushesEffects(Protocol):
    """A channel that can be told what happened."""

    def push(self, effect: Effect) -> Pushed:
        """Make the channel hold the effect, looking first so that doing it twice does it once."""

    def look_up(self, effect: Effect) -> Pushed | None:
        """Say whether the channel already holds the effect, without writing anything."""


@runtime_checkable
class RenewsToken(Protocol):
    """A channel whose token runs out and can be fetched anew."""

    def renew(self, *, now: datetime) -> Token:
        """Fetch a fresh token.

        :raises AuthExpired: the credentials no longer give one.
        """


@runtime_checkable
class ReportsHealth(Protocol):
    """A channel that can say what our token may do."""

    def granted_scopes(self) -> frozenset[str]:
        """Fetch the scopes the token really has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """How the registry holds a channel: its spec, how to make one, how to check what was typed."""

    spec: Spec
    connect: Callable[[Connection], Channel]
    check: Callable[[Connection], Mapping[str, str]]
    """Problems by field name (`settings.shop`, `credentials.access_token`); empty if none."""
