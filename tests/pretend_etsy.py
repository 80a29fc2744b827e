"""A pretended Etsy shop of a soap maker, without sockets, and our channel connected to it."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from connectors.etsy.channel import Etsy
from connectors.http import Failpoint, pass_through
from connectors.pacing import Pacer, Unpaced
from connectors.protocol import Connection, Token
from connectors.sandbox.etsy.shop import EtsyShop
from connectors.sandbox.wire import Call, Dropped
from connectors.transport import Answer, AnswerLost

SHOP_ID = "42"
KEYSTRING = "sandboxkeystring"
SHARED_SECRET = "sandboxsecret"
WEBHOOK_SECRET = "whsec_c2FuZGJveC13ZWJob29rLXNlY3JldA=="
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


@dataclass(frozen=True)
class Sent:
    """A call as it left us."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass
class InProcess:
    """Carries requests to a pretended shop by calling it; it remembers what was sent."""

    shop: EtsyShop
    sent: list[Sent] = field(default_factory=list)

    def get(
        self, url: str, *, query: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        return self._carry("GET", url, b"", headers, query=query)

    def post_json(
        self, url: str, *, payload: Mapping[str, object], headers: Mapping[str, str]
    ) -> Answer:
        return self._carry("POST", url, json.dumps(payload).encode(), headers, kind="json")

    def put_json(
        self, url: str, *, payload: Mapping[str, object], headers: Mapping[str, str]
    ) -> Answer:
        return self._carry("PUT", url, json.dumps(payload).encode(), headers, kind="json")

    def post_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        kind = "x-www-form-urlencoded"
        return self._carry("POST", url, urlencode(fields).encode(), headers, kind=kind)

    def put_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        kind = "x-www-form-urlencoded"
        return self._carry("PUT", url, urlencode(fields).encode(), headers, kind=kind)

    def patch_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        kind = "x-www-form-urlencoded"
        return self._carry("PATCH", url, urlencode(fields).encode(), headers, kind=kind)

    def _carry(
        self,
        method: str,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        kind: str = "",
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        named = {**headers, "Content-Type": f"application/{kind}"} if kind else {**headers}
        there = urlsplit(url)
        asked = query or dict(parse_qsl(there.query))
        self.sent.append(Sent(method, there.path, asked, named, body))
        call = Call(
            method=method,
            path=there.path,
            query=urlencode(asked),
            headers=named,
            body=body,
        )
        try:
            answer = self.shop.answer(call)
        except Dropped as e:
            raise AnswerLost("the pretended shop hung up") from e
        lower = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(status=answer.status, headers=lower, body=answer.body)


def open_shop(hands: Hands, **options: object) -> EtsyShop:
    """Open a shop that sends no webhooks and rolls no dice of its own."""
    given: dict[str, object] = {
        "keystring": KEYSTRING,
        "shared_secret": SHARED_SECRET,
        "webhook_secret": WEBHOOK_SECRET,
        "clock": hands.now,
        "monotonic": hands.seconds,
        "rng": random.Random(7),
        "background": False,
        **options,
    }
    return EtsyShop(SHOP_ID, **given)  # type: ignore[arg-type]


def connection_to(
    shop: EtsyShop,
    *,
    credentials: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    webhook_secrets: Sequence[str] = (WEBHOOK_SECRET,),
    token: Token | None = None,
    pacer: Pacer | None = None,
    allow_loopback: bool = False,
) -> Connection:
    """Make an account's connection to a pretended shop, with the shop's first token."""
    app = {"keystring": KEYSTRING, "shared_secret": SHARED_SECRET}
    first = Token(value=shop.access_token, expires_at=None, refresh=shop.refresh_token)
    return Connection(
        settings={"shop_id": SHOP_ID, **(settings or {})},
        credentials=app if credentials is None else credentials,
        webhook_secrets=webhook_secrets,
        token=token or first,
        pacer=pacer or Unpaced(),
        allow_loopback=allow_loopback,
    )


def connect(
    shop: EtsyShop,
    *,
    transport: InProcess | None = None,
    failpoint: Failpoint = pass_through,
    credentials: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    token: Token | None = None,
    pacer: Pacer | None = None,
) -> Etsy:
    """Connect our channel to a pretended shop."""
    connection = connection_to(
        shop, credentials=credentials, settings=settings, token=token, pacer=pacer
    )
    return Etsy(connection, transport=transport or InProcess(shop), failpoint=failpoint)
