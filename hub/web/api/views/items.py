"""Items: GET and POST /items, GET /items/{code}."""

from dataclasses import dataclass

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.flow.items import add_item
from hub.flow.refusal import Missing
from hub.models.item_figures import item_figures
from hub.models.item_views import find_items, item_coded
from hub.models.items import Item
from hub.web.api.door import Asked, Door
from hub.web.api.paging import cursor, window
from hub.web.api.quantities import QuantityIn, density, thousandths
from hub.web.api.schemas.items import ItemIn, ItemOut, ItemQuery, show_item
from hub.web.api.shapes import Page, Path

TAG = Tag(name="Items", description="What is made, and what it is made from.")


class ItemPath(Path):
    """Which item."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """What reading a quantity must know of an item that is not written yet."""

    unit: str
    density_mg_per_ml: int | None


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of items."""

    @api.get("/items", tags=[TAG], responses={"200": Page[ItemOut]})
    def list_items(query: ItemQuery) -> Response:
        """List items with what there is of them."""
        return door.read(lambda asked: _page(asked, door, query))

    @api.post("/items", tags=[TAG], responses={"201": ItemOut})
    def create_item(body: ItemIn) -> Response:
        """Add something to hold in stock."""
        return door.write(
            lambda asked: _add(asked, body),
            show=lambda asked, item_id: _show(
                asked, door, asked.session.get_one(Item, item_id)
            ),
            status=201,
        )

    @api.get("/items/<path:code>", tags=[TAG], responses={"200": ItemOut})
    def get_item(path: ItemPath) -> Response:
        """Show one item."""
        return door.read(lambda asked: _one(asked, door, path.code))


def _page(asked: Asked, door: Door, query: ItemQuery) -> Page[ItemOut]:
    found = find_items(
        asked.session, kind=query.kind or "", text=query.q, window=window(query)
    )
    figures = item_figures(
        asked.session,
        item_ids=[item.id for item in found.rows],
        on=door.today(asked.now),
    )
    return Page(
        items=[show_item(item, figures[item.id]) for item in found.rows],
        next=cursor(found.next),
    )


def _one(asked: Asked, door: Door, code: str) -> ItemOut:
    item = item_coded(asked.session, code=code)
    if item is None:
        raise Missing("There is no such item.")
    return _show(asked, door, item)


def _show(asked: Asked, door: Door, item: Item) -> ItemOut:
    on = door.today(asked.now)
    return show_item(item, item_figures(asked.session, item_ids=[item.id], on=on)[item.id])


def _add(asked: Asked, body: ItemIn) -> int:
    dense = None if body.density is None else density(body.density, field="density")
    new = NewItem(unit=body.unit, density_mg_per_ml=dense)
    return add_item(
        asked.session,
        code=body.code,
        name=body.name,
        kind=body.kind,
        unit=body.unit,
        policy=body.policy,
        shelf_life_days=body.shelf_life_days,
        min_remaining_days=body.min_remaining_days,
        lead_time_days=body.lead_time_days,
        reorder_point=_level(body.reorder_point, of=new, field="reorder_point"),
        safety_stock=_level(body.safety_stock, of=new, field="safety_stock"),
        density_mg_per_ml=new.density_mg_per_ml,
        allergens=body.allergens,
        who=asked.who,
        now=asked.now,
    )


def _level(given: QuantityIn | None, *, of: NewItem, field: str) -> int:
    return 0 if given is None else thousandths(given, item=of, field=field)
