"""What a buyer chose on an order line, and the variant of a family that is made of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.catalogue.options import Choice, ChoiceProblem, choose, folded, options_key
from hub.flow.meaning.variants import variant_of
from hub.models.catalogue.choice_queries import choices_by_recipe, variant_with
from hub.models.records.items import Recipe
from hub.models.records.listings import Listing
from hub.models.records.mapping_changes import ListingOption
from hub.models.records.orders import OrderLine
from mapping.bundle import Components

Filled = Mapping[str, str]
"""Which choice of a recipe each option of the buyer fills, by the option's folded name."""

NEW = 0
"""Instead of an item's id: a variant that nobody has opened yet."""


class ChoiceUnknown(Exception):
    """The buyer chose what the recipe does not offer, or nothing; the words say what it offers."""


def buyers_choice(line: OrderLine) -> dict[str, str]:
    """Return what the buyer of a line chose: the option's folded name -> what was written."""
    said = {}
    for pair in line.personalisation:
        if isinstance(pair, list) and len(pair) == 2:
            said[folded(str(pair[0]))] = " ".join(str(pair[1]).split())
    return said


def options_for(session: Session, listing: Listing) -> Filled:
    """Return what fills the choices of a listing: its own, or its SKU's where that says so."""
    query = select(ListingOption.name_key, ListingOption.choice).order_by(ListingOption.id)
    if listing.matched_by == "person":
        query = query.where(ListingOption.listing_id == listing.id)
    elif listing.sku_key:
        query = query.join(Listing, Listing.id == ListingOption.listing_id).where(
            Listing.sku_key == listing.sku_key,
            Listing.matched_by == "person",
            Listing.said_for != "listing",
        )
        if listing.matched_by == "account_sku":
            query = query.where(Listing.account_id == listing.account_id)
    else:
        return {}
    return {name: choice for name, choice in session.execute(query)}


def offered_by(
    session: Session, *, item_ids: Collection[int]
) -> dict[int, tuple[Choice, ...]]:
    """Return what the recipes in force of these items offer to choose, by item."""
    query = select(Recipe.id, Recipe.item_id).where(
        Recipe.item_id.in_(item_ids), Recipe.is_active
    )
    recipes = {recipe_id: item_id for recipe_id, item_id in session.execute(query)}
    found = choices_by_recipe(session, recipe_ids=recipes)
    return {recipes[recipe_id]: choices for recipe_id, choices in found.items()}


def chosen_items(
    session: Session,
    components: Components,
    *,
    filled: Filled,
    said: Mapping[str, str],
    now: datetime,
    opens: bool = True,
) -> dict[int, int]:
    """Say which items a piece of a line holds, where the buyer chose among variants.

    A family whose choices nothing fills is meant as it is. A variant that is ordered for the
    first time is opened with its recipe; without `opens` it counts under NEW. That takes the
    planner's lock, in an order's transaction out of turn: what then waits in a circle is done
    again as a whole, and only for the first order of a finish.

    :raises ChoiceUnknown: what was chosen is not offered, or something was not chosen.
    """
    items: dict[int, int] = defaultdict(int)
    offered = (
        offered_by(session, item_ids=[each.item_id for each in components])
        if filled
        else {}
    )
    for each in components:
        choices = offered.get(each.item_id, ())
        names = {folded(choice.option) for choice in choices}
        own = {name: to for name, to in filled.items() if folded(to) in names}
        item_id = each.item_id
        if own:
            options = {to: said[name] for name, to in own.items() if said.get(name)}
            item_id = _variant(
                session, item_id, choices, options=options, now=now, opens=opens
            )
        items[item_id] += each.quantity
    return dict(items)


def _variant(
    session: Session,
    family_id: int,
    choices: tuple[Choice, ...],
    *,
    options: Mapping[str, str],
    now: datetime,
    opens: bool,
) -> int:
    try:
        chosen = choose(choices, options=options)
    except ChoiceProblem as problem:
        raise ChoiceUnknown(str(problem)) from problem
    meant = {each.option: each.value for each in chosen}
    known = variant_with(session, family_id=family_id, options_key=options_key(meant))
    if known is not None:
        return known.id
    if not opens:
        return NEW
    return variant_of(session, family_id=family_id, options=meant, who="system", now=now)
