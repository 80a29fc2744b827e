"""The command that plays a shop on this machine, to try the hub out against."""

import click

from hub.demo.shop import Plan, let_people_order, open_shop
from workers.stopping import Stopping


@click.command()
@click.option("--port", default=8471, show_default=True, help="The port to listen on.")
@click.option(
    "--shop", default="taller.myshopify.com", show_default=True, help="The shop's name."
)
@click.option(
    "--orders-every",
    default=0.0,
    type=click.FloatRange(min=0),
    help="Seconds between two orders; nobody orders if not given.",
)
@click.option(
    "--seed", default=7, show_default=True, help="The same seed, the same buyers."
)
@click.option(
    "--webhooks",
    metavar="URL",
    help="Where to send its messages: the webhook URL the hub shows for the connection.",
)
def sandbox(
    port: int, shop: str, orders_every: float, seed: int, webhooks: str | None
) -> None:
    """Play a Shopify shop on this machine, with its API and its webhooks, until Ctrl-C.

    Connect it in the hub with what this prints; the hub must be started with
    HORNADA_ALLOW_LOOPBACK=1. It sells what the sample company makes and remembers nothing.
    """
    stopping = Stopping()
    stopping.listen()
    plan = Plan(port=port, domain=shop, every_seconds=orders_every, seed=seed)
    with open_shop(plan) as opened:
        if webhooks:
            opened.store.subscribe_all(webhooks)
        let_people_order(opened, plan)
        click.echo(
            f"{shop} is open (Ctrl-C closes it)\n"
            f"  base URL       {opened.url}\n"
            f"  client id      {opened.client_id}\n"
            f"  client secret  {opened.client_secret}\n"
            f"  to look into   {opened.page}"
        )
        stopping.wait()
