"""What a scanned code is for a run that is about to start, before anything is written."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.flow.making.consume import Used
from hub.flow.making.run_lock import Run, lock_run
from hub.flow.making.scanned import choose_picks, read_scans
from hub.flow.making.start_picked import others_than_planned
from hub.flow.refusal import Invalid
from hub.models.planning.run_parts import needs_of_run
from hub.models.planning.substitution_queries import alternates_of
from hub.models.records.items import Item
from hub.models.records.stock import Lot
from hub.models.stock.lots import lots_by_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What a scan found, and what the run would take of each lot with it; thousandths."""

    lot_id: int
    code: str
    is_other: bool
    """Whether the plan had picked another lot."""
    takes: dict[int, int]
    """By lot: what of it would go in, of the materials for which another lot was chosen."""


def check_scan(
    session: Session, *, run_id: int, code: str, chosen: Collection[int], on: date
) -> Scanned:
    """Find the lot of a scanned code and try it beside those chosen before; nothing is reserved.

    It locks the run as its start will. `chosen` are lots of earlier scans, `on` is the
    workshop's day.

    :raises Invalid: no lot has that code, or it may not go into this run.
    :raises NotForUse: the lot is put aside or too old.
    :raises NotEnough: nobody left anything of it for this run.
    """
    lot_id = lot_of_code(session, run_id=run_id, code=code)
    ids = list(dict.fromkeys([*chosen, lot_id]))
    run = lock_run(session, production_order_id=run_id, lot_ids=ids)
    lots = lots_by_id(session, lot_ids=ids)
    # Also a lot the plan picked is looked at: it may have expired since.
    read_scans(session, run=run, scanned=[_all_of(lots[lot_id].item_id, lot_id)], on=on)
    others = others_than_planned(session, run_id=run_id, lot_ids=ids)
    return Scanned(
        lot_id=lot_id,
        code=lots[lot_id].code,
        is_other=lot_id in others,
        takes=_takes(
            session, run, [_all_of(lots[o].item_id, o) for o in others if o in lots], on=on
        ),
    )


def lot_of_code(session: Session, *, run_id: int, code: str) -> int:
    """Return the lot of a code among what a run may use, its own materials before substitutes.

    :raises Invalid: there is none; the words say whether the code is known elsewhere.
    """
    wanted = code.strip()
    needs = needs_of_run(session, production_order_id=run_id)
    ways = [need.item_id for need in needs]
    for need in needs:
        ways += [
            each.substitute_id for each in alternates_of(session, item_id=need.item_id)
        ]
    query = select(Lot.id, Lot.item_id).where(
        or_(Lot.code == wanted, func.upper(Lot.code) == wanted.upper()),
        Lot.item_id.in_(ways),
    )
    found = {item_id: lot_id for lot_id, item_id in session.execute(query)}
    for item_id in ways:
        if item_id in found:
            return found[item_id]
    elsewhere = (
        select(Item.name).join(Lot, Lot.item_id == Item.id).where(Lot.code == wanted)
    )
    name = session.scalar(elsewhere.limit(1)) if wanted else None
    if name is not None:
        raise Invalid(
            f"Lot {wanted} is {name}: that does not go into this run.", field="scan"
        )
    raise Invalid(f"No lot has the code {wanted[:60]}.", field="scan")


def _all_of(item_id: int, lot_id: int) -> Used:
    return Used(item_id=item_id, lot_id=lot_id, quantity=0)


def _takes(session: Session, run: Run, scanned: list[Used], *, on: date) -> dict[int, int]:
    scans = read_scans(session, run=run, scanned=scanned, on=on)
    takes = {each.lot_id: 0 for each in scanned}
    for pick in choose_picks(session, run=run, scans=scans, on=on):
        for taken in pick.chosen.taken:
            takes[taken.lot_id] = takes.get(taken.lot_id, 0) + taken.quantity
    return takes
