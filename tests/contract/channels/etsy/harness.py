"""Our sandbox's Etsy shop, ready to be examined."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from urllib.parse import parse_qsl, urlsplit

from connectors.etsy.channel import REGISTRATION, Etsy
from connectors.pacing import Pacer, Unpaced
from connectors.protocol import Channel, Connection, Registration, Token
from connectors.readings import Message
from connectors.sandbox.etsy.records import Address, Receipt
from connectors.sandbox.etsy.shop import HUB_SCOPES, EtsyShop
from connectors.sandbox.etsy.wanted import Wanted
from connectors.sandbox.wire import Call
from connectors.transport import Answer
from mapping.canonical import Money
from mapping.effects import StockRef
from tests.contract.harness import (
    BUYER,
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

SHOP_ID = "42"
KEYSTRING = "contractkeystring0123456"
SHARED_SECRET = "contractsharedsecret"
SKUS = ("SOAP-LAV", "SOAP-OAT", "WAX-BAR")
TOKEN_PATH = "/v3/public/oauth/token"
SCOPES_PATH = "/v3/application/scopes"
TOKEN_LIFE = timedelta(minutes=30)


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


def is_write(asked: Asked) -> bool:
    """Say whether a call changes something in the shop: a token, or a list of rights, does not."""
    return asked.method != "GET" and asked.path not in {TOKEN_PATH, SCOPES_PATH}


class EtsyHarness:
    """One shop."""

    registration: Registration = REGISTRATION
    samples = Path(__file__).parent / "samples"
    impossible: Mapping[Oddity, str] = {
        Oddity.TEST: "there are no test orders",
        Oddity.TAKEN_OFF: "a receipt never loses single pieces",
        Oddity.FEWER: "a receipt is sent as a whole",
        Oddity.SILENT: "every parcel is told to the buyer",
        Oddity.UNTRACKED: "a parcel needs a carrier and a number",
        Oddity.RESOLD: "an inventory is put back whole, and nothing guards it",
        Oddity.FOREIGN_ANSWER: "the answer of its page names no shop",
    }
    statuses: Mapping[str, bool] = {}
    webhook_secret = "whsec_" + b64encode(b"contract-signing-secret-new").decode()
    older_secret = "whsec_" + b64encode(b"contract-signing-secret-old").decode()
    known_carrier = "Correos"
    shop_ref = SHOP_ID

    def __init__(self) -> None:
        self._hands = Hands()
        self.shop = EtsyShop(
            SHOP_ID,
            keystring=KEYSTRING,
            shared_secret=SHARED_SECRET,
            webhook_secret=self.webhook_secret,
            clock=self._hands.now,
            monotonic=self._hands.seconds,
            rng=Random(7),
            rates=(1_000_000, 1_000_000),
            background=False,
        )
        for sku in SKUS:
            self.shop.add_listing(title=f"Soap {sku}", sku=sku, price="9.90")
        self.wire = Wire(
            answer=self._answer,
            is_write=is_write,
            betray=self.secrets,
        )

    def typed(self) -> Connection:
        """What a person types."""
        return Connection(
            settings={"shop_id": SHOP_ID},
            credentials={"keystring": KEYSTRING, "shared_secret": SHARED_SECRET},
            webhook_secrets=(self.webhook_secret, self.older_secret),
        )

    def secrets(self) -> Sequence[str]:
        """Every secret in play."""
        tokens = (self.shop.access_token, self.shop.refresh_token)
        return (SHARED_SECRET, self.webhook_secret, self.older_secret, *tokens)

    def channel(
        self,
        *,
        webhook_secrets: Sequence[str] | None = None,
        token: Token | None = None,
        pacer: Pacer | None = None,
    ) -> Channel:
        """Connect anew."""
        typed = self.typed()
        secrets = typed.webhook_secrets if webhook_secrets is None else webhook_secrets
        told = replace(
            typed,
            webhook_secrets=secrets,
            token=token or self.token(),
            pacer=pacer or Unpaced(),
        )
        return Etsy(told, transport=self.wire)

    def place(self, basket: Basket = ONE_SOAP) -> str:
        """Let the buyer order."""
        self.pass_time(timedelta(seconds=2))
        return self._place(basket)

    def message(self, order_id: str) -> Message:
        """Write what Etsy sends of a receipt: which one it is."""
        return Message(
            topic="order.paid", body=self._event(order_id, "order.paid", SHOP_ID)
        )

    def with_status(self, message: Message, status: str) -> Message:
        """Its messages only say which receipt changed."""
        raise AssertionError(f"{message.topic} has no {status}")

    def total(self, order_id: str) -> Money | None:
        """Say what the buyer pays."""
        lines = self._receipt(order_id).transactions
        goods = sum(one.price * one.quantity for one in lines)
        return Money(minor=goods + 410, currency="EUR")

    def touch(self, order_id: str) -> None:
        """Let the buyer write something more."""
        self.pass_time(timedelta(seconds=2))
        receipt = self._receipt(order_id)
        receipt.message_from_buyer = f"{receipt.message_from_buyer or ''}."
        receipt.updated_at = self.now

    def take_off(self, order_id: str, pieces: int) -> None:
        """No piece is ever taken off."""
        raise AssertionError(f"{order_id}: {pieces}")

    def cancel(self, order_id: str) -> None:
        """Cancel it."""
        self.pass_time(timedelta(seconds=2))
        self.shop.cancel_order(order_id)

    def close(self) -> None:
        """Stop the shop's threads."""
        self.shop.close()

    # The wire -------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The time at the shop."""
        return self._hands.at

    def pass_time(self, by: timedelta) -> None:
        """Let time pass; over a long time the hub would have renewed the token."""
        self._hands.at += by
        if by > TOKEN_LIFE:
            self.shop.grants.put(
                self.shop.access_token,
                self.shop.refresh_token,
                scopes=HUB_SCOPES,
                now=self.now,
            )

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
        """Count the calls that change something."""
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
        """Sign a webhook as Standard Webhooks do: base64 of HMAC-SHA256 of id.time.body."""
        shop_id = "43" if shop else SHOP_ID
        sent = (
            self._event(order_id, topic or "order.paid", shop_id) if body is None else body
        )
        moment = str(int((self.now - age).timestamp()))
        signed = b".".join((event.encode(), moment.encode(), sent))
        proof = hmac.digest(_key(secret or self.webhook_secret), signed, hashlib.sha256)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": event,
            "webhook-timestamp": moment,
            "webhook-signature": f"v1,{b64encode(proof).decode()}",
        }
        return Posted(body=sent, headers=headers, proof="webhook-signature")

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
        """Show the parcels; each is the whole receipt."""
        receipt = self._receipt(order_id)
        pieces = sum(one.quantity for one in receipt.transactions)
        return [
            Parcel(number=one.tracking_code, carrier=one.carrier_name, pieces=pieces)
            for one in receipt.shipments
        ]

    def mails(self) -> int:
        """Count the mails."""
        return len(self.shop.books.mails)

    def on_sale(self) -> Sequence[Sale]:
        """Show what is sold."""
        return [
            Sale(
                sku=product.sku,
                title=listing.title,
                ref=StockRef(product_id=str(listing.id), sku=product.sku),
            )
            for listing, product in self.shop.books.on_sale()
        ]

    def shown(self, ref: StockRef) -> int:
        """Say how many can be bought: none of what is off sale."""
        is_on_sale = self.shop.books.listing(int(ref.product_id)).state == "active"
        return self.shop.stock()[ref.sku] if is_on_sale else 0

    def sell(self, ref: StockRef, pieces: int) -> None:
        """Sell some."""
        self.shop.edit_stock(ref.product_id, {ref.sku: self.shown(ref) - pieces})

    def sell_before_next_write(self, ref: StockRef, pieces: int) -> None:
        """Sell some in the wrong moment."""
        self.wire.before_write.append(lambda: self.sell(ref, pieces))

    # Standing -------------------------------------------------------------------------------

    def take_a_right_away(self) -> None:
        """Withdraw one."""
        self.shop.narrow_scopes(HUB_SCOPES - {"listings_w"})

    def throw_us_out(self) -> None:
        """End every token."""
        self.shop.revoke_tokens()

    def token(self) -> Token | None:
        """The token the account has at first."""
        return Token(
            value=self.shop.access_token,
            refresh=self.shop.refresh_token,
            expires_at=self.now + timedelta(hours=1),
            scopes=HUB_SCOPES,
        )

    def end_what_renews(self) -> None:
        """End every token, and what fetches them."""
        self.shop.revoke_tokens()

    def agree(self, page: str) -> Mapping[str, str]:
        """Press the button."""
        return dict(parse_qsl(urlsplit(self.shop.consent(page)).query))

    def refuse(self, page: str) -> Mapping[str, str]:
        """Press the other one."""
        return dict(parse_qsl(urlsplit(self.shop.consent(page, grant=False)).query))

    def as_another_shop(self, answer: Mapping[str, str]) -> Mapping[str, str]:
        """The answer names no shop."""
        raise AssertionError(f"{sorted(answer)}")

    # Inside ---------------------------------------------------------------------------------

    def _place(self, basket: Basket) -> str:
        wish = ((7, "Name", basket.personalisation),) if basket.personalisation else ()
        wanted = [
            Wanted(
                sku=sku if basket.has_sku else None,
                title=None if basket.has_sku else "A soap of old",
                price=None if basket.has_sku else "3.00",
                quantity=basket.quantity,
                personalisation=wish,
            )
            for sku in SKUS[: basket.lines]
        ]
        address = Address(name=BUYER, first_line=STREET, city="Granada", zip="18001")
        return self.shop.place_order(
            wanted, address=address, email=MAIL, paid=basket.is_paid, shipping_price="4.10"
        )

    def _receipt(self, order_id: str) -> Receipt:
        return self.shop.books.receipt(int(order_id))

    def _event(self, order_id: str, topic: str, shop_id: str) -> bytes:
        path = f"/v3/application/shops/{shop_id}/receipts/{order_id}"
        said = {
            "event_type": topic,
            "resource_url": f"https://openapi.etsy.com{path}",
            "shop_id": int(shop_id),
        }
        return json.dumps(said).encode()

    def _answer(self, asked: Asked) -> Answer:
        parts = urlsplit(asked.url)
        call = Call(
            method=asked.method,
            path=parts.path,
            query=parts.query,
            headers=asked.headers,
            body=asked.body,
        )
        answer = self.shop.answer(call)
        named = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(status=answer.status, headers=named, body=answer.body)


def _key(secret: str) -> bytes:
    is_written = secret.startswith("whsec_")
    return b64decode(secret.removeprefix("whsec_")) if is_written else secret.encode()


open_shop = EtsyHarness
"""What the suite calls to open a fresh one."""
