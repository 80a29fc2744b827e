"""Customers who order by mail, as a list: whose mail is theirs, how it passes, what is known."""

from collections.abc import Mapping, Sequence

from flask import Response
from sqlalchemy import Select
from sqlalchemy.orm import Session

from hub.models.mail.customer_views import CustomerCard, customer_cards, customers_wanted
from hub.models.records.orders import Customer
from hub.web.lists.page import show_list
from hub.web.lists.spec import Cell, Column, Filter, ListSpec, Option, Wish
from hub.web.page_door import PageDoor, Routes
from hub.web.wording.language import N_, gettext
from hub.web.wording.words import said

HOW_MAILS_PASS: Mapping[str, str] = {
    "always": N_("always looked at"),
    "auto": N_("pass at once"),
    "three": N_("pass after three orders"),
}


def list_customers(door: PageDoor) -> Response:
    """Show who orders by mail."""
    return show_list(door, CUSTOMERS)


def _context(
    _: PageDoor, session: Session, rows: Sequence[Customer]
) -> Mapping[str, object]:
    return {"cards": customer_cards(session, customers=rows), "passing": _passing}


def _query(_: Session, wish: Wish) -> Select[Customer]:
    return customers_wanted(
        text=wish.text, mails=wish.value("mails"), only_bad=wish.value("bad") == "yes"
    )


def _cells(session: Session, rows: Sequence[Customer], _: Wish) -> list[Mapping[str, Cell]]:
    return [
        {
            "name": card.customer.name,
            "mail": ", ".join(card.emails + card.domains),
            "bad": card.customer.mail_bad_at,
            "passing": _passing(card),
            "language": card.customer.locale,
            "words": len(card.aliases),
            "orders": card.orders,
            "note": card.customer.note,
        }
        for card in customer_cards(session, customers=rows)
    ]


def _passing(card: CustomerCard) -> str:
    """Say how mails of theirs become orders."""
    automatic = "auto" if card.customer.auto_accept else "three"
    return said(HOW_MAILS_PASS, "always" if card.customer.always_review else automatic)


def _rules(_: Session) -> Sequence[Option]:
    return [(key, said(HOW_MAILS_PASS, key)) for key in HOW_MAILS_PASS]


def _bad(_: Session) -> Sequence[Option]:
    return [("yes", gettext("takes no mail"))]


CUSTOMERS = ListSpec(
    page="list_customers",
    file="customers",
    record=Customer,
    columns=(
        Column(key="name", label=N_("Customer"), sort=Customer.name, is_for_people=True),
        Column(key="mail", label=N_("Their mail"), is_for_people=True),
        Column(key="bad", label=N_("Takes no mail since"), is_shown=False),
        Column(key="passing", label=N_("Mails of theirs")),
        Column(key="language", label=N_("Language"), is_shown=False),
        Column(key="words", label=N_("Words"), is_number=True),
        Column(key="orders", label=N_("Orders"), is_number=True),
        Column(key="note", label=N_("Note"), is_shown=False, is_for_people=True),
    ),
    sort="name",
    filters=(
        Filter(key="mails", label=N_("Mails of theirs"), options=_rules),
        Filter(key="bad", label=N_("Their address"), options=_bad),
    ),
    search=N_("Name or address"),
    template="customers/list.html",
    context=_context,
    query=_query,
    cells=_cells,
)

ROUTES: Routes = (("GET", "/customers", list_customers),)
