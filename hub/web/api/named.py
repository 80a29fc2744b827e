"""What callers mean by the names they write: codes of items, ids and numbers of the rest."""

from datetime import date

from sqlalchemy.orm import Session

from hub.flow.refusal import Invalid, Missing
from hub.models.by_id import as_id
from hub.models.catalogue.item_views import item_coded
from hub.models.making.run_views import run_id_of
from hub.models.orders.order_views import order_id_of
from hub.models.purchasing.purchase_views import purchase_id_of, supplier_coded
from hub.models.records.items import Item
from hub.models.records.purchasing import Supplier
from hub.models.records.stock import Lot
from hub.models.shipping.shipment_views import shipment_id_of
from hub.models.stock.lot_views import lots_meant


def item_named(session: Session, code: str, *, field: str) -> Item:
    """Return the item a field names by its code.

    :raises Invalid: there is none.
    """
    item = item_coded(session, code=code)
    if item is None:
        raise Invalid("There is no item with this code.", field=field)
    return item


def item_in_path(session: Session, code: str) -> Item:
    """Return the item an address names by its code.

    :raises Missing: there is none.
    """
    item = item_coded(session, code=code)
    if item is None:
        raise Missing("There is no such item.")
    return item


def wanted_item(session: Session, code: str) -> int | None:
    """Return the id of the item a list is asked for, None for all items.

    :raises Invalid: there is no item of that code.
    """
    return item_named(session, code, field="item").id if code else None


def lot_named(session: Session, named: str, *, item: Item, field: str) -> Lot:
    """Return the lot of an item that a field names by its id or its code.

    :raises Invalid: there is none, or the id of one is the code of another.
    """
    found = lots_meant(session, item_id=item.id, named=named)
    if not found:
        raise Invalid("There is no such lot of this item.", field=field)
    if len(found) > 1:
        raise Invalid("This is one lot's code and another's id.", field=field)
    return found[0]


def id_in_path(named: str, *, what: str) -> int:
    """Read an id in an address.

    :raises Missing: it cannot be one, so there is no such thing.
    """
    found = as_id(named)
    if found is None:
        raise Missing(f"There is no such {what}.")
    return found


def day_in_path(named: str) -> date:
    """Read a day in an address.

    :raises Missing: it cannot be one.
    """
    try:
        return date.fromisoformat(named)
    except ValueError:
        raise Missing("There is no such day.") from None


def order_in_path(session: Session, named: str) -> int:
    """Return the id of the order an address names.

    :raises Missing: there is none.
    """
    found = order_id_of(session, named=named)
    if found is None:
        raise Missing("There is no such order.")
    return found


def order_in_field(session: Session, named: str, *, field: str) -> int:
    """Return the id of the order a field names.

    :raises Invalid: there is none.
    """
    found = order_id_of(session, named=named)
    if found is None:
        raise Invalid("There is no such order.", field=field)
    return found


def run_in_path(session: Session, named: str) -> int:
    """Return the id of the production order an address names.

    :raises Missing: there is none.
    """
    found = run_id_of(session, named=named)
    if found is None:
        raise Missing("There is no such production order.")
    return found


def shipment_in_path(session: Session, named: str) -> int:
    """Return the id of the shipment an address names.

    :raises Missing: there is none.
    """
    found = shipment_id_of(session, named=named)
    if found is None:
        raise Missing("There is no such shipment.")
    return found


def supplier_named(session: Session, code: str, *, field: str) -> Supplier:
    """Return the supplier a field names by its code.

    :raises Invalid: there is none.
    """
    supplier = supplier_coded(session, code=code)
    if supplier is None:
        raise Invalid("There is no supplier with this code.", field=field)
    return supplier


def supplier_in_path(session: Session, code: str) -> Supplier:
    """Return the supplier an address names.

    :raises Missing: there is none.
    """
    supplier = supplier_coded(session, code=code)
    if supplier is None:
        raise Missing("There is no such supplier.")
    return supplier


def purchase_in_path(session: Session, named: str) -> int:
    """Return the id of the purchase order an address names.

    :raises Missing: there is none.
    """
    found = purchase_id_of(session, named=named)
    if found is None:
        raise Missing("There is no such purchase order.")
    return found
