"""Who is told over HTTP: subscriptions, and signed messages with every header Shopify sends."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.sandbox.messages import Event, Signed

API_VERSION = "2026-10"

HUB_TOPICS = (
    "orders/create",
    "orders/updated",
    "orders/paid",
    "orders/cancelled",
    "orders/fulfilled",
    "orders/edited",
    "orders/delete",
    "refunds/create",
    "app/uninstalled",
    "customers/data_request",
    "customers/redact",
    "shop/redact",
)

_CLASSIC = {
    "topic": "X-Shopify-Topic",
    "hmac": "X-Shopify-Hmac-Sha256",
    "shop": "X-Shopify-Shop-Domain",
    "version": "X-Shopify-API-Version",
    "webhook_id": "X-Shopify-Webhook-Id",
    "event_id": "X-Shopify-Event-Id",
    "triggered_at": "X-Shopify-Triggered-At",
    "name": "X-Shopify-Name",
}
_NEXT_GEN = {
    "topic": "shopify-topic",
    "hmac": "shopify-hmac-sha256",
    "shop": "shopify-shop-domain",
    "version": "shopify-api-version",
    "webhook_id": "shopify-webhook-id",
    "event_id": "shopify-event-id",
    "triggered_at": "shopify-triggered-at",
    "name": "shopify-handle",
}
FAMILIES = {"classic": _CLASSIC, "next_gen": _NEXT_GEN}


@dataclass(slots=True, kw_only=True)
class Subscription:
    """A wish to be told; `owner` is api (over GraphQL), app (in the app's toml) or hand.

    Those made by hand in the shop's admin are signed with the shop's own secret.
    """

    id: int
    topic: str
    uri: str
    owner: str
    created_at: datetime
    updated_at: datetime
    include_fields: Sequence[str] = ()
    metafield_namespaces: Sequence[str] = ()
    name: str | None = None
    failures: int = 0


def sign(
    event: Event,
    subscription: Subscription,
    *,
    shop: str,
    secret: str,
    webhook_id: str,
    family: str = "classic",
) -> Signed:
    """Write an event for one subscription and sign the raw bytes: base64(HMAC-SHA256)."""
    body = _encode(event.body, subscription.include_fields)
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    values = {
        "topic": event.topic,
        "hmac": base64.b64encode(digest).decode(),
        "shop": shop,
        "version": API_VERSION,
        "webhook_id": webhook_id,
        "event_id": event.id,
        "triggered_at": event.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }
    if subscription.name:
        values["name"] = subscription.name
    names = FAMILIES[family]
    return Signed(
        url=subscription.uri,
        topic=event.topic,
        event_id=event.id,
        webhook_id=webhook_id,
        body=body,
        headers={"Content-Type": "application/json", "User-Agent": "Shopify-Captain-Hook"}
        | {names[key]: value for key, value in values.items()},
    )


def forge(message: Signed) -> Signed:
    """Break a message's signature and leave everything else as it is."""
    proof = base64.b64encode(b"\x00" * 32).decode()
    names = {families["hmac"] for families in FAMILIES.values()}
    headers = {k: proof if k in names else v for k, v in message.headers.items()}
    return Signed(
        url=message.url,
        topic=message.topic,
        event_id=message.event_id,
        webhook_id=message.webhook_id,
        body=message.body,
        headers=headers,
    )


def _encode(body: dict[str, object], only: Sequence[str]) -> bytes:
    kept = {key: value for key, value in body.items() if key in only} if only else body
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()
