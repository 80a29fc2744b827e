"""A recall as people look at it: its lots and where they are, its buyers and their parcels.

Read anew each time, from the orders and parcels themselves: a parcel that arrived since shows as
arrived, and a buyer who was forgotten has no name.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, load_only

from hub.domain.recalls.recall import total
from hub.domain.recalls.recall_letter import Sold
from hub.domain.stock.trace import MassBalance
from hub.models.by_id import as_id
from hub.models.newest import Newest, Window, newest
from hub.models.planning.habits import THE_ONE
from hub.models.recalls.recall_parcels import (
    LotReached,
    ParcelReached,
    parcels_with,
    sold_by_hand,
)
from hub.models.recalls.recall_queries import (
    balances_of,
    holders_by_lot,
    load_reach,
    same_supplier_lot,
)
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from hub.models.records.listings import Listing, ListingComponent
from hub.models.records.orders import Address, Customer, SalesOrder
from hub.models.records.recalls import Recall, RecallLot, RecallOrder
from hub.models.records.stock import Lot
from hub.models.records.workshop import Workshop
from hub.models.substrings import holds

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
    house: str = ""
    """What the workshop calls itself."""

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


def recalls_wanted(
    *, state: str = "", is_drill: bool | None = None, text: str = ""
) -> Select[Recall]:
    """Choose recalls and drills by number, lot, item or reason, in no order."""
    query = select(Recall)
    if state:
        query = query.where(Recall.state == state)
    if is_drill is not None:
        query = query.where(Recall.is_drill.is_(is_drill))
    if text:
        fits = [holds(column, text) for column in (Lot.code, Lot.supplier_lot, Item.name)]
        lots = select(Lot.id).join(Item, Item.id == Lot.item_id).where(or_(*fits))
        query = query.where(
            holds(Recall.number, text)
            | holds(Recall.reason, text)
            | Recall.lot_id.in_(lots)
        )
    return query


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
        house=session.scalar(select(Workshop.name).where(Workshop.id == THE_ONE)) or "",
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
    parcels = parcels_with(session, lots=lots)
    by_hand = sold_by_hand(session, lots=lots)
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
