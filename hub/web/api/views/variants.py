"""Variants: POST /items/{code}/variants finds or opens the item of what was chosen."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.flow.meaning.variants import variant_of
from hub.models.records.items import Item
from hub.web.api.door import Asked, Door
from hub.web.api.named import item_in_path
from hub.web.api.quantities import thousandths
from hub.web.api.schemas.items import ItemOut
from hub.web.api.schemas.variants import VariantIn
from hub.web.api.shapes import Path
from hub.web.api.views.items import shown_item

TAG = Tag(name="Variants", description="One base, finished by scent, colour and the like.")


class ItemPath(Path):
    """Which item."""

    code: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the route of variants."""

    @api.post("/items/<path:code>/variants", tags=[TAG], responses={"200": ItemOut})
    def choose_variant(path: ItemPath, body: VariantIn) -> Response:
        """Find the item that is finished with these options, or open it with its recipe."""
        return door.write(
            lambda asked: _choose(asked, path.code, body),
            show=lambda asked, item_id: shown_item(
                asked, door, asked.session.get_one(Item, item_id)
            ),
        )


def _choose(asked: Asked, code: str, body: VariantIn) -> int:
    family = item_in_path(asked.session, code)
    size = body.batch_size
    return variant_of(
        asked.session,
        family_id=family.id,
        options=body.options,
        batch_size=None
        if size is None
        else thousandths(size, item=family, field="batch_size"),
        who=asked.who,
        now=asked.now,
    )
