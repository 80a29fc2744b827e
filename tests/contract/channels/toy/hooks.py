"""The toy's webhooks: proof that one is the stall's, and subscriptions made by us."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from connectors.errors import SignatureInvalid
from connectors.protocol import Delivery, WebhookAudit
from tests.contract.channels.toy.api import Api
from tests.contract.channels.toy.reading import Node

TOPICS = ("order.changed", "order.gone")
PROOF = "x-toy-signature"
PATIENCE = timedelta(minutes=5)
KEPT = ("x-toy-topic", "x-toy-event", "x-toy-shop")


class _Hook(Node):
    id: str
    topic: str
    address: str


class _Hooks(Node):
    rows: Sequence[_Hook]


class _Nothing(Node):
    pass


def verify(
    *,
    body: bytes,
    headers: Mapping[str, str],
    secrets: Sequence[str],
    shop: str,
    now: datetime,
) -> Delivery:
    """Prove a webhook: hex(HMAC-SHA256(secret, when + "." + raw body)).

    :raises SignatureInvalid: no secret fits, it is another stall's, or an old one again.
    """
    said = {name.lower(): value for name, value in headers.items()}
    if len(said) < len(headers):
        raise SignatureInvalid("A header of the message is there twice.")
    proof = said.get(PROOF, "").encode("utf-8", "replace")
    when = said.get("x-toy-at", "")
    signed = when.encode("utf-8", "replace") + b"." + body
    made = [
        hmac.digest(one.encode(), signed, hashlib.sha256).hex() for one in secrets if one
    ]
    fits = [hmac.compare_digest(one.encode(), proof) for one in made]
    if not any(fits):
        raise SignatureInvalid("No secret of this account fits the message's proof.")
    if said.get("x-toy-shop") != shop:
        raise SignatureInvalid("The message is another stall's.")
    if abs(now.timestamp() - float(when)) > PATIENCE.total_seconds():
        raise SignatureInvalid("The message was signed long ago.")
    return Delivery(
        topic=said.get("x-toy-topic", ""),
        message_id=said.get("x-toy-event", ""),
        headers={name: said[name] for name in KEPT if name in said},
    )


def audit(api: Api, address: str) -> WebhookAudit:
    """Say which topics are sent to our address."""
    there = {one.topic for one in _ours(api, address)}
    return WebhookAudit(
        present=tuple(one for one in TOPICS if one in there),
        missing=tuple(one for one in TOPICS if one not in there),
    )


def ensure(api: Api, address: str) -> WebhookAudit:
    """Subscribe to what is missing."""
    for topic in audit(api, address).missing:
        api.post("/v1/hooks", {"topic": topic, "address": address}, into=_Nothing)
    return WebhookAudit(present=TOPICS)


def remove(api: Api, address: str) -> None:
    """End every subscription to our address."""
    for one in list(_ours(api, address)):
        api.post(f"/v1/hooks/{one.id}/end", {}, into=_Nothing)


def _ours(api: Api, address: str) -> Iterator[_Hook]:
    return (o for o in api.get("/v1/hooks", into=_Hooks).rows if o.address == address)
