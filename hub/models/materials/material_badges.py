"""Where the materials of runs stand, for the badges on their cards: a fixed number of reads."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.domain.planning.material_badge import WORST_FIRST, Badge, Standing, badge_of
from hub.domain.states import Production
from hub.models.making.run_sources import makers_of_needs
from hub.models.making.run_views import Material, RunRow
from hub.models.purchasing.purchase_covers import Covered, covered_runs
from hub.models.records.items import Item
from hub.models.records.planning import CheckCover, Shortage
from hub.models.records.production import ProductionNeed, ProductionOrder
from hub.models.records.stock import Lot, LotBalance, Reservation

TOO_OLD = "too_old"
"""hub/domain/planning/netting.py's ShortReason, as it is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialBadge:
    """Where one material of a run stands, and what a person asks next; thousandths."""

    state: Badge
    item: Item
    quantity: int
    """What is short; in the other states, what is needed of it."""
    coming: Sequence[Covered] = ()
    makers: Sequence[ProductionOrder] = ()
    lots: Sequence[str] = ()
    """The codes of the lots that expired or were put aside."""


Key = tuple[int, int]
"""A run and an item."""


@dataclass(slots=True)
class _Seen:
    expired: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    aside: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    checks: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    lots: dict[Key, list[str]] = field(default_factory=lambda: defaultdict(list))
    too_old: set[Key] = field(default_factory=set)
    lying: dict[int, int] = field(default_factory=dict)
    free: dict[int, int] = field(default_factory=dict)


def material_badges(
    session: Session, *, rows: Sequence[RunRow], today: date
) -> dict[int, list[MaterialBadge]]:
    """Return the badges of the materials of runs that are not over, by run, the worst first."""
    open_rows = [row for row in rows if row.run.state in _STILL_NEEDS]
    ids = [row.run.id for row in open_rows]
    missing_items = {
        each.item.id for row in open_rows for each in row.materials if not each.is_covered
    }
    seen = _look(session, run_ids=ids, item_ids=missing_items, today=today)
    coming = covered_runs(session, run_ids=ids)
    makers = makers_of_needs(session, run_ids=ids)
    badges: dict[int, list[MaterialBadge]] = {}
    for row in open_rows:
        mine = [
            _badge(
                (row.run.id, each.item.id),
                each,
                seen=seen,
                coming=coming.get((row.run.id, each.item.id), ()),
                makers=makers.get((row.run.id, each.item.id), ()),
            )
            for each in row.materials
        ]
        badges[row.run.id] = sorted(mine, key=lambda each: WORST_FIRST.index(each.state))
    return badges


_STILL_NEEDS = (Production.PLANNED, Production.RELEASED, Production.RUNNING)


def _badge(
    key: Key,
    material: Material,
    *,
    seen: _Seen,
    coming: Sequence[Covered],
    makers: Sequence[ProductionOrder],
) -> MaterialBadge:
    rest = max(0, material.needed - material.consumed)
    replaced = sum(each.replaces for each in material.substitutes)
    state = badge_of(
        Standing(
            missing=max(0, rest - material.reserved - replaced),
            short=material.short,
            is_too_old=key in seen.too_old,
            held_expired=seen.expired[key],
            held_aside=seen.aside[key],
            awaits_check=seen.checks[key],
            lies_aside=seen.lying.get(material.item.id, 0),
            is_coming=bool(coming),
            is_made=bool(makers),
            free=seen.free.get(material.item.id, 0),
        )
    )
    return MaterialBadge(
        state=state,
        item=material.item,
        quantity=material.short if state is Badge.SHORT else rest,
        coming=coming,
        makers=makers,
        lots=tuple(dict.fromkeys(seen.lots[key])),
    )


def _look(
    session: Session, *, run_ids: Collection[int], item_ids: Collection[int], today: date
) -> _Seen:
    seen = _Seen()
    if not run_ids:
        return seen
    _see_bad_lots(session, seen, run_ids=run_ids, today=today)
    _see_checks(session, seen, run_ids=run_ids)
    _see_too_old(session, seen, run_ids=run_ids)
    if item_ids:
        _see_stock(session, seen, item_ids=item_ids, today=today)
    return seen


def _see_bad_lots(
    session: Session, seen: _Seen, *, run_ids: Collection[int], today: date
) -> None:
    """Only lots that may no longer be used are read: most runs have none."""
    query = (
        select(ProductionNeed, Lot, Reservation.quantity)
        .join(Reservation, Reservation.need_id == ProductionNeed.id)
        .join(Lot, Lot.id == Reservation.lot_id)
        .where(ProductionNeed.production_order_id.in_(run_ids))
        .where(Reservation.is_firm.is_(False))
        .where(or_(Lot.state != "available", Lot.best_before < today))
        .order_by(Lot.id)
    )
    for need, lot, quantity in session.execute(query):
        key = (need.production_order_id, need.item_id)
        (seen.expired if lot.state == "available" else seen.aside)[key] += quantity
        seen.lots[key].append(lot.code)


def _see_checks(session: Session, seen: _Seen, *, run_ids: Collection[int]) -> None:
    query = (
        select(ProductionNeed, Lot.code, CheckCover.quantity)
        .join(CheckCover, CheckCover.need_id == ProductionNeed.id)
        .join(Lot, Lot.id == CheckCover.lot_id)
        .where(ProductionNeed.production_order_id.in_(run_ids))
        .order_by(Lot.id)
    )
    for need, code, quantity in session.execute(query):
        key = (need.production_order_id, need.item_id)
        seen.checks[key] += quantity
        seen.lots[key].append(code)


def _see_too_old(session: Session, seen: _Seen, *, run_ids: Collection[int]) -> None:
    query = (
        select(ProductionNeed.production_order_id, ProductionNeed.item_id)
        .join(Shortage, Shortage.need_id == ProductionNeed.id)
        .where(ProductionNeed.production_order_id.in_(run_ids))
        .where(Shortage.reason == TOO_OLD)
    )
    seen.too_old = {(run_id, item_id) for run_id, item_id in session.execute(query)}


def _see_stock(
    session: Session, seen: _Seen, *, item_ids: Collection[int], today: date
) -> None:
    usable = or_(Lot.best_before.is_(None), Lot.best_before >= today)
    query = (
        select(
            Lot.item_id,
            Lot.state,
            func.sum(LotBalance.on_hand - LotBalance.reserved),
        )
        .join(LotBalance, LotBalance.lot_id == Lot.id)
        .where(LotBalance.item_id.in_(item_ids), LotBalance.on_hand > 0)
        .where(or_(Lot.state == "quarantined", usable))
        .group_by(Lot.item_id, Lot.state)
    )
    for item_id, state, quantity in session.execute(query):
        if state == "available":
            seen.free[item_id] = int(quantity)
        elif state == "quarantined":
            seen.lying[item_id] = int(quantity)
