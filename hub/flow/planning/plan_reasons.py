"""Why items are planned anew: what those who marked them said, and the names that go with it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.keys import demand_key, is_demand, need_key, number_of
from hub.domain.planning.explain import Fact, Owner
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionNeed, ProductionOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One row of the list of items to plan."""

    item_id: int
    why: str
    cause: Fact


@dataclass(slots=True)
class Reasons:
    """All the marks that one planning pass took."""

    marks: tuple[Mark, ...]
    _whys: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Keep one sentence an item."""
        for mark in self.marks:
            self._whys[mark.item_id] = mark.why

    def why(self, item_id: int) -> str:
        """Say in a sentence why an item is planned; components have their products' reason."""
        return self._whys.get(item_id) or next(iter(self._whys.values()), "")

    def named(self, what: str) -> set[str]:
        """Return the runs, or the lots, to which something happened."""
        return {str(mark.cause[what]) for mark in self.marks if mark.cause.get(what)}

    def facts(self, item_id: int) -> list[Fact]:
        """Return what is known of why an item is planned.

        What happened to an order may reach any item through the runs between; what happened to
        a lot or a recipe only speaks for the item it was said of.
        """
        return [
            mark.cause
            for mark in self.marks
            if mark.cause and (mark.item_id == item_id or "order" in mark.cause)
        ]


def owners_of(session: Session, *, keys: Collection[str]) -> dict[str, Owner]:
    """Name the planner's keys as people know them: H-0088 line 1, or run P-0012."""
    demands = [number_of(key) for key in keys if is_demand(key)]
    needs = [number_of(key) for key in keys if not is_demand(key)]
    return {**_lines(session, demands), **_runs(session, needs)}


def _lines(session: Session, demand_ids: Collection[int]) -> dict[str, Owner]:
    if not demand_ids:
        return {}
    asked = (
        select(Demand.id, SalesOrder.id, SalesOrder.number, OrderLine.id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(Demand.id.in_(demand_ids))
    )
    rows = session.execute(asked).all()
    places = _places(session, order_ids={order_id for _, order_id, _, _ in rows})
    return {
        demand_key(demand_id): Owner(order=number, line=places[line_id])
        for demand_id, _, number, line_id in rows
    }


def _places(session: Session, *, order_ids: Iterable[int]) -> dict[int, int]:
    """Count the lines of orders as a reader does: the first is line 1."""
    query = (
        select(OrderLine.id, OrderLine.order_id)
        .where(OrderLine.order_id.in_(order_ids))
        .order_by(OrderLine.order_id, OrderLine.position, OrderLine.id)
    )
    seen: dict[int, int] = defaultdict(int)
    places: dict[int, int] = {}
    for line_id, order_id in session.execute(query):
        seen[order_id] += 1
        places[line_id] = seen[order_id]
    return places


def _runs(session: Session, need_ids: Collection[int]) -> dict[str, Owner]:
    if not need_ids:
        return {}
    query = (
        select(ProductionNeed.id, ProductionOrder.number)
        .join(ProductionOrder, ProductionOrder.id == ProductionNeed.production_order_id)
        .where(ProductionNeed.id.in_(need_ids))
    )
    return {
        need_key(need_id): Owner(run=number) for need_id, number in session.execute(query)
    }
