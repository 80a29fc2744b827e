"""What must be true of every plan: everybody is covered or told, and it is the only one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from random import Random
from typing import TypeVar

from sqlalchemy import select

from hub.domain.asking.whole_plan import plan_everything
from hub.domain.asking.whole_plan_types import Good, Order, Outcome, Run, State, Wish
from hub.domain.planning.netting_types import Demand as Wanted
from hub.domain.states import UNFINISHED
from hub.flow.planning.plan import replan
from hub.flow.planning.planning_state import planning_state
from hub.models.catalogue.item_figures import item_figures
from hub.models.planning.offers import items_on_offer
from hub.models.records.alternates import Substitution
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.planning import Shortage
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder
from hub.models.records.purchasing import PurchaseCover
from hub.models.records.stock import Reservation
from tests.flow.candle_maker import everything
from tests.flow.workshop.workshop_ground import Ground

Fact = TypeVar("Fact")


class Plans(Ground):
    """A plan that was just made, held against the laws of plans."""

    def look_at_the_plan(self) -> None:
        self.see_that_everybody_is_covered_or_told()
        state = planning_state(self.session, now=self.now, zone=UTC)
        plan = plan_everything(state)
        self.see_that_no_order_of_the_facts_matters(state, plan)
        self.see_that_what_is_offered_can_be_had(state, plan)
        self.note("planned")

    def see_that_everybody_is_covered_or_told(self) -> None:
        """Allocated, linked, coming and short make up what is demanded."""
        covered = self.covers()
        wanted: dict[str, int] = {}
        query = select(Demand, SalesOrder.intent).join(
            OrderLine, OrderLine.id == Demand.order_line_id
        )
        demands = query.join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        for demand, intent in self.session.execute(demands):
            left = demand.quantity - demand.shipped
            wanted[f"demand:{demand.id}"] = left if intent == "open" else 0
        needs = select(ProductionNeed, ProductionOrder.state).join(
            ProductionOrder, ProductionOrder.id == ProductionNeed.production_order_id
        )
        for need, state in self.session.execute(needs):
            if state in ("planned", "released"):
                wanted[f"need:{need.id}"] = need.needed - need.consumed
        assert {key: covered.get(key, 0) for key in wanted} == wanted

    def covers(self) -> dict[str, int]:
        """Add up what everybody has, by the planner's keys."""
        sums: dict[str, int] = defaultdict(int)
        items = dict(
            self.session.execute(select(ProductionNeed.id, ProductionNeed.item_id)).all()
        )
        for held in self.session.scalars(select(Reservation)):
            # What stands in counts for what it replaces, not for itself.
            if held.need_id is None or items[held.need_id] == held.item_id:
                sums[_key(held.demand_id, held.need_id)] += held.quantity
        for swap in self.session.scalars(select(Substitution)):
            sums[f"need:{swap.need_id}"] += swap.replaces
        coming = self.session.scalars(select(PurchaseCover))
        short = self.session.scalars(select(Shortage))
        for row in (*coming, *short):
            sums[_key(row.demand_id, row.need_id)] += row.quantity
        links = select(ProductionLink).join(
            ProductionOrder, ProductionOrder.id == ProductionLink.production_order_id
        )
        for link in self.session.scalars(
            links.where(ProductionOrder.state.in_(UNFINISHED))
        ):
            sums[_key(link.demand_id, link.need_id)] += link.planned - link.done
        return sums

    def plan_everything_again_and_again(self) -> None:
        """Plan all three times over: the third plan writes nothing.

        A day that was just promised is a new fact: runs are needed for it from the next plan on,
        so the plan after that one is the first that must be quiet.
        """
        self.plan_all()
        self.plan_all()
        before = everything(self.session)
        self.plan_all()
        after = everything(self.session)
        assert [row for row in after if row not in before] == []
        assert len(after) == len(before)
        self.note("planned again")

    def plan_all(self) -> None:
        self.mark_all()
        replan(self.session, now=self.now)

    def see_that_no_order_of_the_facts_matters(self, state: State, plan: Outcome) -> None:
        """The same facts, read in another order, are planned alike."""
        assert plan_everything(shuffled(state, Random(len(self.plain.lots)))) == plan

    def see_that_what_is_offered_can_be_had(self, state: State, plan: Outcome) -> None:
        """Sell all that is offered of all that is sold, at once: nobody is short for it."""
        sold = items_on_offer(self.session)
        figures = item_figures(self.session, item_ids=sold, on=self.today)
        offered = {item: each.promisable for item, each in figures.items()}
        busy = plan_everything(with_order(state, offered))
        for item in sold:
            assert f"demand:{-item}" not in busy.cover.short
        before, after = shortages_for_orders(plan), shortages_for_orders(busy)
        assert sum(after.values()) <= sum(before.values())
        self.note("sold out in thought")


def _key(demand_id: int | None, need_id: int | None) -> str:
    return f"need:{need_id}" if demand_id is None else f"demand:{demand_id}"


def shortages_for_orders(plan: Outcome) -> dict[str, int]:
    """Return what is short for orders, or for a run that some order waits for."""
    waited = {
        need.key
        for run in plan.cover.runs.values()
        for need in run.needs
        if run.priority is not None
    }
    return {
        key: short.quantity
        for key, short in plan.cover.short.items()
        if key.startswith("demand:") or key in waited
    }


def with_order(state: State, wanted: dict[int, int]) -> State:
    """Add an order for so much of some items."""
    wishes = tuple(
        Wish(
            item_id=item,
            demand=Wanted(
                key=f"demand:{-item}",
                quantity=quantity,
                needed_on=state.today,
                placed_at=state.now,
                min_remaining_days=0,
            ),
        )
        for item, quantity in sorted(wanted.items())
        if quantity
    )
    order = Order(order_id=1_000_000, number="H-LAST", wishes=wishes)
    return replace(state, orders=(*state.orders, order))


def shuffled(state: State, dice: Random) -> State:
    """Say the same in another order."""
    goods = [_shuffled_good(good, dice) for good in state.goods.values()]
    dice.shuffle(goods)
    return replace(
        state,
        goods={good.item_id: good for good in goods},
        runs=_mixed([_shuffled_run(run, dice) for run in state.runs], dice),
        orders=_mixed(state.orders, dice),
        alternates=_mixed(state.alternates, dice),
    )


def _shuffled_good(good: Good, dice: Random) -> Good:
    return replace(good, lots=_mixed(good.lots, dice), incoming=_mixed(good.incoming, dice))


def _shuffled_run(run: Run, dice: Random) -> Run:
    return replace(run, links=_mixed(run.links, dice))


def _mixed(facts: Sequence[Fact], dice: Random) -> tuple[Fact, ...]:
    return tuple(dice.sample(facts, len(facts)))
