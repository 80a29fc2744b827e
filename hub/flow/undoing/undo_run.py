"""Takes the last step of a run back: by moves of the other sign, never by editing the ledger."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hub.domain.making.completing import stands_for
from hub.domain.states import PRODUCTION_UNDO, Production
from hub.flow.catalogue.circles import check_circle
from hub.flow.making.output import restate_cost
from hub.flow.making.parts import parts_of
from hub.flow.making.run_lock import Run, lock_run
from hub.flow.phase import refresh_phases
from hub.flow.refusal import Refusal, SomebodyWasFirst
from hub.flow.replan import mark
from hub.flow.step import step
from hub.flow.stock import ledger
from hub.flow.stock.room import make_room
from hub.models.making.completion_queries import (
    gifts_of,
    last_completion,
    moves_of,
    output_of,
    takers_of,
    uses_of,
)
from hub.models.planning.held import held_by_needs, held_in_lot, holders_of
from hub.models.records.alternates import Substitution
from hub.models.records.completions import Completion, CompletionUse
from hub.models.records.history import record
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder
from hub.models.stock.lots import LotStock, lots_by_id


class NothingToUndo(Refusal):
    """The run has not started, is cancelled, or ended before its steps could be taken back."""


class NotWhole(Refusal):
    """Some of what would have to go has gone already; the message says where."""


def undo(
    session: Session, *, production_order_id: int, reason: str, who: str, now: datetime
) -> None:
    """Take back the last completion of a run, or its start when it has given nothing.

    A completion is taken back while what it gave is still in its lot: it leaves the lot, what it
    used is in its own lots again and picked for the run, and whoever was given something is
    planned anew. A finished run goes on. A run whose start is taken back is released as before,
    and its materials are free.

    :raises NothingToUndo: it has not started, or is cancelled.
    :raises MadeOfItself: it would go on by a recipe that was turned round since.
    :raises NotWhole: what it gave was packed, shipped, used or counted away; who has it is named.
    :raises Missing: there is no such run.
    """
    seen = _lot_of_last(session, run_id=production_order_id)
    run = lock_run(
        session,
        production_order_id=production_order_id,
        lot_ids=[] if seen is None else [seen],
    )
    if _lot_of_last(session, run_id=production_order_id) != seen:
        raise SomebodyWasFirst("Somebody else was first: look again before you go on.")
    last = last_completion(session, run_id=run.record.id)
    if run.record.state == Production.RUNNING and last is None:
        _undo_start(session, run, reason=reason, who=who, now=now)
    elif run.record.state in (Production.RUNNING, Production.DONE) and last is not None:
        _undo_completion(session, run, last, reason=reason, who=who, now=now)
    else:
        number, state = run.record.number, run.record.state
        raise NothingToUndo(f"{number} is {state}: there is nothing to take back.")
    refresh_phases(session, order_ids=run.order_ids, now=now, who=who)
    mark(
        session,
        item_ids=run.item_ids,
        why=f"{run.record.number} taken back",
        now=now,
        cause={"what": "taken_back", "run": run.record.number},
    )


def check_whole(session: Session, lot: LotStock, *, quantity: int) -> None:
    """Refuse to take out of a lot what is not there any more, or picked by somebody.

    :raises NotWhole: in words that name who has it.
    """
    firm = sum(
        held.quantity for held in held_in_lot(session, lot_id=lot.id) if held.is_firm
    )
    if lot.on_hand - firm >= quantity:
        return
    holders = holders_of(session, lot_id=lot.id)
    names = [each.number for each in holders if each.is_firm]
    names += takers_of(session, lot_id=lot.id)
    if not names:
        raise NotWhole(f"Lot {lot.code} is not whole any more: look at its moves.")
    named = ", ".join(dict.fromkeys(names))
    raise NotWhole(f"Lot {lot.code} is not whole any more: {named} took of it.")


def _lot_of_last(session: Session, *, run_id: int) -> int | None:
    last = last_completion(session, run_id=run_id)
    output = output_of(session, last) if last else None
    return output.lot_id if output else None


def _undo_start(
    session: Session, run: Run, *, reason: str, who: str, now: datetime
) -> None:
    ledger.give_back(session, held_by_needs(session, need_ids=run.need_ids))
    session.execute(delete(Substitution).where(Substitution.need_id.in_(run.need_ids)))
    _note(session, run.record, reason=reason, who=who, now=now, detail={"what": "start"})
    _step_back(session, run, new=Production.RELEASED, reason=reason, who=who, now=now)
    run.record.started_at = None
    session.flush()


def _undo_completion(
    session: Session, run: Run, last: Completion, *, reason: str, who: str, now: datetime
) -> None:
    if run.record.state == Production.DONE:
        needed = [need.item_id for need in run.needs if need.needed]
        check_circle(session, item_id=run.record.item_id, components=needed)
    output = output_of(session, last)
    if output is not None:
        lot = lots_by_id(session, lot_ids=[output.lot_id])[output.lot_id]
        check_whole(session, lot, quantity=output.quantity)
        make_room(session, lot, delta=-output.quantity)
    for moved in moves_of(session, completion_id=last.id):
        ledger.take_back(session, moved, who=who, now=now, why=reason)
    last.undone_at, last.undone_by, last.undone_why = now, who, reason
    run.record.produced -= last.produced
    run.record.scrapped -= last.scrapped
    _pick_again(session, run.needs, used=uses_of(session, completion_id=last.id))
    for gift in gifts_of(session, completion_id=last.id):
        link = session.get_one(ProductionLink, gift.link_id, populate_existing=True)
        link.done -= gift.quantity
    session.flush()
    if output is not None:
        restate_cost(session, lot_id=output.lot_id)
    detail: dict[str, object] = {"what": "completion", "completion": last.number}
    _note(session, run.record, reason=reason, who=who, now=now, detail=detail)
    if run.record.state == Production.DONE:
        _step_back(session, run, new=Production.RUNNING, reason=reason, who=who, now=now)
        run.record.finished_at = None
    session.flush()


def _pick_again(
    session: Session, needs: Sequence[ProductionNeed], *, used: Sequence[CompletionUse]
) -> None:
    """Make what was used the run's own again, as it was before."""
    by_id = {need.id: need for need in needs}
    for each in used:
        by_id[each.need_id].consumed -= each.counts
        ledger.reserve(
            session,
            lot_id=each.lot_id,
            quantity=each.quantity,
            need_id=each.need_id,
            is_firm=True,
        )
    session.flush()
    _trim_substitutions(session, needs)


def _trim_substitutions(session: Session, needs: Sequence[ProductionNeed]) -> None:
    """Let nothing stand in that is not picked any more: what was over went back to stock."""
    for part in parts_of(session, needs=needs):
        swap = part.swap
        if swap is None or part.there >= part.rest:
            continue
        quantity = swap.quantity - (part.rest - part.there)
        replaces = stands_for(quantity, substitute=swap.quantity, replaces=swap.replaces)
        if quantity > 0 and replaces > 0:
            swap.quantity, swap.replaces = quantity, replaces
        else:
            session.delete(swap)
    session.flush()


def _step_back(
    session: Session, run: Run, *, new: Production, reason: str, who: str, now: datetime
) -> None:
    step(
        session,
        run.record,
        table=PRODUCTION_UNDO,
        new=new,
        who=who,
        now=now,
        why=reason,
        detail={"undo": True},
    )


def _note(
    session: Session,
    run: ProductionOrder,
    *,
    reason: str,
    who: str,
    now: datetime,
    detail: dict[str, object],
) -> None:
    record(
        session,
        at=now,
        who=who,
        subject="production_order",
        subject_id=run.id,
        what="run.undone",
        why=reason,
        detail=detail,
    )
