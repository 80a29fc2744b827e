"""The pretend shop: it sells what the sample company makes, is connected, and people order."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from random import Random
from secrets import token_hex

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.protocol import Connection
from connectors.sandbox.mail.office import PostOffice
from connectors.sandbox.server import create_sandbox
from connectors.sandbox.serving import Served, serve
from connectors.sandbox.shopify.ordering import keep_ordering
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.shopify.wanted import Wanted
from hub.demo.mail import open_office, start_mail
from hub.domain.states import Intent
from hub.flow.channels.channels import change_switches, connect
from hub.flow.orders.change import cancel_order
from hub.flow.refusal import Refusal
from hub.models.records.channels import ChannelAccount
from hub.models.records.orders import SalesOrder
from hub.ports import Ports
from hub.sample.company import fill, is_empty, map_variants, the_company
from workers.stopping import Stopping

CHANNEL = "shopify"
NAME = "Sandbox shop"
WHO = "system"
CLOSED = "The sandbox shop of an earlier start is gone, and its orders with it."
FIRST_SKU, FIRST_PIECES = "CND-ORA-200", 2
"""The first order is for what the workshop has none of, so that something must be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a pretend shop is to be: where it listens, its name, and how often people order.

    With 0 seconds nobody orders, or writes, by themselves. The same seed gives the same buyers.
    """

    port: int
    domain: str = "cera-y-sal.myshopify.com"
    every_seconds: float = 8.0
    mails_every: float = 0.0
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Shop:
    """A pretend shop that answers, and the secrets of the app that is connected to it."""

    store: Storefront
    served: Served
    client_id: str
    client_secret: str

    @property
    def url(self) -> str:
        """Where its API answers."""
        return self.served.url

    @property
    def page(self) -> str:
        """Where a person can look into it."""
        return page_of(self.served.port)


def page_of(port: int) -> str:
    """Say where a person can look into the shop on this port."""
    return f"http://127.0.0.1:{port}/sandbox/"


def make_store(plan: Plan, *, client_id: str, client_secret: str) -> Storefront:
    """Make a shop that sells what the sample company makes, without opening it."""
    store = Storefront(
        plan.domain,
        name="Cera y Sal",
        access_token=None,
        client_id=client_id,
        client_secret=client_secret,
        rng=Random(plan.seed),
    )
    store.add_location("Granada")
    for variant in the_company().variant:
        store.add_variant(sku=variant.sku, title=variant.title, price=variant.price)
    return store


@contextmanager
def open_shop(plan: Plan, *, office: PostOffice | None = None) -> Iterator[Shop]:
    """Open a shop that sells what the sample company makes; it is gone when the block ends.

    The back door of a post office is shown beside it.
    """
    client_id, client_secret = "sandbox-client", f"shpss_{token_hex(16)}"
    store = make_store(plan, client_id=client_id, client_secret=client_secret)
    try:
        beside = [office] if office else []
        with serve(create_sandbox([store, *beside]), port=plan.port) as served:
            yield Shop(store, served, client_id, client_secret)
    finally:
        store.close()


def let_people_order(shop: Shop, plan: Plan) -> None:
    """Let buyers come, if any are to come."""
    if plan.every_seconds > 0:
        keep_ordering(shop.store, every_seconds=plan.every_seconds, seed=plan.seed)


def run_shop(ports: Ports, plan: Plan) -> None:
    """Keep a shop open and connected until told to stop. It remembers nothing of earlier ones."""
    stopping = Stopping()
    stopping.listen()
    with open_office(seed=plan.seed) as office, open_shop(plan, office=office) as shop:
        now = ports.clock.now()
        path = ports.database.run(lambda session: move_in(session, ports, shop, now=now))
        ports.wake.wake("plan")
        shop.store.subscribe_all(f"http://127.0.0.1:{ports.settings.port}{path}")
        shop.store.place_order([Wanted(sku=FIRST_SKU, quantity=FIRST_PIECES)])
        let_people_order(shop, plan)
        start_mail(ports, office, every_seconds=plan.mails_every, seed=plan.seed, now=now)
        stopping.wait()
    ports.database.dispose()


def move_in(session: Session, ports: Ports, shop: Shop, *, now: datetime) -> str:
    """Connect a shop that has just opened, live. This function will say its webhooks' path.

    The workshop gets the sample company if it is empty; the shops of earlier starts, which nobody
    can reach any more, are turned off and what they still wanted is cancelled.
    """
    company = the_company()
    if is_empty(session):
        fill(session, company=company, now=now)
    earlier = _earlier_shops(session)
    for account in earlier:
        _close(session, account, now=now)
    account = _connect(session, ports, shop, name=_name(len(earlier)), now=now)
    map_variants(session, account_id=account.id, company=company, now=now)
    change_switches(session, account_id=account.id, mode="live", who=WHO, now=now)
    return f"/webhooks/{CHANNEL}/{account.key}"


def _earlier_shops(session: Session) -> list[ChannelAccount]:
    ours = ChannelAccount.name.startswith(NAME)
    found = select(ChannelAccount).filter_by(channel=CHANNEL).where(ours)
    return list(session.scalars(found.order_by(ChannelAccount.id)))


def _name(earlier: int) -> str:
    return f"{NAME} {earlier + 1}" if earlier else NAME


def _connect(
    session: Session, ports: Ports, shop: Shop, *, name: str, now: datetime
) -> ChannelAccount:
    secrets = {"client_id": shop.client_id, "client_secret": shop.client_secret}
    return connect(
        session,
        vault=ports.vault,
        registration=ports.channels[CHANNEL],
        name=name,
        connection=Connection(
            settings={"shop": shop.store.domain, "base_url": shop.url},
            credentials=secrets,
            allow_loopback=ports.settings.allow_loopback,
        ),
        who=WHO,
        now=now,
    )


def _close(session: Session, account: ChannelAccount, *, now: datetime) -> None:
    if account.mode != "off":
        change_switches(session, account_id=account.id, mode="off", who=WHO, now=now)
    unsent = select(SalesOrder.id).where(
        SalesOrder.account_id == account.id,
        SalesOrder.intent.in_((Intent.OPEN, Intent.ON_HOLD)),
    )
    for order_id in session.scalars(unsent.order_by(SalesOrder.id)).all():
        try:
            cancel_order(session, order_id=order_id, reason=CLOSED, who=WHO, now=now)
        except Refusal:
            continue  # all of it was sent while there was somebody to send it to
