"""Items and recipes as people name and list them."""

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from hub.models.items import Item, Recipe, WorkCentre
from hub.models.newest import Newest, Window, newest


def item_coded(session: Session, *, code: str) -> Item | None:
    """Return the item of that code."""
    return session.scalar(select(Item).filter_by(code=code))


def find_items(session: Session, *, kind: str, text: str, window: Window) -> Newest[Item]:
    """Return one page of the items of a kind whose code or name holds a text."""
    query = select(Item)
    if kind:
        query = query.where(Item.kind == kind)
    if text:
        query = query.where(
            Item.code.icontains(text, autoescape=True)
            | Item.name.icontains(text, autoescape=True)
        )
    return newest(session, query, record=Item, window=window)


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
