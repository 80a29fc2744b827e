"""A shop under load: buyers, the post, makers at work, and what must hold afterwards."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session

from connectors.sandbox.deliveries import post_over_http
from connectors.sandbox.faults import Fault
from connectors.sandbox.messages import Signed
from connectors.sandbox.shopify.records import Refused
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.shopify.wanted import Wanted
from hub.demo.api import Api, Away
from hub.demo.maker import Maker
from hub.models.claims.outbox import OWED
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.orders import OrderLine, SalesOrder
from hub.models.records.planning import Replan
from hub.models.records.shipping import Shipment, ShipmentLine
from hub.models.session import Database
from tests.hub_process import is_alive

DEAD_SECONDS = 4.0
"""The pretended shop answers a call within a moment: so long after its worker's death nothing of
a call is still on its way, where a lease waits for three minutes."""


@dataclass
class Post:
    """Delivers webhooks, and remembers which events were answered with a yes."""

    accepted: set[tuple[str, str]] = field(default_factory=set)
    answers: Counter[str] = field(default_factory=Counter)

    def __call__(self, message: Signed) -> int:
        """Deliver one message; the shop tries again until it is accepted."""
        try:
            status = post_over_http(message)
        except OSError:
            self.answers["none"] += 1
            raise
        self.answers[str(status)] += 1
        if 200 <= status < 300:
            self.accepted.add((message.topic, message.event_id))
        return status


def open_store(domain: str, *, secret: str, post: Post, seed: int) -> Storefront:
    """Open a shop that repeats a quarter of its messages, shuffles some, and never gives up."""
    store = Storefront(
        domain,
        access_token=None,
        client_secret=secret,
        rng=Random(seed),
        send=post,
        retries=(0.25,) * 4000,
    )
    store.add_location("Granada")
    store.faults.add(Fault(kind="duplicate", times=None, chance=0.25))
    store.faults.add(Fault(kind="reorder", times=None, chance=0.2, seconds=1.5))
    return store


def order_now_and_then(store: Storefront, *, skus: Sequence[str], dice: Random) -> None:
    """Place one order; now and then the buyer thinks again at once."""
    chosen = dice.sample(list(skus), dice.choice((1, 1, 2, 3)))
    wanted = [Wanted(sku=sku, quantity=dice.choice((1, 1, 2, 3))) for sku in chosen]
    order_id = store.place_order(wanted)
    fate = dice.random()
    try:
        if fate < 0.08:
            store.cancel_order(order_id)
        elif fate < 0.2:
            line = cast("list[Any]", store.order(order_id)["lines"])[0]
            more = line["quantity"] + dice.choice((1, 2))
            store.edit_order(order_id, quantities={line["id"]: more})
    except Refused:
        pass  # sent already: the workshop was faster than the buyer


@contextmanager
def busy(*works: Callable[[], None]) -> Iterator[None]:
    """Do each of these again and again, in a thread of its own, until the block ends.

    :raises BaseException: what one of them raised; it is not done any more from then on.
    """
    stopping, trouble = threading.Event(), list[BaseException]()

    def again(work: Callable[[], None]) -> None:
        try:
            while not stopping.is_set():
                work()
        except BaseException as error:  # noqa: BLE001 - raised again below
            trouble.append(error)

    threads = [threading.Thread(target=again, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
    if trouble:
        raise trouble[0]


def maker(url: str, *, token: str, seed: int) -> Callable[[], None]:
    """A maker who does whatever can be done, as fast as the hub lets her."""
    works = Maker(
        Api(url, token=token, patience=60),
        random=Random(seed),
        now=lambda: datetime.now(UTC),
        work=timedelta(0),
        way=timedelta(seconds=2),
    )

    def work() -> None:
        try:
            if not works.act():
                time.sleep(0.2)
        except Away:
            time.sleep(0.2)

    return work


@dataclass
class Leases:
    """Lets what would come of itself within minutes come within seconds."""

    database: Database
    found_dead: dict[int, float] = field(default_factory=dict)
    ended: int = 0

    def end_those_of_the_dead(self) -> None:
        """End every lease whose process has been dead for a while, as time would."""
        with self.database.reading() as session:
            owners = {*self._owners(session, InboundMessage)}
            owners |= {*self._owners(session, OutboundMessage)}
        now = time.monotonic()
        for owner in owners:
            pid = int(owner.split(":")[1])
            if (
                not is_alive(pid)
                and now - self.found_dead.setdefault(pid, now) > DEAD_SECONDS
            ):
                self.ended += self.database.run(partial(_end, owner=owner))

    def end_every_wait(self) -> None:
        """Let every message that waits for a better moment be tried now."""
        self.database.run(_end_waits)

    def _owners(
        self, session: Session, table: type[InboundMessage] | type[OutboundMessage]
    ) -> list[str]:
        held = select(table.lease_owner).where(table.lease_owner.is_not(None)).distinct()
        open_ones = table.state.in_((*OWED, "waiting"))
        return [str(owner) for owner in session.scalars(held.where(open_ones))]


def _end(session: Session, *, owner: str) -> int:
    past = datetime.now(UTC) - timedelta(seconds=1)
    ended = 0
    for table in (InboundMessage, OutboundMessage):
        held = update(table).where(table.lease_owner == owner).values(lease_until=past)
        ended += len(session.execute(held.returning(table.id)).all())
    return ended


def _end_waits(session: Session) -> None:
    now = datetime.now(UTC)
    for table in (InboundMessage, OutboundMessage):
        later = (table.next_try_at > now, table.lease_owner.is_(None))
        session.execute(update(table).where(*later).values(next_try_at=now))


def what_is_left(database: Database) -> dict[str, int]:
    """Count what still has to be done."""
    waiting = InboundMessage.state == "waiting"
    owed = OutboundMessage.state.in_(OWED)
    with database.reading() as session:
        found = {
            "to read": _count(session, select(InboundMessage.id).where(waiting)),
            "to plan": _count(session, select(Replan.id)),
            "to tell": _count(session, select(OutboundMessage.id).where(owed)),
        }
    return {what: count for what, count in found.items() if count}


def _count(session: Session, query: Any) -> int:  # noqa: ANN401 - any select
    return session.execute(select(func.count()).select_from(query.subquery())).scalar_one()


# What must hold ---------------------------------------------------------------------------


def lost_messages(database: Database, post: Post) -> set[tuple[str, str]]:
    """Name the events that were answered with a yes and are not in the inbox."""
    query = select(InboundMessage.topic, InboundMessage.message_id)
    with database.reading() as session:
        kept = {(topic, message_id) for topic, message_id in session.execute(query)}
    return post.accepted - kept


def unread_messages(database: Database) -> list[str]:
    """Name the messages that were put aside."""
    aside = InboundMessage.state.in_(("held", "dead"))
    with database.reading() as session:
        return [
            f"{message.topic} {message.state}: {message.last_error}"
            for message in session.scalars(select(InboundMessage).where(aside))
        ]


Lines = frozenset[tuple[str, int]]


def is_of_the_shop() -> ColumnElement[bool]:
    """Choose the orders of the shop: the sample company's past was typed by hand."""
    shops = select(ChannelAccount.id).where(ChannelAccount.channel == "shopify")
    return SalesOrder.account_id.in_(shops)


