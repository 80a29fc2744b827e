"""One GraphQL request from text to answer, with its cost and its throttling."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from connectors.sandbox.faults import Fault
from connectors.sandbox.shopify.graph.cost import MOST_PER_QUERY, Bucket, actual, requested
from connectors.sandbox.shopify.graph.mistakes import (
    Shown,
    document_mistake,
    parse_mistake,
    running_mistake,
    variable_mistake,
)
from connectors.sandbox.shopify.graph.mutations import mutation_roots
from connectors.sandbox.shopify.graph.node import Node, look
from connectors.sandbox.shopify.graph.queries import query_roots
from connectors.sandbox.shopify.graph.schema import schema
from connectors.sandbox.shopify.graph.visit import Visit

Body = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A document that can be run: its operation, what that is called, and its price."""

    document: DocumentNode
    operation: OperationDefinitionNode
    variables: Mapping[str, object]
    points: int

    @property
    def roots(self) -> tuple[str, ...]:
        """The root fields it asks for."""
        chosen = self.operation.selection_set.selections
        return tuple(each.name.value for each in chosen if isinstance(each, FieldNode))

    @property
    def name(self) -> str:
        """The operation's name, empty when it has none."""
        return self.operation.name.value if self.operation.name else ""

    @property
    def writes(self) -> bool:
        """Whether it is a mutation."""
        return self.operation.operation is OperationType.MUTATION


@lru_cache(maxsize=512)
def _read(text: str) -> tuple[DocumentNode | None, tuple[Shown, ...]]:
    try:
        document = parse(text)
    except GraphQLError as error:
        return None, (parse_mistake(error),)
    return document, tuple(
        document_mistake(error) for error in validate(schema(), document)
    )


def ask(
    text: str, variables: Mapping[str, object], operation_name: str | None
) -> Asked | Body:
    """Read a request; a body of errors when it cannot be run."""
    document, mistakes = _read(text)
    if document is None or mistakes:
        return {"errors": list(mistakes)}
    operation = get_operation_ast(document, operation_name)
    if operation is None:
        return {"errors": [{"message": "No operation named by operationName"}]}
    wanted = operation.variable_definitions or ()
    read = get_variable_values(schema(), wanted, dict(variables))
    if isinstance(read, list):
        return {"errors": [variable_mistake(error, operation, variables) for error in read]}
    points = requested(schema(), document, operation, read.coerced)
    return Asked(document=document, operation=operation, variables=variables, points=points)


def run(asked: Asked, visit: Visit, bucket: Bucket) -> Body:
    """Run a request unless it is too dear or the bucket too low."""
    if asked.points > MOST_PER_QUERY:
        return too_dear(asked.points)
    if not bucket.take(asked.points):
        return throttled(asked.points, bucket)
    with visit.shop.lock:
        answer = execute_sync(
            schema(),
            asked.document,
            root_value=_roots(asked, visit),
            variable_values=dict(asked.variables),
            operation_name=asked.name or None,
            field_resolver=look,
        )
    _raise_ours(answer.errors or ())
    spent = min(asked.points, _spent(asked, answer.data))
    bucket.give_back(asked.points - spent)
    body: Body = {"data": answer.data}
    if answer.errors:
        body["errors"] = [running_mistake(error) for error in answer.errors]
    body["extensions"] = cost(asked.points, spent, bucket)
    if visit.warnings:
        body["extensions"] = cost(asked.points, spent, bucket) | {"search": visit.warnings}
    return body


def _raise_ours(errors: Iterable[GraphQLError]) -> None:
    """Let a mistake of the sandbox itself be heard: it is no answer of a shop."""
    for error in errors:
        cause = error.original_error
        if cause is not None and not isinstance(cause, GraphQLError):
            raise cause


def throttled(points: int, bucket: Bucket) -> Body:
    """Say that the bucket is too low: 200, no data, code THROTTLED."""
    mistake = {
        "message": "Throttled",
        "extensions": {
            "code": "THROTTLED",
            "documentation": "https://shopify.dev/api/usage/rate-limits",
        },
    }
    return {"errors": [mistake], "extensions": cost(points, None, bucket)}


def too_dear(points: int) -> Body:
    """Say that no bucket is deep enough for this query."""
    mistake = {
        "message": f"Query cost is {points}, which exceeds the single query max cost limit"
        f" ({MOST_PER_QUERY}).",
        "extensions": {
            "code": "MAX_COST_EXCEEDED",
            "cost": points,
            "maxCost": MOST_PER_QUERY,
            "documentation": "https://shopify.dev/api/usage/rate-limits",
        },
    }
    return {"errors": [mistake]}


def cost(points: int, spent: int | None, bucket: Bucket) -> Body:
    """Show what it cost and what is left."""
    return {
        "cost": {
            "requestedQueryCost": points,
            "actualQueryCost": spent,
            "throttleStatus": bucket.status(),
        }
    }


def refuse_all(asked: Asked, fault: Fault, bucket: Bucket) -> Body:
    """Answer every mutation with one userError and change nothing."""
    mistake = {"field": None, "message": fault.message, "code": fault.code or None}
    refusal: Node = {"userErrors": [mistake]}
    roots: dict[str, Callable[..., Node]] = {
        root: (lambda _info, **_: refusal) for root in asked.roots
    }
    answer = execute_sync(
        schema(),
        asked.document,
        root_value=roots,
        variable_values=dict(asked.variables),
        operation_name=asked.name or None,
        field_resolver=look,
    )
    return {"data": answer.data, "extensions": cost(asked.points, 10, bucket)}


def _roots(asked: Asked, visit: Visit) -> Node:
    return mutation_roots(visit) if asked.writes else query_roots(visit)


def _spent(asked: Asked, data: object) -> int:
    records = max(0, actual(data) - 1)
    return records + 10 - 2 * len(asked.roots) if asked.writes else records
