"""How the suite asks: what is not declared is skipped by name, what is declared must be there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from connectors.errors import ChannelError
from connectors.protocol import (
    AuthorisedByPerson,
    Change,
    ChangePage,
    Channel,
    ChecksUp,
    FetchesOrders,
    HandsOverMessages,
    ListsCatalogue,
    PollsOrders,
    ProvisionsWebhooks,
    PushesEffects,
    ReadsStock,
    ReceivesWebhooks,
    RenewsToken,
)
from connectors.readings import OrderSeen
from connectors.spec import Capability, Spec
from mapping.canonical import Order
from mapping.effects import Fulfil, LineQuantity, Tracking
from tests.contract.harness import (
    HARNESS_OF,
    Harness,
    Keeps,
    LetsIn,
    Lists,
    Oddity,
    OnTheWire,
    Posts,
    Renews,
    Sells,
    Stands,
    Subscribes,
    Takes,
)

MOST_PAGES = 500


def spec_of(h: Harness) -> Spec:
    """What the channel says of itself."""
    return h.registration.spec


def needs(h: Harness, *capabilities: Capability) -> None:
    """Skip, by name, what a channel does not declare; hold its harness to what it does."""
    for capability in capabilities:
        if capability not in spec_of(h).capabilities:
            pytest.skip(f"{spec_of(h).key} does not declare {capability}")
        for kind in HARNESS_OF[capability]:
            lacking = f"the harness of {spec_of(h).key} must be a {kind.__name__}"
            assert isinstance(h, kind), lacking


def may_be(h: Harness, *oddities: Oddity) -> None:
    """Skip, with the harness's own words, what cannot be in this channel."""
    for oddity in oddities:
        if oddity in h.impossible:
            pytest.skip(f"{spec_of(h).key}: {h.impossible[oddity]}")


def says_orders(h: Harness) -> None:
    """Skip, by name, what is asked of messages that are orders and not letters about them."""
    if Capability.MAILBOX in spec_of(h).capabilities:
        pytest.skip(f"{spec_of(h).key}: its messages are letters; the hub decides on them")


# Narrowed harnesses -------------------------------------------------------------------------


def wire(h: Harness) -> OnTheWire:
    """The harness as one that calls."""
    assert isinstance(h, OnTheWire)
    return h


def posts(h: Harness) -> Posts:
    """The harness as one that sends webhooks."""
    assert isinstance(h, Posts)
    return h


def lists(h: Harness) -> Lists:
    """The harness as one whose changes are listed."""
    assert isinstance(h, Lists)
    return h


def takes(h: Harness) -> Takes:
    """The harness as one that is told of parcels."""
    assert isinstance(h, Takes)
    return h


def sells(h: Harness) -> Sells:
    """The harness as one that keeps stock."""
    assert isinstance(h, Sells)
    return h


def subscribes(h: Harness) -> Subscribes:
    """The harness as one with subscriptions."""
    assert isinstance(h, Subscribes)
    return h


def lets_in(h: Harness) -> LetsIn:
    """The harness as one with a page for its owner."""
    assert isinstance(h, LetsIn)
    return h


def stands(h: Harness) -> Stands:
    """The harness as one that can be checked."""
    if not isinstance(h.channel(), ChecksUp):
        pytest.skip(f"{spec_of(h).key} cannot be checked")
    assert isinstance(h, Stands), f"the harness of {spec_of(h).key} must be a Stands"
    return h


def renews(h: Harness) -> Renews:
    """The harness as one whose token is fetched anew."""
    if not isinstance(h.channel(), RenewsToken):
        pytest.skip(f"{spec_of(h).key} renews no token")
    may_be(h, Oddity.RENEWED)
    assert isinstance(h, Renews), f"the harness of {spec_of(h).key} must be a Renews"
    return h


def keeps(h: Harness) -> Keeps:
    """The harness as one that is a box of messages."""
    assert isinstance(h, Keeps)
    return h


# Narrowed channels --------------------------------------------------------------------------


def fetcher(channel: Channel) -> FetchesOrders:
    """The channel as one whose orders are fetched."""
    assert isinstance(channel, FetchesOrders)
    return channel


def poller(channel: Channel) -> PollsOrders:
    """The channel as one whose changes are listed."""
    assert isinstance(channel, PollsOrders)
    return channel


def pusher(channel: Channel) -> PushesEffects:
    """The channel as one that is told things."""
    assert isinstance(channel, PushesEffects)
    return channel


def receiver(channel: Channel) -> ReceivesWebhooks:
    """The channel as one that sends webhooks."""
    assert isinstance(channel, ReceivesWebhooks)
    return channel


