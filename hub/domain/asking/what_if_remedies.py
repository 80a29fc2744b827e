"""The remedies that are tried against late orders: each makes a workshop that would be planned."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from hub.domain.asking.what_if import days_late
from hub.domain.asking.what_if_changes import later_purchase, with_centre
from hub.domain.asking.what_if_fixes import (
    MOST_TRIED,
    Behind,
    Fix,
    FixKind,
    Remedy,
    Trouble,
)
from hub.domain.asking.whole_dates import promised
from hub.domain.asking.whole_plan_types import Order, Run, State
from hub.domain.days.capacity import Calendar
from hub.domain.days.schedule import Slot
from hub.domain.keys import Turn, in_turn
from hub.domain.planning.netting_types import Link, LotSizes
from hub.domain.states import Production

FIRST = 0
"""The place of an order that goes before all others."""
DAYS_AHEAD = 21
"""How far ahead a shut day is looked for that could be worked."""
MOST_DAYS = 2
"""Of one work centre."""


def substitutes(trouble: Trouble, behind: Behind) -> Iterator[Fix | None]:
    """Allow what may not stand in yet for what is missing."""
    wanted = [each for each in trouble.state.forbidden if each.item_id in behind.lacking]
    for each in wanted[:MOST_TRIED]:
        allowed = (*trouble.state.alternates, each)
        yield trouble.with_fix(
            FixKind.SUBSTITUTE,
            about={"item": each.item_id, "substitute": each.substitute_id},
            state=replace(trouble.state, alternates=allowed),
        )


def expedited(trouble: Trouble, behind: Behind) -> Iterator[Fix | None]:
    """Have a purchase come sooner, by no more days than it takes."""
    today, worst = trouble.state.today, max(trouble.late.values())
    expected = expected_days(trouble.state)
    lines = [line for line in behind.lines if line in expected]
    for line in sorted(lines, key=lambda line: expected[line], reverse=True)[:MOST_TRIED]:
        most = min((expected[line] - today).days, worst)
        yield _fewest(partial(_sooner, trouble, line, expected[line]), most=most)


def expected_days(state: State) -> dict[int, date]:
    """Say for each purchase line on its way when it is expected, if anybody knows."""
    return {
        line.purchase_id: line.expected_on
        for good in state.goods.values()
        for line in good.incoming
        if line.expected_on is not None
    }


def _sooner(trouble: Trouble, line: int, expected_on: date, days: int) -> Fix | None:
    day = expected_on - timedelta(days=days)
    return trouble.with_fix(
        FixKind.EXPEDITE,
        about={"line": line, "day": day.toordinal()},
        state=later_purchase(trouble.state, lines={line}, days=-days),
    )


def bought_sooner(trouble: Trouble, behind: Behind) -> Iterator[Fix | None]:
    """Find a missing material sooner than its supplier usually brings it."""
    worst = max(trouble.late.values())
    for item_id in behind.lacking[:MOST_TRIED]:
        lead = trouble.state.goods[item_id].lead_days
        if lead:
            yield _fewest(partial(_quicker, trouble, item_id), most=min(lead, worst))


def _quicker(trouble: Trouble, item_id: int, days: int) -> Fix | None:
    goods = trouble.state.goods
    usual = goods[item_id].lead_days or 0
    quick = replace(goods[item_id], lead_days=usual - days)
    return trouble.with_fix(
        FixKind.BUY_SOONER,
        about={"item": item_id, "days": days},
        state=replace(trouble.state, goods={**goods, item_id: quick}),
    )


def _fewest(sooner: Callable[[int], Fix | None], *, most: int) -> Fix | None:
    """Find the fewest days that save as much as the most days do, by halving."""
    best = sooner(most) if most > 0 else None
    low, high = 1, most
    while best is not None and low < high:
        middle = (low + high) // 2
        found = sooner(middle)
        if found is not None and found.saves_days >= best.saves_days:
            best, high = found, middle
        else:
            low = middle + 1
    return best


def raised(trouble: Trouble, _behind: Behind) -> Iterator[Fix | None]:
    """Let one of the orders go first; whoever loses by it is counted."""
    for order in trouble.orders[:MOST_TRIED]:
        yield trouble.with_fix(
            FixKind.PRIORITY,
            about={"order": order.order_id},
            state=_with_order(trouble.state, _first(order)),
        )


def _first(order: Order) -> Order:
    wishes = tuple(
        replace(wish, demand=replace(wish.demand, priority=FIRST)) for wish in order.wishes
    )
    return replace(order, wishes=wishes, priority=FIRST)


def _with_order(state: State, order: Order) -> State:
    orders = (order if each.order_id == order.order_id else each for each in state.orders)
    return replace(state, orders=tuple(orders))


def split(trouble: Trouble, _behind: Behind) -> Iterator[Fix | None]:
    """Send the lines of an order that are in time, and the others when they are there."""
    for order in trouble.orders[:MOST_TRIED]:
        ready = [
            wish
            for wish in order.wishes
            if _is_in_time(trouble, replace(order, wishes=(wish,)))
        ]
        if 0 < len(ready) < len(order.wishes) + len(order.unmapped):
            lines = len(order.wishes) + len(order.unmapped)
            yield Fix(
                kind=FixKind.SPLIT,
                about={"order": order.order_id},
                saves_days=trouble.late[order.order_id] * len(ready) // lines,
                helped=(order.order_id,),
            )


def _is_in_time(trouble: Trouble, part: Order) -> bool:
    """Date a part of an order as if it were all of it; nothing is planned anew for that."""
    alone = replace(trouble.state, orders=(replace(part, unmapped=()),))
    cover, schedule = trouble.after.cover, trouble.after.schedule
    found = promised(alone, cover, schedule=schedule).get(part.order_id)
    if found is None or found.earliest_on is None:
        return False
    return not days_late(found.earliest_on, target=trouble.to.get(part.order_id))


def made_smaller(trouble: Trouble, behind: Behind) -> Iterator[Fix | None]:
    """Make now what the materials suffice for, for the latest orders; the rest when it can be."""
    waiting = [run for run in behind.runs if _can_be_cut(run, state=trouble.state)]
    for run in waiting[:MOST_TRIED]:
        batches = _enough_for(run, trouble=trouble)
        if 0 < batches < run.batches:
            yield trouble.with_fix(
                FixKind.SMALLER_RUN,
                about={"run": run.run_id, "batches": batches},
                state=_with_run(trouble.state, _cut(run, batches=batches, trouble=trouble)),
            )


def _can_be_cut(run: Run, *, state: State) -> bool:
    is_loose = run.state is Production.PLANNED and not run.is_frozen and run.batches > 1
    return is_loose and state.goods[run.item_id].policy.lot_sizes is not None


def _enough_for(run: Run, *, trouble: Trouble) -> int:
    """Count the batches whose every material is there."""
    held = trouble.after.cover.held
    most = run.batches
    for need in run.needs:
        if need.quantity:
            there = sum(each.quantity for each in held.get(need.key, ()))
            most = min(most, there * run.batches // need.quantity)
    sizes = trouble.state.goods[run.item_id].policy.lot_sizes
    return _whole(most, sizes) if sizes else 0


def _whole(batches: int, sizes: LotSizes) -> int:
    stepped = batches // sizes.step_batches * sizes.step_batches
    return stepped if stepped >= sizes.min_batches else 0


def _cut(run: Run, *, batches: int, trouble: Trouble) -> Run:
    output = run.output * batches // run.batches
    return replace(
        run,
        batches=batches,
        planned=run.planned * batches // run.batches,
        output=output,
        needs=tuple(
            replace(need, quantity=need.quantity * batches // run.batches)
            for need in run.needs
        ),
        links=_latest_first(run, output=output, trouble=trouble),
        is_frozen=True,
    )


def _latest_first(run: Run, *, output: int, trouble: Trouble) -> tuple[Link, ...]:
    order_of = {
        wish.demand.key: order.order_id
        for order in trouble.state.orders
        for wish in order.wishes
    }

    def place(link: Link) -> tuple[int, Turn]:
        late = trouble.late.get(order_of.get(link.demand, -1), 0)
        return (-late, in_turn(link.demand))

    links: list[Link] = []
    for link in sorted(run.links, key=place):
        quantity = min(link.quantity, output)
        if quantity:
            links.append(Link(link.demand, quantity))
            output -= quantity
    return tuple(sorted(links, key=lambda link: in_turn(link.demand)))


def _with_run(state: State, run: Run) -> State:
    rest = tuple(each for each in state.runs if each.run_id != run.run_id)
    return replace(state, runs=(*rest, run))


def opened(trouble: Trouble, behind: Behind) -> Iterator[Fix | None]:
    """Work on a day on which a work centre is shut, before what waits there is done."""
    busy_until: dict[int, date] = {}
    for run in behind.runs:
        slot = trouble.after.schedule.get(run.key)
        for step in slot.steps if isinstance(slot, Slot) else ():
            if step.work_centre is not None:
                known = busy_until.get(step.work_centre, step.ends_on)
                busy_until[step.work_centre] = max(known, step.ends_on)
    for centre in sorted(busy_until)[:MOST_TRIED]:
        calendar = trouble.state.centres[centre]
        for day in _shut_days(trouble, centre, until=busy_until[centre])[:MOST_DAYS]:
            yield trouble.with_fix(
                FixKind.OPEN_DAY,
                about={"work_centre": centre, "day": day.toordinal()},
                state=with_centre(trouble.state, centre, calendar=_open(calendar, day=day)),
            )


def _shut_days(trouble: Trouble, centre: int, *, until: date) -> list[date]:
    """Find the next days on which a centre is shut as a habit, not by what was asked about."""
    usual, down = trouble.base.centres[centre], trouble.state.down.get(centre, ())
    ahead = min((until - trouble.state.today).days, DAYS_AHEAD)
    days = (trouble.state.today + timedelta(days=day) for day in range(1, ahead))
    return [day for day in days if not usual.open_on(day) and day not in down]


def _open(calendar: Calendar, *, day: date) -> Calendar:
    return replace(
        calendar, openings={**calendar.openings, day: max(calendar.minutes, default=0)}
    )


REMEDIES: tuple[Remedy, ...] = (
    substitutes,
    expedited,
    bought_sooner,
    raised,
    split,
    made_smaller,
    opened,
)
