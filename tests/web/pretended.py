"""The ports of an app whose Shopify is a pretended shop in the same process."""

from collections.abc import Callable
from dataclasses import replace

from connectors.protocol import Connection
from connectors.registry import CHANNELS
from connectors.sandbox.shopify.storefront import Storefront
from connectors.shopify.channel import Shopify
from hub.ports import Ports
from tests.factories import NOW
from tests.pretend_shopify import Hands, InProcess, open_store

Choose = Callable[[Connection], Storefront]
"""Says which shop a connection opens."""


def one_location() -> Storefront:
    """Open a pretended shop, whose app has every scope, with a location in it."""
    made = open_store(Hands(at=NOW))
    made.add_location("Taller")
    return made


def with_shops(ports: Ports, choose: Choose) -> Ports:
    """Have Shopify be the shops that `choose` gives for a connection."""

    def open_channel(connection: Connection) -> Shopify:
        return Shopify(connection, transport=InProcess(choose(connection)))

    pretended = replace(CHANNELS["shopify"], connect=open_channel)
    return replace(ports, channels={**CHANNELS, "shopify": pretended})
