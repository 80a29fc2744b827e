"""Step 5: a production order is released, started, completed in parts and finished, or cancelled.

Starting makes what the planner reserved the run's own. Completing takes what was really used out
of its lots and puts what came out into a lot, all in one transaction, so that every quantity made
names the lots it was made from. A mistake is taken back by hub/flow/undoing/undo_run.py.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo

from sqlalchemy.orm import Session

from hub.domain.letters.notices import Event
from hub.domain.making.completing import countable, still_to_come
from hub.domain.states import PRODUCTION_STEPS, Production
from hub.flow.letters.notify import tell_each
from hub.flow.making.completing import complete_run
from hub.flow.making.consume import ALL, NOTHING, Share, Used
from hub.flow.making.materials import check_materials
from hub.flow.making.output import Output, check_output
from hub.flow.making.run_lock import Run, lock_run
from hub.flow.making.scanned import choose_picks, read_scans, take_picks
from hub.flow.phase import refresh_phases
from hub.flow.refusal import Refusal
from hub.flow.replan import mark
from hub.flow.step import expect_step, step
from hub.flow.stock import ledger
from hub.flow.stock.stock import LARGEST
from hub.flow.telling.announce import tell_progress
from hub.models.making.completion_queries import last_completion
from hub.models.planning.held import held_by_needs
from hub.models.planning.run_parts import close_links, forget_shortages
from hub.models.records.items import Item
from hub.models.records.production import ProductionOrder


class GaveSomething(Refusal):
    """The run has given something already, so it cannot be as if it had never been."""


def release(session: Session, *, production_order_id: int, who: str, now: datetime) -> None:
    """Give a planned run to the workshop: its size and recipe are fixed from here on.

    :raises StepRefused: it is not planned any more.
    :raises Missing: there is no such run.
    """
    run = lock_run(session, production_order_id=production_order_id)
    _release(session, run.record, who=who, now=now)
    mark(
        session,
        item_ids=[run.record.item_id],
        why=f"{run.record.number} released",
        now=now,
        cause={"what": "released", "run": run.record.number},
    )


def start(
    session: Session,
    *,
    production_order_id: int,
    who: str,
    now: datetime,
    zone: tzinfo = UTC,
    picked: Sequence[Used] = (),
) -> None:
    """Start a run, releasing it first if need be, and make its materials its own.

    Every need must be covered by what is reserved for it in lots that may be used today (in the
    workshop's `zone`); what is reserved in others goes back. A lot in `picked` was scanned: so
    much of it (0: as much as is needed) takes the place of what was reserved, also where only
    planned for others, who are planned anew. A lot of an allowed alternate may be scanned too; the
    history says what it stands in for. The channels of all orders the run works for, at whatever
    level, hear of it once.

    :raises ShortOfMaterial: something is missing; the message says what and how much.
    :raises Invalid: a scanned lot may not go into this run.
    :raises NotForUse: a scanned lot is put aside or too old.
    :raises NotEnough: so much of a scanned lot is not there, or picked for another run.
    :raises StepRefused: it is running, over or cancelled.
    :raises Missing: there is no such run.
    """
    run = lock_run(
        session,
        production_order_id=production_order_id,
        lot_ids=[each.lot_id for each in picked],
    )
    is_planned = run.record.state == Production.PLANNED
    first = Production.RELEASED if is_planned else Production.RUNNING
    expect_step(run.record, table=PRODUCTION_STEPS, new=first)
    _pick(session, run, picked=picked, on=now.astimezone(zone).date(), who=who, now=now)
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
    tell_progress(session, order_ids=run.serves, note=note, now=now)
    tell_each(session, order_ids=run.serves, event=Event.IN_PRODUCTION, now=now)
    mark(
        session,
        item_ids=run.item_ids,
        why=f"{run.record.number} started",
        now=now,
        cause={"what": "started", "run": run.record.number},
    )


def complete(
    session: Session,
    *,
    production_order_id: int,
    produced: int,
    consumed: Sequence[Used] | None = None,
    scrapped: int = 0,
    scrap_reason: str = "",
    note: str = "",
    lot_code: str | None = None,
    best_before: date | None = None,
    who: str,
    now: datetime,
    zone: tzinfo = UTC,
) -> int | None:
    """Write down a part of what a running run gives, and give the id of its lot, None if lost.

    The run goes on with the rest; what was scrapped does not come any more. A material that
    `consumed` does not name was used by its share of what is still to come. The code of a lot
    this run has made already adds to that lot. What comes out goes to whom it was made for.

    :raises Invalid: a quantity, lot, reason or best before that cannot be.
    :raises NotForUse: more of a lot that is put aside or too old than was picked at the start.
    :raises NotEnough: more of a lot than was picked and is free in it.
    :raises CodeTaken: the item has a lot of that code that is not this run's, or is closed.
    :raises StepRefused: it is not running.
    :raises Missing: there is no such run.
    """
    run = lock_run(session, production_order_id=production_order_id)
    expect_step(run.record, table=PRODUCTION_STEPS, new=Production.DONE)
    output = Output(
        produced=produced,
        scrapped=scrapped,
        lot_code=lot_code,
        best_before=best_before,
        on=now.astimezone(zone).date(),
        scrap_reason=scrap_reason,
        note=note,
    )
    check_output(output, largest=LARGEST)
    left = _still_to_come(run.record)
    return complete_run(
        session,
        run,
        output=output,
        consumed=consumed,
        part=Share(now=produced + scrapped, left=left),
        is_last=False,
        who=who,
        now=now,
    )


def finish(
    session: Session,
    *,
    production_order_id: int,
    produced: int | None = None,
    consumed: Sequence[Used] | None = None,
    scrapped: int = 0,
    scrap_reason: str = "",
    note: str = "",
    lot_code: str | None = None,
    best_before: date | None = None,
    who: str,
    now: datetime,
    zone: tzinfo = UTC,
) -> int | None:
    """Complete a running run for the last time and give the id of its lot, None if all was lost.

    `produced` is the good yield, all that was still to come if not said (of what is counted, the
    whole pieces); nothing is allowed only
    with something scrapped, or when the run has given something before. `consumed` says what was
    used of which lot, for each material it names (a quantity of 0: none of it); a material it does
    not name was used up as needed, from the lots picked at the start, unless nothing came out.
    What was picked and not used goes back to stock. What comes out goes to whom it was made for,
    and what the run did not give them is planned anew.

    :raises Invalid: a quantity, lot, reason or best before that cannot be.
    :raises NotForUse: more of a lot that is put aside or too old than was picked at the start.
    :raises NotEnough: more of a lot than was picked and is free in it.
    :raises CodeTaken: the item has a lot of that code that is not this run's, or is closed.
    :raises StepRefused: it is not running; a second press of the button ends here.
    :raises Missing: there is no such run.
    """
    run = lock_run(session, production_order_id=production_order_id)
    expect_step(run.record, table=PRODUCTION_STEPS, new=Production.DONE)
    output = Output(
        produced=_expected(session, run.record) if produced is None else produced,
        scrapped=scrapped,
        lot_code=lot_code,
        best_before=best_before,
        on=now.astimezone(zone).date(),
        scrap_reason=scrap_reason,
        note=note,
    )
    has_given = last_completion(session, run_id=run.record.id) is not None
    check_output(output, largest=LARGEST, may_be_nothing=has_given)
    return complete_run(
        session,
        run,
        output=output,
        consumed=consumed,
        part=NOTHING if output.is_nothing else ALL,
        is_last=True,
        who=who,
        now=now,
    )


def cancel(
    session: Session, *, production_order_id: int, reason: str = "", who: str, now: datetime
) -> None:
    """Cancel a run that is not over, and give back everything reserved for it.

    Of a running one too: materials that were really spoilt are told by finishing it with nothing
    produced. Whoever it was made for is planned anew.

    :raises GaveSomething: a part of it was completed.
    :raises StepRefused: it is done or cancelled.
    :raises Missing: there is no such run.
    """
    run = lock_run(session, production_order_id=production_order_id)
    if last_completion(session, run_id=run.record.id) and run.record.finished_at is None:
        raise GaveSomething(
            f"{run.record.number} has already given something: finish it, or take that back."
        )
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
    mark(
        session,
        item_ids=run.item_ids,
        why=f"{run.record.number} cancelled",
        now=now,
        cause={"what": "cancelled", "run": run.record.number},
    )


def _pick(
    session: Session,
    run: Run,
    *,
    picked: Sequence[Used],
    on: date,
    who: str,
    now: datetime,
) -> None:
    """Check that all materials are there, then give back what may not be used and take the rest."""
    scans = read_scans(session, run=run, scanned=picked, on=on)
    picks = choose_picks(session, run=run, scans=scans, on=on)
    ledger.give_back(session, check_materials(session, run, picks=picks, on=on))
    take_picks(session, run=run, scans=scans, picks=picks, who=who, now=now)


def _still_to_come(run: ProductionOrder) -> int:
    return still_to_come(run.planned, produced=run.produced, scrapped=run.scrapped)


def _expected(session: Session, run: ProductionOrder) -> int:
    has_given = last_completion(session, run_id=run.id) is not None
    item = session.get_one(Item, run.item_id)
    return countable(
        _still_to_come(run), is_counted=item.unit == "each", or_nothing=has_given
    )


def _release(session: Session, record: ProductionOrder, *, who: str, now: datetime) -> None:
    step(session, record, table=PRODUCTION_STEPS, new=Production.RELEASED, who=who, now=now)
    record.released_at = now
    # Its output is a promise from now on: not also what could be made of its materials, which the
    # plan that follows counts anew.
    session.get_one(Item, record.item_id).makeable = 0
    session.flush()
