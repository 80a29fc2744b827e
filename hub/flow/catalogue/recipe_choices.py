"""What a recipe offers to choose: written with it, and followed by the variants finished so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.catalogue.options import Choice, ChoiceProblem, finish, folded
from hub.domain.catalogue.recipe import Recipe as RecipeView
from hub.domain.catalogue.recipe import RecipeLine, good_yield
from hub.flow.bounds import LONGEST_WORD, between
from hub.flow.catalogue.recipe_steps import GivenStep
from hub.flow.refusal import Invalid
from hub.flow.stock.stock import check_quantity
from hub.models.catalogue.choice_queries import choices_of, variant_recipes
from hub.models.catalogue.recipe_steps import steps_by_recipe
from hub.models.planning.planning_queries import recipe_view
from hub.models.records.items import Item, Recipe
from hub.models.records.recipe_parts import RecipeChoice

MOST_CHOICES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a recipe with all it offers."""

    view: RecipeView
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """A variant whose recipe must follow that of its family, and what it becomes."""

    recipe: Recipe
    view: RecipeView
    steps: tuple[GivenStep, ...]


def version_of(session: Session, recipe: Recipe | None) -> Version | None:
    """Return a stored version of a recipe with what it offers."""
    if recipe is None:
        return None
    return Version(
        view=recipe_view(recipe), choices=choices_of(session, recipe_id=recipe.id)
    )


def choices_to_write(
    session: Session,
    choices: Sequence[Choice] | None,
    *,
    view: RecipeView,
    before: Version | None,
) -> tuple[Choice, ...]:
    """Tidy and check what the next version of a recipe offers; None is what the last one did.

    :raises Invalid: names, quantities or items that cannot be, something offered twice, or
        nothing said while the batch has another size: what is added to it would be too.
    """
    if choices is None:
        if before is None or not before.choices:
            return ()
        if before.view.batch_size != view.batch_size:
            raise Invalid("Say anew what each choice adds: the batch has another size.",
                          field="choices")  # fmt: skip
        return before.choices
    if len(choices) > MOST_CHOICES:
        raise Invalid(f"At most {MOST_CHOICES} choices.", field="choices")
    tidy = tuple(_tidy(each, field=f"choices.{n}") for n, each in enumerate(choices))
    offered = {(folded(each.option), folded(each.value)) for each in tidy}
    if len(offered) < len(tidy):
        raise Invalid("A value is offered twice.", field="choices")
    wanted = {line.item_id for each in tidy for line in each.lines}
    known = set(session.scalars(select(Item.id).where(Item.id.in_(wanted))))
    if wanted - known:
        raise Invalid("One of the lines names no item.", field="choices")
    if view.item_id in wanted:
        raise Invalid("A choice cannot add the item to itself.", field="choices")
    return tidy


def write_choices(session: Session, recipe: Recipe, choices: Sequence[Choice]) -> None:
    """Write down what a new recipe offers."""
    for choice in choices:
        for line in choice.lines:
            _write(session, recipe, choice, item_id=line.item_id, quantity=line.quantity,
                   waste_bp=line.waste_bp)  # fmt: skip
        if not choice.lines:
            _write(session, recipe, choice, item_id=None, quantity=0, waste_bp=0)


def followers(
    session: Session, *, before: Version | None, after: Version
) -> Iterator[Follow]:
    """Find the variants of a family whose recipes differ from what the family now offers.

    A variant that was finished a whole batch at a time still is; another keeps the size of its
    batches. What somebody wrote into its recipe besides (a label, its own steps and times) stays.
    A variant of something no longer offered keeps the recipe it has: orders may wait for it.
    """
    for item, recipe in variant_recipes(session, family_id=after.view.item_id):
        try:
            now = _finished(after, item=item, recipe=recipe, before=before)
        except ChoiceProblem:
            continue
        own = _own_lines(recipe, before=before, after=now)
        lines = (*now.lines, *own)
        stored = recipe_view(recipe)
        is_same = set(lines) == set(stored.lines) and now.batch_size == stored.batch_size
        if not is_same:
            view = RecipeView(
                item_id=item.id,
                batch_size=now.batch_size,
                loss_bp=recipe.loss_bp,
                lines=lines,
            )
            yield Follow(recipe=recipe, view=view, steps=_steps(session, recipe))


def _tidy(choice: Choice, *, field: str) -> Choice:
    option, value = " ".join(choice.option.split()), " ".join(choice.value.split())
    for name, given in (("option", option), ("value", value)):
        if not given or len(given) > LONGEST_WORD:
            raise Invalid(f"Write 1 to {LONGEST_WORD} characters.", field=f"{field}.{name}")
    if len({line.item_id for line in choice.lines}) < len(choice.lines):
        raise Invalid(
            "An item is named twice: add its quantities up.", field=f"{field}.lines"
        )
    for line in choice.lines:
        check_quantity(line.quantity, field=f"{field}.lines")
        between(line.waste_bp, 0, 9_999, field=f"{field}.lines")
    return Choice(option=option, value=value, lines=choice.lines)


def _write(
    session: Session,
    recipe: Recipe,
    choice: Choice,
    *,
    item_id: int | None,
    quantity: int,
    waste_bp: int,
) -> None:
    session.add(
        RecipeChoice(
            recipe_id=recipe.id,
            option=choice.option,
            value=choice.value,
            item_id=item_id,
            quantity=quantity,
            waste_bp=waste_bp,
        )
    )
    session.flush()  # One by one: the order of the rows is the order of what is offered.


def _finished(
    version: Version, *, item: Item, recipe: Recipe, before: Version | None
) -> RecipeView:
    whole = before is None or recipe.batch_size == good_yield(before.view)
    return finish(
        version.view,
        choices=version.choices,
        options={option: str(value) for option, value in item.options.items()},
        item_id=item.id,
        batch_size=None if whole else recipe.batch_size,
    )


def _own_lines(
    recipe: Recipe, *, before: Version | None, after: RecipeView
) -> list[RecipeLine]:
    """Return the lines of a variant's recipe that its family never asked for."""
    given = {line.item_id for line in after.lines}
    if before is not None:
        given |= {line.item_id for each in before.choices for line in each.lines}
    return [line for line in recipe_view(recipe).lines if line.item_id not in given]


def _steps(session: Session, recipe: Recipe) -> tuple[GivenStep, ...]:
    rows = steps_by_recipe(session, recipe_ids=[recipe.id]).get(recipe.id, [])
    return tuple(
        GivenStep(
            name=step.name,
            work_centre_id=step.work_centre_id,
            setup_minutes=step.setup_minutes,
            batch_minutes=step.batch_minutes,
            rest_days=step.rest_days,
        )
        for step in rows
    )
