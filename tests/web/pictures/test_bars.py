"""Bars: as high as their value, side by side within their box."""

from hypothesis import given
from hypothesis import strategies as st

from hub.web.pictures.bars import LEAST, Frame, bars

FRAME = Frame(width=400, height=200)
SERIES = st.integers(1, 20).flatmap(
    lambda n: st.lists(
        st.lists(st.integers(0, 10**6), min_size=n, max_size=n), min_size=1, max_size=3
    )
)


@given(SERIES)
def test_every_value_above_zero_is_a_bar_in_the_box(series: list[list[int]]) -> None:
    chart = bars(series, frame=FRAME)

    assert len(chart.bars) == sum(1 for values in series for value in values if value)
    for bar in chart.bars:
        assert FRAME.left <= bar.x
        assert bar.x + bar.width <= FRAME.far + 0.05
        assert FRAME.top - 0.05 <= bar.y
        assert abs(bar.y + bar.height - FRAME.ground) < 0.05
        assert bar.height >= LEAST


@given(SERIES)
def test_bars_do_not_overlap_and_more_is_never_lower(series: list[list[int]]) -> None:
    chart = bars(series, frame=FRAME)

    beside = sorted(chart.bars, key=lambda bar: bar.x)
    for left, right in zip(beside, beside[1:], strict=False):
        assert left.x + left.width <= right.x + 0.05
    ranked = sorted(chart.bars, key=lambda bar: bar.value)
    for less, more in zip(ranked, ranked[1:], strict=False):
        assert less.height <= more.height + 0.011


def test_nothing_at_all_is_an_empty_chart_with_an_axis() -> None:
    chart = bars([[0, 0, 0]], frame=FRAME)

    assert chart.bars == ()
    assert len(chart.centres) == 3
    assert [tick.value for tick in chart.ticks] == [0, 1]
