"""The one way a stored state changes: by its table, from the state it really has, with a trace."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from hub.domain.purchasing import Purchase
from hub.domain.states import (
    Intent,
    Production,
    Shipment,
    StepNotAllowed,
    Steps,
    check_step,
)
from hub.domain.stock.lot_states import LotState
from hub.flow.refusal import Refusal, SomebodyWasFirst
from hub.models.records import orders, production, purchasing, shipping, stock
from hub.models.records.base import Record
from hub.models.records.history import record as record_history

StateT = TypeVar("StateT", Intent, LotState, Production, Purchase, Shipment)

STATEFUL: Mapping[type[Record], tuple[str, str]] = {
    orders.SalesOrder: ("order", "intent"),
    production.ProductionOrder: ("production_order", "state"),
    purchasing.PurchaseOrder: ("purchase_order", "state"),
    shipping.Shipment: ("shipment", "state"),
    stock.Lot: ("lot", "state"),
}
"""By record: its word in the history, and the column that holds its state."""


class StepRefused(Refusal):
    """What it is now does not allow what was asked."""


def expect_step(record: Record, *, table: Steps[StateT], new: StateT) -> None:
    """Check that a step is in the table, changing nothing.

    :raises StepRefused: it is not, in words a person can act on.
    """
    _, column = STATEFUL[type(record)]
    try:
        check_step(table, old=type(new)(getattr(record, column)), new=new)
    except StepNotAllowed as problem:
        raise StepRefused(str(problem)) from problem


def step(
    session: Session,
    record: Record,
    *,
    table: Steps[StateT],
    new: StateT,
    who: str,
    now: datetime,
    why: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Take a record to a new state, once, and write its history.

    The update is conditional on the state we read, so of two people who press the same button
    one is told that somebody else was first.

    :raises StepRefused: the table does not lead from the state it has to the new one.
    :raises SomebodyWasFirst: it left the state we read in the meantime.
    """
    expect_step(record, table=table, new=new)
    subject, column = STATEFUL[type(record)]
    old = str(getattr(record, column))
    model = type(record)
    changed = (
        update(model)
        .where(model.id == record.id, getattr(model, column) == old)
        .values({column: new.value})
        .returning(model.id)
        .execution_options(synchronize_session=False)
    )
    if session.execute(changed).scalar_one_or_none() is None:
        raise SomebodyWasFirst("Somebody else was first: look again before you go on.")
    set_committed_value(record, column, new.value)
    record_history(
        session,
        at=now,
        who=who,
        subject=subject,
        subject_id=record.id,
        what=f"{subject}.{new.value}",
        from_state=old,
        to_state=new.value,
        why=why,
        detail=dict(detail or {}),
    )
