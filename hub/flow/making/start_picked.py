"""A run is started with other lots than the plan picked, and a person says why."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, tzinfo

from sqlalchemy.orm import Session

from hub.flow.making.consume import Used
from hub.flow.making.produce import start
from hub.flow.refusal import Invalid
from hub.models.planning.held import held_by_needs
from hub.models.planning.run_parts import needs_of_run
from hub.models.records.history import record
from hub.models.stock.lots import lots_by_id

LONGEST_WHY = 200


def start_picked(
    session: Session,
    *,
    production_order_id: int,
    lot_ids: Collection[int],
    why: str = "",
    who: str,
    now: datetime,
    zone: tzinfo = UTC,
) -> None:
    """Start a run with these lots in hand; those the plan picked anyway change nothing.

    A lot that the plan did not pick takes the place of what was reserved, as much of it as is
    needed; why a person took it is written into the run's history.

    :raises Invalid: another lot was taken and nobody said why, or it may not go into this run.
    :raises Refusal: whatever `start` refuses.
    """
    others = _others(session, run_id=production_order_id, lot_ids=lot_ids)
    if others and not why.strip():
        raise Invalid("Say why another lot goes in.", field="why")
    start(
        session,
        production_order_id=production_order_id,
        who=who,
        now=now,
        zone=zone,
        picked=others,
    )
    if others:
        lots = lots_by_id(session, lot_ids=[each.lot_id for each in others])
        record(
            session,
            at=now,
            who=who,
            subject="production_order",
            subject_id=production_order_id,
            what="run.other_lot",
            to_state=", ".join(lot.code for lot in lots.values()),
            why=why.strip()[:LONGEST_WHY],
            detail={"lots": [lot.id for lot in lots.values()]},
        )


def others_than_planned(
    session: Session, *, run_id: int, lot_ids: Collection[int]
) -> list[int]:
    """Return those of these lots that the plan did not reserve for a run, in the order given."""
    need_ids = [need.id for need in needs_of_run(session, production_order_id=run_id)]
    reserved = {held.lot_id for held in held_by_needs(session, need_ids=need_ids)}
    return [lot_id for lot_id in dict.fromkeys(lot_ids) if lot_id not in reserved]


def _others(session: Session, *, run_id: int, lot_ids: Collection[int]) -> Sequence[Used]:
    ids = others_than_planned(session, run_id=run_id, lot_ids=lot_ids)
    lots = lots_by_id(session, lot_ids=ids)
    if len(lots) < len(ids):
        raise Invalid("That is no lot of this material.", field="lots")
    return [Used(item_id=lots[each].item_id, lot_id=each, quantity=0) for each in ids]
