"""What stands in where a run is short: another item, and only what nobody else wants of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hub.domain.planning.netting import net
from hub.domain.planning.netting_types import (
    Allocation,
    Demand,
    Plan,
    Policy,
    Shortage,
    Supplies,
)
from hub.domain.planning.pools import Source, Wanting, in_rank_order, pour, rank
from hub.domain.stock.allocation import FreeLot, first_expired_first, is_fresh

MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternate:
    """An item that may be taken where another is short."""

    item_id: int
    substitute_id: int
    factor_ppm: int = MILLION
    """Thousandths of the substitute for a million thousandths of the item."""
    rank: int = 100
    """Of several, the lower is taken first."""

    @property
    def pair(self) -> tuple[int, int]:
        """The two items, which are planned together."""
        return self.item_id, self.substitute_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All that netting one item needs, and which of its demands may take another item."""

    demands: tuple[Demand, ...]
    supplies: Supplies
    policy: Policy
    open_keys: frozenset[str] = frozenset()
    """The needs of runs that have not started. An order's demand is never among them: a
    buyer is not sent another product unasked."""
    stood_in: "tuple[Substitution, ...]" = ()
    """What the last plan let stand in for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitution:
    """So much of a need is met by another item."""

    demand: str
    item_id: int
    """The substitute."""
    quantity: int
    """Thousandths of the substitute."""
    replaces: int
    """Thousandths of what the need asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """The plans of items that may stand in for each other, and where they do."""

    plans: dict[int, Plan]
    substitutions: tuple[Substitution, ...] = ()


def net_together(
    tables: Mapping[int, Table], *, alternates: Iterable[Alternate] = ()
) -> Together:
    """Net items that may stand in for each other, each for its own demands first.

    What then stays short of a need is taken, in rank order, from the lots of its
    substitutes that nobody wants and that are still good on the day: the substitutes in
    their rank, first expired first, and never into their safety stock. So a substitute is
    taken from nobody, and two items that stand in for each other are no circle. A
    substitute whose lots were taken is netted again with what is left, so that its stock
    is filled up as if it had been used.

    What stood in for a need by which a day was promised stays with it, before later demands
    for that very item and until its own item is in the house.
    """
    allowed = _in_order(alternates, among=tables)
    kept = _Kept.of(tables, allowed=allowed)
    tables = kept.tables
    plans = {
        item_id: net(table.demands, supplies=table.supplies, policy=table.policy)
        for item_id, table in tables.items()
    }
    if not allowed:
        return Together(plans=plans)
    shelves = {
        item_id: _Shelf.of(tables[item_id], plan=plans[item_id])
        for item_id in sorted(
            {each.substitute_id for many in allowed.values() for each in many}
        )
    }
    found: list[Substitution] = []
    for item_id, want in _short(tables, plans=plans, asking=allowed):
        found += _stand_ins(want, alternates=allowed[item_id], shelves=shelves)
    for item_id, shelf in shelves.items():
        plans[item_id] = _taken(tables[item_id], plan=plans[item_id], shelf=shelf)
    for item_id in allowed:
        plans[item_id] = _relieved(plans[item_id], found=found)
    for item_id, gone in kept.gone.items():
        given = (*plans[item_id].allocations, *gone)
        plans[item_id] = replace(plans[item_id], allocations=given)
    return Together(plans=plans, substitutions=_joined([*kept.found, *found]))


