"""What a question or its remedies touch, and the plans of that much of the workshop."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.asking.what_if import Effects, Targets, demands_to_date, effects, targets
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
from hub.domain.states import Production
from hub.flow.planning.planning_state import orders_of
from hub.flow.planning.standing_state import standing_state, with_orders
from hub.models.planning.habits import habits_of
from hub.models.planning.planning_rows import orders_of_demands
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
        found = self.meet(demands_to_date(one, other))
        if not found:
            return one, other, to
        before = self.dated(self.before or one, orders=found)
        theirs = targets(replace(self.base, orders=found), before=before)
        one, other = (self.dated(each, orders=found) for each in (one, other))
        return one, other, {**to, **theirs}

    def meet(self, demand_ids: Iterable[int]) -> tuple[Order, ...]:
        """Return the orders of these demands that are not in the base, read once."""
        here = {order.order_id for order in self.base.orders}
        ids = orders_of_demands(self.session, demand_ids=set(demand_ids)) - here
        new = orders_of(
            self.session,
            order_ids=ids - self.met.keys(),
            habits=habits_of(self.session),
        )
        self.met |= {order.order_id: order for order in new}
        if new:
            here_too = with_orders(self.session, self.base, new)
            self.base = replace(here_too, orders=self.base.orders)
        return tuple(self.met[each] for each in sorted(ids & self.met.keys()))

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
        )
        dates = promised(among, known, schedule=outcome.schedule)
        return replace(outcome, cover=known, promises={**outcome.promises, **dates})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, planned: as it is, and as it would be."""

    before: Outcome
    trouble: Trouble

    @property
    def effects(self) -> Effects:
        """What the changes would do."""
        after, to = self.trouble.after, self.trouble.to
        return effects(self.before, after, orders=self.trouble.state.orders, to=to)


def ask(
    session: Session,
    changes: Sequence[Change],
    *,
    item_ids: Collection[int],
    now: datetime,
    zone: tzinfo,
) -> Asked:
    """Plan these items before and after some changes, and find who came into trouble."""
    base = standing_state(session, item_ids=item_ids, now=now, zone=zone)
    narrow = Narrow(session=session, base=base)
    before = narrow.plan(base)
    after = narrow.plan(changed(base, changes))
    met = narrow.meet(demands_to_date(before, after))
    before, after = (narrow.dated(each, orders=met) for each in (before, after))
    narrow.before, base = before, narrow.join(met)
    state = changed(base, changes)
    to = targets(state, before=before)
    trouble = trouble_of(base, state, before=before, after=after, to=to, planner=narrow)
    return Asked(before=before, trouble=trouble)


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
