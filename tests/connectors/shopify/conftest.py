"""What several tests of Shopify need."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema

from connectors.shopify.client import API_VERSION
from tests.connectors.shopify.workshop import Workshop, open_workshop


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
