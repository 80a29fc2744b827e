"""The trace of a lot as a picture: what went in on the left, who has some of it on the right."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from hub.domain.trace import Edge, Node, NodeKind
from hub.models.items import Item
from hub.models.trace_edges import NodeNames
from hub.web.pictures.graph import Sizes, fold, layered, place, without_circles

MOST = 8
"""So many of a kind side by side; the rest is folded into one."""
SIZES = Sizes()
STOPPED = frozenset({"quarantined", "recalled"})


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


def lineage_picture(
    edges: Collection[Edge], *, start: Node, names: NodeNames, items: Mapping[int, Item]
) -> LineagePicture:
    """Draw a trace: layers by the longest way, orders last, long layers folded."""
    pairs = [(edge.source, edge.target) for edge in edges]
    nodes = list(dict.fromkeys([start, *(node for pair in pairs for node in pair)]))
    kept = without_circles(nodes, pairs)
    ends = [n for n in nodes if n.kind in (NodeKind.ORDER, NodeKind.SHIPMENT)]
    rank = {node: n for n, node in enumerate(nodes)}

    def matters(node: Node) -> int:
        if node == start:
            return -2
        return -1 if state_of(node, names) in STOPPED else rank[node]

    folded = fold(
        layered(nodes, kept, late=ends),
        kept,
        most=MOST,
        kind=lambda node: node.kind,
        matters=matters,
    )
    layout = place(folded.layers, folded.edges, sizes=SIZES)
    boxes = {
        node: Box(
            node=node,
            x=at.x,
            y=at.y,
            code=code_of(node, names),
            what=what_of(node, names, items),
            state=state_of(node, names),
            hidden=folded.hidden.get(node, 0),
            is_start=node == start,
        )
        for node, at in layout.places.items()
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
    """Return how a node stands, as hub/web/words.py knows it by its kind."""
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
