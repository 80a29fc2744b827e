"""The whole history, newest first, as whoever answers for the workshop looks things up in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.models.newest import Newest, Window
from hub.models.records.base import Record
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import History
from hub.models.records.items import Item, WorkCentre
from hub.models.records.orders import Customer, OrderLine, SalesOrder
from hub.models.records.people import ApiToken, User
from hub.models.records.production import ProductionOrder
from hub.models.records.purchasing import PurchaseOrder, Supplier
from hub.models.records.recalls import Recall
from hub.models.records.shipping import Shipment
from hub.models.records.stock import Lot

SLACK = 1_000
"""Rows of one second may have come in another order than their ids: so far from it, no further."""

MACHINE = ("system", "worker")
"""Both are the hub itself."""

Named = tuple[type[Record], InstrumentedAttribute[str]]
NAMES: Mapping[str, Named] = {
    "order": (SalesOrder, SalesOrder.number),
    "production_order": (ProductionOrder, ProductionOrder.number),
    "purchase_order": (PurchaseOrder, PurchaseOrder.number),
    "shipment": (Shipment, Shipment.number),
    "lot": (Lot, Lot.code),
    "item": (Item, Item.code),
    "channel": (ChannelAccount, ChannelAccount.name),
    "work_centre": (WorkCentre, WorkCentre.name),
    "supplier": (Supplier, Supplier.name),
    "recall": (Recall, Recall.number),
    "user": (User, User.name),
    "token": (ApiToken, ApiToken.name),
}
"""What a subject is called, where it has a name that is no buyer's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for in the history; what is empty says nothing."""

    who: str = ""
    """ "user:7", "system" for the hub itself, or the kind of others: "token:", "channel:"."""
    whats: Sequence[str] = ()
    """Machine words, of which any will do."""
    subject: str = ""
    subject_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Not included."""


def find_history(session: Session, *, sought: Sought, window: Window) -> Newest[History]:
    """Return one page of what happened, newest first.

    Each way of looking walks one index from its newest row down, so that a long history costs no
    more than a short one: what happened to one thing, what one actor did, what is of certain
    kinds (each kind by itself, the newest of all together), or simply everything.
    """
    low, high = _ids_between(session, sought)
    after = window.after if window.after is not None else high
    clauses, limit = _clauses(sought, low, after), window.limit + 1
    if sought.whats and not sought.who and sought.subject_id is None:
        parts = [
            select(History.id)
            .where(History.what == what, *clauses)
            .order_by(History.id.desc())
            .limit(limit)
            .subquery()
            for what in sought.whats
        ]
        ids = union_all(*(select(part.c.id) for part in parts)).subquery()
        query = select(History).where(History.id.in_(select(ids.c.id)))
    else:
        query = select(History).where(*clauses)
        if sought.whats:
            # coalesce keeps the engine from walking all that is of a kind instead.
            query = query.where(func.coalesce(History.what, "").in_(sought.whats))
    found = session.scalars(query.order_by(History.id.desc()).limit(limit)).all()
    rows = found[: window.limit]
    return Newest(rows, rows[-1].id if len(found) > window.limit else None)


def names_of_subjects(
    session: Session, *, rows: Iterable[History]
) -> dict[tuple[str, int], str]:
    """Return what the things are called that something happened to, one query a kind."""
    return names_of_things(session, things=((row.subject, row.subject_id) for row in rows))


def names_of_things(
    session: Session, *, things: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], str]:
    """Return what things are called, by subject and id; what has no name is left out."""
    wanted: dict[str, set[int]] = {}
    for subject, subject_id in things:
        wanted.setdefault(subject, set()).add(subject_id)
    found: dict[tuple[str, int], str] = {}
    for subject, ids in wanted.items():
        if subject in NAMES:
            record, name = NAMES[subject]
            named = session.execute(select(record.id, name).where(record.id.in_(ids)))
            found |= {(subject, row_id): text for row_id, text in named}
    return found


def orders_of_lines(session: Session, *, rows: Iterable[History]) -> dict[int, int]:
    """Return the orders of the lines something happened to, by the line's id."""
    ids = {row.subject_id for row in rows if row.subject == "line"}
    if not ids:
        return {}
    query = select(OrderLine.id, OrderLine.order_id).where(OrderLine.id.in_(ids))
    return {line_id: order_id for line_id, order_id in session.execute(query)}


def kept_customers(session: Session, *, rows: Iterable[History]) -> dict[int, str]:
    """Return the names of the customers something happened to, for who may see them."""
    ids = {row.subject_id for row in rows if row.subject == "customer"}
    if not ids:
        return {}
    query = select(Customer.id, Customer.name).where(Customer.id.in_(ids))
    return {customer_id: name for customer_id, name in session.execute(query)}


def _clauses(
    sought: Sought, low: int | None, after: int | None
) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if low is not None:
        clauses.append(History.id >= low)
    if after is not None:
        clauses.append(History.id < after)
    if sought.since is not None:
        clauses.append(History.at >= sought.since)
    if sought.until is not None:
        clauses.append(History.at < sought.until)
    if sought.subject:
        clauses.append(History.subject == sought.subject)
    if sought.subject_id is not None:
        clauses.append(History.subject_id == sought.subject_id)
    if sought.who:
        clauses.append(_is_by(sought.who))
    return clauses


def _is_by(who: str) -> ColumnElement[bool]:
    if who == "system":
        # Most of what happens is of the machine: walking it all costs less than two indexes.
        return func.coalesce(History.who, "").in_(MACHINE)
    if who.endswith(":"):
        return History.who.between(who, f"{who}~")
    return History.who == who


def _ids_between(session: Session, sought: Sought) -> tuple[int | None, int | None]:
    """Return ids around a range of days, for a walk by id that need not look outside it."""
    low = high = None
    if sought.since is not None:
        found = session.scalar(_first_since(sought.since))
        low = found - SLACK if found is not None else None
    if sought.until is not None:
        found = session.scalar(_first_since(sought.until))
        high = found + SLACK if found is not None else None
    return low, high


def _first_since(at: datetime) -> Select[int]:
    return select(History.id).where(History.at >= at).order_by(History.at).limit(1)
