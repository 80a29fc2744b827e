"""Step 5: a production order is released, started and finished, or cancelled.

Starting makes what the planner reserved the run's own. Finishing takes what was really used out of
its lots and puts one new lot in, all in one transaction, so that every quantity made names the lots
it was made from.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from sqlalchemy.orm import Session

from hub.domain.picking import is_usable
from hub.domain.states import PRODUCTION_STEPS, Production
from hub.flow import ledger
from hub.flow.allocate import allocate_output
from hub.flow.announce import tell_progress
from hub.flow.consume import Used, consume, what_was_used
from hub.flow.output import Output, check_output, make_output
from hub.flow.phase import refresh_phases
from hub.flow.refusal import Missing, Refusal, SomebodyWasFirst
from hub.flow.replan import mark
from hub.flow.step import expect_step, step
from hub.flow.stock import LARGEST
from hub.models.held import Held, held_by_needs
from hub.models.items import Item
from hub.models.locks import lock_items, lock_orders
from hub.models.production import ProductionNeed, ProductionOrder
from hub.models.run_parts import close_links, forget_shortages, items_of_run, needs_of_run
from hub.models.touched import orders_touched
from mapping.units import say


class ShortOfMaterial(Refusal):
    """The run's materials are not all there; the message names each that is missing."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run, its needs and the orders it works for, read under the locks of all it touches."""

    record: ProductionOrder
    needs: Sequence[ProductionNeed]
    order_ids: Collection[int]

    @property
    def item_ids(self) -> set[int]:
        """What it makes and what it is made from."""
        return {self.record.item_id, *(need.item_id for need in self.needs)}

    @property
    def need_ids(self) -> list[int]:
        """The ids of its needs."""
        return [need.id for need in self.needs]


def release(session: Session, *, production_order_id: int, who: str, now: datetime) -> None:
    """Give a planned run to the workshop: its size and recipe are fixed from here on.

    :raises StepRefused: it is not planned any more.
    :raises Missing: there is no such run.
    """
    run = _lock_run(session, production_order_id=production_order_id)
    _release(session, run.record, who=who, now=now)
    mark(
        session, item_ids=[run.record.item_id], why=f"{run.record.number} released", now=now
    )


def start(
    session: Session,
    *,
    production_order_id: int,
    who: str,
    now: datetime,
    zone: tzinfo = UTC,
) -> None:
    """Start a run, releasing it first if need be, and make its materials its own.

    Every need must be covered by what is reserved for it in lots that may be used today (in the
    workshop's `zone`); what is reserved in others goes back. The channels of all orders the run
    works for, at whatever level, hear of it once.

    :raises ShortOfMaterial: something is missing; the message says what and how much.
    :raises StepRefused: it is running, over or cancelled.
    :raises Missing: there is no such run.
    """
    run = _lock_run(session, production_order_id=production_order_id)
    is_planned = run.record.state == Production.PLANNED
    first = Production.RELEASED if is_planned else Production.RUNNING
    expect_step(run.record, table=PRODUCTION_STEPS, new=first)
    unusable = _check_materials(session, run, on=now.astimezone(zone).date())
    ledger.give_back(session, unusable)
    if is_planned:
        _release(session, run.record, who=who, now=now)
    step(
        session,
        run.record,
        table=PRODUCTION_STEPS,
        new=Production.RUNNING,
        who=who,
        now=now,
    )
    run.record.started_at = now
    ledger.make_firm(session, need_ids=run.need_ids)
    session.flush()
    refresh_phases(session, order_ids=run.order_ids, now=now, who=who)
    item = session.get_one(Item, run.record.item_id)
    note = f"{run.record.number}: {item.name} in production"
    tell_progress(session, order_ids=run.order_ids, note=note, now=now)
    mark(session, item_ids=run.item_ids, why=f"{run.record.number} started", now=now)


