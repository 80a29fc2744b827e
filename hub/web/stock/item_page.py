"""The page of one item: what there is, for whom, what comes; its lots, ledger and recipe."""

from dataclasses import dataclass

from flask import Response, abort
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from hub.domain.making.cost import UnitCost
from hub.flow.catalogue.items import POLICIES
from hub.models.by_id import by_id
from hub.models.catalogue.item_figures import item_figures
from hub.models.catalogue.item_views import find_recipes, find_work_centres
from hub.models.catalogue.recipe_views import cost_of_versions, used_in
from hub.models.catalogue.reserved_for import reserved_for
from hub.models.newest import Window
from hub.models.planning.substitution_queries import alternates_of
from hub.models.records.alternates import Alternate
from hub.models.records.forecasts import Forecast
from hub.models.records.items import Item, Recipe
from hub.models.stock.ledger_views import find_item_moves, lots_of_item
from hub.models.stock.lot_views import lot_rows
from hub.web.page_door import PageDoor, Trouble, asked_id, show
from hub.web.pictures.outlook import outlook_picture
from hub.web.stock.ledger import Ledger, ledger_of

RECIPE_ROWS = 12
VERSIONS = 10
MOVES = 30
LOTS = 50
HOLDERS = 20
EVERY = 1000
"""A select holds this many; more items than that want a search, not a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How an item is made: its versions, the newest first, and what they are made of."""

    versions: list[Recipe]
    costs: dict[int, UnitCost | None]
    """By version: what one base unit costs by it, at what materials cost now."""
    materials: dict[int, Item]

    @property
    def now(self) -> Recipe | None:
        """The version in force."""
        return next((each for each in self.versions if each.is_active), None)


def item_page(door: PageDoor, item_id: int, *, trouble: Trouble | None = None) -> Response:
    """Write the page of an item, with what could not be done."""
    with door.reading() as session:
        item = session.get(Item, item_id) or abort(404)
        making = _making(session, item_id)
        return show(
            "stock/item.html",
            item=item,
            figures=item_figures(session, item_ids=[item_id], on=door.today())[item_id],
            held=reserved_for(session, item_id=item_id, most=HOLDERS),
            outlook=outlook_picture(session, item=item, today=door.today()),
            lots=lot_rows(session, lots=lots_of_item(session, item_id=item_id, most=LOTS)),
            ledger=_ledger(session, item_id),
            making=making,
            recipe=making.now,
            materials=making.materials,
            used_in=used_in(session, item_ids=[item_id]).get(item_id, []),
            every=_others(session, item_id),
            centres=find_work_centres(session, window=Window(100)).rows,
            recipe_rows=RECIPE_ROWS,
            policies=POLICIES,
            forecast=session.scalar(select(Forecast).filter_by(item_id=item_id)),
            alternates=_alternates(session, item_id),
            trouble=trouble,
        )


def _ledger(session: Session, item_id: int) -> Ledger:
    window = Window(MOVES, asked_id("after"))
    return ledger_of(session, find_item_moves(session, item_id=item_id, window=window))


def _making(session: Session, item_id: int) -> Making:
    found = find_recipes(
        session, item_id=item_id, only_active=False, window=Window(VERSIONS)
    ).rows
    used = {line.item_id for recipe in found for line in recipe.lines}
    return Making(
        versions=list(found),
        costs=cost_of_versions(session, found),
        materials=by_id(session, Item, ids=used),
    )


def _alternates(session: Session, item_id: int) -> list[tuple[Alternate, Item]]:
    beside = alternates_of(session, item_id=item_id)
    others = by_id(session, Item, ids={row.substitute_id for row in beside})
    return [(row, others[row.substitute_id]) for row in beside]


def _others(session: Session, item_id: int) -> list[Row[int, str, str]]:
    """Return id, unit and name of what a recipe may take: the form lists them all, often."""
    query = select(Item.id, Item.unit, Item.name).where(Item.id != item_id)
    found = session.execute(query.order_by(Item.id.desc()).limit(EVERY))
    return sorted(found, key=lambda each: each.name)
