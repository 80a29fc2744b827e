"""One base, many finishes: what was chosen is what is added, and nothing unknown is guessed."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.catalogue.options import Choice, ChoiceProblem, choose, finish, options_key
from hub.domain.catalogue.recipe import Recipe, RecipeLine, explode

BASE, CANDLE, LAVENDER, ROSE, PURPLE, ALCOHOL, WAX = 1, 2, 3, 4, 5, 6, 7
CANDLES = Recipe(
    item_id=BASE,
    batch_size=5000,
    loss_bp=500,
    lines=(RecipeLine(item_id=WAX, quantity=5100),),
)
"""A batch gives 4750 after its loss."""


def adds(item_id: int, quantity: int, *, waste_bp: int = 0) -> RecipeLine:
    return RecipeLine(item_id=item_id, quantity=quantity, waste_bp=waste_bp)


CHOICES = (
    Choice(option="Scent", value="Lavender", lines=(adds(LAVENDER, 95),)),
    Choice(option="Scent", value="Rose", lines=(adds(ROSE, 50), adds(ALCOHOL, 10))),
    Choice(option="Scent", value="Unscented"),
    Choice(option="Colour", value="Purple", lines=(adds(PURPLE, 7), adds(ALCOHOL, 5))),
    Choice(option="Colour", value="White"),
)


def finished(
    size: int | None = None, *, scent: str = "Lavender", colour: str = "White"
) -> Recipe:
    return finish(
        CANDLES,
        choices=CHOICES,
        options={"Scent": scent, "Colour": colour},
        item_id=CANDLE,
        batch_size=size,
    )


def test_a_batch_finishes_what_a_batch_of_the_base_gives_after_its_loss() -> None:
    recipe = finished()

    assert recipe == Recipe(
        item_id=CANDLE, batch_size=4750, lines=(adds(BASE, 4750), adds(LAVENDER, 95))
    )


def test_a_value_may_add_nothing() -> None:
    assert finished(scent="Unscented").lines == (adds(BASE, 4750),)


def test_what_two_choices_take_of_one_item_is_added_up() -> None:
    recipe = finished(scent="Rose", colour="Purple")

    assert recipe.lines == (
        adds(BASE, 4750),
        adds(ROSE, 50),
        adds(ALCOHOL, 15),
        adds(PURPLE, 7),
    )


def test_different_wastes_of_one_item_are_added_up_with_what_is_wasted() -> None:
    choices = (
        Choice(option="a", value="x", lines=(adds(ALCOHOL, 100, waste_bp=1000),)),
        Choice(option="b", value="x", lines=(adds(ALCOHOL, 100),)),
    )

    recipe = finish(CANDLES, choices=choices, options={"a": "x", "b": "x"}, item_id=CANDLE)

    assert recipe.lines[1:] == (adds(ALCOHOL, 210),)


def test_a_smaller_batch_takes_its_share_rounded_up() -> None:
    recipe = finished(475, scent="Rose", colour="Purple")

    assert recipe.batch_size == 475
    assert recipe.lines == (
        adds(BASE, 475),
        adds(ROSE, 5),
        adds(ALCOHOL, 2),
        adds(PURPLE, 1),
    )


def test_how_it_is_typed_does_not_matter() -> None:
    typed = {" colour ": "PURPLE", "scent": "lavender"}

    chosen = choose(CHOICES, options=typed)

    assert [(each.option, each.value) for each in chosen] == [
        ("Scent", "Lavender"),
        ("Colour", "Purple"),
    ]
    assert options_key(typed) == options_key({"Scent": "Lavender", "Colour": "Purple"})


@pytest.mark.parametrize(
    "options, words",
    [
        ({"Scent": "Rose"}, "Say which Colour: “Purple”, “White”."),
        (
            {"Scent": "Fig", "Colour": "White"},
            "There is no Scent “Fig”, only “Lavender”, “Rose”, “Unscented”.",
        ),
        (
            {"Scent": "Rose", "Colour": "White", "Size": "L"},
            "There is no option “Size”, only “Scent”, “Colour”.",
        ),
    ],
)
def test_what_is_not_offered_is_refused_with_what_there_is(
    options: dict[str, str], words: str
) -> None:
    with pytest.raises(ChoiceProblem) as no:
        choose(CHOICES, options=options)

    assert str(no.value) == words


def test_options_of_other_values_never_share_a_key() -> None:
    one = options_key({"a": "b", "c": "d"})
    other = options_key({"a": 'b", "c": "d'})

    assert one != other


@given(st.integers(1, 20_000), st.integers(1, 50), st.sampled_from(["Lavender", "Rose"]))
def test_nothing_is_added_short_and_the_base_is_used_one_for_one(
    size: int, batches: int, scent: str
) -> None:
    recipe = finished(size, scent=scent)

    takes = explode(recipe, batches=batches)

    assert takes[BASE] == recipe.batch_size * batches
    for line in finished(scent=scent).lines[1:]:
        exact = Fraction(line.quantity * size, 4750) * batches
        assert exact <= takes[line.item_id] < exact + batches
