"""Recalls as the API takes and gives them."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Literal

from pydantic import Field

from hub.domain.stock.trace import MassBalance
from hub.models.planning.held import Holder
from hub.models.recalls.recall_parcels import LotReached, ParcelReached, PartOf
from hub.models.recalls.recall_views import (
    ItemTotal,
    ListingReached,
    OrderReached,
    RecallPage,
)
from hub.models.records.recalls import Recall
from hub.models.records.stock import Lot
from hub.web.api.quantities import Quantity, quantity
from hub.web.api.schemas.lots import HolderOut
from hub.web.api.shapes import In, Out
from hub.web.documents.recall_drafts import Draft, draft_for


class RecallIn(In):
    """A lot to call back, or to rehearse that with."""

    lot: str = Field(max_length=30, description="By its id.")
    reason: str = Field("", max_length=500, description="A drill may go without.")
    drill: bool = Field(False, strict=True, description="Finds the same, changes nothing.")
    with_supplier_lot: bool = Field(
        False,
        strict=True,
        description="Begin with every lot that bears the same number of the supplier's.",
    )


class RecallCloseIn(In):
    """How a recall ends."""

    release_orders: bool = Field(
        False, strict=True, description="Let the orders go on that it put on hold."
    )


class Known(Out):
    """A recall by its id."""

    id: str


class RecallOut(Out):
    """A recall or a drill, in a line."""

    id: str
    number: str
    lot: str
    reason: str
    drill: bool
    state: Literal["open", "closed"]
    started_at: datetime
    closed_at: datetime | None
    took_ms: int | None = Field(description="From the request to the whole answer.")
    found: dict[str, object] = Field(description="Figures, as they were when last looked.")


class BalanceOut(Out):
    """What came into a lot and what became of it."""

    received: Quantity
    produced: Quantity
    returned: Quantity
    consumed: Quantity
    shipped: Quantity
    scrapped: Quantity
    adjusted: Quantity = Field(
        description="What counts took out; less than nothing: found."
    )
    on_hand: Quantity
    difference: Quantity = Field(description="Not accounted for: nothing, or look why.")


class RecallLotOut(Out):
    """A lot that is called back."""

    id: str
    code: str
    item: str
    item_name: str
    supplier_lot: str
    best_before: date | None
    state: str
    state_before: str
    is_start: bool = Field(description="The recall begins with it.")
    on_hand: Quantity
    mass_balance: BalanceOut
    holders: list[HolderOut]


class LotRef(Out):
    """A lot by its id and code."""

    id: str
    code: str


class TotalOut(Out):
    """What became of all affected lots of an item."""

    item: str
    item_name: str
    lots: int
    mass_balance: BalanceOut


class PartOut(Out):
    """So much of a lot."""

    lot: str
    code: str
    item: str
    quantity: Quantity


class ParcelOut(Out):
    """A parcel with affected goods."""

    id: str
    number: str
    state: str
    carrier: str
    tracking_number: str
    tracking_url: str
    shipped_at: datetime | None
    delivered_at: datetime | None
    lots: list[PartOut]


class RecallOrderOut(Out):
    """An order that the recall reaches."""

    id: str
    number: str
    channel: str
    channel_id: str
    external_id: str
    external_number: str
    phase: str
    sent: bool = Field(description="Goods to ask back.")
    held: bool = Field(description="This recall put it on hold.")
    told_at: datetime | None
    parcels: list[ParcelOut]


class MessageOut(Out):
    """A draft for a person to send; nothing is sent from here, and it is kept nowhere."""

    language: str
    way: Literal["email", "shop", "none"] = Field(
        description="`shop`: only in the shop's own messages."
    )
    subject: str
    body: str


class BuyerReachedOut(Out):
    """A buyer who has affected goods."""

    channel: str
    channel_name: str
    order: str
    order_number: str
    external_number: str
    name: str
    email: str
    tracking_numbers: list[str]
    told_at: datetime | None
    message: MessageOut


class RecallListingOut(Out):
    """Something a channel sells of it."""

    id: str
    channel: str
    sku: str
    title: str
    stock_wanted: int | None = Field(description="Pieces the channel may sell.")
    stock_shown: int | None


class SinceOut(Out):
    """What it would reach now beyond what it took in: refresh it."""

    lots: int
    orders: int


class RecallDetail(RecallOut):
    """All there is to show of a recall."""

    people_seconds: int | None = Field(description="From its start until it was closed.")
    mass_balance: BalanceOut = Field(description="Of the lot it is named after.")
    lots: list[RecallLotOut]
    totals: list[TotalOut]
    orders: list[RecallOrderOut]
    customers: list[BuyerReachedOut]
    listings: list[RecallListingOut]
    same_supplier_lot: list[LotRef] = Field(description="Not part of it.")
    since: SinceOut


def show_recall(recall: Recall) -> RecallOut:
    """Write a recall in a line."""
    return RecallOut(
        id=str(recall.id),
        number=recall.number,
        lot=str(recall.lot_id),
        reason=recall.reason,
        drill=recall.is_drill,
        state="open" if recall.state == "open" else "closed",
        started_at=recall.started_at,
        closed_at=recall.closed_at,
        took_ms=recall.took_ms,
        found=recall.found,
    )


def show_recall_page(page: RecallPage, *, locale: str) -> RecallDetail:
    """Write all of a recall; `locale` is the workshop's."""
    return RecallDetail(
        **dict(show_recall(page.recall)),
        people_seconds=page.people_seconds,
        mass_balance=_balance(page.start.balance, unit=page.start.item.unit),
        lots=[_lot(each) for each in page.lots],
        totals=[_total(each) for each in page.totals],
        orders=[_order(each) for each in page.orders],
        customers=_customers(page, locale=locale),
        listings=[_listing(each) for each in page.listings],
        same_supplier_lot=[_ref(lot) for lot in page.twins],
        since=SinceOut(lots=page.new_lots, orders=page.new_orders),
    )


