"""What a person asks about ("what if that purchase came late?"): changes of a state in memory."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from hub.domain.asking.whole_plan_types import Held, Need, Order, Run, State, Wish
from hub.domain.days.capacity import Calendar
from hub.domain.keys import demand_key
from hub.domain.planning.netting_types import Demand

WHOLE = 1_000
"""Thousandths in one base unit."""
RUSH = 0
"""The id of an order that is only asked about; stored ones begin at 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseLate:
    """Lines of a purchase come so many days after the day they are expected on."""

    lines: frozenset[int]
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRejected:
    """Nobody may use a lot any more, also those who have some of it packed or picked."""

    lot_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandTimes:
    """Every open order wants so many times as much of an item; rounded up to whole pieces."""

    item_id: int
    factor: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreDown:
    """A work centre does nothing from one day to another, both included."""

    work_centre: int
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAdded:
    """Somebody orders so much of an item for a day."""

    item_id: int
    quantity: int
    needed_on: date


Change = PurchaseLate | LotRejected | DemandTimes | CentreDown | OrderAdded


def changed(state: State, changes: Iterable[Change]) -> State:
    """Make the state in which all of this has happened, one after the other."""
    for change in changes:
        state = _changed(state, change)
    return state


def _changed(state: State, change: Change) -> State:
    match change:
        case PurchaseLate():
            return later_purchase(state, lines=change.lines, days=change.days)
        case LotRejected():
            return _without_lot(state, lot_id=change.lot_id)
        case DemandTimes():
            return _more_wanted(state, item_id=change.item_id, factor=change.factor)
        case CentreDown():
            return _shut(state, change)
        case OrderAdded():
            return _with_order(state, change)


def later_purchase(state: State, *, lines: Collection[int], days: int) -> State:
    """Let lines of a purchase come later by so many days, or sooner by a negative number.

    A line that nobody expects on a day stays without one.
    """
    goods = dict(state.goods)
    for good in state.goods.values():
        if any(line.purchase_id in lines for line in good.incoming):
            incoming = tuple(
                replace(line, expected_on=line.expected_on + timedelta(days=days))
                if line.purchase_id in lines and line.expected_on is not None
                else line
                for line in good.incoming
            )
            goods[good.item_id] = replace(good, incoming=incoming)
    return replace(state, goods=goods)


def _without_lot(state: State, *, lot_id: int) -> State:
    goods = {
        good.item_id: replace(
            good,
            lots=tuple(lot for lot in good.lots if lot.lot_id != lot_id),
            unchecked=tuple(lot for lot in good.unchecked if lot.lot_id != lot_id),
        )
        if any(lot.lot_id == lot_id for lot in good.lots)
        or any(lot.lot_id == lot_id for lot in good.unchecked)
        else good
        for good in state.goods.values()
    }
    return replace(
        state,
        goods=goods,
        orders=tuple(_unpacked(order, lot_id=lot_id) for order in state.orders),
        runs=tuple(_unpicked(run, lot_id=lot_id) for run in state.runs),
    )


def _unpacked(order: Order, *, lot_id: int) -> Order:
    if not any(held.lot_id == lot_id for wish in order.wishes for held in wish.firm):
        return order
    return replace(
        order, wishes=tuple(_wanting(wish, lot_id=lot_id) for wish in order.wishes)
    )


def _wanting(wish: Wish, *, lot_id: int) -> Wish:
    kept, lost = _without(wish.firm, lot_id=lot_id, item_id=wish.item_id)
    demand = replace(wish.demand, quantity=wish.demand.quantity + lost)
    return replace(wish, firm=kept, demand=demand)


def _unpicked(run: Run, *, lot_id: int) -> Run:
    if not any(held.lot_id == lot_id for need in run.needs for held in need.firm):
        return run
    return replace(run, needs=tuple(_lacking(need, lot_id=lot_id) for need in run.needs))


def _lacking(need: Need, *, lot_id: int) -> Need:
    kept, lost = _without(need.firm, lot_id=lot_id, item_id=need.item_id)
    return replace(need, firm=kept, quantity=need.quantity + lost)


def _without(
    firm: tuple[Held, ...], *, lot_id: int, item_id: int
) -> tuple[tuple[Held, ...], int]:
    kept = tuple(held for held in firm if held.lot_id != lot_id)
    gone = (held for held in firm if held.lot_id == lot_id and held.item_id == item_id)
    return kept, sum(held.quantity for held in gone)


def _more_wanted(state: State, *, item_id: int, factor: Fraction) -> State:
    orders = tuple(
        replace(
            order,
            wishes=tuple(
                _times(wish, factor) if wish.item_id == item_id else wish
                for wish in order.wishes
            ),
        )
        if any(wish.item_id == item_id for wish in order.wishes)
        else order
        for order in state.orders
    )
    return replace(state, orders=orders)


def _times(wish: Wish, factor: Fraction) -> Wish:
    packed = sum(held.quantity for held in wish.firm)
    wanted = wish.demand.quantity + packed
    piece = 1 if wanted % WHOLE else WHOLE
    more = -(-(wanted * factor) // piece) * piece
    left = max(0, int(more) - packed)
    return replace(wish, demand=replace(wish.demand, quantity=left))


def _shut(state: State, down: CentreDown) -> State:
    centre = state.centres[down.work_centre]
    days = {
        down.first + timedelta(days=day) for day in range((down.last - down.first).days + 1)
    }
    shut = replace(centre, closures=centre.closures | days)
    known = state.down.get(down.work_centre, frozenset())
    state = replace(state, down={**state.down, down.work_centre: known | days})
    return with_centre(state, down.work_centre, calendar=shut)


def with_centre(state: State, work_centre: int, *, calendar: Calendar) -> State:
    """Give a work centre another calendar."""
    return replace(state, centres={**state.centres, work_centre: calendar})


def _with_order(state: State, added: OrderAdded) -> State:
    demand = Demand(
        key=demand_key(RUSH),
        quantity=added.quantity,
        needed_on=added.needed_on,
        placed_at=state.now,
        asked_on=added.needed_on,
        min_remaining_days=state.goods[added.item_id].min_remaining_days,
    )
    order = Order(
        order_id=RUSH,
        number="",
        wishes=(Wish(item_id=added.item_id, demand=demand),),
        committed_on=added.needed_on,
    )
    return replace(state, orders=(*state.orders, order))
