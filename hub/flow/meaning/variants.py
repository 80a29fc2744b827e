"""Finishing one base in many ways: the item of each choice, made from its family's recipe."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.catalogue.options import (
    Choice,
    ChoiceProblem,
    Options,
    choose,
    finish,
    options_key,
)
from hub.domain.catalogue.recipe import good_yield
from hub.flow.bounds import LONGEST_WORD
from hub.flow.catalogue.catalogue import add_recipe
from hub.flow.catalogue.items import add_item
from hub.flow.catalogue.recipe_choices import Version, version_of
from hub.flow.refusal import Invalid, Missing
from hub.flow.stock.stock import check_quantity
from hub.models.catalogue.choice_queries import variant_recipes, variant_with
from hub.models.locks import lock_planner
from hub.models.planning.planning_queries import active_recipe, recipe_view
from hub.models.records.items import Item


def variant_of(
    session: Session,
    *,
    family_id: int,
    options: Options,
    batch_size: int | None = None,
    who: str,
    now: datetime,
) -> int:
    """Find or open the item that is finished with these options, and give its id.

    A new one has a recipe of its own: so much of the family's item, and what the choices add,
    so that one run of the base serves many finishes. It is finished `batch_size` thousandths
    at a time, else like the last variant of the family, else a whole batch of the base. Of one
    that is there a `batch_size` changes the recipe, and none leaves it.

    :raises Invalid: nothing to choose from, or an option or value that is not offered.
    :raises MadeOfItself: what a choice adds is made of the family's item.
    :raises Missing: there is no such item.
    """
    lock_planner(session)
    family = session.get(Item, family_id)
    if family is None:
        raise Missing("There is no such item.", field="item")
    version = version_of(session, active_recipe(session, item_id=family_id))
    if version is None or not version.choices:
        raise Invalid(f"{family.name} has nothing to choose from.", field="options")
    chosen = _chosen(version, options)
    if batch_size is not None:
        check_quantity(batch_size, field="batch_size")
    key = options_key({each.option: each.value for each in chosen})
    known = variant_with(session, family_id=family_id, options_key=key)
    size = batch_size or (None if known else _usual_size(session, version))
    if known is None:
        known = _open(session, family, chosen, key=key, who=who, now=now)
    elif not _is_other(session, known, size=size):
        return known.id
    view = finish(
        version.view,
        choices=version.choices,
        options={each.option: each.value for each in chosen},
        item_id=known.id,
        batch_size=size,
    )
    add_recipe(
        session,
        item_id=known.id,
        batch_size=view.batch_size,
        lines=view.lines,
        who=who,
        now=now,
    )
    return known.id


def _chosen(version: Version, options: Options) -> tuple[Choice, ...]:
    try:
        return choose(version.choices, options=options)
    except ChoiceProblem as problem:
        raise Invalid(str(problem), field="options") from problem


def _usual_size(session: Session, version: Version) -> int | None:
    """Say how much the newest variant finishes at a time, None for a whole batch of the base."""
    variants = variant_recipes(session, family_id=version.view.item_id)
    if not variants or variants[-1][1].batch_size == good_yield(version.view):
        return None
    return variants[-1][1].batch_size


def _is_other(session: Session, variant: Item, *, size: int | None) -> bool:
    if size is None:
        return False
    recipe = active_recipe(session, item_id=variant.id)
    return recipe is None or recipe_view(recipe).batch_size != size


def _open(
    session: Session,
    family: Item,
    chosen: Sequence[Choice],
    *,
    key: str,
    who: str,
    now: datetime,
) -> Item:
    """Open the item; it keeps and is told apart as its family is."""
    values = ", ".join(each.value for each in chosen)
    item_id = add_item(
        session,
        code=_code(session, family, chosen),
        name=f"{family.name}, {values}"[:LONGEST_WORD],
        kind="product",
        unit=family.unit,
        shelf_life_days=family.shelf_life_days,
        min_remaining_days=family.min_remaining_days,
        density_mg_per_ml=family.density_mg_per_ml,
        window_days=family.window_days,
        quality_hold=family.quality_hold,
        lot_pattern=family.lot_pattern,
        allergens=_allergens(session, family, chosen),
        who=who,
        now=now,
    )
    item = session.get_one(Item, item_id)
    item.family_id, item.options_key = family.id, key
    item.options = {each.option: each.value for each in chosen}
    session.flush()
    return item


def _code(session: Session, family: Item, chosen: Sequence[Choice]) -> str:
    """Make a code that nobody has: CND/lavender-purple, else CND/lavender-purple-2."""
    slug = "-".join(_slug(each.value) for each in chosen)
    code = f"{family.code}/{slug}"[: LONGEST_WORD - 10]
    taken = set(session.scalars(select(Item.code).where(Item.code.startswith(code))))
    if code not in taken:
        return code
    number = 2
    while f"{code}-{number}" in taken:
        number += 1
    return f"{code}-{number}"


def _slug(words: str) -> str:
    plain = "".join(each if each.isalnum() else " " for each in words.casefold())
    return "-".join(plain.split())


def _allergens(session: Session, family: Item, chosen: Sequence[Choice]) -> list[str]:
    """Gather what the family and all that is added to it may do to people."""
    added = {line.item_id for each in chosen for line in each.lines}
    found = {str(each) for each in family.allergens}
    for allergens in session.scalars(select(Item.allergens).where(Item.id.in_(added))):
        found |= {str(each) for each in allergens}
    return sorted(found)
