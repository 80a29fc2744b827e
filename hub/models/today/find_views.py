"""Finding anything by a few letters: orders, runs, parcels, lots, items, buyers, listings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from hub.models.records.items import Item
from hub.models.records.listings import Listing
from hub.models.records.orders import Customer, SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.purchasing import PurchaseOrder, Supplier
from hub.models.records.shipping import Shipment
from hub.models.records.stock import Lot
from hub.models.substrings import holds

SHORTEST = 2
"""Fewer letters than these are looked for among numbers only."""
DIGITS = 4
"""How many digits our numbers have at least: H-0007."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found: what kind of thing, which, and how people know it."""

    kind: str
    """order | run | shipment | purchase | lot | item | customer | supplier | listing"""
    id: int
    name: str
    more: str = ""


def find(session: Session, *, words: str, with_people: bool, most: int) -> list[Hit]:
    """Return what fits these words best, `most` of a kind: what has a number first.

    Numbers are compared whole, so that a hundred thousand orders cost no more than one; buyers
    are only looked for `with_people`.
    """
    found = [*_numbered(session, words)]
    if len(words) >= SHORTEST:
        for kind, query in _named(words, with_people=with_people):
            rows = session.execute(query.limit(most)).all()
            found += [Hit(kind, id_, name, more) for id_, name, more in rows]
    return found


def _numbered(session: Session, words: str) -> Iterator[Hit]:
    order = select(SalesOrder.id, SalesOrder.number, SalesOrder.external_number).where(
        or_(
            SalesOrder.number.in_(_forms(words, "H")),
            SalesOrder.external_number.in_({words, f"#{words}"}),
            SalesOrder.external_id == words,
        )
    )
    run = select(ProductionOrder.id, ProductionOrder.number, Item.name).join(
        Item, Item.id == ProductionOrder.item_id
    )
    parcel = select(Shipment.id, Shipment.number, Shipment.tracking_number)
    bought = select(PurchaseOrder.id, PurchaseOrder.number, Supplier.name).join(
        Supplier, Supplier.id == PurchaseOrder.supplier_id
    )
    queries = {
        "order": order,
        "run": run.where(ProductionOrder.number.in_(_forms(words, "P"))),
        "shipment": parcel.where(
            or_(Shipment.number.in_(_forms(words, "S")), Shipment.tracking_number == words)
        ),
        "purchase": bought.where(PurchaseOrder.number.in_(_forms(words, "PO"))),
    }
    for kind, query in queries.items():
        for id_, name, more in session.execute(query.limit(3)):
            yield Hit(kind, id_, name, more)


def _forms(words: str, letter: str) -> set[str]:
    """Return the ways one of our numbers may have been meant: "7", "h7", "H-0007"."""
    plain = words.upper().replace(" ", "")
    digits = plain.removeprefix(letter).removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        return {plain}
    bare = digits.lstrip("0") or "0"
    return {plain, *(f"{letter}-{bare.zfill(size)}" for size in range(1, DIGITS + 3))}


def _named(words: str, *, with_people: bool) -> Sequence[tuple[str, Select[int, str, str]]]:
    item = select(Item.id, Item.name, Item.code).where(
        holds(Item.name, words) | holds(Item.code, words)
    )
    lot = select(Lot.id, Lot.code, Item.name).join(Item, Item.id == Lot.item_id)
    listing = select(Listing.id, Listing.title, Listing.sku).where(
        holds(Listing.title, words) | holds(Listing.sku, words)
    )
    buyer = select(Customer.id, Customer.name, Customer.email).where(
        holds(Customer.name, words) | holds(Customer.email, words)
    )
    supplier = select(Supplier.id, Supplier.name, Supplier.email).where(
        holds(Supplier.name, words)
    )
    lots = lot.where(holds(Lot.code, words) | holds(Lot.supplier_lot, words))
    people = (("customer", buyer), ("supplier", supplier)) if with_people else ()
    return (("item", item), ("lot", lots), ("listing", listing), *people)
