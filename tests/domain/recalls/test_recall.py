"""What a recall reaches, and what its buyers are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.recalls.recall import Part, Reach, affected_lots, reach, total
from hub.domain.recalls.recall_letter import WORDS, About, Sold, language_of, write_letter
from hub.domain.stock.trace import (
    Edge,
    MassBalance,
    Move,
    MoveKind,
    Node,
    NodeKind,
    mass_balance,
)


def lot(number: int) -> Node:
    return Node(kind=NodeKind.LOT, id=number)


def edge(source: Node, target: Node, quantity: int = 1) -> Edge:
    return Edge(source=source, target=target, quantity=quantity)


RUN = Node(kind=NodeKind.RUN, id=1)
EDGES = [
    edge(lot(1), RUN),
    edge(lot(2), RUN),
    edge(RUN, lot(3)),
    edge(lot(3), Node(kind=NodeKind.SHIPMENT, id=5), 4),
    edge(Node(kind=NodeKind.SHIPMENT, id=5), Node(kind=NodeKind.ORDER, id=50), 0),
    edge(lot(3), Node(kind=NodeKind.SHIPMENT, id=6), 2),
    edge(Node(kind=NodeKind.SHIPMENT, id=6), Node(kind=NodeKind.ORDER, id=60), 0),
    edge(lot(2), Node(kind=NodeKind.SHIPMENT, id=7), 2),
    edge(Node(kind=NodeKind.SHIPMENT, id=7), Node(kind=NodeKind.ORDER, id=70), 0),
]


def found(*, left: set[int]) -> Reach:
    waits = {60: [Part(lot_id=3, quantity=1)], 80: [Part(lot_id=3, quantity=9)]}
    lots = affected_lots(EDGES, start=[1])
    return reach(EDGES, lots=lots, left=left, reserved=waits)


def test_what_was_made_of_a_lot_is_affected_and_what_went_in_beside_it_is_not() -> None:
    assert affected_lots(EDGES, start=[1]) == (1, 3)
    assert affected_lots(EDGES, start=[2, 1]) == (2, 1, 3)


def test_orders_are_sent_or_can_still_be_stopped_or_both() -> None:
    reached = found(left={5, 6})

    assert reached.sent == {50, 60}
    assert reached.unsent == {60, 80}
    assert reached.orders == (50, 60, 80)
    assert [each.parts for each in reached.parcels] == [
        (Part(lot_id=3, quantity=4),),
        (Part(lot_id=3, quantity=2),),
    ]


def test_a_parcel_that_is_only_packed_can_be_stopped() -> None:
    reached = found(left={6})

    assert reached.sent == {60}
    assert reached.unsent == {50, 60, 80}


MOVES = st.lists(
    st.builds(Move, kind=st.sampled_from(MoveKind), quantity=st.integers(-99, 99))
)


@given(st.lists(MOVES, max_size=5))
def test_a_total_differs_by_what_its_lots_differ(lots: list[list[Move]]) -> None:
    balances: list[MassBalance] = [mass_balance(moves, on_hand=3) for moves in lots]

    summed = total(balances)

    assert summed.difference == sum(each.difference for each in balances)
    assert summed.on_hand == 3 * len(lots)


# Letters ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "locale, country, otherwise, language",
    [
        ("es-ES", "DE", "en", "es"),
        ("es_MX", "", "en", "es"),
        ("en-GB", "ES", "es", "en"),
        ("", "MX", "en", "es"),
        ("", "FR", "es", "en"),
        ("", "", "es", "es"),
        ("", "", "xx", "en"),
        ("ca-ES", "ES", "en", "es"),
        ("fr", "", "es", "en"),
    ],
)
def test_a_buyer_is_written_to_in_their_language_if_we_have_it(
    locale: str, country: str, otherwise: str, language: str
) -> None:
    assert language_of(locale=locale, country=country, otherwise=otherwise) == language


@pytest.mark.parametrize("language", sorted(WORDS))
def test_a_letter_names_the_order_the_pieces_their_lots_and_the_reason(
    language: str,
) -> None:
    sold = [Sold(title="Fig candle", pieces=2, lots=("C-1", "C-2"))]
    about = About(
        name="Ana", order="#1001", shop="Cera y Sal", reason="mould {x}", sold=sold
    )

    letter = write_letter(about, language=language)

    assert "Fig candle" in letter.subject
    for each in ("Ana", "#1001", "2 × Fig candle", "C-1, C-2", "mould {x}", "Cera y Sal"):
        assert each in letter.body


def test_a_letter_to_somebody_forgotten_names_nobody() -> None:
    about = About(name="", order="#1", shop="Cera y Sal", reason="", sold=[])

    assert write_letter(about, language="en").body.startswith("Hello,\n\nPlease")


def test_a_letter_nobody_signs_ends_with_its_words() -> None:
    about = About(name="Ana", order="#1", shop="", reason="", sold=[])

    assert write_letter(about, language="en").body.endswith("We are sorry.")
