"""The days of a plan in memory: when each run happens, and when each order can leave."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from hub.domain.asking.whole_plan_types import (
    Coming,
    Coverings,
    Good,
    Order,
    Run,
    State,
    Wish,
)
from hub.domain.days.material_wait import MaterialWait, materials_ready_on
from hub.domain.days.promise import Coverage, Promise, Source, promise, waited_for
from hub.domain.days.schedule import (
    RunToPlace,
    Schedule,
    Slot,
    place_runs,
)
from hub.domain.days.work import steps_left
from hub.domain.planning.netting_types import Awaited
from hub.domain.planning.run_rank import is_raised
from hub.domain.states import Production

Dated = tuple[tuple[Coverage, ...], Promise]
"""Where the goods of an order come from, and what that promises."""
Making = Mapping[str, list[tuple[Run, int]]]
"""By the key of whom it is for: the runs that owe it something, and how much."""


def runs_to_place(state: State, cover: Coverings) -> tuple[RunToPlace, ...]:
    """Say of every unfinished run what its place in the calendar depends on."""
    needed = {need.key for run in cover.runs.values() for need in run.needs}
    making = making_of(cover, keys=needed)
    return tuple(
        _to_place(run, state=state, cover=cover, making=making)
        for run in cover.runs.values()
    )


def placed_runs(runs: Iterable[RunToPlace], *, state: State) -> Schedule:
    """Put every unfinished run on the calendar of its work centre."""
    return place_runs(
        runs,
        centres=state.centres,
        today=state.today,
        minute=state.local_now.hour * 60 + state.local_now.minute,
    )


def promised(
    state: State,
    cover: Coverings,
    *,
    schedule: Schedule,
    known: dict[int, Dated] | None = None,
) -> dict[int, Promise]:
    """Date every order of which something is still to be sent.

    `known` remembers, within one moment, from one plan to the next: an order whose goods come
    from where they came before keeps its promise unasked.
    """
    known = {} if known is None else known
    wanted = {wish.demand.key for order in state.orders for wish in order.wishes}
    making = making_of(cover, keys=wanted)
    parts_of = _Parts(state=state, cover=cover, making=making, schedule=schedule)
    found: dict[int, Promise] = {}
    for order in state.orders:
        parts = tuple(parts_of.of(order))
        before = known.get(order.order_id)
        if parts and (before is None or before[0] != parts):
            before = known[order.order_id] = (
                parts,
                promise(
                    parts,
                    local_now=state.local_now,
                    shipping=state.shipping,
                    transit_days=order.transit_days,
                ),
            )
        if parts and before:
            found[order.order_id] = before[1]
    return found


def making_of(cover: Coverings, *, keys: AbstractSet[str] | None = None) -> Making:
    """Say which runs owe something to whom, or to these few: there are thousands of links."""
    making: dict[str, list[tuple[Run, int]]] = defaultdict(list)
    for run in cover.runs.values():
        for link in run.links:
            if keys is None or link.demand in keys:
                making[link.demand].append((run, link.quantity))
    for key, many in cover.owed.items():
        if keys is None or key in keys:
            making[key] += [(cover.runs[each.run_id], each.quantity) for each in many]
    return making


def _to_place(run: Run, *, state: State, cover: Coverings, making: Making) -> RunToPlace:
    is_running = run.state is Production.RUNNING
    waits = waits_of(run, state=state, cover=cover)
    return RunToPlace(
        key=run.key,
        steps=steps_left(
            run.work, batches=run.batches, planned=run.planned, left=run.output
        ),
        earliest_on=(
            run.begun_on or state.today
            if is_running
            else materials_ready_on(waits, today=state.today)
        ),
        needed_on=run.needed_on,
        priority=run.priority,
        is_running=is_running,
        resumed_on=run.resumed_on,
        pinned_on=run.pinned_on,
        not_before=run.not_before,
        is_raised=is_raised(run.priority),
        relied_on_since=cover.relied_on_since.get(run.run_id),
        was_ready_on=run.ready_on,
        after=frozenset(
            below.key for need in run.needs for below, _ in making.get(need.key, ())
        ),
    )


def waits_of(run: Run, *, state: State, cover: Coverings) -> list[MaterialWait]:
    """Say what a run lacks: what is short, and what is on its way."""
    waits: list[MaterialWait] = []
    for need in run.needs:
        key = need.key
        for coming in cover.coming.get(key, ()):
            waits.append(_on_its_way(coming, state=state))
        for awaited in cover.awaited.get(key, ()):
            waits.append(_checked(awaited, state.goods[need.item_id], state=state))
        if key in cover.short:
            waits.append(_unordered(state.goods[need.item_id]))
    return waits


def _on_its_way(coming: Coming, *, state: State) -> MaterialWait:
    good = state.goods[coming.item_id]
    return MaterialWait(
        item=good.code,
        ref=state.purchases[coming.purchase_id],
        expected_on=coming.expected_on,
        lead_days=good.lead_days,
    )


def _checked(awaited: Awaited, good: Good, *, state: State) -> MaterialWait:
    code = state.lot_codes[awaited.lot_id]
    return MaterialWait(item=good.code, ref=code, awaits_check=True)


def _unordered(good: Good) -> MaterialWait:
    return MaterialWait(item=good.code, lead_days=good.lead_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Says where what an order wants comes from."""

    state: State
    cover: Coverings
    making: Making
    schedule: Schedule

    def of(self, order: Order) -> Iterator[Coverage]:
        for what, pieces in order.unmapped:
            yield Coverage(
                source=Source.NOTHING, item=what, quantity=pieces, why="unmapped"
            )
        for wish in order.wishes:
            yield from self._of_wish(wish)

    def _of_wish(self, wish: Wish) -> Iterator[Coverage]:
        key, good = wish.demand.key, self.state.goods[wish.item_id]
        for run, quantity in self.making.get(key, ()):
            yield self._of_run(run, item=good.code, quantity=quantity)
        held = (*wish.firm, *self.cover.held.get(key, ()))
        if held:
            quantity = sum(each.quantity for each in held)
            yield Coverage(source=Source.STOCK, item=good.code, quantity=quantity)
        for awaited in self.cover.awaited.get(key, ()):
            yield self._waited_for(
                _checked(awaited, good, state=self.state), awaited.quantity
            )
        for coming in self.cover.coming.get(key, ()):
            yield self._waited_for(_on_its_way(coming, state=self.state), coming.quantity)
        short = self.cover.short.get(key)
        if short:
            yield self._waited_for(_unordered(good), short.quantity, why=short.reason.value)

    def _of_run(self, run: Run, *, item: str, quantity: int) -> Coverage:
        slot = self.schedule[run.key]
        return Coverage(
            source=Source.RUN,
            item=item,
            quantity=quantity,
            ready_on=slot.ready_on if isinstance(slot, Slot) else None,
            ref=run.number or run.key,
            why="" if isinstance(slot, Slot) else slot.reason.value,
        )

    def _waited_for(self, wait: MaterialWait, quantity: int, *, why: str = "") -> Coverage:
        return waited_for(wait, quantity=quantity, today=self.state.today, why=why)
