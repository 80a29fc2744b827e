"""Recipes: found, looked at, and written anew."""

from collections.abc import Iterable

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.domain.catalogue.options import Choice
from hub.domain.catalogue.recipe import RecipeLine
from hub.flow.catalogue.catalogue import add_recipe, add_work_centre
from hub.flow.catalogue.recipe_steps import GivenStep
from hub.flow.meaning.map_lines import map_held
from hub.flow.refusal import Missing
from hub.models.by_id import by_id
from hub.models.catalogue.choice_queries import choices_by_recipe
from hub.models.catalogue.item_views import (
    find_recipes,
    recipe_with_lines,
    work_centre_coded,
)
from hub.models.catalogue.recipe_steps import steps_by_recipe
from hub.models.records.items import Item, Recipe, WorkCentre
from hub.web.api.door import Asked, Door
from hub.web.api.named import id_in_path, item_named, wanted_item
from hub.web.api.paging import cursor, window
from hub.web.api.quantities import basis_points, thousandths
from hub.web.api.schemas.items import (
    ChoiceIn,
    RecipeIn,
    RecipeLineIn,
    RecipeOut,
    RecipeQuery,
    StepIn,
    show_recipe,
)
from hub.web.api.shapes import Page, Path

TAG = Tag(name="Recipes", description="How items are made, and where.")

USUAL_HOURS = (480, 480, 480, 480, 480, 0, 0)
"""Minutes open, Monday first, of a work centre nobody has said more about."""


class RecipePath(Path):
    """Which recipe."""

    recipe_id: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of recipes."""

    @api.get("/recipes", tags=[TAG], responses={"200": Page[RecipeOut]})
    def list_recipes(query: RecipeQuery) -> Response:
        """List recipes, all their versions."""
        return door.read(lambda asked: _page(asked, query))

    @api.post("/recipes", tags=[TAG], responses={"201": RecipeOut})
    def create_recipe(body: RecipeIn) -> Response:
        """Write the next version of how an item is made; it is in force at once."""
        return door.write(
            lambda asked: _add(asked, body),
            show=_one,
            status=201,
        )

    @api.get("/recipes/<recipe_id>", tags=[TAG], responses={"200": RecipeOut})
    def get_recipe(path: RecipePath) -> Response:
        """Show one version of a recipe."""
        return door.read(
            lambda asked: _one(asked, id_in_path(path.recipe_id, what="recipe"))
        )


def _page(asked: Asked, query: RecipeQuery) -> Page[RecipeOut]:
    found = find_recipes(
        asked.session,
        item_id=wanted_item(asked.session, query.item),
        only_active=query.active,
        window=window(query),
    )
    return Page(items=_shown(asked, found.rows), next=cursor(found.next))


def _one(asked: Asked, recipe_id: int) -> RecipeOut:
    recipe = recipe_with_lines(asked.session, recipe_id=recipe_id)
    if recipe is None:
        raise Missing("There is no such recipe.")
    return _shown(asked, [recipe])[0]


def _shown(asked: Asked, recipes: Iterable[Recipe]) -> list[RecipeOut]:
    recipes = list(recipes)
    choices = choices_by_recipe(asked.session, recipe_ids=[each.id for each in recipes])
    used = {line.item_id for recipe in recipes for line in recipe.lines}
    used |= {
        line.item_id for many in choices.values() for each in many for line in each.lines
    }
    items = by_id(asked.session, Item, ids=used | {recipe.item_id for recipe in recipes})
    steps = steps_by_recipe(asked.session, recipe_ids=[recipe.id for recipe in recipes])
    wanted = {recipe.work_centre_id for recipe in recipes}
    wanted |= {step.work_centre_id for each in steps.values() for step in each}
    centres = by_id(asked.session, WorkCentre, ids=[each for each in wanted if each])
    return [
        show_recipe(
            recipe,
            items=items,
            centres=centres,
            steps=steps.get(recipe.id, ()),
            choices=choices.get(recipe.id, ()),
        )
        for recipe in recipes
    ]


def _add(asked: Asked, body: RecipeIn) -> int:
    item = item_named(asked.session, body.item, field="item")
    recipe_id = add_recipe(
        asked.session,
        item_id=item.id,
        batch_size=thousandths(body.batch_size, item=item, field="batch_size"),
        lines=[
            _line(asked, line, field=f"lines.{position}")
            for position, line in enumerate(body.lines)
        ],
        loss_bp=basis_points(body.loss_percent, field="loss_percent"),
        min_batches=body.min_batches,
        max_batches=body.max_batches,
        step_batches=body.step_batches,
        work_centre_id=_centre(asked, body.work_centre),
        setup_minutes=body.setup_minutes,
        batch_minutes=body.batch_minutes,
        rest_days=body.rest_days,
        steps=[_step(asked, step) for step in body.steps],
        choices=_choices(asked, body.choices),
        who=asked.who,
        now=asked.now,
    )
    map_held(asked.session, item_id=item.id, now=asked.now)
    return recipe_id


def _line(asked: Asked, line: RecipeLineIn, *, field: str) -> RecipeLine:
    item = item_named(asked.session, line.item, field=f"{field}.item")
    return RecipeLine(
        item_id=item.id,
        quantity=thousandths(line.quantity, item=item, field=f"{field}.quantity"),
        waste_bp=basis_points(line.waste_percent, field=f"{field}.waste_percent"),
    )


def _choices(asked: Asked, given: list[ChoiceIn] | None) -> list[Choice] | None:
    if given is None:
        return None
    return [
        Choice(
            option=choice.option,
            value=choice.value,
            lines=tuple(
                _line(asked, line, field=f"choices.{place}.lines.{position}")
                for position, line in enumerate(choice.lines)
            ),
        )
        for place, choice in enumerate(given)
    ]


def _step(asked: Asked, step: StepIn) -> GivenStep:
    return GivenStep(
        name=step.name,
        work_centre_id=_centre(asked, step.work_centre),
        setup_minutes=step.setup_minutes,
        batch_minutes=step.batch_minutes,
        rest_days=step.rest_days,
    )


def _centre(asked: Asked, code: str | None) -> int | None:
    if code is None:
        return None
    known = work_centre_coded(asked.session, code=code)
    if known is not None:
        return known.id
    return add_work_centre(
        asked.session, code=code, name=code, open_minutes=USUAL_HOURS, who=asked.who,
        now=asked.now,
    )  # fmt: skip
