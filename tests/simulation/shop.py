"""A shop that keeps none of its promises but the written ones, for the crash simulation.

It sends its messages twice, late and in any order, and again until they are taken; some it never
sends, and only its list of changed orders tells of those. It creates a
fulfilment each time it is told to: that it happens once is our worker's business alone. Its
answers get lost before or after the deed, and a deed may come a minute after the answer was lost.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import ClassVar

from connectors.errors import Conflict, OutcomeUnknown, RateLimited, Retryable
from connectors.protocol import Change, ChangePage, Connection, Pushed, Registration
from connectors.readings import Message, OrderChanged, OrderSeen, Reading
from connectors.spec import Capability, Spec, Stream
from mapping.canonical import Customer, Line, LineKind, Order, Payment, Release
from mapping.effects import Effect, Fulfil, Mail, SetStock

HORIZON = timedelta(seconds=120)
LOST_FOR_GOOD = 0.1
"""Share of its messages that never leave the shop."""
SPEC = Spec(
    key="shopify",
    title="Simulated shop",
    api_version="1",
    capabilities=frozenset(Capability)
    - {
        Capability.CATALOGUE,
        Capability.OAUTH,
        Capability.WEBHOOKS,
        Capability.STOCK,
        Capability.MAILBOX,
        Capability.MAIL,
    },
    streams=(Stream(name="orders", every=timedelta(hours=2)),),
    max_page=2,
    ambiguity_horizon=HORIZON,
)


@dataclass
class Envelope:
    """A message on its way to us, with when it may be tried (again)."""

    message_id: str
    topic: str
    body: bytes
    due_at: datetime
    taken: bool = False


@dataclass
class Piece:
    """One line of an order at the shop."""

    sku: str
    ordered: int
    cancelled: int = 0


@dataclass
class ShopOrder:
    """An order as the shop knows it."""

    number: int
    placed_at: datetime
    updated_at: datetime
    lines: list[Piece]
    is_paid: bool = True
    cancelled_at: datetime | None = None


@dataclass
class Shop:
    """Everything that is true at the shop, and how badly it behaves."""

    random: Random
    now: Callable[[], datetime]
    misbehaves: bool = True
    orders: dict[str, ShopOrder] = field(default_factory=dict)
    envelopes: list[Envelope] = field(default_factory=list)
    fulfilled: list[Fulfil] = field(default_factory=list)
    late: list[tuple[datetime, Effect]] = field(default_factory=list)
    told: list[Effect] = field(default_factory=list)

    def place(self, lines: list[Piece], *, is_paid: bool) -> str:
        """Take an order from a buyer."""
        order_id = str(820_982_911_946_154_500 + len(self.orders))
        self.orders[order_id] = ShopOrder(
            number=1001 + len(self.orders), placed_at=self.now(), updated_at=self.now(),
            lines=lines, is_paid=is_paid,
        )  # fmt: skip
        self.say(order_id, "orders/create")
        return order_id

    def change(self, order_id: str, topic: str) -> None:
        """Move an order's version on, a second at least, and tell of it."""
        order = self.orders[order_id]
        order.updated_at = max(self.now(), order.updated_at + timedelta(seconds=1))
        self.say(order_id, topic)

    def say(self, order_id: str, topic: str) -> None:
        """Send the order as it is now, thin or whole, perhaps twice or late, perhaps never."""
        if self.misbehaves and self.random.random() < LOST_FOR_GOOD:
            return
        if self.random.random() < 0.5:
            topic = "orders/edited"
        is_thin = topic == "orders/edited"
        body = {"id": order_id} if is_thin else self.written(order_id)
        delay = self.random.choice([0, 0, 0, 5, 60]) if self.misbehaves else 0
        envelope = Envelope(
            message_id=f"event-{len(self.envelopes)}",
            topic=topic,
            body=json.dumps(body).encode(),
            due_at=self.now() + timedelta(seconds=delay),
        )
        self.envelopes.append(envelope)
        if self.misbehaves and self.random.random() < 0.25:
            self.envelopes.append(Envelope(**{**vars(envelope), "taken": False}))

    def apply_late(self) -> None:
        """Do what was asked some time ago, after its answer was lost."""
        due = [each for each in self.late if each[0] <= self.now()]
        self.late = [each for each in self.late if each not in due]
        for _, effect in due:
            self.do(effect)

    def do(self, effect: Effect) -> None:
        """Hold an effect, as often as it comes."""
        self.told.append(effect)
        if isinstance(effect, Fulfil):
            self.fulfilled.append(effect)
            self.change(effect.order_id, "orders/fulfilled")

    def written(self, order_id: str) -> dict[str, object]:
        """Write an order down as it is now, with the pieces that left as it was told."""
        order, sent = self.orders[order_id], self._sent(order_id)
        lines = [
            {**vars(line), "id": (known := f"{order_id}-{position}"), "sent": sent[known]}
            for position, line in enumerate(order.lines)
        ]
        return {
            "id": order_id,
            "number": order.number,
            "placed_at": order.placed_at.isoformat(),
            "updated_at": order.updated_at.isoformat(),
            "is_paid": order.is_paid,
            "cancelled_at": order.cancelled_at and order.cancelled_at.isoformat(),
            "lines": lines,
        }

    def _sent(self, order_id: str) -> Counter[str]:
        counts: Counter[str] = Counter()
        for effect in self.fulfilled:
            if effect.order_id == order_id:
                counts.update({line.line_id: line.quantity for line in effect.lines})
        return counts

    def registration(self) -> Registration:
        """Register the shop as the channel it stands for."""
        return Registration(
            spec=SPEC, connect=lambda _told: AtTheShop(self), check=lambda _told: {}
        )


