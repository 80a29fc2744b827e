"""How full a work centre is, told from where its runs have their place."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.days.capacity import Calendar
from hub.domain.days.load import Span, load
from hub.domain.days.schedule import RunToPlace, Slot, Step, StepSlot, place_runs
from tests.domain.plans import TODAY, day

WEEK = Calendar(minutes=(480, 480, 480, 480, 240, 0, 0), closures=frozenset({day(2)}))


def spans_of(slots: list[StepSlot]) -> list[Span]:
    return [
        Span(
            starts_on=slot.starts_on,
            starts_minute=slot.starts_minute,
            ends_on=slot.ends_on,
            ends_minute=slot.ends_minute,
        )
        for slot in slots
    ]


def test_a_day_counts_what_is_taken_and_by_whom() -> None:
    long = Span(starts_on=day(0), starts_minute=0, ends_on=day(3), ends_minute=60)
    short = Span(starts_on=day(3), starts_minute=60, ends_on=day(3), ends_minute=90)

    days = list(load([long, short], calendar=WEEK, from_on=day(0), until_on=day(5)))

    assert [(each.on, each.open, each.taken, each.spans) for each in days] == [
        (day(0), 480, 480, (0,)),
        (day(1), 480, 480, (0,)),
        (day(2), 0, 0, (0,)),
        (day(3), 480, 90, (0, 1)),
        (day(4), 240, 0, ()),
        (day(5), 0, 0, ()),
    ]


@given(st.lists(st.tuples(st.integers(1, 1_500), st.integers(0, 9)), max_size=12))
def test_the_days_hold_as_many_minutes_as_the_runs_take(
    wanted: list[tuple[int, int]],
) -> None:
    runs = [
        RunToPlace(
            key=str(number),
            steps=(Step(work_centre=1, minutes=minutes),),
            earliest_on=day(earliest),
        )
        for number, (minutes, earliest) in enumerate(wanted)
    ]
    placed = place_runs(runs, centres={1: WEEK}, today=TODAY).values()
    slots = [step for slot in placed if isinstance(slot, Slot) for step in slot.steps]
    last = max((slot.ends_on for slot in slots), default=TODAY)

    days = list(load(spans_of(slots), calendar=WEEK, from_on=TODAY, until_on=last))

    assert sum(each.taken for each in days) == sum(minutes for minutes, _ in wanted)
    assert all(0 <= each.taken <= each.open for each in days)
    assert days[-1].on == date.fromordinal(last.toordinal())
