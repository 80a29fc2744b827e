"""Items: GET and POST /items, GET and PATCH /items/{code}."""

from dataclasses import dataclass

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.flow.catalogue.items import add_item, edit_item
from hub.flow.refusal import Invalid
from hub.models.catalogue.choice_queries import families_of
from hub.models.catalogue.item_figures import item_figures
from hub.models.catalogue.item_views import find_items
from hub.models.records.items import Item
from hub.web.api.door import Asked, Door
from hub.web.api.named import item_in_path
from hub.web.api.paging import cursor, window
from hub.web.api.quantities import QuantityIn, density, thousandths
from hub.web.api.schemas.items import ItemIn, ItemOut, ItemPatch, ItemQuery, show_item
from hub.web.api.shapes import Page, Path

TAG = Tag(name="Items", description="What is made, and what it is made from.")


FIRST = frozenset({"code", "name", "kind", "unit"})
LEVELS = frozenset({"reorder_point", "safety_stock", "stock_up_to"})
EMPTIABLE = frozenset({"shelf_life_days", "lead_time_days", "window_days"})
"""What may be unknown of an item; everything else has a value."""


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
            show=lambda asked, item_id: shown_item(
                asked, door, asked.session.get_one(Item, item_id)
            ),
            status=201,
        )

    @api.get("/items/<path:code>", tags=[TAG], responses={"200": ItemOut})
    def get_item(path: ItemPath) -> Response:
        """Show one item."""
        return door.read(lambda asked: _one(asked, door, path.code))

    @api.patch("/items/<path:code>", tags=[TAG], responses={"200": ItemOut})
    def change_item(path: ItemPath, body: ItemPatch) -> Response:
        """Change what is known of an item; it is planned again."""
        return door.write(
            lambda asked: _change(asked, path.code, body),
            show=lambda asked, item_id: shown_item(
                asked, door, asked.session.get_one(Item, item_id)
            ),
        )


def _page(asked: Asked, door: Door, query: ItemQuery) -> Page[ItemOut]:
    found = find_items(
        asked.session, kind=query.kind or "", text=query.q, window=window(query)
    )
    figures = item_figures(
        asked.session,
        item_ids=[item.id for item in found.rows],
        on=door.today(asked.now),
    )
    families = families_of(asked.session, found.rows)
    return Page(
        items=[show_item(item, figures[item.id], families=families) for item in found.rows],
        next=cursor(found.next),
    )


def _one(asked: Asked, door: Door, code: str) -> ItemOut:
    return shown_item(asked, door, item_in_path(asked.session, code))


def shown_item(asked: Asked, door: Door, item: Item) -> ItemOut:
    """Write one item with what there is of it today."""
    on = door.today(asked.now)
    figures = item_figures(asked.session, item_ids=[item.id], on=on)
    families = families_of(asked.session, [item])
    return show_item(item, figures[item.id], families=families)


def _add(asked: Asked, body: ItemIn) -> int:
    dense = None if body.density is None else density(body.density, field="density")
    new = NewItem(unit=body.unit, density_mg_per_ml=dense)
    levels = {
        field: 0 if given is None else thousandths(given, item=new, field=field)
        for field, given in _levels(body).items()
    }
    more = body.model_dump(exclude={"density", *FIRST, *LEVELS})
    return add_item(
        asked.session,
        code=body.code,
        name=body.name,
        kind=body.kind,
        unit=body.unit,
        who=asked.who,
        now=asked.now,
        **(more | levels | {"density_mg_per_ml": dense}),
    )


def _change(asked: Asked, code: str, body: ItemPatch) -> int:
    item = item_in_path(asked.session, code)
    changed = body.model_dump(exclude_unset=True, exclude={"density", *LEVELS})
    for field in changed.keys() - EMPTIABLE:
        if changed[field] is None:
            raise Invalid("This cannot be empty.", field=field)
    if "density" in body.model_fields_set:
        dense = None if body.density is None else density(body.density, field="density")
        changed["density_mg_per_ml"] = dense
    for field, given in _levels(body).items():
        if field in body.model_fields_set:
            changed[field] = (
                0 if given is None else thousandths(given, item=item, field=field)
            )
    edit_item(asked.session, item_id=item.id, changed=changed, who=asked.who, now=asked.now)
    return item.id


def _levels(body: ItemIn | ItemPatch) -> dict[str, QuantityIn | None]:
    return {
        "reorder_point": body.reorder_point,
        "safety_stock": body.safety_stock,
        "stock_up_to": body.stock_up_to,
    }
