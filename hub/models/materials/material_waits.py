"""What unfinished runs lack: materials on their way, and materials still to be ordered."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.days.material_wait import MaterialWait
from hub.models.planning.lead_times import lead_days
from hub.models.records.items import Item
from hub.models.records.planning import CheckCover, Shortage
from hub.models.records.production import ProductionNeed
from hub.models.records.purchasing import PurchaseCover, PurchaseLine, PurchaseOrder
from hub.models.records.stock import Lot


def waits_of_runs(
    session: Session, *, run_ids: Collection[int] | None = None
) -> dict[int, list[MaterialWait]]:
    """Return what each run waits for, of these runs or of all; who lacks nothing is left out."""
    lacks = [*_on_their_way(session, run_ids), *_to_be_ordered(session, run_ids)]
    awaited = _awaiting_checks(session, run_ids)
    days = lead_days(session, item_ids={item.id for _, item, _, _ in lacks})
    waits: dict[int, list[MaterialWait]] = defaultdict(list)
    for run_id, item, line, ref in lacks:
        wait = MaterialWait(
            item=item.code,
            ref=ref,
            expected_on=line.expected_on if line else None,
            lead_days=days[item.id],
        )
        waits[run_id].append(wait)
    for run_id, wait in awaited:
        waits[run_id].append(wait)
    return dict(waits)


Lack = tuple[int, Item, PurchaseLine | None, str]


def _on_their_way(session: Session, run_ids: Collection[int] | None) -> list[Lack]:
    query = (
        select(ProductionNeed.production_order_id, Item, PurchaseLine, PurchaseOrder.number)
        .join(PurchaseCover, PurchaseCover.need_id == ProductionNeed.id)
        .join(PurchaseLine, PurchaseLine.id == PurchaseCover.purchase_line_id)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .join(Item, Item.id == PurchaseCover.item_id)
        .order_by(PurchaseCover.id)
    )
    if run_ids is not None:
        query = query.where(ProductionNeed.production_order_id.in_(run_ids))
    return [(run_id, item, line, ref) for run_id, item, line, ref in session.execute(query)]


def _to_be_ordered(session: Session, run_ids: Collection[int] | None) -> list[Lack]:
    query = (
        select(ProductionNeed.production_order_id, Item)
        .join(Shortage, Shortage.need_id == ProductionNeed.id)
        .join(Item, Item.id == Shortage.item_id)
        .order_by(Shortage.id)
    )
    if run_ids is not None:
        query = query.where(ProductionNeed.production_order_id.in_(run_ids))
    return [(run_id, item, None, "") for run_id, item in session.execute(query)]


def _awaiting_checks(
    session: Session, run_ids: Collection[int] | None
) -> list[tuple[int, MaterialWait]]:
    query = (
        select(ProductionNeed.production_order_id, Item.code, Lot.code)
        .join(CheckCover, CheckCover.need_id == ProductionNeed.id)
        .join(Lot, Lot.id == CheckCover.lot_id)
        .join(Item, Item.id == CheckCover.item_id)
        .order_by(CheckCover.id)
    )
    if run_ids is not None:
        query = query.where(ProductionNeed.production_order_id.in_(run_ids))
    return [
        (run_id, MaterialWait(item=item, ref=lot, awaits_check=True))
        for run_id, item, lot in session.execute(query)
    ]
