"""What the author of a channel supplies so that the contract suite can examine it.

Everybody supplies a `Harness`. What a channel declares in its spec decides which of the others its
harness must be too; `HARNESS_OF` ties them together, as `PORT_OF` does for the channel itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

from connectors.pacing import Pacer
from connectors.protocol import Channel, Connection, Registration, Token
from connectors.readings import Message
from connectors.spec import Capability
from mapping.canonical import Money
from mapping.effects import StockRef

BUYER = "Zoraida Quintanilla"
MAIL = "zoraida.quintanilla@example.com"
STREET = "Calle de la Amargura 13"
PHONE = "+34 958 555 013"
PEOPLE = (BUYER, MAIL, STREET, PHONE, *BUYER.split())
"""Who buys in every pretended shop: no error and no log may ever say one of these."""


class Oddity(StrEnum):
    """Something a basket may be that not every channel knows."""

    UNPAID = "unpaid"
    TEST = "test"
    PERSONALISED = "personalised"
    NO_SKU = "no_sku"
    TAKEN_OFF = "pieces taken off a line"
    CANCELLED = "cancelled"
    TOUCHED = "changed without being changed"
    SILENT = "a parcel the buyer is not told of"
    UNTRACKED = "a parcel nobody can follow"
    FEWER = "part of a line"
    FOREIGN = "a message that names another shop"
    STALE = "a message that was signed long ago"
    FOREIGN_ANSWER = "a grant that names another shop"
    RENEWED = "a token that is fetched anew"
    SHOWN_PROGRESS = "progress that can be read back"
    EMPTIED = "a stock of none"
    RESOLD = "a sale between our look and our write"


class Trouble(StrEnum):
    """One way in which a call goes wrong."""

    NOT_SENT = "nothing left this machine"
    LOST_BEFORE = "the call is lost on its way"
    LOST_AFTER = "it is done, and the answer is lost"
    FAILURE = "503"
    BUSY = "429 and when to come back"
    BUSY_UNSAID = "429 and nothing else"
    REVOKED = "401"
    FORBIDDEN = "403"
    GONE = "404"
    REFUSED = "422"
    GARBAGE = "200 and a page for people"
    ELSEWHERE = "302 to another host"


COME_BACK = timedelta(seconds=7)
"""What `Trouble.BUSY` says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """What the buyer takes: pieces of the one thing every pretended shop sells."""

    quantity: int = 1
    lines: int = 1
    is_paid: bool = True
    is_test: bool = False
    personalisation: str = ""
    has_sku: bool = True


ONE_SOAP = Basket()
"""The plainest basket: one piece, paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A webhook as it comes in: the bytes, and headers of which `proof` names the proof."""

    body: bytes
    headers: Mapping[str, str] = field(repr=False)
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A parcel as the shop shows it."""

    number: str
    carrier: str
    pieces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """Something on sale, as the shop's own catalogue has it."""

    sku: str
    title: str
    ref: StockRef


class Harness(Protocol):
    """One pretended shop, fresh for each test, and our channel connected to it."""

    registration: Registration
    samples: Path
    """The folder of recorded messages: `tests/contract/golden.py` says what is in them."""
    impossible: Mapping[Oddity, str]
    """What cannot be in this channel, and why in words; the behaviour is skipped with them."""
    statuses: Mapping[str, bool]
    """Every word the channel's documents know for how far an order is, and whether the workshop
    may begin; empty where its messages have no such word."""

    def typed(self) -> Connection:
        """What a person types to connect; a field that may be left out may be there."""

    def secrets(self) -> Sequence[str]:
        """Every secret in play, in every spelling that would give it away."""

    def channel(
        self,
        *,
        webhook_secrets: Sequence[str] | None = None,
        token: Token | None = None,
        pacer: Pacer | None = None,
    ) -> Channel:
        """Connect anew to the same shop; with `webhook_secrets`, to exactly those."""

    def place(self, basket: Basket = ONE_SOAP) -> str:
        """Let the buyer order; returns the order's id."""

    def message(self, order_id: str) -> Message:
        """Write what the channel sends about an order as it is now."""

    def with_status(self, message: Message, status: str) -> Message:
        """Write another word for how far the order is into a message."""

    def total(self, order_id: str) -> Money | None:
        """Say what the buyer pays for it all, as the shop counts it; None if nobody says."""

    def touch(self, order_id: str) -> None:
        """Change something about an order, but none of its lines; time passes."""

    def take_off(self, order_id: str, pieces: int) -> None:
        """Take pieces off the first line, by an edit or a refund of what was not sent."""

    def cancel(self, order_id: str) -> None:
        """Cancel an order at the channel."""

    def close(self) -> None:
        """Stop whatever was started."""


