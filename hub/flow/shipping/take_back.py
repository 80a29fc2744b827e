"""After step 7: goods come back from a buyer, and somebody says what is to become of them.

They never go back into the lot they left: what was out of the house is a lot of its own, so that a
recall and its mass balance stay true whatever happens to it next.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.domain.orders.decisions import Answer, Follows
from hub.domain.stock.lot_states import LotState
from hub.domain.stock.trace import MoveKind
from hub.flow.refusal import Invalid, Missing, Refusal
from hub.flow.replan import mark
from hub.flow.stock import ledger
from hub.flow.stock.counts import reject
from hub.flow.stock.stock import set_lot_state
from hub.models.locks import lock_items, lock_orders
from hub.models.records.decisions import Decision
from hub.models.records.history import record
from hub.models.records.items import Item
from hub.models.records.shipping import Shipment
from hub.models.records.stock import Lot
from hub.models.shipping.sent_goods import SentGood, came_back, goods_in_parcel
from hub.models.stock.lots import is_code_taken
from mapping.units import say


class Fate(StrEnum):
    """What is to become of goods that came back."""

    INSPECT = "inspect"
    """Somebody looks at them first: they lie in quarantine."""
    RESTOCK = "restock"
    """As good as new: they may be sold again."""
    SCRAP = "scrap"


class NotSent(Refusal):
    """So much of it did not leave in this parcel, or is back already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """Pieces of one order line that came back."""

    order_line_id: int
    pieces: int
    fate: Fate


def take_back(
    session: Session,
    *,
    shipment_id: int,
    lines: Sequence[Back],
    reason: str,
    who: str,
    now: datetime,
) -> list[int]:
    """Take goods of a parcel in again and give the ids of their new lots.

    What stays sent stays sent: the order is not opened again, and what its buyer gets instead is
    another order. Whoever waited for a return of this order is answered.

    :raises Invalid: a line that is not in the parcel, named twice, or no pieces.
    :raises NotSent: more pieces than left in the parcel and are still out.
    :raises Missing: there is no such parcel.
    """
    shipment = session.get(Shipment, shipment_id)
    if shipment is None:
        raise Missing("There is no such shipment.", field="shipment")
    goods = goods_in_parcel(session, shipment_id=shipment_id)
    lock_items(session, {good.lot.item_id for good in goods})
    lock_orders(session, [shipment.order_id])
    _check_lines(lines, goods=goods)
    wanted = _wanted(lines, goods=goods)
    _check_sent(session, wanted, goods=goods, shipment=shipment)
    lots = [
        _take_in(session, shipment, item_id=item_id, fate=fate, quantity=quantity,
                 goods=goods, reason=reason, who=who, now=now)
        for (item_id, fate), quantity in sorted(wanted.items())
    ]  # fmt: skip
    _remember(session, shipment, lines, reason=reason, who=who, now=now)
    _answer_who_waited(session, shipment, who=who, now=now)
    items = {item_id for item_id, _ in wanted}
    mark(session, item_ids=items, why=f"goods of {shipment.number} came back", now=now)
    return lots


def _check_lines(lines: Sequence[Back], *, goods: Sequence[SentGood]) -> None:
    sent = {good.order_line_id for good in goods}
    for place, line in enumerate(lines):
        if line.order_line_id not in sent:
            raise Invalid("This line is not in the parcel.", field=f"lines.{place}.line")
        if line.pieces <= 0:
            raise Invalid("Say how many pieces.", field=f"lines.{place}.quantity")
    if not lines:
        raise Invalid("Say what came back.", field="lines")


def _wanted(
    lines: Sequence[Back], *, goods: Sequence[SentGood]
) -> dict[tuple[int, Fate], int]:
    """Say how much of each item came back, and for what: every part of a kit with its pieces."""
    parts = {(good.order_line_id, good.lot.item_id): good.per_piece for good in goods}
    wanted: dict[tuple[int, Fate], int] = defaultdict(int)
    for line in lines:
        for (order_line_id, item_id), per_piece in parts.items():
            if order_line_id == line.order_line_id:
                wanted[item_id, line.fate] += line.pieces * per_piece
    return dict(wanted)


