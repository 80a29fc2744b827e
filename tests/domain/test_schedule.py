"""Runs on the calendar."""

from collections import Counter
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.schedule import (
    Calendar,
    MaterialWait,
    NoSlot,
    RunToPlace,
    Slot,
    Unplaced,
    materials_ready_on,
    place_runs,
    run_minutes,
)
from tests.domain.plans import TODAY, day

MIXER, OVEN = 1, 2
# TODAY is a Monday.
WEEK = Calendar(minutes=(480, 480, 480, 480, 240, 0, 0), closures=frozenset({day(2)}))
CENTRES = {MIXER: WEEK, OVEN: WEEK}


def todo(
    key: str,
    minutes: int,
    *,
    centre: int | None = MIXER,
    earliest: int | None = 0,
    due: int | None = 5,
    priority: int | None = 100,
    running: bool = False,
    rest: int = 0,
    after: tuple[str, ...] = (),
) -> RunToPlace:
    return RunToPlace(
        key=key,
        minutes=minutes,
        work_centre=centre,
        earliest_on=None if earliest is None else day(earliest),
        needed_on=None if due is None else day(due),
        priority=priority,
        is_running=running,
        rest_days=rest,
        after=frozenset(after),
    )


def placed(*runs: RunToPlace) -> dict[str, Slot | Unplaced]:
    return dict(place_runs(runs, centres=CENTRES, today=TODAY))


def span(outcome: Slot | Unplaced) -> tuple[date, int, date, int]:
    assert isinstance(outcome, Slot)
    return (
        outcome.starts_on,
        outcome.starts_minute,
        outcome.ends_on,
        outcome.ends_minute,
    )


def test_a_run_takes_its_set_up_and_its_batches() -> None:
    assert run_minutes(30, per_batch=45, batches=4) == 210


def test_runs_follow_each_other_by_the_day_they_are_needed() -> None:
    slots = placed(todo("later", 300, due=9), todo("sooner", 300, due=3))

    assert span(slots["sooner"]) == (day(0), 0, day(0), 300)
    assert span(slots["later"]) == (day(0), 300, day(1), 120)


def test_a_running_run_keeps_its_place_then_priority_then_key_decide() -> None:
    slots = placed(
        todo("b", 10),
        todo("a", 10),
        todo("rush", 10, priority=1),
        todo("stock", 10, priority=None),
        todo("someday", 10, due=None),
        todo("running", 10, due=30, running=True),
    )

    starts = sorted(slots, key=lambda key: span(slots[key])[1])
    assert starts == ["running", "rush", "a", "b", "stock", "someday"]


def test_a_long_run_goes_round_closures_and_week_ends() -> None:
    slots = placed(todo("long", 480 * 3 + 240 + 60))

    # Monday, Tuesday, (Wednesday shut) Thursday, Friday morning, next Monday
    assert span(slots["long"]) == (day(0), 0, day(7), 60)


def test_a_run_that_waits_for_materials_lets_others_use_the_time() -> None:
    slots = placed(todo("waits", 100, due=1, earliest=1), todo("ready", 480, due=8))

    assert span(slots["waits"]) == (day(1), 0, day(1), 100)
    assert span(slots["ready"]) == (day(0), 0, day(0), 480)


def test_materials_that_came_long_ago_do_not_put_a_run_into_the_past() -> None:
    assert span(placed(todo("old", 10, earliest=-30))["old"])[0] == TODAY


def test_resting_takes_days_but_no_hours() -> None:
    slots = placed(todo("soap", 60, rest=28), todo("next", 60, due=9))

    soap = slots["soap"]
    assert isinstance(soap, Slot)
    assert (soap.ends_on, soap.ready_on) == (day(0), day(28))
    assert span(slots["next"])[0] == day(0)


def test_a_run_follows_the_run_it_uses_which_is_as_urgent_as_itself() -> None:
    slots = placed(
        todo("other", 100, due=2),
        todo("base", 200, due=None, priority=None),
        todo("candle", 100, due=1, after=("base", "done long ago")),
    )

    assert span(slots["base"]) == (day(0), 0, day(0), 200)
    assert span(slots["candle"]) == (day(0), 200, day(0), 300)
    assert span(slots["other"]) == (day(0), 300, day(0), 400)


def test_of_the_runs_that_one_uses_the_most_urgent_comes_first() -> None:
    parts = [todo(f"part {n}", 10, due=9 - n) for n in range(8)]

    slots = placed(*parts, todo("kit", 10, due=0, after=tuple(part.key for part in parts)))

    starts = sorted(slots, key=lambda key: span(slots[key])[1])
    assert starts == [*(part.key for part in reversed(parts)), "kit"]


def test_what_another_centre_makes_counts_from_the_next_day() -> None:
    slots = placed(todo("base", 60, centre=OVEN), todo("candle", 60, after=("base",)))

    assert span(slots["candle"])[0] == day(1)


def test_what_needs_no_centre_is_there_at_once_and_rests_all_the_same() -> None:
    slots = placed(
        todo("infusion", 999, centre=None, rest=1), todo("candle", 60, after=("infusion",))
    )

    assert span(slots["infusion"]) == (day(0), 0, day(0), 0)
    assert span(slots["candle"])[0] == day(1)


