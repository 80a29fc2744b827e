"""The lots of a recall and the parcels they are in, in what a buyer calls their pieces."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.recalls.recall_letter import Sold
from hub.domain.stock.trace import MassBalance
from hub.models.among import among
from hub.models.by_id import each_by_id, in_parts
from hub.models.planning.held import Holder
from hub.models.recalls.trace_edges import sent_by_hand
from hub.models.records.items import Item
from hub.models.records.orders import Demand, OrderLine
from hub.models.records.recalls import RecallLot
from hub.models.records.shipping import Shipment, ShipmentLine, ShipmentPick
from hub.models.records.stock import Lot


@dataclass(frozen=True, slots=True, kw_only=True)
class LotReached:
    """A lot of a recall: what it was, what became of what was in it, who still holds some."""

    row: RecallLot
    lot: Lot
    item: Item
    balance: MassBalance
    holders: Sequence[Holder]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOf:
    """So much of a lot; thousandths."""

    lot: Lot
    item: Item
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelReached:
    """A parcel, what is in it of the lots called back, and what its buyer calls that."""

    shipment: Shipment
    parts: Sequence[PartOf]
    sold: Sequence[Sold]


@dataclass(frozen=True, slots=True)
class _Pick:
    shipment_id: int
    sent_id: int
    pieces: int
    title: str
    variant_title: str
    sku: str
    lot_id: int
    quantity: int
    per_piece: int

    @property
    def name(self) -> str:
        name = f"{self.title} · {self.variant_title}".removesuffix(" · ")
        return name or self.sku


def parcels_with(
    session: Session, *, lots: Mapping[int, LotReached]
) -> dict[int, list[ParcelReached]]:
    """Return the parcels with something of these lots in them, by order."""
    picks: dict[int, list[_Pick]] = defaultdict(list)
    for pick in _picks(session, lot_ids=lots):
        picks[pick.shipment_id].append(pick)
    shipments = each_by_id(session, Shipment, ids=picks)
    found: dict[int, list[ParcelReached]] = defaultdict(list)
    for shipment_id, inside in sorted(picks.items()):
        shipment = shipments[shipment_id]
        found[shipment.order_id].append(
            ParcelReached(
                shipment=shipment, parts=_parts(inside, lots=lots), sold=_sold(inside, lots)
            )
        )
    return found


def sold_by_hand(
    session: Session, *, lots: Mapping[int, LotReached]
) -> dict[int, list[Sold]]:
    """Return what of these lots left without a parcel of ours, as shops say, by order."""
    rows = [each for some in in_parts(lots) for each in sent_by_hand(session, lot_ids=some)]
    line_ids = {each.order_line_id for each in rows if each.order_line_id is not None}
    query = select(Demand).where(Demand.order_line_id.in_(line_ids))
    demands = {(each.order_line_id, each.item_id): each for each in session.scalars(query)}
    lines = each_by_id(session, OrderLine, ids=line_ids)
    found: dict[int, list[Sold]] = defaultdict(list)
    for each in rows:
        lot = lots[each.lot_id]
        line = lines.get(each.order_line_id or 0)
        demand = demands.get((each.order_line_id or 0, lot.item.id))
        found[each.order_id].append(
            Sold(
                title=line.title if line else lot.item.name,
                pieces=-(-each.quantity // (demand.per_piece if demand else 1000)),
                lots=(lot.lot.code,),
            )
        )
    return found


def _picks(session: Session, *, lot_ids: Collection[int]) -> list[_Pick]:
    found: list[_Pick] = []
    for some in in_parts(lot_ids):
        query = (
            select(
                ShipmentLine.shipment_id,
                ShipmentLine.id.label("sent_id"),
                ShipmentLine.quantity.label("pieces"),
                OrderLine.title,
                OrderLine.variant_title,
                OrderLine.sku,
                ShipmentPick.lot_id,
                ShipmentPick.quantity,
                Demand.per_piece,
            )
            .select_from(ShipmentPick)
            .join(ShipmentLine, ShipmentLine.id == ShipmentPick.shipment_line_id)
            .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
            .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
            .join(Demand, Demand.id == ShipmentPick.demand_id)
            .where(among(ShipmentPick.lot_id, some), Shipment.state != "cancelled")
            .order_by(ShipmentPick.id)
        )
        found += [_Pick(*row) for row in session.execute(query)]
    return found


def _parts(inside: Sequence[_Pick], *, lots: Mapping[int, LotReached]) -> list[PartOf]:
    sums: dict[int, int] = defaultdict(int)
    for pick in inside:
        sums[pick.lot_id] += pick.quantity
    return [
        PartOf(lot=lots[lot_id].lot, item=lots[lot_id].item, quantity=quantity)
        for lot_id, quantity in sums.items()
    ]


def _sold(inside: Sequence[_Pick], lots: Mapping[int, LotReached]) -> list[Sold]:
    """Say it in what the buyer ordered: at most so many pieces of a line hold affected goods.

    Of a kit, one suspect part makes the piece suspect; nobody knows which two parts went into
    one piece, so the parts are counted as if they were in different ones, up to all there are.
    """
    by_line: dict[int, list[_Pick]] = defaultdict(list)
    for pick in inside:
        by_line[pick.sent_id].append(pick)
    return [
        Sold(
            title=several[0].name,
            pieces=min(
                several[0].pieces,
                sum(-(-pick.quantity // pick.per_piece) for pick in several),
            ),
            lots=tuple(sorted({lots[pick.lot_id].lot.code for pick in several})),
        )
        for several in by_line.values()
    ]
