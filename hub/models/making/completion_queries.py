"""What runs gave so far, what went into it, and who has it now."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.models.records.completions import Completion, CompletionGift, CompletionUse
from hub.models.records.production import ProductionOrder, ProductionOutput
from hub.models.records.shipping import Shipment, ShipmentLine, ShipmentPick
from hub.models.records.stock import Lot, StockMove


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedOf:
    """What one need has used of one item so far, and what that counts for; thousandths."""

    need_id: int
    item_id: int
    quantity: int
    counts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WentIn:
    """So much of a lot went in, at what one base unit of it cost."""

    quantity: int
    unit_cost_micros: int | None
    currency: str


def completions_of(
    session: Session, *, run_ids: Collection[int]
) -> dict[int, list[Completion]]:
    """Return the completions of runs by run, the first one first, undone ones too."""
    query = select(Completion).where(Completion.production_order_id.in_(run_ids))
    fresh = query.order_by(Completion.number).execution_options(populate_existing=True)
    found: dict[int, list[Completion]] = defaultdict(list)
    for row in session.scalars(fresh):
        found[row.production_order_id].append(row)
    return found


def last_completion(session: Session, *, run_id: int) -> Completion | None:
    """Return the newest completion that was not taken back."""
    every = completions_of(session, run_ids=[run_id])[run_id]
    standing = [each for each in every if each.undone_at is None]
    return standing[-1] if standing else None


def last_given(session: Session, *, run_ids: Collection[int]) -> dict[int, datetime]:
    """Say when each of these runs last gave something that was not taken back."""
    query = (
        select(Completion.production_order_id, func.max(Completion.at))
        .where(Completion.production_order_id.in_(run_ids), Completion.undone_at.is_(None))
        .group_by(Completion.production_order_id)
    )
    return {run_id: at for run_id, at in session.execute(query)}


def outputs_of(
    session: Session, *, run_ids: Collection[int]
) -> dict[int, list[ProductionOutput]]:
    """Return what came out of runs and was not taken back, by run, in order."""
    query = (
        select(ProductionOutput)
        .outerjoin(
            Completion,
            (Completion.production_order_id == ProductionOutput.production_order_id)
            & (Completion.number == ProductionOutput.completion),
        )
        .where(ProductionOutput.production_order_id.in_(run_ids))
        .where(Completion.undone_at.is_(None))
        .order_by(ProductionOutput.id)
    )
    found: dict[int, list[ProductionOutput]] = defaultdict(list)
    for row in session.scalars(query):
        found[row.production_order_id].append(row)
    return found


def output_of(session: Session, completion: Completion) -> ProductionOutput | None:
    """Return the lot a completion went into and how much; None when all of it was lost."""
    query = select(ProductionOutput).filter_by(
        production_order_id=completion.production_order_id, completion=completion.number
    )
    return session.scalar(query)


def is_lot_of_run(session: Session, *, lot_id: int, run_id: int) -> bool:
    """Say whether a lot ever came out of a run."""
    query = select(ProductionOutput.id).filter_by(lot_id=lot_id, production_order_id=run_id)
    return session.scalar(query.limit(1)) is not None


def used_so_far(session: Session, *, need_ids: Collection[int]) -> list[UsedOf]:
    """Return what needs have used, by item, not counting what was taken back."""
    query = (
        select(
            CompletionUse.need_id,
            Lot.item_id,
            func.sum(CompletionUse.quantity),
            func.sum(CompletionUse.counts),
        )
        .join(Completion, Completion.id == CompletionUse.completion_id)
        .join(Lot, Lot.id == CompletionUse.lot_id)
        .where(CompletionUse.need_id.in_(need_ids), Completion.undone_at.is_(None))
        .group_by(CompletionUse.need_id, Lot.item_id)
        .order_by(CompletionUse.need_id, Lot.item_id)
    )
    return [
        UsedOf(need_id=need, item_id=item, quantity=int(quantity), counts=int(counts))
        for need, item, quantity, counts in session.execute(query)
    ]


def uses_of(session: Session, *, completion_id: int) -> list[CompletionUse]:
    """Return what a completion used, in the order it was written."""
    query = select(CompletionUse).filter_by(completion_id=completion_id)
    return list(session.scalars(query.order_by(CompletionUse.id)))


def gifts_of(session: Session, *, completion_id: int) -> list[CompletionGift]:
    """Return what of a completion was put aside for whom."""
    query = select(CompletionGift).filter_by(completion_id=completion_id)
    return list(session.scalars(query.order_by(CompletionGift.id)))


def moves_of(session: Session, *, completion_id: int) -> list[StockMove]:
    """Return what a completion moved, materials out before the lot in."""
    query = select(StockMove).filter_by(ref_type="completion", ref_id=str(completion_id))
    return list(session.scalars(query.order_by(StockMove.kind, StockMove.id)))


def went_into(session: Session, *, lot_id: int) -> tuple[list[WentIn], int]:
    """Return what all completions of a lot used, and how much they gave."""
    made = (
        select(Completion.id, ProductionOutput.quantity)
        .join(
            ProductionOutput,
            (ProductionOutput.production_order_id == Completion.production_order_id)
            & (ProductionOutput.completion == Completion.number),
        )
        .where(ProductionOutput.lot_id == lot_id, Completion.undone_at.is_(None))
    )
    given = {completion: quantity for completion, quantity in session.execute(made)}
    query = (
        select(CompletionUse.quantity, Lot.unit_cost_micros, Lot.currency)
        .join(Lot, Lot.id == CompletionUse.lot_id)
        .where(CompletionUse.completion_id.in_(given))
    )
    used = [WentIn(**row._mapping) for row in session.execute(query)]
    return used, sum(given.values())


def takers_of(session: Session, *, lot_id: int) -> list[str]:
    """Return the numbers of the runs that used of a lot, then of the parcels it left in."""
    runs = (
        select(ProductionOrder.number)
        .join(Completion, Completion.production_order_id == ProductionOrder.id)
        .join(CompletionUse, CompletionUse.completion_id == Completion.id)
        .where(CompletionUse.lot_id == lot_id, Completion.undone_at.is_(None))
    )
    parcels = (
        select(Shipment.number)
        .join(ShipmentLine, ShipmentLine.shipment_id == Shipment.id)
        .join(ShipmentPick, ShipmentPick.shipment_line_id == ShipmentLine.id)
        .where(ShipmentPick.lot_id == lot_id, Shipment.state != "cancelled")
    )
    return [
        number
        for query, column in ((runs, ProductionOrder.id), (parcels, Shipment.id))
        for number in session.scalars(query.group_by(column).order_by(column))
    ]
