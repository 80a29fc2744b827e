"""Etsy as a channel: what it can do, and each thing done by the file of that name."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import ClassVar

from connectors.errors import AuthExpired, NotLetInYet, SignatureInvalid
from connectors.etsy import auth, poll
from connectors.etsy.catalogue import catalogue
from connectors.etsy.checkup import NEEDED_FOR, NOT_CONNECTED, check_up, shop_let_into
from connectors.etsy.client import API_VERSION, PER_DAY, PER_SECOND, EtsyApi
from connectors.etsy.effects.inventory import MOST
from connectors.etsy.fetch import fetch_receipt
from connectors.etsy.guide import GUIDE
from connectors.etsy.push import look_up, push
from connectors.etsy.read import read
from connectors.etsy.read_receipt import order_of
from connectors.etsy.settings import FIELDS, check, shop_of, where_of
from connectors.etsy.stock import stock
from connectors.etsy.verify import verify
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
)
from connectors.readings import Message, Reading
from connectors.spec import Capability, Spec
from connectors.transport import Transport
from mapping.canonical import Order
from mapping.effects import Effect, StockRef

SPEC = Spec(
    key="etsy",
    title="Etsy",
    api_version=API_VERSION,
    capabilities=frozenset(
        {
            Capability.ORDERS_WEBHOOK,
            Capability.ORDERS_FETCH,
            Capability.ORDERS_POLL,
            Capability.CATALOGUE,
            Capability.OAUTH,
            Capability.STOCK,
            Capability.FULFIL,
        }
    ),
    fields=FIELDS,
    guide=GUIDE,
    scopes=frozenset(NEEDED_FOR),
    streams=poll.STREAMS,
    max_page=100,
    rates=(PER_SECOND, PER_DAY),
    reread_every=timedelta(hours=24),
    counts_what_is_sent=False,
    stock_every=timedelta(minutes=5),
    most_stock=MOST,
    none_is_off_sale=True,
    mails_buyers=False,
)


class Etsy:
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

    def verify(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Delivery:
        """Prove a webhook against the secrets of this account."""
        return verify(
            body=body,
            headers=headers,
            secrets=self._connection.webhook_secrets,
            shop_id=shop_of(self._connection),
            now=now,
        )

    # Asking -------------------------------------------------------------------------------

    def fetch_order(self, external_id: str) -> Order:
        """Fetch one receipt as it is now, all its lines."""
        return order_of(fetch_receipt(self._api, receipt_id=external_id))

    def changes(self, stream: str, *, cursor: str, now: datetime, limit: int) -> ChangePage:
        """Read a page of the receipts that changed, or of those a change may hide among."""
        return poll.changes(self._api, stream, cursor=cursor, now=now, limit=limit)

    def history(
        self, *, since: datetime, until: datetime, cursor: str, limit: int
    ) -> ChangePage:
        """Read a page of the receipts placed in a time."""
        return poll.history(self._api, since=since, until=until, cursor=cursor, limit=limit)

    def catalogue(self, *, cursor: str, limit: int) -> CataloguePage:
        """Read a page of the shop's listings, with what each sells."""
        return catalogue(self._api, cursor=cursor, limit=limit)

    def places(self) -> tuple[Place, ...]:
        """Return nothing: at Etsy a listing's stock is in no place."""
        return ()

    def stock(self, refs: Sequence[StockRef]) -> Mapping[StockRef, int | None]:
        """Fetch how many of each thing can be bought."""
        return stock(self._api, refs)

    # Telling ------------------------------------------------------------------------------

    def push(self, effect: Effect) -> Pushed:
        """Make the shop hold an effect, once."""
        return push(self._api, effect)

    def look_up(self, effect: Effect) -> Pushed | None:
        """Say whether the shop holds an effect already."""
        return look_up(self._api, effect)

    # Being let in -------------------------------------------------------------------------

    def authorise(self, *, redirect_uri: str, state: str, verifier: str) -> str:
        """Make the address of the page on which the owner lets us in."""
        return auth.authorise(
            page=where_of(self._connection).consent,
            keystring=self._credential("keystring"),
            redirect_uri=redirect_uri,
            state=state,
            verifier=verifier,
            scopes=SPEC.scopes,
        )

    def finish(
        self,
        *,
        redirect_uri: str,
        verifier: str,
        answer: Mapping[str, str],
        now: datetime,
    ) -> Token:
        """Trade what the page sent back for a token, and see that it is of this shop.

        :raises SignatureInvalid: the answer has no code, or the token is of another shop.
        :raises AuthExpired: the owner refused, or the code is used or too old.
        """
        token = auth.finish(
            self._token_http,
            path=where_of(self._connection).token_path,
            keystring=self._credential("keystring"),
            redirect_uri=redirect_uri,
            verifier=verifier,
            answer=answer,
            now=now,
        )
        let_into = shop_let_into(self._api_with(token.value))
        if let_into not in {"", shop_of(self._connection)}:
            raise SignatureInvalid(
                f"The app was let into shop {let_into}, which is not the shop of this "
                "connection: sign in to Etsy as its owner and connect again."
            )
        return token

    def renew(self, *, now: datetime) -> Token:
        """Fetch a fresh token with the newest refresh token we have; it is used up by that.

        :raises AuthExpired: there is none, or Etsy no longer accepts it.
        """
        kept = self._connection.token
        refresh = (kept.refresh if kept else "") or self._credential("refresh_token")
        if not refresh:
            raise NotLetInYet("the app was not let into the shop yet: press Connect")
        return auth.renew(
            self._token_http,
            path=where_of(self._connection).token_path,
            keystring=self._credential("keystring"),
            refresh=refresh,
            now=now,
        )

    def check_up(self, *, now: datetime) -> Health:
        """Ask Etsy what our token may do and which shop it is."""
        kept = self._connection.token
        if kept is None and not self._credential("access_token"):
            return NOT_CONNECTED
        ends = kept.refresh_expires_at if kept else None
        return check_up(self._api, refresh_ends=ends, now=now)

    # Ways out -----------------------------------------------------------------------------

    def _credential(self, name: str) -> str:
        return self._connection.credentials.get(name, "").strip()

    def _http(self, origin: str) -> Http:
        return Http(
            title=SPEC.title,
            origin=origin,
            allow_loopback=self._connection.allow_loopback,
            transport=self._transport,
            failpoint=self._failpoint,
        )

    @cached_property
    def _token_http(self) -> Http:
        return self._http(where_of(self._connection).token_origin)

    @cached_property
    def _api(self) -> EtsyApi:
        token = self._connection.token
        value = token.value if token else self._credential("access_token")
        if not value:
            raise AuthExpired("there is no token yet: press Connect")
        return self._api_with(value)

    def _api_with(self, token: str) -> EtsyApi:
        return EtsyApi(
            http=self._http(where_of(self._connection).origin),
            shop_id=shop_of(self._connection),
            keystring=self._credential("keystring"),
            shared_secret=self._credential("shared_secret"),
            token=token,
            pacer=self._connection.pacer,
        )


REGISTRATION = Registration(spec=SPEC, connect=Etsy, check=check)
