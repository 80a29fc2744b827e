"""What was sent and said: the pieces in a shipment, and the outbox rows about it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import OrderLine, SalesOrder
from hub.models.records.shipping import Shipment, ShipmentLine


def orders_with_accounts(
    session: Session, *, order_ids: Collection[int]
) -> list[tuple[SalesOrder, ChannelAccount]]:
    """Return orders, as they are now, with their accounts, in ascending id."""
    query = (
        select(SalesOrder, ChannelAccount)
        .join(ChannelAccount, ChannelAccount.id == SalesOrder.account_id)
        .where(SalesOrder.id.in_(order_ids))
        .order_by(SalesOrder.id)
    )
    return [(order, account) for order, account in session.execute(query)]


def pieces_sent(session: Session, *, shipment_id: int) -> list[tuple[str, int]]:
    """Return the channel's line ids and the pieces of each in a shipment, in the order's order."""
    query = (
        select(OrderLine.external_id, ShipmentLine.quantity)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .where(ShipmentLine.shipment_id == shipment_id)
        .order_by(OrderLine.position, OrderLine.id)
    )
    return [(line_id, quantity) for line_id, quantity in session.execute(query)]


def tracking_told(session: Session, *, shipment_id: int) -> int:
    """Count how often a shipment's tracking was amended at the channel."""
    query = select(func.count()).where(
        OutboundMessage.shipment_id == shipment_id, OutboundMessage.kind == "amend_tracking"
    )
    return session.scalar(query) or 0


def promises_told(session: Session, *, order_id: int) -> list[date]:
    """Return the days an order's channel was told, or is owed, oldest first."""
    query = (
        select(OutboundMessage.payload)
        .where(OutboundMessage.order_id == order_id, OutboundMessage.kind == "promised")
        .order_by(OutboundMessage.id)
    )
    return [date.fromisoformat(str(each["on"])) for each in session.scalars(query)]


def outbound_by_key(session: Session, *, key: str) -> OutboundMessage | None:
    """Return the outbox row of that idempotency key."""
    return session.scalar(select(OutboundMessage).filter_by(idempotency_key=key))


def shipments_of(session: Session, *, order_id: int) -> list[Shipment]:
    """Return an order's shipments, cancelled ones too, oldest first."""
    query = select(Shipment).filter_by(order_id=order_id).order_by(Shipment.id)
    return list(session.scalars(query))


def same_parcel(
    session: Session, *, order_id: int, tracking_number: str, pieces: Mapping[int, int]
) -> str:
    """Return the number of an order's shipment with just this tracking and these pieces.

    Empty when there is none.
    """
    query = (
        select(Shipment.number, ShipmentLine.order_line_id, ShipmentLine.quantity)
        .join(ShipmentLine, ShipmentLine.shipment_id == Shipment.id)
        .where(Shipment.order_id == order_id, Shipment.tracking_number == tracking_number)
        .where(Shipment.state != "cancelled")
        .order_by(Shipment.id)
    )
    parcels: dict[str, dict[int, int]] = defaultdict(dict)
    for number, line_id, quantity in session.execute(query):
        parcels[number][line_id] = quantity
    return next((number for number, sent in parcels.items() if sent == dict(pieces)), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a channel took from us as sent of an order: pieces by its line ids, and when last."""

    pieces: dict[str, int]
    at: datetime | None


def told_of(session: Session, *, order_id: int) -> Told:
    """Return what the order's channel was told and took; what nobody told it is left out."""
    query = (
        select(OrderLine.external_id, ShipmentLine.quantity, OutboundMessage.done_at)
        .join(ShipmentLine, ShipmentLine.order_line_id == OrderLine.id)
        .join(OutboundMessage, OutboundMessage.shipment_id == ShipmentLine.shipment_id)
        .where(OrderLine.order_id == order_id)
        .where(OutboundMessage.kind == "fulfil", OutboundMessage.state == "sent")
    )
    pieces: dict[str, int] = defaultdict(int)
    times = []
    for line_id, quantity, done_at in session.execute(query):
        pieces[line_id] += quantity
        times += [done_at] if done_at else []
    return Told(pieces=dict(pieces), at=max(times, default=None))
