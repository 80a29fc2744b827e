"""How things are made: adding recipes and work centres."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.domain.catalogue.options import Choice
from hub.domain.catalogue.recipe import Recipe as RecipeView
from hub.domain.catalogue.recipe import RecipeLine, good_yield
from hub.domain.planning.netting_types import ImpossibleLotSize, LotSizes
from hub.flow.bounds import MOST_DAYS, MOST_TIMES, between, word
from hub.flow.catalogue.circles import check_circle
from hub.flow.catalogue.items import CodeTaken
from hub.flow.catalogue.recipe_choices import (
    Follow,
    Version,
    choices_to_write,
    followers,
    version_of,
    write_choices,
)
from hub.flow.catalogue.recipe_steps import GivenStep, check_steps, write_steps
from hub.flow.refusal import Invalid, Missing
from hub.flow.replan import mark
from hub.flow.stock.stock import LARGEST, check_quantity
from hub.models.locks import lock_items, lock_planner
from hub.models.planning.planning_queries import active_recipe
from hub.models.records.history import record
from hub.models.records.items import Item, Recipe, WorkCentre
from hub.models.records.items import RecipeLine as RecipeLineRecord

MINUTES_A_DAY = 24 * 60
USUAL_OPENING = 8 * 60


def add_recipe(
    session: Session,
    *,
    item_id: int,
    batch_size: int,
    lines: Sequence[RecipeLine],
    loss_bp: int = 0,
    min_batches: int = 1,
    max_batches: int | None = None,
    step_batches: int = 1,
    work_centre_id: int | None = None,
    setup_minutes: int = 0,
    batch_minutes: int = 0,
    rest_days: int = 0,
    steps: Sequence[GivenStep] = (),
    choices: Sequence[Choice] | None = None,
    who: str,
    now: datetime,
) -> int:
    """Write the next version of how an item is made, and give the recipe's id.

    It is made in `steps`, or, without any, in one at `work_centre_id`. `choices` is what it may be
    finished with; None is what the version before offered. The recipes of its variants follow.

    It is in force at once: planned runs follow it with the next plan, released and running ones
    keep the recipe they began with. No two recipes are written at a time, nor while a plan is
    made, because only the whole of them says whether an item would be made of itself.

    :raises Invalid: a quantity, share or number of batches that cannot be, an item or a value
        named twice.
    :raises MadeOfItself: through the recipes in force, or the runs still going on.
    :raises Missing: no such item or work centre.
    """
    view = RecipeView(
        item_id=item_id, batch_size=batch_size, loss_bp=loss_bp, lines=tuple(lines)
    )
    _check_lines(view)
    _check_batches(view, least=min_batches, most=max_batches, step=step_batches)
    between(setup_minutes, 0, MOST_TIMES, field="setup_minutes")
    between(batch_minutes, 0, MOST_TIMES, field="batch_minutes")
    between(rest_days, 0, MOST_DAYS, field="rest_days")
    if steps and (work_centre_id or setup_minutes or batch_minutes or rest_days):
        raise Invalid("Say of each step where and how long, or say it once.", field="steps")
    check_steps(session, steps)
    lock_planner(session)
    lock_items(session, [item_id])
    names = _names(session, view)
    if work_centre_id is not None and session.get(WorkCentre, work_centre_id) is None:
        raise Missing("There is no such work centre.", field="work_centre")
    check_circle(session, item_id=item_id, components=[line.item_id for line in view.lines])
    before = version_of(session, active_recipe(session, item_id=item_id))
    offered = choices_to_write(session, choices, view=view, before=before)
    recipe = Recipe(
        item_id=item_id,
        version=_next_version(session, item_id=item_id),
        is_active=True,
        batch_size=batch_size,
        loss_bp=loss_bp,
        min_batches=min_batches,
        max_batches=max_batches,
        step_batches=step_batches,
        work_centre_id=work_centre_id,
        setup_minutes=setup_minutes,
        batch_minutes=batch_minutes,
        rest_days=rest_days,
        created_at=now,
        lines=[
            RecipeLineRecord(
                item_id=each.item_id, quantity=each.quantity, waste_bp=each.waste_bp
            )
            for each in lines
        ],
    )
    session.add(recipe)
    session.flush()
    write_steps(session, recipe, steps)
    write_choices(session, recipe, offered)
    record(
        session,
        at=now,
        who=who,
        subject="item",
        subject_id=item_id,
        what="item.recipe",
        to_state=str(recipe.version),
    )
    mark(
        session,
        item_ids=names,
        why=f"new recipe for {names[item_id]}",
        now=now,
        cause={"what": "recipe"},
    )
    after = Version(view=view, choices=offered)
    for each in list(followers(session, before=before, after=after)):
        _follow(session, each, who=who, now=now)
    return recipe.id


def _follow(session: Session, follow: Follow, *, who: str, now: datetime) -> None:
    """Write the next recipe of a variant: what it is made of is new, all else as it was."""
    old, is_one_step = follow.recipe, not follow.steps
    add_recipe(
        session,
        item_id=follow.view.item_id,
        batch_size=follow.view.batch_size,
        lines=follow.view.lines,
        loss_bp=old.loss_bp,
        min_batches=old.min_batches,
        max_batches=old.max_batches,
        step_batches=old.step_batches,
        work_centre_id=old.work_centre_id if is_one_step else None,
        setup_minutes=old.setup_minutes if is_one_step else 0,
        batch_minutes=old.batch_minutes if is_one_step else 0,
        rest_days=old.rest_days if is_one_step else 0,
        steps=follow.steps,
        who=who,
        now=now,
    )


def add_work_centre(
    session: Session,
    *,
    code: str,
    name: str,
    open_minutes: Sequence[int],
    opens_at: int | None = None,
    keeps_holidays: bool = True,
    who: str,
    now: datetime,
) -> int:
    """Add a place where runs happen, and give its id.

    `open_minutes` is how long it is open each weekday, Monday first; `opens_at` minutes after
    midnight, or as early as its hours ask for.

    :raises Invalid: not seven days, a day of more than 24 hours, or one that ends tomorrow.
    :raises CodeTaken: another work centre has that code.
    """
    code, name = word(code, field="code"), word(name, field="name")
    check_hours(open_minutes)
    latest = MINUTES_A_DAY - max(open_minutes)
    if opens_at is not None and not 0 <= opens_at <= latest:
        raise Invalid("It would still be open at midnight.", field="opens_at")
    if session.scalar(select(WorkCentre.id).filter_by(code=code)) is not None:
        raise CodeTaken(f"There is already a work centre {code}.", field="code")
    centre = WorkCentre(
        code=code,
        name=name,
        open_minutes=list(open_minutes),
        opens_at=min(USUAL_OPENING, latest) if opens_at is None else opens_at,
        keeps_holidays=keeps_holidays,
    )
    session.add(centre)
    session.flush()
    record(
        session, at=now, who=who, subject="work_centre", subject_id=centre.id,
        what="work_centre.added",
    )  # fmt: skip
    return centre.id


def check_hours(open_minutes: Sequence[int]) -> None:
    """Make sure that a week can be like that.

    :raises Invalid: not seven days, or a day of more than 24 hours.
    """
    if len(open_minutes) != 7:
        raise Invalid(
            "Say how long it is open on each of seven days.", field="open_minutes"
        )
    for minutes in open_minutes:
        between(minutes, 0, MINUTES_A_DAY, field="open_minutes")


def _check_lines(recipe: RecipeView) -> None:
    check_quantity(recipe.batch_size, field="batch_size")
    between(recipe.loss_bp, 0, 9_999, field="loss_percent")
    if not recipe.lines:
        raise Invalid("Say what it is made of.", field="lines")
    if len({line.item_id for line in recipe.lines}) < len(recipe.lines):
        raise Invalid("An item is named twice: add its quantities up.", field="lines")
    for line in recipe.lines:
        check_quantity(line.quantity, field="lines")
        between(line.waste_bp, 0, 9_999, field="lines")


def _check_batches(recipe: RecipeView, *, least: int, most: int | None, step: int) -> None:
    between(least, 1, MOST_TIMES, field="min_batches")
    between(most, 1, MOST_TIMES, field="max_batches")
    between(step, 1, MOST_TIMES, field="step_batches")
    good = good_yield(recipe)
    try:
        sizes = LotSizes(
            good_yield=good, min_batches=least, max_batches=most, step_batches=step
        )
    except ImpossibleLotSize as problem:
        field = "batch_size" if good < 1 else "max_batches"
        raise Invalid(str(problem), field=field) from problem
    if good * sizes.raised(least) > LARGEST:
        raise Invalid("The smallest run would be more than can be.", field="min_batches")


def _names(session: Session, recipe: RecipeView) -> Mapping[int, str]:
    """Name the item and all it is made of, or refuse what is no item."""
    wanted = {recipe.item_id, *(line.item_id for line in recipe.lines)}
    query = select(Item.id, Item.name).where(Item.id.in_(wanted))
    names = {item_id: name for item_id, name in session.execute(query)}
    if recipe.item_id not in names:
        raise Missing("There is no such item.", field="item")
    if wanted - names.keys():
        raise Invalid("One of the lines names no item.", field="lines")
    return names


def _next_version(session: Session, *, item_id: int) -> int:
    """Take the recipe in force out of it, and number the next."""
    session.execute(
        update(Recipe)
        .where(Recipe.item_id == item_id, Recipe.is_active)
        .values(is_active=False)
    )
    newest = select(func.max(Recipe.version)).where(Recipe.item_id == item_id)
    return (session.scalar(newest) or 0) + 1
