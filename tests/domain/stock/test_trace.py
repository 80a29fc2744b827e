"""Where a lot came from and where it went."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.stock.trace import (
    Direction,
    Edge,
    Graph,
    MassBalance,
    Move,
    MoveKind,
    Node,
    NodeKind,
    mass_balance,
    walk,
)

FORWARD, BACKWARD = Direction.FORWARD, Direction.BACKWARD
WAX, OIL, CANDLES = (Node(kind=NodeKind.LOT, id=n) for n in (1, 2, 3))
RUN = Node(kind=NodeKind.RUN, id=12)
PARCEL = Node(kind=NodeKind.SHIPMENT, id=5)
ORDER = Node(kind=NodeKind.ORDER, id=88)
PURCHASE = Node(kind=NodeKind.PURCHASE, id=7)


def edge(source: Node, target: Node, quantity: int = 1) -> Edge:
    return Edge(source=source, target=target, quantity=quantity)


EDGES = [
    edge(PURCHASE, WAX),
    edge(WAX, RUN),
    edge(OIL, RUN),
    edge(RUN, CANDLES),
    edge(CANDLES, PARCEL),
    edge(PARCEL, ORDER),
]


def test_forward_from_a_material_lot_finds_the_buyers_nearest_first() -> None:
    graph = walk(EDGES, start=WAX, direction=FORWARD)

    assert graph.nodes == (WAX, RUN, CANDLES, PARCEL, ORDER)
    assert edge(OIL, RUN) not in graph.edges


def test_backward_from_an_order_finds_every_material_and_its_purchase() -> None:
    graph = walk(EDGES, start=ORDER, direction=BACKWARD)

    assert set(graph.nodes) == {ORDER, PARCEL, CANDLES, RUN, WAX, OIL, PURCHASE}
    assert set(graph.edges) == set(EDGES)


def test_the_order_of_the_edges_does_not_matter() -> None:
    there = walk(EDGES, start=ORDER, direction=BACKWARD)
    back = walk(EDGES[::-1], start=ORDER, direction=BACKWARD)

    assert there == back


def test_a_thing_nothing_happened_to_is_alone() -> None:
    assert walk([], start=WAX, direction=FORWARD) == Graph(nodes=(WAX,), edges=())


def test_a_circle_is_walked_once() -> None:
    reworked = [*EDGES, edge(CANDLES, RUN)]

    graph = walk(reworked, start=RUN, direction=FORWARD)

    assert sorted(graph.nodes) == sorted({RUN, CANDLES, PARCEL, ORDER})
    assert len(graph.edges) == len(set(graph.edges)) == 4


NODES = st.builds(
    Node, kind=st.sampled_from((NodeKind.LOT, NodeKind.RUN)), id=st.integers(1, 4)
)
ANY_EDGES = st.lists(
    st.builds(Edge, source=NODES, target=NODES, quantity=st.just(1)), max_size=12
)


@given(ANY_EDGES, NODES, NODES)
def test_forward_and_backward_are_each_others_mirror(
    edges: list[Edge], here: Node, there: Node
) -> None:
    forward = walk(edges, start=here, direction=FORWARD)
    backward = walk(edges, start=there, direction=BACKWARD)

    assert (there in forward.nodes) == (here in backward.nodes)


def test_a_lot_whose_moves_account_for_everything_balances() -> None:
    moves = [
        Move(kind=MoveKind.RECEIVED, quantity=100),
        Move(kind=MoveKind.CONSUMED, quantity=-40),
        Move(kind=MoveKind.CONSUMED, quantity=10),  # a reversal
        Move(kind=MoveKind.SHIPPED, quantity=-20),
        Move(kind=MoveKind.RETURNED, quantity=5),
        Move(kind=MoveKind.SCRAPPED, quantity=-3),
        Move(kind=MoveKind.ADJUSTED, quantity=2),
        Move(kind=MoveKind.ADJUSTED, quantity=-6),
        Move(kind=MoveKind.PRODUCED, quantity=1),
    ]

    balance = mass_balance(moves, on_hand=49)

    assert balance == MassBalance(
        received=100,
        produced=1,
        returned=5,
        consumed=30,
        shipped=20,
        scrapped=3,
        adjusted=4,
        on_hand=49,
    )
    assert balance.difference == 0


@pytest.mark.parametrize("on_hand, difference", [(99, 1), (101, -1)])
def test_what_is_not_accounted_for_shows_as_the_difference(
    on_hand: int, difference: int
) -> None:
    moves = [Move(kind=MoveKind.RECEIVED, quantity=100)]

    assert mass_balance(moves, on_hand=on_hand).difference == difference


@given(
    st.lists(st.builds(Move, kind=st.sampled_from(MoveKind), quantity=st.integers(-9, 9)))
)
def test_a_lot_balances_exactly_when_its_ledger_sums_to_what_is_there(
    moves: list[Move],
) -> None:
    total = sum(move.quantity for move in moves)

    assert mass_balance(moves, on_hand=total).difference == 0
    assert mass_balance(moves, on_hand=total + 1).difference == -1
