"""The lot that comes out of a run: its code, its best before, its cost, and where it may go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from hub.domain import cost
from hub.domain.lot_states import LOT_STEPS, LotState
from hub.domain.trace import MoveKind
from hub.flow import ledger
from hub.flow.consume import Used
from hub.flow.lot_codes import choose_code
from hub.flow.refusal import Invalid
from hub.flow.step import step
from hub.models.history import record
from hub.models.items import Item
from hub.models.lots import LotStock, lots_by_id
from hub.models.production import ProductionOrder, ProductionOutput
from hub.models.stock import Lot


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a person says came out of a run; thousandths."""

    produced: int
    scrapped: int
    lot_code: str | None
    best_before: date | None
    on: date
    """The workshop's day."""


def check_output(output: Output, *, largest: int) -> None:
    """Refuse an output that cannot be.

    :raises Invalid: less than nothing, nothing at all, out of all reason, or too old already.
    """
    if output.produced < 0 or output.produced > largest:
        raise Invalid("That much cannot have come out.", field="produced")
    if output.scrapped < 0 or output.scrapped > largest:
        raise Invalid("That much cannot have been lost.", field="scrap")
    if output.produced == 0 and output.scrapped == 0:
        raise Invalid("If nothing came out, say how much was lost.", field="produced")
    if output.best_before is not None and output.best_before < output.on:
        raise Invalid("A new lot cannot be past its best before.", field="best_before")


def make_output(
    session: Session,
    *,
    run: ProductionOrder,
    output: Output,
    used: Sequence[Used],
    who: str,
    now: datetime,
) -> int | None:
    """Put what came out into a new lot and give its id, None when all was lost.

    A unit of it costs what the lots used cost, over what came out. Made from a lot that has been
    put aside since it was picked, it is put aside itself, until a person lets it go.

    :raises CodeTaken: the item already has a lot of the given code.
    """
    if output.produced == 0:
        return None
    sources = lots_by_id(session, lot_ids=[each.lot_id for each in used])
    spent = _unit_cost(used, sources=sources, produced=output.produced)
    lot_id = _open_lot(session, run=run, output=output, spent=spent, now=now)
    ledger.move(
        session,
        lot_id=lot_id,
        quantity=output.produced,
        kind=MoveKind.PRODUCED,
        ref_type="production_order",
        ref_id=run.id,
        who=who,
        now=now,
    )
    session.add(
        ProductionOutput(
            production_order_id=run.id,
            completion=1,
            lot_id=lot_id,
            quantity=output.produced,
        )
    )
    record(
        session,
        at=now,
        who=who,
        subject="lot",
        subject_id=lot_id,
        what="lot.produced",
        to_state=LotState.AVAILABLE.value,
        detail={"quantity": output.produced, "production_order": run.id},
    )
    _put_aside_if_suspect(session, lot_id=lot_id, sources=sources, who=who, now=now)
    return lot_id


def _open_lot(
    session: Session,
    *,
    run: ProductionOrder,
    output: Output,
    spent: cost.UnitCost | None,
    now: datetime,
) -> int:
    item = session.get_one(Item, run.item_id)
    return ledger.open_lot(
        session,
        item_id=item.id,
        code=choose_code(
            session, item=item, given=output.lot_code, on=output.on, field="lot_code"
        ),
        best_before=output.best_before or _keeps_until(item, made_on=output.on),
        unit_cost_micros=spent.micros if spent else None,
        currency=spent.currency if spent else "",
        now=now,
    )


def _put_aside_if_suspect(
    session: Session, *, lot_id: int, sources: dict[int, LotStock], who: str, now: datetime
) -> None:
    suspect = sorted(
        lot.code for lot in sources.values() if lot.state != LotState.AVAILABLE
    )
    if suspect:
        step(
            session,
            session.get_one(Lot, lot_id),
            table=LOT_STEPS,
            new=LotState.QUARANTINED,
            who=who,
            now=now,
            why=f"made from {', '.join(suspect)}, put aside",
        )


def _keeps_until(item: Item, *, made_on: date) -> date | None:
    if item.shelf_life_days is None:
        return None
    return made_on + timedelta(days=item.shelf_life_days)


def _unit_cost(
    used: Sequence[Used], *, sources: dict[int, LotStock], produced: int
) -> cost.UnitCost | None:
    return cost.unit_cost(
        (
            cost.Used(
                quantity=each.quantity,
                unit_cost_micros=sources[each.lot_id].unit_cost_micros,
                currency=sources[each.lot_id].currency,
            )
            for each in used
        ),
        produced=produced,
    )
