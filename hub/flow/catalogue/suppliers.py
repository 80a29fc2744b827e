"""Of whom we buy, and how each of them sells what we need."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.domain.making.cost import UnitCost
from hub.flow.bounds import LONGEST_WORD, MOST_DAYS, between, word
from hub.flow.catalogue.items import CodeTaken
from hub.flow.refusal import Invalid, Missing
from hub.flow.replan import mark
from hub.flow.stock.stock import LARGEST, lock_item
from hub.models.records.history import record
from hub.models.records.items import Item
from hub.models.records.purchasing import Supplier, SupplierItem
from mapping.money import decimals_of
from mapping.units import UnitProblem

LONGEST_NOTE = 2_000


def add_supplier(
    session: Session,
    *,
    code: str,
    name: str,
    email: str = "",
    currency: str = "",
    note: str = "",
    who: str,
    now: datetime,
) -> int:
    """Write down somebody we buy from, and give their id.

    :raises Invalid: a word that cannot be; `field` names it.
    :raises CodeTaken: another supplier has that code.
    """
    code = word(code, field="code")
    if "/" in code:
        raise Invalid("A code has no slash.", field="code")
    if session.scalar(select(Supplier.id).filter_by(code=code)) is not None:
        raise CodeTaken(f"There is already a supplier {code}.", field="code")
    supplier = Supplier(
        code=code,
        name=word(name, field="name"),
        email=_text(email, most=254, field="email"),
        currency=_currency(currency, field="currency"),
        note=_text(note, most=LONGEST_NOTE, field="note"),
        created_at=now,
    )
    session.add(supplier)
    session.flush()
    _tell(session, supplier.id, "supplier.added", who=who, now=now)
    return supplier.id


def change_supplier(
    session: Session,
    *,
    supplier_id: int,
    name: str | None = None,
    email: str | None = None,
    currency: str | None = None,
    note: str | None = None,
    is_active: bool | None = None,
    who: str,
    now: datetime,
) -> None:
    """Change what is known of a supplier; None leaves it.

    Nothing is suggested of one that is no longer in use; open orders there go on.

    :raises Missing: there is no such supplier.
    :raises Invalid: a word that cannot be; `field` names it.
    """
    supplier = supplier_of(session, supplier_id=supplier_id)
    if name is not None:
        supplier.name = word(name, field="name")
    if email is not None:
        supplier.email = _text(email, most=254, field="email")
    if currency is not None:
        supplier.currency = _currency(currency, field="currency")
    if note is not None:
        supplier.note = _text(note, most=LONGEST_NOTE, field="note")
    if is_active is not None and is_active != supplier.is_active:
        supplier.is_active = is_active
        sold = select(SupplierItem.item_id).filter_by(supplier_id=supplier_id)
        why = f"{supplier.name} is {'in use again' if is_active else 'no longer used'}"
        mark(session, item_ids=set(session.scalars(sold)), why=why, now=now)
    session.flush()
    _tell(session, supplier_id, "supplier.changed", who=who, now=now)


def offer(
    session: Session,
    *,
    supplier_id: int,
    item_id: int,
    supplier_code: str = "",
    lead_time_days: int | None = None,
    smallest: int = 0,
    multiple: int = 1,
    unit_cost: UnitCost | None = None,
    is_preferred: bool = False,
    who: str,
    now: datetime,
) -> int:
    """Write down how a supplier sells an item, in place of what was known of it before.

    `smallest` and `multiple` are thousandths. An item has one preferred supplier at most: the
    last one named. What is short of it is dated anew.

    :raises Missing: there is no such supplier or item.
    :raises Invalid: a size, time or cost that cannot be; `field` names it.
    """
    supplier = supplier_of(session, supplier_id=supplier_id)
    item = lock_item(session, item_id=item_id)
    between(lead_time_days, 0, MOST_DAYS, field="lead_time_days")
    between(smallest, 0, LARGEST, field="min_quantity")
    between(multiple, 1, LARGEST, field="multiple")
    check_cost(unit_cost, field="unit_cost")
    mine = {"supplier_id": supplier_id, "item_id": item_id}
    sold = session.scalar(select(SupplierItem).filter_by(**mine))
    if sold is None:
        sold = SupplierItem(**mine)
        session.add(sold)
    sold.supplier_code = _text(supplier_code, most=LONGEST_WORD, field="supplier_code")
    sold.lead_time_days, sold.smallest, sold.multiple = lead_time_days, smallest, multiple
    sold.unit_cost_micros = unit_cost.micros if unit_cost else None
    sold.currency = unit_cost.currency if unit_cost else ""
    sold.is_preferred = is_preferred
    session.flush()
    if is_preferred:
        _prefer_no_other(session, sold)
    _tell(session, supplier_id, "supplier.offer", who=who, now=now, why=item.name)
    mark(session, item_ids=[item_id], why=f"{supplier.name} sells {item.name}", now=now)
    return sold.id


def supplier_of(session: Session, *, supplier_id: int) -> Supplier:
    """Return a supplier.

    :raises Missing: there is none of that id.
    """
    supplier = session.get(Supplier, supplier_id)
    if supplier is None:
        raise Missing("There is no such supplier.", field="supplier")
    return supplier


def offer_of(session: Session, *, supplier_id: int, item: Item) -> SupplierItem | None:
    """Return how a supplier sells an item; None if nobody said."""
    mine = {"supplier_id": supplier_id, "item_id": item.id}
    return session.scalar(select(SupplierItem).filter_by(**mine))


def check_cost(cost: UnitCost | None, *, field: str) -> None:
    """Refuse a cost below nothing, beyond reason, or in no currency.

    :raises Invalid: it is one of those.
    """
    if cost is None:
        return
    if not 0 <= cost.micros <= LARGEST:
        raise Invalid("A cost is nothing or more, and within reason.", field=field)
    _currency(cost.currency, field=field)


def _prefer_no_other(session: Session, sold: SupplierItem) -> None:
    session.execute(
        update(SupplierItem)
        .where(SupplierItem.item_id == sold.item_id, SupplierItem.id != sold.id)
        .values(is_preferred=False)
        .execution_options(synchronize_session="fetch")
    )


def _tell(
    session: Session, supplier_id: int, what: str, *, who: str, now: datetime, why: str = ""
) -> None:
    record(
        session,
        at=now,
        who=who,
        subject="supplier",
        subject_id=supplier_id,
        what=what,
        why=why,
    )


def _text(given: str, *, most: int, field: str) -> str:
    text = given.strip()
    if len(text) > most:
        raise Invalid(f"Write at most {most} characters.", field=field)
    return text


def _currency(given: str, *, field: str) -> str:
    code = given.strip().upper()
    if code:
        try:
            decimals_of(code)
        except UnitProblem as problem:
            raise Invalid(str(problem), field=field) from problem
    return code