def stocked(channel: Channel) -> ReadsStock:
    """The channel as one that shows stock."""
    assert isinstance(channel, ReadsStock)
    return channel


def listed(channel: Channel) -> ListsCatalogue:
    """The channel as one with a catalogue."""
    assert isinstance(channel, ListsCatalogue)
    return channel


def provisioner(channel: Channel) -> ProvisionsWebhooks:
    """The channel as one whose subscriptions we make."""
    assert isinstance(channel, ProvisionsWebhooks)
    return channel


def entrance(channel: Channel) -> AuthorisedByPerson:
    """The channel as one whose owner lets us in."""
    assert isinstance(channel, AuthorisedByPerson)
    return channel


def renewer(channel: Channel) -> RenewsToken:
    """The channel as one whose token is fetched anew."""
    assert isinstance(channel, RenewsToken)
    return channel


def checked(channel: Channel) -> ChecksUp:
    """The channel as one that can be checked."""
    assert isinstance(channel, ChecksUp)
    return channel


def box(channel: Channel) -> HandsOverMessages:
    """The channel as a box of messages."""
    assert isinstance(channel, HandsOverMessages)
    return channel


# Orders, however they reach us --------------------------------------------------------------


def readings(h: Harness, order_id: str) -> list[Order]:
    """Read an order in every way there is: out of its message, and fetched."""
    says_orders(h)
    channel = h.channel()
    read = channel.read(h.message(order_id))
    found = [read.order] if isinstance(read, OrderSeen) else []
    if Capability.ORDERS_FETCH in spec_of(h).capabilities:
        found.append(fetcher(channel).fetch_order(order_id))
    assert found, "neither its message nor a fetch says what the order is"
    return found


def order_of(h: Harness, order_id: str) -> Order:
    """Read an order in the best way there is."""
    return readings(h, order_id)[-1]


def fulfil(
    h: Harness,
    order_id: str,
    *,
    quantity: int | None = None,
    number: str = "PK0000000001ES",
    known_refs: tuple[str, ...] = (),
    carrier: str = "",
    notify: bool = True,
) -> Fulfil:
    """Say that pieces of the first line left the house, by default all that are left."""
    line = order_of(h, order_id).lines[0]
    left = line.ordered - line.cancelled - line.fulfilled
    pieces = left if quantity is None else quantity
    by = (carrier or takes(h).known_carrier) if number else ""
    return Fulfil(
        order_id=order_id,
        lines=(LineQuantity(line_id=line.external_id, quantity=pieces),),
        tracking=Tracking(carrier=by, number=number),
        notify=notify,
        known_refs=known_refs,
    )


# Lists, as the hub reads them ---------------------------------------------------------------


@dataclass
class Sweep:
    """One reader of all lists of changes, who keeps every place as the hub does."""

    h: Harness
    cursors: dict[str, str] = field(default_factory=dict)

    def settle(self) -> None:
        """Let so much time pass that no row is too young to be listed."""
        lags = [stream.lag for stream in spec_of(self.h).streams]
        wire(self.h).pass_time(max(lags) + timedelta(seconds=1))

    def page(self, stream: str, *, limit: int = 2) -> ChangePage:
        """Read one page and keep the place it ends at."""
        asked = self.cursors.get(stream, "")
        page = self.ask(stream, cursor=asked, limit=limit)
        self.cursors[stream] = page.cursor
        return page

    def ask(self, stream: str, *, cursor: str, limit: int = 2) -> ChangePage:
        """Read one page and keep nothing."""
        channel = poller(self.h.channel())
        return channel.changes(stream, cursor=cursor, now=wire(self.h).now, limit=limit)

    def read(self, *, limit: int = 2) -> list[Change]:
        """Read every list to its end, a page at a time, and keep the places."""
        self.settle()
        seen: list[Change] = []
        for stream in spec_of(self.h).streams:
            for _ in range(MOST_PAGES):
                page = self.page(stream.name, limit=limit)
                seen.extend(page.changes)
                if not page.more:
                    break
            else:
                raise AssertionError("the list never ends")
        return seen

    def ids(self, *, limit: int = 2) -> set[str]:
        """Read every list to its end, and say which orders were there."""
        return {change.external_id for change in self.read(limit=limit)}


def begun(h: Harness) -> Sweep:
    """A reader who has begun before anything happened."""
    sweep = Sweep(h)
    sweep.read()
    return sweep


def error_of(act: Callable[[], object]) -> ChannelError:
    """Return the error of the contract that an act ends in."""
    with pytest.raises(ChannelError) as raised:
        act()
    return raised.value
