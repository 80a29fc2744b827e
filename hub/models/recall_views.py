"""A recall as people look at it: its lots and where they are, its buyers and their parcels.

Read anew each time, from the orders and parcels themselves: a parcel that arrived since shows as
arrived, and a buyer who was forgotten has no name.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from hub.domain.recall import total
from hub.domain.recall_letter import Sold
from hub.domain.trace import MassBalance
from hub.models.by_id import as_id
from hub.models.channels import ChannelAccount
from hub.models.held import Holder
from hub.models.items import Item
from hub.models.listings import Listing, ListingComponent
from hub.models.newest import Newest, Window, newest
from hub.models.orders import Address, Customer, Demand, OrderLine, SalesOrder
from hub.models.recall_queries import (
    balances_of,
    holders_by_lot,
    load_reach,
    same_supplier_lot,
)
from hub.models.recalls import Recall, RecallLot, RecallOrder
from hub.models.shipping import Shipment, ShipmentLine, ShipmentPick
from hub.models.stock import Lot
from hub.models.trace_edges import each_by_id, in_parts, sent_by_hand

SHOWN = (
    SalesOrder.number,
    SalesOrder.account_id,
    SalesOrder.external_id,
    SalesOrder.external_number,
    SalesOrder.phase,
    SalesOrder.intent,
    SalesOrder.placed_at,
)
"""What is shown of an order: a recall may reach thousands."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReached:
    """An order of a recall, its buyer, and the parcels that hold affected goods."""

    row: RecallOrder
    order: SalesOrder
    account: ChannelAccount
    customer: Customer | None
    country: str
    parcels: Sequence[ParcelReached]
    by_hand: Sequence[Sold]
    """What left without a parcel of ours, as the shop says."""

    @property
    def is_sent(self) -> bool:
        """Whether goods must be asked back; a parcel that is only packed is not sent."""
        left = any(each.shipment.state != "packed" for each in self.parcels)
        return left or bool(self.by_hand)

    @property
    def sold(self) -> tuple[Sold, ...]:
        """What the buyer has, of all parcels that left."""
        in_parcels = tuple(
            sold
            for parcel in self.parcels
            if parcel.shipment.state != "packed"
            for sold in parcel.sold
        )
        return (*in_parcels, *self.by_hand)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTotal:
    """What became of all of an item's lots in a recall."""

    item: Item
    lots: int
    balance: MassBalance


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingReached:
    """Something a channel sells that holds an affected item."""

    listing: Listing
    account: ChannelAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallPage:
    """All there is to show of a recall."""

    recall: Recall
    lots: Sequence[LotReached]
    totals: Sequence[ItemTotal]
    orders: Sequence[OrderReached]
    listings: Sequence[ListingReached]
    twins: Sequence[Lot]
    """Other lots with the same number of the supplier's, which the recall does not reach."""
    new_lots: int
    """Lots that came to be reached since: a refresh takes them in."""
    new_orders: int

    @property
    def start(self) -> LotReached:
        """The lot it is named after."""
        return next(each for each in self.lots if each.lot.id == self.recall.lot_id)

    @property
    def people_seconds(self) -> int | None:
        """How long people took, from the start until it was closed."""
        if self.recall.closed_at is None:
            return None
        return int((self.recall.closed_at - self.recall.started_at).total_seconds())


def find_recalls(session: Session, *, window: Window) -> Newest[Recall]:
    """Return one page of recalls and drills."""
    return newest(session, select(Recall), record=Recall, window=window)


def recall_id_of(session: Session, *, named: str) -> int | None:
    """Return the recall somebody means by an id or a number; None if there is none."""
    by_number = session.scalar(select(Recall.id).where(Recall.number == named))
    if by_number is not None:
        return by_number
    return session.scalar(select(Recall.id).where(Recall.id == as_id(named)))


