"""Every document we send is one Shopify's own schema, and our sandbox's, can answer."""

import gzip
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, parse, validate

import connectors.sandbox.shopify
from connectors.shopify.client import API_VERSION, document

DOCUMENTS = sorted(
    found.name.removesuffix(".graphql")
    for found in (files("connectors.shopify") / "documents").iterdir()
)


@cache
def schema_from(text: str) -> GraphQLSchema:
    # Shopify's schema breaks a newer rule about deprecated fields, which is not our affair.
    return build_schema(text, assume_valid=True)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_shopifys_own_schema_takes_the_document(vendor: Path, name: str) -> None:
    packed = vendor / "shopify" / f"admin_schema_{API_VERSION}.graphql.gz"
    schema = schema_from(gzip.decompress(packed.read_bytes()).decode())

    assert validate(schema, parse(document(name))) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_sandbox_takes_the_document(name: str) -> None:
    text = (files(connectors.sandbox.shopify) / "schema.graphql").read_text("utf-8")

    assert validate(schema_from(text), parse(document(name))) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_holds_one_named_operation(name: str) -> None:
    kinds = [type(part) for part in parse(document(name)).definitions]

    assert kinds.count(OperationDefinitionNode) == 1
