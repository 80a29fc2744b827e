"""What the hub holds after an event, read from its rows in the words of the worked week."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.making.completing import still_to_come
from hub.models.catalogue.item_figures import item_figures
from hub.models.purchasing.purchase_needs import suggestion_rows
from hub.models.recalls.recall_views import recall_page
from hub.models.records.items import Item
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.planning import Promise, Shortage
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder
from hub.models.records.purchasing import PurchaseCover, PurchaseLine, PurchaseOrder
from hub.models.records.recalls import Recall
from hub.models.records.stock import Lot, Reservation
from tests.flow.week.week_document import NOTHING, Row, say_amount, say_day

UNFINISHED = ("planned", "released", "running")
SHORT = "short"
Rows = list[Row]


def order_rows(session: Session, _today: date) -> Rows:
    """Who gets what: the order, and of which item how much from where."""
    query = (
        select(Demand.id, SalesOrder.number, Item.code)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .join(Item, Item.id == Demand.item_id)
    )
    owners: dict[int | None, tuple[str, str]]
    owners = {key: (number, code) for key, number, code in session.execute(query)}
    column = Reservation.demand_id
    rows = [
        (*owners[key], say_amount(quantity), lot)
        for key, quantity, lot in session.execute(
            select(column, Reservation.quantity, Lot.code)
            .join(Lot, Lot.id == Reservation.lot_id)
            .where(column.is_not(None))
        )
    ]
    for link, run in _open_links(session):
        if link.demand_id is not None:
            left = link.planned - link.done
            rows.append((*owners[link.demand_id], say_amount(left), run.number))
    for short in session.scalars(select(Shortage).where(Shortage.demand_id.is_not(None))):
        owner = owners[short.demand_id]
        rows.append((*owner, say_amount(short.quantity), SHORT))
    return _gathered(rows)


def _gathered(rows: Iterable[tuple[str, str, str, str]]) -> Rows:
    """Say of each owner in one cell what it has, by item."""
    shares: dict[str, list[str]] = defaultdict(list)
    for owner, item, quantity, source in rows:
        of = source if source == SHORT else f"of {source}"
        shares[owner].append(f"{item} {quantity} {of}")
    return [(owner, ", ".join(sorted(some))) for owner, some in sorted(shares.items())]


def _open_links(session: Session) -> list[tuple[ProductionLink, ProductionOrder]]:
    query = (
        select(ProductionLink, ProductionOrder)
        .join(ProductionOrder, ProductionOrder.id == ProductionLink.production_order_id)
        .where(ProductionOrder.state.in_(UNFINISHED))
        .where(ProductionLink.planned > ProductionLink.done)
    )
    return [(link, run) for link, run in session.execute(query)]


def run_rows(session: Session, _today: date) -> Rows:
    """What is made: run, state, item, batches, what they give, for whom, and when."""
    links = _open_links(session)
    query = select(ProductionOrder).where(ProductionOrder.state.in_(UNFINISHED))
    rows: Rows = []
    for run in session.scalars(query):
        item = session.get_one(Item, run.item_id)
        gives = still_to_come(run.planned, produced=run.produced, scrapped=run.scrapped)
        shares = sorted(
            (_for_whom(session, link), link.planned - link.done)
            for link, other in links
            if other.id == run.id
        )
        free = gives - sum(quantity for _, quantity in shares)
        shares += [("free", free)] if free else []
        rows.append(
            (
                run.number,
                run.state,
                item.code,
                str(run.batches),
                say_amount(gives),
                ", ".join(f"{whom} {say_amount(share)}" for whom, share in shares),
                say_day(run.starts_on),
                say_day(run.ends_on),
                say_day(run.ready_on),
            )
        )
    return sorted(rows)


def _for_whom(session: Session, link: ProductionLink) -> str:
    if link.need_id is not None:
        need = session.get_one(ProductionNeed, link.need_id)
        return session.get_one(ProductionOrder, need.production_order_id).number
    demand = session.get_one(Demand, link.demand_id)
    line = session.get_one(OrderLine, demand.order_line_id)
    return session.get_one(SalesOrder, line.order_id).number


def material_rows(session: Session, _today: date) -> Rows:
    """What runs take: the run, and of which item how much from where."""
    query = (
        select(ProductionNeed.id, ProductionOrder.number)
        .join(ProductionOrder, ProductionOrder.id == ProductionNeed.production_order_id)
        .where(ProductionOrder.state.in_(UNFINISHED))
    )
    owners: dict[int | None, str] = {key: run for key, run in session.execute(query)}
    rows: list[tuple[str, str, int, str]] = []
    for held, code, lot in session.execute(
        select(Reservation, Item.code, Lot.code)
        .join(Lot, Lot.id == Reservation.lot_id)
        .join(Item, Item.id == Reservation.item_id)
        .where(Reservation.need_id.is_not(None))
    ):
        rows.append((owners[held.need_id], code, held.quantity, lot))
    for link, run in _open_links(session):
        if link.need_id is not None:
            code = session.get_one(Item, run.item_id).code
            left = link.planned - link.done
            rows.append((owners[link.need_id], code, left, run.number))
    for cover, code, number in session.execute(
        select(PurchaseCover, Item.code, PurchaseOrder.number)
        .join(Item, Item.id == PurchaseCover.item_id)
        .join(PurchaseLine, PurchaseLine.id == PurchaseCover.purchase_line_id)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
    ):
        rows.append((owners[cover.need_id], code, cover.quantity, number))
    for short, code in session.execute(
        select(Shortage, Item.code)
        .join(Item, Item.id == Shortage.item_id)
        .where(Shortage.need_id.is_not(None))
    ):
        rows.append((owners[short.need_id], code, short.quantity, SHORT))
    return _gathered(
        (run, code, say_amount(left), whence) for run, code, left, whence in rows
    )


def promise_rows(session: Session, _today: date) -> Rows:
    """When each open order leaves and arrives, what it was told first, and why."""
    rows: Rows = []
    for order in session.scalars(select(SalesOrder).where(SalesOrder.intent == "open")):
        query = select(Promise).filter_by(order_id=order.id)
        told = session.scalars(query.order_by(Promise.version.desc())).first()
        if told is None or order.phase in ("shipped", "delivered"):
            continue
        reasons = [each for each in told.reasons if isinstance(each, dict)]
        leaves = [each["on"] for each in reasons if each["kind"] == "shipping_day"]
        rows.append(
            (
                order.number,
                say_day(date.fromisoformat(leaves[0])) if leaves else NOTHING,
                say_day(order.earliest_on),
                say_day(order.promised_on),
                _late(order),
                ", ".join(
                    dict.fromkeys(
                        _reason(each) for each in reasons if each["kind"] != "shipping_day"
                    )
                ),
            )
        )
    return sorted(rows)


def _late(order: SalesOrder) -> str:
    if not order.is_at_risk:
        return "no"
    days = order.risk.get("days_late")
    if not days:
        return "no date"
    return "1 day late" if days == 1 else f"{days} days late"


def _reason(reason: Mapping[str, object]) -> str:
    on = str(reason.get("on", ""))
    when = say_day(date.fromisoformat(on)) if on else ""
    match reason["kind"]:
        case "stock":
            return "stock"
        case "run":
            return f"{reason['ref']} {when}"
        case "material":
            return f"{reason['item']} from {reason['ref']} {when}"
        case "material_lead_time":
            return f"{reason['item']} not ordered until {when}"
        case "capacity":
            return f"{reason['where']} full until {when}"
        case "cut_off":
            return "after 14:00"
        case "transit":
            return f"{reason['days']} days"
        case other:
            return str(other)


def buy_rows(session: Session, today: date) -> Rows:
    """What to buy: item, missing, order, for whom, at the latest, and when it would come."""
    return [
        (
            row.item.code,
            say_amount(row.suggestion.missing),
            say_amount(row.suggestion.quantity),
            ", ".join(row.suggestion.waiting) or "stock",
            say_day(row.suggestion.order_by),
            say_day(row.suggestion.expected_on),
        )
        for row in suggestion_rows(session, today=today)
    ]


def can_promise_rows(session: Session, today: date) -> Rows:
    """What can be promised of each product: in stock, still makeable, altogether."""
    items = session.scalars(select(Item).where(Item.kind == "product")).all()
    figures = item_figures(session, item_ids=[item.id for item in items], on=today)
    return sorted(
        (
            item.code,
            say_amount(figures[item.id].available),
            say_amount(item.makeable),
            say_amount(figures[item.id].promisable),
        )
        for item in items
    )


def lot_rows(session: Session, _today: date) -> Rows:
    """The mass balance of each lot that the newest recall reaches, nearest first."""
    recall = session.scalars(select(Recall).order_by(Recall.id.desc())).first()
    if recall is None:
        return []
    page = recall_page(session, recall_id=recall.id)
    return [
        (
            each.lot.code,
            say_amount(each.balance.received + each.balance.produced),
            say_amount(each.balance.consumed),
            say_amount(each.balance.shipped),
            say_amount(each.balance.scrapped),
            say_amount(each.balance.adjusted),
            say_amount(each.balance.on_hand),
            say_amount(each.balance.difference),
        )
        for each in page.lots
    ]


def buyer_rows(session: Session, _today: date) -> Rows:
    """The orders that the newest recall reaches, and what they have of which lot."""
    recall = session.scalars(select(Recall).order_by(Recall.id.desc())).first()
    if recall is None:
        return []
    page = recall_page(session, recall_id=recall.id)
    return sorted(
        (each.order.number, "sent" if each.is_sent else "waiting") for each in page.orders
    )


FIGURES: Mapping[str, Callable[[Session, date], Rows]] = {
    "order": order_rows,
    "run": run_rows,
    "material for": material_rows,
    "promise": promise_rows,
    "buy": buy_rows,
    "can promise": can_promise_rows,
    "lot reached": lot_rows,
    "buyer": buyer_rows,
}
"""What each kind of table in a day's chapter shows."""