def _check_sent(
    session: Session,
    wanted: Mapping[tuple[int, Fate], int],
    *,
    goods: Sequence[SentGood],
    shipment: Shipment,
) -> None:
    out: dict[int, int] = defaultdict(int)
    for good in goods:
        out[good.lot.item_id] += good.quantity
    for item_id, quantity in came_back(session, shipment_id=shipment.id).items():
        out[item_id] -= quantity
    back: dict[int, int] = defaultdict(int)
    for (item_id, _), quantity in wanted.items():
        back[item_id] += quantity
    for item_id, quantity in back.items():
        if quantity > out[item_id]:
            item = session.get_one(Item, item_id)
            left = say(max(0, out[item_id]), base=item.unit)
            raise NotSent(
                f"Of {item.name} only {left} of {shipment.number} can come back.",
                field="lines",
            )


def _take_in(
    session: Session,
    shipment: Shipment,
    *,
    item_id: int,
    fate: Fate,
    quantity: int,
    goods: Sequence[SentGood],
    reason: str,
    who: str,
    now: datetime,
) -> int:
    """Open a lot for what came back: no better than the worst of those it may have been of."""
    sources = [good.lot for good in goods if good.lot.item_id == item_id]
    costs = {(lot.unit_cost_micros, lot.currency) for lot in sources}
    micros, currency = costs.pop() if len(costs) == 1 else (None, "")
    lot_id = ledger.open_lot(
        session,
        item_id=item_id,
        code=_free_code(session, sources[0]),
        best_before=min(
            (lot.best_before for lot in sources if lot.best_before), default=None
        ),
        supplier_lot=sources[0].supplier_lot,
        unit_cost_micros=micros,
        currency=currency,
        now=now,
    )
    ledger.move(
        session,
        lot_id=lot_id,
        quantity=quantity,
        kind=MoveKind.RETURNED,
        ref_type="shipment",
        ref_id=shipment.id,
        who=who,
        now=now,
        why=reason,
    )
    _let_be(session, lot_id, fate=fate, sources=sources, reason=reason, who=who, now=now)
    return lot_id


def _let_be(
    session: Session,
    lot_id: int,
    *,
    fate: Fate,
    sources: Sequence[Lot],
    reason: str,
    who: str,
    now: datetime,
) -> None:
    """Do with the new lot as was said; goods of a lot that is put aside are put aside too."""
    is_suspect = any(lot.state != LotState.AVAILABLE for lot in sources)
    if fate is Fate.SCRAP:
        reject(session, lot_id=lot_id, reason=reason, who=who, now=now)
    elif fate is Fate.INSPECT or is_suspect:
        set_lot_state(
            session,
            lot_id=lot_id,
            state=LotState.QUARANTINED,
            reason=reason,
            who=who,
            now=now,
        )


def _free_code(session: Session, source: Lot) -> str:
    number = 1
    while is_code_taken(session, item_id=source.item_id, code=f"{source.code}-R{number}"):
        number += 1
    return f"{source.code}-R{number}"


def _remember(
    session: Session,
    shipment: Shipment,
    lines: Sequence[Back],
    *,
    reason: str,
    who: str,
    now: datetime,
) -> None:
    pieces = [
        {"line": line.order_line_id, "pieces": line.pieces, "fate": line.fate.value}
        for line in lines
    ]
    record(
        session,
        at=now,
        who=who,
        subject="order",
        subject_id=shipment.order_id,
        what="order.returned",
        to_state=shipment.number,
        why=reason,
        detail={"shipment": shipment.id, "lines": pieces},
    )


def _answer_who_waited(
    session: Session, shipment: Shipment, *, who: str, now: datetime
) -> None:
    waiting = update(Decision).where(
        Decision.order_id == shipment.order_id,
        Decision.decision == Follows.EXPECT_RETURN.value,
        Decision.needs_person.is_(True),
        Decision.done_at.is_(None),
    )
    session.execute(waiting.values(done_at=now, done_by=who, answer=Answer.DONE.value))