def recall_page(session: Session, *, recall_id: int) -> RecallPage:
    """Return all there is to show of a recall, which must be there."""
    recall = session.get_one(Recall, recall_id)
    lots = _lots(session, recall)
    orders = _orders(session, recall, lots={each.lot.id: each for each in lots})
    new_lots, new_orders = _since(session, recall, lots=lots, orders=orders)
    reached = {each.lot.id for each in lots}
    first = next(each.lot for each in lots if each.lot.id == recall.lot_id)
    twins = same_supplier_lot(session, lot=first)
    return RecallPage(
        recall=recall,
        lots=lots,
        totals=_totals(lots),
        orders=orders,
        listings=_listings(session, item_ids={each.item.id for each in lots}),
        twins=[each for each in twins if each.id not in reached],
        new_lots=new_lots,
        new_orders=new_orders,
    )


def _lots(session: Session, recall: Recall) -> list[LotReached]:
    query = (
        select(RecallLot, Lot, Item)
        .join(Lot, Lot.id == RecallLot.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(RecallLot.recall_id == recall.id)
        .order_by(RecallLot.id)
    )
    rows = session.execute(query).all()
    ids = [lot.id for _, lot, _ in rows]
    balances = balances_of(session, lot_ids=ids)
    holders = holders_by_lot(session, lot_ids=ids)
    return [
        LotReached(
            row=row,
            lot=lot,
            item=item,
            balance=balances[lot.id],
            holders=holders.get(lot.id, ()),
        )
        for row, lot, item in rows
    ]


def _totals(lots: Sequence[LotReached]) -> list[ItemTotal]:
    by_item: dict[int, list[LotReached]] = defaultdict(list)
    for each in lots:
        by_item[each.item.id].append(each)
    return [
        ItemTotal(
            item=several[0].item,
            lots=len(several),
            balance=total(each.balance for each in several),
        )
        for several in by_item.values()
    ]


def _orders(
    session: Session, recall: Recall, *, lots: Mapping[int, LotReached]
) -> list[OrderReached]:
    query = (
        select(RecallOrder, SalesOrder, ChannelAccount, Customer, Address.country)
        .join(SalesOrder, SalesOrder.id == RecallOrder.order_id)
        .join(ChannelAccount, ChannelAccount.id == SalesOrder.account_id)
        .outerjoin(Customer, Customer.id == SalesOrder.customer_id)
        .outerjoin(Address, Address.id == SalesOrder.ship_to_id)
        .where(RecallOrder.recall_id == recall.id)
        .options(load_only(*SHOWN))
        .order_by(ChannelAccount.channel, ChannelAccount.id, SalesOrder.id)
    )
    parcels = _parcels(session, lots=lots)
    by_hand = _by_hand(session, lots=lots)
    return [
        OrderReached(
            row=row,
            order=order,
            account=account,
            customer=customer,
            country=country or "",
            parcels=parcels.get(order.id, ()),
            by_hand=by_hand.get(order.id, ()),
        )
        for row, order, account, customer, country in session.execute(query)
    ]


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


def _parcels(
    session: Session, *, lots: Mapping[int, LotReached]
) -> dict[int, list[ParcelReached]]:
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


def _by_hand(session: Session, *, lots: Mapping[int, LotReached]) -> dict[int, list[Sold]]:
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
            .where(ShipmentPick.lot_id.in_(some), Shipment.state != "cancelled")
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


def _listings(session: Session, *, item_ids: Collection[int]) -> list[ListingReached]:
    holding = select(ListingComponent.listing_id).where(
        ListingComponent.item_id.in_(item_ids)
    )
    query = (
        select(Listing, ChannelAccount)
        .join(ChannelAccount, ChannelAccount.id == Listing.account_id)
        .where(Listing.id.in_(holding))
        .order_by(ChannelAccount.channel, ChannelAccount.id, Listing.id)
    )
    return [
        ListingReached(listing=listing, account=account)
        for listing, account in session.execute(query)
    ]


def _since(
    session: Session,
    recall: Recall,
    *,
    lots: Sequence[LotReached],
    orders: Sequence[OrderReached],
) -> tuple[int, int]:
    if recall.state != "open":
        return 0, 0
    start = [each.lot.id for each in lots if each.row.is_start]
    now = load_reach(session, start=start)
    known = {each.order.id for each in orders}
    new_lots = set(now.lots) - {each.lot.id for each in lots}
    return len(new_lots), len(set(now.orders) - known)
