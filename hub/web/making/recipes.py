"""Recipes: those in force, their cost, how many versions there were, and where they are used."""

from flask import Response

from hub.models.by_id import by_id
from hub.models.catalogue.recipe_views import find_recipe_rows
from hub.models.newest import Window
from hub.models.records.items import Item
from hub.web.page_door import PageDoor, Routes, asked, asked_id, show

ROWS = 50


def list_recipes(door: PageDoor) -> Response:
    """Show the recipes in force, the newest first, and find one."""
    with door.reading() as session:
        window = Window(ROWS, asked_id("after"))
        rows, following = find_recipe_rows(session, text=asked("q"), window=window)
        parts = {line.item_id for row in rows for line in row.recipe.lines}
        return show(
            "stock/recipes.html",
            rows=rows,
            next=following,
            materials=by_id(session, Item, ids=parts),
            text=asked("q"),
        )


ROUTES: Routes = (("GET", "/recipes", list_recipes),)
