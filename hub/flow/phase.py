"""What people read on an order: its phase and what blocks it, recomputed from facts and cached."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from hub.domain.orders.phase import (
    DemandFacts,
    LineFacts,
    LineState,
    OrderFacts,
    Phase,
    hold_reasons,
    phase,
)
from hub.domain.planning.netting_types import ShortReason
from hub.domain.states import Intent
from hub.models.orders.order_facts import DemandRow, LineRow, OrderRow, order_rows
from hub.models.records.history import record
from mapping.canonical import Release


def refresh_phases(
    session: Session, *, order_ids: Collection[int], now: datetime, who: str = "system"
) -> None:
    """Recompute the phase and hold reasons of the given orders and write what changed."""
    for row in order_rows(session, order_ids=order_ids):
        facts = order_facts(row)
        found, reasons = phase(facts), [str(reason) for reason in hold_reasons(facts)]
        order = row.order
        if order.phase != found:
            record(
                session,
                at=now,
                who=who,
                subject="order",
                subject_id=order.id,
                what="order.phase",
                from_state=order.phase,
                to_state=found,
                why=", ".join(reasons),
            )
            order.phase = found
        if order.hold_reasons != reasons:
            order.hold_reasons = list(reasons)


def stale_phases(session: Session, *, order_ids: Collection[int]) -> dict[int, Phase]:
    """Return the orders whose cached phase is not what the facts say, with what it should be."""
    computed = {
        row.order: phase(order_facts(row))
        for row in order_rows(session, order_ids=order_ids)
    }
    return {order.id: found for order, found in computed.items() if order.phase != found}


def order_facts(row: OrderRow) -> OrderFacts:
    """Turn what is stored about an order into the facts its phase is a function of."""
    return OrderFacts(
        intent=Intent(row.order.intent),
        release=Release(row.order.release),
        lines=tuple(_line_facts(line) for line in row.lines),
        is_delivered=row.is_delivered,
    )


def _line_facts(row: LineRow) -> LineFacts:
    line = row.line
    return LineFacts(
        state=LineState(line.state),
        ordered=line.ordered,
        cancelled=line.cancelled,
        sent_elsewhere=line.sent_elsewhere,
        shipped=line.shipped,
        demands=tuple(_demand_facts(demand) for demand in row.demands),
    )


def _demand_facts(row: DemandRow) -> DemandFacts:
    return DemandFacts(
        quantity=row.open,
        allocated=row.allocated,
        making=row.making,
        planned=row.planned,
        waiting=row.waiting,
        expecting=row.expecting,
        incoming=row.incoming,
        checking=row.checking,
        expecting_check=row.expecting_check,
        short=row.short,
        short_reason=ShortReason(row.short_reason) if row.short_reason else None,
    )
