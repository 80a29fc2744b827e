"""Lots that wait for their quality check: what the planner counts on, and for whom."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, delete, func, select
from sqlalchemy.orm import Session

from hub.domain.keys import key_of
from hub.domain.planning.netting_types import Link, Unchecked
from hub.models.records.completions import Completion, CompletionGift
from hub.models.records.planning import CheckCover
from hub.models.records.production import ProductionLink, ProductionOutput
from hub.models.records.stock import Lot, LotBalance
from hub.models.stock.lots import LotStock


def unchecked_by_item(
    session: Session, *, item_ids: Collection[int] | None = None
) -> dict[int, list[Unchecked]]:
    """Return the lots of every item, or of these, that wait for their quality check."""
    query = (
        select(Lot, LotBalance.on_hand - LotBalance.reserved)
        .join(LotBalance, LotBalance.lot_id == Lot.id)
        .where(Lot.awaits_check, Lot.state == "quarantined")
        .where(LotBalance.on_hand > LotBalance.reserved)
        .order_by(Lot.id)
    )
    if item_ids is not None:
        query = query.where(Lot.item_id.in_(item_ids))
    rows = session.execute(query).all()
    made_for = _made_for(session, lot_ids=[lot.id for lot, _ in rows])
    found: dict[int, list[Unchecked]] = defaultdict(list)
    for lot, quantity in rows:
        found[lot.item_id].append(
            Unchecked(
                lot_id=lot.id,
                quantity=quantity,
                best_before=lot.best_before,
                made_for=tuple(made_for.get(lot.id, ())),
            )
        )
    return found


def unchecked_codes(session: Session) -> dict[int, str]:
    """Name every lot that waits for its quality check."""
    query = select(Lot.id, Lot.code).where(Lot.awaits_check, Lot.state == "quarantined")
    return {lot_id: code for lot_id, code in session.execute(query)}


def _made_for(session: Session, *, lot_ids: Collection[int]) -> dict[int, list[Link]]:
    """Say for each lot to whom its runs still owe something; what was taken back made nothing."""
    query = (
        select(ProductionOutput.lot_id, ProductionLink)
        .join(
            Completion,
            and_(
                Completion.production_order_id == ProductionOutput.production_order_id,
                Completion.number == ProductionOutput.completion,
            ),
        )
        .join(
            ProductionLink,
            ProductionLink.production_order_id == ProductionOutput.production_order_id,
        )
        .where(ProductionOutput.lot_id.in_(lot_ids), Completion.undone_at.is_(None))
        .where(ProductionLink.planned > ProductionLink.done)
        .order_by(ProductionLink.id)
    )
    owed: dict[tuple[int, str], int] = {}
    for lot_id, link in session.execute(query):
        key = key_of(demand_id=link.demand_id, need_id=link.need_id)
        owed[lot_id, key] = link.planned - link.done
    found: dict[int, list[Link]] = defaultdict(list)
    for (lot_id, key), quantity in owed.items():
        found[lot_id].append(Link(demand=key, quantity=quantity))
    return found


def awaited_by_owner(session: Session, *, item_id: int) -> dict[str, int]:
    """Say how much of an item unchecked lots give to whom, by the planner's keys."""
    found: dict[str, int] = defaultdict(int)
    for row in session.scalars(select(CheckCover).where(CheckCover.item_id == item_id)):
        found[key_of(demand_id=row.demand_id, need_id=row.need_id)] += row.quantity
    return found


def count_on(
    session: Session, link: ProductionLink, *, lot: LotStock, quantity: int
) -> None:
    """Note that so much more of an unchecked lot is for whom a run was made."""
    query = select(CheckCover).where(
        CheckCover.lot_id == lot.id,
        CheckCover.demand_id == link.demand_id
        if link.need_id is None
        else CheckCover.need_id == link.need_id,
    )
    row = session.scalar(query) or CheckCover(
        lot_id=lot.id,
        item_id=lot.item_id,
        demand_id=link.demand_id,
        need_id=link.need_id,
        quantity=0,
    )
    row.quantity += quantity
    session.add(row)


def covers_of_lot(session: Session, *, lot_id: int) -> list[CheckCover]:
    """Return whom a lot that waits for its check is for, as last planned."""
    query = select(CheckCover).where(CheckCover.lot_id == lot_id).order_by(CheckCover.id)
    return list(session.scalars(query))


def forget_covers(session: Session, *, lot_ids: Collection[int]) -> None:
    """Let nobody count on these lots any more."""
    session.execute(delete(CheckCover).where(CheckCover.lot_id.in_(lot_ids)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """So much of a lot is for a demand once it passes its check; thousandths."""

    quantity: int
    lot: Lot


def checked_for_demands(
    session: Session, *, demand_ids: Collection[int]
) -> dict[int, list[Checked]]:
    """Return the lots that cover these demands once they pass their check."""
    query = (
        select(CheckCover, Lot)
        .join(Lot, Lot.id == CheckCover.lot_id)
        .where(CheckCover.demand_id.in_(demand_ids))
        .order_by(CheckCover.id)
    )
    found: dict[int, list[Checked]] = defaultdict(list)
    for cover, lot in session.execute(query):
        found[cover.demand_id or 0].append(Checked(quantity=cover.quantity, lot=lot))
    return found


def completions_into(session: Session, *, lot_id: int) -> list[Completion]:
    """Return the completions that went into a lot and were not taken back, the first one first."""
    query = (
        select(Completion)
        .join(
            ProductionOutput,
            and_(
                Completion.production_order_id == ProductionOutput.production_order_id,
                Completion.number == ProductionOutput.completion,
            ),
        )
        .where(ProductionOutput.lot_id == lot_id, Completion.undone_at.is_(None))
        .order_by(Completion.id)
    )
    return list(session.scalars(query))


def given_by(session: Session, *, completion_id: int) -> int:
    """Sum up what a completion gave to links."""
    query = select(func.coalesce(func.sum(CompletionGift.quantity), 0))
    return int(
        session.scalar(query.where(CompletionGift.completion_id == completion_id)) or 0
    )


def gift_of(session: Session, *, completion_id: int, link_id: int) -> CompletionGift | None:
    """Return what a completion gave to one link."""
    query = select(CompletionGift).filter_by(completion_id=completion_id, link_id=link_id)
    return session.scalar(query)


def link_to(
    session: Session, *, run_id: int, demand_id: int | None, need_id: int | None
) -> ProductionLink | None:
    """Return the link of a run to whom an unchecked lot is for."""
    query = select(ProductionLink).filter_by(
        production_order_id=run_id, demand_id=demand_id, need_id=need_id
    )
    return session.scalar(query)
