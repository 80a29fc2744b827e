"""The lot that comes out of a run: its code, its best before, its cost, and where it may go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from hub.domain.making import cost
from hub.domain.making.scrap import ScrapReason
from hub.domain.stock.lot_states import LOT_STEPS, LotState
from hub.domain.stock.trace import MoveKind
from hub.flow.making.consume import Use
from hub.flow.refusal import Invalid
from hub.flow.step import step
from hub.flow.stock import ledger
from hub.flow.stock.lot_codes import CodeTaken, choose_code
from hub.models.making.completion_queries import is_lot_of_run, went_into
from hub.models.records.completions import Completion
from hub.models.records.history import record
from hub.models.records.items import Item
from hub.models.records.production import ProductionOrder, ProductionOutput
from hub.models.records.stock import Lot
from hub.models.stock.lots import LotStock, lot_coded, lots_by_id


class LotClosed(CodeTaken):
    """The run's lot of that code is in another state, or keeps for another time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a person says came out of a run; thousandths."""

    produced: int
    scrapped: int
    lot_code: str | None
    best_before: date | None
    on: date
    """The workshop's day."""
    scrap_reason: str = ""
    note: str = ""

    @property
    def is_nothing(self) -> bool:
        """Whether nothing came out, good or bad."""
        return not self.produced and not self.scrapped


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where output goes: into a lot the run has made already, or into a new one of this code."""

    lot: LotStock | None
    code: str
    aside: str
    """Why it is put aside at once; empty when it need not be."""
    is_suspect: bool
    """Whether it is put aside for what it was made from, not only for its quality check."""


def check_output(output: Output, *, largest: int, may_be_nothing: bool = False) -> None:
    """Refuse an output that cannot be.

    :raises Invalid: less than nothing, nothing at all (unless it may be), out of all reason, too
        old already, or scrapped for a reason that is none.
    """
    if output.produced < 0 or output.produced > largest:
        raise Invalid("That much cannot have come out.", field="produced")
    if output.scrapped < 0 or output.scrapped > largest:
        raise Invalid("That much cannot have been lost.", field="scrap")
    if output.is_nothing and not may_be_nothing:
        raise Invalid("If nothing came out, say how much was lost.", field="produced")
    if output.best_before is not None and output.best_before < output.on:
        raise Invalid("A new lot cannot be past its best before.", field="best_before")
    if output.scrap_reason and output.scrap_reason not in set(ScrapReason):
        choices = ", ".join(ScrapReason)
        raise Invalid(f"Choose one of {choices}.", field="scrap_reason")


def choose_lot(
    session: Session, *, run: ProductionOrder, output: Output, used: Sequence[Use]
) -> Target | None:
    """Choose where output goes, changing nothing; None when all of it was lost.

    Made from a lot that has been put aside since it was picked, it is put aside itself; so is
    what must pass a quality check. Until a person lets it go, nobody gets any of it.

    :raises CodeTaken: the item already has a lot of the given code that is not this run's.
    :raises LotClosed: the run's lot of that code cannot take it in.
    """
    if not output.produced:
        return None
    item = session.get_one(Item, run.item_id)
    suspect = _suspect(session, used=used)
    aside = _why_aside(item, suspect=suspect)
    lot = lot_coded(session, item_id=item.id, code=(output.lot_code or "").strip())
    if lot is not None and is_lot_of_run(session, lot_id=lot.id, run_id=run.id):
        _check_same(lot, output=output, aside=aside)
        return Target(lot=lot, code=lot.code, aside=aside, is_suspect=bool(suspect))
    code = choose_code(
        session, item=item, given=output.lot_code, on=output.on, field="lot_code"
    )
    return Target(lot=None, code=code, aside=aside, is_suspect=bool(suspect))


def make_output(
    session: Session,
    *,
    run: ProductionOrder,
    completion: Completion,
    output: Output,
    target: Target,
    who: str,
    now: datetime,
) -> int:
    """Put what came out into its lot and give the lot's id.

    What it used is written already: a unit of the lot costs what the lots cost that went into it,
    over what came out, whatever completion it was.
    """
    lot_id = target.lot.id if target.lot else _open(session, run, output, target, now=now)
    ledger.move(
        session,
        lot_id=lot_id,
        quantity=output.produced,
        kind=MoveKind.PRODUCED,
        ref_type="completion",
        ref_id=completion.id,
        who=who,
        now=now,
    )
    session.add(
        ProductionOutput(
            production_order_id=run.id,
            completion=completion.number,
            lot_id=lot_id,
            quantity=output.produced,
        )
    )
    session.flush()
    restate_cost(session, lot_id=lot_id)
    record(
        session,
        at=now,
        who=who,
        subject="lot",
        subject_id=lot_id,
        what="lot.produced",
        to_state=LotState.AVAILABLE.value if target.lot is None else target.lot.state,
        detail={"quantity": output.produced, "production_order": run.id},
    )
    _put_aside(session, lot_id=lot_id, target=target, who=who, now=now)
    return lot_id


def restate_cost(session: Session, *, lot_id: int) -> None:
    """Say what a unit of a made lot costs now; nothing that was taken back counts."""
    used, produced = went_into(session, lot_id=lot_id)
    spent = cost.unit_cost(
        (
            cost.Used(
                quantity=each.quantity,
                unit_cost_micros=each.unit_cost_micros,
                currency=each.currency,
            )
            for each in used
        ),
        produced=produced,
    )
    lot = session.get_one(Lot, lot_id)
    lot.unit_cost_micros = spent.micros if spent else None
    lot.currency = spent.currency if spent else ""
    session.flush()


def _suspect(session: Session, *, used: Sequence[Use]) -> list[str]:
    """Name the lots it was made from that have been put aside since they were picked."""
    sources = lots_by_id(session, lot_ids=[each.lot_id for each in used])
    return sorted(lot.code for lot in sources.values() if lot.state != LotState.AVAILABLE)


def _why_aside(item: Item, *, suspect: Sequence[str]) -> str:
    if suspect:
        return f"made from {', '.join(suspect)}, put aside"
    return "waits for its quality check" if item.quality_hold else ""


def _check_same(lot: LotStock, *, output: Output, aside: str) -> None:
    """Refuse to mix into a lot what keeps for another time, or was not let go as the lot was."""
    if output.best_before not in (None, lot.best_before):
        raise LotClosed(
            f"Lot {lot.code} has another best before: give this a lot of its own.",
            field="lot_code",
        )
    is_open = lot.state == LotState.QUARANTINED or not aside or not lot.on_hand
    if lot.state == LotState.RECALLED or not is_open:
        raise LotClosed(
            f"Lot {lot.code} is {lot.state}: give this a lot of its own.", field="lot_code"
        )


def _open(
    session: Session, run: ProductionOrder, output: Output, target: Target, *, now: datetime
) -> int:
    item = session.get_one(Item, run.item_id)
    return ledger.open_lot(
        session,
        item_id=item.id,
        code=target.code,
        best_before=output.best_before or _keeps_until(item, made_on=output.on),
        now=now,
    )


def _put_aside(
    session: Session, *, lot_id: int, target: Target, who: str, now: datetime
) -> None:
    """Put a lot aside that must be; one that only waits for its check is counted on meanwhile."""
    lot, why = session.get_one(Lot, lot_id), target.aside
    if why and lot.state == LotState.AVAILABLE:
        lot.awaits_check = True
        step(
            session,
            lot,
            table=LOT_STEPS,
            new=LotState.QUARANTINED,
            who=who,
            now=now,
            why=why,
        )
    lot.awaits_check = lot.awaits_check and not target.is_suspect
    session.flush()


def _keeps_until(item: Item, *, made_on: date) -> date | None:
    if item.shelf_life_days is None:
        return None
    return made_on + timedelta(days=item.shelf_life_days)
