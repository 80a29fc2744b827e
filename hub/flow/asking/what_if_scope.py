"""What a question or its remedies touch, and the plans of that much of the workshop."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.asking.bystanders import Passing
from hub.domain.asking.what_if import Effects, MovedOrder, Targets, effects, targets
from hub.domain.asking.what_if_changes import (
    CentreDown,
    Change,
    DemandTimes,
    LotRejected,
    OrderAdded,
    PurchaseLate,
    changed,
)
from hub.domain.asking.what_if_fixes import MOST_TRIED, Behind, Trouble, trouble_of
from hub.domain.asking.whole_board import Memo
from hub.domain.asking.whole_dates import promised
from hub.domain.asking.whole_plan import plan_everything
from hub.domain.asking.whole_plan_types import Order, Outcome, State
from hub.domain.days.schedule import Schedule, Slot
from hub.domain.states import Production
from hub.flow.asking.what_if_bystanders import Bystanders
from hub.flow.planning.planning_state import orders_of
from hub.flow.planning.standing_state import standing_state, with_orders
from hub.models.planning.habits import habits_of
from hub.models.planning.run_ages import items_used, last_days, made_to_be_used_soon
from hub.models.records.orders import Demand
from hub.models.records.production import ProductionNeed
from hub.models.records.purchasing import PurchaseLine
from hub.models.records.stock import Lot, Reservation


def touched(session: Session, changes: Iterable[Change]) -> set[int]:
    """Return the items that a plan with these changes would net on another table."""
    return {item_id for change in changes for item_id in _touched(session, change)}


def _touched(session: Session, change: Change) -> set[int]:
    match change:
        case PurchaseLate():
            query = select(PurchaseLine.item_id).where(PurchaseLine.id.in_(change.lines))
            return set(session.scalars(query))
        case LotRejected():
            return _with_lot(session, lot_id=change.lot_id)
        case DemandTimes() | OrderAdded():
            return {change.item_id}
        case CentreDown():
            return set()


def _with_lot(session: Session, *, lot_id: int) -> set[int]:
    """Return the item of a lot, and those in whose place it was packed or picked."""
    held = Reservation.lot_id == lot_id
    packed = select(Demand.item_id).join(Reservation, Reservation.demand_id == Demand.id)
    picked = select(ProductionNeed.item_id).join(
        Reservation, Reservation.need_id == ProductionNeed.id
    )
    return {
        *session.scalars(select(Lot.item_id).where(Lot.id == lot_id)),
        *session.scalars(packed.where(held)),
        *session.scalars(picked.where(held)),
    }


@dataclass(slots=True, kw_only=True)
class Narrow:
    """Plans of which a part stands: it meets orders as plans move the runs made for them."""

    session: Session
    base: State
    bystanders: Bystanders
    memo: Memo = field(default_factory=Memo)
    met: dict[int, Order] = field(default_factory=dict)
    before: Outcome | None = None
    """The plan of the base, to which whoever is met is held."""

    def plan(self, state: State) -> Outcome:
        """Plan what of a changed base does not stand."""
        return plan_everything(state, memo=self.memo)

    def alike(
        self, one: Outcome, other: Outcome, *, to: Targets
    ) -> tuple[Outcome, Outcome, Targets]:
        """Date whoever may move from the one plan to the other in both, and say their targets."""
        found = self.meet(each.order_id for each in self.passing(one, other))
        if not found:
            return one, other, to
        before = self.dated(self.before or one, orders=found)
        theirs = targets(replace(self.base, orders=found), before=before)
        one, other = (self.dated(each, orders=found) for each in (one, other))
        return one, other, {**to, **theirs}

    def passing(self, one: Outcome, other: Outcome) -> list[Passing]:
        """Find the orders that are not in the base and whose last goods move."""
        return self.bystanders.passing(one, other, state=self.base)

    def meet(self, order_ids: Iterable[int]) -> tuple[Order, ...]:
        """Return these orders, none of them in the base; each is read once."""
        ids = set(order_ids)
        new = ids - self.met.keys()
        if new:
            habits = habits_of(self.session)
            found = orders_of(self.session, order_ids=new, habits=habits)
            self.met |= {order.order_id: order for order in found}
            here_too = with_orders(self.session, self.base, found)
            self.base = replace(here_too, orders=self.base.orders)
        return tuple(self.met[each] for each in sorted(ids))

    def join(self, orders: Collection[Order]) -> State:
        """Let orders that were met stay in the base, and return it."""
        together = {order.order_id: order for order in (*self.base.orders, *orders)}
        every = tuple(together[each] for each in sorted(together))
        self.base = replace(self.base, orders=every)
        return self.base

    def dated(self, outcome: Outcome, *, orders: Sequence[Order]) -> Outcome:
        """Date orders that a plan did not know of; what stands for them stood then too."""
        among = replace(self.base, orders=tuple(orders))
        stands, cover = among.covered, outcome.cover
        known = replace(
            cover,
            held={**stands.held, **cover.held},
            coming={**stands.coming, **cover.coming},
            awaited={**stands.awaited, **cover.awaited},
            short={**stands.short, **cover.short},
            owed={**stands.owed, **cover.owed},
        )
        dates = promised(among, known, schedule=outcome.schedule)
        return replace(outcome, cover=known, promises={**outcome.promises, **dates})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, planned: as it is, and as it would be."""

    planner: Narrow
    changes: Sequence[Change]
    before: Outcome
    after: Outcome
    others: tuple[MovedOrder, ...]
    """Those that want nothing of what was asked about, and move all the same."""

    def effects(self) -> Effects:
        """Say what the changes would do."""
        state = changed(self.planner.base, self.changes)
        to = targets(state, before=self.before)
        return effects(
            self.before, self.after, orders=state.orders, to=to, others=self.others
        )

    def trouble(self) -> Trouble:
        """Find who came into trouble; whoever did is read with all it wants, to be helped."""
        planner = self.planner
        met = planner.meet(each.order_id for each in self.others if each.is_later)
        before, after = (
            planner.dated(each, orders=met) for each in (self.before, self.after)
        )
        planner.before, base = before, planner.join(met)
        state = changed(base, self.changes)
        to = targets(state, before=before)
        return trouble_of(base, state, before=before, after=after, to=to, planner=planner)