def test_unknown_materials_give_a_reason_and_no_date_down_the_line() -> None:
    slots = placed(todo("base", 60, earliest=None), todo("candle", 60, after=("base",)))

    assert slots["base"] == Unplaced(reason=NoSlot.NO_MATERIAL_DATE)
    assert slots["candle"] == Unplaced(reason=NoSlot.WAITS_FOR_RUN, run="base")


def test_runs_that_wait_for_each_other_get_reasons_not_a_crash() -> None:
    slots = placed(todo("a", 1, after=("b",)), todo("b", 1, after=("a",)))

    assert {type(slot) for slot in slots.values()} == {Unplaced}


def test_a_centre_that_never_opens_gives_no_date_and_loses_no_hours() -> None:
    shut = Calendar(minutes=(0,) * 7)

    slots = place_runs([todo("never", 1)], centres={MIXER: shut}, today=TODAY)

    assert slots["never"] == Unplaced(reason=NoSlot.NO_CAPACITY)


def test_a_run_too_long_for_the_horizon_takes_no_hours_from_others() -> None:
    slots = placed(todo("endless", 10**9, due=0), todo("short", 60))

    assert slots["endless"] == Unplaced(reason=NoSlot.NO_CAPACITY)
    assert span(slots["short"]) == (day(0), 0, day(0), 60)


def test_a_run_without_minutes_waits_for_an_open_day() -> None:
    assert span(placed(todo("pour", 0, earliest=2))["pour"])[0] == day(3)


TODO = st.builds(
    todo,
    st.just(""),
    st.integers(0, 1_500),
    centre=st.sampled_from((MIXER, MIXER, OVEN, None)),
    earliest=st.sampled_from((None, -3, 0, 0, 4, 11)),
    due=st.sampled_from((None, 0, 3, 9)),
    priority=st.sampled_from((None, 1, 100)),
    running=st.booleans(),
    rest=st.sampled_from((0, 0, 5)),
)


@st.composite
def workloads(draw: st.DrawFn) -> list[RunToPlace]:
    """Try runs of which later ones may use earlier ones."""
    runs: list[RunToPlace] = []
    for number, run in enumerate(draw(st.lists(TODO, max_size=7))):
        uses = [n for n in range(number) if draw(st.integers(0, 4)) == 0]
        runs.append(
            RunToPlace(
                key=f"run {number}",
                minutes=run.minutes,
                work_centre=run.work_centre,
                earliest_on=run.earliest_on,
                needed_on=run.needed_on,
                priority=run.priority,
                is_running=run.is_running,
                rest_days=run.rest_days,
                after=frozenset(f"run {n}" for n in uses),
            )
        )
    return runs


@given(workloads())
def test_no_run_starts_before_its_materials_or_the_runs_it_uses(
    runs: list[RunToPlace],
) -> None:
    slots = place_runs(runs, centres=CENTRES, today=TODAY)

    assert slots.keys() == {run.key for run in runs}
    for run in runs:
        slot = slots[run.key]
        if isinstance(slot, Unplaced):
            continue
        assert run.earliest_on is not None
        assert slot.starts_on >= max(run.earliest_on, TODAY)
        assert slot.starts_on <= slot.ends_on <= slot.ready_on
        for key in run.after:
            used = slots[key]
            assert isinstance(used, Slot)
            assert used.ready_on <= slot.starts_on


@given(workloads())
def test_no_day_holds_more_than_it_is_open(runs: list[RunToPlace]) -> None:
    slots = place_runs(runs, centres=CENTRES, today=TODAY)

    # On a day on which a run ends, all minutes taken so far fit the day, and
    # between the first start and the last end of a centre they fit the days between.
    for centre in CENTRES:
        mine = [(r, s) for r in runs if r.work_centre == centre
                and isinstance(s := slots[r.key], Slot)]  # fmt: skip
        ends: Counter[date] = Counter()
        for run, slot in mine:
            assert 0 <= slot.ends_minute <= WEEK.open_on(slot.ends_on)
            ends[slot.ends_on] += run.minutes
        worked = 0
        for last in sorted(ends):
            worked += ends[last]
            first = min(slot.starts_on for _, slot in mine)
            days = (last - first).days + 1
            assert worked <= sum(WEEK.open_on(date.fromordinal(first.toordinal() + n))
                                 for n in range(days))  # fmt: skip


@given(workloads(), st.integers(0, 1_000))
def test_a_less_urgent_run_moves_nobody(runs: list[RunToPlace], minutes: int) -> None:
    before = place_runs(runs, centres=CENTRES, today=TODAY)
    least = todo("zzz", minutes, due=None, priority=None)

    after = place_runs([*runs, least], centres=CENTRES, today=TODAY)

    assert {key: after[key] for key in before} == before


@given(workloads(), st.randoms(use_true_random=False))
def test_the_order_of_the_runs_does_not_matter(
    runs: list[RunToPlace], shuffled: Random
) -> None:
    before = place_runs(runs, centres=CENTRES, today=TODAY)

    shuffled.shuffle(runs)

    assert place_runs(runs, centres=CENTRES, today=TODAY) == before


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
    ready_on = materials_ready_on(waits, today=TODAY)

    assert ready_on == (None if expected is None else day(expected))
