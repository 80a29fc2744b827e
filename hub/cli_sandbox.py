"""The command that plays shops on this machine, to try the hub out against."""

import click

from connectors.sandbox.faults import Fault
from hub.demo.market import (
    Market,
    cloud,
    let_people_order_everywhere,
    open_market,
    read_weather,
)
from hub.demo.shop import Plan
from workers.stopping import Stopping


def _weather(_: click.Context, __: click.Parameter, words: tuple[str, ...]) -> list[Fault]:
    try:
        return read_weather(words)
    except ValueError as mistake:
        raise click.BadParameter(str(mistake)) from mistake


@click.command()
@click.option("--port", default=8471, show_default=True, help="The port to listen on.")
@click.option(
    "--shop",
    default="taller.myshopify.com",
    show_default=True,
    help="The Shopify shop's name.",
)
@click.option(
    "--etsy-shop",
    default=42,
    show_default=True,
    type=click.IntRange(1, 999_999),
    help="The Etsy shop's number.",
)
@click.option(
    "--orders-every",
    default=0.0,
    type=click.FloatRange(min=0),
    help="Seconds between two orders in each shop; nobody orders if not given.",
)
@click.option(
    "--mails-every",
    default=0.0,
    type=click.FloatRange(min=0),
    help="Seconds between two mails of customers; nobody writes if not given.",
)
@click.option(
    "--seed", default=7, show_default=True, help="The same seed, the same buyers."
)
@click.option(
    "--faults",
    metavar="KIND[=CHANCE]",
    multiple=True,
    callback=_weather,
    help="Trouble, as often as you like: lose=0.05, slow, rate_limited=0.1; storm is some of all.",
)
@click.option(
    "--webhooks",
    metavar="URL",
    help="Where Shopify sends: the webhook URL the hub shows for that connection.",
)
@click.option(
    "--etsy-webhooks",
    metavar="URL",
    help="Where Etsy sends: the webhook URL the hub shows for that connection.",
)
@click.option(
    "--mail-webhooks",
    metavar="URL",
    help="Where mails are posted: the webhook URL the hub shows for that connection.",
)
@click.option(
    "--mail-secret",
    metavar="SECRET",
    help="What mails are signed with; a fresh one if not given.",
)
def sandbox(
    *,
    port: int,
    shop: str,
    etsy_shop: int,
    orders_every: float,
    mails_every: float,
    seed: int,
    faults: list[Fault],
    webhooks: str | None,
    etsy_webhooks: str | None,
    mail_webhooks: str | None,
    mail_secret: str | None,
) -> None:
    """Play a Shopify shop, an Etsy shop and customers who order by mail on this machine, with
    their APIs and webhooks, until Ctrl-C.

    Connect them in the hub with what this prints; the hub must be started with
    HORNADA_ALLOW_LOOPBACK=1. They sell what the sample company makes and remember nothing.
    """
    stopping = Stopping()
    stopping.listen()
    plan = Plan(
        port=port,
        domain=shop,
        every_seconds=orders_every,
        mails_every=mails_every,
        seed=seed,
    )
    with open_market(plan, etsy_shop=str(etsy_shop)) as market:
        if webhooks:
            market.shopify.store.subscribe_all(webhooks)
        if etsy_webhooks:
            market.etsy.subscribe_all(etsy_webhooks)
        market.office.secret = mail_secret or market.office.secret
        if mail_webhooks:
            market.office.subscribe(mail_webhooks)
        cloud(market, faults)
        let_people_order_everywhere(market, plan)
        click.echo(what_to_type(market))
        stopping.wait()


def what_to_type(market: Market) -> str:
    """Say what connects each shop, and where to look into them."""
    shopify, etsy, office = market.shopify, market.etsy, market.office
    writers = "\n".join(f"                 {each.sender}" for each in office.people)
    return (
        f"{shopify.store.domain} and Etsy shop {etsy.shop_id} are open (Ctrl-C closes them)\n"
        f"  to look into   {market.page}\n"
        f"Shopify\n"
        f"  shop           {shopify.store.domain}\n"
        f"  base URL       {shopify.url}\n"
        f"  client id      {shopify.client_id}\n"
        f"  client secret  {shopify.client_secret}\n"
        f"Etsy\n"
        f"  shop number    {etsy.shop_id}\n"
        f"  base URL       {market.served.url}\n"
        f"  keystring      {etsy.keystring}\n"
        f"  shared secret  {etsy.shared_secret}\n"
        f"  webhook secret {etsy.webhook_secret}\n"
        f"  refresh token  {etsy.refresh_token}\n"
        f"E-mail\n"
        f"  address        {office.address}\n"
        f"  mail server    {office.mx}\n"
        f"  webhook secret {office.secret}\n"
        f"  who writes\n{writers}"
    )
