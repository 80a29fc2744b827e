"""The contract of a channel: a small base, and one Protocol for each thing it may be able to do.

A channel never sleeps, never retries and never touches a database: one request, one attempt. It is
handed its credentials, raises `connectors/errors.py`, and says in its `Spec` which of these
Protocols it is. `PORT_OF` ties the two together, and a test holds every channel to it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Protocol, runtime_checkable

from connectors.handed import Filed, HandedPage
from connectors.pacing import Pacer, Unpaced
from connectors.readings import Message, Reading
from connectors.spec import Capability, Spec
from mapping.canonical import Money, Order
from mapping.effects import Effect, StockRef

# What is handed over --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A credential the channel handed out, to be kept sealed by the hub before it is used."""

    value: str = field(repr=False)
    expires_at: datetime | None
    scopes: frozenset[str] = frozenset()
    refresh: str = field(default="", repr=False)
    """What fetches the next one, where the channel gives such a thing; it may change each time."""
    refresh_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Everything a channel is told about one account: no database, no environment."""

    settings: Mapping[str, str]
    credentials: Mapping[str, str] = field(repr=False)
    webhook_secrets: Sequence[str] = field(default=(), repr=False)
    token: Token | None = None
    allow_loopback: bool = False
    """Only for sandboxes and tests: a `base_url` on this machine is otherwise refused."""
    pacer: Pacer = field(default_factory=Unpaced, repr=False, compare=False)
    """Asked before each call, so that all workers of an account share what the channel allows."""


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
    warning: str = ""
    """What a person should know though it worked: a carrier the channel does not know, …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A row of a list of changes: which order, and which version of it."""

    external_id: str
    revision: str
    """Differs whenever the order does, as far as the list tells; often its time of change."""
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePage:
    """One page of a list of changes, and where the next one begins."""

    changes: tuple[Change, ...]
    cursor: str
    """To be kept in the transaction that keeps the changes; unchanged by an empty page."""
    more: bool
    """Whether to ask again at once; else the list is read to its end for now."""
    total: int | None = None
    """About how many rows the whole list has, where the channel says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueItem:
    """One thing the channel sells, as its catalogue states it."""

    product_id: str
    variant_id: str
    sku: str
    title: str
    variant_title: str = ""
    barcode: str = ""
    price: Money | None = None
    is_active: bool = True
    is_tracked: bool = True
    """Whether the channel counts its stock at all."""
    inventory_id: str = ""
    """What its stock is kept under, where that is not the variant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguePage:
    """One page of the catalogue, and where the next one begins."""

    items: tuple[CatalogueItem, ...]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a channel keeps stock and sends from."""

    external_id: str
    name: str
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAudit:
    """Which topics a shop sends to our address, and which it should and does not."""

    present: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    """Topics the channel would not send, and why in words, by topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something wrong with a connection, in words a shop owner understands, and what to press."""

    code: str
    """A stable name: `scope_missing:write_inventory`, `version_old`, `shop_changed`, …"""
    words: str
    way_out: str
    is_shut: bool = False
    """Whether it keeps us out; where the channel cannot even say which shop it is, all do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a check of one connection found."""

    shop_ref: str = ""
    """The channel's own id of the shop; empty when it could not be asked."""
    shop_name: str = ""
    granted: frozenset[str] | None = None
    """The scopes our token has; None when the channel does not say."""
    version_served: str = ""
    """The API version that answered, where the channel tells."""
    cannot: frozenset[Capability] = frozenset()
    """What this shop does not let us do though the channel can: a person does it by hand."""
    findings: tuple[Finding, ...] = ()


