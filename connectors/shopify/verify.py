"""Proof that a webhook comes from the shop, and what it then says of itself."""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence

from connectors.errors import SignatureInvalid
from connectors.protocol import Delivery
from connectors.shopify.read_words import moment
from mapping.strict_json import clean_text

FAMILIES = ("x-shopify-", "shopify-")
"""Classic webhooks, and the events that will succeed them, name the same things alike."""

KEPT = {"topic", "sub-topic", "shop-domain", "api-version", "webhook-id", "event-id"} | {
    *("triggered-at", "name", "handle", "action", "resource-id", "order-id", "test")
}
"""What a delivery keeps of its headers: no proof, no address, nothing of a person."""

LONGEST = 255


def verify(
    *, body: bytes, headers: Mapping[str, str], secrets: Sequence[str], shop: str = ""
) -> Delivery:
    """Prove a webhook against every secret of the account, in constant time.

    Secrets are the app's (old and new while it is rotated) and the shop's own, which signs
    the webhooks made by hand in its settings. The proof is compared as it was written, so
    no second spelling of it passes. A message that names another shop than `shop` is
    refused: one app's secret signs for every shop it is installed in.

    :raises SignatureInvalid: no secret fits, or the proof is missing, doubled or malformed.
    """
    said = _said(headers)
    proof = _proof(said.get("hmac-sha256", {}))
    fits = [hmac.compare_digest(_signed(body, by=one), proof) for one in secrets if one]
    if not any(fits):
        raise SignatureInvalid("No secret of this account fits the message's proof.")
    shops = {named.casefold() for named in said.get("shop-domain", {}).values()}
    if shop and shops - {shop.casefold()}:
        raise SignatureInvalid("The message is another shop's.")
    return _delivery(said)


def _said(headers: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Gather the headers of both families: by what they say, then by family.

    :raises SignatureInvalid: one is there twice, in two capitalisations.
    """
    said: dict[str, dict[str, str]] = {}
    for header, value in headers.items():
        family = next((one for one in FAMILIES if header.lower().startswith(one)), "")
        by_family = said.setdefault(header.lower().removeprefix(family), {})
        if family in by_family and family:
            raise SignatureInvalid("A header of the message is there twice.")
        if family:
            by_family[family] = value
    return said


def _proof(by_family: Mapping[str, str]) -> bytes:
    given = set(by_family.values())
    proof = next(iter(given), "")
    if len(given) != 1 or not proof or not proof.isascii():
        raise SignatureInvalid("The message's proof is missing, doubled or malformed.")
    return proof.encode("ascii")


def _signed(body: bytes, *, by: str) -> bytes:
    """Return base64(HMAC-SHA256(secret, raw body)): shopify.dev, "Verify webhooks"."""
    return b64encode(hmac.digest(by.encode(), body, hashlib.sha256))


def _delivery(said: Mapping[str, Mapping[str, str]]) -> Delivery:
    """Say what a proven message says of itself.

    All deliveries of one event carry its event id; whether a retry keeps its webhook id,
    Shopify's own pages disagree, so that only stands in where there is no event id.
    """
    one = {name: _short(next(iter(values.values()), "")) for name, values in said.items()}
    return Delivery(
        topic=one.get("topic", "").lower(),
        message_id=one.get("event-id", "") or one.get("webhook-id", ""),
        triggered_at=moment(one.get("triggered-at", "")),
        api_version=one.get("api-version", ""),
        headers={
            family + name: _short(value)
            for name in sorted(KEPT & said.keys())
            for family, value in said[name].items()
        },
    )


def _short(value: str) -> str:
    return clean_text(value).strip()[:LONGEST]
