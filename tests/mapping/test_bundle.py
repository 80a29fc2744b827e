"""Packs and kits ask for the right amount of every item in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.bundle import Component, demanded, tidy, times
from mapping.units import INT64, UnitProblem

SOAP, BOX, OIL = 1, 2, 3

COMPONENTS = st.lists(
    st.builds(
        Component,
        item_id=st.integers(min_value=1, max_value=4),
        quantity=st.integers(min_value=1, max_value=10**9),
    ),
    max_size=6,
)


def of(item_id: int, quantity: int) -> Component:
    return Component(item_id=item_id, quantity=quantity)


def test_a_pack_of_six_asks_for_six_each() -> None:
    assert demanded([of(SOAP, 6000)], pieces=2) == {SOAP: 12_000}


def test_a_kit_asks_for_each_of_its_items() -> None:
    kit = [of(SOAP, 2000), of(BOX, 1000), of(OIL, 30_000)]

    assert demanded(kit, pieces=3) == {SOAP: 6000, BOX: 3000, OIL: 90_000}


def test_an_item_that_is_in_a_kit_twice_is_asked_for_in_one_sum() -> None:
    assert demanded([of(SOAP, 1000), of(BOX, 1000), of(SOAP, 500)], pieces=2) == {
        SOAP: 3000,
        BOX: 2000,
    }


def test_no_pieces_ask_for_nothing() -> None:
    assert demanded([of(SOAP, 1000)], pieces=0) == {SOAP: 0}


def test_nothing_is_asked_for_what_is_not_produced() -> None:
    assert demanded((), pieces=7) == {}


def test_more_than_can_be_stored_is_refused() -> None:
    with pytest.raises(UnitProblem, match="3 pieces"):
        demanded([of(SOAP, INT64 // 2)], pieces=3)


def test_the_same_kit_is_the_same_however_it_is_written() -> None:
    assert tidy([of(BOX, 1), of(SOAP, 2), of(BOX, 3)]) == (of(SOAP, 2), of(BOX, 4))


def test_a_pack_can_be_made_of_what_a_piece_holds() -> None:
    assert times([of(SOAP, 1000), of(BOX, 500)], pieces=6) == (
        of(SOAP, 6000),
        of(BOX, 3000),
    )


@given(components=COMPONENTS, some=st.integers(0, 500), more=st.integers(0, 500))
def test_pieces_ask_for_as_much_together_as_apart(
    components: list[Component], some: int, more: int
) -> None:
    together = demanded(components, pieces=some + more)
    apart = demanded(components, pieces=some), demanded(components, pieces=more)

    assert together == {item: apart[0][item] + apart[1][item] for item in together}


@given(COMPONENTS)
def test_tidying_twice_changes_nothing_and_loses_nothing(
    components: list[Component],
) -> None:
    once = tidy(components)

    assert tidy(once) == once
    assert demanded(once, pieces=7) == demanded(components, pieces=7)
