"""What of an order could go into a parcel: its lines, what they still want, what is held for it."""

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.planning.freshness import days_asked
from hub.models.planning.held import Held, held_by_demands
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from hub.models.records.orders import Customer, Demand, OrderLine, SalesOrder


@dataclass(slots=True)
class PackDemand:
    """What one piece of a line takes of an item, and the lots held for it."""

    demand: Demand
    min_remaining_days: int
    held: list[Held] = field(default_factory=list)


@dataclass(slots=True)
class PackLine:
    """A line with what it still asks for; what it no longer asks for is left out."""

    line: OrderLine
    demands: list[PackDemand] = field(default_factory=list)

    @property
    def open_pieces(self) -> int:
        """The pieces the buyer still wants from us."""
        line = self.line
        return max(0, line.ordered - line.cancelled - line.sent_elsewhere - line.shipped)


def items_of_order(session: Session, *, order_id: int) -> set[int]:
    """Return the items an order asks for."""
    query = (
        select(Demand.item_id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .where(OrderLine.order_id == order_id)
    )
    return set(session.scalars(query))


def pack_lines(session: Session, *, order_id: int) -> list[PackLine]:
    """Return an order's lines as they are now, in the order's order."""
    lines = select(OrderLine).filter_by(order_id=order_id)
    ordered = lines.order_by(OrderLine.position, OrderLine.id)
    fresh = ordered.execution_options(populate_existing=True)
    by_id = {line.id: PackLine(line) for line in session.scalars(fresh)}
    demands = (
        select(Demand, days_asked())
        .join(Item, Item.id == Demand.item_id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .join(ChannelAccount, ChannelAccount.id == SalesOrder.account_id)
        .outerjoin(Customer, Customer.id == SalesOrder.customer_id)
        .where(Demand.order_line_id.in_(by_id), Demand.quantity > Demand.shipped)
        .order_by(Demand.id)
        .execution_options(populate_existing=True)
    )
    found = [PackDemand(demand, days) for demand, days in session.execute(demands)]
    held: dict[int | None, list[Held]] = defaultdict(list)
    for each in held_by_demands(session, demand_ids=[pack.demand.id for pack in found]):
        held[each.demand_id].append(each)
    for pack in found:
        pack.held = held[pack.demand.id]
        by_id[pack.demand.order_line_id].demands.append(pack)
    return list(by_id.values())
