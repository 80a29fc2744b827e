"""A pretended mailbox, ready to be examined: what comes to it are letters, not orders."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from connectors.email.channel import REGISTRATION, Email
from connectors.email.keys import ask_nobody
from connectors.pacing import Pacer
from connectors.protocol import Channel, Connection, Registration, Token
from connectors.readings import Message
from mapping.canonical import Money
from tests.contract.channels.email.mailbox import START, Post
from tests.contract.harness import (
    BUYER,
    MAIL,
    ONE_SOAP,
    STREET,
    Basket,
    Oddity,
    Posted,
    Trouble,
)

PASSWORD = "contract-app-password-7"
SECRET = "contract-webhook-secret-9"
OLDER = "contract-webhook-older-5"
ADDRESS = "orders@cera.example"
_LETTERS = "its messages are letters; whether one is an order, the hub decides"


class EmailHarness:
    """A mailbox somebody writes to."""

    registration: Registration = REGISTRATION
    samples = Path(__file__).parent / "samples"
    impossible: Mapping[Oddity, str] = {
        **dict.fromkeys(Oddity, _LETTERS),
        Oddity.FOREIGN: "a mail names no shop",
        Oddity.RENEWED: "this account has a password",
    }
    impossible = {k: v for k, v in impossible.items() if k is not Oddity.STALE}
    statuses: Mapping[str, bool] = {}
    webhook_secret = SECRET
    older_secret = OLDER
    shop_ref = ADDRESS

    def __init__(self, make: type[Email] = Email) -> None:
        """Open a mailbox; a planted mistake makes the channel another way."""
        self._make = make
        self.post_office = Post(password=PASSWORD, now=START)
        self._letters: dict[str, bytes] = {}

    # What everybody supplies ------------------------------------------------------------------

    def typed(self) -> Connection:
        """What a person types."""
        return Connection(
            settings={
                "address": ADDRESS,
                "imap_host": "imap.cera.example",
                "imap_port": "993",
                "imap_security": "tls",
                "authserv_id": "mx.cera.example",
            },
            credentials={"username": "orders", "password": self.post_office.password},
            webhook_secrets=(SECRET,),
        )

    def secrets(self) -> Sequence[str]:
        """Every secret in play."""
        return PASSWORD, SECRET, OLDER

    def channel(
        self,
        *,
        webhook_secrets: Sequence[str] | None = None,
        token: Token | None = None,
        pacer: Pacer | None = None,
    ) -> Channel:
        """Connect to the pretended server."""
        assert token is None
        assert pacer is None
        typed = self.typed()
        given = typed.webhook_secrets if webhook_secrets is None else webhook_secrets
        told = Connection(
            settings=typed.settings,
            credentials={"username": "orders", "password": PASSWORD},
            webhook_secrets=given,
        )
        return self._make(told, open_imap=self.post_office.open, lookup=ask_nobody)

    def place(self, basket: Basket = ONE_SOAP) -> str:
        """Let the buyer write; returns the letter's name."""
        number = len(self._letters) + 1
        name = f"po-{number}@sol.example"
        self._letters[name] = _letter(name, basket)
        self.deliver(self._letters[name])
        return name

    def message(self, order_id: str) -> Message:
        """Return the letter as it is stored."""
        return Message(topic="mail", body=self._letters[order_id])

    def with_status(self, message: Message, status: str) -> Message:
        """A letter has no word for how far it is."""
        raise AssertionError(f"{message.topic} has no {status}")

    def total(self, order_id: str) -> Money | None:
        """Nobody says what it all costs."""
        assert order_id in self._letters
        return None

    def touch(self, order_id: str) -> None:
        """A letter that was sent stays as it is."""
        raise AssertionError(order_id)

    def take_off(self, order_id: str, pieces: int) -> None:
        """A letter that was sent stays as it is."""
        raise AssertionError(f"{order_id}: {pieces}")

    def cancel(self, order_id: str) -> None:
        """A letter that was sent stays as it is."""
        raise AssertionError(order_id)

    def close(self) -> None:
        """Have nothing to stop."""

    # On the wire ------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The time at the server."""
        return self.post_office.now

    def pass_time(self, by: timedelta) -> None:
        """Let time pass."""
        self.post_office.now += by

    def fail_next(self, trouble: Trouble, *, write: bool = False) -> None:
        """Let the next command go wrong, or the next that changes something."""
        self.post_office.troubles.append((trouble, write))

    def calm(self) -> None:
        """Let nothing go wrong any more."""
        self.post_office.troubles.clear()

    def calls(self) -> int:
        """Count the commands."""
        return len(self.post_office.asked)

    def writes(self) -> int:
        """Count those that change something."""
        return self.post_office.writes

    def hosts(self) -> frozenset[str]:
        """Every host that was called."""
        return frozenset(self.post_office.hosts)

    # Posting, standing and keeping ------------------------------------------------------------

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
        """Sign a letter; every event is a letter of its own."""
        assert not shop
        assert topic is not None
        letter = self._letters[order_id]
        other = letter.replace(b"po-", f"{event}-po-".encode(), 1)
        sent = body if body is not None else letter if event == "event-1" else other
        stamp = str(int((self.now - age).timestamp()))
        by = (secret or SECRET).encode()
        proof = hmac.digest(by, stamp.encode() + b"." + sent, hashlib.sha256).hex()
        return Posted(
            body=sent,
            headers={
                "X-Hornada-Timestamp": stamp,
                "X-Hornada-Signature": f"sha256={proof}",
            },
            proof="X-Hornada-Signature",
        )

    def take_a_right_away(self) -> None:
        """A mailbox grants no single rights."""
        raise AssertionError("there are no scopes")

    def throw_us_out(self) -> None:
        """Change the password."""
        self.post_office.password = "another-app-password-8"

    def deliver(self, mail: bytes) -> None:
        """Let a mail arrive."""
        self.post_office.folders["INBOX"].add(mail)

    def lying_in(self, folder: str) -> Sequence[bytes]:
        """Show what lies in a folder."""
        known = self.post_office.folders.get(folder)
        return [] if known is None else [known.mails[one] for one in sorted(known.mails)]

    def make_anew(self) -> None:
        """Give every mail of the inbox another number."""
        self.post_office.renumber()


def _letter(name: str, basket: Basket) -> bytes:
    letter = EmailMessage()
    letter["From"] = f"{BUYER} <{MAIL}>"
    letter["To"] = ADDRESS
    letter["Subject"] = "Pedido"
    letter["Message-ID"] = f"<{name}>"
    lines = [f"SOAP-{one} x {basket.quantity}" for one in range(1, basket.lines + 1)]
    letter.set_content("\n".join([*lines, "", BUYER, STREET]))
    return letter.as_bytes()


open_shop = EmailHarness
"""What the suite calls to open a fresh one."""
