"""Pieces somebody sent by hand in a shop's admin, although we held them in a lot.

The shop's word is believed until a person says otherwise: the planner takes the pieces out of the
lots they were reserved in, so that they are promised to nobody, and a decision stands that a
person confirms or takes back (hub/flow/orders/answer.py).
"""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.stock.trace import MoveKind
from hub.flow.stock import ledger
from hub.models.orders.decision_views import REF, moves_of, not_yet_taken
from hub.models.planning.held import Held, held_by_demands
from hub.models.records.decisions import Decision
from hub.models.records.history import record
from hub.models.records.orders import Demand, SalesOrder
from hub.models.stock.ledger_views import is_taken_back

REASON = "sent_elsewhere"


def take_out_sent(session: Session, *, item_ids: Collection[int], now: datetime) -> None:
    """Take out of their lots what shops say was sent by hand and was held there.

    The caller holds the locks of the items, and plans them next.
    """
    for decision in not_yet_taken(session, item_ids=item_ids):
        if not take_out(session, decision, now=now):
            # Given back or put aside since: there is nothing to answer any more.
            decision.done_at, decision.done_by = now, "system"
    session.flush()


def take_out(session: Session, decision: Decision, *, now: datetime) -> int:
    """Take a decision's pieces out of the lots they are reserved in; answer how much there was.

    The lot that expires first goes first, as a person at the shelf takes it. The caller holds the
    item's lock.
    """
    order = session.get_one(SalesOrder, decision.order_id)
    left = decision.quantity
    for held in _softly_held(session, decision):
        part = min(held.quantity, left)
        if part <= 0:
            continue
        ledger.unreserve(
            session, lot_id=held.lot_id, quantity=part, demand_id=held.demand_id
        )
        ledger.move(
            session,
            lot_id=held.lot_id,
            quantity=-part,
            kind=MoveKind.ADJUSTED,
            ref_type=REF,
            ref_id=decision.id,
            who="system",
            now=now,
            why=order.number,
            reason=REASON,
        )
        _tell(session, held.lot_id, order.number, delta=-part, who="system", now=now)
        left -= part
    return decision.quantity - left


def put_back(session: Session, decision: Decision, *, who: str, now: datetime) -> None:
    """Put back what was taken out by a decision. The caller holds the item's lock."""
    order = session.get_one(SalesOrder, decision.order_id)
    for move in moves_of(session, decision_id=decision.id):
        if is_taken_back(session, move_id=move.id):  # somebody put the lot right by hand
            continue
        ledger.take_back(session, move, who=who, now=now, why=order.number)
        _tell(session, move.lot_id, order.number, delta=-move.quantity, who=who, now=now)


def _softly_held(session: Session, decision: Decision) -> list[Held]:
    demands = select(Demand.id).filter_by(
        order_line_id=decision.order_line_id, item_id=decision.item_id
    )
    held = held_by_demands(session, demand_ids=session.scalars(demands).all())
    soft = [each for each in held if not each.is_firm]
    return sorted(
        soft, key=lambda each: (each.best_before or date.max, each.received_at, each.lot_id)
    )


def _tell(
    session: Session, lot_id: int, number: str, *, delta: int, who: str, now: datetime
) -> None:
    record(
        session,
        at=now,
        who=who,
        subject="lot",
        subject_id=lot_id,
        what="lot.sent_by_hand" if delta < 0 else "lot.still_here",
        why=number,
        detail={"delta": delta},
    )
