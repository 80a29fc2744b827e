"""Mistakes in believing messages, one at a time."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from connectors.protocol import (
    Connection,
    Delivery,
)
from connectors.transport import Transport
from tests.contract.channels.toy.channel import Toy

FRESH = count(1)


class BelievesEveryone(Toy):
    """Checks no proof where there is no secret."""

    def verify(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Delivery:
        if not any(self._told.webhook_secrets):
            return Delivery(topic="order.changed", message_id="1")
        return super().verify(body=body, headers=headers, now=now)


class ProvesWhatItWroteItself(Toy):
    """Writes the body anew before it checks the proof."""

    def verify(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Delivery:
        written = json.dumps(json.loads(body or b"0")).encode()
        return super().verify(body=written, headers=headers, now=now)


class OnlyTheFirstSecret(Toy):
    """Forgets that secrets are changed one after the other."""

    def __init__(self, told: Connection, *, transport: Transport | None = None) -> None:
        first = replace(told, webhook_secrets=tuple(told.webhook_secrets)[:1])
        super().__init__(first, transport=transport)


class ComparesTexts(Toy):
    """Compares proofs as text, which breaks on what is not ASCII."""

    def verify(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Delivery:
        proof = {n.lower(): v for n, v in headers.items()}.get("x-toy-signature", "")
        hmac.compare_digest("0" * 64, proof)
        return super().verify(body=body, headers=headers, now=now)


class AnyShop(Toy):
    """Takes another stall's message, because the secret fits."""

    def verify(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Delivery:
        said = {name.lower(): value for name, value in headers.items()}
        ours = {**headers, "X-Toy-Shop": "stall-1"} if "x-toy-shop" in said else headers
        return super().verify(body=body, headers=ours, now=now)


class AnyTime(Toy):
    """Takes a message that was signed long ago."""

    def verify(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Delivery:
        said = {name.lower(): value for name, value in headers.items()}
        when = float(said.get("x-toy-at") or now.timestamp())
        then = datetime.fromtimestamp(when, UTC)
        return super().verify(body=body, headers=headers, now=then)


class FreshIds(Toy):
    """Names each delivery by its own count."""

    def verify(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Delivery:
        proven = super().verify(body=body, headers=headers, now=now)
        return replace(proven, message_id=str(next(FRESH)))


class SameId(Toy):
    """Names each delivery by what it is about."""

    def verify(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Delivery:
        proven = super().verify(body=body, headers=headers, now=now)
        return replace(proven, message_id=hashlib.sha256(body).hexdigest())
