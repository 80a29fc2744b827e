"""Several planned runs are given to the workshop at once, all of them or none."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.states import Production
from hub.flow.making.produce import release
from hub.flow.refusal import Invalid
from hub.models.locks import lock_items
from hub.models.planning.run_parts import items_of_run
from hub.models.records.production import ProductionOrder

MOST = 200
"""Runs at a time."""


def release_many(
    session: Session, *, run_ids: Collection[int], who: str, now: datetime
) -> int:
    """Release planned runs and say how many were; those released or started already are left.

    :raises Invalid: none was chosen, or too many.
    :raises StepRefused: one of them is over or cancelled.
    """
    if not run_ids:
        raise Invalid("Choose at least one run.", field="run")
    if len(run_ids) > MOST:
        raise Invalid(f"At most {MOST} runs at a time.", field="run")
    # All their items first, in the one order, so that two people never wait in a circle.
    lock_items(
        session,
        {i for run in run_ids for i in items_of_run(session, production_order_id=run)},
    )
    query = select(ProductionOrder).where(ProductionOrder.id.in_(run_ids))
    released = 0
    for run in session.scalars(query.order_by(ProductionOrder.id)).all():
        if run.state not in (Production.RELEASED, Production.RUNNING):
            release(session, production_order_id=run.id, who=who, now=now)
            released += 1
    return released
