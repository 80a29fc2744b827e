"""A plan is made again for the day a run begins, where what it uses would be too old by then."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hub.domain.days.schedule import Slot, StepSlot
from hub.domain.days.work import Work
from hub.domain.planning.keeping import Decided, Holding, Tried
from hub.domain.planning.material_days import (
    TRIES,
    Begins,
    Name,
    begins_too_late,
    keep_fresh,
    may_begin_on,
    names_of,
    used_on,
)
from hub.domain.planning.netting_types import (
    Allocation,
    Demand,
    Kind,
    Plan,
    PlannedRun,
    Policy,
    Supplies,
)
from hub.domain.planning.substitutes import Table
from hub.domain.stock.allocation import FreeLot

MONDAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
RUN, LOT = 7, 3
NAME: Name = (0, RUN)


def day(days: int) -> date:
    return MONDAY + timedelta(days=days)


def tried(*, supposed: date, begins: date, good_until: date) -> Tried:
    """Try a plan in which a run supposed to begin on one day begins on another."""
    need = Demand(
        key="need:1",
        quantity=5,
        needed_on=day(30),
        placed_at=NOON,
        used_on=supposed,
        run_id=RUN,
    )
    lot = FreeLot(lot_id=LOT, free=5, received_at=NOON, best_before=good_until)
    table = Table(
        demands=(need,),
        supplies=Supplies(lots=(lot,)),
        policy=Policy(kind=Kind.BUY, today=MONDAY),
    )
    plan = Plan(allocations=(Allocation(demand="need:1", lot_id=LOT, quantity=5),))
    step = StepSlot(
        work_centre=None,
        name="",
        minutes=0,
        starts_on=begins,
        starts_minute=0,
        ends_on=begins,
        ends_minute=0,
    )
    return Tried(
        held=Holding(),
        decided=(Decided(table=table, plan=plan),),
        runs=(),
        placed={str(RUN): Slot(steps=(step,), ready_on=begins)},
    )


def test_a_lot_that_is_good_on_the_day_is_good_enough() -> None:
    assert begins_too_late(tried(supposed=MONDAY, begins=day(5), good_until=day(5))) == {}


def test_a_lot_that_is_too_old_on_the_day_asks_for_another_plan() -> None:
    late = tried(supposed=MONDAY, begins=day(5), good_until=day(4))

    assert begins_too_late(late) == {NAME: day(5)}


def test_a_lot_of_what_stands_in_is_looked_at_too() -> None:
    plan = tried(supposed=MONDAY, begins=day(5), good_until=day(4))
    (decided,) = plan.decided
    wanted = replace(decided, plan=Plan())
    instead = replace(decided, table=replace(decided.table, demands=()))

    assert begins_too_late(replace(plan, decided=(wanted, instead))) == {NAME: day(5)}


def test_a_run_that_begins_as_was_supposed_asks_for_nothing() -> None:
    as_supposed = tried(supposed=day(5), begins=day(5), good_until=day(4))

    assert begins_too_late(as_supposed) == {}


def tries(
    answer: Callable[[Begins], Tried], *, asked: list[Begins], undone: list[str]
) -> Tried:
    def attempt(begins: Begins) -> Tried:
        asked.append(dict(begins))
        return answer(begins)

    return keep_fresh(attempt, undo=lambda: undone.append("undone"))


def test_a_plan_is_made_until_the_day_it_was_made_for_is_the_day_it_comes_to() -> None:
    asked: list[Begins] = []
    undone: list[str] = []

    def answer(begins: Begins) -> Tried:
        supposed = begins.get(NAME, MONDAY)
        return tried(
            supposed=supposed,
            begins=min(day(6), supposed + timedelta(3)),
            good_until=MONDAY,
        )

    found = tries(answer, asked=asked, undone=undone)

    assert asked == [{}, {NAME: day(3)}, {NAME: day(6)}]
    assert len(undone) == len(asked) - 1
    assert begins_too_late(found) == {}


def test_a_day_that_always_moves_on_is_not_followed_for_ever() -> None:
    asked: list[Begins] = []

    def answer(begins: Begins) -> Tried:
        supposed = begins.get(NAME, MONDAY)
        return tried(supposed=supposed, begins=supposed + timedelta(1), good_until=MONDAY)

    tries(answer, asked=asked, undone=[])

    assert len(asked) == TRIES + 1


def test_a_run_may_begin_at_once_unless_a_person_or_its_goods_say_otherwise() -> None:
    cures = (Work(work_centre=None, rest_days=3), Work(work_centre=None, rest_days=1))

    assert may_begin_on(cures, pinned_on=None, not_before=None) is None
    assert may_begin_on(cures, pinned_on=None, not_before=day(20)) == day(16)
    assert may_begin_on(cures, pinned_on=day(2), not_before=day(20)) == day(2)


def test_what_a_run_uses_is_used_today_at_the_earliest() -> None:
    assert used_on(RUN, begins_on=day(-2), days={}, today=MONDAY) == MONDAY
    assert used_on(RUN, begins_on=None, days={}, today=MONDAY) == MONDAY
    assert used_on(RUN, begins_on=day(2), days={RUN: day(4)}, today=MONDAY) == day(4)


def opens(run_id: int | None) -> PlannedRun:
    return PlannedRun(
        run_id=run_id,
        is_firm=False,
        batches=1,
        quantity=10,
        needed_on=MONDAY,
        priority=100,
        links=(),
    )


def test_runs_are_known_again_whatever_ids_they_get() -> None:
    plan = Plan(runs=(opens(None), opens(4), opens(None)))

    for first in (10, 90):
        placed = Plan(runs=(opens(first), opens(4), opens(first + 1)))
        assert names_of(plan, item_id=2, placed=placed) == {
            first: (2, 1),
            first + 1: (2, 2),
        }
