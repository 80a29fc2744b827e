"""What was rehearsed, beside what the channel has: the page on which people decide to go live."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.models.newest import Window, newest
from hub.models.records.listings import Listing
from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import OrderLine, SalesOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderThere:
    """An order as its channel last showed it."""

    order_id: int
    number: str
    external_number: str
    release: str
    seen_at: datetime
    """The version of the channel's that this is."""
    wanted: int
    """Pieces the buyer still wants or got: ordered, less cancelled."""
    sent_there: int
    """Pieces the channel shows as sent, whoever sent them."""
    sent_here: int
    """Pieces in our own parcels, which the channel was told of only in rehearsal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingThere:
    """A listing's stock as its channel last showed it."""

    listing_id: int
    sku: str
    title: str
    variant_title: str
    shown: int | None
    shown_at: datetime | None
    wanted: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """A message that was only written down, and what it would have been about."""

    message: OutboundMessage
    order: OrderThere | None
    listing: ListingThere | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsedPage:
    """One page of them, newest first, and the id the next one comes after."""

    rows: Sequence[Rehearsed]
    next: int | None


def rehearsed(session: Session, *, account_id: int, window: Window) -> RehearsedPage:
    """Return one page of what an account would have been told."""
    query = select(OutboundMessage).where(
        OutboundMessage.account_id == account_id, OutboundMessage.state == "shadowed"
    )
    page = newest(session, query, record=OutboundMessage, window=window)
    orders = _orders(session, [row.order_id for row in page.rows if row.order_id])
    listings = _listings(session, [row.listing_id for row in page.rows if row.listing_id])
    return RehearsedPage(
        rows=tuple(
            Rehearsed(
                message=row,
                order=orders.get(row.order_id or 0),
                listing=listings.get(row.listing_id or 0),
            )
            for row in page.rows
        ),
        next=page.next,
    )


def _orders(session: Session, ids: Collection[int]) -> dict[int, OrderThere]:
    pieces: dict[int, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    sums = (
        select(
            OrderLine.order_id,
            func.sum(OrderLine.ordered - OrderLine.cancelled),
            func.sum(func.coalesce(OrderLine.shown_sent, 0)),
            func.sum(OrderLine.shipped),
        )
        .where(OrderLine.order_id.in_(ids))
        .group_by(OrderLine.order_id)
    )
    for order_id, wanted, there, here in session.execute(sums):
        pieces[order_id] = (int(wanted), int(there), int(here))
    orders = session.scalars(select(SalesOrder).where(SalesOrder.id.in_(ids)))
    return {order.id: _order(order, pieces[order.id]) for order in orders}


def _order(order: SalesOrder, pieces: tuple[int, int, int]) -> OrderThere:
    wanted, there, here = pieces
    return OrderThere(
        order_id=order.id,
        number=order.number,
        external_number=order.external_number,
        release=order.release,
        seen_at=order.remote_updated_at,
        wanted=wanted,
        sent_there=there,
        sent_here=here,
    )


def _listings(session: Session, ids: Collection[int]) -> dict[int, ListingThere]:
    found = session.scalars(select(Listing).where(Listing.id.in_(ids)))
    return {
        listing.id: ListingThere(
            listing_id=listing.id,
            sku=listing.sku,
            title=listing.title,
            variant_title=listing.variant_title,
            shown=listing.stock_shown,
            shown_at=listing.stock_shown_at,
            wanted=listing.stock_wanted,
        )
        for listing in found
    }
