"""Goods are called back: what they are in is stopped, and everybody who has some is found.

A drill finds the same and changes nothing but the record of itself, so that people may rehearse
as often as they like. What a recall found is kept as figures and references: who the buyers are
is read when somebody looks (hub/models/recalls/recall_views.py), so that a buyer who asks to be
forgotten is forgotten here too.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from hub.domain.codes import Series, number
from hub.domain.recalls.recall import Reach
from hub.flow.recalls.call_back import let_go, stop_lots, stop_orders
from hub.flow.refusal import Invalid, Missing, Refusal, SomebodyWasFirst
from hub.models.by_id import each_by_id, in_parts
from hub.models.locks import lock_items, lock_lots, lock_orders
from hub.models.numbers import next_number
from hub.models.planning.touched import orders_touched
from hub.models.recalls.recall_queries import (
    balances_of,
    items_of,
    load_reach,
    open_recall_of,
    same_supplier_lot,
    spoken_for,
    start_of,
)
from hub.models.records.history import record
from hub.models.records.recalls import Recall, RecallLot, RecallOrder
from hub.models.records.stock import Lot


@dataclass(frozen=True, slots=True)
class Added:
    """What a recall came to reach that it did not before."""

    lots: tuple[int, ...]
    orders: tuple[int, ...]


def start_recall(
    session: Session,
    *,
    lot_id: int,
    reason: str,
    is_drill: bool,
    who: str,
    now: datetime,
    with_supplier_lot: bool = False,
) -> int:
    """Call back a lot and everything made of it, and give the recall's id.

    Each lot is called back for good and each order that still waits for a part of one is put on
    hold, now; that their listings are offered less follows with the next plan. With
    `with_supplier_lot` it begins with every lot that bears the same number of the supplier's.

    :raises Invalid: a recall needs a reason; a drill does not.
    :raises Refusal: the lot is being called back already.
    :raises SomebodyWasFirst: a new lot was made of it just now.
    :raises Missing: there is no such lot.
    """
    lot = session.get(Lot, lot_id)
    if lot is None:
        raise Missing("There is no such lot.", field="lot")
    if not is_drill and not reason.strip():
        raise Invalid("Say why it is called back.", field="reason")
    more = same_supplier_lot(session, lot=lot) if with_supplier_lot else ()
    start = [lot_id, *(each.id for each in more)]
    reach = _reach(session, start=start, is_drill=is_drill)
    known = None if is_drill else open_recall_of(session, lot_id=lot_id)
    if known is not None:
        raise Refusal(f"Lot {lot.code} is being called back already: {known.number}.")
    recall = Recall(
        number=number(Series.RECALL, sequence=next_number(session, "recall")),
        lot_id=lot_id,
        reason=reason.strip(),
        is_drill=is_drill,
        started_at=now,
        who=who,
    )
    session.add(recall)
    session.flush()
    _remember(session, recall, "recall.started", who=who, now=now, why=reason)
    _extend(session, recall, reach, start=start, who=who, now=now)
    return recall.id


def refresh_recall(session: Session, *, recall_id: int, who: str, now: datetime) -> Added:
    """Look again what a recall reaches, and stop and note what came since.

    :raises Refusal: it is closed.
    :raises SomebodyWasFirst: a new lot was made just now.
    :raises Missing: there is no such recall.
    """
    recall = _open(session, recall_id=recall_id)
    start = start_of(session, recall_id=recall_id)
    reach = _reach(session, start=start, is_drill=recall.is_drill)
    added = _extend(session, recall, reach, start=start, who=who, now=now)
    if added.lots or added.orders:
        detail = {"lots": len(added.lots), "orders": len(added.orders)}
        _remember(session, recall, "recall.grew", who=who, now=now, detail=detail)
    return added


def mark_told(
    session: Session, *, recall_id: int, order_id: int, who: str, now: datetime
) -> None:
    """Note that an order's buyer was told. Said twice, the first time counts.

    :raises Refusal: the recall is closed.
    :raises Missing: there is no such recall, or it does not reach the order.
    """
    _open(session, recall_id=recall_id)
    query = select(RecallOrder).filter_by(recall_id=recall_id, order_id=order_id)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise Missing("There is no such order.", field="order")
    if row.told_at is None:
        row.told_at, row.told_by = now, who
        session.flush()


def close_recall(
    session: Session,
    *,
    recall_id: int,
    who: str,
    now: datetime,
    lets_go: bool = False,
) -> None:
    """Say that a recall is done.

    With `lets_go` the orders that this recall put on hold go on, from other lots: those that
    still wait for its sake. The lots stay called back.

    :raises Refusal: it is closed already.
    :raises Missing: there is no such recall.
    """
    recall = _open(session, recall_id=recall_id)
    if lets_go:
        held = select(RecallOrder.order_id).where(RecallOrder.recall_id == recall_id)
        let_go(
            session,
            session.scalars(held.where(RecallOrder.was_held)).all(),
            held_for=why_of(recall),
            reason=f"{recall.number} closed",
            who=who,
            now=now,
        )
    recall.state, recall.closed_at = "closed", now
    _remember(session, recall, "recall.closed", who=who, now=now)
    session.flush()


def note_time(session: Session, *, recall_id: int, took_ms: int) -> None:
    """Keep how long it took from the press of the button to the whole answer."""
    session.get_one(Recall, recall_id).took_ms = took_ms
    session.flush()


def why_of(recall: Recall) -> str:
    """Say why an order waits or a lot is called back, for its own history."""
    return f"{recall.number}: {recall.reason}".removesuffix(": ")


def _reach(session: Session, *, start: Collection[int], is_drill: bool) -> Reach:
    """Find what is reached, and in earnest hold everything that is about to change.

    All locks are taken here, in their order, because the steps that follow take them lot by lot
    and order by order.
    """
    found = load_reach(session, start=start)
    if is_drill:
        return found
    items = items_of(session, lot_ids=found.lots)
    lock_items(session, items)
    again = load_reach(session, start=start)
    if not items_of(session, lot_ids=again.lots) <= items:
        raise SomebodyWasFirst("Somebody else was first: look again before you go on.")
    lock_lots(session, again.lots)
    demands, needs = spoken_for(session, lot_ids=again.lots)
    touched = orders_touched(session, demands=demands, needs=needs, runs=(), items=())
    lock_orders(session, touched | again.unsent)
    return again


def _extend(
    session: Session,
    recall: Recall,
    reach: Reach,
    *,
    start: Collection[int],
    who: str,
    now: datetime,
) -> Added:
    """Write down, and in earnest stop, what a recall reaches and did not reach before."""
    known_lots, known_orders = _known(session, recall)
    new_lots = [lot_id for lot_id in reach.lots if lot_id not in known_lots]
    _take_lots(session, recall, new_lots, start=start, who=who, now=now)
    new_orders = [each for each in reach.orders if each not in known_orders]
    sent = reach.sent
    rows = [
        {
            "recall_id": recall.id,
            "order_id": each,
            "was_sent": each in sent,
            "was_held": False,
        }
        for each in new_orders
    ]
    if rows:
        session.execute(insert(RecallOrder), rows)
    if not recall.is_drill:
        why = why_of(recall)
        stopped = stop_orders(session, reach.unsent, why=why, who=who, now=now)
        for some in in_parts(stopped):
            session.execute(
                update(RecallOrder)
                .where(RecallOrder.recall_id == recall.id, RecallOrder.order_id.in_(some))
                .values(was_held=True)
            )
    recall.found = _figures(session, recall, reach)
    session.flush()
    return Added(tuple(new_lots), tuple(new_orders))


def _take_lots(
    session: Session,
    recall: Recall,
    lot_ids: Sequence[int],
    *,
    start: Collection[int],
    who: str,
    now: datetime,
) -> None:
    if not lot_ids:
        return
    lots = each_by_id(session, Lot, ids=lot_ids)
    rows = [
        {
            "recall_id": recall.id,
            "lot_id": lot_id,
            "state_before": lots[lot_id].state,
            "is_start": lot_id in start,
        }
        for lot_id in lot_ids
    ]
    session.execute(insert(RecallLot), rows)
    if not recall.is_drill:
        stop_lots(session, lots.values(), why=why_of(recall), who=who, now=now)


def _known(session: Session, recall: Recall) -> tuple[set[int], set[int]]:
    lots = select(RecallLot.lot_id).where(RecallLot.recall_id == recall.id)
    orders = select(RecallOrder.order_id).where(RecallOrder.recall_id == recall.id)
    return set(session.scalars(lots)), set(session.scalars(orders))


def _figures(session: Session, recall: Recall, reach: Reach) -> dict[str, object]:
    """Say in figures what was found, and what became of the lot it began with."""
    balance = balances_of(session, lot_ids=[recall.lot_id])[recall.lot_id]
    return {
        "lots": len(reach.lots),
        "orders": len(reach.orders),
        "sent": len(reach.sent),
        "unsent": len(reach.unsent),
        "parcels": len(reach.parcels),
        "mass_balance": asdict(balance) | {"difference": balance.difference},
    }


def _open(session: Session, *, recall_id: int) -> Recall:
    # The row itself is the lock: two people who close it are told apart, and a refresh waits.
    query = select(Recall).where(Recall.id == recall_id).with_for_update()
    recall = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if recall is None:
        raise Missing("There is no such recall.")
    if recall.state != "open":
        raise Refusal(f"{recall.number} is {recall.state}.")
    return recall


def _remember(
    session: Session,
    recall: Recall,
    what: str,
    *,
    who: str,
    now: datetime,
    why: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    record(
        session,
        at=now,
        who=who,
        subject="recall",
        subject_id=recall.id,
        what=what,
        why=why,
        detail=detail,
    )
