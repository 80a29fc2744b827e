"""What tests of several channels need."""

import gzip
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema

from connectors.shopify.client import API_VERSION


@pytest.fixture(scope="session")
def admin_schema(vendor: Path) -> GraphQLSchema:
    """Shopify's own schema of the version we speak; it takes seconds to build, so once."""
    packed = vendor / "shopify" / f"admin_schema_{API_VERSION}.graphql.gz"
    # It breaks a newer rule about deprecated fields, which is not our affair.
    return build_schema(gzip.decompress(packed.read_bytes()).decode(), assume_valid=True)
