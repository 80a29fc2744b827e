"""What several tests of Shopify need."""

from collections.abc import Iterator

import pytest

from connectors.sandbox.shopify.wanted import Wanted
from tests.connectors.shopify.parcels import Parcels
from tests.connectors.shopify.workshop import Workshop, open_workshop
from tests.pretend_shopify import Hands, open_store


@pytest.fixture
def workshop() -> Iterator[Workshop]:
    """A pretended shop with an order of three soaps and two waxes, from two locations."""
    made = open_workshop()
    yield made
    made.store.close()


@pytest.fixture
def parcels() -> Iterator[Parcels]:
    """A shop with one order of two soaps."""
    store = open_store(Hands())
    madrid = store.add_location("Madrid")
    store.add_variant(sku="SOAP", title="Soap", price="6.50", stock={madrid: 40})
    yield Parcels(store, store.place_order([Wanted(sku="SOAP", quantity=2)]))
    store.close()
