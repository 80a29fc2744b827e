"""What needs a person now, counted: the facts behind the first page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from sqlalchemy import ColumnExpressionArgument, func, or_, select
from sqlalchemy.orm import Session

from hub.models.mail.review_views import open_reviews
from hub.models.making.startable import can_start, is_due
from hub.models.orders.decision_views import DecisionView, oldest_standing, standing
from hub.models.orders.order_flow import OPEN
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from hub.models.records.listings import Listing
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.orders import WAITING, OrderLine, SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.upkeep import ManualTask
from hub.models.today.today_short import ShortNow, short_now

T = TypeVar("T")

STUCK = ("held", "dead")
OVER = ("shipped", "delivered", "cancelled")
MOST = 6
"""Of each kind so many are named; the list behind the button has the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunToDo:
    """A run and what it makes."""

    run: ProductionOrder
    item: Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Some(Generic[T]):
    """The first few of something, and how many there are in all."""

    rows: Sequence[T]
    count: int

    @property
    def more(self) -> int:
        """Count those that are not named."""
        return max(0, self.count - len(self.rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmapped:
    """What nobody mapped yet, and what waits for it."""

    listings: int
    orders: int
    totals: Sequence[tuple[str, int]]
    """What these orders come to: currency and minor units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """All that the first page shows."""

    unmapped: Unmapped
    short: ShortNow
    attention: Some[SalesOrder]
    at_risk: Some[SalesOrder]
    stuck_in: int
    stuck_out: int
    refused: tuple[str, str] | None
    """The shop that did not take the newest of these messages, and why."""
    by_hand: int
    mails: int
    """Mails that wait for a person."""
    decisions: Some[DecisionView]
    """Those that have waited longest."""
    troubled: Sequence[ChannelAccount]
    to_start: Some[RunToDo]
    """Runs that lack nothing and are to begin by today."""
    could_start: int
    """Runs that lack nothing and are planned for later."""
    running: Some[RunToDo]
    ready: int
    ready_due_on: date | None
    """The first day one of them was promised for."""
    open_orders: int
    heard_at: datetime | None
    """When a shop last told us anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """How far a new workshop is: shops connected, items brought, listings mapped."""

    shops: int
    items: int
    mapped: int


def today(session: Session, *, on: date) -> Today:
    """Gather what needs a person now; `on` is the day in the workshop."""
    is_ready = SalesOrder.phase == "ready_to_ship"
    first_due = select(func.min(SalesOrder.promised_on)).where(is_ready)
    return Today(
        unmapped=_unmapped(session),
        short=short_now(session, today=on, most=MOST),
        attention=_orders(session, SalesOrder.phase == "needs_attention"),
        at_risk=_orders(session, SalesOrder.is_at_risk, SalesOrder.phase.not_in(OVER)),
        stuck_in=_count(session, InboundMessage.state.in_(STUCK)),
        stuck_out=_count(session, OutboundMessage.state.in_(STUCK)),
        refused=_refused(session),
        by_hand=_count(session, ManualTask.state == "open"),
        mails=open_reviews(session),
        decisions=Some(
            rows=oldest_standing(session, most=MOST), count=_count(session, standing())
        ),
        troubled=_troubled(session),
        to_start=_runs(session, can_start(), is_due(on)),
        could_start=_count(session, can_start(), ~is_due(on)),
        running=_runs(session, ProductionOrder.state == "running"),
        ready=_count(session, is_ready),
        ready_due_on=session.scalar(first_due),
        # Of few phases, not of all but three: most orders are long over.
        open_orders=_count(session, SalesOrder.phase.in_(OPEN)),
        heard_at=session.scalar(select(func.max(ChannelAccount.last_in_at))),
    )


def beginning(session: Session) -> Beginning:
    """Count what a new workshop has so far."""
    return Beginning(
        shops=_count(session, ChannelAccount.channel != "manual"),
        items=session.scalar(select(func.count()).select_from(Item)) or 0,
        mapped=_count(session, Listing.state == "mapped"),
    )


def _unmapped(session: Session) -> Unmapped:
    """Count the listings that wait for a person, and the open orders that wait for them."""
    waits = (
        WAITING,
        OrderLine.listing_id.is_not(None),
        SalesOrder.intent.in_(("open", "on_hold")),
    )
    joined = OrderLine.__table__.join(
        SalesOrder.__table__, SalesOrder.id == OrderLine.order_id
    )
    listings = select(func.count(func.distinct(OrderLine.listing_id)))
    # Not DISTINCT: SQLite would walk all lines in the order of their orders for it.
    orders = select(OrderLine.order_id).select_from(joined).where(*waits)
    sums = (
        select(SalesOrder.currency, func.sum(SalesOrder.total_minor), func.count())
        .where(SalesOrder.id.in_(orders))
        .group_by(SalesOrder.currency)
        .order_by(SalesOrder.currency)
    )
    rows = session.execute(sums).all()
    return Unmapped(
        listings=session.scalar(listings.select_from(joined).where(*waits)) or 0,
        orders=sum(count for _, _, count in rows),
        totals=[(currency, int(minor)) for currency, minor, _ in rows if minor],
    )


def _orders(session: Session, *which: ColumnExpressionArgument[bool]) -> Some[SalesOrder]:
    """Return the orders promised first, and count all of them."""
    query = select(SalesOrder).where(*which)
    first = query.order_by(SalesOrder.promised_on, SalesOrder.id).limit(MOST)
    return Some(rows=session.scalars(first).all(), count=_count(session, *which))


def _troubled(session: Session) -> Sequence[ChannelAccount]:
    is_troubled = or_(ChannelAccount.needs_reconnect, ChannelAccount.problem != "")
    return session.scalars(select(ChannelAccount).where(is_troubled)).all()


def _refused(session: Session) -> tuple[str, str] | None:
    query = (
        select(ChannelAccount.name, OutboundMessage.last_error)
        .join(ChannelAccount, ChannelAccount.id == OutboundMessage.account_id)
        .where(OutboundMessage.state.in_(STUCK))
        .order_by(OutboundMessage.id.desc())
        .limit(1)
    )
    row = session.execute(query).first()
    return None if row is None else (row[0], row[1] or "")


def _runs(session: Session, *which: ColumnExpressionArgument[bool]) -> Some[RunToDo]:
    query = (
        select(ProductionOrder, Item)
        .join(Item, Item.id == ProductionOrder.item_id)
        .where(*which)
        .order_by(ProductionOrder.starts_on, ProductionOrder.needed_on, ProductionOrder.id)
        .limit(MOST)
    )
    rows = [RunToDo(run=run, item=item) for run, item in session.execute(query)]
    return Some(rows=rows, count=_count(session, *which))


def _count(session: Session, *which: ColumnExpressionArgument[bool]) -> int:
    return session.scalar(select(func.count()).where(*which)) or 0
