"""A pretend post office in one hand: hand in mails, see what it posted, make it misbehave."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser
from email.policy import SMTP
from random import Random
from threading import RLock

from connectors.sandbox.clockwork import utc_now
from connectors.sandbox.deliveries import (
    SHORT_RETRIES,
    Deliveries,
    Send,
    post_over_http,
)
from connectors.sandbox.faults import MAIL_KINDS, WEBHOOK_KINDS, Faults
from connectors.sandbox.mail.harm import altered, damaged
from connectors.sandbox.mail.letter import Letter, address_of, write
from connectors.sandbox.mail.people import Goods, Person
from connectors.sandbox.mail.webhooks import TOPIC, Doorstep, forge, sign
from connectors.sandbox.messages import Event, Signed, fresh_uuid

Json = dict[str, object]

MOST = 500
"""So many mails can be looked at or posted again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A mail as it was posted."""

    id: str
    raw: bytes
    at: datetime
    harm: str = ""


class PostOffice:
    """The mail server of one mailbox. Everything random comes from `rng`, time from the clocks.

    `mx` is the name it signs its findings with, `secret` what proves its posts to the hub;
    `people` are the customers who may write, about `goods`.
    """

    def __init__(
        self,
        address: str = "orders@shop.example",
        *,
        mx: str = "mx.shop.example",
        secret: str = "sandbox-mail-secret",  # noqa: S107 - a pretend shop's
        people: Sequence[Person] = (),
        goods: Sequence[Goods] = (),
        clock: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        rng: Random | None = None,
        send: Send = post_over_http,
        retries: Sequence[float] = SHORT_RETRIES,
        background: bool = True,
        couriers: int = 1,
    ) -> None:
        self.address, self.mx, self.secret = address, mx, secret
        self.people, self.goods = tuple(people), tuple(goods)
        self.rng = rng or Random(7)
        self.faults = Faults(self.rng, WEBHOOK_KINDS | MAIL_KINDS)
        self.webhooks: Deliveries[Doorstep] = Deliveries(
            sign=self._sign,
            forge=forge,
            send=send,
            faults=self.faults,
            rng=self.rng,
            monotonic=monotonic,
            retries=retries,
            background=background,
            couriers=couriers,
        )
        self._clock, self._skew = clock, timedelta()
        self._lock = RLock()
        self._box: OrderedDict[str, Posted] = OrderedDict()
        self._next_doorstep = 1
        self._closers: list[Callable[[], None]] = [self.webhooks.close]

    # Handing in ---------------------------------------------------------------------------

    def send(self, letter: Letter) -> str:
        """Post a customer's mail, written now. Returns the id it can be posted again by."""
        raw = write(letter, to=self.address, mx=self.mx, at=self.now())
        return self.send_raw(raw, names={address_of(letter.sender)})

    def send_raw(self, raw: bytes, *, names: set[str] | None = None) -> str:
        """Post a mail as it is; faults find it by `names` or by the topic."""
        known_by = (names or set()) | {TOPIC}
        struck = self.faults.strike_all(known_by, MAIL_KINDS)
        harms = {fault.kind for fault in struck}
        first = damaged(raw) if "damaged" in harms else raw
        posted = self._post(first, harm="damaged" if "damaged" in harms else "")
        if "altered" in harms:
            self._post(altered(raw), harm="altered")
        return posted

    def resend(self, posted_id: str) -> None:
        """Post a mail again, the same bytes signed anew.

        :raises KeyError: there was no such mail, or it is too long ago.
        """
        with self._lock:
            posted = self._box[posted_id]
        self.webhooks.publish(self._event(posted.id))

    def subscribe(self, url: str) -> str:
        """Enter an address every mail is posted to. Returns the entry's id."""
        with self._lock:
            number, self._next_doorstep = self._next_doorstep, self._next_doorstep + 1
        self.webhooks.subscribe(Doorstep(id=number, uri=url))
        return str(number)

    # Clocks and ends ----------------------------------------------------------------------

    def now(self) -> datetime:
        """Tell the time here, which may be wrong."""
        return self._clock() + self._skew

    def skew_clock(self, seconds: float) -> None:
        """Let the clock be wrong by so much."""
        self._skew = timedelta(seconds=seconds)

    def on_close(self, act: Callable[[], None]) -> None:
        """Have something stopped when the post office closes."""
        self._closers.insert(0, act)

    def close(self) -> None:
        """Stop every thread."""
        for act in self._closers:
            act()

    # Looking ------------------------------------------------------------------------------

    def posted(self) -> list[Json]:
        """Show the mails that were posted, the oldest first, and how each delivery went."""
        tries = self.webhooks.tries()
        with self._lock:
            kept = list(self._box.values())
        return [_row(each) | {"deliveries": tries.get(each.id, [])} for each in kept]

    def raw(self, posted_id: str) -> bytes:
        """Return a mail as it was posted.

        :raises KeyError: there was no such mail, or it is too long ago.
        """
        with self._lock:
            return self._box[posted_id].raw

    # Inside -------------------------------------------------------------------------------

    def _post(self, raw: bytes, *, harm: str) -> str:
        with self._lock:
            posted = Posted(id=fresh_uuid(self.rng), raw=raw, at=self.now(), harm=harm)
            self._box[posted.id] = posted
            while len(self._box) > MOST:
                self._box.popitem(last=False)
        self.webhooks.publish(self._event(posted.id))
        return posted.id

    def _event(self, posted_id: str) -> Event:
        return Event(id=posted_id, topic=TOPIC, body={}, at=self.now())

    def _sign(self, event: Event, doorstep: Doorstep, _: str) -> Signed:
        return sign(event, doorstep, raw=self.raw(event.id), secret=self.secret)


def _row(posted: Posted) -> Json:
    head = BytesHeaderParser(policy=SMTP).parsebytes(posted.raw)
    return {
        "id": posted.id,
        "at": posted.at.isoformat(),
        "from": str(head["From"] or ""),
        "subject": str(head["Subject"] or ""),
        "message_id": str(head["Message-ID"] or "").strip("<> "),
        "size": len(posted.raw),
        "harm": posted.harm,
    }