def parcels_sent(database: Database) -> int:
    """Count the parcels that left for orders of the shop."""
    with database.reading() as session:
        return _count(session, _parcels())


def _parcels() -> Select[int]:
    return select(Shipment.id).join(SalesOrder).where(is_of_the_shop())


def orders_here(database: Database) -> list[tuple[str, bool, Lines]]:
    """Every order of the shop: its id there, whether it is cancelled, and what is wanted."""
    with database.reading() as session:
        lines: dict[int, set[tuple[str, int]]] = {}
        for line in session.scalars(select(OrderLine)):
            wanted = (line.external_id, line.ordered - line.cancelled)
            lines.setdefault(line.order_id, set()).add(wanted)
        return sorted(
            (
                order.external_id,
                order.intent == "cancelled",
                frozenset() if order.intent == "cancelled" else frozenset(lines[order.id]),
            )
            for order in session.scalars(select(SalesOrder).where(is_of_the_shop()))
        )


def orders_there(store: Storefront) -> list[tuple[str, bool, Lines]]:
    """Every order of the shop, in the same words."""
    return sorted(
        (
            cast(str, order["id"]),
            bool(order["cancelled_at"]),
            frozenset()
            if order["cancelled_at"]
            else frozenset(
                (line["id"], line["current_quantity"])
                for line in cast("list[Any]", order["lines"])
            ),
        )
        for order in store.orders()
    )


Parcel = tuple[str, str, Lines]


def parcels_here(database: Database) -> tuple[list[Parcel], list[Parcel]]:
    """Every shipment of the hub, as order, tracking number and pieces: told, and refused."""
    query = (
        select(Shipment, SalesOrder.external_id, OutboundMessage.state)
        .join(SalesOrder, SalesOrder.id == Shipment.order_id)
        .join(OutboundMessage, OutboundMessage.shipment_id == Shipment.id)
        .where(OutboundMessage.kind == "fulfil")
    )
    told: list[Parcel] = []
    refused: list[Parcel] = []
    with database.reading() as session:
        for shipment, order_id, state in session.execute(query).all():
            parcel = (order_id, shipment.tracking_number, _pieces(session, shipment.id))
            (told if state == "sent" else refused).append(parcel)
        count = _count(session, _parcels())
    assert count == len(told) + len(refused), (
        "a shipment owes its channel exactly one message"
    )
    return sorted(told), sorted(refused)


def _pieces(session: Session, shipment_id: int) -> Lines:
    query = (
        select(OrderLine.external_id, ShipmentLine.quantity)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .where(ShipmentLine.shipment_id == shipment_id)
    )
    return frozenset((line_id, quantity) for line_id, quantity in session.execute(query))


def parcels_there(store: Storefront) -> list[Parcel]:
    """Every fulfilment of the shop, in the same words."""
    return sorted(
        (
            cast(str, order["id"]),
            sent["tracking"][0]["number"],
            _sums(sent["lines"]),
        )
        for order in store.orders()
        for sent in cast("list[Any]", order["fulfilments"])
        if sent["status"] == "SUCCESS"
    )


def _sums(lines: list[Any]) -> Lines:
    """Add up what an edit split: a line that grew is sent as two parts of one line."""
    sums: Counter[str] = Counter()
    for line in lines:
        sums[line["line_id"]] += line["quantity"]
    return frozenset(sums.items())


def is_cancelled(store: Storefront, order_id: str) -> bool:
    """Say whether an order was cancelled at the shop."""
    return bool(store.order(order_id)["cancelled_at"])
