"""What the production board shows beside its cards: a page of a column, and what has no run yet."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, defer

from hub.domain.orders.phase import Phase
from hub.domain.states import UNFINISHED
from hub.models.by_id import by_id
from hub.models.making.run_views import OrderNamed
from hub.models.records.completions import ProductionSlot
from hub.models.records.items import Item
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.planning import CheckCover, Shortage
from hub.models.records.production import ProductionLink, ProductionOrder
from hub.models.records.purchasing import PurchaseCover
from hub.models.records.stock import Reservation

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
    """A page of a column, how many runs the whole column has, and how many come before it."""

    runs: Sequence[ProductionOrder]
    total: int
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ghost:
    """What is wanted of an item and is in no run, for whom, and why; thousandths."""

    item: Item
    quantity: int
    orders: Sequence[OrderNamed]
    reasons: Sequence[str]
    """Machine words: of an order that waits, of a shortage, or NOT_PLANNED_YET."""

    @property
    def promised_on(self) -> date | None:
        """The first day somebody was promised it."""
        return min((o.promised_on for o in self.orders if o.promised_on), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ghosts:
    """The items wanted and in no run that are shown, and what is left out."""

    shown: Sequence[Ghost] = ()
    more: int = 0
    """How many other items are wanted so."""
    is_cut: bool = False
    """Whether more is open than was looked at (MOST_DEMANDS), so that there may be more items."""


@dataclass(slots=True)
class _Unmade:
    quantity: int = 0
    orders: dict[int, OrderNamed] = field(default_factory=dict)
    reasons: dict[str, None] = field(default_factory=dict)


def board_page(session: Session, asked: BoardQuery) -> BoardPage:
    """Return runs of one state: those needed first come first; of finished ones the latest.

    Beyond the last page there is the last page: runs move on while somebody reads.
    """
    wanted = _wanted(asked)
    total = session.scalar(select(func.count(ProductionOrder.id)).where(*wanted)) or 0
    skipped = min(asked.skip, max(0, total - 1) // asked.limit * asked.limit)
    query = select(ProductionOrder).where(*wanted).options(defer(ProductionOrder.recipe))
    if asked.state == "done":
        query = query.order_by(
            ProductionOrder.finished_at.desc(), ProductionOrder.id.desc()
        )
    else:
        last = ProductionOrder.needed_on.is_(None)
        query = query.order_by(last, ProductionOrder.needed_on, ProductionOrder.id)
    runs = session.scalars(query.offset(skipped).limit(asked.limit)).all()
    return BoardPage(runs, total, skipped)


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
    return or_(
        ProductionOrder.item_id.in_(select(Item.id).where(_is_named(text))),
        ProductionOrder.number.icontains(text, autoescape=True),
    )


def _is_named(text: str) -> ColumnElement[bool]:
    return or_(
        Item.name.icontains(text, autoescape=True),
        Item.code.icontains(text, autoescape=True),
    )


def ghosts(session: Session, *, text: str = "", limit: int | None = None) -> Ghosts:
    """Return what orders want and no run makes, one entry an item, the first promised first."""
    found: dict[int, _Unmade] = {}
    wanted = list(_without_a_run(session, text=text))
    for item_id, quantity, order, reason, holds in wanted[:MOST_DEMANDS]:
        unmade = found.setdefault(item_id, _Unmade())
        unmade.quantity += quantity
        unmade.orders.setdefault(order.id, order)
        unmade.reasons |= dict.fromkeys([reason] if reason else _why_waits(holds))
    shown = list(found.items())[:limit]
    items = by_id(session, Item, ids=[item_id for item_id, _ in shown])
    return Ghosts(
        shown=[
            Ghost(
                item=items[item_id],
                quantity=unmade.quantity,
                orders=list(unmade.orders.values()),
                reasons=list(unmade.reasons),
            )
            for item_id, unmade in shown
        ],
        more=len(found) - len(shown),
        is_cut=len(wanted) > MOST_DEMANDS,
    )


def _without_a_run(
    session: Session, *, text: str
) -> Iterator[tuple[int, int, OrderNamed, str | None, list[object]]]:
    """Give the demands that nothing covers, of items named so; whole records are not needed."""
    open_part = _open_part()
    short = select(Shortage.reason).where(Shortage.demand_id == Demand.id)
    query = (
        select(
            Demand.item_id,
            open_part,
            SalesOrder.id,
            SalesOrder.number,
            SalesOrder.phase,
            SalesOrder.promised_on,
            SalesOrder.is_at_risk,
            short.limit(1).scalar_subquery(),
            SalesOrder.hold_reasons,
        )
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(SalesOrder.phase.in_(WITHOUT_A_RUN), open_part > 0)
        .order_by(SalesOrder.promised_on.is_(None), SalesOrder.promised_on, SalesOrder.id)
        .limit(MOST_DEMANDS + 1)
    )
    if text:
        query = query.join(Item, Item.id == Demand.item_id).where(_is_named(text))
    for item_id, quantity, *named, reason, holds in session.execute(query):
        order_id, number, phase, day, at_risk = named
        order = OrderNamed(
            id=order_id, number=number, phase=phase, promised_on=day, is_at_risk=at_risk
        )
        yield item_id, int(quantity), order, reason, holds


def _why_waits(holds: Iterable[object]) -> list[str]:
    """What a person said of the order, or the shop; of what is ready, that its turn comes."""
    about_lines = {"short", "on_its_way", "quality_check", "no_recipe", "unmapped"}
    reasons = [str(each) for each in holds if str(each) not in about_lines]
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
