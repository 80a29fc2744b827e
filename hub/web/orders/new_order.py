"""An order taken down at the phone: who calls, what they want, and what can be promised."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from flask import Response, make_response, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.channels.channels import MANUAL, manual_account
from hub.flow.intake.type_order import Typed, TypedLine, type_order
from hub.flow.refusal import Invalid
from hub.models.by_id import MOST_DIGITS
from hub.models.orders.order_entry import (
    Buyer,
    buyer,
    find_buyers,
    find_sold,
    last_currency,
    order_with_lines,
)
from hub.models.records.channels import ChannelAccount
from hub.models.records.orders import SalesOrder
from hub.web.orders.entry_form import PLACE, Entry, new_entry, sent_entry
from hub.web.orders.order_answers import (
    ABOUT,
    NOTHING,
    answers_to,
    meant_by,
    pieces_of,
    priority_of,
)
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    asked,
    asked_id,
    show,
    went,
)
from hub.web.wording.formats import read_day, read_price
from hub.web.wording.language import gettext
from mapping.canonical import Address, Customer, Money

HOUSE_CURRENCY = "EUR"
"""Before the first order says another."""
PLACES = ("0", "50", "100", "200")
LONGEST = 500


def new_order(door: PageDoor) -> Response:
    """Show an empty form, of the customer the address names if it names one."""
    with door.reading() as session:
        entry = new_entry(currency=_currency(session))
        known = buyer(session, customer_id=asked_id("customer") or 0)
        if known is not None:
            entry = entry.of(known)
        last = session.get(SalesOrder, asked_id("last") or 0)
    return _page(door, entry, saved=last)


def type_new_order(door: PageDoor) -> Response:
    """Save the form, or do with it what the pressed button says and show it again."""
    does = request.form.get("do", "")
    entry = sent_entry()
    if does in ("save", "next"):
        return _save(door, entry, then=does)
    with door.reading() as session:
        entry, buyers = _turned(session, entry, does=does)
    return _page(door, entry.with_room(), buyers=buyers)


def find_buyer(door: PageDoor) -> Response:
    """List who may be calling."""
    with door.reading() as session:
        found = find_buyers(session, text=asked("q"))
    return show("orders/_buyers.html", buyers=found, text=asked("q"))


def find_goods(door: PageDoor) -> Response:
    """List what may be meant by what is typed into a line."""
    typed_in = next((name for name in request.args if name.startswith("sku-")), "q")
    with door.reading() as session:
        found = find_sold(session, text=asked(typed_in))
    return show("orders/_sold.html", found=found)


def look_new_order(door: PageDoor) -> Response:
    """Say beside each line where it would come from, and by when all of it."""
    entry = sent_entry()
    return show("orders/_answers.html", entry=entry, answers=answers_to(door, entry))


def _turned(
    session: Session, entry: Entry, *, does: str
) -> tuple[Entry, list[Buyer] | None]:
    """Do what a button says that saves nothing."""
    what, _, number = does.partition(":")
    is_id = number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS
    chosen = int(number) if is_id else 0
    known = buyer(session, customer_id=chosen or entry.customer_id or 0)
    if what == "pick" and known is not None:
        return entry.of(known), None
    if what == "last" and known is not None and known.last is not None:
        return entry.like(order_with_lines(session, order_id=known.last.id)), None
    if what == "other":
        return entry.of_nobody(), None
    if entry["q"] and entry.customer_id is None:
        found = find_buyers(session, text=entry["q"])
        if len(found) == 1 and what == "find":
            return entry.of(found[0]), None
        return entry, found
    return entry, None


def _save(door: PageDoor, entry: Entry, *, then: str) -> Response:
    def done(order_id: int) -> Response:
        if then == "next":
            return _next(order_id)
        return went("pages.show_order", "order_typed", order_id=order_id)

    return door.press(
        partial(_typed, entry=entry),
        done=done,
        again=lambda trouble: _page(door, entry, trouble=trouble),
        about=ABOUT,
    )


def _next(saved: int) -> Response:
    """Begin another form, which names the order that was saved."""
    where = url_for("pages.new_order", last=saved, did="order_typed")
    return make_response(redirect(where, code=303))


def _typed(deed: Deed, *, entry: Entry) -> int:
    session = deed.session
    for name, value in entry.said.items():
        if len(value) > (LONGEST * 4 if name == "note" else LONGEST):
            raise Invalid(f"Write at most {LONGEST} characters.", field=name)
    known = _known(session, entry)
    is_ours = known is not None and (
        known.customer.account_id == manual_account(session, now=deed.now).id
    )
    typed = Typed(
        number=entry["number"],
        customer=_customer(entry, known),
        customer_id=known.customer.id if known and is_ours else None,
        ship_to=_place(entry),
        requested_on=read_day(entry["requested_on"], field="requested_on"),
        note=entry["note"],
        priority=priority_of(entry),
        lines=_lines(session, entry),
        key=entry["key"][:80],
    )
    return type_order(session, typed=typed, source=MANUAL, who=deed.who, now=deed.now)


def _known(session: Session, entry: Entry) -> Buyer | None:
    if entry.customer_id is None:
        return None
    known = buyer(session, customer_id=entry.customer_id)
    if known is None:
        raise Invalid(gettext("This customer is no longer here."), field="name")
    return known


def _customer(entry: Entry, known: Buyer | None) -> Customer:
    """Say who orders. A shop's buyer is known again by us, and stays the shop's own there."""
    if not entry["name"]:
        raise Invalid(gettext("Say who orders."), field="name")
    email = entry["email"]
    if email and (email.count("@") != 1 or any(c.isspace() for c in email)):
        raise Invalid(gettext("Write an e-mail address."), field="email")
    by_mail = f"email:{email.casefold()}" if email else ""
    return Customer(
        external_id=f"of:{known.customer.id}" if known else by_mail,
        name=entry["name"],
        email=email,
        phone=entry["phone"],
        locale=known.customer.locale if known else "",
    )


def _place(entry: Entry) -> Address | None:
    said = {name.removeprefix("ship_"): entry[name] for name in PLACE}
    if not any(said.values()):
        return None
    said["country"] = said["country"].upper()
    country = said["country"]
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise Invalid(
            gettext("Write a country in two letters, such as ES."), field="ship_country"
        )
    said["name"] = said["name"] or entry["name"]
    return Address(**said)


def _lines(session: Session, entry: Entry) -> list[TypedLine]:
    """Read the lines; what is asked for twice at one price is added up."""
    lines: dict[tuple[str, Money | None], TypedLine] = {}
    for line in entry.filled():
        what = meant_by(session, line)
        price = read_price(line.price, currency=entry["currency"], field=f"price-{line.at}")
        before = lines.get((what.sku, price))
        pieces = pieces_of(line) + (before.quantity if before else 0)
        lines[what.sku, price] = TypedLine(
            sku=what.sku, title=what.title, quantity=pieces, unit_price=price
        )
    if not lines:
        raise Invalid(gettext("Say what is ordered."), field=f"sku-{_first(entry)}")
    return list(lines.values())


def _first(entry: Entry) -> int:
    return entry.lines[0].at if entry.lines else 1


def _currency(session: Session) -> str:
    manual = session.scalar(select(ChannelAccount.id).filter_by(channel=MANUAL))
    found = last_currency(session, account_id=manual) if manual else ""
    return found or HOUSE_CURRENCY


def _page(
    door: PageDoor,
    entry: Entry,
    *,
    buyers: Sequence[Buyer] | None = None,
    saved: SalesOrder | None = None,
    trouble: Trouble | None = None,
) -> Response:
    with door.reading() as session:
        known = buyer(session, customer_id=entry.customer_id or 0)
    if entry.customer_id is not None and known is None:
        entry = replace(entry, customer_id=None)
    return show(
        "orders/new.html",
        entry=entry.with_room(),
        known=known,
        buyers=buyers,
        text=entry["q"],
        saved=saved,
        answers=answers_to(door, entry) if entry.filled() else NOTHING,
        places=PLACES,
        trouble=trouble,
    )


ROUTES: Routes = (
    ("GET", "/orders/new", new_order),
    ("POST", "/orders/new", type_new_order),
    ("GET", "/orders/new/buyers", find_buyer),
    ("GET", "/orders/new/goods", find_goods),
    ("POST", "/orders/new/look", look_new_order),
)
