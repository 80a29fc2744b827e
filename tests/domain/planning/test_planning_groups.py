"""Items that may stand in for each other are planned together, below all that use them."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.catalogue.recipe import RecipeCircle
from hub.domain.planning.planning_groups import groups_of, planning_groups

CANDLE, SOAP, SOY, COCO, BLEND, OIL = 1, 2, 3, 4, 5, 6


def test_marking_one_of_a_group_plans_all_of_it() -> None:
    groups = groups_of([(SOY, COCO), (COCO, OIL)])

    order = planning_groups({CANDLE: [SOY]}, items=[COCO], groups=groups)

    assert order == ((SOY, COCO, OIL),)


def test_a_group_waits_for_the_users_of_its_deepest_member() -> None:
    groups = groups_of([(SOY, OIL)])
    edges = {CANDLE: [SOY], SOAP: [BLEND], BLEND: [OIL]}

    order = planning_groups(edges, items=[CANDLE, SOAP], groups=groups)

    assert order == ((CANDLE,), (SOAP,), (BLEND,), (SOY, OIL))


def test_what_a_substitute_is_made_of_is_planned_after_it() -> None:
    groups = groups_of([(SOY, BLEND)])

    order = planning_groups({CANDLE: [SOY], BLEND: [OIL]}, items=[CANDLE], groups=groups)

    assert order == ((CANDLE,), (SOY, BLEND), (OIL,))


def test_an_item_made_of_what_stands_in_for_it_goes_round() -> None:
    groups = groups_of([(SOY, BLEND)])

    with pytest.raises(RecipeCircle):
        planning_groups({BLEND: [SOY]}, items=[BLEND], groups=groups)


PAIRS = st.lists(
    st.tuples(st.integers(1, 9), st.integers(1, 9)).filter(lambda p: p[0] != p[1])
)


@given(PAIRS, st.randoms(use_true_random=False))
def test_groups_are_the_same_in_whatever_order_alternates_are_read(
    pairs: list[tuple[int, int]], chance: Random
) -> None:
    turned = [(other, one) for one, other in pairs]
    chance.shuffle(turned)

    one, other = groups_of(pairs), groups_of(turned)

    for item in range(1, 10):
        assert one.members(item) == other.members(item)
        assert one.head(item) == min(one.members(item))
    assert all(a in one.members(b) for a, b in pairs)
