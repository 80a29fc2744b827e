"""A pretend post office with two customers, the hands of its clocks, and what it would post."""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from random import Random

from connectors.sandbox.mail.letter import Letter
from connectors.sandbox.mail.office import PostOffice
from connectors.sandbox.mail.people import Goods, Person
from connectors.sandbox.messages import Signed

NOW = datetime(2026, 11, 23, 9, 30, 15, tzinfo=UTC)
URL = "http://127.0.0.1:1/hooks"
MARTA = Person(
    name="Marta",
    sender="Marta Ruiz <compras@elbosque.example>",
    language="es",
    mark="EB",
    place=("Herboristería El Bosque", "Calle Mayor 5", "28013 Madrid"),
)
TOM = Person(
    name="Tom",
    sender="Tom Ashby <orders@figandlinen.example>",
    language="en",
    mark="FL",
    place=("Fig & Linen", "4 Mill Lane", "Leeds LS1 4DY", "United Kingdom"),
)
GOODS = (Goods(sku="SOAP-100", title="Soap"), Goods(sku="CND-200", title="Candle"))


@dataclass
class Counter:
    """The post office, its clocks, and the posts that leave it."""

    at: datetime = NOW
    answers: list[int] = field(default_factory=list)
    sent: list[Signed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.office = PostOffice(
            people=(MARTA, TOM),
            goods=GOODS,
            clock=self.now,
            monotonic=self.seconds,
            rng=Random(7),
            send=self._send,
            background=False,
        )
        self.office.subscribe(URL)

    def _send(self, message: Signed) -> int:
        self.sent.append(message)
        return self.answers.pop(0) if self.answers else 200

    def now(self) -> datetime:
        """Tell the time."""
        return self.at

    def seconds(self) -> float:
        """Tell the time in seconds."""
        return self.at.timestamp()

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)

    def hand_in(self, name: str = "one", *, text: str = "6 x SOAP-100\n") -> str:
        """Hand in a mail of Marta's."""
        return self.office.send(
            Letter(name=name, sender=MARTA.sender, subject="Pedido", text=text)
        )

    def post(self) -> list[Signed]:
        """Post everything that is due and hand over what left."""
        self.office.webhooks.deliver_due(ahead=3600)
        left, self.sent = self.sent, []
        return left


def proof(message: Signed, *, secret: str = "sandbox-mail-secret") -> str:
    """Sign as the hub's page says, without the sandbox's own hand in it."""
    signed = message.headers["X-Hornada-Timestamp"].encode() + b"." + message.body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def opened(raw: bytes) -> EmailMessage:
    """Open a mail as mail programs do."""
    return message_from_bytes(raw, _class=EmailMessage, policy=SMTP)
