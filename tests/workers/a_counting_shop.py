"""A shop that counts its stock and lists what it sells, for tests of what it is told to have.

It decrements what is ordered, like real ones do, and refuses to be raised behind its back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import ClassVar

from connectors.errors import NotFound, StockMoved
from connectors.protocol import (
    CatalogueItem,
    CataloguePage,
    Change,
    ChangePage,
    Connection,
    Place,
    Pushed,
    Registration,
)
from connectors.readings import Ignored, Message, Reading
from connectors.spec import Capability, Spec, Stream
from mapping.canonical import Order
from mapping.effects import Effect, Fulfil, SetStock, StockRef

CAPABILITIES = frozenset(
    {
        Capability.ORDERS_FETCH,
        Capability.ORDERS_POLL,
        Capability.CATALOGUE,
        Capability.STOCK,
        Capability.FULFIL,
    }
)


@dataclass
class CountingShop:
    """What is true at the shop, by what its stock is kept under."""

    key: str
    shown: dict[str, int] = field(default_factory=dict)
    writes: list[tuple[str, int]] = field(default_factory=list)
    """Every number it was told that changed something."""
    items: list[CatalogueItem] = field(default_factory=list)
    places: tuple[Place, ...] = (Place(external_id="home", name="Home"),)
    orders: dict[str, Order] = field(default_factory=dict)
    fulfilled: list[Fulfil] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    next_errors: list[Exception] = field(default_factory=list)
    page_size: int = 2
    stock_every: timedelta = timedelta(seconds=5)

    def registration(self) -> Registration:
        """Register it under its key."""
        spec = Spec(
            key=self.key,
            title="The counting shop",
            api_version="1",
            capabilities=CAPABILITIES,
            streams=(Stream(name="orders", every=timedelta(minutes=5)),),
            max_page=self.page_size,
            stock_every=self.stock_every,
        )

        class Counting(AtTheCounter):
            pass

        Counting.spec = spec
        return Registration(
            spec=spec, connect=lambda told: Counting(self, told), check=lambda _told: {}
        )

    def sell(self, inventory_id: str, order: Order, *, pieces: int) -> None:
        """Take pieces off what is shown, and an order for them in."""
        self.shown[inventory_id] -= pieces
        self.orders[order.external_id] = order


class AtTheCounter:
    """The channel to it."""

    spec: ClassVar[Spec]

    def __init__(self, shop: CountingShop, told: Connection) -> None:
        self.shop = shop
        self.told = told

    def read(self, message: Message) -> Reading:
        return Ignored(why=f"{message.topic} says nothing")

    def fetch_order(self, external_id: str) -> Order:
        self._call("fetch_order")
        if external_id not in self.shop.orders:
            raise NotFound("there is no such order")
        return self.shop.orders[external_id]

    def changes(self, stream: str, *, cursor: str, now: datetime, limit: int) -> ChangePage:
        self._call(f"changes {stream} after {cursor}")
        heads = tuple(_head(each) for each in self.shop.orders.values())
        return ChangePage(changes=heads[:limit], cursor=f"{now}", more=False)

    def history(
        self, *, since: datetime, until: datetime, cursor: str, limit: int
    ) -> ChangePage:
        self._call("history")
        placed = [
            each for each in self.shop.orders.values() if since <= each.placed_at < until
        ]
        start = int(cursor or 0)
        rows = tuple(_head(each) for each in placed[start : start + limit])
        more = start + limit < len(placed)
        return ChangePage(changes=rows, cursor=str(start + len(rows)), more=more)

    def catalogue(self, *, cursor: str, limit: int) -> CataloguePage:
        self._call("catalogue")
        start = int(cursor or 0)
        rows = tuple(self.shop.items[start : start + limit])
        more = start + limit < len(self.shop.items)
        return CataloguePage(items=rows, cursor=str(start + len(rows)), more=more)

    def places(self) -> tuple[Place, ...]:
        self._call("places")
        return self.shop.places

    def stock(self, refs: Sequence[StockRef]) -> dict[StockRef, int | None]:
        self._call("stock")
        assert len(refs) <= self.shop.page_size
        return {ref: self.shop.shown.get(ref.inventory_id) for ref in refs}

    def push(self, effect: Effect) -> Pushed:
        self._call("push")
        if isinstance(effect, Fulfil):
            self.shop.fulfilled.append(effect)
            return Pushed(remote_ref=f"f{len(self.shop.fulfilled)}", outcome="created")
        assert isinstance(effect, SetStock)
        place, shown = effect.ref.inventory_id, self.shop.shown[effect.ref.inventory_id]
        if shown == effect.quantity:
            return Pushed(remote_ref="", outcome="already_there")
        if effect.expected is not None and effect.quantity > shown < effect.expected:
            raise StockMoved("some were sold", shown=shown)
        self.shop.shown[place] = effect.quantity
        self.shop.writes.append((place, effect.quantity))
        return Pushed(remote_ref="", outcome="created")

    def look_up(self, effect: Effect) -> Pushed | None:
        self._call("look_up")
        if not isinstance(effect, SetStock):
            return None
        if self.shop.shown[effect.ref.inventory_id] != effect.quantity:
            return None
        return Pushed(remote_ref="", outcome="already_there")

    def _call(self, what: str) -> None:
        self.shop.calls.append(what)
        if self.shop.next_errors:
            raise self.shop.next_errors.pop(0)


def an_item(code: str, *, title: str = "", is_tracked: bool = True) -> CatalogueItem:
    """Offer something; its SKU, variant and inventory id follow from the code."""
    return CatalogueItem(
        product_id=f"p-{code}",
        variant_id=f"v-{code}",
        sku=code,
        title=title or code.title(),
        barcode=f"84{len(code)}",
        is_tracked=is_tracked,
        inventory_id=f"i-{code}",
    )


def _head(order: Order) -> Change:
    return Change(
        external_id=order.external_id,
        revision=order.updated_at.isoformat(),
        updated_at=order.updated_at,
    )


def later(order: Order, *, minutes: int) -> Order:
    """Say the same order again, as changed so much later."""
    return replace(order, updated_at=order.updated_at + timedelta(minutes=minutes))
