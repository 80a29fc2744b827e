"""What the stored plan gives to runs and orders, as a plan in memory would have decided it."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hub.domain.asking.whole_plan_types import Coming, Covered, Owed
from hub.domain.keys import key_of
from hub.domain.planning.netting_types import Awaited, Shortage, ShortReason
from hub.domain.states import UNFINISHED
from hub.models.by_id import in_parts
from hub.models.planning.planning_rows import held_by_owner
from hub.models.records import planning
from hub.models.records.planning import CheckCover
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder
from hub.models.records.purchasing import PurchaseCover, PurchaseLine
from hub.models.records.stock import Reservation


def covered_runs(session: Session, *, but: Collection[int]) -> Covered:
    """Return what unfinished runs get of all items but some; not what they hold in stock."""
    needs = (
        select(ProductionNeed.id)
        .join(ProductionOrder, ProductionOrder.id == ProductionNeed.production_order_id)
        .where(ProductionOrder.state.in_(UNFINISHED), ProductionNeed.item_id.not_in(but))
    )
    return Covered(
        coming=_coming(session, PurchaseCover.need_id.in_(needs)),
        awaited=_awaited(session, CheckCover.need_id.in_(needs)),
        short=dict(_short(session, planning.Shortage.need_id.in_(needs))),
    )


def covered_demands(
    session: Session, *, demand_ids: Collection[int], but: Collection[int]
) -> Covered:
    """Return what demands get of all items but some."""
    found = Covered()
    for some in in_parts(demand_ids):
        held = held_by_owner(
            session,
            Reservation.is_firm.is_(False),
            Reservation.demand_id.in_(some),
            Reservation.item_id.not_in(but),
        )
        part = Covered(
            held=held,
            coming=_coming(
                session,
                PurchaseCover.demand_id.in_(some) & PurchaseCover.item_id.not_in(but),
            ),
            awaited=_awaited(
                session, CheckCover.demand_id.in_(some) & CheckCover.item_id.not_in(but)
            ),
            short=dict(
                _short(
                    session,
                    planning.Shortage.demand_id.in_(some)
                    & planning.Shortage.item_id.not_in(but),
                )
            ),
        )
        found = joined(found, part)
    return found


def owed_to(
    session: Session, *, demand_ids: Collection[int], run_ids: Collection[int]
) -> dict[str, tuple[Owed, ...]]:
    """Return what these runs still owe to demands, in ascending id of the runs."""
    link = ProductionLink
    query = select(
        link.production_order_id, link.id, link.demand_id, link.planned - link.done
    ).where(link.planned > link.done)
    # Runs are picked out here: SQLite, given both, looks up each run with each demand.
    rows = [
        (run_id, link_id, key_of(demand_id=demand_id, need_id=None), quantity)
        for some in in_parts(demand_ids)
        for run_id, link_id, demand_id, quantity in session.execute(
            query.where(link.demand_id.in_(some))
        )
        if run_id in run_ids
    ]
    found: dict[str, list[Owed]] = defaultdict(list)
    for run_id, _, key, quantity in sorted(rows):
        found[key].append(Owed(run_id=run_id, quantity=quantity))
    return {key: tuple(many) for key, many in found.items()}


def joined(one: Covered, other: Covered) -> Covered:
    """Put together what is given to some and what is given to others."""
    return Covered(
        held={**one.held, **other.held},
        coming={**one.coming, **other.coming},
        awaited={**one.awaited, **other.awaited},
        short={**one.short, **other.short},
        owed={**one.owed, **other.owed},
    )


def _coming(session: Session, among: ColumnElement[bool]) -> dict[str, tuple[Coming, ...]]:
    query = (
        select(
            PurchaseCover.demand_id,
            PurchaseCover.need_id,
            PurchaseCover.item_id,
            PurchaseCover.purchase_line_id,
            PurchaseCover.quantity,
            PurchaseLine.expected_on,
        )
        .join(PurchaseLine, PurchaseLine.id == PurchaseCover.purchase_line_id)
        .where(among)
        .order_by(PurchaseCover.id)
    )
    found: dict[str, list[Coming]] = defaultdict(list)
    for demand_id, need_id, item_id, line_id, quantity, on in session.execute(query):
        found[key_of(demand_id=demand_id, need_id=need_id)].append(
            Coming(item_id=item_id, purchase_id=line_id, quantity=quantity, expected_on=on)
        )
    return {key: tuple(many) for key, many in found.items()}


def _awaited(
    session: Session, among: ColumnElement[bool]
) -> dict[str, tuple[Awaited, ...]]:
    cover = CheckCover
    query = (
        select(cover.demand_id, cover.need_id, cover.lot_id, cover.quantity)
        .where(among)
        .order_by(cover.id)
    )
    found: dict[str, list[Awaited]] = defaultdict(list)
    for demand_id, need_id, lot_id, quantity in session.execute(query):
        key = key_of(demand_id=demand_id, need_id=need_id)
        found[key].append(Awaited(demand=key, lot_id=lot_id, quantity=quantity))
    return {key: tuple(many) for key, many in found.items()}


def _short(session: Session, among: ColumnElement[bool]) -> Iterator[tuple[str, Shortage]]:
    short = planning.Shortage
    query = select(short.demand_id, short.need_id, short.quantity, short.reason)
    for demand_id, need_id, quantity, reason in session.execute(query.where(among)):
        key = key_of(demand_id=demand_id, need_id=need_id)
        yield key, Shortage(demand=key, quantity=quantity, reason=ShortReason(reason))
