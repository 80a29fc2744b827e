"""The steps of a recipe: what is done where, one after the other, and how long it rests."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.bounds import LONGEST_WORD, MOST_DAYS, MOST_TIMES, between
from hub.flow.refusal import Invalid, Missing
from hub.models.records.items import Recipe, WorkCentre
from hub.models.records.recipe_parts import RecipeStep

MOST_STEPS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenStep:
    """One step of making, as somebody writes it down."""

    name: str = ""
    work_centre_id: int | None = None
    setup_minutes: int = 0
    batch_minutes: int = 0
    rest_days: int = 0
    """Days it lies after this step before the next may begin."""


def check_steps(session: Session, steps: Sequence[GivenStep]) -> None:
    """Make sure that a recipe can be made in these steps.

    :raises Invalid: a name, time or number of steps that cannot be.
    :raises Missing: no such work centre.
    """
    if len(steps) > MOST_STEPS:
        raise Invalid(f"At most {MOST_STEPS} steps.", field="steps")
    wanted = {step.work_centre_id for step in steps} - {None}
    known = set(session.scalars(select(WorkCentre.id).where(WorkCentre.id.in_(wanted))))
    for position, step in enumerate(steps):
        field = f"steps.{position}"
        if len(step.name) > LONGEST_WORD:
            raise Invalid(
                f"Write at most {LONGEST_WORD} characters.", field=f"{field}.name"
            )
        between(step.setup_minutes, 0, MOST_TIMES, field=f"{field}.setup_minutes")
        between(step.batch_minutes, 0, MOST_TIMES, field=f"{field}.batch_minutes")
        between(step.rest_days, 0, MOST_DAYS, field=f"{field}.rest_days")
        if step.work_centre_id is not None and step.work_centre_id not in known:
            raise Missing("There is no such work centre.", field=f"{field}.work_centre")


def write_steps(session: Session, recipe: Recipe, steps: Sequence[GivenStep]) -> None:
    """Write the steps of a new recipe; what the recipe itself says of its work is their sum."""
    session.add_all(
        RecipeStep(
            recipe_id=recipe.id,
            position=position,
            name=" ".join(step.name.split()),
            work_centre_id=step.work_centre_id,
            setup_minutes=step.setup_minutes,
            batch_minutes=step.batch_minutes,
            rest_days=step.rest_days,
        )
        for position, step in enumerate(steps)
    )
    if steps:
        recipe.work_centre_id = steps[0].work_centre_id
        recipe.setup_minutes = sum(step.setup_minutes for step in steps)
        recipe.batch_minutes = sum(step.batch_minutes for step in steps)
        recipe.rest_days = sum(step.rest_days for step in steps)
    session.flush()
