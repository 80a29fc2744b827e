"""Suppliers and purchase orders as people name and list them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.domain.purchasing import cost_of
from hub.models.by_id import as_id, by_id
from hub.models.newest import Newest, Window, newest
from hub.models.records.items import Item
from hub.models.records.purchasing import (
    PurchaseLine,
    PurchaseOrder,
    Supplier,
    SupplierItem,
)
from hub.models.records.stock import Lot

ON_ITS_WAY = "ordered"


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseLineRow:
    """A line, and the lots that came of it."""

    line: PurchaseLine
    item: Item
    lots: list[Lot]
    is_on_its_way: bool
    """Whether its order was placed and is not over."""

    @property
    def open(self) -> int:
        """What is still to come; thousandths."""
        if not self.is_on_its_way or self.line.is_closed:
            return 0
        return max(0, self.line.quantity - self.line.received)

    @property
    def over(self) -> int:
        """What came beyond what was ordered; thousandths."""
        return max(0, self.line.received - self.line.quantity)

    @property
    def cost(self) -> int | None:
        """What it costs as ordered, in millionths; None while nobody knows."""
        return cost_of(self.line.quantity, unit_cost_micros=self.line.unit_cost_micros)

    @property
    def cost_to_come(self) -> int | None:
        """What the part costs that is still to come, in millionths; None while nobody knows."""
        return cost_of(self.open, unit_cost_micros=self.line.unit_cost_micros)


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseRow:
    """A purchase order with all that is shown beside it."""

    order: PurchaseOrder
    supplier: Supplier
    lines: list[PurchaseLineRow]

    @property
    def expected_on(self) -> date | None:
        """When the last of what is still to come is expected; None when a part has no day."""
        days = [row.line.expected_on for row in self.lines if row.open]
        told = [day for day in days if day is not None]
        return max(told) if told and len(told) == len(days) else None

    def is_overdue(self, *, today: date) -> bool:
        """Say whether a part should have come before today."""
        days = [row.line.expected_on for row in self.lines if row.open]
        return any(day is not None and day < today for day in days)

    @property
    def costs(self) -> Mapping[str, int]:
        """What it costs as ordered, in millionths by currency; lines without a cost left out."""
        sums: dict[str, int] = defaultdict(int)
        for row in self.lines:
            if row.cost is not None:
                sums[row.line.currency] += row.cost
        return sums


def supplier_coded(session: Session, *, code: str) -> Supplier | None:
    """Return the supplier of that code."""
    return session.scalar(select(Supplier).filter_by(code=code))


def find_suppliers(session: Session, *, window: Window) -> Newest[Supplier]:
    """Return one page of suppliers."""
    return newest(session, select(Supplier), record=Supplier, window=window)


def suppliers_by_name(session: Session) -> list[Supplier]:
    """Return the suppliers in use, by name."""
    query = select(Supplier).where(Supplier.is_active)
    return list(session.scalars(query.order_by(Supplier.name, Supplier.id)))


def items_sold(
    session: Session, *, supplier_ids: Collection[int]
) -> dict[int, list[tuple[SupplierItem, Item]]]:
    """Return what each supplier sells, items by code."""
    query = (
        select(SupplierItem, Item)
        .join(Item, Item.id == SupplierItem.item_id)
        .where(SupplierItem.supplier_id.in_(supplier_ids))
        .order_by(Item.code)
    )
    sold: dict[int, list[tuple[SupplierItem, Item]]] = defaultdict(list)
    for row, item in session.execute(query):
        sold[row.supplier_id].append((row, item))
    return sold


def find_purchases(
    session: Session, *, state: str, supplier_id: int | None, window: Window
) -> Newest[PurchaseOrder]:
    """Return one page of purchase orders, of one state and supplier or of all."""
    query = select(PurchaseOrder)
    if state:
        query = query.where(PurchaseOrder.state == state)
    if supplier_id is not None:
        query = query.where(PurchaseOrder.supplier_id == supplier_id)
    return newest(session, query, record=PurchaseOrder, window=window)


def purchases_wanted(
    *, state: str = "", supplier_id: int | None = None, text: str = ""
) -> Select[PurchaseOrder]:
    """Choose the purchase orders that fit, in no order."""
    query = select(PurchaseOrder)
    if state:
        query = query.where(PurchaseOrder.state == state)
    if supplier_id is not None:
        query = query.where(PurchaseOrder.supplier_id == supplier_id)
    if text:
        named = select(Supplier.id).where(Supplier.name.icontains(text, autoescape=True))
        query = query.where(
            PurchaseOrder.number.icontains(text, autoescape=True)
            | PurchaseOrder.supplier_id.in_(named)
        )
    return query


def purchase_id_of(session: Session, *, named: str) -> int | None:
    """Return the id of the purchase order somebody means by its id or its number."""
    purchase_id = as_id(named)
    mine = {"number": named} if purchase_id is None else {"id": purchase_id}
    return session.scalar(select(PurchaseOrder.id).filter_by(**mine))


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A purchase order that is on its way, and what it still brings."""

    number: str
    supplier: str
    items: tuple[str, ...]
    expected_on: date | None
    """The first day on which some of it is to come; None when nobody knows."""


