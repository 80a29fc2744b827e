"""Shipments as people name and list them: what is in each parcel, from which lots."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from hub.models.by_id import as_id, by_id
from hub.models.newest import Newest, Window, newest
from hub.models.records.items import Item
from hub.models.records.orders import OrderLine, SalesOrder
from hub.models.records.shipping import Shipment, ShipmentLine, ShipmentPick
from hub.models.records.stock import Lot
from hub.models.substrings import begins


@dataclass(frozen=True, slots=True, kw_only=True)
class PickedLot:
    """How much of a lot is in a line of a parcel; thousandths."""

    lot: Lot
    item: Item
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLine:
    """Pieces of one order line in a parcel."""

    line: OrderLine
    quantity: int
    picks: list[PickedLot]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentRow:
    """A parcel, its order, and what is in it."""

    shipment: Shipment
    order: SalesOrder
    lines: list[SentLine]


def find_shipments(
    session: Session, *, order_id: int | None, state: str, tracking: str, window: Window
) -> Newest[Shipment]:
    """Return one page of shipments, of one order or of all."""
    query = select(Shipment)
    if order_id is not None:
        query = query.where(Shipment.order_id == order_id)
    if state:
        query = query.where(Shipment.state == state)
    if tracking:
        query = query.where(Shipment.tracking_number == tracking)
    return newest(session, query, record=Shipment, window=window)


def shipments_wanted(*, state: str = "", text: str = "") -> Select[Shipment]:
    """Choose the parcels of a state whose number or tracking begins with a text, in no order."""
    query = select(Shipment)
    if state:
        query = query.where(Shipment.state == state)
    if text:
        query = query.where(
            begins(Shipment.number, text) | begins(Shipment.tracking_number, text)
        )
    return query


def shipment_id_of(session: Session, *, named: str) -> int | None:
    """Return the id of the shipment somebody means by its id or its number."""
    query = select(Shipment.id)
    shipment_id = as_id(named)
    mine = {"number": named} if shipment_id is None else {"id": shipment_id}
    return session.scalar(query.filter_by(**mine))


def shipment_rows(
    session: Session, *, shipments: Collection[Shipment]
) -> list[ShipmentRow]:
    """Add to each shipment what is shown beside it, in the order given."""
    wanted = {shipment.order_id for shipment in shipments}
    orders = by_id(session, SalesOrder, ids=wanted)
    lines = _lines(session, [shipment.id for shipment in shipments])
    return [
        ShipmentRow(
            shipment=shipment, order=orders[shipment.order_id], lines=lines[shipment.id]
        )
        for shipment in shipments
    ]


def _lines(session: Session, shipment_ids: Collection[int]) -> dict[int, list[SentLine]]:
    picks = _picks(session, shipment_ids)
    query = (
        select(ShipmentLine, OrderLine)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .where(ShipmentLine.shipment_id.in_(shipment_ids))
        .order_by(OrderLine.position, OrderLine.id)
    )
    lines: dict[int, list[SentLine]] = defaultdict(list)
    for sent, line in session.execute(query):
        lines[sent.shipment_id].append(
            SentLine(line=line, quantity=sent.quantity, picks=picks[sent.id])
        )
    return lines


def _picks(session: Session, shipment_ids: Collection[int]) -> dict[int, list[PickedLot]]:
    query = (
        select(ShipmentPick.shipment_line_id, Lot, Item, func.sum(ShipmentPick.quantity))
        .join(ShipmentLine, ShipmentLine.id == ShipmentPick.shipment_line_id)
        .join(Lot, Lot.id == ShipmentPick.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(ShipmentLine.shipment_id.in_(shipment_ids))
        .group_by(ShipmentPick.shipment_line_id, Lot.id, Item.id)
        .order_by(Lot.id)
    )
    picks: dict[int, list[PickedLot]] = defaultdict(list)
    for line_id, lot, item, quantity in session.execute(query):
        picks[line_id].append(PickedLot(lot=lot, item=item, quantity=int(quantity)))
    return picks
