"""What the menu, the palette and the keys lead to: every page a person may go to by its name."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, url_for

from hub.web.guard.browser_session import person
from hub.web.guard.page_roles import may_open
from hub.web.wording.language import N_, gettext


@dataclass(frozen=True, slots=True)
class Place:
    """A page with a name of its own; `key` after g leads there from anywhere."""

    view: str
    label: str
    key: str = ""


DAILY: tuple[Place, ...] = (
    Place("today", N_("Today"), "t"),
    Place("list_orders", N_("Orders"), "o"),
    Place("mapping_queue", N_("Mapping"), "m"),
    Place("production_board", N_("Production"), "p"),
    Place("list_items", N_("Stock"), "s"),
    Place("list_purchases", N_("Purchases"), "u"),
    Place("list_shipments", N_("Shipments"), "h"),
    Place("list_reviews", N_("Mail"), "r"),
    Place("list_channels", N_("Channels"), "c"),
)
"""What is opened all day, as the menu shows it."""

MORE: tuple[Place, ...] = (
    Place("overview", N_("At a glance"), "a"),
    Place("list_inbox", N_("Messages"), "i"),
    Place("list_customers", N_("Customers")),
    Place("list_lots", N_("Lots"), "l"),
    Place("list_recipes", N_("Recipes")),
    Place("list_forecasts", N_("Forecasts")),
    Place("list_recalls", N_("Recalls")),
    Place("list_tasks", N_("By hand at the shops")),
    Place("what_if_page", N_("What if")),
)
"""What is opened now and then."""

HOUSE: tuple[Place, ...] = (
    Place("welcome", N_("First steps")),
    Place("show_settings", N_("Settings"), "e"),
    Place("show_workshop", N_("Workshop")),
    Place("show_letters", N_("Letters")),
    Place("list_tables", N_("Tables")),
    Place("show_brand", N_("Brand")),
    Place("list_people", N_("People")),
    Place("list_tokens", N_("Keys for programs")),
    Place("show_audit", N_("Who did what")),
    Place("show_me", N_("My account")),
)
"""How the workshop is set up, and who may do what in it."""

DEEDS: tuple[Place, ...] = (
    Place("new_order", N_("New order"), "n"),
    Place("add_item_page", N_("Add an item")),
    Place("connect_page", N_("Connect a shop")),
)
"""What is begun from anywhere."""

EVERYWHERE = (*DAILY, *MORE, *HOUSE, *DEEDS)


@dataclass(frozen=True, slots=True)
class Way:
    """A place as a page shows it: its name in the reader's language, and its address."""

    view: str
    label: str
    address: str
    key: str


def ways(places: Sequence[Place]) -> list[Way]:
    """Return those of these places that the reader may open."""
    return [
        Way(place.view, gettext(place.label), url_for(f"pages.{place.view}"), place.key)
        for place in places
        if _is_open(place.view)
    ]


def _is_open(view: str) -> bool:
    known = person()
    endpoint = f"pages.{view}"
    is_there = endpoint in current_app.view_functions
    return known is not None and is_there and may_open(known.role, view=endpoint)
