"""A pretended shop of a soap maker, reached without sockets, and our channel connected to it."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from connectors.http import Failpoint, pass_through
from connectors.protocol import Connection, Token
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.wire import Call, Dropped
from connectors.shopify.channel import Shopify
from connectors.transport import Answer, AnswerLost

DOMAIN = "taller.myshopify.com"
TOKEN = "shpat_sandbox0123456789"
CLIENT_ID = "sandbox-client"
CLIENT_SECRET = "shpss_sandbox0123456789"
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@dataclass
class Hands:
    """The hands of the shop's clocks, moved by the test alone."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return self.at.timestamp()

    def move(self, by: timedelta) -> None:
        self.at += by


@dataclass
class InProcess:
    """Carries requests to a pretended shop by calling it; it remembers what was sent."""

    store: Storefront
    sent: list[Mapping[str, object]] = field(default_factory=list)

    def get(
        self, url: str, *, query: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        return self._carry(f"{url}?{urlencode(query)}", b"", headers, method="GET")

    def put_json(
        self, url: str, *, payload: Mapping[str, object], headers: Mapping[str, str]
    ) -> Answer:
        return self._carry(url, json.dumps(payload).encode(), headers, method="PUT")

    def post_json(
        self, url: str, *, payload: Mapping[str, object], headers: Mapping[str, str]
    ) -> Answer:
        self.sent.append(payload)
        kind = {"Content-Type": "application/json"}
        return self._carry(url, json.dumps(payload).encode(), {**headers, **kind})

    def post_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._carry(url, urlencode(fields).encode(), {**headers, **kind})

    def put_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(fields).encode()
        return self._carry(url, body, {**headers, **kind}, method="PUT")

    def patch_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(fields).encode()
        return self._carry(url, body, {**headers, **kind}, method="PATCH")

    def _carry(
        self, url: str, body: bytes, headers: Mapping[str, str], *, method: str = "POST"
    ) -> Answer:
        there = urlsplit(url)
        call = Call(
            method=method,
            path=there.path,
            query=there.query,
            headers=dict(headers),
            body=body,
        )
        try:
            answer = self.store.answer(call)
        except Dropped as e:
            raise AnswerLost("the pretended shop hung up") from e
        named = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(status=answer.status, headers=named, body=answer.body)


def open_store(hands: Hands, *, bucket: tuple[int, int] = (2000, 100)) -> Storefront:
    """Open a shop that sends no webhooks and rolls no dice of its own."""
    return Storefront(
        DOMAIN,
        access_token=TOKEN,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        clock=hands.now,
        monotonic=hands.seconds,
        bucket=bucket,
        rng=random.Random(7),
        background=False,
    )


def connect(
    store: Storefront,
    *,
    credentials: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    webhook_secrets: Sequence[str] = (),
    token: Token | None = None,
    failpoint: Failpoint = pass_through,
) -> Shopify:
    """Connect our channel to a pretended shop."""
    connection = Connection(
        settings={"shop": DOMAIN, **(settings or {})},
        credentials=credentials or {"access_token": TOKEN},
        webhook_secrets=webhook_secrets,
        token=token,
    )
    return Shopify(connection, transport=InProcess(store), failpoint=failpoint)


def press(store: Storefront, url: str, *, decision: str = "grant") -> dict[str, str]:
    """Open Shopify's page as the shop's owner, press a button, and return what it sends back."""
    parts = urlsplit(url)
    call = Call(
        method="POST",
        path=parts.path,
        query=parts.query,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=f"decision={decision}".encode(),
    )
    answer = store.answer(call)
    assert answer.status == 302, answer.body
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
