"""What is asked very often of long lines and deep pools is answered as a look at each would."""

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.planning.pools import FOREVER, Line, Pool, Source, Wanting
from tests.domain.plans import TODAY, day, demand

WANTS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), max_size=20)


def waiting(left: int, fresh_days: int) -> Wanting:
    return Wanting(
        demand=demand("x", left, due=0, fresh_days=fresh_days), used_on=TODAY, left=left
    )


@given(WANTS, st.integers(0, 25), st.integers(-1, 10), st.lists(st.integers(0, 19)))
def test_a_line_finds_the_first_for_whom_goods_keep_long_enough(
    asked: list[tuple[int, int]], start: int, keeps: int, served: list[int]
) -> None:
    wants = [waiting(left, fresh) for left, fresh in asked]
    line = Line(wants)
    for index in served:
        if index < len(wants):
            wants[index].left = 0
            line.settle(index)
    last_day = day(keeps).toordinal()

    found = line.first(keeps=last_day, start=start)

    assert found == next(
        (
            n
            for n, want in enumerate(wants)
            if n >= start and want.left and want.fresh_until <= last_day
        ),
        None,
    )


SOURCES = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from((None, 0, 2, 5, 9))), max_size=8
)


@given(SOURCES, WANTS, st.booleans())
def test_a_pool_pours_as_a_walk_over_its_sources_would(
    held: list[tuple[int, int | None]], asked: list[tuple[int, int]], by_age: bool
) -> None:
    if by_age:
        held = sorted(held, key=lambda each: FOREVER if each[1] is None else each[1])
    pool, plain = Pool(sources(held)), sources(held)

    for left, fresh in asked:
        poured = list(pool.pour(waiting(left, fresh)))

        assert poured == walk(plain, into=waiting(left, fresh))
    assert pool.left == sum(source.left for source in plain)


def sources(held: list[tuple[int, int | None]]) -> list[Source]:
    return [
        Source(ref=n, left=left, best_before=None if keeps is None else day(keeps))
        for n, (left, keeps) in enumerate(held)
    ]


def walk(plain: list[Source], *, into: Wanting) -> list[tuple[int, int]]:
    poured: list[tuple[int, int]] = []
    for source in plain:
        quantity = min(source.left, into.left)
        if quantity and into.accepts(source.best_before):
            source.left -= quantity
            into.left -= quantity
            poured.append((source.ref, quantity))
    return poured
