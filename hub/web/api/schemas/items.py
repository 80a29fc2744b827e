"""Items, recipes and work centres as the API takes and gives them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

from pydantic import Field

from hub.domain.catalogue.options import Choice
from hub.domain.catalogue.recipe import RecipeLine as Added
from hub.domain.planning.availability import Availability
from hub.models.records.items import Item, Recipe, RecipeLine, WorkCentre
from hub.models.records.recipe_parts import RecipeStep
from hub.web.api.quantities import Amount, Quantity, QuantityIn, quantity
from hub.web.api.shapes import Count, Days, In, Name, Out, PageQuery, Patch
from mapping.units import format_percent, plain

Kind = Literal["product", "intermediate", "material", "packaging"]
Unit = Literal["g", "ml", "each", "m"]
Policy = Literal["make_to_order", "make_to_stock"]


class ItemIn(In):
    """Something to hold in stock."""

    code: Name
    name: Name
    kind: Kind
    unit: Unit = Field(description="What it is counted in, for good.")
    policy: Policy = "make_to_order"
    shelf_life_days: Days | None = None
    min_remaining_days: Days = Field(
        0, description="Days a lot must still be good for when it ships."
    )
    lead_time_days: Days | None = None
    reorder_point: QuantityIn | None = None
    safety_stock: QuantityIn | None = None
    stock_up_to: QuantityIn | None = Field(
        None, description="Once below the reorder point, fill up to at least this."
    )
    density: Amount | None = Field(
        None, description="Grams per millilitre; lets recipes mix kilograms and litres."
    )
    allergens: list[Name] = Field([], max_length=50)
    window_days: Days | None = Field(
        None, description="Orders due within so many days share a run."
    )
    quality_hold: bool = Field(
        False, description="Whether what is made waits in quarantine until let go."
    )
    lot_pattern: str = Field(
        "", description="How lot codes are made: {item}-{yy}{ddd}-{nn}."
    )


class ItemPatch(Patch):
    """What is to change of an item; code, kind and unit are for good."""

    name: Name | None = None
    policy: Policy | None = None
    shelf_life_days: Days | None = None
    min_remaining_days: Days | None = None
    lead_time_days: Days | None = None
    reorder_point: QuantityIn | None = None
    safety_stock: QuantityIn | None = None
    stock_up_to: QuantityIn | None = None
    density: Amount | None = None
    allergens: list[Name] | None = Field(None, max_length=50)
    window_days: Days | None = None
    quality_hold: bool | None = None
    lot_pattern: str | None = None


class ItemOut(Out):
    """An item and what there is of it."""

    id: str = Field(description="The same as its code.")
    code: str
    name: str
    kind: str
    unit: str
    policy: str
    shelf_life_days: int | None
    min_remaining_days: int
    lead_time_days: int | None
    reorder_point: Quantity
    safety_stock: Quantity
    stock_up_to: Quantity
    density: str | None
    allergens: list[str]
    window_days: int | None
    quality_hold: bool
    lot_pattern: str
    family: str | None = Field(description="For a variant: the item it is finished from.")
    options: dict[str, str] = Field(description="For a variant: what was chosen.")
    on_hand: Quantity = Field(description="In the house, whatever its state.")
    reserved: Quantity
    available: Quantity = Field(description="Good today, not put aside, and nobody's.")
    incoming: Quantity = Field(
        description="Still to come from suppliers and open production orders."
    )
    available_to_promise: Quantity
    created_at: datetime


class ItemQuery(PageQuery):
    """Which items."""

    kind: Kind | None = None
    q: str = Field("", description="Part of a code or name.")


class RecipeLineIn(In):
    """How much of an item goes into one batch."""

    item: str
    quantity: QuantityIn
    waste_percent: Amount = "0"


class ChoiceIn(In):
    """What one value of an option adds to a batch; nothing, for "unscented" and the like."""

    option: Name = Field(examples=["scent"])
    value: Name = Field(examples=["lavender"])
    lines: list[RecipeLineIn] = Field([], max_length=50)


class StepIn(In):
    """One step of making, in the order in which they are given."""

    name: str = Field("", max_length=200)
    work_centre: Name | None = Field(None, description="By its code, as for a recipe.")
    setup_minutes: Days = 0
    batch_minutes: Days = 0
    rest_days: Days = Field(
        0, description="Days it lies after this step before the next may begin."
    )


class RecipeIn(In):
    """How an item is made; in force at once, in place of the version before."""

    item: str
    batch_size: QuantityIn
    min_batches: Count = 1
    max_batches: Count | None = None
    step_batches: Count = 1
    loss_percent: Amount = "0"
    setup_minutes: Days = 0
    batch_minutes: Days = 0
    rest_days: Days = 0
    work_centre: Name | None = Field(
        None,
        description="By its code; one that is not known yet is added, open eight hours from"
        " Monday to Friday.",
    )
    steps: list[StepIn] = Field(
        [],
        max_length=50,
        description="Where it is made at several work centres, in place of the one above.",
    )
    lines: list[RecipeLineIn] = Field(min_length=1, max_length=200)
    choices: list[ChoiceIn] | None = Field(
        None,
        max_length=500,
        description="What it may be finished with; left out, what the version before offered.",
    )


class RecipeLineOut(Out):
    """How much of an item goes into one batch."""

    item: str
    quantity: Quantity
    waste_percent: str


class ChoiceOut(Out):
    """What one value of an option adds to a batch."""

    option: str
    value: str
    lines: list[RecipeLineOut]


class StepOut(Out):
    """One step of making."""

    name: str
    work_centre: str | None
    setup_minutes: int
    batch_minutes: int
    rest_days: int


class RecipeOut(Out):
    """One version of how an item is made."""

    id: str
    item: str
    version: int
    is_active: bool
    batch_size: Quantity
    loss_percent: str
    min_batches: int
    max_batches: int | None
    step_batches: int
    work_centre: str | None
    setup_minutes: int
    batch_minutes: int
    rest_days: int
    steps: list[StepOut] = Field(
        description="Empty for a recipe made in one go; else what stands above is their sum."
    )
    lines: list[RecipeLineOut]
    choices: list[ChoiceOut]
    created_at: datetime


class RecipeQuery(PageQuery):
    """Which recipes."""

    item: str = ""
    active: bool = Field(False, description="Only those in force.")


def show_item(
    item: Item, figures: Availability, *, families: Mapping[int, Item]
) -> ItemOut:
    """Write an item with its five figures; `families` holds what variants are finished from."""

    def shown(of: int) -> Quantity:
        return quantity(of, unit=item.unit)

    thick = item.density_mg_per_ml
    return ItemOut(
        id=item.code,
        code=item.code,
        name=item.name,
        kind=item.kind,
        unit=item.unit,
        policy=item.policy,
        shelf_life_days=item.shelf_life_days,
        min_remaining_days=item.min_remaining_days,
        lead_time_days=item.lead_time_days,
        reorder_point=shown(item.reorder_point),
        safety_stock=shown(item.safety_stock),
        stock_up_to=shown(item.stock_up_to),
        window_days=item.window_days,
        family=None if item.family_id is None else families[item.family_id].code,
        options={option: str(value) for option, value in item.options.items()},
        quality_hold=item.quality_hold,
        lot_pattern=item.lot_pattern,
        density=None if thick is None else plain(Decimal(thick) / 1000),
        allergens=[str(each) for each in item.allergens],
        on_hand=shown(figures.on_hand),
        reserved=shown(figures.reserved),
        available=shown(figures.available),
        incoming=shown(figures.incoming),
        available_to_promise=shown(figures.promisable),
        created_at=item.created_at,
    )


def show_recipe(
    recipe: Recipe,
    *,
    items: dict[int, Item],
    centres: dict[int, WorkCentre],
    steps: Sequence[RecipeStep],
    choices: Sequence[Choice],
) -> RecipeOut:
    """Write a recipe; `items` holds what it makes, what goes in and what choices add."""
    made = items[recipe.item_id]
    centre = centres.get(recipe.work_centre_id or 0)
    return RecipeOut(
        id=str(recipe.id),
        item=made.code,
        version=recipe.version,
        is_active=recipe.is_active,
        batch_size=quantity(recipe.batch_size, unit=made.unit),
        loss_percent=format_percent(recipe.loss_bp),
        min_batches=recipe.min_batches,
        max_batches=recipe.max_batches,
        step_batches=recipe.step_batches,
        work_centre=centre.code if centre else None,
        setup_minutes=recipe.setup_minutes,
        batch_minutes=recipe.batch_minutes,
        rest_days=recipe.rest_days,
        steps=[
            StepOut(
                name=step.name,
                work_centre=centres[step.work_centre_id].code
                if step.work_centre_id is not None
                else None,
                setup_minutes=step.setup_minutes,
                batch_minutes=step.batch_minutes,
                rest_days=step.rest_days,
            )
            for step in steps
        ],
        lines=[_line(line, items=items) for line in recipe.lines],
        choices=[
            ChoiceOut(
                option=choice.option,
                value=choice.value,
                lines=[_line(line, items=items) for line in choice.lines],
            )
            for choice in choices
        ],
        created_at=recipe.created_at,
    )


def _line(line: RecipeLine | Added, *, items: Mapping[int, Item]) -> RecipeLineOut:
    item = items[line.item_id]
    return RecipeLineOut(
        item=item.code,
        quantity=quantity(line.quantity, unit=item.unit),
        waste_percent=format_percent(line.waste_bp),
    )