def purchases_awaited(session: Session, *, most: int) -> list[Awaited]:
    """Return the newest purchase orders of which something is still to come, by name."""
    query = (
        select(PurchaseOrder.id, PurchaseOrder.number, Supplier.name)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .where(PurchaseOrder.state == "ordered")
        .order_by(PurchaseOrder.id.desc())
        .limit(most)
    )
    found = session.execute(query).all()
    lines = (
        select(PurchaseLine.purchase_order_id, Item.name, PurchaseLine.expected_on)
        .join(Item, Item.id == PurchaseLine.item_id)
        .where(PurchaseLine.purchase_order_id.in_([row[0] for row in found]))
        .where(~PurchaseLine.is_closed, PurchaseLine.quantity > PurchaseLine.received)
        .order_by(PurchaseLine.id)
    )
    names: dict[int, list[str]] = defaultdict(list)
    days: dict[int, list[date]] = defaultdict(list)
    for purchase_id, name, expected_on in session.execute(lines):
        names[purchase_id].append(name)
        days[purchase_id] += [expected_on] if expected_on else []
    return [
        Awaited(
            number=number,
            supplier=supplier,
            items=tuple(names[purchase_id]),
            expected_on=min(days[purchase_id], default=None),
        )
        for purchase_id, number, supplier in found
        if purchase_id in names
    ]


def purchase_rows(
    session: Session, *, orders: Collection[PurchaseOrder]
) -> list[PurchaseRow]:
    """Add to each purchase order what is shown beside it, in the order given."""
    suppliers = by_id(session, Supplier, ids={order.supplier_id for order in orders})
    going = {order.id for order in orders if order.state == ON_ITS_WAY}
    lines: dict[int, list[PurchaseLineRow]] = defaultdict(list)
    found = session.execute(
        select(PurchaseLine, Item)
        .join(Item, Item.id == PurchaseLine.item_id)
        .where(PurchaseLine.purchase_order_id.in_([order.id for order in orders]))
        .order_by(PurchaseLine.id)
    ).all()
    lots = _lots(session, line_ids=[line.id for line, _ in found])
    for line, item in found:
        lines[line.purchase_order_id].append(
            PurchaseLineRow(
                line=line,
                item=item,
                lots=lots[line.id],
                is_on_its_way=line.purchase_order_id in going,
            )
        )
    return [
        PurchaseRow(
            order=order, supplier=suppliers[order.supplier_id], lines=lines[order.id]
        )
        for order in orders
    ]


def _lots(session: Session, *, line_ids: Collection[int]) -> dict[int, list[Lot]]:
    lots: dict[int, list[Lot]] = defaultdict(list)
    query = select(Lot).where(Lot.purchase_line_id.in_(line_ids)).order_by(Lot.id)
    for lot in session.scalars(query):
        if lot.purchase_line_id is not None:
            lots[lot.purchase_line_id].append(lot)
    return lots
