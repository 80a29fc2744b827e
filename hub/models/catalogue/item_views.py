"""Items and recipes as people name and list them."""

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from hub.models.newest import Newest, Window, newest
from hub.models.records.items import Item, Recipe, WorkCentre
from hub.models.records.stock import Lot, LotBalance
from hub.models.substrings import holds


def item_coded(session: Session, *, code: str) -> Item | None:
    """Return the item of that code."""
    return session.scalar(select(Item).filter_by(code=code))


def find_items(session: Session, *, kind: str, text: str, window: Window) -> Newest[Item]:
    """Return one page of the items of a kind whose code or name holds a text."""
    return newest(session, items_wanted(kind=kind, text=text), record=Item, window=window)


def items_wanted(
    *, kind: str = "", text: str = "", policy: str = "", only_low: bool = False
) -> Select[Item]:
    """Choose the items that fit, in no order; low is what is below what it should be."""
    query = select(Item)
    if kind:
        query = query.where(Item.kind == kind)
    if policy:
        query = query.where(Item.policy == policy)
    if only_low:
        query = query.where(_is_low())
    if text:
        query = query.where(holds(Item.code, text) | holds(Item.name, text))
    return query


def _is_low() -> ColumnElement[bool]:
    """Say whether less is free than its reorder point or safety stock, or the plan lacks some."""
    free = (
        select(func.coalesce(func.sum(LotBalance.on_hand - LotBalance.reserved), 0))
        .join(Lot, Lot.id == LotBalance.lot_id)
        .where(LotBalance.item_id == Item.id, Lot.state == "available")
        .correlate(Item)
        .scalar_subquery()
    )
    return or_(
        Item.stock_short > 0,
        and_(Item.reorder_point > 0, free < Item.reorder_point),
        and_(Item.safety_stock > 0, free < Item.safety_stock),
    )


def find_recipes(
    session: Session, *, item_id: int | None, only_active: bool, window: Window
) -> Newest[Recipe]:
    """Return one page of recipes with their lines, of one item or of all."""
    query = select(Recipe).options(selectinload(Recipe.lines))
    if item_id is not None:
        query = query.where(Recipe.item_id == item_id)
    if only_active:
        query = query.where(Recipe.is_active)
    return newest(session, query, record=Recipe, window=window)


def recipe_with_lines(session: Session, *, recipe_id: int) -> Recipe | None:
    """Return one recipe with its lines."""
    query = select(Recipe).filter_by(id=recipe_id).options(selectinload(Recipe.lines))
    return session.scalar(query)


def work_centre_coded(session: Session, *, code: str) -> WorkCentre | None:
    """Return the work centre of that code."""
    return session.scalar(select(WorkCentre).filter_by(code=code))


def find_work_centres(session: Session, *, window: Window) -> Newest[WorkCentre]:
    """Return one page of work centres."""
    return newest(session, select(WorkCentre), record=WorkCentre, window=window)
