"""Customers who order by mail: who they are, whose mail is theirs, and what they are told."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.mail.senders import NoSuchPlace, address_of, domain_of
from hub.flow.bounds import choose, word
from hub.flow.catalogue.freshness import ask_of_customer
from hub.flow.channels.channels import manual_account
from hub.flow.mail.aliases import (
    Alias,
    Pack,
    Price,
    set_aliases,
    set_packs,
    set_prices,
)
from hub.flow.refusal import Invalid, Missing, Refusal
from hub.models.mail.customer_views import is_kept, kept_as
from hub.models.records.correspondents import CustomerSender
from hub.models.records.history import record
from hub.models.records.orders import Customer

LONGEST_NOTE = 2_000
MOST_SENDERS = 200
TOLD = (
    "received",
    "confirmed",
    "delayed",
    "in_production",
    "shipped",
    "cancelled",
    "need_information",
)
"""What a customer can be told by mail."""
LOCALE = re.compile(r"([a-z]{2}([-_][A-Za-z]{2})?)?")
READERS = {"email": address_of, "domain": domain_of}


class SomebodyElses(Refusal):
    """The address or domain belongs to another customer."""


class OfAShop(Refusal):
    """A buyer of a shop, whose data the shop states."""


def add_customer(
    session: Session,
    *,
    name: str,
    emails: Sequence[str] = (),
    domains: Sequence[str] = (),
    auto_accept: bool = False,
    locale: str = "",
    aliases: Sequence[Alias] = (),
    who: str,
    now: datetime,
) -> int:
    """Write down somebody who orders by mail, and give their id.

    :raises Invalid: a word, address or domain that cannot be; `field` names it.
    :raises SomebodyElses: an address or domain is another customer's, who is named.
    """
    customer = Customer(
        account_id=manual_account(session, now=now).id,
        name=word(name, field="name"),
        locale=_locale(locale),
        auto_accept=auto_accept,
        notify={},
    )
    session.add(customer)
    session.flush()
    customer.external_id = kept_as(customer.id)
    _set_senders(session, customer, kind="email", given=emails)
    _set_senders(session, customer, kind="domain", given=domains)
    _tell(session, customer.id, "customer.added", who=who, now=now)
    set_aliases(session, customer_id=customer.id, aliases=aliases, who=who, now=now)
    return customer.id


def change_customer(
    session: Session,
    *,
    customer_id: int,
    name: str | None = None,
    emails: Sequence[str] | None = None,
    domains: Sequence[str] | None = None,
    auto_accept: bool | None = None,
    always_review: bool | None = None,
    locale: str | None = None,
    note: str | None = None,
    min_remaining_days: int | None = None,
    notify: Mapping[str, bool | None] | None = None,
    who: str,
    now: datetime,
) -> None:
    """Change what is known of a customer; None leaves it, lists replace the whole list.

    `notify` changes the events it names; None there is as the channel says again.

    :raises Missing: there is no such customer.
    :raises Invalid: a word, address or domain that cannot be; `field` names it.
    :raises SomebodyElses: an address or domain is another customer's, who is named.
    :raises OfAShop: a shop's buyer is given a name, addresses or domains.
    """
    customer = customer_of(session, customer_id=customer_id)
    before = _stated(session, customer)
    if name is not None or emails is not None or domains is not None:
        _only_kept(customer)
    if name is not None:
        customer.name = word(name, field="name")
    if emails is not None:
        _set_senders(session, customer, kind="email", given=emails)
    if domains is not None:
        _set_senders(session, customer, kind="domain", given=domains)
    _set_habits(customer, auto_accept, always_review, locale=locale, note=note)
    if notify is not None:
        _set_told(customer, notify)
    if _stated(session, customer) != before:
        _tell(session, customer.id, "customer.changed", who=who, now=now)
    if min_remaining_days is not None:
        ask_of_customer(
            session, customer_id=customer_id, days=min_remaining_days, who=who, now=now
        )


def set_words(
    session: Session,
    *,
    customer_id: int,
    aliases: Sequence[Alias] | None = None,
    packs: Sequence[Pack] | None = None,
    prices: Sequence[Price] | None = None,
    who: str,
    now: datetime,
) -> None:
    """Make these all a customer's words, packs or prices; None leaves them.

    :raises Missing: there is no such customer or item.
    :raises Invalid: as hub/flow/mail/aliases.py says; `field` names the line.
    """
    customer_of(session, customer_id=customer_id)
    if aliases is not None:
        set_aliases(session, customer_id=customer_id, aliases=aliases, who=who, now=now)
    if packs is not None:
        set_packs(session, customer_id=customer_id, packs=packs, who=who, now=now)
    if prices is not None:
        set_prices(session, customer_id=customer_id, prices=prices, who=who, now=now)


def add_sender(
    session: Session, *, customer_id: int, address: str, who: str, now: datetime
) -> bool:
    """Write that an address is a customer's, and say whether that is news.

    :raises Missing: there is no such customer.
    :raises Invalid: that is no address.
    :raises SomebodyElses: it is another customer's.
    """
    customer = customer_of(session, customer_id=customer_id)
    _only_kept(customer)
    have = _values(session, customer, kind="email")
    place = _read("email", address, field="sender")
    if place in have:
        return False
    _set_senders(session, customer, kind="email", given=[*have, place])
    _tell(session, customer_id, "customer.sender", who=who, now=now)
    return True


def customer_of(session: Session, *, customer_id: int) -> Customer:
    """Return a customer.

    :raises Missing: there is none of that id.
    """
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise Missing("There is no such customer.")
    return customer


def _set_senders(
    session: Session, customer: Customer, *, kind: str, given: Sequence[str]
) -> None:
    field = "emails" if kind == "email" else "domains"
    if len(given) > MOST_SENDERS:
        raise Invalid(f"At most {MOST_SENDERS} lines.", field=field)
    places = [
        _read(kind, value, field=f"{field}.{place}") for place, value in enumerate(given)
    ]
    for place, value in enumerate(places):
        _refuse_others(session, customer, kind, value, field=f"{field}.{place}")
    mine = select(CustomerSender).filter_by(customer_id=customer.id, kind=kind)
    known = {row.value: row for row in session.scalars(mine)}
    for value in known.keys() - set(places):
        session.delete(known[value])
    session.add_all(
        CustomerSender(customer_id=customer.id, kind=kind, value=value)
        for value in dict.fromkeys(places)
        if value not in known
    )
    session.flush()
    if kind == "email":
        _write_to(customer, places)


def _write_to(customer: Customer, addresses: Sequence[str]) -> None:
    """Letters of ours go to the first; another than before is not known to be bad."""
    first = addresses[0] if addresses else ""
    if first != customer.email:
        customer.email, customer.bounces, customer.mail_bad_at = first, 0, None


def _refuse_others(
    session: Session, customer: Customer, kind: str, value: str, *, field: str
) -> None:
    query = (
        select(Customer)
        .join(CustomerSender, CustomerSender.customer_id == Customer.id)
        .where(CustomerSender.kind == kind, CustomerSender.value == value)
    )
    other = session.scalar(query)
    if other is not None and other.id != customer.id:
        raise SomebodyElses(f"{value} is {other.name}'s already.", field=field)


def _read(kind: str, value: str, *, field: str) -> str:
    try:
        return READERS[kind](value)
    except NoSuchPlace as problem:
        raise Invalid(str(problem), field=field) from problem


def _values(session: Session, customer: Customer, *, kind: str) -> list[str]:
    query = select(CustomerSender.value).filter_by(customer_id=customer.id, kind=kind)
    return list(session.scalars(query.order_by(CustomerSender.id)))


def _only_kept(customer: Customer) -> None:
    if not is_kept(customer):
        raise OfAShop("A shop says who this buyer is: write down a customer of your own.")


def _set_habits(
    customer: Customer,
    auto_accept: bool | None,
    always_review: bool | None,
    *,
    locale: str | None,
    note: str | None,
) -> None:
    if auto_accept is not None:
        customer.auto_accept = auto_accept
    if always_review is not None:
        customer.always_review = always_review
    if locale is not None:
        customer.locale = _locale(locale)
    if note is not None:
        customer.note = _note(note)


def _set_told(customer: Customer, notify: Mapping[str, bool | None]) -> None:
    told = dict(customer.notify)
    for event, value in notify.items():
        choose(event, among=TOLD, field="notify")
        if value is None:
            told.pop(event, None)
        else:
            told[event] = value
    customer.notify = told


def _stated(session: Session, customer: Customer) -> tuple[object, ...]:
    return (
        customer.name,
        customer.auto_accept,
        customer.always_review,
        customer.locale,
        customer.note,
        dict(customer.notify),
        _values(session, customer, kind="email"),
        _values(session, customer, kind="domain"),
    )


def _locale(given: str) -> str:
    if not LOCALE.fullmatch(given.strip()):
        raise Invalid("Write a language such as es or en.", field="locale")
    return given.strip()


def _note(given: str) -> str:
    if len(given.strip()) > LONGEST_NOTE:
        raise Invalid(f"Write at most {LONGEST_NOTE} characters.", field="note")
    return given.strip()


def _tell(
    session: Session, customer_id: int, what: str, *, who: str, now: datetime
) -> None:
    record(session, at=now, who=who, subject="customer", subject_id=customer_id, what=what)
