"""Our sandbox's Shopify shop, ready to be examined."""

import hashlib
import hmac
import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from connectors.pacing import Pacer, Unpaced
from connectors.protocol import Channel, Connection, Registration, Token
from connectors.readings import Message
from connectors.sandbox.shopify.bodies.orders import order_body
from connectors.sandbox.shopify.records import Address, Order
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.shopify.wanted import Wanted
from connectors.sandbox.wire import Call
from connectors.shopify.channel import REGISTRATION, Shopify
from connectors.shopify.read_words import PAYMENTS
from connectors.transport import Answer
from mapping.canonical import Money
from mapping.effects import StockRef
from tests.contract.harness import (
    MAIL,
    ONE_SOAP,
    STREET,
    Basket,
    Oddity,
    Parcel,
    Posted,
    Sale,
    Trouble,
)
from tests.contract.wire import Asked, Wire
from tests.pretend_shopify import press

DOMAIN = "taller.myshopify.com"
TOKEN = "shpat_contract0123456789"
CLIENT_ID = "contract-client-0123456789"
CLIENT_SECRET = "shpss_contract0123456789"
BUYS = frozenset({"paid", "authorized", "partially_refunded"})
SKUS = ("SOAP-LAV", "SOAP-OAT", "WAX-BAR")


@dataclass
class Hands:
    """The hands of the shop's clocks."""

    at: datetime = datetime(2026, 11, 22, 10, tzinfo=UTC)

    def now(self) -> datetime:
        """Say the time."""
        return self.at

    def seconds(self) -> float:
        """Say it in seconds."""
        return self.at.timestamp()


def is_mutation(asked: Asked) -> bool:
    """Say whether a call changes something: one of GraphQL's mutations."""
    if not asked.path.endswith("/graphql.json"):
        return False
    query: str = json.loads(asked.body)["query"]
    return re.search(r"(?m)^mutation\b", query) is not None


