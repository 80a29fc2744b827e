"""What made a move of the ledger: the run, parcel, purchase or order behind its reference."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.models.among import among
from hub.models.by_id import as_id, by_id
from hub.models.records.completions import Completion
from hub.models.records.decisions import Decision
from hub.models.records.orders import SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.purchasing import PurchaseLine, PurchaseOrder
from hub.models.records.shipping import Shipment
from hub.models.records.stock import Lot, StockMove


@dataclass(frozen=True, slots=True)
class Source:
    """What made a move."""

    kind: str
    """run | shipment | purchase | order"""
    id: int
    number: str


def sources_of(session: Session, *, moves: Sequence[StockMove]) -> dict[int, Source]:
    """Say by move what made it; left out is what a person did to the lot itself.

    A move that takes another one back has the other's source.
    """
    refs = {
        key: (move.ref_type, as_id(move.ref_id)) for key, move in _meant(session, moves)
    }
    wanted: dict[str, set[int]] = defaultdict(set)
    for ref_type, ref_id in refs.values():
        if ref_id is not None:
            wanted[ref_type].add(ref_id)
    found = {
        (ref_type, ref_id): Source(kind, source_id, number)
        for ref_type, (kind, query, column) in _REFS.items()
        if ref_type in wanted
        for ref_id, source_id, number in session.execute(
            query.where(among(column, wanted[ref_type]))
        )
    }
    return {key: found[ref] for key, ref in refs.items() if ref in found}


def _meant(session: Session, moves: Sequence[StockMove]) -> Iterator[tuple[int, StockMove]]:
    undone = {move.reverses_id for move in moves if move.reverses_id is not None}
    others = by_id(session, StockMove, ids=undone)
    for move in moves:
        yield move.id, move if move.reverses_id is None else others[move.reverses_id]


_REFS: Mapping[str, tuple[str, Select[int, int, str], InstrumentedAttribute[int]]] = {
    "completion": (
        "run",
        select(Completion.id, ProductionOrder.id, ProductionOrder.number).join(
            ProductionOrder, ProductionOrder.id == Completion.production_order_id
        ),
        Completion.id,
    ),
    "production_order": (
        "run",
        select(ProductionOrder.id, ProductionOrder.id, ProductionOrder.number),
        ProductionOrder.id,
    ),
    "shipment": (
        "shipment",
        select(Shipment.id, Shipment.id, Shipment.number),
        Shipment.id,
    ),
    "decision": (
        "order",
        select(Decision.id, SalesOrder.id, SalesOrder.number).join(
            SalesOrder, SalesOrder.id == Decision.order_id
        ),
        Decision.id,
    ),
    "lot": (
        "purchase",
        select(Lot.id, PurchaseOrder.id, PurchaseOrder.number)
        .join(PurchaseLine, PurchaseLine.id == Lot.purchase_line_id)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id),
        Lot.id,
    ),
}
"""By what a move names: what kind of source that is, and how it is read, by which id."""
