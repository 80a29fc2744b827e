"""What needs a person now, counted: the facts behind the first page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.models.channels import ChannelAccount
from hub.models.decision_views import DecisionView, oldest_standing
from hub.models.items import Item
from hub.models.listing_views import TO_BE_MAPPED
from hub.models.listings import Listing
from hub.models.messages import InboundMessage, OutboundMessage
from hub.models.orders import OrderLine, SalesOrder
from hub.models.planning import Shortage
from hub.models.production import ProductionNeed, ProductionOrder
from hub.models.review_views import open_reviews
from hub.models.stock import Reservation
from hub.models.upkeep import ManualTask

STUCK = ("held", "dead")
OVER = ("shipped", "delivered", "cancelled")
MOST = 8
"""Of each kind so many are named; the list behind the button has the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortItem:
    """An item that runs or orders are short of; thousandths."""

    item: Item
    quantity: int
    expected_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunToDo:
    """A run and what it makes."""

    run: ProductionOrder
    item: Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """All that the first page shows."""

    unmapped_listings: int
    unmapped_orders: int
    short: Sequence[ShortItem]
    attention: Sequence[SalesOrder]
    at_risk: Sequence[SalesOrder]
    stuck_in: int
    stuck_out: int
    by_hand: int
    mails: int
    """Mails that wait for a person."""
    decisions: Sequence[DecisionView]
    """Those that have waited longest."""
    troubled: Sequence[ChannelAccount]
    to_start: Sequence[RunToDo]
    running: Sequence[RunToDo]
    ready: Sequence[SalesOrder]
    open_orders: int

    @property
    def is_quiet(self) -> bool:
        """Say whether nobody needs to do anything."""
        return not (
            self.unmapped_listings
            or self.short
            or self.attention
            or self.at_risk
            or self.stuck_in
            or self.stuck_out
            or self.by_hand
            or self.mails
            or self.decisions
            or self.troubled
            or self.to_start
            or self.running
            or self.ready
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """How far a new workshop is: shops connected, items brought, listings mapped."""

    shops: int
    items: int
    mapped: int


def today(session: Session) -> Today:
    """Gather what needs a person now."""
    orders = select(SalesOrder).order_by(SalesOrder.promised_on, SalesOrder.id).limit(MOST)
    listings, waiting = _unmapped(session)
    return Today(
        unmapped_listings=listings,
        unmapped_orders=waiting,
        short=_short(session),
        attention=session.scalars(orders.filter_by(phase="needs_attention")).all(),
        at_risk=session.scalars(
            orders.where(SalesOrder.is_at_risk, SalesOrder.phase.not_in(OVER))
        ).all(),
        stuck_in=_count(session, InboundMessage),
        stuck_out=_count(session, OutboundMessage),
        by_hand=session.scalar(
            select(func.count()).select_from(ManualTask).filter_by(state="open")
        )
        or 0,
        mails=open_reviews(session),
        decisions=oldest_standing(session, most=MOST),
        troubled=session.scalars(
            select(ChannelAccount).where(
                or_(ChannelAccount.needs_reconnect, ChannelAccount.problem != "")
            )
        ).all(),
        to_start=_to_start(session),
        running=_runs(session, states=("running",))[:MOST],
        ready=session.scalars(orders.filter_by(phase="ready_to_ship")).all(),
        open_orders=session.scalar(
            select(func.count())
            .select_from(SalesOrder)
            .where(SalesOrder.phase.not_in(OVER))
        )
        or 0,
    )


def beginning(session: Session) -> Beginning:
    """Count what a new workshop has so far."""
    shops = (
        select(func.count())
        .select_from(ChannelAccount)
        .where(ChannelAccount.channel != "manual")
    )
    items = select(func.count()).select_from(Item)
    mapped = select(func.count()).select_from(Listing).where(Listing.state == "mapped")
    return Beginning(
        shops=session.scalar(shops) or 0,
        items=session.scalar(items) or 0,
        mapped=session.scalar(mapped) or 0,
    )


def _unmapped(session: Session) -> tuple[int, int]:
    """Count the listings that wait for a person, and the open orders that wait for them."""
    query = (
        select(
            func.count(func.distinct(OrderLine.listing_id)),
            func.count(func.distinct(OrderLine.order_id)),
        )
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(OrderLine.state.in_(TO_BE_MAPPED), OrderLine.listing_id.is_not(None))
        .where(SalesOrder.intent.in_(("open", "on_hold")))
    )
    listings, orders = session.execute(query).one()
    return int(listings), int(orders)


def _short(session: Session) -> list[ShortItem]:
    query = (
        select(Item, func.sum(Shortage.quantity), func.max(Shortage.expected_on))
        .join(Shortage, Shortage.item_id == Item.id)
        .group_by(Item.id)
        .order_by(Item.code)
        .limit(MOST)
    )
    return [
        ShortItem(item=item, quantity=int(quantity), expected_on=expected_on)
        for item, quantity, expected_on in session.execute(query)
    ]


def _count(session: Session, record: type[InboundMessage] | type[OutboundMessage]) -> int:
    query = select(func.count()).select_from(record).where(record.state.in_(STUCK))
    return session.scalar(query) or 0


def _to_start(session: Session) -> list[RunToDo]:
    """Return the runs whose materials are all reserved in lots."""
    found = _runs(session, states=("planned", "released"))
    reserved = (
        select(func.coalesce(func.sum(Reservation.quantity), 0))
        .where(Reservation.need_id == ProductionNeed.id)
        .correlate(ProductionNeed)
        .scalar_subquery()
    )
    lacking = (
        select(ProductionNeed.production_order_id)
        .where(ProductionNeed.production_order_id.in_([each.run.id for each in found]))
        .where(ProductionNeed.needed > reserved)
    )
    stuck = set(session.scalars(lacking))
    return [each for each in found if each.run.id not in stuck][:MOST]


def _runs(session: Session, *, states: Sequence[str]) -> list[RunToDo]:
    query = (
        select(ProductionOrder, Item)
        .join(Item, Item.id == ProductionOrder.item_id)
        .where(ProductionOrder.state.in_(states))
        .order_by(ProductionOrder.needed_on, ProductionOrder.id)
    )
    return [RunToDo(run=run, item=item) for run, item in session.execute(query)]
