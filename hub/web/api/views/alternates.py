"""What may stand in for an item: GET, PUT and DELETE /items/{code}/alternates."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.domain.planning.substitutes import MILLION
from hub.flow.catalogue.alternates import forget_alternate, set_alternate
from hub.flow.refusal import Invalid
from hub.models.by_id import by_id
from hub.models.planning.substitution_queries import alternates_of
from hub.models.records.alternates import Alternate
from hub.models.records.items import Item
from hub.web.api.door import Asked, Door
from hub.web.api.named import item_in_path, item_named
from hub.web.api.schemas.alternates import (
    AlternateIn,
    AlternateOut,
    AlternateQuery,
    show_alternate,
)
from hub.web.api.shapes import Page, Path
from mapping.units import read_amount

TAG = Tag(name="Alternates", description="What runs may take where an item is short.")


class ItemPath(Path):
    """Which item."""

    code: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of alternates."""

    @api.get(
        "/items/<path:code>/alternates", tags=[TAG], responses={"200": Page[AlternateOut]}
    )
    def list_alternates(path: ItemPath) -> Response:
        """List what may stand in for an item, first choice first, and what may not."""
        return door.read(lambda asked: _page(asked, path.code))

    @api.put("/items/<path:code>/alternates", tags=[TAG], responses={"200": AlternateOut})
    def put_alternate(path: ItemPath, body: AlternateIn) -> Response:
        """Say that another item may stand in for this one, or change what was said.

        Only runs take it, never orders: a buyer is not sent another product unasked.
        """
        return door.write(lambda asked: _put(asked, path.code, body), show=_one)

    @api.delete("/items/<path:code>/alternates", tags=[TAG], responses={"204": None})
    def delete_alternate(path: ItemPath, query: AlternateQuery) -> Response:
        """Take back that another item may stand in; runs that have started keep it."""
        return door.write(
            lambda asked: _delete(asked, path.code, query), show=lambda _asked, _done: None
        )


def _page(asked: Asked, code: str) -> Page[AlternateOut]:
    item = item_in_path(asked.session, code)
    rows = alternates_of(asked.session, item_id=item.id)
    others = by_id(asked.session, Item, ids={row.substitute_id for row in rows})
    return Page(
        items=[
            show_alternate(row, item=item, substitute=others[row.substitute_id])
            for row in rows
        ],
        next=None,
    )


def _put(asked: Asked, code: str, body: AlternateIn) -> int:
    item = item_in_path(asked.session, code)
    substitute = item_named(asked.session, body.substitute, field="substitute")
    return set_alternate(
        asked.session,
        item_id=item.id,
        substitute_id=substitute.id,
        factor_ppm=None if body.factor is None else _factor(body.factor),
        rank=body.rank,
        is_allowed=body.allowed,
        note=body.note,
        who=asked.who,
        now=asked.now,
    )


def _one(asked: Asked, alternate_id: int) -> AlternateOut:
    row = asked.session.get_one(Alternate, alternate_id)
    items = by_id(asked.session, Item, ids={row.item_id, row.substitute_id})
    return show_alternate(row, item=items[row.item_id], substitute=items[row.substitute_id])


def _delete(asked: Asked, code: str, query: AlternateQuery) -> None:
    item = item_in_path(asked.session, code)
    substitute = item_named(asked.session, query.substitute, field="substitute")
    forget_alternate(
        asked.session,
        item_id=item.id,
        substitute_id=substitute.id,
        who=asked.who,
        now=asked.now,
    )


def _factor(given: str) -> int:
    """Turn a decimal into millionths.

    :raises Invalid: finer than that.
    """
    whole = read_amount(given) * MILLION
    if whole.denominator != 1:
        raise Invalid("Write at most six decimals.", field="factor")
    return int(whole)
