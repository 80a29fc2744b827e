"""The link a buyer follows to see how their order stands: nobody can guess it, we can end it.

A link holds the order's id and how often its link was made anew, signed; only then is the database
asked. It is in no column, so that who reads the database cannot follow it.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from markupsafe import escape
from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.flow.refusal import Missing
from hub.models.locks import lock_orders
from hub.models.records.history import record
from hub.models.records.orders import SalesOrder
from hub.models.vault import Vault

PURPOSE = b"hornada order-status 1"
ID_BYTES, TURN_BYTES, PROOF_BYTES = 8, 4, 18
"""30 bytes are 40 letters of base64 with no bit left over: no two spellings of one link."""
TOKEN = re.compile(r"[A-Za-z0-9_-]{40}")
MARK = "hornada:order-status:"
"""Stands in a letter for the link, until it leaves: the link is then the newest."""

SHORT_LINE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointed:
    """What a link points to."""

    order_id: int
    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusLinks:
    """Makes links and reads them: the first key signs, all of them prove."""

    keys: tuple[bytes, ...] = field(repr=False)
    base: str
    """Where the hub is reached, without a slash at the end."""
    is_public: bool
    """Whether buyers can reach it there; letters name no address that only we can."""

    def url(self, *, order_id: int, turn: int) -> str:
        """Return the address of an order's page."""
        return f"{self.base}/o/{self.token(order_id=order_id, turn=turn)}"

    def token(self, *, order_id: int, turn: int) -> str:
        """Return what is secret of that address."""
        said = order_id.to_bytes(ID_BYTES) + turn.to_bytes(TURN_BYTES)
        return base64.urlsafe_b64encode(said + _proof(self.keys[0], said)).decode()

    def read(self, token: str) -> Pointed | None:
        """Return what a link points to; None: we never made it. Asks no database."""
        if TOKEN.fullmatch(token) is None:
            return None
        try:
            held = base64.urlsafe_b64decode(token.encode())
        except (ValueError, binascii.Error):
            return None
        said, proof = held[:-PROOF_BYTES], held[-PROOF_BYTES:]
        proved = [hmac.compare_digest(_proof(key, said), proof) for key in self.keys]
        if not any(proved):
            return None
        return Pointed(
            order_id=int.from_bytes(said[:ID_BYTES]), turn=int.from_bytes(said[ID_BYTES:])
        )

    def fill(self, text: str, *, order: SalesOrder, is_html: bool = False) -> str:
        """Put an order's link where a letter about it has a mark; no other order's.

        While buyers cannot reach us, the line of the letter that would name it is left out.
        """
        mark = re.compile(rf"{re.escape(status_mark(order.id))}(?![0-9])")
        if not self.is_public:
            kept = (_without(mark, line) for line in text.splitlines(keepends=True))
            return "".join(kept)
        link = self.url(order_id=order.id, turn=order.status_turn)
        return mark.sub(lambda _: str(escape(link)) if is_html else link, text)


def status_links(
    *, vault: Vault, secret: str | None, base: str, is_public: bool
) -> StatusLinks:
    """Make what makes links, from the secrets at hand.

    The keys are for this alone: what proves a link proves nothing else, and the other way round.
    Older keys of the vault go on proving, so that a new one ends no link.
    """
    older = [key for name, key in vault.keys.items() if name != vault.current]
    held = [vault.keys[vault.current], *older]
    secrets = [*([secret.encode()] if secret else []), *held]
    return StatusLinks(keys=tuple(_derived(secrets)), base=base, is_public=is_public)


def status_mark(order_id: int) -> str:
    """Return what stands for an order's link in a letter that has not left."""
    return f"{MARK}{order_id}"


def renew_link(session: Session, *, order_id: int, who: str, now: datetime) -> int:
    """Make an order's link anew: those that were given out before open nothing any more.

    :raises Missing: there is no such order.
    """
    lock_orders(session, [order_id])
    turned = (
        update(SalesOrder)
        .where(SalesOrder.id == order_id)
        .values(status_turn=SalesOrder.status_turn + 1)
        .returning(SalesOrder.status_turn)
    )
    turn = session.scalar(turned)
    if turn is None:
        raise Missing("There is no such order.")
    record(
        session, at=now, who=who, subject="order", subject_id=order_id,
        what="order.link_renewed",
    )  # fmt: skip
    return turn


def _without(mark: re.Pattern[str], line: str) -> str:
    """Leave out a line that names a link; of one that may be a whole letter, only the link."""
    if not mark.search(line):
        return line
    return "" if len(line) <= SHORT_LINE else mark.sub("", line)


def _derived(secrets: Iterable[bytes]) -> list[bytes]:
    return [hmac.digest(secret, PURPOSE, "sha256") for secret in secrets]


def _proof(key: bytes, said: bytes) -> bytes:
    return hmac.new(key, said, sha256).digest()[:PROOF_BYTES]