def finish(
    session: Session,
    *,
    production_order_id: int,
    produced: int | None = None,
    consumed: Sequence[Used] | None = None,
    scrapped: int = 0,
    lot_code: str | None = None,
    best_before: date | None = None,
    who: str,
    now: datetime,
    zone: tzinfo = UTC,
) -> int | None:
    """Finish a running run and give the id of its new lot, None if all was lost.

    `produced` is the good yield, as planned if not said; nothing is allowed only with something
    scrapped. `consumed` says what was used of which lot, for each material it names (a quantity
    of 0: none of it); a material it does not name was used as needed, from the lots picked at the
    start. What was picked and not used goes back to stock. The new lot goes to whom it was made
    for, and what the run did not give them is planned anew.

    :raises Invalid: a quantity, lot or best before that cannot be.
    :raises NotForUse: more of a lot that is put aside or too old than was picked at the start.
    :raises NotEnough: more of a lot than was picked and is free in it.
    :raises CodeTaken: the item already has a lot of that code.
    :raises StepRefused: it is not running; a second press of the button ends here.
    :raises Missing: there is no such run.
    """
    run = _lock_run(session, production_order_id=production_order_id)
    expect_step(run.record, table=PRODUCTION_STEPS, new=Production.DONE)
    output = Output(
        produced=run.record.planned if produced is None else produced,
        scrapped=scrapped,
        lot_code=lot_code,
        best_before=best_before,
        on=now.astimezone(zone).date(),
    )
    check_output(output, largest=LARGEST)
    used = what_was_used(session, needs=run.needs, consumed=consumed, on=output.on)
    lot_id = make_output(
        session, run=run.record, output=output, used=used, who=who, now=now
    )
    done = {"produced": output.produced, "scrapped": scrapped, "lot": lot_id}
    step(
        session,
        run.record,
        table=PRODUCTION_STEPS,
        new=Production.DONE,
        who=who,
        now=now,
        detail=done,
    )
    run.record.produced, run.record.scrapped, run.record.finished_at = (
        output.produced,
        scrapped,
        now,
    )
    consume(session, run=run.record, needs=run.needs, used=used, who=who, now=now)
    forget_shortages(session, need_ids=run.need_ids)
    if lot_id is not None:
        allocate_output(session, production_order_id=run.record.id, lot_id=lot_id, now=now)
    refresh_phases(session, order_ids=run.order_ids, now=now, who=who)
    mark(session, item_ids=run.item_ids, why=f"{run.record.number} finished", now=now)
    return lot_id


def cancel(
    session: Session, *, production_order_id: int, reason: str = "", who: str, now: datetime
) -> None:
    """Cancel a run that is not over, and give back everything reserved for it.

    Of a running one too: materials that were really spoilt are told by finishing it with nothing
    produced. Whoever it was made for is planned anew.

    :raises StepRefused: it is done or cancelled.
    :raises Missing: there is no such run.
    """
    run = _lock_run(session, production_order_id=production_order_id)
    step(
        session,
        run.record,
        table=PRODUCTION_STEPS,
        new=Production.CANCELLED,
        who=who,
        now=now,
        why=reason,
    )
    ledger.give_back(session, held_by_needs(session, need_ids=run.need_ids))
    close_links(session, production_order_id=run.record.id)
    forget_shortages(session, need_ids=run.need_ids)
    refresh_phases(session, order_ids=run.order_ids, now=now, who=who)
    mark(session, item_ids=run.item_ids, why=f"{run.record.number} cancelled", now=now)


def _lock_run(session: Session, *, production_order_id: int) -> Run:
    """Lock the items of a run, then the orders it works for, and only then read it."""
    item_ids = items_of_run(session, production_order_id=production_order_id)
    lock_items(session, item_ids)
    order_ids = orders_touched(
        session, demands=(), needs=(), runs=[production_order_id], items=()
    )
    lock_orders(session, order_ids)
    record = session.get(ProductionOrder, production_order_id, populate_existing=True)
    if record is None:
        raise Missing("There is no such production order.", field="production_order")
    needs = needs_of_run(session, production_order_id=production_order_id)
    run = Run(record, needs, order_ids)
    if not run.item_ids <= item_ids:
        raise SomebodyWasFirst(f"{record.number} was just planned anew: look again.")
    return run


def _release(session: Session, record: ProductionOrder, *, who: str, now: datetime) -> None:
    step(session, record, table=PRODUCTION_STEPS, new=Production.RELEASED, who=who, now=now)
    record.released_at = now
    session.flush()


def _check_materials(session: Session, run: Run, *, on: date) -> list[Held]:
    """Refuse a start that lacks something; return what is reserved but may not be used."""
    held = held_by_needs(session, need_ids=run.need_ids)
    usable = [each for each in held if each.is_firm or is_usable(each.as_lot(), used_on=on)]
    unusable = [each for each in held if each not in usable]
    missing: list[str] = []
    for need in run.needs:
        there = sum(each.quantity for each in usable if each.need_id == need.id)
        if there < need.needed:
            item = session.get_one(Item, need.item_id)
            aside = [each.lot_code for each in unusable if each.need_id == need.id]
            note = f" (lot {', '.join(aside)} is too old or put aside)" if aside else ""
            missing.append(
                f"{say(need.needed - there, base=item.unit)} of {item.name}{note}"
            )
    if missing:
        raise ShortOfMaterial(f"{run.record.number} still lacks {'; '.join(missing)}.")
    return unusable
