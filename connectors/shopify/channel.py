"""Shopify as a channel: what it can do, and each thing done by the file of that name."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import ClassVar

from connectors.errors import (
    AuthExpired,
    NotFound,
    Rejected,
    SignatureInvalid,
    Unsupported,
)
from connectors.http import Failpoint, Http, pass_through
from connectors.protocol import (
    CataloguePage,
    ChangePage,
    Connection,
    Delivery,
    Health,
    Place,
    Pushed,
    Registration,
    Token,
    WebhookAudit,
)
from connectors.readings import Message, Reading
from connectors.shopify import subscriptions
from connectors.shopify.auth import App, fetch_token, refresh_token, trade_code
from connectors.shopify.catalogue import catalogue, places
from connectors.shopify.check_up import check_up, closed
from connectors.shopify.client import API_VERSION, AdminApi, covered
from connectors.shopify.fetch import fetch_order
from connectors.shopify.guide import GUIDE
from connectors.shopify.history import history
from connectors.shopify.oauth import authorise_path, code_of
from connectors.shopify.pacing import RATE
from connectors.shopify.poll import UPDATED, changes
from connectors.shopify.push import look_up, push
from connectors.shopify.read import order_from_graphql, read
from connectors.shopify.settings import (
    FIELDS,
    address_of,
    check,
    secrets_of,
    shop_of,
    version_of,
)
from connectors.shopify.stock import stock
from connectors.shopify.verify import verify
from connectors.spec import Capability, Spec
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
            Capability.OAUTH,
            Capability.WEBHOOKS,
            Capability.STOCK,
            Capability.FULFIL,
            Capability.HOLD,
            Capability.PROGRESS,
            Capability.DELIVERED,
            Capability.PROMISED,
        }
    ),
    fields=FIELDS,
    guide=GUIDE,
    scopes=frozenset(
        {
            "read_orders",
            "write_orders",
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
    rates=(RATE,),
    stock_every=timedelta(seconds=5),
    even_when_off=frozenset({"customers/data_request", "customers/redact", "shop/redact"}),
)


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
        return self._api.served_version if "_api" in vars(self) else ""

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

    # Being told, and how we stand ---------------------------------------------------------

    def audit_webhooks(self, address: str) -> WebhookAudit:
        """Say which topics the shop sends to our address."""
        if why := self._unreachable(address):
            return subscriptions.unreachable(why)
        return subscriptions.audit(self._api, address)

    def ensure_webhooks(self, address: str) -> WebhookAudit:
        """Subscribe to the topics that are missing at our address."""
        if why := self._unreachable(address):
            return subscriptions.unreachable(why)
        return subscriptions.ensure(self._api, address)

    def remove_webhooks(self, address: str) -> None:
        """End every subscription to our address."""
        subscriptions.remove(self._api, address)

    def check_up(self, *, now: datetime) -> Health:
        """Ask the shop which it is, and what our token may do."""
        try:
            api = self._api
        except (AuthExpired, Rejected) as error:
            return Health(findings=(closed(error),))
        return check_up(api, wanted=SPEC.scopes, token=self._connection.token, now=now)

    # Being let in -------------------------------------------------------------------------

    def authorise(self, *, redirect_uri: str, state: str, verifier: str) -> str:  # noqa: ARG002
        """Make the address of the page where the shop's owner lets our app in.

        :raises Rejected: there is no client id, or no such shop.
        """
        app = self._app()
        if app is None:
            raise Rejected("the app's client id and client secret are needed for this")
        path = authorise_path(
            client_id=app.client_id,
            scopes=SPEC.scopes,
            redirect_uri=redirect_uri,
            state=state,
        )
        address = address_of(self._connection)
        return f"{address.origin}{address.prefix}{path}"

    def finish(
        self,
        *,
        redirect_uri: str,  # noqa: ARG002 - the code itself is bound to it
        verifier: str,  # noqa: ARG002
        answer: Mapping[str, str],
        now: datetime,
    ) -> Token:
        """Prove what Shopify's page sent back, and trade its code for a token.

        :raises SignatureInvalid: it is not this app's, too old, or another shop's.
        :raises AuthExpired: the owner refused, or the code is used or too old.
        """
        app = self._app()
        if app is None:
            raise SignatureInvalid("There is no client secret to prove the answer with.")
        shop = shop_of(self._connection)
        code = code_of(answer, secret=app.client_secret, shop=shop, now=now)
        return _spelt_out(trade_code(app, code=code, now=now))

    def renew(self, *, now: datetime) -> Token:
        """Fetch the next token: with the refresh token, else with the app's id and secret.

        :raises AuthExpired: they give none, or the account has only a fixed token.
        """
        app, old = self._app(), self._connection.token
        if app is None:
            raise AuthExpired("this connection has a fixed token: paste a new one")
        if old is not None and old.refresh:
            return _spelt_out(refresh_token(app, refresh=old.refresh, now=now))
        if old is not None and old.expires_at is None:
            raise AuthExpired(
                "the shop took our access back: its owner must let us in again on Shopify's page"
            )
        return _spelt_out(fetch_token(app, now=now))

    def _unreachable(self, address: str) -> str:
        at_home = self._connection.allow_loopback
        return subscriptions.problem_of(address, allow_loopback=at_home)

    def _app(self) -> App | None:
        given = self._connection.credentials
        if not given.get("client_id") or not given.get("client_secret"):
            return None
        return App(
            http=self._http,
            prefix=address_of(self._connection).prefix,
            client_id=given["client_id"],
            client_secret=given["client_secret"],
        )

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
            pacer=self._connection.pacer,
        )


def _page(limit: int) -> int:
    return max(1, min(limit, SPEC.max_page))


def _spelt_out(token: Token) -> Token:
    """Add those of our scopes that are only implied: to write a thing is to read it."""
    return replace(token, scopes=token.scopes | covered(SPEC.scopes, by=token.scopes))


REGISTRATION = Registration(spec=SPEC, connect=Shopify, check=check)
