"""A shop to connect, and an app that calls it."""

import pytest

from connectors.sandbox.shopify.storefront import Storefront
from hub.ports import Ports
from tests.web.pretended import one_location, with_shops


@pytest.fixture
def store() -> Storefront:
    """A pretended shop whose app has every scope."""
    return one_location()


@pytest.fixture
def ports(ports: Ports, store: Storefront) -> Ports:
    """The ports of the app, whose Shopify is the pretended shop."""
    return with_shops(ports, lambda _: store)
