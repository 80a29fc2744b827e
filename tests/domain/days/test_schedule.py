"""Runs on the calendar."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.days.capacity import Calendar
from hub.domain.days.schedule import (
    MissedPin,
    NoSlot,
    RunToPlace,
    Slot,
    Step,
    Unplaced,
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
    pin: int | None = None,
    then: tuple[Step, ...] = (),
) -> RunToPlace:
    return RunToPlace(
        key=key,
        steps=(Step(work_centre=centre, minutes=minutes, rest_days=rest), *then),
        earliest_on=None if earliest is None else day(earliest),
        needed_on=None if due is None else day(due),
        priority=priority,
        is_running=running,
        pinned_on=None if pin is None else day(pin),
        after=frozenset(after),
    )


def placed(*runs: RunToPlace) -> dict[str, Slot | Unplaced]:
    return dict(place_runs(runs, centres=CENTRES, today=TODAY))


def span(outcome: Slot | Unplaced) -> tuple[date, int, date, int]:
    assert isinstance(outcome, Slot)
    first, last = outcome.steps[0], outcome.steps[-1]
    return (first.starts_on, first.starts_minute, last.ends_on, last.ends_minute)


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


def test_steps_follow_each_other_with_their_rests_between() -> None:
    cut = Step(work_centre=MIXER, minutes=60, rest_days=21, name="cut")
    wrap = Step(work_centre=OVEN, minutes=30, name="wrap")

    soap = placed(todo("soap", 300, rest=2, then=(cut, wrap)))["soap"]

    assert isinstance(soap, Slot)
    # Two days in the mould end on a shut Wednesday; what another centre did counts a day later.
    assert [(step.name, step.starts_on) for step in soap.steps] == [
        ("", day(0)),
        ("cut", day(3)),
        ("wrap", day(25)),
    ]
    assert soap.ready_on == day(25)


def test_steps_on_one_centre_share_a_day() -> None:
    again = Step(work_centre=MIXER, minutes=100)

    assert span(placed(todo("twice", 100, then=(again,)))["twice"]) == (
        day(0), 0, day(0), 200,
    )  # fmt: skip


def test_a_run_of_which_one_step_has_no_place_takes_no_hours_at_all() -> None:
    endless = Step(work_centre=OVEN, minutes=10**9)

    slots = placed(todo("stuck", 400, due=0, then=(endless,)), todo("short", 60))

    assert slots["stuck"] == Unplaced(reason=NoSlot.NO_CAPACITY)
    assert span(slots["short"]) == (day(0), 0, day(0), 60)


def test_a_pinned_run_starts_on_its_day_before_more_urgent_ones() -> None:
    slots = placed(todo("pinned", 400, due=20, pin=1), todo("rush", 700, due=0, priority=1))

    assert span(slots["pinned"]) == (day(1), 0, day(1), 400)
    assert span(slots["rush"]) == (day(0), 0, day(3), 140)


@pytest.mark.parametrize(
    "run, starts, missed",
    [
        (todo("pinned", 10, pin=-3), 1, MissedPin.DAY_PASSED),
        (todo("pinned", 10, pin=1, earliest=3), 3, MissedPin.WAITS),
        (todo("pinned", 10, pin=0), 1, MissedPin.NO_ROOM),
        (todo("pinned", 10, pin=2), 3, MissedPin.SHUT),
        (todo("pinned", 10, pin=1), 1, None),
    ],
)
def test_a_pin_that_cannot_be_kept_takes_the_next_day_and_says_why(
    run: RunToPlace, starts: int, missed: MissedPin | None
) -> None:
    slot = placed(todo("running", 480, running=True), run)["pinned"]

    assert isinstance(slot, Slot)
    assert (slot.starts_on, slot.missed_pin) == (day(starts), missed)


def test_what_waits_for_room_says_until_which_day_there_was_none() -> None:
    slots = placed(todo("long", 480 + 480 + 100, due=1), todo("next", 60, due=2))

    first, second = slots["long"], slots["next"]
    assert isinstance(first, Slot)
    assert isinstance(second, Slot)
    assert first.full_until is None
    assert (second.starts_on, second.full_until) == (day(3), day(1))


def test_a_shut_day_is_no_day_without_room() -> None:
    slot = placed(todo("waits", 60, earliest=2))["waits"]

    assert isinstance(slot, Slot)
    assert (slot.starts_on, slot.full_until) == (day(3), None)


def test_curing_goes_on_while_a_run_is_running() -> None:
    soap = placed(todo("soap", 60, earliest=-10, rest=28, running=True))["soap"]

    assert isinstance(soap, Slot)
    assert (soap.starts_on, soap.ends_on, soap.ready_on) == (day(-10), day(-10), day(18))


def test_a_running_run_that_should_be_over_is_ready_today_at_the_earliest() -> None:
    late = placed(todo("late", 60, earliest=-10, running=True))["late"]

    assert isinstance(late, Slot)
    assert late.ready_on == TODAY


def test_a_run_started_on_a_shut_day_keeps_that_day() -> None:
    assert span(placed(todo("keen", 60, earliest=-1, running=True))["keen"]) == (
        day(-1), 0, day(0), 60,
    )  # fmt: skip


def test_nothing_new_begins_when_the_work_of_today_is_done() -> None:
    open_from_nine = replace(WEEK, opens_at=540)
    runs = [todo("new", 60), todo("running", 60, running=True)]

    def starts(minute: int) -> list[date]:
        slots = place_runs(
            runs, centres={MIXER: open_from_nine}, today=TODAY, minute=minute
        )
        return [span(slots[run.key])[0] for run in runs]

    assert starts(540 + 479) == [TODAY, TODAY]
    assert starts(540 + 480) == [day(1), TODAY]


def test_days_beyond_the_calendar_give_a_reason_not_a_crash() -> None:
    slots = placed(
        replace(todo("far", 60), earliest_on=date.max),
        todo("cures for ever", 60, rest=date.max.toordinal()),
    )

    assert slots["far"] == Unplaced(reason=NoSlot.NO_CAPACITY)
    assert slots["cures for ever"] == Unplaced(reason=NoSlot.NO_CAPACITY)


STEPS = st.builds(
    Step,
    work_centre=st.sampled_from((MIXER, MIXER, OVEN, None)),
    minutes=st.integers(0, 1_500),
    rest_days=st.sampled_from((0, 0, 5)),
)
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
    pin=st.sampled_from((None, None, None, -2, 0, 1, 2, 8)),
    then=st.lists(STEPS, max_size=2).map(tuple),
)


@st.composite
def workloads(draw: st.DrawFn) -> list[RunToPlace]:
    """Try runs of which later ones may use earlier ones."""
    runs: list[RunToPlace] = []
    for number, run in enumerate(draw(st.lists(TODO, max_size=7))):
        uses = [n for n in range(number) if draw(st.integers(0, 4)) == 0]
        # Who runs was started, and on a day that is not to come.
        started = run.earliest_on is not None and run.earliest_on <= TODAY
        runs.append(
            replace(
                run,
                key=f"run {number}",
                is_running=run.is_running and started and not uses,
                after=frozenset(f"run {n}" for n in uses),
            )
        )
    return runs


def test_a_run_for_goods_that_do_not_keep_waits_for_its_day() -> None:
    slots = placed(replace(todo("later", 60), not_before=day(14)), todo("now", 60))

    assert span(slots["later"])[0] == day(14)
    assert span(slots["now"])[0] == TODAY


def test_the_days_goods_rest_are_begun_before_their_day() -> None:
    slots = placed(
        todo("base", 60, rest=1),
        replace(todo("soap", 60, rest=5, after=("base",)), not_before=day(14)),
    )
    late = placed(replace(todo("base", 60, rest=1), not_before=day(15)))

    assert span(slots["soap"])[0] == day(14 - 5)
    assert span(slots["base"])[0] == day(0)
    assert span(late["base"])[0] == day(15 - 1)


@pytest.mark.parametrize("how", ["pinned", "running"])
def test_a_person_who_pins_or_starts_a_run_makes_it_as_early_as_they_like(how: str) -> None:
    early = todo("early", 60, running=how == "running", pin=1 if how == "pinned" else None)

    slots = placed(replace(early, not_before=day(14)))

    assert span(slots["early"])[0] < day(2)


def test_the_rest_of_a_run_goes_on_from_the_day_its_last_part_came_out() -> None:
    begun = todo("half", 480, earliest=-3, running=True)

    slots = placed(replace(begun, resumed_on=day(0)))

    # It began on Friday; what is left of it is done on Monday.
    assert span(slots["half"]) == (day(-3), 0, day(0), 480)


@given(workloads(), st.lists(st.sampled_from((None, -1, 3, 8, 30)), min_size=7))
def test_no_run_starts_so_early_that_what_it_makes_is_too_old(
    runs: list[RunToPlace], days: list[int | None]
) -> None:
    runs = [
        replace(run, not_before=None if number is None else day(number))
        for run, number in zip(runs, days, strict=False)
    ]

    slots = place_runs(runs, centres=CENTRES, today=TODAY)

    for run in runs:
        slot = slots[run.key]
        if run.is_running or run.pinned_on or run.not_before is None:
            continue
        rests = sum(step.rest_days for each in runs for step in each.steps)
        if isinstance(slot, Slot):
            assert slot.starts_on >= run.not_before - timedelta(days=rests)


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
        assert slot.starts_on >= run.earliest_on
        assert run.is_running or slot.starts_on >= TODAY
        assert slot.ready_on >= max(slot.ends_on, TODAY)
        for key in run.after:
            used = slots[key]
            assert isinstance(used, Slot)
            assert used.ready_on <= slot.starts_on


@given(workloads())
def test_the_steps_of_a_run_come_in_order_with_their_rests_between(
    runs: list[RunToPlace],
) -> None:
    slots = place_runs(runs, centres=CENTRES, today=TODAY)

    for run in runs:
        slot = slots[run.key]
        if isinstance(slot, Unplaced):
            continue
        assert len(slot.steps) == len(run.steps)
        for step, mine, then in zip(run.steps, slot.steps, slot.steps[1:], strict=False):
            assert (mine.work_centre, mine.minutes) == (step.work_centre, step.minutes)
            assert (then.starts_on - mine.ends_on).days >= step.rest_days
            if then.starts_on == mine.ends_on and mine.work_centre == then.work_centre:
                assert then.starts_minute >= mine.ends_minute
        assert (slot.ready_on - slot.ends_on).days >= run.steps[-1].rest_days


@given(workloads())
def test_no_day_of_a_centre_holds_more_than_it_is_open(runs: list[RunToPlace]) -> None:
    slots = place_runs(runs, centres=CENTRES, today=TODAY)

    # Within any span of days, the work that began and ended in it fits the hours of it.
    for centre in CENTRES:
        work = [
            (step.starts_on, step.ends_on, step.minutes)
            for slot in slots.values()
            if isinstance(slot, Slot)
            for step in slot.steps
            if step.work_centre == centre
        ]
        for first in {starts for starts, _, _ in work}:
            for last in {ends for _, ends, _ in work if ends >= first}:
                inside = sum(m for s, e, m in work if s >= first and e <= last)
                assert inside <= sum(map(WEEK.open_on, days_between(first, last)))
    for slot in slots.values():
        for step in slot.steps if isinstance(slot, Slot) else ():
            open_then = WEEK.open_on(step.ends_on)
            assert step.work_centre is None or 0 <= step.ends_minute <= open_then


def days_between(first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


@given(workloads())
def test_who_begins_and_ends_on_a_day_never_overlaps_another(
    runs: list[RunToPlace],
) -> None:
    slots = place_runs(runs, centres=CENTRES, today=TODAY)

    spans: dict[tuple[int, date], list[tuple[int, int]]] = defaultdict(list)
    for slot in slots.values():
        for step in slot.steps if isinstance(slot, Slot) else ():
            if step.work_centre is not None and step.starts_on == step.ends_on:
                place = (step.work_centre, step.starts_on)
                spans[place].append((step.starts_minute, step.ends_minute))
    for taken in spans.values():
        taken.sort()
        assert all(
            before[1] <= after[0] for before, after in zip(taken, taken[1:], strict=False)
        )


@given(workloads(), st.integers(0, 1_000))
def test_a_less_urgent_run_moves_nobody(runs: list[RunToPlace], minutes: int) -> None:
    before = place_runs(runs, centres=CENTRES, today=TODAY)
    least = todo("zzz", minutes, due=None, priority=None)

    after = place_runs([*runs, least], centres=CENTRES, today=TODAY)

    assert {key: after[key] for key in before} == before


@given(workloads(), st.sampled_from((0, 1, 3, 4, 7, 8)))
def test_a_pinned_run_starts_on_its_day_if_it_can(runs: list[RunToPlace], pin: int) -> None:
    others = [replace(run, is_running=False, pinned_on=None) for run in runs]
    mine = todo("mine", 400, due=None, priority=None, pin=pin)

    slot = place_runs([*others, mine], centres=CENTRES, today=TODAY)["mine"]

    assert isinstance(slot, Slot)
    assert (slot.starts_on, slot.missed_pin) == (day(pin), None)


@given(workloads())
def test_who_says_why_it_waited_for_room_did_wait_over_full_days(
    runs: list[RunToPlace],
) -> None:
    slots = place_runs(runs, centres=CENTRES, today=TODAY)

    for slot in slots.values():
        if isinstance(slot, Slot) and slot.full_until is not None:
            assert slot.full_until < slot.ends_on
            assert WEEK.open_on(slot.full_until) > 0


@given(workloads(), st.randoms(use_true_random=False))
def test_the_order_of_the_runs_does_not_matter(
    runs: list[RunToPlace], shuffled: Random
) -> None:
    before = place_runs(runs, centres=CENTRES, today=TODAY)

    shuffled.shuffle(runs)

    assert place_runs(runs, centres=CENTRES, today=TODAY) == before
