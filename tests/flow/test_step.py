"""A stored state changes by its table, from the state it really has, and leaves a trace."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.domain.states import PRODUCTION_STEPS, Production
from hub.flow.refusal import SomebodyWasFirst
from hub.flow.step import StepRefused, step
from hub.models.records.history import History
from hub.models.records.production import ProductionOrder
from tests.factories import NOW, make_item
from tests.flow.bench import WHO, make_run


def planned_run(session: Session) -> ProductionOrder:
    candle, wax = make_item(session, code="CANDLE"), make_item(session, code="WAX")
    return make_run(session, item=candle, uses={wax: 5})


def take(session: Session, run: ProductionOrder, new: Production) -> None:
    step(session, run, table=PRODUCTION_STEPS, new=new, who=WHO, now=NOW, why="because")


def test_a_step_is_written_with_its_trace(session: Session) -> None:
    run = planned_run(session)

    take(session, run, Production.RELEASED)

    [trace] = session.scalars(select(History))
    assert (trace.subject, trace.subject_id, trace.what) == (
        "production_order", run.id, "production_order.released",
    )  # fmt: skip
    assert (trace.from_state, trace.to_state, trace.why, trace.who) == (
        "planned", "released", "because", WHO,
    )  # fmt: skip
    stored = select(ProductionOrder.state).where(ProductionOrder.id == run.id)
    assert session.scalar(stored) == run.state == "released"


def test_a_step_that_the_table_does_not_hold_is_refused(session: Session) -> None:
    run = planned_run(session)

    with pytest.raises(StepRefused, match="What is planned cannot become done"):
        take(session, run, Production.DONE)

    assert run.state == "planned"
    assert session.scalars(select(History)).all() == []


def test_of_two_who_press_the_button_one_is_told(session: Session) -> None:
    run = planned_run(session)
    session.execute(
        update(ProductionOrder)
        .where(ProductionOrder.id == run.id)
        .values(state="released")
        .execution_options(synchronize_session=False)
    )

    with pytest.raises(SomebodyWasFirst):
        take(session, run, Production.RELEASED)

    assert session.scalars(select(History)).all() == []
