"""Who is told over HTTP: thin messages, signed as Standard Webhooks are."""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass

from connectors.sandbox.messages import Event, Signed

TOPICS = ("order.paid", "order.canceled", "order.shipped", "order.delivered")


@dataclass(slots=True, kw_only=True)
class Endpoint:
    """An address entered in Etsy's portal for one kind of event; it stays whatever fails."""

    id: int
    topic: str
    uri: str
    owner: str = "portal"
    failures: int = 0


def key_of(secret: str) -> bytes:
    """Read the signing key out of `whsec_...`.

    :raises ValueError: it is not such a secret.
    """
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as no:
        raise ValueError("a webhook secret is whsec_ and base64") from no


def sign(event: Event, endpoint: Endpoint, *, secret: str, style: str = "v1") -> Signed:
    """Write an event and sign `id.timestamp.body`; `style` v1 prefixes the proof, bare does not.

    The id is the event's, so it is the same for every retry and every copy.
    """
    body = json.dumps(event.body, ensure_ascii=False, separators=(",", ":")).encode()
    moment = str(int(event.at.timestamp()))
    signed = b".".join((event.id.encode(), moment.encode(), body))
    digest = hmac.new(key_of(secret), signed, hashlib.sha256).digest()
    proof = base64.b64encode(digest).decode()
    return Signed(
        url=endpoint.uri,
        topic=event.topic,
        event_id=event.id,
        webhook_id=event.id,
        body=body,
        headers={
            "Content-Type": "application/json",
            "webhook-id": event.id,
            "webhook-timestamp": moment,
            "webhook-signature": f"v1,{proof}" if style == "v1" else proof,
        },
    )


def forge(message: Signed) -> Signed:
    """Break a message's signature and leave everything else as it is."""
    proof = "v1," + base64.b64encode(b"\x00" * 32).decode()
    return Signed(
        url=message.url,
        topic=message.topic,
        event_id=message.event_id,
        webhook_id=message.webhook_id,
        body=message.body,
        headers=message.headers | {"webhook-signature": proof},
    )
