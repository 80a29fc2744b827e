"""What was begun since a listing was mapped: the parcels packed and the runs started for it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.orders.order_facts import runs_below
from hub.models.records.items import Item
from hub.models.records.listings import Listing
from hub.models.records.orders import Demand, OrderLine
from hub.models.records.production import ProductionLink, ProductionOrder
from hub.models.records.shipping import Shipment, ShipmentLine


def followers(session: Session, *, listing: Listing) -> list[int]:
    """Return the listings that mean what they do because of what was said of this one's SKU."""
    if not listing.sku_key:
        return []
    query = select(Listing.id).where(
        Listing.sku_key == listing.sku_key,
        Listing.id != listing.id,
        Listing.matched_by.in_(("account_sku", "sku_anywhere")),
    )
    return list(session.scalars(query))


def first_parcel(
    session: Session, *, listing_ids: Collection[int], since: datetime
) -> str | None:
    """Return the number of the first parcel packed of these listings since then, if any was."""
    query = (
        select(Shipment.number)
        .join(ShipmentLine, ShipmentLine.shipment_id == Shipment.id)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .where(OrderLine.listing_id.in_(listing_ids))
        .where(Shipment.state != "cancelled", Shipment.created_at >= since)
        .order_by(Shipment.id)
        .limit(1)
    )
    return session.scalar(query)


def first_run(
    session: Session,
    *,
    listing_ids: Collection[int],
    since: datetime,
    item_ids: Collection[int],
) -> str | None:
    """Return the number of the first run started since then for what these listings hold.

    Also one that makes what such a run needs. A variant of what they hold counts as well.
    """
    held = select(Item.id).where(Item.id.in_(item_ids) | Item.family_id.in_(item_ids))
    query = (
        select(ProductionLink.production_order_id)
        .join(Demand, Demand.id == ProductionLink.demand_id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .where(OrderLine.listing_id.in_(listing_ids), Demand.item_id.in_(held))
        .where(Demand.quantity > 0, ProductionLink.planned > 0)
    )
    direct = set(session.scalars(query))
    below = runs_below(session, run_ids=direct)
    runs = direct.union(*below.values())
    started = (
        select(ProductionOrder.number)
        .where(ProductionOrder.id.in_(runs), ProductionOrder.started_at >= since)
        .order_by(ProductionOrder.id)
        .limit(1)
    )
    return session.scalar(started)
