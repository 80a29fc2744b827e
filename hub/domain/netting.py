"""The planner: who gets what of one item, and which runs it takes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from hub.domain.allocation import first_expired_first, is_fresh
from hub.domain.netting_types import (
    Allocation,
    Cover,
    Demand,
    Kind,
    Plan,
    PlannedRun,
    Policy,
    Shortage,
    ShortReason,
    StoredRun,
    Supplies,
)
from hub.domain.pools import Source, Wanting, in_rank_order, pour
from hub.domain.runs import (
    Draft,
    as_links,
    continue_stored,
    cut_runs,
    kept_until,
    stock_runs,
)

Firm = dict[int, dict[str, int]]
"""What each firm run gives to each demand."""


def net(demands: Iterable[Demand], *, supplies: Supplies, policy: Policy) -> Plan:
    """Cover the demands of one item in rank order, and plan runs for what is missing.

    What a firm run already makes for a demand stays with it. Then each demand in turn
    takes free lots (first expired first, never too old on the day it leaves), the free
    output of firm runs (earliest first), purchases on their way; the rest becomes runs,
    or a shortage with its reason. Free stock below the wanted level is the last demand.
    Everything that is not firm is decided afresh, so nothing is promised twice, the
    order of the inputs does not matter, and netting its own plan changes nothing.
    """
    wanting = in_rank_order(demands, today=policy.today)
    firm_runs = _by_end([run for run in supplies.runs if run.is_firm])
    given = _keep_firm_links(wanting, runs=firm_runs)
    outputs = _free_outputs(firm_runs, given=given, policy=policy)
    lots = [
        Source(ref=lot.lot_id, left=lot.free, best_before=lot.best_before)
        for lot in first_expired_first(supplies.lots)
        if lot.free > 0 and is_fresh(lot.best_before, used_on=policy.today)
    ]
    incoming = _incoming(supplies)
    allocations = _allocate(wanting, lots=lots)
    for want in wanting:
        for run_id, quantity in pour(outputs, into=want):
            links = given[run_id]
            links[want.demand.key] = links.get(want.demand.key, 0) + quantity
    covers = _cover(wanting, incoming=incoming, supplies=supplies)
    shortages = _name_the_hopeless(wanting, supplies=supplies, policy=policy)
    drafts = _cut(wanting, policy=policy)
    free = sum(source.left for source in (*lots, *outputs, *incoming))
    free += sum(draft.surplus for draft in drafts)
    for_stock, stock_short = _refill(free, policy=policy)
    planned, dropped = continue_stored(
        [*drafts, *for_stock],
        stored=[run for run in supplies.runs if not run.is_firm],
    )
    return Plan(
        allocations=tuple(allocations),
        runs=(*_firm_as_planned(firm_runs, given=given, wanting=wanting), *planned),
        dropped=dropped,
        covers=tuple(covers),
        shortages=tuple(shortages),
        stock_short=stock_short,
    )


def _by_end(runs: Sequence[StoredRun]) -> list[StoredRun]:
    return sorted(runs, key=lambda run: (run.ends_on or date.max, run.run_id))


def _keep_firm_links(wanting: Sequence[Wanting], *, runs: Sequence[StoredRun]) -> Firm:
    """Leave what firm runs make with whom it is made for, earliest run first.

    A demand that shrank keeps no more than it wants; a run that gives less than it was
    to give serves in rank order.
    """
    meant: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for run in runs:
        for link in run.links:
            meant[link.demand].append((run.run_id, link.quantity))
    left = {run.run_id: run.output for run in runs}
    given: Firm = {run.run_id: {} for run in runs}
    for want in wanting:
        for run_id, promised in meant.get(want.demand.key, ()):
            quantity = min(promised, left[run_id], want.left)
            if quantity > 0:
                given[run_id][want.demand.key] = quantity
                left[run_id] -= quantity
                want.left -= quantity
    return given


def _free_outputs(
    runs: Sequence[StoredRun], *, given: Firm, policy: Policy
) -> list[Source]:
    return [
        Source(
            ref=run.run_id,
            left=max(run.output - sum(given[run.run_id].values()), 0),
            best_before=kept_until(
                max(run.ends_on or policy.today, policy.today), policy=policy
            ),
        )
        for run in runs
    ]


def _incoming(supplies: Supplies) -> list[Source]:
    ordered = sorted(
        supplies.incoming,
        key=lambda line: (line.expected_on or date.max, line.purchase_id),
    )
    return [Source(ref=line.purchase_id, left=max(line.quantity, 0)) for line in ordered]


def _allocate(wanting: Sequence[Wanting], *, lots: list[Source]) -> list[Allocation]:
    return [
        Allocation(demand=want.demand.key, lot_id=lot_id, quantity=quantity)
        for want in wanting
        for lot_id, quantity in pour(lots, into=want)
    ]


def _cover(
    wanting: Sequence[Wanting], *, incoming: list[Source], supplies: Supplies
) -> list[Cover]:
    expected = {line.purchase_id: line.expected_on for line in supplies.incoming}
    return [
        Cover(
            demand=want.demand.key,
            purchase_id=purchase_id,
            quantity=quantity,
            expected_on=expected[purchase_id],
        )
        for want in wanting
        for purchase_id, quantity in pour(incoming, into=want)
    ]


def _name_the_hopeless(
    wanting: Sequence[Wanting], *, supplies: Supplies, policy: Policy
) -> list[Shortage]:
    """Take out what no run can cover, each with its reason."""
    shortages: list[Shortage] = []
    for want in wanting:
        if not want.left:
            continue
        reason = _why_no_run(want, supplies=supplies, policy=policy)
        if reason:
            shortages.append(
                Shortage(demand=want.demand.key, quantity=want.left, reason=reason)
            )
            want.left = 0
    return shortages


def _why_no_run(want: Wanting, *, supplies: Supplies, policy: Policy) -> ShortReason | None:
    if policy.kind is Kind.BUY:
        too_old = sum(
            lot.free for lot in supplies.lots if not want.accepts(lot.best_before)
        )
        return ShortReason.TOO_OLD if too_old >= want.left else ShortReason.NO_STOCK
    if policy.lot_sizes is None:
        return ShortReason.NO_RECIPE
    if not want.accepts(kept_until(want.used_on, policy=policy)):
        return ShortReason.SHELF_LIFE
    return None


def _cut(wanting: Sequence[Wanting], *, policy: Policy) -> list[Draft]:
    if policy.lot_sizes is None:
        return []
    return cut_runs(wanting, sizes=policy.lot_sizes, policy=policy)


def _refill(free: int, *, policy: Policy) -> tuple[list[Draft], int]:
    """Plan what brings free stock up again; what cannot be made is answered as short."""
    lowest = max(policy.safety_stock, policy.reorder_point)
    if free >= lowest:
        return [], 0
    missing = max(lowest, policy.stock_up_to) - free
    if policy.kind is Kind.BUY or policy.lot_sizes is None:
        return [], missing
    return stock_runs(missing, sizes=policy.lot_sizes), 0


def _firm_as_planned(
    runs: Sequence[StoredRun], *, given: Firm, wanting: Sequence[Wanting]
) -> list[PlannedRun]:
    demands = {want.demand.key: want.demand for want in wanting}
    planned: list[PlannedRun] = []
    for run in runs:
        served = [demands[key] for key in given[run.run_id]]
        planned.append(
            PlannedRun(
                run_id=run.run_id,
                is_firm=True,
                batches=run.batches,
                quantity=run.output,
                needed_on=min((demand.needed_on for demand in served), default=None),
                priority=min((demand.priority for demand in served), default=None),
                links=as_links(given[run.run_id]),
            )
        )
    return planned
