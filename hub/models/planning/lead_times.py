"""Who sells what, and how long it takes until something ordered today is in the house."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.domain.purchasing import Offer, preferred
from hub.models.records.items import Item
from hub.models.records.purchasing import Supplier, SupplierItem


def lead_days(session: Session, *, item_ids: Collection[int]) -> dict[int, int | None]:
    """Return the lead time of items in days: of whom each would be bought, else as it says.

    None when nobody said.
    """
    asked = select(Item.id, Item.lead_time_days).where(Item.id.in_(item_ids))
    days = {item_id: said for item_id, said in session.execute(asked)}
    for item_id, offers in offers_of(session, item_ids=item_ids).items():
        best = preferred(offers)
        if best is not None:
            days[item_id] = best.lead_time_days
    return days


def offers_of(session: Session, *, item_ids: Collection[int]) -> dict[int, list[Offer]]:
    """Return who sells each item, of the suppliers in use."""
    query = (
        select(
            SupplierItem.item_id,
            SupplierItem.supplier_id,
            func.coalesce(SupplierItem.lead_time_days, Item.lead_time_days),
            SupplierItem.smallest,
            SupplierItem.multiple,
            SupplierItem.unit_cost_micros,
            SupplierItem.currency,
            SupplierItem.is_preferred,
        )
        .join(Supplier, Supplier.id == SupplierItem.supplier_id)
        .join(Item, Item.id == SupplierItem.item_id)
        .where(SupplierItem.item_id.in_(item_ids), Supplier.is_active)
        .order_by(SupplierItem.id)
    )
    offers: dict[int, list[Offer]] = defaultdict(list)
    for (
        item_id,
        supplier_id,
        lead,
        smallest,
        multiple,
        cost,
        currency,
        is_preferred,
    ) in session.execute(query):
        offers[item_id].append(
            Offer(
                supplier_id=supplier_id,
                lead_time_days=lead,
                smallest=smallest,
                multiple=multiple,
                unit_cost_micros=cost,
                currency=currency,
                is_preferred=is_preferred,
            )
        )
    return offers
