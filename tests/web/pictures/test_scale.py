"""From numbers to places: round ticks that cover a range, and texts that fit."""

from hypothesis import given
from hypothesis import strategies as st

from hub.web.pictures.scale import Scale, clip, ticks

NUMBERS = st.integers(-(10**12), 10**12)


@given(NUMBERS, NUMBERS, st.integers(2, 8))
def test_ticks_cover_the_range_evenly_and_are_few(one: int, other: int, most: int) -> None:
    low, high = sorted((one, other))

    found = ticks(low, high, most=most)

    assert found[0] <= low
    assert found[-1] >= high
    assert 2 <= len(found) <= most + 1
    assert len({b - a for a, b in zip(found, found[1:], strict=False)}) == 1
    assert str(found[1] - found[0]).rstrip("0") in {"1", "2", "5"}


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_scale_keeps_the_order_of_values(one: int, two: int, three: int) -> None:
    low, middle, high = sorted((one, two, three))
    scale = Scale(low=low, high=high, start=0, end=500)

    assert 0 <= scale.at(middle) <= 500
    assert scale.at(low) <= scale.at(middle) <= scale.at(high)


@given(st.text(min_size=1), st.floats(1, 1000))
def test_a_text_that_is_cut_is_shorter_and_says_so(text: str, width: float) -> None:
    found = clip(text, width=width)

    assert found == text or (found.endswith("…") and len(found) <= len(text) + 1)
    assert len(found) <= max(2, width / (12 * 0.58))
