"""What was decided about orders, and what still waits for a person, as lists and pages show it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, and_, cast, exists, select
from sqlalchemy.orm import Session

from hub.models.by_id import by_id
from hub.models.newest import Newest, Window, newest
from hub.models.records.decisions import Decision
from hub.models.records.items import Item
from hub.models.records.orders import OrderLine, SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.shipping import Shipment
from hub.models.records.stock import Lot, StockMove

REF = "decision"
"""What the moves of pieces sent by hand name as their cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """So much of a lot; thousandths."""

    lot: Lot
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """A decision with everything its reader must know."""

    decision: Decision
    order: SalesOrder
    line: OrderLine | None
    item: Item | None
    run: ProductionOrder | None
    shipment: Shipment | None
    taken: Sequence[Part]
    """What was taken out of lots because the shop says that it was sent."""


def standing() -> ColumnElement[bool]:
    """Choose what waits for a person."""
    # As the index of them says it: of IS TRUE, SQLite walks all that was ever decided.
    return and_(Decision.needs_person, Decision.done_at.is_(None))


def find_decisions(
    session: Session, *, state: str, order_id: int | None, window: Window
) -> Newest[Decision]:
    """Return one page of decisions: open (a person is waited for), done (answered), or all."""
    query = select(Decision)
    if state == "open":
        query = query.where(standing())
    if state == "done":
        query = query.where(Decision.done_at.is_not(None))
    if order_id is not None:
        query = query.where(Decision.order_id == order_id)
    return newest(session, query, record=Decision, window=window)


def standing_of(session: Session, *, order_id: int) -> list[DecisionView]:
    """Return what waits for a person about an order, oldest first."""
    query = select(Decision).where(standing(), Decision.order_id == order_id)
    rows = session.scalars(query.order_by(Decision.id)).all()
    return decision_views(session, decisions=rows)


def oldest_standing(session: Session, *, most: int) -> list[DecisionView]:
    """Return the decisions that have waited longest for a person."""
    query = select(Decision).where(standing()).order_by(Decision.id).limit(most)
    return decision_views(session, decisions=session.scalars(query).all())


def decision_views(
    session: Session, *, decisions: Collection[Decision]
) -> list[DecisionView]:
    """Load what the readers of these decisions must know, in their order."""
    orders = by_id(session, SalesOrder, ids={row.order_id for row in decisions})
    lines = by_id(session, OrderLine, ids=_named(row.order_line_id for row in decisions))
    items = by_id(session, Item, ids=_named(row.item_id for row in decisions))
    runs = by_id(
        session, ProductionOrder, ids=_named(row.production_order_id for row in decisions)
    )
    parcels = by_id(session, Shipment, ids=_named(row.shipment_id for row in decisions))
    taken = _taken(session, [row.id for row in decisions])
    return [
        DecisionView(
            decision=row,
            order=orders[row.order_id],
            line=lines.get(row.order_line_id or 0),
            item=items.get(row.item_id or 0),
            run=runs.get(row.production_order_id or 0),
            shipment=parcels.get(row.shipment_id or 0),
            taken=taken.get(row.id, []),
        )
        for row in decisions
    ]


def not_yet_taken(session: Session, *, item_ids: Collection[int]) -> list[Decision]:
    """Return the decisions whose pieces have still to be taken out of their lots."""
    query = select(Decision).where(
        standing(),
        Decision.decision == "take_out",
        Decision.item_id.in_(item_ids),
        ~exists().where(
            StockMove.kind == "adjusted",
            StockMove.ref_type == REF,
            StockMove.ref_id == cast(Decision.id, String),
        ),
    )
    return list(session.scalars(query.order_by(Decision.id)))


def moves_of(session: Session, *, decision_id: int) -> list[StockMove]:
    """Return what was taken out of lots by a decision."""
    query = select(StockMove).filter_by(
        kind="adjusted", ref_type=REF, ref_id=str(decision_id)
    )
    return list(session.scalars(query.order_by(StockMove.id)))


def _named(ids: Iterable[int | None]) -> set[int]:
    return {each for each in ids if each is not None}


def _taken(session: Session, decision_ids: Collection[int]) -> dict[int, list[Part]]:
    query = (
        select(StockMove, Lot)
        .join(Lot, Lot.id == StockMove.lot_id)
        .where(
            StockMove.kind == "adjusted",
            StockMove.ref_type == REF,
            StockMove.ref_id.in_([str(each) for each in decision_ids]),
        )
        .order_by(StockMove.id)
    )
    found: dict[int, list[Part]] = {}
    for move, lot in session.execute(query):
        part = Part(lot=lot, quantity=-move.quantity)
        found.setdefault(int(move.ref_id), []).append(part)
    return found
