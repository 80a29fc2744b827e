"""Making now what the materials suffice for: a run is cut and released, the rest planned anew."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from connectors.protocol import Registration
from connectors.registry import CHANNELS
from hub.domain.states import PRODUCTION_STEPS, Production
from hub.flow.making.produce import release
from hub.flow.making.run_lock import lock_run
from hub.flow.planning.plan import planned_with, replan
from hub.flow.planning.plan_inputs import lot_sizes
from hub.flow.planning.plan_runs import resize
from hub.flow.refusal import Invalid
from hub.flow.step import expect_step
from hub.models.locks import lock_items, lock_planner
from hub.models.planning.run_parts import items_of_run
from hub.models.planning.substitution_queries import alternates_in_use
from hub.models.records.history import record
from hub.models.records.items import Recipe
from hub.models.records.planning import Replan
from hub.models.records.production import ProductionOrder


def make_now(
    session: Session,
    *,
    production_order_id: int,
    batches: int,
    who: str,
    now: datetime,
    zone: tzinfo = UTC,
    channels: Mapping[str, Registration] = CHANNELS,
) -> None:
    """Release a planned run with so many batches, and plan anew what it then does not make.

    The most urgent of its orders are served from it; for the others another run is planned, when
    its materials can be there.

    :raises Invalid: a number of batches no run of this recipe can have.
    :raises StepRefused: it is not planned any more.
    :raises Missing: there is no such run.
    """
    _lock_all(session, production_order_id=production_order_id)
    run = lock_run(session, production_order_id=production_order_id).record
    expect_step(run, table=PRODUCTION_STEPS, new=Production.RELEASED)
    recipe = _recipe(session, run)
    _check(recipe, batches=batches)
    before = run.batches
    if batches != before:
        resize(session, run, recipe, batches=batches)
        record(
            session,
            at=now,
            who=who,
            subject="production_order",
            subject_id=run.id,
            what="run.cut" if batches < before else "run.enlarged",
            from_state=str(before),
            to_state=str(batches),
        )
    release(session, production_order_id=run.id, who=who, now=now)
    replan(session, now=now, zone=zone, channels=channels)


def _lock_all(session: Session, *, production_order_id: int) -> None:
    """Lock the planner and everything that is planned with the run, before its orders."""
    lock_planner(session)
    wanted = items_of_run(session, production_order_id=production_order_id)
    wanted |= set(session.scalars(select(Replan.item_id)))
    groups = planned_with(session, items=wanted, alternates=alternates_in_use(session))
    lock_items(session, [item_id for group in groups for item_id in group])


def _recipe(session: Session, run: ProductionOrder) -> Recipe:
    query = select(Recipe).filter_by(id=run.recipe_id).options(selectinload(Recipe.lines))
    return session.scalars(query).one()


def _check(recipe: Recipe, *, batches: int) -> None:
    sizes = lot_sizes(recipe)
    if batches < 1 or sizes.raised(batches) != batches:
        raise Invalid(
            f"At least {sizes.min_batches} batches, in steps of {sizes.step_batches}.",
            field="batches",
        )
    if sizes.most is not None and batches > sizes.most:
        raise Invalid(f"At most {sizes.most} batches.", field="batches")
