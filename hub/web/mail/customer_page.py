"""A customer who orders by mail: their addresses, words, packs, prices and forms, on one page."""

from collections.abc import Callable
from functools import partial

from flask import Response, abort
from sqlalchemy.orm import Session

from hub.flow.mail.aliases import (
    Alias,
    Pack,
    Price,
    forget,
    learn_alias,
    learn_pack,
    learn_price,
)
from hub.flow.mail.customers import TOLD, add_customer, change_customer
from hub.flow.mail.teach import unteach
from hub.flow.refusal import Invalid
from hub.models.mail.customer_views import (
    customer_cards,
    is_kept,
    orders_of_customer,
)
from hub.models.mail.review_views import items_to_pick
from hub.models.people.people_views import names_of
from hub.models.people.subject_history import history_of
from hub.models.records.orders import Customer
from hub.web.lists.page import show_list
from hub.web.mail.customer_list import CUSTOMERS
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    show,
    typed,
    went,
)
from hub.web.purchasing.purchase_page import chosen_item
from hub.web.wording.event_words import Event, events
from hub.web.wording.formats import read_pieces
from mapping.canonical import Money
from mapping.money import make_money

EVERY = 1_000
SHOWN = 20
LONGEST_LIST = 10_000
PIECE = 1000


def create_customer(door: PageDoor) -> Response:
    """Write down somebody who orders by mail."""

    def change(deed: Deed) -> int:
        return add_customer(
            deed.session,
            name=typed("name"),
            emails=_words("emails"),
            domains=_words("domains"),
            locale=typed("locale"),
            who=deed.who,
            now=deed.now,
        )

    return door.press(
        change,
        done=lambda made: went("pages.show_customer", "customer_added", customer_id=made),
        again=lambda trouble: show_list(door, CUSTOMERS, trouble=trouble),
        about="customer",
    )


def show_customer(door: PageDoor, customer_id: int) -> Response:
    """Show all that is known of a customer, and what happened."""
    return _page(door, customer_id)


def edit_customer(door: PageDoor, customer_id: int) -> Response:
    """Change who they are, whose mail is theirs, and what they are told."""
    return _press(door, customer_id, _change, about="customer")


def teach_word(door: PageDoor, customer_id: int) -> Response:
    """Write down a word, a pack or a price of theirs."""
    return _press(door, customer_id, _teach, about=f"teach-{typed('kind')}")


def forget_word(door: PageDoor, customer_id: int) -> Response:
    """Take back one thing that was learned of them."""
    return _press(door, customer_id, _forget, about="forget")


def _change(deed: Deed, *, customer_id: int) -> None:
    customer = deed.session.get(Customer, customer_id) or abort(404)
    kept = is_kept(customer)
    change_customer(
        deed.session,
        customer_id=customer_id,
        name=typed("name") if kept else None,
        emails=_words("emails") if kept else None,
        domains=_words("domains") if kept else None,
        auto_accept=typed("mails") == "auto",
        always_review=typed("mails") == "always",
        locale=typed("locale"),
        note=typed("note", longest=2_000),
        notify={event: _switch(typed(f"tell-{event}")) for event in TOLD},
        who=deed.who,
        now=deed.now,
    )


def _teach(deed: Deed, *, customer_id: int) -> None:
    match typed("kind"):
        case "alias":
            learn = partial(learn_alias, alias=_alias(deed.session))
        case "pack":
            pieces = read_pieces(typed("pieces"), field="pieces")
            pack = Pack(unit=typed("unit"), pieces=pieces, sku=typed("sku"))
            learn = partial(learn_pack, pack=pack)
        case "price":
            price = Price(sku=typed("sku"), price=_money())
            learn = partial(learn_price, price=price)
        case _:
            raise Invalid("Choose one of alias, pack, price.", field="kind")
    learn(deed.session, customer_id=customer_id, who=deed.who, now=deed.now)


def _alias(session: Session) -> Alias:
    pieces = read_pieces(typed("pieces") or "1", field="pieces")
    return Alias(
        text=typed("text"), item_id=chosen_item(session).id, quantity=PIECE * pieces
    )


def _money() -> Money:
    return make_money(typed("price").replace(",", "."), currency=typed("currency"))


def _forget(deed: Deed, *, customer_id: int) -> None:
    written = typed("row")
    row_id = int(written) if written.isascii() and written.isdigit() else 0
    if typed("kind") == "form":
        unteach(
            deed.session,
            customer_id=customer_id,
            form_id=row_id,
            who=deed.who,
            now=deed.now,
        )
        return
    forget(
        deed.session,
        customer_id=customer_id,
        kind=typed("kind"),
        row_id=row_id,
        who=deed.who,
        now=deed.now,
    )


def _words(name: str) -> list[str]:
    """Read a list typed with blanks, commas or lines between its words."""
    return typed(name, longest=LONGEST_LIST).replace(",", " ").split()


def _switch(written: str) -> bool | None:
    return {"yes": True, "no": False}.get(written)


def _press(
    door: PageDoor, customer_id: int, change: Callable[..., None], *, about: str
) -> Response:
    return door.press(
        partial(change, customer_id=customer_id),
        done=lambda _: went(
            "pages.show_customer", "customer_saved", customer_id=customer_id
        ),
        again=lambda trouble: _page(door, customer_id, trouble=trouble),
        about=about,
    )


def _page(door: PageDoor, customer_id: int, *, trouble: Trouble | None = None) -> Response:
    with door.reading() as session:
        customer = session.get(Customer, customer_id) or abort(404)
        items = items_to_pick(session, most=EVERY)
        return show(
            "customers/customer.html",
            card=customer_cards(session, customers=[customer])[0],
            customer=customer,
            is_kept=is_kept(customer),
            orders=orders_of_customer(session, customer_id=customer_id, most=SHOWN),
            items=items,
            codes={item.code_key: item.code for item in items},
            told=TOLD,
            events=_events(session, customer_id),
            trouble=trouble,
        )


def _events(session: Session, customer_id: int) -> list[Event]:
    rows = history_of(session, subject="customer", subject_id=customer_id)
    return events(rows, runs={}, actors=names_of(session, whos={row.who for row in rows}))


ROUTES: Routes = (
    ("POST", "/customers", create_customer),
    ("GET", "/customers/<id:customer_id>", show_customer),
    ("POST", "/customers/<id:customer_id>", edit_customer),
    ("POST", "/customers/<id:customer_id>/words", teach_word),
    ("POST", "/customers/<id:customer_id>/forget", forget_word),
)
