"""The trace of a lot as a picture: what went in on the left, who has some of it on the right."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from hub.domain.stock.trace import Edge, Node, NodeKind
from hub.models.recalls.trace_edges import NodeNames
from hub.models.records.items import Item
from hub.web.pictures.graph import (
    Layout,
    Sizes,
    fold,
    layered,
    place,
    without_circles,
)

MOST = 8
"""So many of a kind side by side; the rest is folded into one."""
SIZES = Sizes()
ENDS = frozenset({NodeKind.ORDER, NodeKind.SHIPMENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One node as it is drawn."""

    node: Node
    x: float
    y: float
    code: str
    what: str
    """What it is: the item's name, or nothing."""
    state: str
    hidden: int
    """How many it stands for, itself included; 0: just itself."""
    is_start: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """From one box to another."""

    source: Box
    target: Box
    shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineagePicture:
    """The whole graph."""

    width: float
    height: float
    sizes: Sizes
    boxes: Sequence[Box]
    arrows: Sequence[Arrow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """A trace laid out and folded, before anybody knows what its nodes are called."""

    nodes: Sequence[Node]
    """Where it began first; the others are named by their place in here."""
    layout: Layout[int]
    hidden: Mapping[int, int]

    @property
    def drawn(self) -> list[Node]:
        """The nodes that are boxes: a few, however many there are."""
        return [self.nodes[each] for each in self.layout.places]


def lay_out(edges: Collection[Edge], *, start: Node, stopped: Collection[Node]) -> Lineage:
    """Lay out a trace: layers by the longest way, orders last, long layers folded.

    What is stopped is not folded away before all else is. Nodes are numbers meanwhile, which is
    several times faster: there may be thousands.
    """
    number = {start: 0}
    pairs = [
        (
            number.setdefault(edge.source, len(number)),
            number.setdefault(edge.target, len(number)),
        )
        for edge in edges
    ]
    nodes = list(number)
    kept = without_circles(range(len(nodes)), pairs)
    ends = [n for n, node in enumerate(nodes) if node.kind in ENDS]
    first = {number[each] for each in stopped if each in number}

    def matters(node: int) -> int:
        if node == 0:
            return -2
        return -1 if node in first else node

    folded = fold(
        layered(range(len(nodes)), kept, late=ends),
        kept,
        most=MOST,
        kind=lambda node: nodes[node].kind,
        matters=matters,
    )
    layout = place(folded.layers, folded.edges, sizes=SIZES)
    return Lineage(nodes=nodes, layout=layout, hidden=folded.hidden)


def lineage_picture(
    lineage: Lineage, *, names: NodeNames, items: Mapping[int, Item]
) -> LineagePicture:
    """Draw a trace, whose drawn nodes have names."""
    layout = lineage.layout
    boxes = {
        each: Box(
            node=(node := lineage.nodes[each]),
            x=at.x,
            y=at.y,
            code=code_of(node, names),
            what=what_of(node, names, items),
            state=state_of(node, names),
            hidden=lineage.hidden.get(each, 0),
            is_start=each == 0,
        )
        for each, at in layout.places.items()
    }
    return LineagePicture(
        width=layout.width,
        height=layout.height,
        sizes=SIZES,
        boxes=list(boxes.values()),
        arrows=[
            Arrow(source=boxes[source], target=boxes[target], shape=shape)
            for source, target, shape in layout.edges
        ],
    )


def code_of(node: Node, names: NodeNames) -> str:
    """Return what a node is called."""
    match node.kind:
        case NodeKind.LOT:
            return names.lots[node.id].code
        case NodeKind.RUN:
            return names.runs[node.id].number
        case NodeKind.SHIPMENT:
            return names.shipments[node.id].number
        case NodeKind.ORDER:
            return names.orders[node.id].number
        case NodeKind.PURCHASE:
            return names.purchases[node.id].number


def what_of(node: Node, names: NodeNames, items: Mapping[int, Item]) -> str:
    """Return what a node is of: its item's name, or its supplier's."""
    match node.kind:
        case NodeKind.LOT:
            return items[names.lots[node.id].item_id].name
        case NodeKind.RUN:
            return items[names.runs[node.id].item_id].name
        case NodeKind.PURCHASE:
            return names.suppliers[names.purchases[node.id].supplier_id].name
        case _:
            return ""


def state_of(node: Node, names: NodeNames) -> str:
    """Return how a node stands, as hub/web/wording/words.py knows it by its kind."""
    match node.kind:
        case NodeKind.LOT:
            return names.lots[node.id].state
        case NodeKind.RUN:
            return names.runs[node.id].state
        case NodeKind.SHIPMENT:
            return names.shipments[node.id].state
        case NodeKind.ORDER:
            return names.orders[node.id].phase
        case NodeKind.PURCHASE:
            return names.purchases[node.id].state
