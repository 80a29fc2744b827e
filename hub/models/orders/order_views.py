"""Orders as lists and their own page show them, found by what people search for."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from hub.models.by_id import as_id
from hub.models.newest import Newest, Window, newest
from hub.models.orders.order_facts import OrderRow, order_rows
from hub.models.planning.open_work import OVER
from hub.models.records import planning
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import History
from hub.models.records.orders import Address, Customer, OrderLine, SalesOrder
from hub.models.records.production import ProductionLink, ProductionOrder
from hub.models.records.shipping import Shipment
from hub.models.substrings import holds

MOST_EVENTS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which orders a list shows; empty parts ask for nothing."""

    phase: str = ""
    channel: str = ""
    external_id: str = ""
    text: str = ""
    by_person: bool = False
    """Whether `text` may also find orders by their buyer."""
    only_at_risk: bool = False
    """Those that will miss the date they were given."""
    promised_from: date | None = None
    promised_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """One order with everything its page shows."""

    facts: OrderRow
    account: ChannelAccount
    links: Mapping[int, list[tuple[ProductionLink, ProductionOrder]]]
    """By demand: the runs that were ever made for it."""
    promise: planning.Promise | None
    events: list[History]
    customer: Customer | None
    ship_to: Address | None


def find_orders(session: Session, *, wanted: Wanted, window: Window) -> Newest[SalesOrder]:
    """Return one page of the orders that fit, newest first."""
    return newest(session, orders_wanted(wanted), record=SalesOrder, window=window)


def orders_wanted(wanted: Wanted) -> Select[SalesOrder]:
    """Choose the orders that fit, in no order."""
    query = select(SalesOrder)
    if wanted.phase:
        query = query.where(SalesOrder.phase == wanted.phase)
    if wanted.external_id:
        query = query.where(SalesOrder.external_id == wanted.external_id)
    if wanted.channel:
        query = query.where(SalesOrder.account_id.in_(accounts_called(wanted.channel)))
    if wanted.only_at_risk:
        query = query.where(SalesOrder.is_at_risk, SalesOrder.phase.not_in(OVER))
    if wanted.promised_from:
        query = query.where(SalesOrder.promised_on >= wanted.promised_from)
    if wanted.promised_to:
        query = query.where(SalesOrder.promised_on <= wanted.promised_to)
    return _search(query, wanted) if wanted.text else query


def accounts_called(channel: str) -> Select[int]:
    """Choose channel accounts by their id or by the channel they are of."""
    account_id = as_id(channel)
    same = ChannelAccount.channel == channel
    named = same if account_id is None else or_(same, ChannelAccount.id == account_id)
    return select(ChannelAccount.id).where(named)


def _search(query: Select[SalesOrder], wanted: Wanted) -> Select[SalesOrder]:
    words = wanted.text
    columns = [SalesOrder.number, SalesOrder.external_number, SalesOrder.external_id]
    fits = [holds(column, words) for column in columns]
    if wanted.by_person:
        buyers = select(Customer.id).where(
            or_(
                holds(Customer.name, words),
                holds(Customer.email, words),
            )
        )
        fits.append(SalesOrder.customer_id.in_(buyers))
    return query.where(or_(*fits))


def order_id_of(session: Session, *, named: str) -> int | None:
    """Return the id of the order somebody means by its id or its number."""
    query = select(SalesOrder.id)
    order_id = as_id(named)
    mine = {"number": named} if order_id is None else {"id": order_id}
    return session.scalar(query.filter_by(**mine))


def order_page(session: Session, *, order_id: int) -> OrderPage | None:
    """Load one order with all that its page shows; None when there is none."""
    rows = order_rows(session, order_ids=[order_id])
    if not rows:
        return None
    [facts] = rows
    order = facts.order
    demand_ids = [demand.id for line in facts.lines for demand in line.demands]
    links = links_by_demand(session, demand_ids=demand_ids)
    runs = {run.id for found in links.values() for _, run in found}
    newest_promise = (
        select(planning.Promise)
        .filter_by(order_id=order_id)
        .order_by(planning.Promise.version.desc())
        .limit(1)
    )
    return OrderPage(
        facts=facts,
        account=session.get_one(ChannelAccount, order.account_id),
        links=links,
        promise=session.scalar(newest_promise),
        events=_events(session, facts, run_ids=runs),
        customer=session.get(Customer, order.customer_id) if order.customer_id else None,
        ship_to=session.get(Address, order.ship_to_id) if order.ship_to_id else None,
    )


def links_by_demand(
    session: Session, *, demand_ids: Collection[int]
) -> dict[int, list[tuple[ProductionLink, ProductionOrder]]]:
    """Return the links of demands with their runs, oldest run first."""
    query = (
        select(ProductionLink, ProductionOrder)
        .join(ProductionOrder, ProductionOrder.id == ProductionLink.production_order_id)
        .where(ProductionLink.demand_id.in_(demand_ids))
        .order_by(ProductionOrder.id)
    )
    links: dict[int, list[tuple[ProductionLink, ProductionOrder]]] = defaultdict(list)
    for link, run in session.execute(query):
        if link.demand_id is not None:
            links[link.demand_id].append((link, run))
    return links


def _events(
    session: Session, facts: OrderRow, *, run_ids: Collection[int]
) -> list[History]:
    """What happened to the order, its lines, its parcels and the runs made for it; in time."""
    order_id = facts.order.id
    line_ids = [row.line.id for row in facts.lines]
    parcels = select(Shipment.id).where(Shipment.order_id == order_id)
    about = or_(
        and_(History.subject == "order", History.subject_id == order_id),
        and_(History.subject == "line", History.subject_id.in_(line_ids)),
        and_(History.subject == "shipment", History.subject_id.in_(parcels)),
        and_(History.subject == "production_order", History.subject_id.in_(run_ids)),
    )
    query = select(History).where(about).order_by(History.id.desc()).limit(MOST_EVENTS)
    return list(reversed(session.scalars(query).all()))


def line_named(session: Session, *, order_id: int, named: str) -> OrderLine | None:
    """Return the line of an order that somebody means by its id, or by its id at the channel."""
    lines = select(OrderLine).filter_by(order_id=order_id)
    own = session.scalar(lines.filter_by(id=as_id(named)))
    return own or session.scalar(lines.filter_by(external_id=named))
