"""How a shop posts a message: signed bytes with Shopify's headers."""

import hashlib
import hmac
import json
from base64 import b64encode

from tests.doors import SECRET


def an_order(**changes: object) -> bytes:
    """Write a small order as a shop would, as bytes."""
    order = {"id": 820982911946154508, "name": "#1001", "line_items": [], **changes}
    return json.dumps(order).encode()


def signed(body: bytes, *, secret: str = SECRET, **headers: str) -> dict[str, str]:
    """Make the headers of a message, its proof among them."""
    proof = b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
    given = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Hmac-Sha256": proof,
        "X-Shopify-Shop-Domain": "cera-y-sal.myshopify.com",
        "X-Shopify-API-Version": "2026-10",
        "X-Shopify-Event-Id": "98880550-7158-44d4-b7cd-2c97c8a091b5",
        "X-Shopify-Triggered-At": "2026-11-23T08:59:58.123Z",
    }
    return given | {f"X-Shopify-{name}": value for name, value in headers.items()}
