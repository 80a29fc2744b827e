"""Goods that wait for their quality check: counted on, and held by nobody until they pass."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from hub.domain.planning.netting_types import Awaited, Unchecked
from hub.domain.planning.pools import Pool, Source, Wanting, last_day
from hub.domain.stock.allocation import is_fresh


def await_checks(
    wanting: Sequence[Wanting], *, unchecked: Iterable[Unchecked], today: date
) -> tuple[list[Awaited], int]:
    """Cover demands, in rank order, with lots that will be theirs once they pass their check.

    Whom a lot was made for comes first, then whoever wants it, first expired first, and nobody
    gets what will be too old. Answers what is left to nobody, too.
    """
    lots = sorted(
        (lot for lot in unchecked if is_fresh(lot.best_before, used_on=today)),
        key=lambda lot: (last_day(lot.best_before), lot.lot_id),
    )
    sources = {
        lot.lot_id: Source(ref=lot.lot_id, left=lot.quantity, best_before=lot.best_before)
        for lot in lots
        if lot.quantity > 0
    }
    found: dict[tuple[str, int], int] = defaultdict(int)
    for want, lot_id, quantity in _to_whom_made(wanting, lots=lots, sources=sources):
        found[want.demand.key, lot_id] += quantity
    pool = Pool(sources.values())
    for want in wanting:
        for lot_id, quantity in pool.pour(want):
            found[want.demand.key, lot_id] += quantity
    awaited = [
        Awaited(demand=key, lot_id=lot_id, quantity=quantity)
        for (key, lot_id), quantity in found.items()
    ]
    return awaited, pool.left


def _to_whom_made(
    wanting: Sequence[Wanting], *, lots: Sequence[Unchecked], sources: dict[int, Source]
) -> list[tuple[Wanting, int, int]]:
    made_for: dict[str, list[tuple[Source, int]]] = defaultdict(list)
    for lot in lots:
        for link in lot.made_for if lot.lot_id in sources else ():
            made_for[link.demand].append((sources[lot.lot_id], link.quantity))
    given: list[tuple[Wanting, int, int]] = []
    for want in wanting:
        for source, most in made_for.get(want.demand.key, ()):
            quantity = min(most, source.left, want.left)
            if quantity > 0 and want.accepts(source.best_before):
                source.left -= quantity
                want.left -= quantity
                given.append((want, source.ref, quantity))
    return given
