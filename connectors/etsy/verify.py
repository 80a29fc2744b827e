"""Proof that a webhook comes from Etsy, and what it then says of itself.

Etsy signs as Standard Webhooks do: base64 of HMAC-SHA256 over `id.timestamp.body`. Its pages do
not say whether each proof begins with `v1,`, so both ways are taken; other versions are not.
"""

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from connectors.errors import SignatureInvalid
from connectors.etsy.read import event_of
from connectors.etsy.settings import webhook_key
from connectors.protocol import Delivery

NOT_BEFORE = timedelta(hours=48)
"""Etsy tries for 28 hours and may sign the time of the event, not of the try: its own 300 seconds
would refuse every later try. What is old says nothing new twice: ids are remembered longer."""
NOT_AFTER = timedelta(seconds=300)

MOST_PROOFS = 20
_ID = re.compile(r"[!-~]{1,200}", re.ASCII)
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_NAMES = ("webhook-id", "webhook-timestamp", "webhook-signature")


def verify(
    *,
    body: bytes,
    headers: Mapping[str, str],
    secrets: Sequence[str],
    shop_id: str,
    now: datetime,
) -> Delivery:
    """Prove a webhook against every secret of the account, in constant time.

    :raises SignatureInvalid: no secret fits, the proof is missing, doubled or malformed, it was
        signed too long ago or in the future, or it names another shop.
    """
    message_id, timestamp, proofs = _proof(headers)
    signed = b".".join([message_id.encode(), timestamp.encode(), body])
    ours = [_signed(signed, by=key) for key in _keys(secrets)]
    fits = [hmac.compare_digest(one, proof) for one in ours for proof in proofs]
    if not any(fits):
        raise SignatureInvalid("No secret of this account fits the message's proof.")
    sent_at = _in_time(timestamp, now=now)
    event = event_of(body)
    if event.shops - {shop_id}:
        raise SignatureInvalid("The message is another shop's.")
    return Delivery(
        topic=event.topic,
        message_id=message_id,
        triggered_at=sent_at,
        headers={"webhook-id": message_id, "webhook-timestamp": timestamp},
    )


def _proof(headers: Mapping[str, str]) -> tuple[str, str, list[bytes]]:
    """Return the message's id, its timestamp, and each proof that may be the right one."""
    named = [(name.lower(), value) for name, value in headers.items()]
    said = {name: value.strip() for name, value in named if name in _NAMES}
    if sum(name in _NAMES for name, _ in named) != len(_NAMES) or len(said) != len(_NAMES):
        raise SignatureInvalid("A header of the message's proof is missing or doubled.")
    message_id, timestamp, given = (said[name] for name in _NAMES)
    if not (_ID.fullmatch(message_id) and _TIMESTAMP.fullmatch(timestamp)):
        raise SignatureInvalid("The message's id or time is malformed.")
    proofs = given.split(" ")[:MOST_PROOFS] if given.isascii() else []
    bare = [one.removeprefix("v1,").encode() for one in proofs]
    return message_id, timestamp, [one for one in bare if one and b"," not in one]


def _keys(secrets: Sequence[str]) -> list[bytes]:
    keys = []
    for secret in secrets:
        try:
            keys.append(webhook_key(secret))
        except ValueError:  # noqa: PERF203 - a bad one says nothing about the others
            continue
    return keys


def _signed(content: bytes, *, by: bytes) -> bytes:
    return b64encode(hmac.digest(by, content, hashlib.sha256))


def _in_time(timestamp: str, *, now: datetime) -> datetime:
    try:
        sent_at = datetime.fromtimestamp(int(timestamp), UTC)
    except (ValueError, OverflowError, OSError) as e:
        raise SignatureInvalid("The message's time is no time.") from e
    if not now - NOT_BEFORE <= sent_at <= now + NOT_AFTER:
        raise SignatureInvalid("The message was signed too long ago, or in the future.")
    return sent_at
