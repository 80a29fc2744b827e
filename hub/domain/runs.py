"""How what is missing is cut into runs, and which stored run each of them continues."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from sys import maxsize

from hub.domain.netting_types import Link, LotSizes, PlannedRun, Policy, StoredRun
from hub.domain.pools import Wanting

STOCK = ""
"""Whom a run without links is for; no demand has an empty key."""


@dataclass(slots=True)
class Draft:
    """A run being put together."""

    batches: int
    quantity: int
    links: dict[str, int] = field(default_factory=dict)
    needed_on: date | None = None
    priority: int | None = None

    def give(self, want: Wanting, quantity: int) -> None:
        """Make so much of the run for one demand."""
        demand = want.demand
        want.left -= quantity
        self.links[demand.key] = self.links.get(demand.key, 0) + quantity
        self.needed_on = min(self.needed_on or demand.needed_on, demand.needed_on)
        self.priority = min(
            demand.priority if self.priority is None else self.priority, demand.priority
        )

    @property
    def surplus(self) -> int:
        """What no demand has yet."""
        return self.quantity - sum(self.links.values())


def cut_runs(wanting: Sequence[Wanting], *, sizes: LotSizes, policy: Policy) -> list[Draft]:
    """Open runs until nobody in `wanting` (in rank order) wants anything.

    The earliest due demand opens a run; demands due within the window join it until it
    is full; what rounding up to whole batches leaves over goes to the next in rank,
    before another run is opened.
    """
    by_due = sorted(wanting, key=lambda want: want.demand.needed_on)  # rank breaks ties
    by_rank = list(wanting)
    drafts: list[Draft] = []
    for first, seed in enumerate(by_due):
        while seed.left:
            draft = _open(_gather(by_due, first=first, sizes=sizes, policy=policy), sizes)
            _share_surplus(draft, waiting=by_rank, policy=policy)
            drafts.append(draft)
    return drafts


def _gather(
    by_due: Sequence[Wanting], *, first: int, sizes: LotSizes, policy: Policy
) -> list[tuple[Wanting, int]]:
    seed = by_due[first]
    last_day = seed.used_on + timedelta(days=policy.window_days)
    best_before = kept_until(seed.used_on, policy=policy)
    room = sizes.most * sizes.good_yield if sizes.most else maxsize
    group: list[tuple[Wanting, int]] = []
    for index in range(first, len(by_due)):
        want = by_due[index]
        if want.demand.needed_on > last_day or not room:
            break
        if want.left and want.accepts(best_before):
            group.append((want, min(want.left, room)))
            room -= group[-1][1]
    return group


def _open(group: Sequence[tuple[Wanting, int]], sizes: LotSizes) -> Draft:
    batches = sizes.batches_for(sum(quantity for _, quantity in group))
    draft = Draft(batches=batches, quantity=batches * sizes.good_yield)
    for want, quantity in group:
        draft.give(want, quantity)
    return draft


def _share_surplus(draft: Draft, *, waiting: list[Wanting], policy: Policy) -> None:
    surplus = draft.surplus
    made_on = max(draft.needed_on or policy.today, policy.today)
    best_before = kept_until(made_on, policy=policy)
    for want in waiting:
        if not surplus:
            break
        if want.left and want.accepts(best_before):
            quantity = min(want.left, surplus)
            draft.give(want, quantity)
            surplus -= quantity
    while waiting and not waiting[0].left:
        del waiting[0]


def kept_until(made_on: date, *, policy: Policy) -> date | None:
    """Say the best before of what is made on a day."""
    if policy.shelf_life_days is None:
        return None
    return made_on + timedelta(days=policy.shelf_life_days)


def stock_runs(missing: int, *, sizes: LotSizes) -> list[Draft]:
    """Open runs for stock alone.

    They stand apart from the orders' runs, so that materials and hours of stock never
    come before those of an order.
    """
    drafts: list[Draft] = []
    while missing > 0:
        batches = sizes.batches_for(missing)
        batches = batches if sizes.most is None else min(batches, sizes.most)
        drafts.append(Draft(batches=batches, quantity=batches * sizes.good_yield))
        missing -= drafts[-1].quantity
    return drafts


def continue_stored(
    drafts: Sequence[Draft], *, stored: Iterable[StoredRun]
) -> tuple[list[PlannedRun], tuple[int, ...]]:
    """Give each draft the id of the stored planned run it overlaps most: plans stay calm.

    Overlap is the quantity both make for the same demands; runs for stock alone overlap
    with each other. Returns the runs and the ids of stored runs that nobody continues.
    """
    planned = {run.run_id: run for run in stored}
    ids: dict[int, int] = {}
    free = set(planned)
    for _, _, index, run_id in sorted(_overlaps(drafts, stored=planned)):
        if index not in ids and run_id in free:
            ids[index] = run_id
            free.remove(run_id)
    runs = [_settled(draft, run_id=ids.get(i)) for i, draft in enumerate(drafts)]
    return runs, tuple(sorted(free))


def _overlaps(
    drafts: Sequence[Draft], *, stored: dict[int, StoredRun]
) -> list[tuple[int, bool, int, int]]:
    made_for: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for run in stored.values():
        for link in run.links:
            made_for[link.demand].append((run.run_id, link.quantity))
        if not run.links:
            made_for[STOCK].append((run.run_id, run.output))
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for index, draft in enumerate(drafts):
        for_whom = list(draft.links.items()) or [(STOCK, draft.quantity)]
        for demand, quantity in for_whom:
            for run_id, before in made_for[demand]:
                shared[index, run_id] += min(quantity, before)
    return [
        (-quantity, drafts[index].needed_on != stored[run_id].needed_on, index, run_id)
        for (index, run_id), quantity in shared.items()
    ]


def _settled(draft: Draft, *, run_id: int | None) -> PlannedRun:
    return PlannedRun(
        run_id=run_id,
        is_firm=False,
        batches=draft.batches,
        quantity=draft.quantity,
        needed_on=draft.needed_on,
        priority=draft.priority,
        links=as_links(draft.links),
    )


def as_links(links: dict[str, int]) -> tuple[Link, ...]:
    """Write links down in the order of their keys."""
    return tuple(Link(demand=key, quantity=links[key]) for key in sorted(links))
