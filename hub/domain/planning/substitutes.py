"""What stands in where a run is short: another item, and only what nobody else wants of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

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
    """
    plans = {
        item_id: net(table.demands, supplies=table.supplies, policy=table.policy)
        for item_id, table in tables.items()
    }
    allowed = _in_order(alternates, among=tables)
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
    return Together(plans=plans, substitutions=tuple(found))


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
    gone: dict[int, int] = defaultdict(int)
    for allocation in shelf.gone:
        gone[allocation.lot_id] += allocation.quantity
    lots = tuple(_less(lot, by=gone[lot.lot_id]) for lot in table.supplies.lots)
    again = net(
        table.demands, supplies=replace(table.supplies, lots=lots), policy=table.policy
    )
    return replace(again, allocations=(*again.allocations, *shelf.gone))


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