class ShopifyHarness:
    """One shop."""

    registration: Registration = REGISTRATION
    samples = Path(__file__).parent / "samples"
    impossible: Mapping[Oddity, str] = {
        Oddity.STALE: "its messages sign no time",
        Oddity.SHOWN_PROGRESS: "a note of progress cannot be read back, only replaced",
    }
    statuses: Mapping[str, bool] = {word: word in BUYS for word in PAYMENTS}
    webhook_secret = "shop-signing-secret-new"
    older_secret = "shop-signing-secret-old"
    known_carrier = "Correos"

    def __init__(self) -> None:
        self._hands = Hands()
        self.store = Storefront(
            DOMAIN,
            access_token=TOKEN,
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            timezone="Pacific/Auckland",
            clock=self._hands.now,
            monotonic=self._hands.seconds,
            bucket=(10_000_000, 1000),
            rng=Random(7),
            background=False,
            ties=True,
        )
        self._madrid = self.store.add_location("Madrid")
        for sku in SKUS:
            stock = {self._madrid: 40}
            self.store.add_variant(sku=sku, title=f"Soap {sku}", price="9.90", stock=stock)
        self.wire = Wire(
            answer=self._answer,
            is_write=is_mutation,
            betray=self.secrets,
        )
        self.shop_ref = str(self.store.shop.id)

    def typed(self) -> Connection:
        """What a person types."""
        return Connection(
            settings={"shop": DOMAIN},
            credentials={
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
                "access_token": TOKEN,
            },
            webhook_secrets=(self.webhook_secret, self.older_secret),
        )

    def secrets(self) -> Sequence[str]:
        """Every secret in play."""
        typed = (TOKEN, CLIENT_SECRET, self.webhook_secret, self.older_secret)
        keys = self.store.api.keys
        return (*typed, *sorted((*keys.minted, *keys.pairs, *keys.codes)))

    def channel(
        self,
        *,
        webhook_secrets: Sequence[str] | None = None,
        token: Token | None = None,
        pacer: Pacer | None = None,
    ) -> Channel:
        """Connect anew; exactly these secrets means that the app's own proves nothing."""
        told = replace(self.typed(), token=token, pacer=pacer or Unpaced())
        if webhook_secrets is not None:
            fixed = {"access_token": TOKEN}
            told = replace(told, webhook_secrets=webhook_secrets, credentials=fixed)
        return Shopify(told, transport=self.wire)

    def place(self, basket: Basket = ONE_SOAP) -> str:
        """Let the buyer order."""
        self.pass_time(timedelta(seconds=2))
        return self._place(basket)

    def message(self, order_id: str) -> Message:
        """Write what the shop sends of an order."""
        body = order_body(self.store.shop, self._order(order_id))
        return Message(topic="orders/updated", body=json.dumps(body).encode())

    def with_status(self, message: Message, status: str) -> Message:
        """Write another word."""
        body = {**json.loads(message.body), "financial_status": status}
        return replace(message, body=json.dumps(body).encode())

    def total(self, order_id: str) -> Money | None:
        """Say what the buyer pays."""
        written = str(self.store.order(order_id)["total"])
        return Money(minor=int(written.replace(".", "")), currency="EUR")

    def touch(self, order_id: str) -> None:
        """Change the note."""
        self.pass_time(timedelta(seconds=2))
        order = self._order(order_id)
        order.note = f"{order.note or ''}."
        self.store.shop.touch(order)

    def take_off(self, order_id: str, pieces: int) -> None:
        """Edit the first line."""
        self.pass_time(timedelta(seconds=2))
        line = self._order(order_id).lines[0]
        left = line.current_quantity - pieces
        self.store.edit_order(order_id, quantities={str(line.id): left})

    def cancel(self, order_id: str) -> None:
        """Cancel it."""
        self.pass_time(timedelta(seconds=2))
        self.store.cancel_order(order_id)

    def close(self) -> None:
        """Stop the shop's threads."""
        self.store.close()

    # The wire -------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The time at the shop."""
        return self._hands.at

    def pass_time(self, by: timedelta) -> None:
        """Let time pass."""
        self._hands.at += by

    def fail_next(self, trouble: Trouble, *, write: bool = False) -> None:
        """Let a call go wrong."""
        self.wire.troubles.append((trouble, write))

    def calm(self) -> None:
        """Let nothing more go wrong."""
        self.wire.troubles.clear()

    def calls(self) -> int:
        """Count the calls."""
        return len(self.wire.asked)

    def writes(self) -> int:
        """Count the mutations."""
        return self.wire.writes()

    def hosts(self) -> frozenset[str]:
        """Every host called."""
        return self.wire.hosts()

    # Webhooks -------------------------------------------------------------------------------

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
        """Sign a webhook as Shopify does: base64 of HMAC-SHA256 of the raw bytes."""
        sent = self.message(order_id).body if body is None else body
        key = (secret or self.webhook_secret).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Shopify-Topic": topic or "orders/updated",
            "X-Shopify-Hmac-Sha256": b64encode(
                hmac.digest(key, sent, hashlib.sha256)
            ).decode(),
            "X-Shopify-Shop-Domain": f"{shop}.myshopify.com" if shop else DOMAIN,
            "X-Shopify-API-Version": "2026-10",
            "X-Shopify-Webhook-Id": f"webhook-of-{event}",
            "X-Shopify-Event-Id": event,
            "X-Shopify-Triggered-At": (self.now - age).isoformat(),
        }
        return Posted(body=sent, headers=headers, proof="X-Shopify-Hmac-Sha256")

    def subscriptions(self) -> Sequence[tuple[str, str]]:
        """Show who is told of what."""
        there = self.store.webhooks.subscriptions.values()
        return [(one.topic, one.uri) for one in there]

    def subscribe_another(self, address: str) -> None:
        """Let another program subscribe with the same app."""
        self.store.subscribe("orders/create", address, owner="api")

    def lose_a_subscription(self) -> None:
        """Drop the newest one."""
        self.store.webhooks.unsubscribe(max(self.store.webhooks.subscriptions))

    # Lists ----------------------------------------------------------------------------------

    def place_at_once(self, how_many: int) -> list[str]:
        """Place several orders in one second."""
        return [self._place(ONE_SOAP) for _ in range(how_many)]

    def place_late(self, age: timedelta) -> str:
        """Let an old order show up now."""
        self._hands.at -= age
        placed = self._place(ONE_SOAP)
        self._hands.at += age
        return placed

    # Parcels and stock ----------------------------------------------------------------------

    def parcels(self, order_id: str) -> Sequence[Parcel]:
        """Show the parcels that stand."""
        return [
            Parcel(
                number=",".join(each.number or "" for each in one.tracking),
                carrier=",".join(each.company or "" for each in one.tracking),
                pieces=sum(each.quantity for each in one.lines),
            )
            for one in self._order(order_id).fulfilments
            if one.status == "SUCCESS"
        ]

    def mails(self) -> int:
        """Count the mails."""
        return len(self.store.shop.mails)

    def on_sale(self) -> Sequence[Sale]:
        """Show what is sold."""
        return [
            Sale(
                sku=one.sku or "",
                title=one.title,
                ref=StockRef(
                    product_id=str(one.product_id),
                    variant_id=str(one.id),
                    inventory_id=str(one.inventory_item_id),
                    place_id=self._madrid,
                    sku=one.sku or "",
                ),
            )
            for one in self.store.shop.variants.values()
        ]

    def shown(self, ref: StockRef) -> int:
        """Say how many are left."""
        variant = self.store.variant(ref.sku)
        assert variant is not None
        return variant.available[int(self._madrid)]

    def sell(self, ref: StockRef, pieces: int) -> None:
        """Sell some."""
        self.store.set_stock(ref.sku, self.shown(ref) - pieces, location=self._madrid)

    def sell_before_next_write(self, ref: StockRef, pieces: int) -> None:
        """Sell some in the wrong moment."""
        self.wire.before_write.append(lambda: self.sell(ref, pieces))

    # Standing -------------------------------------------------------------------------------

    def take_a_right_away(self) -> None:
        """Withdraw one."""
        self.store.scopes -= {"write_inventory"}

    def throw_us_out(self) -> None:
        """End every token."""
        self.store.revoke_token()

    def token(self) -> Token | None:
        """None: the app's id and secret fetch each one; a pair comes from the owner's page."""
        return None

    def end_what_renews(self) -> None:
        """Take the app out of the shop."""
        self.store.scopes = frozenset()

    def agree(self, page: str) -> Mapping[str, str]:
        """Press the button."""
        return press(self.store, page)

    def refuse(self, page: str) -> Mapping[str, str]:
        """Press the other one."""
        return press(self.store, page, decision="refuse")

    def as_another_shop(self, answer: Mapping[str, str]) -> Mapping[str, str]:
        """Sign the same for another shop of the same app."""
        kept = {name: answer[name] for name in ("code", "state")}
        return self._signed(kept, "another-shop.myshopify.com")

    # Inside ---------------------------------------------------------------------------------

    def _place(self, basket: Basket) -> str:
        wish = (("Name", basket.personalisation),) if basket.personalisation else ()
        wanted = [
            Wanted(
                sku=sku if basket.has_sku else None,
                title=None if basket.has_sku else "Gift wrap",
                price=None if basket.has_sku else "3.00",
                quantity=basket.quantity,
                properties=wish,
            )
            for sku in SKUS[: basket.lines]
        ]
        return self.store.place_order(
            wanted,
            email=MAIL,
            address=Address(
                first_name="Zoraida",
                last_name="Quintanilla",
                address1=STREET,
                city="Granada",
                zip="18001",
            ),
            financial_status="PAID" if basket.is_paid else "PENDING",
            test=basket.is_test,
            shipping_price="4.10",
        )

    def _order(self, order_id: str) -> Order:
        return self.store.shop.order(int(order_id))

    def _signed(self, query: Mapping[str, str], shop: str) -> Mapping[str, str]:
        """Sign a query as Shopify's page does: sorted, joined by `&`, HMAC-SHA256 in hex."""
        at = str(int(self.now.timestamp()))
        said = {**query, "shop": shop, "timestamp": at}
        words = "&".join(f"{name}={value}" for name, value in sorted(said.items()))
        proof = hmac.digest(CLIENT_SECRET.encode(), words.encode(), hashlib.sha256).hex()
        return {**said, "hmac": proof}

    def _answer(self, asked: Asked) -> Answer:
        parts = urlsplit(asked.url)
        call = Call(
            method=asked.method,
            path=parts.path,
            query=parts.query,
            headers=asked.headers,
            body=asked.body,
        )
        answer = self.store.answer(call)
        named = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(status=answer.status, headers=named, body=answer.body)


open_shop = ShopifyHarness
"""What the suite calls to open a fresh one."""
