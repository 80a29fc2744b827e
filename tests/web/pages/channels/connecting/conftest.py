"""A shop to connect, and an app that calls it."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from connectors.protocol import Connection, Registration
from connectors.registry import CHANNELS
from connectors.sandbox.shopify.storefront import Storefront
from connectors.shopify.channel import Shopify
from hub.models.session import Database
from hub.ports import Ports
from hub.settings import Settings
from tests.factories import NOW
from tests.pretend_shopify import Hands, InProcess, open_store
from tests.web.ports import StandingClock, Woken, make_ports


@pytest.fixture
def store() -> Storefront:
    """A pretended shop whose app has every scope."""
    made = open_store(Hands(at=NOW))
    made.add_location("Taller")
    return made


@pytest.fixture
def ports(
    app_database: Database,
    clock: StandingClock,
    woken: Woken,
    settings: Settings,
    store: Storefront,
) -> Ports:
    """The ports of the app, whose Shopify is the pretended shop."""

    def open_channel(connection: Connection) -> Shopify:
        return Shopify(connection, transport=InProcess(store))

    pretended = replace(CHANNELS["shopify"], connect=open_channel)
    channels: Mapping[str, Registration] = {**CHANNELS, "shopify": pretended}
    made = make_ports(app_database, clock=clock, wake=woken, settings=settings)
    return replace(made, channels=channels)
