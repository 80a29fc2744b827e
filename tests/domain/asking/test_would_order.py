"""An order somebody speaks of: behind everybody who is there, and nothing is stored."""

from dataclasses import replace

from hub.domain.asking.whole_plan import plan_everything
from hub.domain.asking.whole_plan_types import State
from hub.domain.asking.would_order import (
    Asked,
    ItemAnswer,
    answers,
    promised_on,
    with_order,
)
from tests.domain.asking.workshops import Size, workshop

PIECES = 3_000


def asked_of(state: State, item_id: int, quantity: int) -> tuple[ItemAnswer, bool]:
    """Ask for so much of an item; say too whether everybody keeps what they have."""
    asked = Asked(wants={item_id: quantity})
    before = plan_everything(state)
    after = plan_everything(with_order(state, asked))
    keeps = all(
        after.cover.held.get(key) == held for key, held in before.cover.held.items()
    )
    return answers(asked, after)[item_id], keeps


def test_every_piece_asked_for_has_one_answer() -> None:
    state = workshop(Size(orders=20))

    for item_id in (1, 2, 3):
        found, _ = asked_of(state, item_id, PIECES)

        parts = found.in_stock + found.made + found.coming + found.short
        assert parts == found.wanted == PIECES


def test_an_order_without_stock_or_recipe_is_short_and_has_no_day() -> None:
    state = workshop(Size(orders=1))
    unknown = replace(state.goods[1].policy, lot_sizes=None)
    bare = replace(state.goods[1], policy=unknown, method=None, lots=(), incoming=())
    state = replace(state, goods={**state.goods, 1: bare})
    asked = Asked(wants={1: PIECES})

    outcome = plan_everything(with_order(state, asked))

    assert answers(asked, outcome)[1].short == PIECES
    assert promised_on(outcome) is None


def test_what_is_only_spoken_of_takes_nothing_from_anybody() -> None:
    state = workshop(Size(orders=30))

    for item_id in range(1, 10):
        _, keeps = asked_of(state, item_id, 100 * PIECES)

        assert keeps


def test_the_state_that_was_asked_about_stays_as_it_was() -> None:
    state = workshop(Size(orders=3))

    with_order(state, Asked(wants={1: PIECES}))

    assert len(state.orders) == 3
