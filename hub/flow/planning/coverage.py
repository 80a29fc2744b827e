"""Where each part of an order comes from and when it is there: what a promise is made of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from hub.domain.days.material_wait import MaterialWait, last_wait
from hub.domain.days.promise import Coverage, Source, waited_for
from hub.domain.days.reasons import Reason, waits_for_material, waits_for_room
from hub.models.by_id import by_id
from hub.models.orders.order_covers import (
    Bought,
    Held,
    RunsOf,
    bought_for_demands,
    runs_of_demands,
    what_holds,
)
from hub.models.orders.order_facts import DemandRow, LineRow, OrderRow
from hub.models.planning.lead_times import lead_days
from hub.models.planning.unchecked import Checked, checked_for_demands
from hub.models.records.items import Item
from hub.models.records.production import ProductionOrder

NO_HOLD = Held()


@dataclass(frozen=True, slots=True, kw_only=True)
class Covers:
    """All that covers the demands of some orders, loaded at once."""

    today: date
    items: Mapping[int, Item]
    lead_days: Mapping[int, int | None]
    runs: RunsOf
    held: Mapping[int, Held]
    bought: Mapping[int, Sequence[Bought]]
    checked: Mapping[int, Sequence[Checked]]

    def of(self, row: OrderRow) -> list[Coverage]:
        """Say where the goods of an order come from, part by part."""
        return [part for line in row.lines for part in self._line(line)]

    def _line(self, line: LineRow) -> list[Coverage]:
        if line.line.state in ("unmapped", "suggested"):
            return _unmapped(line)
        return [part for demand in line.demands for part in self._demand(demand)]

    def _demand(self, demand: DemandRow) -> list[Coverage]:
        item = self.items[demand.item_id]
        parts = [
            self._run(run, item=item, quantity=quantity)
            for run, quantity in self.runs.get(demand.id, ())
        ]
        parts += [
            self._purchase(bought, item=item) for bought in self.bought.get(demand.id, ())
        ]
        parts += [
            self._check(checked, item=item) for checked in self.checked.get(demand.id, ())
        ]
        if demand.allocated:
            parts.append(_part(Source.STOCK, item, demand.allocated))
        if demand.short:
            parts.append(self._short(demand, item=item))
        rest = demand.open - sum(part.quantity for part in parts)
        if rest > 0:
            parts.append(_part(Source.NOTHING, item, rest, why="not_planned"))
        return parts

    def _run(self, run: ProductionOrder, *, item: Item, quantity: int) -> Coverage:
        return Coverage(
            source=Source.RUN,
            item=item.code,
            quantity=quantity,
            ready_on=run.ready_on,
            ref=run.number,
            why="" if run.ready_on else run.no_day or "not_planned",
            because=self._because(run),
        )

    def _because(self, run: ProductionOrder) -> tuple[Reason, ...]:
        """Say what a run waits for: the material that comes last, and room."""
        held = NO_HOLD if run.state == "running" else self.held.get(run.id, NO_HOLD)
        reasons: list[Reason] = []
        last = last_wait(held.waits, today=self.today)
        if last is not None:
            reasons.append(waits_for_material(run.number, wait=last, today=self.today))
        if held.full_until is not None and held.full_until >= self.today:
            reasons.append(
                waits_for_room(run.number, full_until=held.full_until, where=held.where)
            )
        return tuple(reasons)

    def _purchase(self, bought: Bought, *, item: Item) -> Coverage:
        wait = MaterialWait(
            item=item.code,
            ref=bought.ref,
            expected_on=bought.expected_on,
            lead_days=self.lead_days[item.id],
        )
        return waited_for(wait, quantity=bought.quantity, today=self.today)

    def _check(self, checked: Checked, *, item: Item) -> Coverage:
        wait = MaterialWait(item=item.code, ref=checked.lot.code, awaits_check=True)
        return waited_for(wait, quantity=checked.quantity, today=self.today)

    def _short(self, demand: DemandRow, *, item: Item) -> Coverage:
        wait = MaterialWait(item=item.code, lead_days=self.lead_days[item.id])
        return waited_for(
            wait, quantity=demand.short, today=self.today, why=demand.short_reason
        )


def load_covers(session: Session, rows: Collection[OrderRow], *, today: date) -> Covers:
    """Load what covers the demands of these orders."""
    demands = [demand for row in rows for line in row.lines for demand in line.demands]
    demand_ids = [demand.id for demand in demands]
    item_ids = {demand.item_id for demand in demands}
    runs = runs_of_demands(session, demand_ids=demand_ids)
    run_ids = {run.id for owed in runs.values() for run, _ in owed}
    return Covers(
        today=today,
        items=by_id(session, Item, ids=item_ids),
        lead_days=lead_days(session, item_ids=item_ids),
        runs=runs,
        held=what_holds(session, run_ids=run_ids),
        bought=bought_for_demands(session, demand_ids=demand_ids),
        checked=checked_for_demands(session, demand_ids=demand_ids),
    )


def _unmapped(line: LineRow) -> list[Coverage]:
    wanted = line.line.ordered - line.line.cancelled - line.line.sent_elsewhere
    if wanted <= 0:
        return []
    what = line.line.sku or line.line.title
    return [Coverage(source=Source.NOTHING, item=what, quantity=wanted, why="unmapped")]


def _part(source: Source, item: Item, quantity: int, *, why: str = "") -> Coverage:
    return Coverage(source=source, item=item.code, quantity=quantity, why=why)
