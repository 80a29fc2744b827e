"""The planner: who gets what of one item, and which runs it takes."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import accumulate

from hub.domain.planning.calm import calm_runs, continue_stored
from hub.domain.planning.netting_types import (
    FOR_STOCK,
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
from hub.domain.planning.pools import Pool, Source, Wanting, in_rank_order, last_day
from hub.domain.planning.runs import (
    Draft,
    Rules,
    as_links,
    kept_until,
    not_before,
    settled,
    stock_runs,
)
from hub.domain.planning.unchecked import await_checks
from hub.domain.states import Production
from hub.domain.stock.allocation import first_expired_first, is_fresh

Firm = dict[int, dict[str, int]]
"""What each firm run gives to each demand."""


def net(demands: Iterable[Demand], *, supplies: Supplies, policy: Policy) -> Plan:
    """Cover the demands of one item in rank order, and plan runs for what is missing.

    What a firm run already makes for a demand stays with it, if it will be fresh enough. Then
    each demand in turn takes free lots (first expired first, never too old on the day it
    leaves), lots that wait for their quality check (whom they were made for before others),
    the free output of firm runs (earliest first), purchases on their way; the rest becomes
    runs, the stored ones changed as little as can be, or a shortage with its reason. Free
    stock below the wanted level is the last demand. Nothing is promised twice, the order of
    the inputs does not matter, and netting its own plan changes nothing. Beside a run that is
    held for a promise the others keep their demands too. Takes n log n steps for n demands,
    lots and links.
    """
    wanting = in_rank_order(demands, today=policy.today)
    firm_runs = _by_end([run for run in supplies.runs if run.is_firm])
    given = _keep_firm_links(wanting, runs=firm_runs, policy=policy)
    outputs = Pool(_free_outputs(firm_runs, given=given, policy=policy))
    lots = Pool(_usable_lots(supplies, policy=policy))
    incoming = Pool(_incoming(supplies))
    allocations = [
        Allocation(demand=want.demand.key, lot_id=lot_id, quantity=quantity)
        for want in wanting
        for lot_id, quantity in lots.pour(want)
    ]
    awaited, unchecked = await_checks(
        wanting, unchecked=supplies.unchecked, today=policy.today
    )
    for want in wanting:
        for run_id, quantity in outputs.pour(want):
            links = given[run_id]
            links[want.demand.key] = links.get(want.demand.key, 0) + quantity
    covers = _cover(wanting, incoming=incoming, supplies=supplies)
    shortages = _name_the_hopeless(wanting, supplies=supplies, policy=policy)
    free = lots.left + unchecked + outputs.left + incoming.left
    planned, dropped, stock_short = _plan_runs(
        wanting,
        stored=[run for run in supplies.runs if not run.is_firm],
        free=free,
        policy=policy,
        mends=not any(run.is_held for run in supplies.runs),
    )
    return Plan(
        allocations=tuple(allocations),
        runs=(
            *_firm_as_planned(firm_runs, given=given, wanting=wanting, policy=policy),
            *planned,
        ),
        dropped=dropped,
        covers=tuple(covers),
        awaited=tuple(awaited),
        shortages=tuple(shortages),
        stock_short=stock_short,
    )


def _by_end(runs: Sequence[StoredRun]) -> list[StoredRun]:
    return sorted(runs, key=lambda run: (run.ends_on or date.max, run.run_id))


def _keep_firm_links(
    wanting: Sequence[Wanting], *, runs: Sequence[StoredRun], policy: Policy
) -> Firm:
    """Leave what firm runs make with whom it is made for, earliest run first.

    A demand that shrank keeps no more than it wants; a run that gives less than it was
    to give serves in rank order; nobody keeps what will be too old for them.
    """
    keeps = {run.run_id: _keeps(run, policy=policy) for run in runs}
    meant: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for run in runs:
        for link in run.links:
            meant[link.demand].append((run.run_id, link.quantity))
    left = {run.run_id: run.output for run in runs}
    given: Firm = {run.run_id: {} for run in runs}
    for want in wanting:
        for run_id, promised in meant.get(want.demand.key, ()):
            quantity = min(promised, left[run_id], want.left)
            if quantity > 0 and want.accepts(keeps[run_id]):
                given[run_id][want.demand.key] = quantity
                left[run_id] -= quantity
                want.left -= quantity
    return given


def _keeps(run: StoredRun, *, policy: Policy) -> date | None:
    """Say until when what a firm run makes for somebody is good; None when it may be long.

    A run that has not begun can still be made on the day that is right for whom it is for.
    """
    if run.state is not Production.RUNNING or run.ends_on is None:
        return None
    return kept_until(max(run.ends_on, policy.today), policy=policy)


def _usable_lots(supplies: Supplies, *, policy: Policy) -> Iterator[Source]:
    for lot in first_expired_first(supplies.lots):
        if lot.free > 0 and is_fresh(lot.best_before, used_on=policy.today):
            yield Source(ref=lot.lot_id, left=lot.free, best_before=lot.best_before)


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


def _cover(
    wanting: Sequence[Wanting], *, incoming: Pool, supplies: Supplies
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
        for purchase_id, quantity in incoming.pour(want)
    ]


def _name_the_hopeless(
    wanting: Sequence[Wanting], *, supplies: Supplies, policy: Policy
) -> list[Shortage]:
    """Take out what no run can cover, each with its reason."""
    ageing = _Ageing(supplies)
    shortages: list[Shortage] = []
    for want in wanting:
        reason = _why_no_run(want, ageing=ageing, policy=policy) if want.left else None
        if reason:
            shortages.append(
                Shortage(demand=want.demand.key, quantity=want.left, reason=reason)
            )
            want.left = 0
    return shortages


class _Ageing:
    """How much of the lots will be too old by a day."""

    def __init__(self, supplies: Supplies) -> None:
        ordered = first_expired_first(supplies.lots)
        self._days = [last_day(lot.best_before) for lot in ordered]
        self._sums = [0, *accumulate(lot.free for lot in ordered)]

    def too_old(self, want: Wanting) -> int:
        """Sum up what is there and not fresh enough for a demand."""
        return self._sums[bisect_left(self._days, want.fresh_until)]


def _why_no_run(want: Wanting, *, ageing: _Ageing, policy: Policy) -> ShortReason | None:
    if policy.kind is Kind.BUY:
        enough = ageing.too_old(want) >= want.left
        return ShortReason.TOO_OLD if enough else ShortReason.NO_STOCK
    if policy.lot_sizes is None:
        return ShortReason.NO_RECIPE
    if not want.accepts(kept_until(want.used_on, policy=policy)):
        return ShortReason.SHELF_LIFE
    return None


def _plan_runs(
    wanting: Sequence[Wanting],
    *,
    stored: Sequence[StoredRun],
    free: int,
    policy: Policy,
    mends: bool,
) -> tuple[list[PlannedRun], tuple[int, ...], int]:
    """Plan runs for what is missing, then for stock.

    Returns the runs by need, the stored runs nobody needs, and what stock is short of.
    """
    if policy.kind is Kind.BUY or policy.lot_sizes is None:
        missing = _missing_in_stock(free, policy=policy)
        return [], tuple(sorted(run.run_id for run in stored)), missing
    rules = Rules(sizes=policy.lot_sizes, policy=policy)
    drafts = calm_runs(wanting, stored=stored, rules=rules, mends=mends)
    free += sum(draft.surplus for draft in drafts)
    drafts += stock_runs(_missing_in_stock(free, policy=policy), rules=rules)
    dropped = continue_stored(drafts, stored=stored)
    return [settled(draft, policy=policy) for draft in _by_need(drafts)], dropped, 0


def _by_need(drafts: Sequence[Draft]) -> list[Draft]:
    """Order runs by the day they are needed; of one day, the stored ones first."""
    new = max((draft.run_id or 0 for draft in drafts), default=0) + 1
    return sorted(
        drafts, key=lambda draft: (not draft.links, draft.needed, draft.run_id or new)
    )


def _missing_in_stock(free: int, *, policy: Policy) -> int:
    """Say what brings free stock up again once it is below its lowest level."""
    lowest = max(policy.safety_stock, policy.reorder_point)
    return 0 if free >= lowest else max(lowest, policy.stock_up_to) - free


def _firm_as_planned(
    runs: Sequence[StoredRun],
    *,
    given: Firm,
    wanting: Sequence[Wanting],
    policy: Policy,
) -> list[PlannedRun]:
    demands = {want.demand.key: want.demand for want in wanting}
    fresh = {want.demand.key: want.fresh_until for want in wanting}
    planned: list[PlannedRun] = []
    for run in runs:
        served = [
            demands[key] for key in given[run.run_id] if demands[key].priority < FOR_STOCK
        ]
        planned.append(
            PlannedRun(
                run_id=run.run_id,
                is_firm=True,
                batches=run.batches,
                quantity=run.output,
                needed_on=min((demand.needed_on for demand in served), default=None),
                priority=min((demand.priority for demand in served), default=None),
                links=as_links(given[run.run_id]),
                not_before=not_before(
                    max((fresh[key] for key in given[run.run_id]), default=0), policy=policy
                ),
            )
        )
    return planned
