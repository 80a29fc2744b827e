"""What several tests of Shopify need."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema

from connectors.sandbox.shopify.wanted import Wanted
from connectors.shopify.client import API_VERSION
from tests.connectors.shopify.parcels import Parcels
from tests.connectors.shopify.workshop import Workshop, open_workshop
from tests.pretend_shopify import Hands, open_store


@pytest.fixture(scope="session")
def admin_schema(vendor: Path) -> GraphQLSchema:
    """Shopify's own schema of the version we speak; it takes seconds to build."""
    packed = vendor / "shopify" / f"admin_schema_{API_VERSION}.graphql.gz"
    # It breaks a newer rule about deprecated fields, which is not our affair.
    return build_schema(gzip.decompress(packed.read_bytes()).decode(), assume_valid=True)


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
