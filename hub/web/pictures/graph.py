"""A graph in layers: every edge goes right, nothing lies on another, and big ones are folded.

Layers by the longest path, order within a layer by the middle of one's neighbours (Sugiyama,
Tagawa and Toda 1981). A circle is cut where a walk closes it, and its last edge left out.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

N = TypeVar("N", bound=Hashable)
Pair = tuple[N, N]

SWEEPS = 4
"""So often the order within layers is mended, from the left and from the right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a node is: its layer, its place from the top, and the corner of its box."""

    layer: int
    row: int
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How big boxes are and how far apart; pixels."""

    width: float = 164
    height: float = 52
    across: float = 48
    down: float = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout(Generic[N]):
    """A graph laid out; `edges` with the `d` of an SVG path from box to box."""

    width: float
    height: float
    sizes: Sizes
    places: Mapping[N, Place]
    edges: tuple[tuple[N, N, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded(Generic[N]):
    """A graph of which too long a layer was folded: who stands for whom."""

    layers: Mapping[N, int]
    edges: tuple[Pair[N], ...]
    hidden: Mapping[N, int]
    """How many a node stands for beside itself: the one that says "and 23 more"."""


def without_circles(nodes: Iterable[N], edges: Iterable[Pair[N]]) -> tuple[Pair[N], ...]:
    """Return the edges but for those that close a circle, each once."""
    leaving: dict[N, list[N]] = defaultdict(list)
    for source, target in dict.fromkeys(edges):
        leaving[source].append(target)
    seen: set[N] = set()
    kept: list[Pair[N]] = []
    for start in nodes:
        if start not in seen:
            _descend(start, leaving=leaving, seen=seen, kept=kept)
    return tuple(kept)


def _descend(
    start: N, *, leaving: Mapping[N, list[N]], seen: set[N], kept: list[Pair[N]]
) -> None:
    """Walk down from a node without recursion; an edge back to a node above is left out."""
    above = {start}
    seen.add(start)
    stack = [(start, iter(leaving.get(start, ())))]
    while stack:
        node, ahead = stack[-1]
        target = next(ahead, None)
        if target is None:
            stack.pop()
            above.discard(node)
            continue
        if target in above:
            continue
        kept.append((node, target))
        if target not in seen:
            seen.add(target)
            above.add(target)
            stack.append((target, iter(leaving.get(target, ()))))


def layered(
    nodes: Sequence[N], edges: Collection[Pair[N]], *, late: Collection[N] = ()
) -> dict[N, int]:
    """Give every node a layer by the longest path to it; `edges` have no circle.

    What is `late` goes as far right as the nodes after it let it: orders end a trace.
    """
    order = _in_order(nodes, edges)
    before: dict[N, list[N]] = defaultdict(list)
    after: dict[N, list[N]] = defaultdict(list)
    for source, target in edges:
        before[target].append(source)
        after[source].append(target)
    layers: dict[N, int] = {}
    for node in order:
        layers[node] = max((layers[each] + 1 for each in before[node]), default=0)
    last = max(layers.values(), default=0)
    wanted = set(late)
    for node in reversed(order):
        if node in wanted:
            layers[node] = min((layers[each] - 1 for each in after[node]), default=last)
    return layers


def _in_order(nodes: Sequence[N], edges: Collection[Pair[N]]) -> list[N]:
    """Return nodes so that every edge goes from an earlier to a later one (Kahn 1962)."""
    left: dict[N, int] = dict.fromkeys(nodes, 0)
    leaving: dict[N, list[N]] = defaultdict(list)
    for source, target in edges:
        leaving[source].append(target)
        left[target] += 1
    found = [node for node, count in left.items() if not count]
    for node in found:
        for target in leaving[node]:
            left[target] -= 1
            if not left[target]:
                found.append(target)
    return found


def fold(
    layers: Mapping[N, int],
    edges: Iterable[Pair[N]],
    *,
    most: int,
    kind: Callable[[N], Hashable],
    matters: Callable[[N], int],
) -> Folded[N]:
    """Keep at most `most` nodes of a kind in a layer, those that matter most first.

    The first one hidden stands for all of them, so that nothing that hangs on them is lost.
    """
    groups: dict[tuple[int, Hashable], list[N]] = defaultdict(list)
    for node, layer in layers.items():
        groups[layer, kind(node)].append(node)
    stands: dict[N, N] = {}
    hidden: dict[N, int] = {}
    for found in groups.values():
        ranked = sorted(found, key=matters)
        stands |= {node: node for node in ranked}
        if len(ranked) > most:
            rest = ranked[most - 1 :]
            stands |= {node: rest[0] for node in rest}
            hidden[rest[0]] = len(rest)
    pairs = dict.fromkeys((stands[source], stands[target]) for source, target in edges)
    return Folded(
        layers={node: layer for node, layer in layers.items() if stands[node] == node},
        edges=tuple(pairs),
        hidden=hidden,
    )


def place(layers: Mapping[N, int], edges: Sequence[Pair[N]], *, sizes: Sizes) -> Layout[N]:
    """Lay out nodes whose layers are known: every edge goes right, no two boxes touch."""
    columns = _ordered(layers, edges)
    tallest = max((len(column) for column in columns), default=0)
    step = sizes.height + sizes.down
    places: dict[N, Place] = {}
    for layer, column in enumerate(columns):
        top = (tallest - len(column)) * step / 2
        for row, node in enumerate(column):
            places[node] = Place(
                layer=layer,
                row=row,
                x=layer * (sizes.width + sizes.across),
                y=top + row * step,
            )
    return Layout(
        width=max(len(columns) * (sizes.width + sizes.across) - sizes.across, 0),
        height=max(tallest * step - sizes.down, 0),
        sizes=sizes,
        places=places,
        edges=tuple(
            (source, target, _curve(places[source], places[target], sizes=sizes))
            for source, target in edges
        ),
    )


def _ordered(layers: Mapping[N, int], edges: Sequence[Pair[N]]) -> list[list[N]]:
    """Order each layer by the middle of the neighbours' rows, from the left and back again."""
    columns: list[list[N]] = [[] for _ in range(max(layers.values(), default=-1) + 1)]
    for node, layer in layers.items():
        columns[layer].append(node)
    before: dict[N, list[N]] = defaultdict(list)
    after: dict[N, list[N]] = defaultdict(list)
    for source, target in edges:
        before[target].append(source)
        after[source].append(target)
    rows = {node: n for column in columns for n, node in enumerate(column)}
    for sweep in range(SWEEPS):
        is_forward = sweep % 2 == 0
        beside = before if is_forward else after
        for column in columns if is_forward else reversed(columns):
            column.sort(key=lambda node: _middle(node, beside=beside, rows=rows))
            rows |= {node: n for n, node in enumerate(column)}
    return columns


def _middle(node: N, *, beside: Mapping[N, list[N]], rows: Mapping[N, int]) -> float:
    near = beside.get(node)
    return sum(rows[each] for each in near) / len(near) if near else rows[node]


def _curve(source: Place, target: Place, *, sizes: Sizes) -> str:
    x0, y0 = source.x + sizes.width, source.y + sizes.height / 2
    x1, y1 = target.x, target.y + sizes.height / 2
    half = (x0 + x1) / 2
    return f"M{x0:.1f} {y0:.1f} C{half:.1f} {y0:.1f} {half:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