@runtime_checkable
class OnTheWire(Protocol):
    """The harness of a channel that calls its shop."""

    @property
    def now(self) -> datetime:
        """The time at the shop."""

    def pass_time(self, by: timedelta) -> None:
        """Let time pass at the shop."""

    def fail_next(self, trouble: Trouble, *, write: bool = False) -> None:
        """Let the next call go wrong, or the next one that changes something."""

    def calm(self) -> None:
        """Let nothing go wrong that has not gone wrong yet."""

    def calls(self) -> int:
        """Count the calls made so far."""

    def writes(self) -> int:
        """Count the calls that would have changed something."""

    def hosts(self) -> frozenset[str]:
        """Every host a call went to."""


@runtime_checkable
class Posts(Protocol):
    """The harness of a channel that sends webhooks."""

    webhook_secret: str
    older_secret: str

    def post(
        self,
        order_id: str,
        *,
        secret: str = "",
        event: str = "event-1",
        topic: str = "",
        body: bytes | None = None,
        shop: str = "",
        age: timedelta = timedelta(0),
    ) -> Posted:
        """Sign a webhook, by default with `webhook_secret`, of an order's change, just now."""


@runtime_checkable
class Lists(Protocol):
    """The harness of a channel whose changes are listed."""

    def place_at_once(self, how_many: int) -> list[str]:
        """Place several orders that all changed at the very same time."""

    def place_late(self, age: timedelta) -> str:
        """Let an order show up in the list now whose time of change is `age` ago."""


@runtime_checkable
class Takes(Protocol):
    """The harness of a channel that is told of parcels."""

    known_carrier: str

    def parcels(self, order_id: str) -> Sequence[Parcel]:
        """Show the parcels of an order."""

    def mails(self) -> int:
        """Count the mails buyers got because of a parcel."""


@runtime_checkable
class Sells(Protocol):
    """The harness of a channel that keeps stock or a catalogue."""

    def on_sale(self) -> Sequence[Sale]:
        """Show what the shop sells: at least three things, all counted."""

    def shown(self, ref: StockRef) -> int:
        """Say how many the shop still sells of it."""

    def sell(self, ref: StockRef, pieces: int) -> None:
        """Let somebody buy of it, of which nobody has told us."""

    def sell_before_next_write(self, ref: StockRef, pieces: int) -> None:
        """Let somebody buy between our next look and the write that follows it."""


@runtime_checkable
class Subscribes(Protocol):
    """The harness of a channel whose webhook subscriptions are made by us."""

    def subscriptions(self) -> Sequence[tuple[str, str]]:
        """Show every topic and the address it is sent to."""

    def subscribe_another(self, address: str) -> None:
        """Let another program subscribe to something."""

    def lose_a_subscription(self) -> None:
        """Let the shop drop one that sends to us."""


@runtime_checkable
class LetsIn(Protocol):
    """The harness of a channel whose owner lets us in on a page."""

    def agree(self, page: str) -> Mapping[str, str]:
        """Press the button on that page; returns the query the browser comes back with."""

    def refuse(self, page: str) -> Mapping[str, str]:
        """Press the other button."""

    def as_another_shop(self, answer: Mapping[str, str]) -> Mapping[str, str]:
        """Write a rightly proven answer that is about another shop than ours."""


@runtime_checkable
class Stands(Protocol):
    """The harness of a channel that says how a connection is."""

    shop_ref: str

    def take_a_right_away(self) -> None:
        """Let the shop withdraw one thing our spec asks for."""

    def throw_us_out(self) -> None:
        """Let the shop end every token we have."""


@runtime_checkable
class Renews(Protocol):
    """The harness of a channel whose token is fetched anew."""

    def token(self) -> Token | None:
        """The token the account has at first, of which the next one is made."""

    def end_what_renews(self) -> None:
        """Make worthless what fetches new tokens."""


@runtime_checkable
class Keeps(Protocol):
    """The harness of a channel that is a box of messages."""

    def deliver(self, mail: bytes) -> None:
        """Let a message arrive."""

    def lying_in(self, folder: str) -> Sequence[bytes]:
        """Show what lies in a folder, the oldest first."""

    def make_anew(self) -> None:
        """Make the box anew, with all that lies in it, so that old places mean nothing."""


HARNESS_OF: Mapping[Capability, tuple[type, ...]] = {
    Capability.ORDERS_WEBHOOK: (OnTheWire, Posts),
    Capability.ORDERS_FETCH: (OnTheWire,),
    Capability.ORDERS_POLL: (OnTheWire, Lists),
    Capability.CATALOGUE: (OnTheWire, Sells),
    Capability.OAUTH: (OnTheWire, LetsIn),
    Capability.WEBHOOKS: (OnTheWire, Subscribes),
    Capability.STOCK: (OnTheWire, Sells),
    Capability.FULFIL: (OnTheWire, Takes),
    Capability.HOLD: (OnTheWire, Takes),
    Capability.PROGRESS: (OnTheWire, Takes),
    Capability.DELIVERED: (OnTheWire, Takes),
    Capability.PROMISED: (OnTheWire, Takes),
    Capability.MAILBOX: (OnTheWire, Keeps),
    Capability.MAIL: (OnTheWire,),
}
"""What a harness must be for each capability its channel declares."""
