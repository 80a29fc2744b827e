"""Steps: the whole line, zero and every level have room."""

from hypothesis import given
from hypothesis import strategies as st

from hub.web.pictures.bars import Frame
from hub.web.pictures.steps import steps

FRAME = Frame(width=700, height=240)
VALUES = st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=60)


@given(VALUES, st.lists(st.integers(0, 10**9), max_size=2), st.sampled_from([1, 1000]))
def test_the_line_zero_and_the_levels_lie_in_the_box(
    values: list[int], levels: list[int], unit: int
) -> None:
    chart = steps(values, frame=FRAME, levels=levels, unit=unit)

    for y in (*(step.y for step in chart.steps), chart.zero, *chart.levels):
        assert FRAME.top - 0.01 <= y <= FRAME.ground + 0.01
    assert chart.steps[0].x == FRAME.left
    assert abs(chart.steps[-1].x + chart.steps[-1].width - FRAME.far) < 0.05
    assert all(tick.value % unit == 0 for tick in chart.ticks)


@given(VALUES)
def test_more_is_never_drawn_lower(values: list[int]) -> None:
    chart = steps(values, frame=FRAME)

    ranked = sorted(chart.steps, key=lambda step: step.value)
    for less, more in zip(ranked, ranked[1:], strict=False):
        assert more.y <= less.y
    for step in chart.steps:
        assert (step.y <= chart.zero) is (step.value >= 0) or step.y == chart.zero
