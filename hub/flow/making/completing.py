"""One completion of a running run: materials out, a lot in, and the lot to whom it is for."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from hub.domain.states import PRODUCTION_STEPS, Production
from hub.flow.making.allocate import allocate_output
from hub.flow.making.consume import Share, Used, consume, what_was_used
from hub.flow.making.output import Output, choose_lot, make_output
from hub.flow.making.run_lock import Run
from hub.flow.phase import refresh_phases
from hub.flow.replan import mark
from hub.flow.step import step
from hub.models.making.completion_queries import completions_of
from hub.models.planning.run_parts import forget_shortages
from hub.models.records.completions import Completion
from hub.models.records.history import record
from hub.models.records.production import ProductionOrder


def complete_run(
    session: Session,
    run: Run,
    *,
    output: Output,
    consumed: Sequence[Used] | None,
    part: Share,
    is_last: bool,
    who: str,
    now: datetime,
) -> int | None:
    """Take out what was used, put in what came out, and give it to whom it was made for.

    All that can be refused is refused before anything is written. The id of the lot it went into
    is the answer, None when all was lost.

    :raises Invalid, NotForUse, NotEnough, CodeTaken: see hub/flow/making/produce.py.
    """
    used = what_was_used(
        session, needs=run.needs, consumed=consumed, on=output.on, part=part
    )
    target = choose_lot(session, run=run.record, output=output, used=used)
    completion = _open_completion(session, run.record, output=output, who=who, now=now)
    consume(
        session,
        completion_id=completion.id,
        needs=run.needs,
        used=used,
        is_last=is_last,
        who=who,
        now=now,
    )
    lot_id = None
    if target is not None:
        lot_id = make_output(
            session,
            run=run.record,
            completion=completion,
            output=output,
            target=target,
            who=who,
            now=now,
        )
    _note(session, run.record, completion, lot_id=lot_id, is_last=is_last)
    if is_last:
        run.record.finished_at = now
        forget_shortages(session, need_ids=run.need_ids)
    if lot_id is not None:
        allocate_output(
            session,
            production_order_id=run.record.id,
            lot_id=lot_id,
            completion=completion,
            on=output.on,
        )
    refresh_phases(session, order_ids=run.order_ids, now=now, who=who)
    word = "finished" if is_last else "completed in part"
    mark(
        session,
        item_ids=run.item_ids,
        why=f"{run.record.number} {word}",
        now=now,
        cause={"what": "finished", "run": run.record.number},
    )
    return lot_id


def _open_completion(
    session: Session, run: ProductionOrder, *, output: Output, who: str, now: datetime
) -> Completion:
    before = completions_of(session, run_ids=[run.id])[run.id]
    completion = Completion(
        production_order_id=run.id,
        number=len(before) + 1,
        produced=output.produced,
        scrapped=output.scrapped,
        scrap_reason=output.scrap_reason if output.scrapped else "",
        note=output.note.strip(),
        at=now,
        who=who,
    )
    session.add(completion)
    run.produced += output.produced
    run.scrapped += output.scrapped
    session.flush()
    return completion


def _note(
    session: Session,
    run: ProductionOrder,
    completion: Completion,
    *,
    lot_id: int | None,
    is_last: bool,
) -> None:
    """Write what came out into the run's history; the last time it is done with that."""
    detail: dict[str, object] = {
        "completion": completion.number,
        "produced": completion.produced,
        "scrapped": completion.scrapped,
        "lot": lot_id,
    }
    if completion.scrap_reason:
        detail["scrap_reason"] = completion.scrap_reason
    who, now, why = completion.who, completion.at, completion.note
    if is_last:
        step(
            session,
            run,
            table=PRODUCTION_STEPS,
            new=Production.DONE,
            who=who,
            now=now,
            why=why,
            detail=detail,
        )
        return
    record(
        session,
        at=now,
        who=who,
        subject="production_order",
        subject_id=run.id,
        what="run.completed",
        why=why,
        detail=detail,
    )
