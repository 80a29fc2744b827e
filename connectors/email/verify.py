"""Proof that a raw mail was posted by a program that knows the account's secret.

The program signs as our own pages say: `X-Hornada-Timestamp` (unix seconds) and
`X-Hornada-Signature: sha256=<hex of HMAC-SHA256(secret, timestamp + "." + raw body)>`.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from connectors.email.topic import TOPIC
from connectors.errors import SignatureInvalid
from connectors.message_ids import message_id_of
from connectors.protocol import Delivery

TIMESTAMP = "x-hornada-timestamp"
SIGNATURE = "x-hornada-signature"
WITHIN = timedelta(seconds=300)
"""How far from now a message may have been signed, before or after."""

_TIME = re.compile(r"[0-9]{1,12}", re.ASCII)
_PROOF = re.compile(r"sha256=[0-9a-fA-F]{64}", re.ASCII)


def verify(
    *, body: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime
) -> Delivery:
    """Prove a posted mail against every secret of the account, in constant time.

    :raises SignatureInvalid: no secret fits, a header is missing, doubled or malformed, or it was
        signed more than five minutes from now.
    """
    timestamp, proof = _proof(headers)
    signed = timestamp.encode() + b"." + body
    ours = [_signed(signed, by=secret) for secret in secrets if secret]
    fits = [hmac.compare_digest(one, proof) for one in ours]
    if not any(fits):
        raise SignatureInvalid("No secret of this account fits the message's proof.")
    sent_at = datetime.fromtimestamp(int(timestamp), UTC)
    if not now - WITHIN <= sent_at <= now + WITHIN:
        raise SignatureInvalid("The message was signed more than five minutes from now.")
    return Delivery(topic=TOPIC, message_id=message_id_of(body), triggered_at=sent_at)


def _proof(headers: Mapping[str, str]) -> tuple[str, bytes]:
    """Return the time a message says it was signed, and its proof."""
    named = [(name.lower(), value.strip()) for name, value in headers.items()]
    said = {name: value for name, value in named if name in {TIMESTAMP, SIGNATURE}}
    if len(said) != 2 or sum(name in said for name, _ in named) != 2:
        raise SignatureInvalid("A header of the message's proof is missing or doubled.")
    timestamp, proof = said[TIMESTAMP], said[SIGNATURE]
    if not (_TIME.fullmatch(timestamp) and _PROOF.fullmatch(proof)):
        raise SignatureInvalid("The message's time or proof is malformed.")
    return timestamp, proof.removeprefix("sha256=").lower().encode()


def _signed(content: bytes, *, by: str) -> bytes:
    return hmac.digest(by.encode(), content, hashlib.sha256).hex().encode()