def _lot(reached: LotReached) -> RecallLotOut:
    lot, item = reached.lot, reached.item
    return RecallLotOut(
        id=str(lot.id),
        code=lot.code,
        item=item.code,
        item_name=item.name,
        supplier_lot=lot.supplier_lot,
        best_before=lot.best_before,
        state=lot.state,
        state_before=reached.row.state_before,
        is_start=reached.row.is_start,
        on_hand=quantity(reached.balance.on_hand, unit=item.unit),
        mass_balance=_balance(reached.balance, unit=item.unit),
        holders=[_holder(each, unit=item.unit) for each in reached.holders],
    )


def _holder(holder: Holder, *, unit: str) -> HolderOut:
    return HolderOut(
        kind=holder.subject,
        id=str(holder.subject_id),
        number=holder.number,
        quantity=quantity(holder.quantity, unit=unit),
        is_firm=holder.is_firm,
    )


def _balance(balance: MassBalance, *, unit: str) -> BalanceOut:
    names = (*(field.name for field in fields(MassBalance)), "difference")
    return BalanceOut(
        **{name: quantity(getattr(balance, name), unit=unit) for name in names}
    )


def _ref(lot: Lot) -> LotRef:
    return LotRef(id=str(lot.id), code=lot.code)


def _total(total: ItemTotal) -> TotalOut:
    return TotalOut(
        item=total.item.code,
        item_name=total.item.name,
        lots=total.lots,
        mass_balance=_balance(total.balance, unit=total.item.unit),
    )


def _order(reached: OrderReached) -> RecallOrderOut:
    order = reached.order
    return RecallOrderOut(
        id=str(order.id),
        number=order.number,
        channel=reached.account.channel,
        channel_id=str(reached.account.id),
        external_id=order.external_id,
        external_number=order.external_number,
        phase=order.phase,
        sent=reached.is_sent,
        held=reached.row.was_held,
        told_at=reached.row.told_at,
        parcels=[_parcel(each) for each in reached.parcels],
    )


def _parcel(parcel: ParcelReached) -> ParcelOut:
    shipment = parcel.shipment
    return ParcelOut(
        id=str(shipment.id),
        number=shipment.number,
        state=shipment.state,
        carrier=shipment.carrier,
        tracking_number=shipment.tracking_number,
        tracking_url=shipment.tracking_url,
        shipped_at=shipment.shipped_at,
        delivered_at=shipment.delivered_at,
        lots=[_part(each) for each in parcel.parts],
    )


def _part(part: PartOf) -> PartOut:
    return PartOut(
        lot=str(part.lot.id),
        code=part.lot.code,
        item=part.item.code,
        quantity=quantity(part.quantity, unit=part.item.unit),
    )


def _customers(page: RecallPage, *, locale: str) -> list[BuyerReachedOut]:
    drafts = [
        (each, draft)
        for each in page.orders
        if (draft := draft_for(each, page=page, locale=locale)) is not None
    ]
    return [_customer(each, draft) for each, draft in drafts]


def _customer(reached: OrderReached, draft: Draft) -> BuyerReachedOut:
    order, customer = reached.order, reached.customer
    numbers: Sequence[str] = [
        each.shipment.tracking_number
        for each in reached.parcels
        if each.shipment.tracking_number
    ]
    return BuyerReachedOut(
        channel=reached.account.channel,
        channel_name=reached.account.name,
        order=str(order.id),
        order_number=order.number,
        external_number=order.external_number,
        name=customer.name if customer else "",
        email=customer.email if customer else "",
        tracking_numbers=list(numbers),
        told_at=reached.row.told_at,
        message=MessageOut(
            language=draft.letter.language,
            way=_way(draft.way),
            subject=draft.letter.subject,
            body=draft.letter.body,
        ),
    )


def _way(way: str) -> Literal["email", "shop", "none"]:
    return "email" if way == "email" else "shop" if way == "shop" else "none"


def _listing(reached: ListingReached) -> RecallListingOut:
    listing = reached.listing
    return RecallListingOut(
        id=str(listing.id),
        channel=reached.account.channel,
        sku=listing.sku,
        title=listing.title,
        stock_wanted=listing.stock_wanted,
        stock_shown=listing.stock_shown,
    )
