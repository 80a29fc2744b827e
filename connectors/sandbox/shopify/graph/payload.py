"""How a mutation answers: its records, or userErrors and nothing else."""

from collections.abc import Callable

from connectors.sandbox.shopify.graph.node import Node
from connectors.sandbox.shopify.records import Refused


def payload(answer: Callable[[], Node]) -> Node:
    """Perform a mutation; a refusal becomes userErrors with every other field null.

    A field the answer does not name is null.
    """
    try:
        return answer() | {"userErrors": []}
    except Refused as refused:
        mistake = {"field": refused.field, "message": refused.message, "code": refused.code}
        return {"userErrors": [mistake]}
