"""How a mail is handed to the hub: raw, with a proof of who posts it."""

import hashlib
import hmac
from dataclasses import dataclass, replace

from connectors.sandbox.messages import Event, Signed

TOPIC = "mail"
TYPE = "message/rfc822"


@dataclass(slots=True, kw_only=True)
class Doorstep:
    """An address every mail is posted to; it stays whatever fails."""

    id: int
    uri: str
    topic: str = TOPIC
    owner: str = "postmaster"
    failures: int = 0


def sign(event: Event, doorstep: Doorstep, *, raw: bytes, secret: str) -> Signed:
    """Sign `timestamp.raw mail` as the hub's page says (HMAC-SHA256, in hexadecimal)."""
    moment = str(int(event.at.timestamp()))
    proof = hmac.new(secret.encode(), moment.encode() + b"." + raw, hashlib.sha256)
    return Signed(
        url=doorstep.uri,
        topic=event.topic,
        event_id=event.id,
        webhook_id=event.id,
        body=raw,
        headers={
            "Content-Type": TYPE,
            "X-Hornada-Timestamp": moment,
            "X-Hornada-Signature": f"sha256={proof.hexdigest()}",
        },
    )


def forge(message: Signed) -> Signed:
    """Break a message's proof and leave everything else as it is."""
    broken = message.headers | {"X-Hornada-Signature": f"sha256={'0' * 64}"}
    return replace(message, headers=broken)
