"""Every lock of the hub and the one order they are taken in, so that nothing waits in a circle.

The order: the planner, letters, order keys, items, lots, orders; within a kind ascending. Whoever
needs several takes them in this order and never goes back. Counters and new rows come after them.
All are held until the transaction ends, and what a session read of a row before its lock it
reads anew behind it, because somebody else may have changed it meanwhile. On SQLite they do
nothing: BEGIN IMMEDIATE lets in one writer at a time. `replan` rows are only ever inserted, so
marking an item waits for nobody.
"""

from collections.abc import Collection

from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from hub.models.records.base import Record
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.models.records.stock import Lot

PLANNER = "planner"


def lock_planner(session: Session) -> None:
    """Let one planner in. This function will wait until no other plans."""
    _lock_name(session, PLANNER)


def lock_order_key(session: Session, *, account_id: int, external_id: str) -> None:
    """Lock an order by its name at the channel, also one that is not written yet."""
    _lock_name(session, f"order:{account_id}:{external_id}")


def lock_letters(session: Session) -> None:
    """Let one letter be decided on at a time: each may be the other's copy. Before order keys."""
    _lock_name(session, "letters")


def lock_items(session: Session, item_ids: Collection[int]) -> None:
    """Lock items: who nets them, reserves of them or moves their stock holds this."""
    _lock_rows(session, Item, item_ids)


def lock_free_items(session: Session, item_ids: Collection[int]) -> set[int]:
    """Lock those of these items that nobody holds, waiting for none; return which they are.

    For what comes after the locks of orders, when waiting for an item could be for ever.
    """
    rows = select(Item.id).where(Item.id.in_(set(item_ids))).order_by(Item.id)
    if _needs_locks(session):
        rows = rows.with_for_update(key_share=True, skip_locked=True)
    return set(session.scalars(rows))


def lock_lots(session: Session, lot_ids: Collection[int]) -> None:
    """Lock lots whose state or balance is about to change."""
    _lock_rows(session, Lot, lot_ids)


def lock_orders(session: Session, order_ids: Collection[int]) -> None:
    """Lock orders whose lines, intent or cached phase are about to change."""
    _lock_rows(session, SalesOrder, order_ids)


def _lock_rows(session: Session, record: type[Record], ids: Collection[int]) -> None:
    if not ids or not _needs_locks(session):
        return
    # key_share: a new row elsewhere may go on pointing at a locked one (FOR NO KEY UPDATE).
    rows = select(record.id).where(record.id.in_(sorted(set(ids)))).order_by(record.id)
    session.execute(rows.with_for_update(key_share=True)).all()
    columns = inspect(record).column_attrs.keys()
    for row_id in ids:
        known = session.identity_map.get(session.identity_key(record, row_id))
        if known is not None:
            session.expire(known, columns)


def _lock_name(session: Session, name: str) -> None:
    if _needs_locks(session):
        statement = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
        session.execute(statement, {"name": name})


def _needs_locks(session: Session) -> bool:
    return session.get_bind().dialect.name != "sqlite"