def ask(
    session: Session,
    changes: Sequence[Change],
    *,
    item_ids: Collection[int],
    now: datetime,
    zone: tzinfo,
) -> Asked:
    """Plan these items before and after some changes, and find who else would move.

    Where a run would begin on another day, what it uses and what does not keep is planned too.
    """
    base = standing_state(session, item_ids=item_ids, now=now, zone=zone)
    bystanders = Bystanders(session=session, today=base.today)
    planner = Narrow(session=session, base=base, bystanders=bystanders)
    before, after = planner.plan(base), planner.plan(changed(base, changes))
    scope = base.standing.scope if base.standing else frozenset(item_ids)
    more = ageing(session, before, after, but=scope)
    if more:
        return ask(session, changes, item_ids=scope | more, now=now, zone=zone)
    found = planner.passing(before, after)
    return Asked(
        planner=planner,
        changes=changes,
        before=before,
        after=after,
        others=bystanders.moved(found, state=base),
    )


def ageing(
    session: Session, before: Outcome, after: Outcome, *, but: Collection[int]
) -> set[int]:
    """Find the items of which runs that begin on another day may use other goods than before.

    Some of them are too old on the later of the two days: they are let go of, or were not taken
    and keep the run waiting for others. What is among `but` is left out.
    """
    days = _moved(before.schedule, after.schedule)
    used = items_used(session, run_ids=days, but=but)
    items = {item_id for _, item_id in used}
    found = made_to_be_used_soon(session, item_ids=items)
    ends = last_days(session, item_ids=items)
    for run_id, item_id in used:
        if any(day < days[run_id] for day in ends.get(item_id, ())):
            found.add(item_id)
    return found


def _moved(one: Schedule, other: Schedule) -> dict[int, date]:
    """Say of each run that begins on another day the later of the two."""
    return {
        int(key): max(_begins_on(one, key), _begins_on(other, key))
        for key in one.keys() & other.keys()
        if _begins_on(one, key) != _begins_on(other, key)
    }


def _begins_on(schedule: Schedule, key: str) -> date:
    slot = schedule[key]
    return slot.starts_on if isinstance(slot, Slot) else date.max


def for_remedies(trouble: Trouble) -> frozenset[int]:
    """Return the items that remedies of a trouble would net on another table."""
    behind = Behind.of(trouble)
    coming = trouble.after.cover.coming
    raised = [wish for order in trouble.orders[:MOST_TRIED] for wish in order.wishes]
    cut = [
        run
        for run in behind.runs
        if run.state is Production.PLANNED and not run.is_frozen and run.batches > 1
    ]
    return frozenset(
        {
            *(wish.item_id for wish in raised),
            *(run.item_id for run in cut),
            *behind.lacking,
            *(each.item_id for key in behind.keys for each in coming.get(key, ())),
        }
    )
