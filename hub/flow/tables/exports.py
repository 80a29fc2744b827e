"""The tables people take out: what an import reads back, as things stand."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from hub.domain.tables.table import write_table
from hub.flow.refusal import Missing
from hub.flow.tables import (
    import_counts,
    import_items,
    import_lots,
    import_mappings,
    import_recipes,
    import_suppliers,
)
from hub.models.by_id import by_id
from hub.models.meaning.mapping_queue import Asked, listings_asked, listings_by_id
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item, Recipe, WorkCentre
from hub.models.records.purchasing import Supplier, SupplierItem
from hub.models.records.stock import Lot, LotBalance
from hub.models.stock.lots import LotStock, lots_by_id

Rows = Iterable[Mapping[str, str]]

AT_ONCE = 500
"""Listings read at a time: a shop may have tens of thousands."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table that can be taken out."""

    columns: Sequence[str]
    rows: Callable[[Session], Rows]


def write_sheet(session: Session, *, name: str) -> str:
    """Write one of the tables as CSV.

    :raises Missing: no such table is known.
    """
    sheet = SHEETS.get(name)
    if sheet is None:
        raise Missing(f"Tables of {', '.join(SHEETS)} can be taken out.")
    return write_table(sheet.columns, sheet.rows(session))


def _items(session: Session) -> Rows:
    for item in session.scalars(select(Item).order_by(Item.code)):
        yield import_items.item_row(item)


def _recipes(session: Session) -> Rows:
    items = {item.id: item for item in session.scalars(select(Item))}
    centres = {centre.id: centre for centre in session.scalars(select(WorkCentre))}
    query = select(Recipe).where(Recipe.is_active).options(selectinload(Recipe.lines))
    recipes = session.scalars(query).all()
    for recipe in sorted(recipes, key=lambda recipe: items[recipe.item_id].code):
        yield from import_recipes.recipe_rows(recipe, items=items, centres=centres)


def _lots(session: Session) -> Rows:
    suppliers = {
        lot_id: code for lot_id, code in session.execute(select(Lot.id, Lot.supplier_lot))
    }
    for lot, item in _stock(session):
        yield import_lots.lot_row(lot, item=item, supplier_lot=suppliers[lot.id])


def _counts(session: Session) -> Rows:
    for lot, item in _stock(session):
        yield import_counts.count_row(lot, item=item)


def _suppliers(session: Session) -> Rows:
    query = (
        select(SupplierItem, Item)
        .join(Item, Item.id == SupplierItem.item_id)
        .order_by(Item.code)
    )
    sold: dict[int, list[tuple[SupplierItem, Item]]] = {}
    for each, item in session.execute(query):
        sold.setdefault(each.supplier_id, []).append((each, item))
    for supplier in session.scalars(select(Supplier).order_by(Supplier.code)):
        yield from import_suppliers.supplier_rows(supplier, sold.get(supplier.id, []))


def _stock(session: Session) -> list[tuple[LotStock, Item]]:
    """Return every lot that holds something, with its item: by item's code, then lot's."""
    query = select(LotBalance.lot_id).where(LotBalance.on_hand > 0)
    lots = lots_by_id(session, lot_ids=list(session.scalars(query)))
    items = {item.id: item for item in session.scalars(select(Item))}
    pairs = [(lot, items[lot.item_id]) for lot in lots.values()]
    return sorted(pairs, key=lambda pair: (pair[1].code, pair[0].code))


def _mappings(session: Session) -> Rows:
    ids = listings_asked(session, asked=Asked(tab=""))
    for some in in_pages(ids):
        yield from mapping_rows(session, listing_ids=some)


def in_pages(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Part ids into as many as are read at once."""
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def mapping_rows(session: Session, *, listing_ids: Sequence[int]) -> Rows:
    """Write listings in the order given, as an import reads them back."""
    listings = listings_by_id(session, ids=listing_ids)
    parts = {part.item_id for each in listings.values() for part in each.components}
    items = by_id(session, Item, ids=parts)
    accounts = {each.id: each for each in session.scalars(select(ChannelAccount))}
    for listing_id in listing_ids:
        if listing_id in listings:
            listing = listings[listing_id]
            yield import_mappings.mapping_row(
                listing, account=accounts[listing.account_id], items=items
            )


SHEETS: Mapping[str, Sheet] = {
    "items": Sheet(import_items.COLUMNS, _items),
    "recipes": Sheet(import_recipes.COLUMNS, _recipes),
    "lots": Sheet(import_lots.COLUMNS, _lots),
    "counts": Sheet(import_counts.COLUMNS, _counts),
    "suppliers": Sheet(import_suppliers.COLUMNS, _suppliers),
    "mappings": Sheet(import_mappings.COLUMNS, _mappings),
}
