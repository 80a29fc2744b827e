"""What can still be made and sold: all items at once, never the last wax twice."""

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.catalogue.recipe import Recipe, RecipeLine
from hub.domain.planning.netting_types import LotSizes
from hub.domain.planning.offering import HowMade, Means, Work, can_make, makeable

LAVENDER, ROSE, WAX, JAR, BASE = 1, 2, 10, 11, 12
KILO = 1_000_000
PIECE = 1_000
BENCH = 1


def how(
    item: int,
    *parts: tuple[int, int],
    pieces: int = 10,
    work: tuple[Work, ...] = (),
    least: int = 1,
) -> HowMade:
    recipe = Recipe(
        item_id=item,
        batch_size=pieces * PIECE,
        lines=tuple(
            RecipeLine(item_id=part, quantity=quantity) for part, quantity in parts
        ),
    )
    sizes = LotSizes(good_yield=pieces * PIECE, min_batches=least)
    return HowMade(recipe=recipe, sizes=sizes, work=work)


CANDLES = {
    LAVENDER: how(LAVENDER, (WAX, KILO), (JAR, 10 * PIECE)),
    ROSE: how(ROSE, (WAX, KILO), (JAR, 10 * PIECE)),
}


def test_what_the_materials_give_can_be_sold() -> None:
    means = Means(free={WAX: 3 * KILO, JAR: 100 * PIECE}, made=CANDLES)

    assert makeable([LAVENDER], means=means) == {LAVENDER: 30 * PIECE}


def test_two_candles_never_both_get_the_last_wax() -> None:
    means = Means(free={WAX: KILO, JAR: 100 * PIECE}, made=CANDLES)

    assert makeable([LAVENDER, ROSE], means=means) == {LAVENDER: 10 * PIECE, ROSE: 0}


def test_a_shortage_hits_all_alike() -> None:
    means = Means(free={WAX: 4 * KILO, JAR: 100 * PIECE}, made=CANDLES)

    assert makeable([LAVENDER, ROSE], means=means) == {
        LAVENDER: 20 * PIECE,
        ROSE: 20 * PIECE,
    }


def test_only_whole_batches_are_made() -> None:
    means = Means(free={WAX: KILO * 5 // 2, JAR: 100 * PIECE}, made=CANDLES)

    assert makeable([LAVENDER], means=means) == {LAVENDER: 20 * PIECE}


def test_a_run_that_cannot_be_as_big_as_it_must_is_not_offered() -> None:
    means = Means(
        free={WAX: KILO, JAR: 100 * PIECE},
        made={LAVENDER: how(LAVENDER, (WAX, KILO), least=2)},
    )

    assert makeable([LAVENDER], means=means) == {LAVENDER: 0}


def test_what_has_no_recipe_is_not_made() -> None:
    assert makeable([LAVENDER], means=Means(free={WAX: KILO}, made={})) == {LAVENDER: 0}


def test_a_base_is_made_before_its_finishes_and_its_stock_is_used_first() -> None:
    made = {
        LAVENDER: how(LAVENDER, (BASE, KILO)),
        BASE: how(BASE, (WAX, KILO), pieces=1_000),
    }

    means = Means(free={BASE: KILO, WAX: 2 * KILO}, made=made)

    assert makeable([LAVENDER], means=means) == {LAVENDER: 30 * PIECE}


def test_the_stock_of_what_is_sold_itself_is_not_made_into_something_else() -> None:
    made = {LAVENDER: how(LAVENDER, (BASE, KILO))}

    means = Means(free={BASE: 5 * KILO}, made=made)

    assert makeable([LAVENDER, BASE], means=means) == {LAVENDER: 0, BASE: 0}


def test_hours_are_shared_like_materials() -> None:
    work = (Work(work_centre=BENCH, setup=30, per_batch=60),)
    made = {
        LAVENDER: how(LAVENDER, (WAX, 1), work=work),
        ROSE: how(ROSE, (JAR, 1), work=work),
    }
    free = {WAX: KILO, JAR: KILO}

    a_day = makeable(
        [LAVENDER, ROSE], means=Means(free=free, made=made, minutes={BENCH: 480})
    )
    an_hour = makeable(
        [LAVENDER, ROSE], means=Means(free=free, made=made, minutes={BENCH: 60})
    )

    assert sum(a_day.values()) == 70 * PIECE  # two set-ups and seven hours
    assert an_hour == {LAVENDER: 0, ROSE: 0}


def test_what_shares_nothing_is_not_held_back() -> None:
    made = {LAVENDER: how(LAVENDER, (WAX, KILO)), ROSE: how(ROSE, (JAR, PIECE))}

    means = Means(free={WAX: 0, JAR: 7 * PIECE}, made=made)

    assert makeable([LAVENDER, ROSE], means=means) == {LAVENDER: 0, ROSE: 70 * PIECE}


PRODUCTS = (1, 2, 3, 4)
MATERIALS = (10, 11, 12)
RECIPES = st.fixed_dictionaries(
    {
        product: st.tuples(
            st.dictionaries(st.sampled_from(MATERIALS), st.integers(1, 50), min_size=1),
            st.integers(1, 12),
            st.integers(1, 3),
            st.integers(0, 30),
        )
        for product in PRODUCTS
    }
)


@given(
    recipes=RECIPES,
    free=st.fixed_dictionaries({item: st.integers(-20, 400) for item in MATERIALS}),
    minutes=st.integers(0, 300),
)
def test_everything_offered_can_be_made_together_and_no_batch_more_of_anything(
    recipes: dict[int, tuple[dict[int, int], int, int, int]],
    free: dict[int, int],
    minutes: int,
) -> None:
    made = {
        product: HowMade(
            recipe=Recipe(
                item_id=product,
                batch_size=gives,
                lines=tuple(
                    RecipeLine(item_id=part, quantity=quantity)
                    for part, quantity in sorted(parts.items())
                ),
            ),
            sizes=LotSizes(good_yield=gives, min_batches=least),
            work=(Work(work_centre=BENCH, setup=5, per_batch=takes),),
        )
        for product, (parts, gives, least, takes) in recipes.items()
    }
    means = Means(free=free, made=made, minutes={BENCH: minutes})

    offered = makeable(PRODUCTS, means=means)

    taken = dict.fromkeys(MATERIALS, 0)
    busy = 0
    for product, quantity in offered.items():
        parts, gives, least, takes = recipes[product]
        batches = max(-(-quantity // gives), least) if quantity else 0
        busy += 5 * bool(batches) + takes * batches
        for part, amount in parts.items():
            taken[part] += amount * batches
    assert all(taken[part] <= max(free[part], 0) for part in MATERIALS)
    assert busy <= minutes
    for product in PRODUCTS:
        more = {**offered, product: offered[product] + recipes[product][1]}
        assert not can_make(more, means=means)
