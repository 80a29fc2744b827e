"""A run under the locks of all it touches, taken in the one order, and only then read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.flow.refusal import Missing, SomebodyWasFirst
from hub.flow.stock.room import orders_of
from hub.models.locks import lock_items, lock_orders
from hub.models.planning.held import held_in_lot
from hub.models.planning.run_parts import items_of_run, needs_of_run
from hub.models.planning.touched import orders_touched
from hub.models.records.production import ProductionNeed, ProductionOrder
from hub.models.stock.lots import lots_by_id


@dataclass(frozen=True, slots=True)
class Run:
    """A run, its needs and the orders it works for, read under the locks of all it touches."""

    record: ProductionOrder
    needs: Sequence[ProductionNeed]
    item_ids: frozenset[int]
    """What it makes, what it is made from, and what stands in for that."""
    order_ids: frozenset[int]
    """Whose phase may change: those it works for, and those who may have to give way."""
    serves: frozenset[int]
    """The orders it works for, at whatever level."""

    @property
    def need_ids(self) -> list[int]:
        """The ids of its needs."""
        return [need.id for need in self.needs]


def lock_run(
    session: Session, *, production_order_id: int, lot_ids: Collection[int] = ()
) -> Run:
    """Lock the items of a run, then the orders it works for, and only then read it.

    In `lot_ids` somebody else may have to give way: their items are locked too, and the orders
    of whoever holds a part of them.

    :raises Missing: there is no such run.
    :raises SomebodyWasFirst: it was planned anew between the look and the lock.
    """
    lots = lots_by_id(session, lot_ids=lot_ids)
    item_ids = items_of_run(session, production_order_id=production_order_id)
    item_ids |= {lot.item_id for lot in lots.values()}
    lock_items(session, item_ids)
    order_ids = orders_touched(
        session, demands=(), needs=(), runs=[production_order_id], items=()
    )
    serves = frozenset(order_ids)
    for lot_id in lots:
        order_ids |= orders_of(session, held_in_lot(session, lot_id=lot_id))
    lock_orders(session, order_ids)
    record = session.get(ProductionOrder, production_order_id, populate_existing=True)
    if record is None:
        raise Missing("There is no such production order.", field="production_order")
    if not items_of_run(session, production_order_id=production_order_id) <= item_ids:
        raise SomebodyWasFirst(f"{record.number} was just planned anew: look again.")
    needs = needs_of_run(session, production_order_id=production_order_id)
    return Run(record, needs, frozenset(item_ids), frozenset(order_ids), serves)
