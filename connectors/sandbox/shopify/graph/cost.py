"""What a query costs and what is left in the bucket.

Objects cost 1, connections 2 + children x floor(2 ln(max(2, size))), a mutation 10 with its
payload's own records free, amounts of money and postal addresses nothing. Reckoned so, queries
recorded on a live shop (API 2026-04) come out to the point (6, 8, 11, 25, 32, 51).
"""

import math
import threading
from collections.abc import Callable, Mapping

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_composite_type,
)

_FREE = frozenset({"MoneyBag", "MoneyV2", "PageInfo", "MailingAddress", "LocationAddress"})
_DEAR = {"fulfillmentTrackingInfoUpdate": 40}
"""Seen on a live shop to cost this much more than any mutation."""

MOST_PER_QUERY = 1000


class _Bill:
    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, object]
    ) -> None:
        self._schema, self._variables = schema, variables
        self._fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }

    def below(self, chosen: SelectionSetNode | None, kind: str) -> int:
        """Add up what is selected below a type, each answer key once."""
        return sum(self._costs(chosen, kind).values())

    def _costs(self, chosen: SelectionSetNode | None, kind: str) -> dict[str, int]:
        costs: dict[str, int] = {}
        for each in chosen.selections if chosen else ():
            if isinstance(each, FieldNode):
                key = each.alias.value if each.alias else each.name.value
                costs[key] = max(costs.get(key, 0), self.field(each, kind))
            elif isinstance(each, InlineFragmentNode):
                inside = each.type_condition.name.value if each.type_condition else kind
                costs |= self._costs(each.selection_set, inside)
            elif isinstance(each, FragmentSpreadNode):
                part = self._fragments[each.name.value]
                costs |= self._costs(part.selection_set, part.type_condition.name.value)
        return costs

    def field(self, field: FieldNode, kind: str) -> int:
        """Price one field."""
        owner = self._schema.type_map[kind]
        known = (
            owner.fields
            if isinstance(owner, (GraphQLObjectType, GraphQLInterfaceType))
            else {}
        )
        if field.name.value not in known:
            return 0  # __typename
        named = get_named_type(known[field.name.value].type)
        if not is_composite_type(named):
            return 0
        if named.name in _FREE:
            return 0
        if named.name.endswith("Connection"):
            return 2 + self._factor(field) * self.below(field.selection_set, named.name)
        if named.name.endswith("Edge"):
            return self.below(field.selection_set, named.name)
        return 1 + self.below(field.selection_set, named.name)

    def mutation(self, chosen: SelectionSetNode) -> int:
        """Price the mutations of an operation."""
        return sum(self._one_mutation(each) for each in chosen.selections)

    def _one_mutation(self, field: object) -> int:
        if not isinstance(field, FieldNode) or field.selection_set is None:
            return 0
        root = self._schema.mutation_type
        payload = get_named_type(root.fields[field.name.value].type).name if root else ""
        records = [
            each for each in field.selection_set.selections if isinstance(each, FieldNode)
        ]
        inside = sum(max(0, self.field(each, payload) - 1) for each in records)
        return 10 + _DEAR.get(field.name.value, 0) + inside

    def _factor(self, field: FieldNode) -> int:
        size = 1
        for argument in field.arguments or ():
            if argument.name.value in {"first", "last"}:
                size = max(size, self._number(argument.value))
        return math.floor(2 * math.log(max(2, size)))

    def _number(self, value: object) -> int:
        if isinstance(value, IntValueNode):
            return int(value.value)
        given = (
            self._variables.get(value.name.value)
            if isinstance(value, VariableNode)
            else None
        )
        return given if isinstance(given, int) else 1


def requested(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, object],
) -> int:
    """Price an operation before it runs."""
    bill = _Bill(schema, document, variables)
    if operation.operation is OperationType.MUTATION:
        return bill.mutation(operation.selection_set)
    return bill.below(operation.selection_set, "QueryRoot")


def actual(data: object) -> int:
    """Price an answer: one for each record in it. Only the order of magnitude is Shopify's."""
    if isinstance(data, dict):
        return 1 + sum(actual(each) for each in data.values())
    return sum(actual(each) for each in data) if isinstance(data, list) else 0


class Bucket:
    """The leaky bucket of one app in one shop."""

    def __init__(self, *, size: int, restore: int, monotonic: Callable[[], float]) -> None:
        self.size, self.restore = size, restore
        self._monotonic, self._lock = monotonic, threading.Lock()
        self._level, self._at = float(size), monotonic()

    def take(self, points: int) -> bool:
        """Take points; say whether there were enough. Nothing is taken when there were not."""
        with self._lock:
            self._refill()
            if points > self._level:
                return False
            self._level -= points
            return True

    def give_back(self, points: int) -> None:
        """Return what an operation did not need."""
        with self._lock:
            self._level = min(self.size, self._level + points)

    def status(self) -> dict[str, object]:
        """Show the throttleStatus."""
        with self._lock:
            self._refill()
            return {
                "maximumAvailable": self.size,
                "currentlyAvailable": int(self._level),
                "restoreRate": self.restore,
            }

    def _refill(self) -> None:
        now = self._monotonic()
        self._level = min(self.size, self._level + (now - self._at) * self.restore)
        self._at = now
