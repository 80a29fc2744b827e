"""Spans on an axis of days: in order, in the box, and open where nobody knows."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.web.pictures.strip import Bounds, strip

TODAY = date(2026, 11, 23)
DAYS = st.integers(-400, 400).map(lambda n: TODAY + timedelta(days=n))
SPANS = st.lists(
    st.builds(lambda a, b: Bounds(start=a, end=b), DAYS, st.none() | DAYS), max_size=12
)


@given(SPANS)
def test_all_spans_and_today_lie_on_the_axis_one_below_the_other(
    spans: list[Bounds],
) -> None:
    found = strip(spans, today=TODAY, width=700, left=90)

    edge = found.frame.far
    assert 90 <= found.today <= edge
    for row in found.rows:
        assert 90 <= row.start <= edge
        assert 90 <= row.end <= edge
    heights = [row.y for row in found.rows]
    assert heights == sorted(set(heights))
    assert found.frame.height >= max(heights, default=0)


@given(SPANS)
def test_an_end_that_nobody_knows_goes_on_to_the_edge(spans: list[Bounds]) -> None:
    found = strip(spans, today=TODAY, width=700, left=90)

    for span, row in zip(spans, found.rows, strict=True):
        if span.end is None:
            assert row.is_open
            assert row.end == found.frame.far


@given(SPANS)
def test_a_later_day_is_never_further_left(spans: list[Bounds]) -> None:
    found = strip(spans, today=TODAY, width=700, left=90)

    ranked = sorted(zip(spans, found.rows, strict=True), key=lambda each: each[0].start)
    starts = [row.start for _, row in ranked]
    assert starts == sorted(starts)
    assert 1 <= len(found.marks) <= 7
