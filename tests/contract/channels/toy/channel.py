"""The toy channel: everything a channel can be, in as few words as that takes.

It sells at a market stall that does not exist. It is registered by tests only.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import ClassVar

from connectors.errors import AuthExpired, PermissionDenied
from connectors.http import Http, origin_problem
from connectors.protocol import (
    CataloguePage,
    ChangePage,
    Connection,
    Delivery,
    Finding,
    Health,
    Place,
    Pushed,
    Registration,
    Token,
    WebhookAudit,
)
from connectors.readings import Message, Reading
from connectors.spec import Capability, Field, Rate, Spec, Stream
from connectors.transport import Transport
from mapping.canonical import Order
from mapping.effects import Effect, StockRef
from tests.contract.channels.toy import effects, entrance, hooks, lists
from tests.contract.channels.toy.api import BUCKET, PER, SIZE, Api
from tests.contract.channels.toy.reading import Node, ToyOrder, canonical, read

ORIGIN = "https://stall.example"

SPEC = Spec(
    key="toy",
    title="Market stall",
    api_version="1",
    capabilities=frozenset(Capability) - {Capability.MAILBOX, Capability.MAIL},
    fields=(
        Field(name="settings.shop", label="Stall", example="stall-1"),
        Field(
            name="settings.base_url",
            label="Address",
            help="Only for a stall that is pretended on this machine.",
            is_required=False,
        ),
        Field(name="credentials.key", label="App key", is_secret=True),
        Field(
            name="credentials.refresh",
            label="Refresh code",
            help="Only if the stall gave you one; else press Connect afterwards.",
            is_secret=True,
            is_required=False,
        ),
        Field(name="webhook_secrets", label="Signing secret", is_secret=True),
    ),
    scopes=frozenset({"orders", "parcels", "stock", "hooks"}),
    streams=(
        Stream(
            name="orders",
            every=timedelta(minutes=5),
            overlap=lists.OVERLAP,
            lag=lists.LAG,
        ),
    ),
    max_page=50,
    rates=(Rate(bucket=BUCKET, size=SIZE, per=PER),),
    ambiguity_horizon=timedelta(seconds=30),
)


class _Me(Node):
    shop: str
    name: str
    rights: frozenset[str]


class Toy:
    """One stall."""

    spec: ClassVar[Spec] = SPEC

    def __init__(self, told: Connection, *, transport: Transport | None = None) -> None:
        """Take an account's connection; a test brings its own transport."""
        self._told = told
        self._transport = transport

    def read(self, message: Message) -> Reading:
        """Say what a message means."""
        return read(message)

    def verify(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Delivery:
        """Prove a webhook."""
        return hooks.verify(
            body=body,
            headers=headers,
            secrets=self._told.webhook_secrets,
            shop=self._told.settings.get("shop", ""),
            now=now,
        )

    def fetch_order(self, external_id: str) -> Order:
        """Fetch one order as it is now."""
        return canonical(self._api.get(f"/v1/orders/{external_id}", into=ToyOrder))

    def changes(
        self,
        stream: str,  # noqa: ARG002 - there is only one
        *,
        cursor: str,
        now: datetime,
        limit: int,
    ) -> ChangePage:
        """Read a page of what changed."""
        return lists.changes(self._api, cursor=cursor, now=now, limit=limit)

    def history(
        self, *, since: datetime, until: datetime, cursor: str, limit: int
    ) -> ChangePage:
        """Read a page of the orders placed in a stretch of time."""
        return lists.history(
            self._api, since=since, until=until, cursor=cursor, limit=limit
        )

    def push(self, effect: Effect) -> Pushed:
        """Make the stall hold an effect."""
        return effects.push(self._api, effect)

    def look_up(self, effect: Effect) -> Pushed | None:
        """Say whether it holds it."""
        return effects.look_up(self._api, effect)

    def stock(self, refs: Sequence[StockRef]) -> Mapping[StockRef, int | None]:
        """Fetch what is shown."""
        return lists.stock(self._api, refs)

    def catalogue(self, *, cursor: str, limit: int) -> CataloguePage:
        """Read a page of what is on sale."""
        return lists.catalogue(self._api, cursor=cursor, limit=limit)

    def places(self) -> tuple[Place, ...]:
        """Fetch where stock is kept."""
        return lists.places(self._api)

    def audit_webhooks(self, address: str) -> WebhookAudit:
        """Say what is sent to us."""
        return hooks.audit(self._api, address)

    def ensure_webhooks(self, address: str) -> WebhookAudit:
        """Have everything sent to us."""
        return hooks.ensure(self._api, address)

    def remove_webhooks(self, address: str) -> None:
        """Have nothing sent to us any more."""
        hooks.remove(self._api, address)

    def renew(self, *, now: datetime) -> Token:
        """Fetch the next token."""
        return entrance.renew(self._http, self._told, now=now)

    def authorise(self, *, redirect_uri: str, state: str, verifier: str) -> str:
        """Make the address of the page where the owner agrees."""
        return entrance.page(
            self._told, redirect_uri=redirect_uri, state=state, verifier=verifier
        )

    def finish(
        self,
        *,
        redirect_uri: str,  # noqa: ARG002 - the stall does not ask for it again
        verifier: str,
        answer: Mapping[str, str],
        now: datetime,
    ) -> Token:
        """Trade what the page sent back for a token."""
        return entrance.finish(
            self._http, self._told, verifier=verifier, answer=answer, now=now
        )

    def check_up(self, *, now: datetime) -> Health:  # noqa: ARG002 - nothing runs out
        """Say how the connection is."""
        try:
            me = self._api.get("/v1/me", into=_Me)
        except (AuthExpired, PermissionDenied) as e:
            way_out = "Press Connect again."
            found = Finding(code="reconnect", words=f"{e}.", way_out=way_out)
            return Health(findings=(found,))
        lacking = sorted(SPEC.scopes - me.rights)
        findings = tuple(
            Finding(
                code=f"scope_missing:{one}",
                words=f"The app may not see to {one}.",
                way_out=f"Tick “{one}” in the stall's settings.",
            )
            for one in lacking
        )
        return Health(
            shop_ref=me.shop, shop_name=me.name, granted=me.rights, findings=findings
        )

    @cached_property
    def _http(self) -> Http:
        return Http(
            title=SPEC.title,
            origin=self._told.settings.get("base_url", "") or ORIGIN,
            allow_loopback=self._told.allow_loopback,
            transport=self._transport,
        )

    @cached_property
    def _api(self) -> Api:
        if self._told.token is None:
            raise AuthExpired("there is no token yet: it must be fetched first")
        return Api(
            http=self._http,
            key=self._told.credentials.get("key", ""),
            token=self._told.token.value,
            pacer=self._told.pacer,
        )


def check(told: Connection) -> Mapping[str, str]:
    """Name the problems of what was typed, by field."""
    problems: dict[str, str] = {}
    if not told.settings.get("shop"):
        problems["settings.shop"] = "Say which stall it is."
    if not told.credentials.get("key"):
        problems["credentials.key"] = "Paste the app's key."
    if not any(told.webhook_secrets):
        problems["webhook_secrets"] = "Paste the secret that messages are signed with."
    base_url = told.settings.get("base_url", "")
    if base_url and (
        problem := origin_problem(base_url, allow_loopback=told.allow_loopback)
    ):
        problems["settings.base_url"] = problem
    return problems


REGISTRATION = Registration(spec=SPEC, connect=Toy, check=check)
