"""A shop for the tests of the hands: it holds what it is told, and fails as it is asked to.

Every call first makes sure that no transaction of ours is open.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import QueuePool

from connectors.errors import AuthExpired, NotFound, PayloadError
from connectors.protocol import Connection, Pushed, Registration, Token
from connectors.readings import (
    Disconnected,
    Ignored,
    Message,
    OrderChanged,
    OrderSeen,
    Reading,
    RightsChanged,
)
from connectors.spec import Spec
from hub.models.session import Database
from mapping.canonical import Order
from mapping.effects import Effect
from tests.flow.orders_of_the_shop import an_order

SPEC = Spec(
    key="shopify",
    title="The shop",
    api_version="1",
    capabilities=frozenset(),
    even_when_off=frozenset({"customers/redact"}),
)


@dataclass
class Shop:
    """What is true at the shop, and what happens on the next calls."""

    database: Database
    held: list[Effect] = field(default_factory=list)
    orders: dict[str, Order] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Every call: push, look_up, fetch_order, renew."""
    next_calls: list[Exception | Callable[[Effect], None]] = field(default_factory=list)
    """Taken by calls in turn: an error to raise, or something to do instead of the call."""
    token: str = "shpat_of_the_shop"
    mints: int = 0
    warning: str = ""
    """What it says beside its yes."""
    is_watched: bool = True
    """Look that no transaction is open; only one thread at a time can know that of itself."""

    def registration(self) -> Registration:
        """Register the shop as the channel it stands for."""
        return Registration(
            spec=SPEC, connect=lambda told: AtTheShop(self, told), check=lambda _told: {}
        )

    def called(self, what: str) -> None:
        """Note a call, and see that nothing of ours is open meanwhile."""
        pool = self.database.engine.pool
        assert isinstance(pool, QueuePool)
        if self.is_watched:
            assert pool.checkedout() == 0, "a transaction is open during a call"
        self.asked.append(what)

    def lose_answer(self, error: Exception) -> None:
        """Let the next push happen, and its answer be lost."""

        def apply_and_lose(effect: Effect) -> None:
            self.held.append(effect)
            raise error

        self.next_calls.append(apply_and_lose)


class AtTheShop:
    """The channel to it."""

    spec: ClassVar[Spec] = SPEC

    def __init__(self, shop: Shop, told: Connection) -> None:
        self.shop = shop
        self.told = told

    def read(self, message: Message) -> Reading:
        if b"poison" in message.body:
            raise ZeroDivisionError("a mistake of ours")
        try:
            said: dict[str, str] = json.loads(message.body)
        except ValueError as error:
            raise PayloadError("it is not JSON") from error
        if message.topic == "app/uninstalled":
            return Disconnected()
        if message.topic == "app/scopes_update":
            return RightsChanged()
        if "order" in said:
            return OrderSeen(order=an_order(external_id=said["order"]))
        if "changed" in said:
            return OrderChanged(external_id=said["changed"])
        return Ignored(why="it says nothing")

    def fetch_order(self, external_id: str) -> Order:
        self._begin("fetch_order")
        self._happen()
        if external_id not in self.shop.orders:
            raise NotFound("there is no such order")
        return self.shop.orders[external_id]

    def push(self, effect: Effect) -> Pushed:
        self._begin("push")
        self._happen(effect)
        if effect in self.shop.held:
            return Pushed(remote_ref=self._ref(effect), outcome="already_there")
        self.shop.held.append(effect)
        return Pushed(
            remote_ref=self._ref(effect), outcome="created", warning=self.shop.warning
        )

    def look_up(self, effect: Effect) -> Pushed | None:
        self._begin("look_up")
        self._happen(effect)
        if effect not in self.shop.held:
            return None
        return Pushed(remote_ref=self._ref(effect), outcome="already_there")

    def renew(self, *, now: datetime) -> Token:
        self.shop.called("renew")
        self._happen()
        self.shop.mints += 1
        self.shop.token = f"minted-{self.shop.mints}"
        return Token(
            value=self.shop.token,
            expires_at=now + timedelta(hours=24),
            scopes=frozenset({"write_fulfillments"}),
        )

    def _begin(self, what: str) -> None:
        self.shop.called(what)
        fixed = self.told.credentials.get("access_token", "")
        given = self.told.token.value if self.told.token else fixed
        if given != self.shop.token:
            raise AuthExpired("the shop does not know this token")

    def _happen(self, effect: Effect | None = None) -> None:
        if self.shop.next_calls:
            happening = self.shop.next_calls.pop(0)
            if isinstance(happening, Exception):
                raise happening
            assert effect is not None
            happening(effect)

    def _ref(self, effect: Effect) -> str:
        return str(9000 + self.shop.held.index(effect))
