"""The shop of the hands, with a list of changed orders and one of old orders."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import func, select

from connectors.protocol import Change, ChangePage, Connection, Registration
from connectors.spec import Capability, Spec, Stream
from hub.models.records.channels import Backfill, ChannelAccount, ChannelStream
from hub.models.records.messages import InboundMessage
from hub.models.records.orders import SalesOrder
from hub.models.session import Database
from mapping.canonical import Order
from tests.doors import HandClock, connect_shop, make_ports
from tests.flow.orders_of_the_shop import a_line, an_order
from tests.workers.a_shop import AtTheShop, Shop

EVERY = timedelta(minutes=5)
PAGE = 10
SPEC = Spec(
    key="shopify",
    title="The shop",
    api_version="1",
    capabilities=frozenset({Capability.ORDERS_POLL, Capability.ORDERS_FETCH}),
    streams=(Stream(name="orders", every=EVERY),),
    reread_every=timedelta(days=1),
    max_page=PAGE,
)


class Killed(BaseException):
    """The process is gone: nothing after this runs."""


@dataclass
class ListingShop(Shop):
    """A shop whose orders are listed, a page at a time."""

    stands_still: bool = False
    cursors: list[str] = field(default_factory=list)
    """What each call for a page began with."""

    def registration(self) -> Registration:
        """Register the shop as the channel it stands for."""
        return Registration(
            spec=SPEC, connect=lambda told: Lists(self, told), check=lambda _told: {}
        )

    def place(self, *names: str, after: int = 0) -> None:
        """Take orders, or change them, `after` so many minutes."""
        for name in names:
            self.orders[name] = an_order(a_line(), external_id=name, after=after)


class Lists(AtTheShop):
    """The channel to it."""

    spec: ClassVar[Spec] = SPEC

    def __init__(self, shop: ListingShop, told: Connection) -> None:
        super().__init__(shop, told)
        self.lists = shop

    def changes(self, stream: str, *, cursor: str, now: datetime, limit: int) -> ChangePage:
        """List what changed, oldest first; a cursor says how many are behind us."""
        assert stream == "orders"
        assert now.tzinfo is not None
        changed = sorted(
            self.lists.orders.values(), key=lambda one: (one.updated_at, one.external_id)
        )
        return self._page("changes", changed, cursor=cursor, limit=limit)

    def history(
        self, *, since: datetime, until: datetime, cursor: str, limit: int
    ) -> ChangePage:
        """List what was placed then, oldest first."""
        placed = [
            one for one in self.lists.orders.values() if since <= one.placed_at < until
        ]
        return self._page("history", placed, cursor=cursor, limit=limit)

    def _page(
        self, what: str, orders: Sequence[Order], *, cursor: str, limit: int
    ) -> ChangePage:
        self._begin(what)
        self.lists.cursors.append(cursor)
        self._happen()
        start = int(cursor or 0)
        shown = orders[start : start + limit]
        reached = start if self.lists.stands_still else start + len(shown)
        return ChangePage(
            changes=tuple(
                Change(
                    external_id=one.external_id,
                    revision=one.updated_at.isoformat(),
                    updated_at=one.updated_at,
                )
                for one in shown
            ),
            cursor=str(reached) if shown else cursor,
            more=reached < len(orders),
            total=len(orders),
        )


class ListBench:
    """That shop connected to us, a clock, and a way to die."""

    def __init__(self, database: Database) -> None:
        self.shop = ListingShop(database)
        self.clock = HandClock()
        self.kill_at = ""
        self.ports = make_ports(
            database, clock=self.clock, channels={"shopify": self.shop.registration()},
            failpoint=self._die_at,
        )  # fmt: skip
        database.failpoint = self._die_at
        self.account = connect_shop(self.ports)

    def _die_at(self, name: str) -> None:
        if name == self.kill_at:
            raise Killed

    def orders(self) -> list[str]:
        """The orders we hold."""
        with self.ports.database.reading() as session:
            return sorted(session.scalars(select(SalesOrder.external_id)))

    def messages(self, **which: object) -> int:
        """How many messages there are of a kind."""
        with self.ports.database.reading() as session:
            query = select(func.count(InboundMessage.id)).filter_by(**which)
            return session.execute(query).scalar_one()

    def stream(self) -> ChannelStream:
        """Where we are in the list."""
        with self.ports.database.reading() as session:
            return session.scalars(select(ChannelStream)).one()

    def backfill(self) -> Backfill:
        """The newest backfill."""
        with self.ports.database.reading() as session:
            return session.scalars(select(Backfill).order_by(Backfill.id.desc())).all()[0]

    def account_now(self) -> ChannelAccount:
        """The account as it is."""
        with self.ports.database.reading() as session:
            return session.get_one(ChannelAccount, self.account.id)

    def set_account(self, **values: object) -> None:
        """Change the account."""
        with self.ports.database.begin() as session:
            account = session.get_one(ChannelAccount, self.account.id)
            for name, value in values.items():
                setattr(account, name, value)