class AtTheShop:
    """The channel to it. Naive on purpose: `push` does not look first."""

    spec: ClassVar[Spec] = SPEC

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def read(self, message: Message) -> Reading:
        """Say what one of its messages means."""
        said = json.loads(message.body)
        if message.topic == "orders/edited":
            return OrderChanged(external_id=said["id"])
        return OrderSeen(order=_read(said))

    def fetch_order(self, external_id: str) -> Order:
        """Fetch an order as it is now."""
        self._stumble()
        return _read(self.shop.written(external_id))

    def changes(self, stream: str, *, cursor: str, now: datetime, limit: int) -> ChangePage:
        """List what changed after the cursor, (time, id) of the last row, and before now.

        Without an overlap: a change that is listed and lost is never listed again. The list is
        kept from the first day on, so that an empty cursor begins there.
        """
        assert stream == "orders"
        self._stumble()
        heads = sorted(
            (order.updated_at.isoformat(), order_id)
            for order_id, order in self.shop.orders.items()
            if order.updated_at < now
        )
        after = [head for head in heads if "|".join(head) > cursor]
        return ChangePage(
            changes=tuple(
                Change(
                    external_id=order_id,
                    revision=at,
                    updated_at=datetime.fromisoformat(at),
                )
                for at, order_id in after[:limit]
            ),
            cursor="|".join(after[:limit][-1]) if after else cursor,
            more=len(after) > limit,
        )

    def history(
        self, *, since: datetime, until: datetime, cursor: str, limit: int
    ) -> ChangePage:
        """List the orders placed then, as they are now; the cursor is the last row's id."""
        self._stumble()
        placed = [
            (order_id, order)
            for order_id, order in sorted(
                self.shop.orders.items(), key=lambda each: int(each[0])
            )
            if since <= order.placed_at < until and order_id > cursor
        ]
        return ChangePage(
            changes=tuple(
                Change(
                    external_id=order_id,
                    revision=order.updated_at.isoformat(),
                    updated_at=order.updated_at,
                )
                for order_id, order in placed[:limit]
            ),
            cursor=placed[:limit][-1][0] if placed else cursor,
            more=len(placed) > limit,
        )

    def push(self, effect: Effect) -> Pushed:
        """Do it, or fail in one of the ways calls fail."""
        self._stumble()
        if isinstance(effect, Fulfil) and self.shop.orders[effect.order_id].cancelled_at:
            raise Conflict("the order is cancelled there")
        fate = self.shop.random.random() if self.shop.misbehaves else 1.0
        if fate < 0.08:
            raise OutcomeUnknown("the answer was lost, and nothing was done")
        if fate < 0.33:
            soon = timedelta(seconds=self.shop.random.randrange(20, 118))
            self.shop.late.append((self.shop.now() + soon, effect))
            raise OutcomeUnknown("the answer was lost, and it will be done")
        self.shop.do(effect)
        if fate < 0.45:
            raise OutcomeUnknown("the answer was lost, and it was done")
        return Pushed(remote_ref=self._ref(effect), outcome="created")

    def look_up(self, effect: Effect) -> Pushed | None:
        """Say whether it was done."""
        self._stumble()
        there = self.shop.told
        if isinstance(effect, Fulfil):
            same = [one for one in self.shop.fulfilled if one.tracking == effect.tracking]
            return (
                Pushed(remote_ref=self._ref(same[0]), outcome="already_there")
                if same
                else None
            )
        if effect not in there:
            return None
        return Pushed(remote_ref=self._ref(effect), outcome="already_there")

    def _stumble(self) -> None:
        self.shop.apply_late()
        fate = self.shop.random.random() if self.shop.misbehaves else 1.0
        if fate < 0.05:
            raise RateLimited("too fast", retry_after=timedelta(seconds=30))
        if fate < 0.10:
            raise Retryable("no connection")

    def _ref(self, effect: Effect) -> str:
        assert not isinstance(effect, Mail), "a shop takes no letters"
        about = "stock" if isinstance(effect, SetStock) else effect.order_id
        return f"{about}-{self.shop.told.index(effect)}"


def _read(said: dict[str, object]) -> Order:
    lines = said["lines"]
    assert isinstance(lines, list)
    cancelled = said["cancelled_at"]
    release = Release.READY if said["is_paid"] else Release.HOLD_PAYMENT
    return Order(
        external_id=str(said["id"]),
        number=f"#{said['number']}",
        placed_at=datetime.fromisoformat(str(said["placed_at"])),
        updated_at=datetime.fromisoformat(str(said["updated_at"])),
        payment=Payment.PAID if said["is_paid"] else Payment.PENDING,
        release=Release.CANCELLED if cancelled else release,
        cancelled_at=datetime.fromisoformat(str(cancelled)) if cancelled else None,
        customer=Customer(external_id="6940095564", name="Maria Ruiz"),
        lines=tuple(
            Line(
                external_id=str(line["id"]),
                kind=LineKind.PRODUCT,
                title=str(line["sku"]),
                sku=str(line["sku"]),
                ordered=int(line["ordered"]),
                cancelled=int(line["cancelled"]),
                fulfilled=int(line["sent"]),
            )
            for line in lines
        ),
    )


def connection() -> Connection:
    """What connects to it: nothing, it knows us."""
    return Connection(settings={}, credentials={})
