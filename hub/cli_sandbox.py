"""The command that plays a shop on this machine, to try the hub out against."""

import signal
import threading

import click

from connectors.sandbox.server import create_sandbox
from connectors.sandbox.serving import serve
from connectors.sandbox.shopify.storefront import Storefront


@click.command()
@click.option("--port", default=8471, show_default=True, help="The port to listen on.")
@click.option(
    "--shop", default="taller.myshopify.com", show_default=True, help="The shop's name."
)
def sandbox(port: int, shop: str) -> None:
    """Play a Shopify shop on this machine, with its API and its webhooks, until Ctrl-C.

    Connect it in the hub with the base URL this prints. The hub must be started with
    HORNADA_ALLOW_LOOPBACK=1.
    """
    store = Storefront(shop)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with serve(create_sandbox([store]), port=port) as served:
        click.echo(f"{shop} is at {served.url} (Ctrl-C closes it)")
        click.echo(f"Its back room: {served.url}/sandbox/")
        stopping.wait()
    store.close()
