"""The pretend shops of `hornada sandbox`: at Shopify, at Etsy and by mail, on one port."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from secrets import token_bytes, token_hex

from connectors.sandbox.etsy.ordering import keep_ordering as keep_ordering_at_etsy
from connectors.sandbox.etsy.shop import EtsyShop
from connectors.sandbox.faults import Fault, Faults
from connectors.sandbox.mail.office import PostOffice
from connectors.sandbox.mail.writing import keep_writing
from connectors.sandbox.server import create_sandbox
from connectors.sandbox.serving import Served, serve
from hub.demo.mail import open_office
from hub.demo.shop import Plan, Shop, let_people_order, make_store, page_of
from hub.sample.company import the_company

STORM = {
    "altered": 0.05,
    "bad_signature": 0.02,
    "damaged": 0.05,
    "drop_after_apply": 0.04,
    "drop_before_apply": 0.04,
    "duplicate": 0.25,
    "fail_after_apply": 0.04,
    "fail_before_apply": 0.04,
    "lose": 0.05,
    "rate_limited": 0.04,
    "reorder": 1.0,
}
"""A bad day, by kind of fault and how likely each is to strike."""


@dataclass(frozen=True, slots=True)
class Market:
    """The shops and the post office, open."""

    shopify: Shop
    etsy: EtsyShop
    office: PostOffice
    served: Served

    @property
    def page(self) -> str:
        """Where a person can look into them."""
        return page_of(self.served.port)


@contextmanager
def open_market(plan: Plan, *, etsy_shop: str) -> Iterator[Market]:
    """Open them all; they sell what the sample company makes and are gone with the block."""
    client_id, client_secret = "sandbox-client", f"shpss_{token_hex(16)}"
    store = make_store(plan, client_id=client_id, client_secret=client_secret)
    etsy = _make_etsy(etsy_shop, seed=plan.seed)
    try:
        with (
            open_office(seed=plan.seed) as office,
            serve(create_sandbox([store, etsy, office]), port=plan.port) as served,
        ):
            shop = Shop(store, served, client_id, client_secret)
            yield Market(shop, etsy, office, served)
    finally:
        store.close()
        etsy.close()


def _make_etsy(shop_id: str, *, seed: int) -> EtsyShop:
    shop = EtsyShop(
        shop_id,
        shared_secret=token_hex(8),
        webhook_secret=f"whsec_{b64encode(token_bytes(24)).decode()}",
        rng=Random(seed),
    )
    for variant in the_company().variant:
        shop.add_listing(title=variant.title, sku=variant.sku, price=variant.price)
    return shop


def let_people_order_everywhere(market: Market, plan: Plan) -> None:
    """Let buyers come to both shops, and write, if any are to."""
    let_people_order(market.shopify, plan)
    if plan.every_seconds > 0:
        every = plan.every_seconds
        keep_ordering_at_etsy(market.etsy, every_seconds=every, seed=plan.seed)
    if plan.mails_every > 0:
        keep_writing(market.office, every_seconds=plan.mails_every, seed=plan.seed)


def read_weather(words: Iterable[str]) -> list[Fault]:
    """Read faults as people write them: `lose=0.05`, `slow`, or `storm` for a whole bad day.

    :raises ValueError: there is no such fault, or it is no likelihood from 0 to 1.
    """
    faults = []
    for word in words:
        kind, has_chance, chance = word.partition("=")
        likely = float(chance) if has_chance else 1.0
        if not 0 <= likely <= 1:
            raise ValueError(f"{word}: say how likely it is, from 0 to 1")
        kinds = STORM if kind == "storm" else {kind: 1.0}
        faults += [Fault(kind=k, times=None, chance=c * likely) for k, c in kinds.items()]
    return faults


def cloud(market: Market, faults: Iterable[Fault]) -> None:
    """Let these faults stand in every shop that knows them."""
    shops = (market.shopify.store, market.etsy, market.office)
    weather: tuple[Faults, ...] = tuple(shop.faults for shop in shops)
    for fault in faults:
        for one in weather:
            if one.knows(fault.kind):
                one.add(fault)
