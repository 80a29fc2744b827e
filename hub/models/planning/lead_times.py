"""Who sells what, and how long it takes until something ordered today is in the house."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
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
        select(SupplierItem, Item.lead_time_days)
        .join(Supplier, Supplier.id == SupplierItem.supplier_id)
        .join(Item, Item.id == SupplierItem.item_id)
        .where(SupplierItem.item_id.in_(item_ids), Supplier.is_active)
        .order_by(SupplierItem.id)
    )
    offers: dict[int, list[Offer]] = defaultdict(list)
    for sold, usual in session.execute(query):
        lead = usual if sold.lead_time_days is None else sold.lead_time_days
        offers[sold.item_id].append(
            Offer(
                supplier_id=sold.supplier_id,
                lead_time_days=lead,
                smallest=sold.smallest,
                multiple=sold.multiple,
                unit_cost_micros=sold.unit_cost_micros,
                currency=sold.currency,
                is_preferred=sold.is_preferred,
            )
        )
    return offers
