"""Every document we send is one Shopify's own schema, and our sandbox's, can answer."""

from importlib.resources import files

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, parse, validate

from connectors.sandbox.shopify.graph.cost import MOST_PER_QUERY, requested
from connectors.sandbox.shopify.graph.schema import schema as sandbox_schema
from connectors.shopify.client import document

DOCUMENTS = sorted(
    found.name.removesuffix(".graphql")
    for found in (files("connectors.shopify") / "documents").iterdir()
)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_shopifys_own_schema_takes_the_document(
    admin_schema: GraphQLSchema, name: str
) -> None:
    assert validate(admin_schema, parse(document(name))) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_sandbox_takes_the_document(name: str) -> None:
    assert validate(sandbox_schema(), parse(document(name))) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_holds_one_operation_that_is_not_too_dear(name: str) -> None:
    read = parse(document(name))

    [operation] = [
        part for part in read.definitions if isinstance(part, OperationDefinitionNode)
    ]

    dearest = {"fulfilments": 250, "first": 100}
    assert requested(sandbox_schema(), read, operation, dearest) < MOST_PER_QUERY / 4
