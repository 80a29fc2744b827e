"""A row of the first page: one thing that needs a person, and the button that sees to it."""

from dataclasses import dataclass

from flask import url_for

from hub.models.records.orders import SalesOrder
from hub.web.wording.language import gettext

NEEDS, RISK, MAKE, SEND = "needs", "risk", "make", "send"
"""The groups rows stand in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """What there is to press: a page, or a deed."""

    view: str
    label: str
    address: str
    is_deed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that needs a person."""

    group: str
    tone: str
    title: str
    more: str = ""
    look: str = ""
    """Where it can be looked at by whoever may not press anything."""
    buttons: tuple[Button, ...] = ()
    """The first that the person may press is theirs."""
    paper: Button | None = None
    """What can be printed for it, beside its button."""


def the_rest(group: str, more: int, view: str, **query: str) -> Row:
    """Make the row of those orders of a kind that are not named."""
    address = url_for("pages.list_orders", **query)  # type: ignore[arg-type]
    button = Button(view=view, label=gettext("Show them"), address=address)
    title = gettext("and %(num)s more", num=more)
    return Row(group=group, tone="grey", title=title, look=address, buttons=(button,))


def rest_of_runs(more: int, view: str) -> Row:
    """Make the row of those runs of a kind that are not named."""
    button = page_button(view, gettext("Show them"), "production_board")
    title = gettext("and %(num)s more", num=more)
    return Row(group=MAKE, tone="grey", title=title, buttons=(button,))


def page_button(view: str, label: str, page: str, **query: str) -> Button:
    """Make a button that leads to a page, for whoever may open `view`."""
    address = url_for(f"pages.{page}", **query)  # type: ignore[arg-type]
    return Button(view=view, label=label, address=address)


def order_button(view: str, label: str, order: SalesOrder) -> Button:
    """Make a button that leads to an order, for whoever may open `view`."""
    address = url_for("pages.show_order", order_id=str(order.id))
    return Button(view=view, label=label, address=address)
