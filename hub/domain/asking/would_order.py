"""What an order somebody still speaks of would come to: from stock, made, or short, and by when.

It joins the whole workshop in memory behind everybody who was there before it, so that what is
answered on the phone takes nothing from a promise. Nothing is stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from hub.domain.asking.whole_dates import making_of
from hub.domain.asking.whole_plan_types import Order, Outcome, State, Wish
from hub.domain.days.schedule import Slot
from hub.domain.keys import demand_key
from hub.domain.planning.netting_types import Demand

SPOKEN_OF = 0
"""The id of an order that is only asked about; stored ones begin at 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an order would want, by item in thousandths, and when and where."""

    wants: Mapping[int, int]
    requested_on: date | None = None
    priority: int = 100
    transit_days: int | None = None
    min_remaining_days: int = 0
    """How long its buyer or their channel ask goods to keep, beyond what the item does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAnswer:
    """Where so much of an item would come from; thousandths."""

    wanted: int
    in_stock: int
    made: int
    """By runs that have a day."""
    coming: int
    """Of purchases, and of lots that wait for their check."""
    ready_on: date | None
    """The day the last made or coming part is here; None if nobody knows, or none is needed."""

    @property
    def short(self) -> int:
        """What nothing covers, or only something without a day."""
        return max(0, self.wanted - self.in_stock - self.made - self.coming)


def with_order(state: State, asked: Asked) -> State:
    """Let an order join everybody who is there."""
    wishes = tuple(
        Wish(
            item_id=item_id,
            demand=Demand(
                key=_key(item_id),
                quantity=quantity,
                needed_on=asked.requested_on or state.today,
                placed_at=state.now,
                priority=asked.priority,
                asked_on=asked.requested_on or state.today,
                min_remaining_days=max(
                    state.goods[item_id].min_remaining_days, asked.min_remaining_days
                ),
            ),
        )
        for item_id, quantity in sorted(asked.wants.items())
    )
    order = Order(
        order_id=SPOKEN_OF,
        number="",
        wishes=wishes,
        priority=asked.priority,
        transit_days=asked.transit_days,
    )
    return replace(state, orders=(*state.orders, order))


def answers(asked: Asked, outcome: Outcome) -> dict[int, ItemAnswer]:
    """Say of each item where it would come from."""
    making = making_of(outcome.cover, keys={_key(item_id) for item_id in asked.wants})
    found: dict[int, ItemAnswer] = {}
    for item_id, wanted in asked.wants.items():
        key = _key(item_id)
        made, days = 0, []
        for run, quantity in making.get(key, ()):
            slot = outcome.schedule[run.key]
            if isinstance(slot, Slot):
                made += quantity
                days.append(slot.ready_on)
        coming = [each for each in outcome.cover.coming.get(key, ()) if each.expected_on]
        days += [each.expected_on for each in coming if each.expected_on]
        awaited = outcome.cover.awaited.get(key, ())
        found[item_id] = ItemAnswer(
            wanted=wanted,
            in_stock=sum(held.quantity for held in outcome.cover.held.get(key, ())),
            made=made,
            coming=sum(each.quantity for each in coming)
            + sum(each.quantity for each in awaited),
            ready_on=max(days, default=None),
        )
    return found


def promised_on(outcome: Outcome) -> date | None:
    """Return the day the order could be promised; None if nobody knows."""
    promise = outcome.promises.get(SPOKEN_OF)
    return promise.earliest_on if promise else None


def _key(item_id: int) -> str:
    """Name what it wants of an item; stored demands have numbers above 0."""
    return demand_key(-item_id)
