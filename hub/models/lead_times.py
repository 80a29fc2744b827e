"""How long it takes until something ordered today is in the house."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.items import Item
from hub.models.purchasing import Supplier, SupplierItem


def lead_days(session: Session, *, item_ids: Collection[int]) -> dict[int, int | None]:
    """Return the lead time of items in days: the preferred supplier's, else the shortest.

    A supplier who says nothing takes as long as the item says, and so does an item without
    suppliers; None when nobody said.
    """
    asked = select(Item.id, Item.lead_time_days).where(Item.id.in_(item_ids))
    own = {item_id: days for item_id, days in session.execute(asked)}
    offers = (
        select(SupplierItem.item_id, SupplierItem.lead_time_days, SupplierItem.is_preferred)
        .join(Supplier, Supplier.id == SupplierItem.supplier_id)
        .where(SupplierItem.item_id.in_(item_ids), Supplier.is_active)
    )
    known: dict[int, tuple[bool, int]] = {}
    for item_id, said, is_preferred in session.execute(offers):
        days = own[item_id] if said is None else said
        if days is not None:
            rank = (not is_preferred, days)
            known[item_id] = min(rank, known.get(item_id, rank))
    return own | {item_id: days for item_id, (_, days) in known.items()}
