"""What the production board shows beside its cards: a page of a column, and what has no run yet."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.domain.phase import Phase
from hub.domain.states import UNFINISHED
from hub.models.by_id import by_id
from hub.models.completions import ProductionSlot
from hub.models.items import Item
from hub.models.orders import Demand, OrderLine, SalesOrder
from hub.models.planning import CheckCover, Shortage
from hub.models.production import ProductionLink, ProductionOrder
from hub.models.purchasing import PurchaseCover
from hub.models.stock import Reservation

NOT_PLANNED_YET = "unplanned"
WITHOUT_A_RUN = (Phase.NEW, Phase.NEEDS_ATTENTION, Phase.WAITING_FOR_MATERIALS)
"""The phases in which an order may ask for something that nothing covers."""
MOST_DEMANDS = 300
"""How many open demands are looked at for what has no run, the first promised first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardQuery:
    """What of a column is asked for."""

    state: str
    centre_id: int | None = None
    """Only runs with a step at that work centre."""
    text: str = ""
    """Only runs of that number, or of items whose name or code holds it."""
    done_since: datetime | None = None
    limit: int = 40
    skip: int = 0


@dataclass(frozen=True, slots=True)
class BoardPage:
    """A page of a column, and how many runs the whole column has."""

    runs: Sequence[ProductionOrder]
    total: int


@dataclass(slots=True, kw_only=True)
class Ghost:
    """What is wanted of an item and is in no run, for whom, and why; thousandths."""

    item: Item
    quantity: int = 0
    orders: list[SalesOrder] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    """Machine words: of an order that waits, of a shortage, or NOT_PLANNED_YET."""

    @property
    def promised_on(self) -> date | None:
        """The first day somebody was promised it."""
        return min((o.promised_on for o in self.orders if o.promised_on), default=None)


def board_page(session: Session, asked: BoardQuery) -> BoardPage:
    """Return runs of one state: those needed first come first; of finished ones the latest."""
    wanted = _wanted(asked)
    total = session.scalar(select(func.count(ProductionOrder.id)).where(*wanted)) or 0
    query = select(ProductionOrder).where(*wanted)
    if asked.state == "done":
        query = query.order_by(
            ProductionOrder.finished_at.desc(), ProductionOrder.id.desc()
        )
    else:
        last = ProductionOrder.needed_on.is_(None)
        query = query.order_by(last, ProductionOrder.needed_on, ProductionOrder.id)
    runs = session.scalars(query.offset(asked.skip).limit(asked.limit)).all()
    return BoardPage(runs, total)


def _wanted(asked: BoardQuery) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [ProductionOrder.state == asked.state]
    if asked.done_since is not None:
        wanted.append(ProductionOrder.finished_at >= asked.done_since)
    if asked.centre_id is not None:
        wanted.append(_happens_at(asked.centre_id))
    if asked.text:
        wanted.append(_named(asked.text))
    return wanted


def _happens_at(centre_id: int) -> ColumnElement[bool]:
    there = select(ProductionSlot.production_order_id).where(
        ProductionSlot.work_centre_id == centre_id
    )
    return or_(ProductionOrder.work_centre_id == centre_id, ProductionOrder.id.in_(there))


def _named(text: str) -> ColumnElement[bool]:
    items = select(Item.id).where(
        or_(
            Item.name.icontains(text, autoescape=True),
            Item.code.icontains(text, autoescape=True),
        )
    )
    return or_(
        ProductionOrder.item_id.in_(items),
        ProductionOrder.number.icontains(text, autoescape=True),
    )


def ghosts(session: Session, *, text: str = "", limit: int = 12) -> list[Ghost]:
    """Return what orders want and no run makes, one entry an item, the first promised first."""
    open_part = _open_part()
    short = select(Shortage.reason).where(Shortage.demand_id == Demand.id)
    query = (
        select(Demand.item_id, open_part, SalesOrder, short.limit(1).scalar_subquery())
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(SalesOrder.phase.in_(WITHOUT_A_RUN), open_part > 0)
        .order_by(SalesOrder.promised_on.is_(None), SalesOrder.promised_on, SalesOrder.id)
        .limit(MOST_DEMANDS)
    )
    rows = session.execute(query).all()
    items = by_id(session, Item, ids={item_id for item_id, *_ in rows})
    found: dict[int, Ghost] = {}
    for item_id, quantity, order, reason in rows:
        ghost = found.setdefault(item_id, Ghost(item=items[item_id]))
        ghost.quantity += int(quantity)
        if order not in ghost.orders:
            ghost.orders.append(order)
        for why in [reason] if reason else _why_waits(order):
            if why not in ghost.reasons:
                ghost.reasons.append(why)
    kept = [each for each in found.values() if _is_asked(each.item, text)]
    return sorted(kept, key=lambda each: each.promised_on or date.max)[:limit]


def _is_asked(item: Item, text: str) -> bool:
    wanted = text.casefold()
    return wanted in item.name.casefold() or wanted in item.code.casefold()


def _why_waits(order: SalesOrder) -> list[str]:
    """What a person said of the order, or the shop; of what is ready, that its turn comes."""
    about_lines = {"short", "on_its_way", "quality_check", "no_recipe", "unmapped"}
    reasons = [str(each) for each in order.hold_reasons if str(each) not in about_lines]
    return reasons or [NOT_PLANNED_YET]


def _open_part() -> ColumnElement[int]:
    """Say in SQL what of a demand neither lots, runs nor purchases cover."""
    reserved = _sum(Reservation.quantity, Reservation.demand_id == Demand.id)
    bought = _sum(PurchaseCover.quantity, PurchaseCover.demand_id == Demand.id)
    checked = _sum(CheckCover.quantity, CheckCover.demand_id == Demand.id)
    made = (
        select(func.coalesce(func.sum(ProductionLink.planned - ProductionLink.done), 0))
        .join(ProductionOrder, ProductionOrder.id == ProductionLink.production_order_id)
        .where(ProductionLink.demand_id == Demand.id)
        .where(ProductionOrder.state.in_(UNFINISHED))
        .where(ProductionLink.planned > ProductionLink.done)
        .correlate(Demand)
        .scalar_subquery()
    )
    return Demand.quantity - Demand.shipped - reserved - bought - checked - made


def _sum(
    column: InstrumentedAttribute[int], mine: ColumnElement[bool]
) -> ColumnElement[int]:
    query = select(func.coalesce(func.sum(column), 0)).where(mine)
    return query.correlate(Demand).scalar_subquery()
