"""Keeping a plan calm: stored runs keep their demands wherever an equally good plan allows it."""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from sys import maxsize

from hub.domain.keys import in_turn
from hub.domain.planning.mending import core_of, is_better, mend, worth
from hub.domain.planning.netting_types import StoredRun
from hub.domain.planning.pools import FOREVER, Wanting, rank
from hub.domain.planning.runs import Draft, Rules, cut_runs

STOCK = ""
"""Whom a run without links is for; no demand has an empty key."""


@dataclass(slots=True)
class Kept:
    """A stored run that goes on, and what must be known of it to let others join."""

    draft: Draft
    core: int
    """What it makes for demands inside its window: they alone decide its batches."""
    last_due: int
    """The last day one of those was asked for."""

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands among the others."""
        return (self.draft.due, self.draft.run_id or maxsize)


Growing = tuple[tuple[int, int], int, Kept]
"""A run that may still grow: its place, its number, and itself."""


def calm_runs(
    wanting: Sequence[Wanting],
    *,
    stored: Sequence[StoredRun],
    rules: Rules,
    mends: bool = True,
) -> list[Draft]:
    """Cut what is missing into runs, changing the stored ones as little as can be.

    `wanting` comes in rank order. Three plans are made: two that begin with the stored runs,
    first leaving everybody where they are, then letting those inside a run's window displace
    those outside it; and one from nothing. Where that one is better (no more runs and no more
    batches, and fewer of one) the plan that began with the stored runs is mended until it is
    not; the first for which that works is taken. So one more order seldom moves another, and
    no plan is worse than a fresh one. What is chosen, stored and planned again, is chosen
    again. Where `mends` is False, fewer runs are not worth moving anybody: all stay where they are.
    """
    missing = [want for want in wanting if want.left]
    linked = [run for run in stored if run.links]
    if not mends:
        return _keep(_copy(missing), stored=linked, rules=rules, displaces=False)
    fresh = cut_runs(_copy(missing), rules=rules)
    for displaces in (False, True) if linked else ():
        kept = _keep(_copy(missing), stored=linked, rules=rules, displaces=displaces)
        if is_better(worth(fresh), than=worth(kept)):
            mended = mend(kept, goal=worth(fresh), rules=rules)
            kept = _tightened(mended, rules=rules)
        if not is_better(worth(fresh), than=worth(kept)):
            return kept
    return fresh


def _copy(wanting: Iterable[Wanting]) -> list[Wanting]:
    return [replace(want) for want in wanting]


def _keep(
    wanting: list[Wanting], *, stored: Iterable[StoredRun], rules: Rules, displaces: bool
) -> list[Draft]:
    """Plan from the stored runs: keep, fill up, let others join, and only then open runs."""
    by_key = {want.demand.key: want for want in wanting}
    ordered = sorted(stored, key=lambda run: (_day(run), run.run_id))
    found = [_kept(run, by_key=by_key, rules=rules) for run in ordered]
    kept = [each for each in found if each.draft.links]
    _fill(kept, wanting=wanting, rules=rules)
    _join(kept, wanting=wanting, rules=rules, displaces=displaces)
    _fill(kept, wanting=wanting, rules=rules)
    opened = cut_runs([want for want in wanting if want.left], rules=rules)
    return _tightened([*(each.draft for each in kept), *opened], rules=rules)


def _day(run: StoredRun) -> int:
    return FOREVER if run.needed_on is None else run.needed_on.toordinal()


def _kept(run: StoredRun, *, by_key: Mapping[str, Wanting], rules: Rules) -> Kept:
    """Take over what a stored run makes for whom, as far as they still want it.

    Demands inside the window of the earliest decide the batches; the others keep what these
    leave over, the most urgent first.
    """
    kept = Kept(draft=Draft(run_id=run.run_id), core=0, last_due=0)
    meant = {link.demand: link.quantity for link in run.links}
    served = [by_key[key] for key in meant if key in by_key and by_key[key].left]
    outside: list[Wanting] = []
    for want in sorted(served, key=lambda want: (want.due, in_turn(want.demand.key))):
        first = min(kept.draft.due, want.due)
        if kept.draft.links and not rules.may_share(kept.draft, want):
            continue
        if want.due > rules.last_day(first):
            outside.append(want)
            continue
        quantity = min(meant[want.demand.key], want.left, rules.room - kept.core)
        if quantity:
            _take_in(kept, want, quantity)
    rules.size(kept.draft, kept.core)
    for want in sorted(outside, key=lambda want: rank(want.demand)):
        if rules.may_share(kept.draft, want):
            _pour(kept, want, min(meant[want.demand.key], kept.draft.surplus))
    return kept


def _take_in(kept: Kept, want: Wanting, quantity: int) -> None:
    kept.draft.give(want, quantity)
    kept.core += quantity
    kept.last_due = max(kept.last_due, want.due)


def _pour(kept: Kept, want: Wanting, most: int) -> None:
    """Give a demand outside the window some of what a run makes anyway."""
    quantity = min(most, want.left)
    if quantity:
        kept.draft.give(want, quantity)


def _fill(kept: Iterable[Kept], *, wanting: Iterable[Wanting], rules: Rules) -> None:
    """Give what runs make beyond their demands to whoever wants it, in rank order.

    The latest run that is early enough gives first: it is the freshest.
    """
    holding = sorted((each for each in kept if each.draft.surplus), key=lambda k: k.place)
    dues = [each.draft.due for each in holding]
    for want in wanting:
        at = bisect_right(dues, want.due) - 1
        while want.left and at >= 0:
            each = holding[at]
            if not rules.may_share(each.draft, want):
                at -= 1
                continue
            quantity = min(want.left, each.draft.surplus)
            if want.due <= rules.last_day(dues[at]):
                _take_in(each, want, quantity)
            else:
                _pour(each, want, quantity)
            if not each.draft.surplus:
                del holding[at], dues[at]
            at -= 1


def _join(
    kept: Iterable[Kept], *, wanting: Iterable[Wanting], rules: Rules, displaces: bool
) -> None:
    """Let runs grow for demands inside their window, the earliest due first.

    A run moves forward for one that is due before it, if all it is for may still share it.
    Where they may not displace others they only join as far as the new batches go round.
    """
    growing = sorted(
        (each.place, n, each) for n, each in enumerate(kept) if each.core < rules.room
    )
    for want in sorted(wanting, key=lambda want: want.due):
        if not want.left:
            continue
        for entry in growing[_earliest(want, growing, rules=rules) :]:
            _, n, each = entry
            if not want.left or each.draft.due > rules.last_day(want.due):
                break
            most = _most(each, want, rules=rules, displaces=displaces)
            if most > 0 and _may_join(each, want, rules=rules):
                _grow(each, want, most, rules=rules)
                growing.remove(entry)
                if each.core < rules.room:
                    insort(growing, (each.place, n, each))


def _earliest(want: Wanting, growing: list[Growing], *, rules: Rules) -> int:
    """Find the first run whose window may reach a demand; overdue windows begin today."""
    if want.due <= rules.last_day(rules.today):
        return 0
    return bisect_right(growing, want.due - rules.policy.window_days - 1, key=_due_of)


def _due_of(entry: Growing) -> int:
    return entry[0][0]


def _may_join(each: Kept, want: Wanting, *, rules: Rules) -> bool:
    first, last = min(each.draft.due, want.due), max(each.last_due, want.due)
    return last <= rules.last_day(first) and rules.may_share(each.draft, want)


def _most(each: Kept, want: Wanting, *, rules: Rules, displaces: bool) -> int:
    """Say how much of a demand may join a run."""
    most = min(want.left, rules.room - each.core)
    if displaces:
        return most
    grown = rules.sizes.batches_for(each.core + most) * rules.sizes.good_yield
    return min(most, grown - each.draft.given)


def _grow(each: Kept, want: Wanting, quantity: int, *, rules: Rules) -> None:
    """Make a run as big as one more demand asks; who only had its surplus makes room."""
    _take_in(each, want, quantity)
    rules.size(each.draft, each.core)
    last_day = rules.last_day(each.draft.due)
    guests = [one for one in each.draft.members.values() if one.due > last_day]
    for guest in sorted(guests, key=lambda one: rank(one.demand), reverse=True):
        excess = each.draft.given - each.draft.quantity
        if excess <= 0:
            return
        held = each.draft.links[guest.demand.key]
        each.draft.take_back(guest, min(held, excess))


def _tightened(drafts: Iterable[Draft], *, rules: Rules) -> list[Draft]:
    """Save a batch, or a whole run, where what an earlier run has over is enough for it."""
    ordered = sorted(
        (Kept(each, *core_of(each, rules=rules)) for each in drafts if each.links),
        key=lambda kept: kept.place,
    )
    for n, early in enumerate(ordered):
        for late in ordered[n + 1 :] if early.draft.surplus else ():
            if not early.draft.surplus:
                break
            _relieve(late, by=early, rules=rules)
    return [each.draft for each in ordered if each.draft.links]


def _relieve(late: Kept, *, by: Kept, rules: Rules) -> None:
    """Move what is over a whole step of batches to an earlier run, if that has so much over."""
    sizes = rules.sizes
    fewer = late.draft.batches - sizes.step_batches
    smaller = fewer * sizes.good_yield if fewer >= sizes.min_batches else 0
    over = late.draft.given - smaller
    if not 0 < over <= min(by.draft.surplus, late.core):
        return
    last_day = rules.last_day(late.draft.due)
    movable = [
        want
        for want in late.draft.members.values()
        if want.due <= last_day
        and want.needed >= by.draft.needed
        and rules.may_share(by.draft, want)
    ]
    if sum(late.draft.links[want.demand.key] for want in movable) < over:
        return
    if over == late.draft.given > by.draft.given:  # the bigger one goes on
        late.draft.run_id, by.draft.run_id = by.draft.run_id, late.draft.run_id
    for want in sorted(movable, key=lambda want: (want.due, rank(want.demand))):
        moved = min(over, late.draft.links[want.demand.key])
        if moved:
            late.draft.take_back(want, moved)
            late.core -= moved
            inside = want.due <= rules.last_day(by.draft.due)
            (_take_in if inside else _pour)(by, want, moved)
            over -= moved
    rules.size(late.draft, late.core)


def continue_stored(
    drafts: Sequence[Draft], *, stored: Iterable[StoredRun]
) -> tuple[int, ...]:
    """Give each draft without one the id of the stored planned run it overlaps most.

    Overlap is the quantity both make for the same demands; runs for stock alone overlap with
    each other. Returns the ids of stored runs that nobody continues.
    """
    taken = {draft.run_id for draft in drafts}
    free = {run.run_id: run for run in stored if run.run_id not in taken}
    new = [draft for draft in drafts if draft.run_id is None]
    for _, _, index, run_id in sorted(_overlaps(new, stored=free)):
        if new[index].run_id is None and run_id in free:
            new[index].run_id = run_id
            del free[run_id]
    return tuple(sorted(free))


def _overlaps(
    drafts: Sequence[Draft], *, stored: Mapping[int, StoredRun]
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
