"""What a run used of which lots: from what was picked and what people say."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from hub.domain.allocation import is_fresh
from hub.domain.picking import pick_held
from hub.domain.trace import MoveKind
from hub.flow import ledger
from hub.flow.refusal import Invalid, Refusal
from hub.models.held import Held, held_by_needs
from hub.models.items import Item
from hub.models.lots import LotStock, lots_by_id
from hub.models.production import ProductionNeed, ProductionOrder
from mapping.units import say


class NotForUse(Refusal):
    """The lot is put aside or too old, and no more of it may go in than was already picked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """So much of a lot went into a run; thousandths."""

    item_id: int
    lot_id: int
    quantity: int


def what_was_used(
    session: Session,
    *,
    needs: Sequence[ProductionNeed],
    consumed: Iterable[Used] | None,
    on: date,
) -> list[Used]:
    """Work out what a run used, one entry a lot, changing nothing.

    A material that `consumed` names was used as it says, lots named twice added up; any other
    exactly as needed, from what was picked for it, first expired first.

    :raises Invalid: something that is no material of the run, no lot of it, or less than nothing.
    :raises NotForUse: more of a lot that is put aside or too old than was picked.
    :raises NotEnough: more of a lot than was picked and is free.
    """
    said = _said(consumed or (), needs=needs)
    picked: dict[int, list[Held]] = defaultdict(list)
    for held in held_by_needs(session, need_ids=[need.id for need in needs]):
        picked[held.item_id].append(held)
    used: list[Used] = []
    for need in needs:
        lots = (
            said[need.item_id]
            if need.item_id in said
            else _as_needed(session, need, picked=picked[need.item_id])
        )
        used += [
            Used(item_id=need.item_id, lot_id=lot_id, quantity=quantity)
            for lot_id, quantity in lots.items()
            if quantity
        ]
    _check_lots(session, used, picked=picked, on=on)
    return used


def consume(
    session: Session,
    *,
    run: ProductionOrder,
    needs: Sequence[ProductionNeed],
    used: Sequence[Used],
    who: str,
    now: datetime,
) -> None:
    """Take what a run used out of its lots, and give back what was picked beyond that."""
    ledger.give_back(session, held_by_needs(session, need_ids=[need.id for need in needs]))
    by_item: dict[int, int] = defaultdict(int)
    for each in sorted(used, key=lambda each: each.lot_id):
        by_item[each.item_id] += each.quantity
        ledger.move(
            session,
            lot_id=each.lot_id,
            quantity=-each.quantity,
            kind=MoveKind.CONSUMED,
            ref_type="production_order",
            ref_id=run.id,
            who=who,
            now=now,
        )
    for need in needs:
        need.consumed += by_item[need.item_id]
    session.flush()


def _said(
    consumed: Iterable[Used], *, needs: Sequence[ProductionNeed]
) -> dict[int, dict[int, int]]:
    materials = {need.item_id for need in needs}
    said: dict[int, dict[int, int]] = {}
    for used in consumed:
        if used.item_id not in materials:
            raise Invalid("That is no material of this run.", field="consumed")
        if used.quantity < 0:
            raise Invalid("Nobody uses less than nothing.", field="consumed")
        lots = said.setdefault(used.item_id, {})
        lots[used.lot_id] = lots.get(used.lot_id, 0) + used.quantity
    return said


def _as_needed(
    session: Session, need: ProductionNeed, *, picked: Sequence[Held]
) -> dict[int, int]:
    found = pick_held((held.as_lot() for held in picked), needed=need.needed)
    if found.short:
        item = session.get_one(Item, need.item_id)
        missing = say(found.short, base=item.unit)
        raise ledger.NotEnough(
            f"{missing} of {item.name} were never picked: say which lots were used.",
            field="consumed",
        )
    return {pick.lot_id: pick.quantity for pick in found.picks}


def _check_lots(
    session: Session,
    used: Sequence[Used],
    *,
    picked: Mapping[int, Sequence[Held]],
    on: date,
) -> None:
    lots = lots_by_id(session, lot_ids=[each.lot_id for each in used])
    for each in used:
        lot = lots.get(each.lot_id)
        if lot is None or lot.item_id != each.item_id:
            raise Invalid("That is no lot of this material.", field="consumed")
        own = sum(held.quantity for held in picked[each.item_id] if held.lot_id == lot.id)
        _check_lot(session, lot, quantity=each.quantity, own=own, on=on)


def _check_lot(
    session: Session, lot: LotStock, *, quantity: int, own: int, on: date
) -> None:
    if quantity <= own:
        return
    if lot.state != "available":
        raise NotForUse(f"Lot {lot.code} is {lot.state}.", field="consumed")
    if not is_fresh(lot.best_before, used_on=on):
        raise NotForUse(
            f"Lot {lot.code} is past its best before, {lot.best_before}.", field="consumed"
        )
    if quantity > own + lot.free:
        unit = session.get_one(Item, lot.item_id).unit
        raise ledger.NotEnough(
            f"Lot {lot.code} has only {say(own + lot.free, base=unit)} for this run.",
            field="consumed",
        )
