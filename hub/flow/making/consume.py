"""What a run used of which lots: from what was picked and what people say."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from hub.domain.making.completing import share
from hub.domain.making.picking import pick_held
from hub.domain.stock.allocation import is_fresh
from hub.domain.stock.trace import MoveKind
from hub.flow.making.parts import Part, parts_of
from hub.flow.refusal import Invalid, Refusal
from hub.flow.stock import ledger
from hub.models.planning.held import held_by_needs
from hub.models.records.completions import CompletionUse
from hub.models.records.items import Item
from hub.models.records.production import ProductionNeed
from hub.models.stock.lots import LotStock, lots_by_id
from mapping.units import say


class NotForUse(Refusal):
    """The lot is put aside or too old, and no more of it may go in than was already picked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """So much of a lot went into a run; thousandths."""

    item_id: int
    lot_id: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """So much of a lot went in for one need, and counts for so much of it; thousandths."""

    need_id: int
    item_id: int
    lot_id: int
    quantity: int
    counts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How much comes out now, of how much that was still to come; thousandths of the product."""

    now: int
    left: int


ALL = Share(now=1, left=1)
NOTHING = Share(now=0, left=1)


def what_was_used(
    session: Session,
    *,
    needs: Sequence[ProductionNeed],
    consumed: Iterable[Used] | None,
    on: date,
    part: Share = ALL,
) -> list[Use]:
    """Work out what a run used, one entry a lot and need, changing nothing.

    A material that `consumed` names was used as it says, lots named twice added up; of any other
    its share of what is still to be used, from what was picked for it, first expired first.

    :raises Invalid: something that is no material of the run, no lot of it, or less than nothing.
    :raises NotForUse: more of a lot that is put aside or too old than was picked.
    :raises NotEnough: more of a lot than was picked and is free.
    """
    parts = parts_of(session, needs=needs)
    said = _said(consumed or (), parts=parts)
    used: list[Use] = []
    for item_id, lots in said.items():
        mine = [each for each in parts if each.item.id == item_id]
        for each, taken in _shared_out(lots, parts=mine):
            used += _uses(each, taken)
    for each in parts:
        if each.item.id not in said:
            used += _uses(each, _as_needed(each, part_of=part))
    _check_lots(session, used, parts=parts, on=on)
    return used


def consume(
    session: Session,
    *,
    completion_id: int,
    needs: Sequence[ProductionNeed],
    used: Sequence[Use],
    is_last: bool,
    who: str,
    now: datetime,
) -> None:
    """Take what a run used out of its lots, and give back what it has picked beyond its needs.

    After the last completion it needs nothing any more.
    """
    _unreserve(session, needs=needs, used=used)
    by_lot: dict[int, int] = defaultdict(int)
    by_need: dict[int, int] = defaultdict(int)
    for each in used:
        by_lot[each.lot_id] += each.quantity
        by_need[each.need_id] += each.counts
        session.add(
            CompletionUse(
                completion_id=completion_id,
                need_id=each.need_id,
                lot_id=each.lot_id,
                quantity=each.quantity,
                counts=each.counts,
            )
        )
    for lot_id, quantity in sorted(by_lot.items()):
        ledger.move(
            session,
            lot_id=lot_id,
            quantity=-quantity,
            kind=MoveKind.CONSUMED,
            ref_type="completion",
            ref_id=completion_id,
            who=who,
            now=now,
        )
    for need in needs:
        need.consumed += by_need[need.id]
    session.flush()
    if is_last:
        ledger.give_back(
            session, held_by_needs(session, need_ids=[need.id for need in needs])
        )
    else:
        _give_back_surplus(session, needs=needs)


def _said(consumed: Iterable[Used], *, parts: Sequence[Part]) -> dict[int, dict[int, int]]:
    materials = {part.item.id for part in parts}
    said: dict[int, dict[int, int]] = {}
    for used in consumed:
        if used.item_id not in materials:
            raise Invalid("That is no material of this run.", field="consumed")
        if used.quantity < 0:
            raise Invalid("Nobody uses less than nothing.", field="consumed")
        lots = said.setdefault(used.item_id, {})
        lots[used.lot_id] = lots.get(used.lot_id, 0) + used.quantity
    return said


def _shared_out(
    lots: Mapping[int, int], *, parts: Sequence[Part]
) -> Iterator[tuple[Part, dict[int, int]]]:
    """Share what was used of an item among the needs it meets: to each what it has picked first.

    Mostly one need; the rest goes to the first, which asks for the item itself if any does.
    """
    left = dict(lots)
    first, *others = sorted(parts, key=lambda part: part.swap is not None)
    for part in others:
        taken: dict[int, int] = {}
        for held in part.held:
            taken[held.lot_id] = min(held.quantity, left.get(held.lot_id, 0))
            left[held.lot_id] = left.get(held.lot_id, 0) - taken[held.lot_id]
        yield part, taken
    yield first, left


def _as_needed(part: Part, *, part_of: Share) -> dict[int, int]:
    wanted = share(
        part.rest, now=part_of.now, left=part_of.left, is_counted=part.item.unit == "each"
    )
    found = pick_held((held.as_lot() for held in part.held), needed=wanted)
    if found.short:
        missing = say(found.short, base=part.item.unit)
        raise ledger.NotEnough(
            f"{missing} of {part.item.name} were never picked: say which lots were used.",
            field="consumed",
        )
    return {pick.lot_id: pick.quantity for pick in found.picks}


def _uses(part: Part, lots: Mapping[int, int]) -> Iterator[Use]:
    """Say what each lot counts for, so that together they count for what all of it does."""
    so_far = 0
    for lot_id, quantity in lots.items():
        if quantity:
            counted = part.counts_for(so_far)
            so_far += quantity
            yield Use(
                need_id=part.need.id,
                item_id=part.item.id,
                lot_id=lot_id,
                quantity=quantity,
                counts=part.counts_for(so_far) - counted,
            )


def _unreserve(
    session: Session, *, needs: Sequence[ProductionNeed], used: Sequence[Use]
) -> None:
    """Give back of each picked lot what goes out of it now, so that it may go."""
    taken = {(each.need_id, each.lot_id): each.quantity for each in used}
    for held in held_by_needs(session, need_ids=[need.id for need in needs]):
        part = min(held.quantity, taken.get((held.need_id or 0, held.lot_id), 0))
        if part:
            ledger.unreserve(
                session, lot_id=held.lot_id, quantity=part, need_id=held.need_id
            )


def _give_back_surplus(session: Session, *, needs: Sequence[ProductionNeed]) -> None:
    """Give back what is picked beyond what is still needed, what keeps longest first."""
    for part in parts_of(session, needs=needs):
        kept = pick_held((held.as_lot() for held in part.held), needed=part.rest)
        keeps = {pick.lot_id: pick.quantity for pick in kept.picks}
        for held in part.held:
            surplus = held.quantity - keeps.get(held.lot_id, 0)
            if surplus:
                ledger.unreserve(
                    session, lot_id=held.lot_id, quantity=surplus, need_id=held.need_id
                )


def _check_lots(
    session: Session, used: Sequence[Use], *, parts: Sequence[Part], on: date
) -> None:
    lots = lots_by_id(session, lot_ids=[each.lot_id for each in used])
    wanted: dict[int, int] = defaultdict(int)
    for each in used:
        lot = lots.get(each.lot_id)
        if lot is None or lot.item_id != each.item_id:
            raise Invalid("That is no lot of this material.", field="consumed")
        wanted[lot.id] += each.quantity
    own: dict[int, int] = defaultdict(int)
    for part in parts:
        for held in part.held:
            own[held.lot_id] += held.quantity
    for lot_id, quantity in wanted.items():
        _check_lot(session, lots[lot_id], quantity=quantity, own=own[lot_id], on=on)


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
