"""When the materials of a run are there."""

from datetime import date

import pytest

from hub.domain.days.material_wait import MaterialWait, last_wait, materials_ready_on
from tests.domain.plans import TODAY, day


@pytest.mark.parametrize(
    "waits, expected",
    [
        ((), 0),
        ((MaterialWait(expected_on=day(4)), MaterialWait(lead_days=9)), 9),
        ((MaterialWait(expected_on=day(4), lead_days=9),), 4),
        ((MaterialWait(expected_on=day(-1), lead_days=9),), 9),
        ((MaterialWait(expected_on=day(0)),), 0),
        ((MaterialWait(expected_on=day(-1)),), None),
        ((MaterialWait(), MaterialWait(expected_on=day(4))), None),
    ],
)
def test_the_last_material_decides_and_an_unknown_one_gives_no_day(
    waits: tuple[MaterialWait, ...], expected: int | None
) -> None:
    ready_on: date | None = materials_ready_on(waits, today=TODAY)

    assert ready_on == (None if expected is None else day(expected))


def test_what_keeps_a_run_longest_is_named() -> None:
    oil = MaterialWait(item="OIL", ref="PO-0007", expected_on=day(10))
    wax = MaterialWait(item="WAX", lead_days=5)

    assert last_wait([oil, wax], today=TODAY) == oil
    assert last_wait([oil, wax, MaterialWait(item="LYE")], today=TODAY) == MaterialWait(
        item="LYE"
    )
    assert last_wait([], today=TODAY) is None
