"""What batches give and take, and which items stand above which."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.catalogue.recipe import (
    Recipe,
    RecipeCircle,
    RecipeLine,
    below,
    explode,
    good_yield,
    levels,
    planned_output,
    planning_order,
)

CANDLE, WAX_BLEND, WAX, OIL, JAR, SOAP = 1, 2, 3, 4, 5, 6
EDGES = {CANDLE: [WAX_BLEND, JAR, OIL], WAX_BLEND: [WAX, OIL], SOAP: [OIL]}

RECIPES = st.builds(
    Recipe,
    item_id=st.just(CANDLE),
    batch_size=st.integers(1, 10_000),
    loss_bp=st.integers(0, 9_999),
    lines=st.lists(
        st.builds(
            RecipeLine,
            item_id=st.integers(2, 5),
            quantity=st.integers(1, 5_000),
            waste_bp=st.integers(0, 9_999),
        ),
        max_size=5,
    ).map(tuple),
)


def test_the_expected_loss_is_taken_off_and_rounded_down() -> None:
    recipe = Recipe(item_id=CANDLE, batch_size=24_000, loss_bp=333)

    assert good_yield(recipe) == 23_200
    assert planned_output(recipe, batches=3) == 69_600


def test_waste_is_taken_on_top_and_rounded_up() -> None:
    recipe = Recipe(
        item_id=CANDLE,
        batch_size=1,
        lines=(
            RecipeLine(item_id=WAX, quantity=4_000_000, waste_bp=250),
            RecipeLine(item_id=OIL, quantity=1, waste_bp=1),
        ),
    )

    assert explode(recipe, batches=2) == {WAX: 8_200_000, OIL: 4}


def test_an_item_named_twice_is_summed() -> None:
    line = RecipeLine(item_id=OIL, quantity=30)

    assert explode(Recipe(item_id=CANDLE, batch_size=1, lines=(line, line)), batches=2) == {
        OIL: 120
    }


@given(RECIPES, st.integers(0, 40), st.integers(0, 40))
def test_two_runs_take_what_one_run_of_both_takes(
    recipe: Recipe, some: int, more: int
) -> None:
    first, second = explode(recipe, batches=some), explode(recipe, batches=more)

    together = explode(recipe, batches=some + more)

    assert {item: first[item] + second[item] for item in first} == together


@given(RECIPES)
def test_a_batch_never_takes_less_than_its_lines_say(recipe: Recipe) -> None:
    taken = explode(recipe, batches=1)

    for item in taken:
        assert taken[item] >= sum(n.quantity for n in recipe.lines if n.item_id == item)


def test_an_item_stands_below_everything_made_of_it() -> None:
    assert levels(EDGES) == {
        CANDLE: 0,
        SOAP: 0,
        WAX_BLEND: 1,
        JAR: 1,
        WAX: 2,
        OIL: 2,
    }


def test_a_circle_names_the_items_on_the_way_round() -> None:
    with pytest.raises(RecipeCircle) as circle:
        levels({**EDGES, WAX: [CANDLE]})

    items = circle.value.items
    assert items[0] == items[-1]
    assert set(items) == {CANDLE, WAX_BLEND, WAX}
    assert str(items) in str(circle.value)


def test_an_item_made_of_itself_is_a_circle() -> None:
    with pytest.raises(RecipeCircle):
        levels({SOAP: [SOAP]})


def test_all_that_goes_into_an_item_is_below_it() -> None:
    assert below(EDGES, items=[WAX_BLEND]) == {WAX_BLEND, WAX, OIL}
    assert below(EDGES, items=[CANDLE, SOAP]) == {CANDLE, WAX_BLEND, JAR, WAX, OIL, SOAP}


def test_users_are_planned_before_what_they_use() -> None:
    assert planning_order(EDGES, items=[SOAP, CANDLE]) == (
        CANDLE, SOAP, WAX_BLEND, JAR, WAX, OIL,
    )  # fmt: skip


@given(st.dictionaries(st.integers(1, 30), st.frozensets(st.integers(1, 30), max_size=4)))
def test_every_user_comes_before_its_components(drawn: dict[int, frozenset[int]]) -> None:
    # Only downward edges, so that there is no circle.
    edges = {
        item: {below for below in parts if below > item} for item, parts in drawn.items()
    }

    order = planning_order(edges, items=edges)

    place = {item: number for number, item in enumerate(order)}
    assert all(place[item] < place[part] for item in edges for part in edges[item])
