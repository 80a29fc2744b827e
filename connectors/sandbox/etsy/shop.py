"""A pretend Etsy shop in one hand: seed it, sell in it, look into it, make it misbehave."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from random import Random
from urllib.parse import parse_qsl, urlencode, urlsplit

from connectors.sandbox.clockwork import Later, in_a_thread, utc_now
from connectors.sandbox.deliveries import (
    SHORT_RETRIES,
    Deliveries,
    Send,
    post_over_http,
)
from connectors.sandbox.etsy import listings, overview
from connectors.sandbox.etsy.api import API_KINDS, FORM, Api
from connectors.sandbox.etsy.bodies.listings import inventory_body
from connectors.sandbox.etsy.bodies.receipts import Showing
from connectors.sandbox.etsy.books import Books
from connectors.sandbox.etsy.connect import CONNECT_PATH, ConnectPage
from connectors.sandbox.etsy.grants import Grants
from connectors.sandbox.etsy.keeper import Keeper
from connectors.sandbox.etsy.listings import Offer, Sold
from connectors.sandbox.etsy.rates import Rates
from connectors.sandbox.etsy.visits import Rules
from connectors.sandbox.etsy.webhooks import TOPICS, Endpoint, forge, sign
from connectors.sandbox.faults import WEBHOOK_KINDS, Faults
from connectors.sandbox.messages import Event, Signed, fresh_uuid
from connectors.sandbox.wire import Answer, Call

Json = dict[str, object]

HUB_SCOPES = frozenset(
    {"listings_r", "listings_w", "shops_r", "transactions_r", "transactions_w"}
)


class EtsyShop(Keeper):
    """One shop. Everything random comes from `rng`, every time from `clock` and `monotonic`.

    With `granted` there is a pair of tokens from the start, `access_token` (good for an hour) and
    `refresh_token`; without, somebody must walk through the connect page.
    """

    def __init__(
        self,
        shop_id: str = "42",
        *,
        name: str = "CeraYSal",
        keystring: str = "sandboxkeystring",
        shared_secret: str = "sandboxsecret",  # noqa: S107 - a pretend shop's
        webhook_secret: str = "whsec_c2FuZGJveC13ZWJob29rLXNlY3JldA==",  # noqa: S107
        granted: bool = True,
        scopes: Iterable[str] = HUB_SCOPES,
        redirect_uris: Collection[str] | None = None,
        refresh_grace: float = 0.0,
        currency: str = "EUR",
        country: str = "ES",
        clock: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        rng: Random | None = None,
        rates: tuple[int, int] = (150, 100_000),
        send: Send = post_over_http,
        retries: Sequence[float] = SHORT_RETRIES,
        background: bool = True,
        couriers: int = 1,
        signature_style: str = "v1",
        untidy_bodies: bool = False,
        later: Later = in_a_thread,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.rng = rng or Random(7)
        self.keystring, self.shared_secret = keystring, shared_secret
        self.webhook_secret, self.signature_style = webhook_secret, signature_style
        self.untidy_bodies = untidy_bodies
        self.faults = Faults(self.rng, API_KINDS | WEBHOOK_KINDS)
        self.webhooks: Deliveries[Endpoint] = Deliveries(
            sign=self._sign,
            forge=forge,
            send=send,
            faults=self.faults,
            rng=self.rng,
            monotonic=monotonic,
            retries=retries,
            background=background,
            couriers=couriers,
        )
        self.books = Books(
            shop_id=int(shop_id),
            name=name,
            currency=currency,
            country=country,
            clock=clock,
            announce=self._announce,
        )
        self.grants = Grants(
            client_id=keystring,
            user_id=self.books.user_id,
            rng=self.rng,
            grace=timedelta(seconds=refresh_grace),
        )
        self.access_token = f"{self.books.user_id}.sandbox-access"
        self.refresh_token = f"{self.books.user_id}.sandbox-refresh"
        if granted:
            self.grants.put(
                self.access_token,
                self.refresh_token,
                scopes=frozenset(scopes),
                now=self.books.now(),
            )
        self.showing, self.rules = Showing(), Rules()
        self.rates = Rates(per_second=rates[0], per_day=rates[1], monotonic=monotonic)
        self._connect = ConnectPage(
            grants=self.grants,
            shop_name=name,
            redirect_uris=redirect_uris,
            now=self.books.now,
        )
        self.api = Api(
            books=self.books,
            grants=self.grants,
            keystring=keystring,
            shared_secret=shared_secret,
            connect=self._connect,
            showing=self.showing,
            rules=self.rules,
            rates=self.rates,
            faults=self.faults,
            rng=self.rng,
            later=later,
            sleep=sleep,
        )
        self._next_endpoint = 1
        self._closers: list[Callable[[], None]] = [self.webhooks.close]

    # The wire -----------------------------------------------------------------------------

    @property
    def shop_id(self) -> str:
        """Etsy's id of the shop."""
        return str(self.books.shop_id)

    @property
    def domain(self) -> str:
        """The name the back door knows the shop by."""
        return f"etsy/{self.shop_id}"

    def answer(self, call: Call) -> Answer:
        """Answer a call to the API, for a token or of the connect page, without a socket.

        :raises Dropped: the real wire would hang up.
        """
        return self.api.answer(call)

    def grant(self, scopes: Iterable[str] = HUB_SCOPES) -> Json:
        """Hand out a fresh pair of tokens without asking anybody, as the token endpoint answers."""
        with self.books.lock:
            return self.grants.issue(scopes=frozenset(scopes), now=self.books.now())

    def consent(self, address: str, *, grant: bool = True) -> str:
        """Press a button on the connect page at this address; returns where the browser goes.

        :raises ValueError: the page shows a mistake instead.
        """
        given = dict(parse_qsl(urlsplit(address).query))
        pressed = given | {"answer": "grant" if grant else "refuse"}
        made = self.answer(
            Call(
                method="POST",
                path=CONNECT_PATH,
                headers={"Content-Type": FORM},
                body=urlencode(pressed).encode(),
            )
        )
        if made.status != 302:
            raise ValueError(made.body.decode())
        return made.headers["Location"]

    def revoke_tokens(self) -> None:
        """Make every token and code worthless, as the seller's new password does."""
        with self.books.lock:
            self.grants.revoke_all()

    def narrow_scopes(self, scopes: Iterable[str]) -> None:
        """Let the tokens that are out do only this."""
        with self.books.lock:
            self.grants.narrow(frozenset(scopes))

    def deny(self, *, tracking: bool = True, addresses: bool = True) -> None:
        """Close tracking and addresses to this key, as Etsy does in some countries."""
        self.rules.tracking, self.showing.addresses = not tracking, not addresses

    def skew_clock(self, seconds: float) -> None:
        """Let the shop's clock be wrong by so much."""
        self.books.skew = timedelta(seconds=seconds)

    # Seeding ------------------------------------------------------------------------------

    def add_listing(
        self,
        *,
        title: str,
        sku: str = "",
        price: str = "10.00",
        quantity: int = 500,
        vary_by: Mapping[str, Sequence[str]] | None = None,
        products: Sequence[Sold] = (),
        digital: bool = False,
        personalizable: bool = False,
        processing_days: int = 3,
        state: str = "active",
    ) -> Json:
        """Put a listing on sale; see `Offer`. Returns `{id, title, state, products: [...]}`."""
        offer = Offer(
            title=title,
            sku=sku,
            price=price,
            quantity=quantity,
            vary_by=vary_by or {},
            products=products,
            digital=digital,
            personalizable=personalizable,
            processing_days=processing_days,
            state=state,
        )
        with self.books.lock:
            return overview.listing_row(listings.add(self.books, offer))

    def subscribe(self, topic: str, url: str) -> str:
        """Enter an address in the portal for one kind of event. Returns the entry's id."""
        number, self._next_endpoint = self._next_endpoint, self._next_endpoint + 1
        self.webhooks.subscribe(Endpoint(id=number, topic=topic, uri=url))
        return str(number)

    def subscribe_all(self, url: str, topics: Iterable[str] = TOPICS) -> None:
        """Enter an address for every kind of event."""
        for topic in topics:
            self.subscribe(topic, url)

    def on_close(self, act: Callable[[], None]) -> None:
        """Have something stopped when the shop closes."""
        self._closers.insert(0, act)

    def close(self) -> None:
        """Stop every thread of the shop."""
        for act in self._closers:
            act()

    # Looking ------------------------------------------------------------------------------

    def order(self, order_id: str) -> Json:
        """Show a receipt with its lines, shipments and mails.

        :raises Refused: there is none.
        """
        with self.books.lock:
            return overview.order_row(self.books, self.books.receipt(int(order_id)))

    def orders(self) -> list[Json]:
        """Show every receipt, the oldest first, phantoms too."""
        with self.books.lock:
            return [overview.order_row(self.books, r) for r in self.books.receipts.values()]

    def listings(self) -> list[Json]:
        """Show every listing with what it sells."""
        with self.books.lock:
            return [overview.listing_row(each) for each in self.books.listings.values()]

    def inventory(self, listing_id: str) -> Json:
        """Show a listing's inventory exactly as the API gives it.

        :raises Refused: there is no such listing.
        """
        with self.books.lock:
            return inventory_body(self.books, self.books.listing(int(listing_id)))

    def stock(self) -> dict[str, int]:
        """Show what is on sale by SKU."""
        with self.books.lock:
            return {p.sku: p.offering.quantity for _, p in self.books.on_sale() if p.sku}

    def mails(self) -> list[Json]:
        """Show every mail sent to a buyer."""
        with self.books.lock:
            return [overview.mail_row(mail) for mail in self.books.mails]

    def requests(self) -> list[Json]:
        """Show every call: when, which operation, how it ended, which fault struck."""
        return [asdict(seen) | {"at": overview.written(seen.at)} for seen in self.api.seen]

    # Inside -------------------------------------------------------------------------------

    def _announce(self, topic: str, receipt_id: int) -> None:
        path = f"/v3/application/shops/{self.books.shop_id}/receipts/{receipt_id}"
        body: Json = {
            "event_type": topic,
            "resource_url": f"https://openapi.etsy.com{path}",
            "shop_id": self.books.shop_id,
        }
        if (
            self.untidy_bodies
        ):  # both seen: a text for the id, a line break after the address
            body |= {
                "shop_id": self.shop_id,
                "resource_url": f"https://api.etsy.com{path}\n",
            }
        event = Event(id=fresh_uuid(self.rng), topic=topic, body=body, at=self.books.now())
        self.webhooks.publish(event)

    def _sign(self, event: Event, endpoint: Endpoint, _: str) -> Signed:
        return sign(event, endpoint, secret=self.webhook_secret, style=self.signature_style)
