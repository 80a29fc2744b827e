"""A graph in layers: every edge goes right, no two boxes touch, and folding loses no way."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from hub.web.pictures.graph import Sizes, fold, layered, place, without_circles

Edges = list[tuple[int, int]]
MOST_NODES = 24
PAIRS = st.tuples(st.integers(0, MOST_NODES - 1), st.integers(0, MOST_NODES - 1))
ANY = st.lists(PAIRS, max_size=60)
NO_CIRCLE = st.lists(
    PAIRS.map(sorted).map(tuple).filter(lambda e: e[0] < e[1]), max_size=60
)
NODES = list(range(MOST_NODES))
SIZES = Sizes(width=100, height=40, across=30, down=10)


@given(ANY)
def test_without_circles_all_nodes_come_in_an_order_and_little_is_cut(edges: Edges) -> None:
    kept = without_circles(NODES, edges)

    assert set(kept) <= set(edges)
    assert set(layered(NODES, kept)) == set(NODES)


@given(NO_CIRCLE)
def test_where_there_is_no_circle_nothing_is_cut(edges: Edges) -> None:
    assert set(without_circles(NODES, edges)) == set(edges)


@given(ANY, st.sets(st.sampled_from(NODES)))
def test_every_edge_goes_right_whatever_is_pushed_to_the_end(
    edges: Edges, late: set[int]
) -> None:
    kept = without_circles(NODES, edges)

    layers = layered(NODES, kept, late=late)

    assert all(layers[source] < layers[target] for source, target in kept)
    assert min(layers.values()) >= 0


@given(NO_CIRCLE)
def test_a_node_is_as_far_left_as_the_longest_way_to_it(edges: Edges) -> None:
    layers = layered(NODES, list(dict.fromkeys(edges)))

    for node, layer in layers.items():
        before = [layers[source] for source, target in edges if target == node]
        assert layer == max((each + 1 for each in before), default=0)


@given(ANY)
def test_no_two_boxes_touch_and_edges_end_at_them(edges: Edges) -> None:
    kept = without_circles(NODES, edges)
    layout = place(layered(NODES, kept), kept, sizes=SIZES)

    boxes = sorted((at.x, at.y) for at in layout.places.values())
    assert len(set(boxes)) == len(NODES)
    for (x0, y0), (x1, y1) in zip(boxes, boxes[1:], strict=False):
        assert x1 - x0 >= SIZES.width + SIZES.across or y1 - y0 >= SIZES.height + SIZES.down
    for source, target, _ in layout.edges:
        left, right = layout.places[source], layout.places[target]
        assert left.x + SIZES.width < right.x
    assert all(
        at.x + SIZES.width <= layout.width and at.y + SIZES.height <= layout.height
        for at in layout.places.values()
    )


@given(ANY, st.integers(2, 5), st.integers(0, MOST_NODES - 1))
def test_a_folded_graph_is_small_counts_all_and_keeps_what_matters_most(
    edges: Edges, most: int, start: int
) -> None:
    kept = without_circles(NODES, edges)
    layers = layered(NODES, kept)

    folded = fold(
        layers,
        kept,
        most=most,
        kind=lambda _: "",
        matters=lambda n: -1 if n == start else n,
    )

    assert start in folded.layers
    assert start not in folded.hidden
    assert all(count <= most for count in _sizes(folded.layers).values())
    shown = len(folded.layers) - len(folded.hidden) + sum(folded.hidden.values())
    assert shown == len(NODES)
    assert all(
        folded.layers[source] < folded.layers[target] for source, target in folded.edges
    )


def test_neighbours_lie_beside_each_other() -> None:
    edges = [("a", "z"), ("b", "y"), ("c", "x")]

    layout = place(layered([*"abcxyz"], edges), edges, sizes=SIZES)

    rows = {node: at.row for node, at in layout.places.items()}
    assert [rows[target] for _, target in edges] == [rows[source] for source, _ in edges]


def _sizes(layers: Mapping[int, int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for layer in layers.values():
        found[layer] = found.get(layer, 0) + 1
    return found
