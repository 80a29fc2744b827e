"""Recipes from a table: one row a component, the rows of one item together are its recipe."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hub.domain.catalogue.recipe import RecipeLine
from hub.flow.catalogue.catalogue import add_recipe
from hub.flow.tables.import_cells import Cells
from hub.flow.tables.import_kind import Came, Kind, amount
from hub.models.catalogue.item_views import work_centre_coded
from hub.models.planning.planning_queries import active_recipe
from hub.models.records.items import Item, Recipe, WorkCentre
from hub.models.records.recipe_parts import RecipeChoice, RecipeStep
from mapping.units import format_percent

COUNTS = ("min_batches", "max_batches", "step_batches")
TIMES = ("setup_minutes", "batch_minutes", "rest_days")
HEAD = ("batch_size", "loss_percent", *COUNTS, "work_centre", *TIMES)
COLUMNS = ("item", *HEAD, "component", "quantity", "waste_percent")


def take_recipe(session: Session, rows: Sequence[Cells], who: str, now: datetime) -> Came:
    """Write the recipe of one item, unless it is the one in force already.

    What holds for the whole recipe is written in its first row; in the others it may be left out.

    :raises RowRefused: a cell that cannot be read, or a later row that contradicts the first.
    :raises Refusal: what a recipe cannot be.
    """
    head = rows[0]
    item = head.item(session, "item")
    known = active_recipe(session, item_id=item.id)
    if known is not None and _has_parts(session, known):
        raise head.refused(
            "item", "Its recipe has steps or choices: change it on its page."
        )
    _check_agreed(rows)
    given = _head(session, head, item=item)
    lines = [_line(session, row) for row in rows]
    if known is not None and _is_same(known, given=given, lines=lines):
        return Came.UNCHANGED
    add_recipe(
        session,
        item_id=item.id,
        lines=lines,
        steps=(),
        choices=None,
        who=who,
        now=now,
        **given,
    )
    return Came.UPDATED if known else Came.CREATED


def _has_parts(session: Session, recipe: Recipe) -> bool:
    steps = exists().where(RecipeStep.recipe_id == recipe.id)
    choices = exists().where(RecipeChoice.recipe_id == recipe.id)
    return bool(session.scalar(select(steps | choices)))


def _check_agreed(rows: Sequence[Cells]) -> None:
    for row in rows[1:]:
        for column in HEAD:
            if row.has(column) and row.text(column) != rows[0].text(column):
                raise row.refused(column, "The first row of this recipe says otherwise.")


def _head(session: Session, row: Cells, *, item: Item) -> dict[str, int]:
    row.needed("batch_size")
    centre = _work_centre(session, row)
    given = {
        "batch_size": row.quantity_of("batch_size", item),
        "loss_bp": row.percent("loss_percent"),
        **{column: row.whole(column) for column in (*COUNTS, *TIMES)},
        "work_centre_id": centre.id if centre else None,
    }
    return {name: value for name, value in given.items() if value is not None}


def _work_centre(session: Session, row: Cells) -> WorkCentre | None:
    if not row.has("work_centre"):
        return None
    found = work_centre_coded(session, code=row.text("work_centre"))
    if found is None:
        raise row.refused("work_centre", "There is no work centre with this code.")
    return found


def _line(session: Session, row: Cells) -> RecipeLine:
    component = row.item(session, "component")
    row.needed("quantity")
    return RecipeLine(
        item_id=component.id,
        quantity=row.quantity_of("quantity", component) or 0,
        waste_bp=row.percent("waste_percent"),
    )


def _is_same(
    known: Recipe, *, given: Mapping[str, int], lines: Iterable[RecipeLine]
) -> bool:
    usual: Mapping[str, int | None] = {
        "loss_bp": 0,
        "min_batches": 1,
        "max_batches": None,
        "step_batches": 1,
        "work_centre_id": None,
        **dict.fromkeys(TIMES, 0),
    }
    wanted = {**usual, **given}
    stored = {(line.item_id, line.quantity, line.waste_bp) for line in known.lines}
    written = {(line.item_id, line.quantity, line.waste_bp) for line in lines}
    return stored == written and all(
        getattr(known, name) == value for name, value in wanted.items()
    )


def recipe_rows(
    recipe: Recipe, *, items: Mapping[int, Item], centres: Mapping[int, WorkCentre]
) -> Iterable[dict[str, str]]:
    """Write a recipe, one row a component."""
    made = items[recipe.item_id]
    centre = centres.get(recipe.work_centre_id or 0)
    head = {
        "item": made.code,
        "batch_size": amount(recipe.batch_size, unit=made.unit),
        "loss_percent": format_percent(recipe.loss_bp),
        "work_centre": centre.code if centre else "",
        **{
            name: "" if getattr(recipe, name) is None else str(getattr(recipe, name))
            for name in (*COUNTS, *TIMES)
        },
    }
    for line in recipe.lines:
        part = items[line.item_id]
        yield head | {
            "component": part.code,
            "quantity": amount(line.quantity, unit=part.unit),
            "waste_percent": format_percent(line.waste_bp),
        }


RECIPES = Kind(
    columns=COLUMNS,
    required=("item", "component", "quantity"),
    items=("item", "component"),
    take=take_recipe,
    together_by="item",
)
