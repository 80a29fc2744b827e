"""Suppliers: found, added, changed, what they sell; and what is suggested to order of them."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.flow.catalogue.suppliers import add_supplier, change_supplier, offer
from hub.models.purchasing.purchase_needs import suggestion_rows
from hub.models.purchasing.purchase_views import find_suppliers, items_sold
from hub.models.records.items import Item
from hub.models.records.purchasing import Supplier, SupplierItem
from hub.web.api.door import Asked, Door
from hub.web.api.named import item_in_path, supplier_in_path
from hub.web.api.paging import cursor, window
from hub.web.api.quantities import QuantityIn, thousandths, unit_cost
from hub.web.api.schemas.suppliers import (
    OfferIn,
    OfferOut,
    SupplierChange,
    SupplierIn,
    SupplierOut,
    SupplierSuggestions,
    show_offer,
    show_suggestions,
    show_supplier,
)
from hub.web.api.shapes import Page, PageQuery, Path

TAG = Tag(name="Purchases", description="What is missing, bought, and on its way.")


class SupplierPath(Path):
    """Which supplier, by its code."""

    code: str


class OfferPath(Path):
    """Which item of which supplier, by their codes."""

    code: str
    item: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of suppliers."""

    @api.get("/suppliers", tags=[TAG], responses={"200": Page[SupplierOut]})
    def list_suppliers(query: PageQuery) -> Response:
        """List suppliers and what they sell."""
        return door.read(lambda asked: _page(asked, query))

    @api.post("/suppliers", tags=[TAG], responses={"201": SupplierOut})
    def create_supplier(body: SupplierIn) -> Response:
        """Add somebody to buy from."""
        return door.write(lambda asked: _add(asked, body), show=_one, status=201)

    @api.get("/suppliers/<code>", tags=[TAG], responses={"200": SupplierOut})
    def get_supplier(path: SupplierPath) -> Response:
        """Show one supplier."""
        return door.read(
            lambda asked: _one(asked, supplier_in_path(asked.session, path.code).id)
        )

    @api.patch("/suppliers/<code>", tags=[TAG], responses={"200": SupplierOut})
    def patch_supplier(path: SupplierPath, body: SupplierChange) -> Response:
        """Change what is known of a supplier."""
        return door.write(lambda asked: _change(asked, path, body), show=_one)

    @api.put("/suppliers/<code>/items/<path:item>", tags=[TAG], responses={"200": OfferOut})
    def put_offer(path: OfferPath, body: OfferIn) -> Response:
        """Say how a supplier sells an item, in place of what was said before."""
        return door.write(lambda asked: _offer(asked, path, body), show=_one_offer)

    @api.get(
        "/purchase-suggestions", tags=[TAG], responses={"200": Page[SupplierSuggestions]}
    )
    def list_suggestions() -> Response:
        """List what to order now, one entry a supplier; what nobody sells comes last."""
        return door.read(lambda asked: _suggestions(asked, door))


def _page(asked: Asked, query: PageQuery) -> Page[SupplierOut]:
    found = find_suppliers(asked.session, window=window(query))
    sold = items_sold(asked.session, supplier_ids=[each.id for each in found.rows])
    return Page(
        items=[show_supplier(each, sold=sold[each.id]) for each in found.rows],
        next=cursor(found.next),
    )


def _one(asked: Asked, supplier_id: int) -> SupplierOut:
    sold = items_sold(asked.session, supplier_ids=[supplier_id])
    supplier = asked.session.get_one(Supplier, supplier_id)
    return show_supplier(supplier, sold=sold[supplier_id])


def _add(asked: Asked, body: SupplierIn) -> int:
    return add_supplier(asked.session, **body.model_dump(), who=asked.who, now=asked.now)


def _change(asked: Asked, path: SupplierPath, body: SupplierChange) -> int:
    supplier = supplier_in_path(asked.session, path.code)
    change_supplier(
        asked.session,
        supplier_id=supplier.id,
        **body.model_dump(),
        who=asked.who,
        now=asked.now,
    )
    return supplier.id


def _offer(asked: Asked, path: OfferPath, body: OfferIn) -> int:
    supplier = supplier_in_path(asked.session, path.code)
    item = item_in_path(asked.session, path.item)
    cost = unit_cost(body.unit_cost, field="unit_cost") if body.unit_cost else None
    return offer(
        asked.session,
        supplier_id=supplier.id,
        item_id=item.id,
        supplier_code=body.supplier_code,
        lead_time_days=body.lead_time_days,
        smallest=_size(body.min_quantity, item=item, field="min_quantity", usual=0),
        multiple=_size(body.multiple, item=item, field="multiple", usual=1),
        unit_cost=cost,
        is_preferred=body.preferred,
        who=asked.who,
        now=asked.now,
    )


def _size(given: QuantityIn | None, *, item: Item, field: str, usual: int) -> int:
    return usual if given is None else thousandths(given, item=item, field=field)


def _one_offer(asked: Asked, offer_id: int) -> OfferOut:
    row = asked.session.get_one(SupplierItem, offer_id)
    return show_offer(row, item=asked.session.get_one(Item, row.item_id))


def _suggestions(asked: Asked, door: Door) -> Page[SupplierSuggestions]:
    rows = suggestion_rows(asked.session, today=door.today(asked.now))
    return Page(items=show_suggestions(rows), next=None)
