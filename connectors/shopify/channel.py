"""Shopify as a channel: what it can do, and each thing done by the file of that name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import ClassVar

from connectors.errors import AuthExpired, NotFound, Unsupported
from connectors.http import Failpoint, Http, pass_through
from connectors.protocol import (
    CataloguePage,
    ChangePage,
    Connection,
    Delivery,
    Place,
    Pushed,
    Registration,
    Token,
)
from connectors.readings import Message, Reading
from connectors.shopify.answers import Node
from connectors.shopify.auth import fetch_token
from connectors.shopify.catalogue import catalogue, places
from connectors.shopify.client import API_VERSION, AdminApi, covered
from connectors.shopify.fetch import fetch_order
from connectors.shopify.history import history
from connectors.shopify.poll import UPDATED, changes
from connectors.shopify.push import look_up, push
from connectors.shopify.read import order_from_graphql, read
from connectors.shopify.settings import (
    address_of,
    check,
    secrets_of,
    shop_of,
    version_of,
)
from connectors.shopify.stock import stock
from connectors.shopify.verify import verify
from connectors.spec import Capability, Rate, Spec
from connectors.transport import Transport
from mapping.canonical import Order
from mapping.effects import Effect, StockRef

SPEC = Spec(
    key="shopify",
    title="Shopify",
    api_version=API_VERSION,
    capabilities=frozenset(
        {
            Capability.ORDERS_WEBHOOK,
            Capability.ORDERS_FETCH,
            Capability.ORDERS_POLL,
            Capability.CATALOGUE,
            Capability.STOCK,
            Capability.FULFIL,
            Capability.HOLD,
            Capability.PROGRESS,
            Capability.DELIVERED,
        }
    ),
    scopes=frozenset(
        {
            "read_orders",
            "read_products",
            "read_locations",
            "read_inventory",
            "write_inventory",
            "read_merchant_managed_fulfillment_orders",
            "write_merchant_managed_fulfillment_orders",
            "write_fulfillments",
        }
    ),
    streams=(UPDATED,),
    max_page=100,
    # A Standard shop's points; its answers say what it really has (facts: restored 100 a second).
    rates=(Rate(bucket="graphql", size=2000, per=timedelta(seconds=20)),),
    stock_every=timedelta(seconds=5),
    even_when_off=frozenset({"customers/data_request", "customers/redact", "shop/redact"}),
)


class _Scope(Node):
    handle: str


class _Installation(Node):
    access_scopes: list[_Scope]


class _ScopesAnswer(Node):
    current_app_installation: _Installation


class Shopify:
    """One shop, with what it is told of itself; made for one piece of work at a time."""

    spec: ClassVar[Spec] = SPEC

    def __init__(
        self,
        connection: Connection,
        *,
        transport: Transport | None = None,
        failpoint: Failpoint = pass_through,
    ) -> None:
        """Take an account's connection; a simulation brings its own transport."""
        self._connection = connection
        self._transport = transport
        self._failpoint = failpoint

    # Reading: no network -----------------------------------------------------------------

    def read(self, message: Message) -> Reading:
        """Say what a stored webhook means."""
        return read(message)

    def verify(
        self,
        *,
        body: bytes,
        headers: Mapping[str, str],
        now: datetime,  # noqa: ARG002 - Shopify signs no time
    ) -> Delivery:
        """Prove a webhook against the shop's secrets, the app's own among them."""
        return verify(
            body=body,
            headers=headers,
            secrets=secrets_of(self._connection),
            shop=shop_of(self._connection),
        )

    # Asking and telling ------------------------------------------------------------------

    @property
    def served_version(self) -> str:
        """The API version the shop last answered with; empty before the first call."""
        return self._api.served_version

    def fetch_order(self, external_id: str) -> Order:
        """Fetch one order as it is now, all its lines."""
        if not (external_id.isascii() and external_id.isdigit()):
            raise NotFound("Shopify's orders have numbers, and this is none")
        return order_from_graphql(fetch_order(self._api, order_id=external_id))

    def changes(self, stream: str, *, cursor: str, now: datetime, limit: int) -> ChangePage:
        """Read a page of the orders that changed; there is one stream, "updated"."""
        if stream != UPDATED.name:
            raise Unsupported(f"Shopify has no list of changes called “{stream}”")
        return changes(self._api, cursor=cursor, now=now, limit=_page(limit))

    def history(
        self, *, since: datetime, until: datetime, cursor: str, limit: int
    ) -> ChangePage:
        """Read a page of the orders placed in a time, as far back as Shopify lets us see."""
        return history(
            self._api, since=since, until=until, cursor=cursor, limit=_page(limit)
        )

    def catalogue(self, *, cursor: str, limit: int) -> CataloguePage:
        """Read a page of the shop's variants."""
        return catalogue(self._api, cursor=cursor, limit=_page(limit))

    def places(self) -> tuple[Place, ...]:
        """Fetch the shop's locations."""
        return places(self._api)

    def stock(self, refs: Sequence[StockRef]) -> Mapping[StockRef, int | None]:
        """Fetch what the shop shows as available of each thing at its place."""
        return stock(self._api, refs)

    def push(self, effect: Effect) -> Pushed:
        """Make the shop hold an effect, once."""
        return push(self._api, effect)

    def look_up(self, effect: Effect) -> Pushed | None:
        """Say whether the shop holds an effect already."""
        return look_up(self._api, effect)

    def granted_scopes(self) -> frozenset[str]:
        """Fetch the scopes our token has, with those of ours that they include."""
        found = self._api.ask("granted_scopes", {}, into=_ScopesAnswer)
        return _spelt_out(
            one.handle for one in found.current_app_installation.access_scopes
        )

    def renew(self, *, now: datetime) -> Token:
        """Fetch a fresh token with the app's id and secret.

        :raises AuthExpired: they give none, or the account has only a fixed token.
        """
        given = self._connection.credentials
        if not given.get("client_id") or not given.get("client_secret"):
            raise AuthExpired("this connection has a fixed token: paste a new one")
        address = address_of(self._connection)
        token = fetch_token(
            self._http,
            prefix=address.prefix,
            client_id=given["client_id"],
            client_secret=given["client_secret"],
            now=now,
        )
        return replace(token, scopes=_spelt_out(token.scopes))

    @cached_property
    def _http(self) -> Http:
        return Http(
            title=SPEC.title,
            origin=address_of(self._connection).origin,
            allow_loopback=self._connection.allow_loopback,
            transport=self._transport,
            failpoint=self._failpoint,
        )

    @cached_property
    def _api(self) -> AdminApi:
        token = self._connection.token
        value = token.value if token else self._connection.credentials.get("access_token")
        if not value:
            raise AuthExpired("there is no token yet: it must be fetched first")
        return AdminApi(
            http=self._http,
            version=version_of(self._connection),
            token=value,
            prefix=address_of(self._connection).prefix,
        )


def _page(limit: int) -> int:
    return max(1, min(limit, SPEC.max_page))


def _spelt_out(scopes: Iterable[str]) -> frozenset[str]:
    """Add those of our scopes that are only implied: to write a thing is to read it."""
    said = frozenset(scopes)
    return said | covered(SPEC.scopes, by=said)


REGISTRATION = Registration(spec=SPEC, connect=Shopify, check=check)
