"""The documents that fetch an order: affordable at Shopify, and just what reading it needs."""

import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    execute_sync,
    parse,
    print_ast,
    visit,
)

from connectors.shopify.client import document as text_of
from connectors.shopify.read import order_from_graphql
from tests.connectors.shopify.order_samples import IN_BOTH_SHAPES, fetched

OURS = ["order", "order_lines"]
MOST_POINTS = 1000
"""What one query may ask for at Shopify."""


def document(name: str) -> DocumentNode:
    return parse(text_of(name))


def fragments(of: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    found = [part for part in of.definitions if isinstance(part, FragmentDefinitionNode)]
    return {part.name.value: part for part in found}


@pytest.mark.parametrize("name", OURS)
def test_only_the_field_nothing_replaces_is_deprecated(
    admin_schema: GraphQLSchema, name: str
) -> None:
    deprecated: set[str] = set()
    info = TypeInfo(admin_schema)

    class Deprecated(Visitor):
        def enter_field(self, node: FieldNode, *_: object) -> None:
            field = info.get_field_def()
            if field and field.deprecation_reason:
                deprecated.add(node.name.value)

    visit(document(name), TypeInfoVisitor(info, Deprecated()))

    assert deprecated == {"fulfillableQuantity"}


def test_every_page_asks_the_same_of_a_line() -> None:
    first, further = (fragments(document(name))["OrderLine"] for name in OURS)

    assert print_ast(first) == print_ast(further)


@pytest.mark.parametrize("name", OURS)
def test_a_document_is_affordable_where_every_page_is_full(name: str) -> None:
    assert 100 < points(document(name)) <= MOST_POINTS


def points(asked: DocumentNode) -> int:
    """The most a document can cost: one point for every object, on every page around it."""
    [operation] = [
        part for part in asked.definitions if isinstance(part, OperationDefinitionNode)
    ]
    sizes = {
        one.variable.name.value: int(one.default_value.value)
        for one in operation.variable_definitions or ()
        if isinstance(one.default_value, IntValueNode)
    }
    return cost(operation.selection_set, sizes=sizes, known=fragments(asked), pages=1)


def cost(
    selection: SelectionSetNode,
    *,
    sizes: dict[str, int],
    known: dict[str, FragmentDefinitionNode],
    pages: int,
) -> int:
    """What is selected costs; `pages` is how often the `nodes` among it are there."""
    total = 0
    for part in selection.selections:
        if isinstance(part, FragmentSpreadNode):
            inner = known[part.name.value].selection_set
            total += cost(inner, sizes=sizes, known=known, pages=1)
        elif isinstance(part, FieldNode) and part.selection_set:
            size, is_connection = page(part, sizes=sizes)
            inner_pages = size if is_connection else 1
            one = 1 + cost(part.selection_set, sizes=sizes, known=known, pages=inner_pages)
            total += one * (pages if part.name.value == "nodes" else 1)
            total += one * (0 if is_connection else size - 1)
    return total


def page(field: FieldNode, *, sizes: dict[str, int]) -> tuple[int, bool]:
    """How many a field brings at most, and whether they are a connection's nodes."""
    given = [one.value for one in field.arguments or () if one.name.value == "first"]
    size = sizes[given[0].name.value] if given and isinstance(given[0], VariableNode) else 1
    inner = field.selection_set.selections if field.selection_set else ()
    names = {part.name.value for part in inner if isinstance(part, FieldNode)}
    return size, "nodes" in names


@pytest.mark.parametrize("name", sorted(set(IN_BOTH_SHAPES) - {"unknown_payment_word"}))
def test_a_sample_is_what_the_document_would_bring(
    admin_schema: GraphQLSchema, name: str
) -> None:
    """Shopify's own types let the sample through, and nothing that is read is missing."""
    answer = execute_sync(
        admin_schema,
        document("order"),
        root_value={"order": fetched(name)},
        variable_values={"id": "gid://shopify/Order/1"},
    )

    assert answer.errors is None
    assert answer.data == {"order": fetched(name)}
    assert order_from_graphql(answer.data["order"]) == order_from_graphql(fetched(name))
