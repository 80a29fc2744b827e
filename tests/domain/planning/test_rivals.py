"""Who gave what to whom between two plans."""

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.planning.rivals import Gift, Place, gifts, totals

LOT: Place = (1, "lot", 7)
RUN: Place = (1, "run", 8)
OTHER: Place = (1, "run", 9)
HANDS = st.dictionaries(
    st.tuples(st.integers(1, 2), st.sampled_from(["lot", "run"]), st.integers(1, 2)),
    st.dictionaries(st.integers(1, 3), st.integers(1, 9)),
)


def gift(giver: int, taker: int, quantity: int) -> Gift:
    return Gift(item_id=1, giver=giver, taker=taker, quantity=quantity)


def test_what_changes_hands_at_one_place_was_given() -> None:
    assert gifts({LOT: {31: 5}}, after={LOT: {31: 2, 40: 3}}) == (gift(31, 40, 3),)


def test_several_may_give_to_one() -> None:
    given_away = gifts({LOT: {31: 2, 32: 2}}, after={LOT: {40: 4}})

    assert given_away == (gift(31, 40, 2), gift(32, 40, 2))


def test_two_that_swap_runs_give_each_other_nothing() -> None:
    before = {RUN: {31: 5}, OTHER: {40: 5}}

    assert gifts(before, after={RUN: {40: 5}, OTHER: {31: 5}}) == ()


def test_what_became_free_or_was_free_is_no_gift() -> None:
    assert gifts({LOT: {31: 5}}, after={LOT: {31: 2}}) == ()
    assert gifts({LOT: {31: 2}}, after={LOT: {31: 5}}) == ()


def test_what_an_order_has_is_added_up() -> None:
    hands = {LOT: {31: 5}, RUN: {31: 1}, OTHER: {31: 2, 40: 9}}

    assert totals(hands, order_id=31) == {(1, "lot"): 5, (1, "run"): 3}
    assert totals(hands, order_id=99) == {}


@given(HANDS)
def test_equal_plans_give_nothing(hands: dict[Place, dict[int, int]]) -> None:
    assert gifts(hands, after=hands) == ()


@given(HANDS, HANDS)
def test_nobody_gives_more_than_they_had(
    before: dict[Place, dict[int, int]], after: dict[Place, dict[int, int]]
) -> None:
    for order_id in (1, 2, 3):
        for item_id in (1, 2):
            gave = sum(
                each.quantity
                for each in gifts(before, after=after)
                if (each.giver, each.item_id) == (order_id, item_id)
            )
            had = totals(before, order_id=order_id)
            assert gave <= had.get((item_id, "lot"), 0) + had.get((item_id, "run"), 0)