@dataclass(slots=True, kw_only=True)
class _Shelf:
    """What nobody wants of an item: its lots, and how much may go before safety stock."""

    lots: list[Source]
    spare: int
    gone: list[Allocation]

    @classmethod
    def of(cls, table: Table, *, plan: Plan) -> "_Shelf":
        wanted: dict[int, int] = defaultdict(int)
        for allocation in plan.allocations:
            wanted[allocation.lot_id] += allocation.quantity
        lots = [
            Source(
                ref=lot.lot_id,
                left=lot.free - wanted[lot.lot_id],
                best_before=lot.best_before,
            )
            for lot in first_expired_first(table.supplies.lots)
            if is_fresh(lot.best_before, used_on=table.policy.today)
            and lot.free > wanted[lot.lot_id]
        ]
        spare = sum(lot.left for lot in lots) - table.policy.safety_stock
        return cls(lots=lots, spare=max(spare, 0), gone=[])

    def usable(self, want: Wanting) -> int:
        """Say how much of it could go to somebody."""
        good = sum(lot.left for lot in self.lots if want.accepts(lot.best_before))
        return min(good, self.spare)

    def give(self, want: Wanting, *, quantity: int) -> None:
        """Hand over so much, first expired first; no more than `usable` said."""
        taking = Wanting(demand=want.demand, used_on=want.used_on, left=quantity)
        self.gone += [
            Allocation(demand=want.demand.key, lot_id=lot_id, quantity=taken)
            for lot_id, taken in pour(self.lots, into=taking)
        ]
        self.spare -= quantity


