"""Plans are tried until no promise is late that another plan would keep."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from hub.domain.days.schedule import RunToPlace, Slot, Step, StepSlot
from hub.domain.planning.keeping import Decided, Holding, Tried, keep_days
from hub.domain.planning.netting_types import (
    Demand,
    Kind,
    Link,
    Plan,
    PlannedRun,
    Policy,
    StoredRun,
    Supplies,
)
from hub.domain.planning.substitutes import Table
from hub.domain.states import Production

MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + timedelta(days=1)
FRIDAY = MONDAY + timedelta(days=4)
PROMISED = datetime(2026, 11, 20, 9, tzinfo=UTC)
FIRST, SECOND = "demand:1", "demand:2"


def wants(key: str, *, promised: bool = True, priority: int = 100) -> Demand:
    return Demand(
        key=key,
        quantity=10,
        needed_on=MONDAY,
        placed_at=PROMISED,
        priority=priority,
        committed_at=PROMISED if promised else None,
    )


FIRST_WANTS, SECOND_WANTS = wants(FIRST), wants(SECOND, promised=False)
STORED = StoredRun(
    run_id=1,
    state=Production.PLANNED,
    batches=1,
    output=10,
    links=(Link(demand=FIRST, quantity=10),),
    ends_on=MONDAY,
)


def run(run_id: int, *for_whom: str, is_firm: bool = False) -> PlannedRun:
    """Plan a run with a batch for each of those it is for."""
    return PlannedRun(
        run_id=run_id,
        is_firm=is_firm,
        batches=len(for_whom),
        quantity=10 * len(for_whom),
        needed_on=MONDAY,
        priority=100,
        links=tuple(Link(demand=key, quantity=10) for key in for_whom),
    )


def table(demands: tuple[Demand, ...]) -> Table:
    return Table(
        demands=demands,
        supplies=Supplies(runs=(STORED,)),
        policy=Policy(kind=Kind.MAKE, today=MONDAY),
    )


def tried(
    held: Iterable[int],
    runs: Iterable[PlannedRun],
    *,
    ready: Mapping[int, date],
    demands: tuple[Demand, ...] = (FIRST_WANTS, SECOND_WANTS),
) -> Tried:
    plan = Plan(runs=tuple(runs))
    return Tried(
        held=Holding(held),
        decided=(Decided(table=table(demands), plan=plan),),
        runs=tuple(
            RunToPlace(
                key=str(each),
                steps=(Step(work_centre=None, minutes=0),),
                earliest_on=MONDAY,
                relied_on_since=PROMISED if each == 1 else None,
                was_ready_on=MONDAY if each == 1 else None,
            )
            for each in ready
        ),
        placed={str(each): slot(day) for each, day in ready.items()},
    )


def slot(day: date) -> Slot:
    step = StepSlot(
        work_centre=None,
        name="",
        minutes=0,
        starts_on=day,
        starts_minute=0,
        ends_on=day,
        ends_minute=0,
    )
    return Slot(steps=(step,), ready_on=day)


TOGETHER = [run(1, FIRST, SECOND)]
APART = [run(1, FIRST, is_firm=True), run(2, SECOND)]


class Desk:
    """Answers attempts from a list, and notes what was asked for and what was taken back."""

    def __init__(self, answers: Mapping[Holding, Tried]) -> None:
        self.answers = answers
        self.asked: list[Holding] = []
        self.undone = 0

    def attempt(self, held: Holding) -> Tried:
        self.asked.append(held)
        return self.answers[held]

    def undo(self) -> None:
        self.undone += 1

    def choose(self) -> Tried:
        found = keep_days(self.attempt, undo=self.undo)
        assert found is self.answers[self.asked[-1]]  # the last one made is what stands
        assert self.undone == len(self.asked) - 1
        return found


def test_a_plan_that_delays_nobody_is_taken_at_once() -> None:
    shared = tried([], TOGETHER, ready={1: MONDAY})
    desk = Desk({Holding(): shared})

    assert desk.choose() is shared
    assert desk.asked == [Holding()]


def test_a_run_is_held_where_that_spares_who_was_promised() -> None:
    apart = tried([1], APART, ready={1: MONDAY, 2: FRIDAY})
    desk = Desk(
        {
            Holding(): tried([], TOGETHER, ready={1: FRIDAY}),
            Holding({1}): apart,
        }
    )

    assert desk.choose() is apart


def test_nothing_is_held_where_it_wins_nothing() -> None:
    shared = tried([], TOGETHER, ready={1: FRIDAY})
    desk = Desk(
        {
            Holding(): shared,
            Holding({1}): tried([1], APART, ready={1: FRIDAY, 2: FRIDAY}),
        }
    )

    assert desk.choose() is shared
    assert desk.asked == [Holding(), Holding({1}), Holding()]


def test_what_is_late_without_having_given_way_is_no_reason_to_try_again() -> None:
    same = tried([], [run(1, FIRST)], ready={1: FRIDAY}, demands=(FIRST_WANTS,))
    desk = Desk({Holding(): same})

    assert desk.choose() is same


def test_a_run_that_was_promised_to_nobody_may_be_late() -> None:
    hoping = (wants(FIRST, promised=False), SECOND_WANTS)
    shared = tried([], TOGETHER, ready={1: FRIDAY}, demands=hoping)
    desk = Desk({Holding(): shared})

    assert desk.choose() is shared


def test_who_was_raised_is_served_before_who_was_promised() -> None:
    raised = (FIRST_WANTS, wants(SECOND, promised=False, priority=1))
    shared = tried([], TOGETHER, ready={1: TUESDAY}, demands=raised)
    desk = Desk(
        {
            Holding(): shared,
            Holding({1}): tried([1], APART, ready={1: MONDAY, 2: FRIDAY}, demands=raised),
        }
    )

    assert desk.choose() is shared


def test_who_loses_the_run_to_another_one_is_late_too() -> None:
    moved = [run(1, SECOND), run(2, FIRST)]
    apart = tried([1], APART, ready={1: MONDAY, 2: FRIDAY})
    desk = Desk(
        {
            Holding(): tried([], moved, ready={1: MONDAY, 2: FRIDAY}),
            Holding({1}): apart,
        }
    )

    assert desk.choose() is apart
