"""Where a lot came from, where it went, and whether its quantities add up."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class NodeKind(StrEnum):
    """What a trace passes through."""

    PURCHASE = "purchase"
    LOT = "lot"
    RUN = "run"
    SHIPMENT = "shipment"
    ORDER = "order"


class Direction(StrEnum):
    """Forward to the buyers, or backward to the suppliers."""

    FORWARD = "forward"
    BACKWARD = "backward"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Node:
    """One thing in a trace."""

    kind: NodeKind
    id: int


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Edge:
    """So much went from one thing into another: a lot into a run, a run into a lot."""

    source: Node
    target: Node
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """What a walk reached, each node and each edge once, nearest first."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def walk(edges: Iterable[Edge], *, start: Node, direction: Direction) -> Graph:
    """Follow the edges from a node in one direction until nothing new is reached.

    Walking forward from A reaches B exactly when walking backward from B reaches A.
    A circle (a reworked lot that went back into its own run) is walked once.
    """
    leaving: dict[Node, list[Edge]] = defaultdict(list)
    for edge in edges:
        leaving[_near(edge, direction)].append(edge)
    nodes = {start: None}  # a dict keeps the order of arrival
    passed: list[Edge] = []
    reached = [start]
    for node in reached:
        for edge in sorted(leaving[node]):
            passed.append(edge)
            far = _far(edge, direction)
            if far not in nodes:
                nodes[far] = None
                reached.append(far)
    return Graph(nodes=tuple(nodes), edges=tuple(passed))


def _near(edge: Edge, direction: Direction) -> Node:
    return edge.source if direction is Direction.FORWARD else edge.target


def _far(edge: Edge, direction: Direction) -> Node:
    return edge.target if direction is Direction.FORWARD else edge.source


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
