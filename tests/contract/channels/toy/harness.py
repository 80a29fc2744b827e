"""The market stall of the toy channel, ready to be examined."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from connectors.pacing import Pacer, Unpaced
from connectors.protocol import Channel, Connection, Registration, Token
from connectors.readings import Message
from connectors.transport import Transport
from mapping.canonical import Money
from mapping.effects import StockRef
from tests.contract.channels.toy.channel import REGISTRATION, Toy
from tests.contract.channels.toy.reading import RELEASES
from tests.contract.channels.toy.shop import Hook, Line, Order, Stall
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

Make = Callable[[Connection, Transport], Channel]


def toy(told: Connection, transport: Transport) -> Channel:
    """Make the toy as it is."""
    return Toy(told, transport=transport)


def is_write(asked: Asked) -> bool:
    """Say whether a call changes something at the stall: to fetch a token does not."""
    return asked.method != "GET" and asked.path != "/oauth/token"


class ToyHarness:
    """One stall."""

    registration: Registration = REGISTRATION
    samples = Path(__file__).parent / "samples"
    impossible: Mapping[Oddity, str] = {}
    statuses: Mapping[str, bool] = {word: word == "paid" for word in RELEASES}
    webhook_secret = "toy-signing-secret-new"
    older_secret = "toy-signing-secret-old"
    known_carrier = "Correos"
    shop_ref = "stall-1"

    def __init__(self, make: Make = toy) -> None:
        """Open a stall; a planted bug makes the channel another way."""
        self._make = make
        self.stall = Stall(person=(BUYER, MAIL, STREET))
        self.stall.mint()
        self._token = next(iter(self.stall.tokens))
        self._refresh = self.stall.refresh
        self.wire = Wire(answer=self.stall.answer, is_write=is_write, betray=self.secrets)

    def typed(self) -> Connection:
        """What a person types."""
        return Connection(
            settings={"shop": "stall-1"},
            credentials={"key": self.stall.key},
            webhook_secrets=(self.webhook_secret, self.older_secret),
        )

    def secrets(self) -> Sequence[str]:
        """Every secret in play."""
        typed = (self.stall.key, self.webhook_secret, self.older_secret)
        return (*typed, self._token, self._refresh, *sorted(self.stall.tokens))

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
        return self._make(told, self.wire)

    def place(self, basket: Basket = ONE_SOAP) -> str:
        """Let the buyer order."""
        self.pass_time(timedelta(seconds=1))
        return self._place(basket).id

    def message(self, order_id: str) -> Message:
        """Write what the stall sends of an order."""
        written = self.stall.write(self.stall.orders[order_id])
        return Message(topic="order.changed", body=json.dumps(written).encode())

    def with_status(self, message: Message, status: str) -> Message:
        """Write another word."""
        body = {**json.loads(message.body), "status": status}
        return replace(message, body=json.dumps(body).encode())

    def total(self, order_id: str) -> Money | None:
        """Say what the buyer pays."""
        lines = self.stall.orders[order_id].lines
        return Money(minor=sum(990 * one.ordered for one in lines) + 410, currency="EUR")

    def touch(self, order_id: str) -> None:
        """Change the note."""
        self._change(order_id).note += "."

    def take_off(self, order_id: str, pieces: int) -> None:
        """Take pieces off the first line."""
        self._change(order_id).lines[0].off += pieces

    def cancel(self, order_id: str) -> None:
        """Cancel it."""
        self._change(order_id).status = "cancelled"

    def close(self) -> None:
        """Have nothing to stop."""

    # The wire -------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The time at the stall."""
        return self.stall.now

    def pass_time(self, by: timedelta) -> None:
        """Let time pass."""
        self.stall.now += by

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
        """Sign a webhook."""
        sent = self.message(order_id).body if body is None else body
        key = (secret or self.webhook_secret).encode()
        at = str(int((self.now - age).timestamp()))
        signed = at.encode() + b"." + sent
        headers = {
            "X-Toy-At": at,
            "X-Toy-Signature": hmac.digest(key, signed, hashlib.sha256).hex(),
            "X-Toy-Topic": topic or "order.changed",
            "X-Toy-Event": event,
            "X-Toy-Shop": shop or self.shop_ref,
        }
        return Posted(body=sent, headers=headers, proof="X-Toy-Signature")

    def subscriptions(self) -> Sequence[tuple[str, str]]:
        """Show who is told of what."""
        return [(one.topic, one.address) for one in self.stall.hooks]

    def subscribe_another(self, address: str) -> None:
        """Let another program subscribe."""
        self.stall.hooks.append(Hook(id="H0", topic="order.changed", address=address))

    def lose_a_subscription(self) -> None:
        """Drop the newest one."""
        self.stall.hooks.pop()

    # Lists ----------------------------------------------------------------------------------

    def place_at_once(self, how_many: int) -> list[str]:
        """Place several orders in one moment."""
        return [self._place(ONE_SOAP).id for _ in range(how_many)]

    def place_late(self, age: timedelta) -> str:
        """Let an old change show up now."""
        order = self._place(ONE_SOAP)
        order.changed_at -= age
        return order.id

    # Parcels and stock ----------------------------------------------------------------------

    def parcels(self, order_id: str) -> Sequence[Parcel]:
        """Show the parcels."""
        return [
            Parcel(number=one.number, carrier=one.carrier, pieces=sum(one.lines.values()))
            for one in self.stall.orders[order_id].parcels
        ]

    def mails(self) -> int:
        """Count the mails."""
        return self.stall.mails

    def on_sale(self) -> Sequence[Sale]:
        """Show what is sold."""
        return [
            Sale(sku=one.sku, title=one.title, ref=StockRef(product_id=one.id, sku=one.sku))
            for one in self.stall.things.values()
        ]

    def shown(self, ref: StockRef) -> int:
        """Say how many are left."""
        return self.stall.things[ref.product_id].stock

    def sell(self, ref: StockRef, pieces: int) -> None:
        """Sell some."""
        self.stall.things[ref.product_id].stock -= pieces

    def sell_before_next_write(self, ref: StockRef, pieces: int) -> None:
        """Sell some in the wrong moment."""
        self.wire.before_write.append(lambda: self.sell(ref, pieces))

    # Standing -------------------------------------------------------------------------------

    def take_a_right_away(self) -> None:
        """Withdraw one."""
        self.stall.rights -= {"stock"}

    def throw_us_out(self) -> None:
        """End every token."""
        self.stall.tokens.clear()

    def token(self) -> Token | None:
        """The token the account has at first."""
        later = self.now + timedelta(hours=1)
        return Token(value=self._token, refresh=self._refresh, expires_at=later)

    def end_what_renews(self) -> None:
        """Forget what fetches the next token."""
        self.stall.refresh = ""

    def agree(self, page: str) -> Mapping[str, str]:
        """Press the button."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
        self.stall.codes["toy-code-1"] = asked["challenge"]
        return {"state": asked["state"], "shop": self.shop_ref, "code": "toy-code-1"}

    def refuse(self, page: str) -> Mapping[str, str]:
        """Press the other one."""
        return {"shop": self.shop_ref, "error": "access_denied", "page": page[:5]}

    def as_another_shop(self, answer: Mapping[str, str]) -> Mapping[str, str]:
        """Name another stall."""
        return {**answer, "shop": "stall-2"}

    # Inside ---------------------------------------------------------------------------------

    def _place(self, basket: Basket) -> Order:
        number = len(self.stall.orders) + 1
        lines = [
            Line(
                id=f"{number:04}-{position}",
                thing="L1",
                sku="SOAP-1" if basket.has_sku else "",
                ordered=basket.quantity,
                wish=basket.personalisation,
            )
            for position in range(1, basket.lines + 1)
        ]
        made = Order(
            id=f"{number:04}",
            placed_at=self.now,
            changed_at=self.now,
            lines=lines,
            status="paid" if basket.is_paid else "waiting",
            is_test=basket.is_test,
        )
        self.stall.orders[made.id] = made
        return made

    def _change(self, order_id: str) -> Order:
        self.pass_time(timedelta(seconds=1))
        order = self.stall.orders[order_id]
        self.stall.touch(order)
        return order


open_shop = ToyHarness
"""What the suite calls to open a fresh one."""
