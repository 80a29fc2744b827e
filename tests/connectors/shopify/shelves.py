"""A pretended shop whose lists, catalogue and stock are read, with the clock in the test's hand."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from connectors.protocol import ChangePage
from connectors.sandbox.shopify.records import Order
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.shopify.wanted import Wanted
from connectors.shopify.channel import Shopify
from mapping.effects import StockRef
from tests.pretend_shopify import CLIENT_ID, CLIENT_SECRET, DOMAIN, TOKEN, Hands, connect


@dataclass
class Shelves:
    """A shop with soap in Madrid; two changes in one second bear the same time."""

    hands: Hands = field(default_factory=Hands)

    def __post_init__(self) -> None:
        self.store = Storefront(
            DOMAIN,
            access_token=TOKEN,
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            clock=self.hands.now,
            monotonic=self.hands.seconds,
            bucket=(200_000, 1000),
            rng=Random(7),
            background=False,
            ties=True,
        )
        self.madrid = self.store.add_location("Madrid")
        self.soap = self.store.add_variant(
            sku="SOAP", title="Soap", price="6.50", stock={self.madrid: 40}
        )

    @property
    def channel(self) -> Shopify:
        return connect(self.store)

    @property
    def ref(self) -> StockRef:
        """Where the soap of Madrid is counted."""
        return StockRef(
            inventory_id=str(self.soap["inventory_item_id"]), place_id=self.madrid
        )

    def wait(self, seconds: float) -> None:
        self.hands.move(timedelta(seconds=seconds))

    def order(self, pieces: int = 1) -> str:
        return self.store.place_order([Wanted(sku="SOAP", quantity=pieces)])

    def record(self, order_id: str) -> Order:
        return self.store.shop.orders[int(order_id)]

    def touch(self, order_id: str) -> None:
        self.store.shop.touch(self.record(order_id))

    def revision(self, order_id: str) -> str:
        return self.record(order_id).updated_at.strftime("%Y-%m-%dT%H:%M:%SZ")

    def changes(self, cursor: str = "", *, limit: int = 100) -> ChangePage:
        return self.channel.changes(
            "updated", cursor=cursor, now=self.hands.now(), limit=limit
        )

    def sweep(self, cursor: str = "", *, limit: int = 100) -> tuple[list[str], str]:
        """Read a list to its end: the ids in their order, and the cursor then."""
        seen: list[str] = []
        while True:
            page = self.changes(cursor, limit=limit)
            seen += [change.external_id for change in page.changes]
            cursor = page.cursor
            if not page.more:
                return seen, cursor

    def shown(self) -> int:
        """What the shop shows of the soap."""
        variant = self.store.variant("SOAP")
        assert variant is not None
        return variant.available[int(self.madrid)]
