"""Saving a run or a batch in a plan that stands, by moving as few demands as it takes."""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from hub.domain.planning.pools import Wanting, rank
from hub.domain.planning.runs import Draft, Rules

Worth = tuple[int, int]
"""Runs and batches of a plan."""
TRIES = 24
"""Runs that are tried before a plan is given up; the smallest come first."""


@dataclass(frozen=True, slots=True)
class Move:
    """So much of a demand goes from one run to another."""

    want: Wanting
    giver: Draft
    taker: Draft


class _Shop:
    """The runs of a plan in the order they are due, and how they may be filled."""

    def __init__(self, runs: Sequence[Draft], *, rules: Rules, grows: bool) -> None:
        """Take runs that may grow up to their maximum, or only hold what they make."""
        self.runs, self.rules, self.grows = list(runs), rules, grows
        self.look()

    def look(self) -> None:
        """Look again when the runs happen, after some of them changed."""
        self.runs.sort(key=_place)
        self.dues = [run.due for run in self.runs]
        self.ends = [self.rules.last_day(due) for due in self.dues]
        self.last_dues = [core_of(run, rules=self.rules)[1] for run in self.runs]
        self.holding = [] if self.grows else [run for run in self.runs if run.surplus > 0]

    def free(self, run: Draft) -> int:
        """Say how much more may go into a run."""
        return self.rules.room - run.given if self.grows else run.surplus

    def takers(self, want: Wanting, came: Mapping[int, object]) -> Iterator[Draft]:
        """List the runs not seen yet whose window takes a demand in beside who is there."""
        rules = self.rules
        latest = rules.last_day(want.due)
        first = bisect_left(self.dues, want.due - rules.policy.window_days)
        if want.due <= rules.last_day(rules.today):
            first = 0
        for n in range(first, bisect_right(self.dues, latest)):
            run = self.runs[n]
            if id(run) in came or self.last_dues[n] > latest or want.due > self.ends[n]:
                continue
            if rules.may_share(run, want):
                yield run

    def hosts(self, want: Wanting, came: Mapping[int, object]) -> Iterator[Draft]:
        """List the runs that have something over for a demand after their window."""
        for run in reversed(self.holding):
            if id(run) in came or run.due > want.due or run.needed > want.needed:
                continue
            if self.rules.may_share(run, want):
                yield run


def worth(drafts: Sequence[Draft]) -> Worth:
    """Count runs and batches."""
    return (len(drafts), sum(draft.batches for draft in drafts))


def is_better(one: Worth, *, than: Worth) -> bool:
    """Say whether a plan has no more runs and no more batches, and fewer of one."""
    return one != than and one[0] <= than[0] and one[1] <= than[1]


def core_of(draft: Draft, *, rules: Rules) -> tuple[int, int]:
    """Sum up what a run makes for demands inside its window, and say the last day of those.

    They alone decide its batches.
    """
    last_day = rules.last_day(draft.due)
    inside = [want for want in draft.members.values() if want.due <= last_day]
    quantity = sum(draft.links[want.demand.key] for want in inside)
    return quantity, max((want.due for want in inside), default=draft.due)


def mend(drafts: Sequence[Draft], *, goal: Worth, rules: Rules) -> list[Draft]:
    """Save runs and batches until `goal` is no better, and give the runs that are left.

    What is over a whole step of batches in one run, the least first, goes to where room is: each
    part on the shortest way, from run to run within their windows, so that only the runs on that
    way change. Where no way is left the goal stays better.
    """
    runs = sorted(drafts, key=_place)
    while is_better(goal, than=worth(runs)):
        if not any(_save(runs, rules=rules, grows=grows) for grows in (False, True)):
            break
        runs = sorted((run for run in runs if run.links), key=_place)
    return runs


def _place(run: Draft) -> tuple[int, int, str]:
    return (run.due, run.run_id or 0, min(run.links, default=""))


def _save(runs: list[Draft], *, rules: Rules, grows: bool) -> bool:
    """Let one run, the one with least to move, go without a step of batches, or go."""
    shop = _Shop(runs, rules=rules, grows=grows)
    overs = sorted((_over(run, rules=rules, whole=grows), n) for n, run in enumerate(runs))
    return any(_relieve(runs[n], over, shop=shop) for over, n in overs[:TRIES])


def _over(run: Draft, *, rules: Rules, whole: bool) -> int:
    fewer = run.batches - rules.sizes.step_batches
    if whole or fewer < rules.sizes.min_batches:
        return run.given
    return run.given - fewer * rules.sizes.good_yield


def _relieve(run: Draft, over: int, *, shop: _Shop) -> bool:
    """Move so much out of a run, or leave everything as it was."""
    before = worth(shop.runs)
    done: list[tuple[Move, int]] = []
    while over:
        way = _way_out(run, shop=shop)
        if not way:
            break
        quantity = min(over, shop.free(way[-1].taker), *map(_held, way))
        for move in reversed(way):
            _move(move, quantity)
            done.append((move, quantity))
        over -= quantity
        shop.look()
    changed = {id(each): each for move, _ in done for each in (move.giver, move.taker)}
    sizes = [(each, each.batches, each.quantity) for each in changed.values()]
    for each in changed.values():
        shop.rules.size(each, core_of(each, rules=shop.rules)[0])
    left = [each for each in shop.runs if each.links]
    fits = all(each.surplus >= 0 for each in changed.values() if each.links)
    if not over and fits and is_better(worth(left), than=before):
        return True
    for move, quantity in reversed(done):
        _move(Move(move.want, giver=move.taker, taker=move.giver), quantity)
    for each, batches, quantity in sizes:
        each.batches, each.quantity = batches, quantity
    shop.look()
    return False


def _held(move: Move) -> int:
    return move.giver.links[move.want.demand.key]


def _move(move: Move, quantity: int) -> None:
    move.giver.take_back(move.want, quantity)
    move.taker.give(move.want, quantity)


def _way_out(run: Draft, *, shop: _Shop) -> list[Move]:
    """Find the shortest way for some of what a run makes to where room is."""
    came: dict[int, Move | None] = {id(run): None}
    queue = deque([run])
    while queue:
        giver = queue.popleft()
        for want in _movable(giver, is_first=giver is run, rules=shop.rules):
            for taker in chain(shop.hosts(want, came), shop.takers(want, came)):
                came[id(taker)] = Move(want, giver=giver, taker=taker)
                if shop.free(taker) > 0:
                    return _trail(taker, came)
                queue.append(taker)
    return []


def _trail(run: Draft, came: dict[int, Move | None]) -> list[Move]:
    trail: list[Move] = []
    move = came[id(run)]
    while move is not None:
        trail.append(move)
        move = came[id(move.giver)]
    return trail[::-1]


def _movable(giver: Draft, *, is_first: bool, rules: Rules) -> list[Wanting]:
    """List whom a run may give away; those outside its window decide nothing, and stay."""
    last_day = rules.last_day(giver.due)
    members = (w for w in giver.members.values() if is_first or w.due <= last_day)
    return sorted(members, key=lambda want: (want.due, rank(want.demand)))
