"""Where a lot came from, where it went, and whether its quantities add up."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class NodeKind(StrEnum):
    """What a trace passes through."""

    PURCHASE = "purchase"
    LOT = "lot"
    RUN = "run"
    SHIPMENT = "shipment"
    ORDER = "order"


class Direction(StrEnum):
    """Forward to the buyers, backward to the suppliers, or both from where one stands.

    Full is what went in and what came of it: all that is before and all that is after. What else
    came of the same wax is neither (that is the wax's own trace).
    """

    FORWARD = "forward"
    BACKWARD = "backward"
    FULL = "full"


class Node(NamedTuple):
    """One thing in a trace; a tuple, because thousands of them are made, hashed and sorted."""

    kind: NodeKind
    id: int


class Edge(NamedTuple):
    """So much went from one thing into another: a lot into a run, a run into a lot."""

    source: Node
    target: Node
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """What a walk reached, each node and each edge once, nearest first."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def lots(self) -> tuple[int, ...]:
        """The ids of the lots in it, nearest first."""
        return tuple(node.id for node in self.nodes if node.kind is NodeKind.LOT)


def walk(
    edges: Iterable[Edge], *, start: Node | Collection[Node], direction: Direction
) -> Graph:
    """Follow the edges from a node, or several, in one direction until nothing new is reached.

    Walking forward from A reaches B exactly when walking backward from B reaches A.
    A circle (a reworked lot that went back into its own run) is walked once. A full walk is one
    backward and one forward: it does not turn round on the way.
    """
    every = tuple(edges)
    begin = (start,) if isinstance(start, Node) else tuple(start)
    ways = (BACKWARD, FORWARD) if direction is Direction.FULL else (direction,)
    walked = [_one_way(every, begin=begin, direction=way) for way in ways]
    return Graph(
        nodes=tuple(dict.fromkeys(node for graph in walked for node in graph.nodes)),
        edges=tuple(dict.fromkeys(edge for graph in walked for edge in graph.edges)),
    )


FORWARD, BACKWARD = Direction.FORWARD, Direction.BACKWARD


def _one_way(
    edges: Sequence[Edge], *, begin: Sequence[Node], direction: Direction
) -> Graph:
    leaving: dict[Node, list[Edge]] = defaultdict(list)
    for edge in edges:
        leaving[_near(edge, direction)].append(edge)
    nodes = dict.fromkeys(begin)  # a dict keeps the order of arrival
    passed: list[Edge] = []
    reached = list(nodes)
    for node in reached:
        for edge in sorted(leaving.get(node, ())):
            passed.append(edge)
            far = _far(edge, direction)
            if far not in nodes:
                nodes[far] = None
                reached.append(far)
    return Graph(nodes=tuple(nodes), edges=tuple(passed))


def _near(edge: Edge, direction: Direction) -> Node:
    return edge.source if direction is FORWARD else edge.target


def _far(edge: Edge, direction: Direction) -> Node:
    return edge.target if direction is FORWARD else edge.source


class MoveKind(StrEnum):
    """Why stock moved. A reversal has the kind of what it reverses, and the other sign."""

    RECEIVED = "received"
    PRODUCED = "produced"
    RETURNED = "returned"
    CONSUMED = "consumed"
    SHIPPED = "shipped"
    SCRAPPED = "scrapped"
    ADJUSTED = "adjusted"


COMES_IN = frozenset({MoveKind.RECEIVED, MoveKind.PRODUCED, MoveKind.RETURNED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One line of the ledger: in is positive, out is negative."""

    kind: MoveKind
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MassBalance:
    """What came into a lot and what became of it; `adjusted` is what counts took out."""

    received: int
    produced: int
    returned: int
    consumed: int
    shipped: int
    scrapped: int
    adjusted: int
    on_hand: int

    @property
    def difference(self) -> int:
        """What came in less what is accounted for; 0 when everything is."""
        came = self.received + self.produced + self.returned
        used = self.consumed + self.shipped + self.scrapped + self.adjusted
        return came - used - self.on_hand


def mass_balance(moves: Iterable[Move], *, on_hand: int) -> MassBalance:
    """Sum a lot's moves by kind against what the balance says is there."""
    sums: dict[MoveKind, int] = dict.fromkeys(MoveKind, 0)
    for move in moves:
        sign = 1 if move.kind in COMES_IN else -1
        sums[move.kind] += sign * move.quantity
    return MassBalance(
        received=sums[MoveKind.RECEIVED],
        produced=sums[MoveKind.PRODUCED],
        returned=sums[MoveKind.RETURNED],
        consumed=sums[MoveKind.CONSUMED],
        shipped=sums[MoveKind.SHIPPED],
        scrapped=sums[MoveKind.SCRAPPED],
        adjusted=sums[MoveKind.ADJUSTED],
        on_hand=on_hand,
    )
