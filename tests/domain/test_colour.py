"""Whatever colour people choose, what is written in it can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.colour import ENOUGH, NIGHT, OURS, WHITE, contrast, is_colour, stand_out

ANY = st.integers(min_value=0, max_value=0xFFFFFF).map(lambda each: f"#{each:06x}")


@given(colour=ANY, ground=st.sampled_from([WHITE, NIGHT]))
def test_every_colour_can_be_read_on_white_and_at_night(colour: str, ground: str) -> None:
    found = stand_out(colour, on=ground)

    assert is_colour(found)
    assert contrast(found, ground) >= ENOUGH


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert stand_out(OURS, on=WHITE) == OURS


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("text", ["", "red", "#FFF", "#b4552D", "#b4552d\n", "b4552d"])
def test_what_is_no_colour_is_none(text: str) -> None:
    assert not is_colour(text)