@dataclass(slots=True)
class _Kept:
    """What goes on standing in for needs by which a day was promised, and who wants less so."""

    tables: dict[int, Table]
    """Without the lots that are theirs, and without what these replace."""
    found: list[Substitution] = field(default_factory=list)
    gone: dict[int, list[Allocation]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(
        cls, tables: Mapping[int, Table], *, allowed: Mapping[int, list[Alternate]]
    ) -> "_Kept":
        """Leave it to them in rank order, as far as those before them in rank leave it."""
        kept = cls(tables=dict(tables))
        stood_in = {
            (each.demand, each.item_id): each
            for item_id in allowed
            for each in tables[item_id].stood_in
        }
        if not stood_in:
            return kept
        waiting = [
            (item_id, want)
            for item_id in allowed
            for want in _not_in_the_house(tables[item_id])
            if want.demand.committed_at is not None
        ]
        for item_id, want in sorted(waiting, key=lambda each: rank(each[1].demand)):
            for each in allowed[item_id]:
                before = stood_in.get((want.demand.key, each.substitute_id))
                if before is not None and want.left:
                    kept._leave(want, item_id=item_id, before=before, each=each)
        return kept

    def _leave(
        self, want: Wanting, *, item_id: int, before: Substitution, each: Alternate
    ) -> None:
        shelf = _behind(self.tables[each.substitute_id], demand=want.demand)
        usable = shelf.usable(want)
        replaces = min(want.left, before.replaces, usable * MILLION // each.factor_ppm)
        if replaces <= 0:
            return
        quantity = -(-replaces * each.factor_ppm // MILLION)
        shelf.give(want, quantity=quantity)
        want.left -= replaces
        self.gone[each.substitute_id] += shelf.gone
        theirs, mine = self.tables[each.substitute_id], self.tables[item_id]
        self.tables[each.substitute_id] = _without(theirs, gone=shelf.gone)
        self.tables[item_id] = _wants_less(mine, want.demand.key, by=replaces)
        self.found.append(
            Substitution(
                demand=want.demand.key,
                item_id=each.substitute_id,
                quantity=quantity,
                replaces=replaces,
            )
        )


def _not_in_the_house(table: Table) -> list[Wanting]:
    """List whose need something stood in for, and how much of it is short or only on its way."""
    standing = {each.demand for each in table.stood_in} & table.open_keys
    if not standing:
        return []
    plan = net(table.demands, supplies=table.supplies, policy=table.policy)
    left: dict[str, int] = defaultdict(int)
    for short in plan.shortages:
        left[short.demand] += short.quantity
    for cover in plan.covers:
        left[cover.demand] += cover.quantity
    wanting = in_rank_order(table.demands, today=table.policy.today)
    found = [want for want in wanting if want.demand.key in standing]
    for want in found:
        want.left = left[want.demand.key]
    return [want for want in found if want.left]


def _behind(table: Table, *, demand: Demand) -> _Shelf:
    """Say what those before somebody in rank leave of an item, its safety stock too."""
    before = [each for each in table.demands if rank(each) < rank(demand)]
    policy = replace(table.policy, safety_stock=0, reorder_point=0)
    plan = net(before, supplies=table.supplies, policy=policy)
    return _Shelf.of(replace(table, policy=policy), plan=plan)


def _wants_less(table: Table, key: str, *, by: int) -> Table:
    demands = (
        replace(each, quantity=each.quantity - by) if each.key == key else each
        for each in table.demands
    )
    return replace(table, demands=tuple(each for each in demands if each.quantity > 0))


def _joined(found: Iterable[Substitution]) -> tuple[Substitution, ...]:
    """Write what stands in for one need from one item down once."""
    sums: dict[tuple[str, int], Substitution] = {}
    for each in found:
        known = sums.get((each.demand, each.item_id))
        sums[each.demand, each.item_id] = (
            each
            if known is None
            else replace(
                known,
                quantity=known.quantity + each.quantity,
                replaces=known.replaces + each.replaces,
            )
        )
    return tuple(sums.values())


def _in_order(
    alternates: Iterable[Alternate], *, among: Mapping[int, Table]
) -> dict[int, list[Alternate]]:
    allowed: dict[int, list[Alternate]] = defaultdict(list)
    for each in sorted(alternates, key=lambda each: (each.rank, each.substitute_id)):
        if each.item_id in among and each.substitute_id in among:
            allowed[each.item_id].append(each)
    return dict(allowed)


def _short(
    tables: Mapping[int, Table], *, plans: Mapping[int, Plan], asking: Iterable[int]
) -> Iterator[tuple[int, Wanting]]:
    """Go through the needs that stayed short, over all items in the order of their rank."""
    waiting: list[tuple[int, Wanting]] = []
    for item_id in asking:
        table = tables[item_id]
        short = {each.demand: each.quantity for each in plans[item_id].shortages}
        for want in in_rank_order(table.demands, today=table.policy.today):
            want.left = short.get(want.demand.key, 0)
            if want.left and want.demand.key in table.open_keys:
                waiting.append((item_id, want))
    yield from sorted(waiting, key=lambda each: rank(each[1].demand))


def _stand_ins(
    want: Wanting, *, alternates: Sequence[Alternate], shelves: Mapping[int, _Shelf]
) -> Iterator[Substitution]:
    for each in alternates:
        shelf = shelves[each.substitute_id]
        # Rounded up below, what so much replaces never takes more than there is.
        replaces = min(want.left, shelf.usable(want) * MILLION // each.factor_ppm)
        if replaces <= 0:
            continue
        quantity = -(-replaces * each.factor_ppm // MILLION)
        shelf.give(want, quantity=quantity)
        want.left -= replaces
        yield Substitution(
            demand=want.demand.key,
            item_id=each.substitute_id,
            quantity=quantity,
            replaces=replaces,
        )


def _taken(table: Table, *, plan: Plan, shelf: _Shelf) -> Plan:
    """Plan a substitute again with what is left of its lots, and add who got the rest."""
    if not shelf.gone:
        return plan
    left = _without(table, gone=shelf.gone)
    again = net(left.demands, supplies=left.supplies, policy=left.policy)
    return replace(again, allocations=(*again.allocations, *shelf.gone))


def _without(table: Table, *, gone: Iterable[Allocation]) -> Table:
    """Take out of lots what somebody got of them."""
    less: dict[int, int] = defaultdict(int)
    for allocation in gone:
        less[allocation.lot_id] += allocation.quantity
    lots = tuple(_less(lot, by=less[lot.lot_id]) for lot in table.supplies.lots)
    return replace(table, supplies=replace(table.supplies, lots=lots))


def _less(lot: FreeLot, *, by: int) -> FreeLot:
    return replace(lot, free=lot.free - by)


def _relieved(plan: Plan, *, found: Iterable[Substitution]) -> Plan:
    """Take off the shortages what other items stand in for."""
    replaced: dict[str, int] = defaultdict(int)
    for each in found:
        replaced[each.demand] += each.replaces
    shortages: list[Shortage] = []
    for short in plan.shortages:
        left = short.quantity - replaced[short.demand]
        if left > 0:
            shortages.append(replace(short, quantity=left))
    return replace(plan, shortages=tuple(shortages))
