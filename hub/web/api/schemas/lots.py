"""Lots and their traces as the API takes and gives them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Literal

from pydantic import Field

from hub.domain.stock.trace import Edge, Graph, Node, NodeKind
from hub.models.planning.held import Holder
from hub.models.recalls.trace_edges import NodeNames
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.models.stock.lot_views import LotRow
from hub.web.api.quantities import (
    MoneyIn,
    MoneyOut,
    Quantity,
    QuantityIn,
    quantity,
    shown_unit_cost,
)
from hub.web.api.shapes import Day, In, Name, Out, PageQuery, Query

State = Literal["available", "quarantined", "recalled"]

WORDS = {NodeKind.RUN: "production_order", NodeKind.PURCHASE: "purchase_order"}
"""What the API calls a node where the domain has a shorter word."""


class LotIn(In):
    """Goods received."""

    item: str
    quantity: QuantityIn
    code: Name | None = Field(None, description="Made up when left out.")
    best_before: Day | None = None
    supplier_lot: str = Field("", max_length=200)
    unit_cost: MoneyIn | None = Field(
        None,
        description="Of one base unit of the item: a gram, a millilitre, a piece, a metre.",
    )


class Ref(Out):
    """Something else, by id and number."""

    id: str
    number: str


class LotOut(Out):
    """A lot and what is in it."""

    id: str
    code: str
    item: str
    item_name: str
    state: str
    best_before: date | None
    supplier_lot: str
    on_hand: Quantity
    reserved: Quantity
    available: Quantity = Field(description="Nobody's, and not put aside.")
    unit_cost: MoneyOut | None
    production_order: Ref | None = Field(
        description="What it came out of; null if received."
    )
    received_at: datetime


class HolderOut(Out):
    """Who holds a part of a lot."""

    kind: str
    id: str
    number: str
    quantity: Quantity
    is_firm: bool = Field(description="Picked for a run that is going on: go and look.")


class LotStateOut(LotOut):
    """A lot whose state changed, and who still holds a part of it."""

    holders: list[HolderOut]


class LotQuery(PageQuery):
    """Which lots."""

    item: str = ""
    state: State | None = None
    code: str = ""


class TraceQuery(Query):
    """Which way to follow a lot."""

    direction: Literal["forward", "backward", "full"] = "forward"


class TraceNode(Out):
    """A purchase order, lot, production order, shipment or order in a trace."""

    id: str = Field(examples=["lot:7"])
    kind: str
    ref: str = Field(description="Its own id.")
    label: str = Field(description="Its code or number.")
    item: str | None
    state: str
    supplier: str | None = Field(None, description="Of a purchase order.")
    supplier_lot: str | None = Field(None, description="Of a lot that was bought.")


class TraceEdge(Out):
    """So much of the one went into the other."""

    source: str
    target: str
    quantity: Quantity | None


class TraceOrder(Out):
    """An order that a part of the lot went to, or is meant for."""

    id: str
    number: str
    external_id: str
    external_number: str
    phase: str
    state: Literal["shipped", "reserved"]


class TraceOut(Out):
    """Where a lot went, or came from."""

    lot: str
    direction: str
    nodes: list[TraceNode]
    edges: list[TraceEdge]
    orders: list[TraceOrder]


def show_lot(row: LotRow) -> LotOut:
    """Write a lot."""
    lot, unit = row.lot, row.item.unit
    free = row.on_hand - row.reserved if lot.state == "available" else 0
    return LotOut(
        id=str(lot.id),
        code=lot.code,
        item=row.item.code,
        item_name=row.item.name,
        state=lot.state,
        best_before=lot.best_before,
        supplier_lot=lot.supplier_lot,
        on_hand=quantity(row.on_hand, unit=unit),
        reserved=quantity(row.reserved, unit=unit),
        available=quantity(free, unit=unit),
        unit_cost=shown_unit_cost(lot.unit_cost_micros, currency=lot.currency),
        production_order=Ref(id=str(row.run.id), number=row.run.number)
        if row.run
        else None,
        received_at=lot.received_at,
    )


def show_changed_lot(row: LotRow, *, holders: Iterable[Holder]) -> LotStateOut:
    """Write a lot with who still holds a part of it."""
    return LotStateOut(
        **dict(show_lot(row)),
        holders=[
            HolderOut(
                kind=holder.subject,
                id=str(holder.subject_id),
                number=holder.number,
                quantity=quantity(holder.quantity, unit=row.item.unit),
                is_firm=holder.is_firm,
            )
            for holder in holders
        ],
    )


def show_trace(
    graph: Graph,
    *,
    start: Node,
    direction: str,
    names: NodeNames,
    items: Mapping[int, Item],
    holding: Mapping[int, SalesOrder],
) -> TraceOut:
    """Write a trace; `holding` are the orders a part is only meant for so far."""
    shipped = [
        _order(names.orders[node.id], state="shipped")
        for node in graph.nodes
        if node.kind is NodeKind.ORDER
    ]
    gone = {order.id for order in shipped}
    return TraceOut(
        lot=str(start.id),
        direction=direction,
        nodes=[_node(node, names=names, items=items) for node in graph.nodes],
        edges=[_edge(edge, names=names, items=items) for edge in graph.edges],
        orders=shipped
        + [
            _order(order, state="reserved")
            for order_id, order in sorted(holding.items())
            if str(order_id) not in gone
        ],
    )


def _name(node: Node) -> str:
    return f"{WORDS.get(node.kind, node.kind.value)}:{node.id}"


def _node(node: Node, *, names: NodeNames, items: Mapping[int, Item]) -> TraceNode:
    label, item, state = _about(node, names=names)
    lot = names.lots.get(node.id) if node.kind is NodeKind.LOT else None
    return TraceNode(
        id=_name(node),
        kind=WORDS.get(node.kind, node.kind.value),
        ref=str(node.id),
        label=label,
        item=items[item].code if item is not None else None,
        state=state,
        supplier=_supplier(node, names=names),
        supplier_lot=lot.supplier_lot or None if lot else None,
    )


def _supplier(node: Node, *, names: NodeNames) -> str | None:
    if node.kind is not NodeKind.PURCHASE:
        return None
    return names.suppliers[names.purchases[node.id].supplier_id].name


def _about(node: Node, *, names: NodeNames) -> tuple[str, int | None, str]:
    match node.kind:
        case NodeKind.LOT:
            lot = names.lots[node.id]
            return lot.code, lot.item_id, lot.state
        case NodeKind.RUN:
            run = names.runs[node.id]
            return run.number, run.item_id, run.state
        case NodeKind.SHIPMENT:
            shipment = names.shipments[node.id]
            return shipment.number, None, shipment.state
        case NodeKind.PURCHASE:
            purchase = names.purchases[node.id]
            return purchase.number, None, purchase.state
        case _:
            order = names.orders[node.id]
            return order.number, None, order.phase


def _edge(edge: Edge, *, names: NodeNames, items: Mapping[int, Item]) -> TraceEdge:
    lots = [node.id for node in (edge.source, edge.target) if node.kind is NodeKind.LOT]
    unit = items[names.lots[lots[0]].item_id].unit if lots else ""
    return TraceEdge(
        source=_name(edge.source),
        target=_name(edge.target),
        quantity=quantity(edge.quantity, unit=unit) if unit else None,
    )


def _order(order: SalesOrder, *, state: Literal["shipped", "reserved"]) -> TraceOrder:
    return TraceOrder(
        id=str(order.id),
        number=order.number,
        external_id=order.external_id,
        external_number=order.external_number,
        phase=order.phase,
        state=state,
    )