# What it is, and what it can be asked ---------------------------------------------------------


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

    def verify(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Delivery:
        """Prove a webhook against every secret of the account, in constant time.

        :raises SignatureInvalid: no secret fits, the proof is missing or malformed, the
            message is another shop's, or was signed at a time no message of `now` bears.
        """


@runtime_checkable
class FetchesOrders(Protocol):
    """A channel whose orders can be read by id."""

    def fetch_order(self, external_id: str) -> Order:
        """Fetch one order as it is now.

        :raises NotFound: there is none.
        """


@runtime_checkable
class PollsOrders(Protocol):
    """A channel that lists which orders changed."""

    def changes(self, stream: str, *, cursor: str, now: datetime, limit: int) -> ChangePage:
        """Read a page of one of the spec's streams; an empty cursor begins at about `now`.

        Asking again with the same cursor gives the same rows or later ones; no row is ever
        skipped because it shares its time with another or showed up late. Only heads: the hub
        fetches what it does not have.

        :raises CursorExpired: begin again.
        """

    def history(
        self, *, since: datetime, until: datetime, cursor: str, limit: int
    ) -> ChangePage:
        """Read a page of the orders placed in `[since, until)`, oldest first; "" begins.

        :raises CursorExpired: begin again.
        """


@runtime_checkable
class HandsOverMessages(Protocol):
    """A channel that is a box of messages: whole ones are taken, and filed when settled."""

    def messages(self, *, cursor: str, now: datetime, limit: int) -> HandedPage:
        """Read the messages after a cursor, oldest first; "" begins with all that lie there.

        Nothing is changed by reading. A message too large to be taken comes with its headers
        alone. When the box was made anew, the cursor's numbers mean nothing and all is read again.
        """

    def file(
        self, *, folder: str, validity: int, number: int, into: str, message_id: str
    ) -> Filed | None:
        """Move a message to a folder of its own, made if need be: Processed, Review, …

        Doing it twice does it once: what no longer lies there is looked for by its
        `message_id` where it should be. None where it is in neither.
        """

    def wait(self, *, seconds: float) -> bool:
        """Say whether something arrived within that time; False also where it cannot be told."""


@runtime_checkable
class PushesEffects(Protocol):
    """A channel that can be told what happened."""

    def push(self, effect: Effect) -> Pushed:
        """Make the channel hold the effect, looking first so that doing it twice does it once."""

    def look_up(self, effect: Effect) -> Pushed | None:
        """Say whether the channel already holds the effect, without writing anything."""


@runtime_checkable
class ReadsStock(Protocol):
    """A channel that says what it shows as available."""

    def stock(self, refs: Sequence[StockRef]) -> Mapping[StockRef, int | None]:
        """Fetch what is shown of each; None where nothing is counted or it is not there."""


@runtime_checkable
class ListsCatalogue(Protocol):
    """A channel whose catalogue can be read."""

    def catalogue(self, *, cursor: str, limit: int) -> CataloguePage:
        """Read a page of everything it sells; an empty cursor begins.

        :raises CursorExpired: begin again.
        """

    def places(self) -> tuple[Place, ...]:
        """Fetch where stock is kept; empty where the channel knows no such thing."""


@runtime_checkable
class ProvisionsWebhooks(Protocol):
    """A channel whose webhook subscriptions we make ourselves."""

    def audit_webhooks(self, address: str) -> WebhookAudit:
        """Say which topics are sent to our address, without changing anything."""

    def ensure_webhooks(self, address: str) -> WebhookAudit:
        """Subscribe to what is missing; what is right stays. Doing it twice does it once."""

    def remove_webhooks(self, address: str) -> None:
        """End every subscription to our address, and no other."""


@runtime_checkable
class RenewsToken(Protocol):
    """A channel whose token runs out and can be fetched anew."""

    def renew(self, *, now: datetime) -> Token:
        """Fetch a fresh token.

        :raises AuthExpired: the credentials no longer give one.
        """


@runtime_checkable
class AuthorisedByPerson(Protocol):
    """A channel whose owner lets us in on the channel's own page (OAuth)."""

    def authorise(self, *, redirect_uri: str, state: str, verifier: str) -> str:
        """Make the address of that page. Pure; `state` and `verifier` are fresh secrets.

        :raises Rejected: what was typed for this account cannot make one.
        """

    def finish(
        self,
        *,
        redirect_uri: str,
        verifier: str,
        answer: Mapping[str, str],
        now: datetime,
    ) -> Token:
        """Trade what the page sent back (its query) for a token.

        The caller has compared the state. A lost answer is Retryable: begin anew.

        :raises SignatureInvalid: the answer is not this channel's, or another shop's.
        :raises AuthExpired: the owner refused, or the code is used or too old.
        """


@runtime_checkable
class ChecksUp(Protocol):
    """A channel that can say how a connection is."""

    def check_up(self, *, now: datetime) -> Health:
        """Ask the channel what our token may do and which shop it is.

        Never raises for what a person can mend: that is a finding.

        :raises Retryable: the channel cannot be asked now.
        """


PORT_OF: Mapping[Capability, type] = {
    Capability.ORDERS_WEBHOOK: ReceivesWebhooks,
    Capability.ORDERS_FETCH: FetchesOrders,
    Capability.ORDERS_POLL: PollsOrders,
    Capability.CATALOGUE: ListsCatalogue,
    Capability.OAUTH: AuthorisedByPerson,
    Capability.WEBHOOKS: ProvisionsWebhooks,
    Capability.STOCK: ReadsStock,
    Capability.FULFIL: PushesEffects,
    Capability.HOLD: PushesEffects,
    Capability.PROGRESS: PushesEffects,
    Capability.DELIVERED: PushesEffects,
    Capability.PROMISED: PushesEffects,
    Capability.MAILBOX: HandsOverMessages,
    Capability.MAIL: PushesEffects,
}
"""What a channel that declares a capability must be; STOCK needs PushesEffects as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """How the registry holds a channel: its spec, how to make one, how to check what was typed."""

    spec: Spec
    connect: Callable[[Connection], Channel]
    check: Callable[[Connection], Mapping[str, str]]
    """Problems by field name (`settings.shop`, `credentials.access_token`); empty if none."""
