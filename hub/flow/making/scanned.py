"""Lots scanned at the start of a run: they take the place of what was reserved for it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hub.domain.making.picking import is_usable
from hub.domain.making.scanning import Chosen, Offer, Taken, choose
from hub.domain.stock.allocation import FreeLot, first_expired_first, is_fresh
from hub.flow.making.consume import NotForUse, Used
from hub.flow.making.parts import Part, parts_of
from hub.flow.making.run_lock import Run
from hub.flow.refusal import Invalid
from hub.flow.stock import ledger
from hub.flow.stock.room import make_room
from hub.models.planning.held import Held, held_in_lot
from hub.models.planning.substitution_queries import alternates_of
from hub.models.records.alternates import Alternate, Substitution
from hub.models.records.history import record
from hub.models.records.items import Item
from hub.models.records.production import ProductionNeed
from hub.models.stock.lots import LotStock, lots_by_id
from mapping.units import say

MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A scanned lot that may go into a run for one of its needs."""

    need: ProductionNeed
    lot: LotStock
    quantity: int | None
    """What of it is to be taken; None: as much as is needed."""
    alternate: Alternate | None
    """What lets it stand in; None: it is the item asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """What a need takes after the scan, and what nothing covers."""

    need: ProductionNeed
    chosen: Chosen


def read_scans(
    session: Session, *, run: Run, scanned: Sequence[Used], on: date
) -> list[Scan]:
    """Find the need that each scanned lot is for. `Used.quantity` 0 is as much as is needed.

    :raises Invalid: no such lot, scanned twice, or of an item that may not go into this run.
    :raises NotForUse: the lot is put aside or too old.
    """
    lots = lots_by_id(session, lot_ids=[each.lot_id for each in scanned])
    ways = _ways_in(session, needs=run.needs)
    found: list[Scan] = []
    for each in scanned:
        lot = lots.get(each.lot_id)
        if lot is None or lot.item_id != each.item_id or each.quantity < 0:
            raise Invalid("That is no lot of this material.", field="lots")
        if lot.id in {scan.lot.id for scan in found}:
            raise Invalid("A lot is scanned twice: add its quantities up.", field="lots")
        need, alternate = _way(session, lot.item_id, ways=ways)
        _check_lot(lot, on=on)
        found.append(
            Scan(need=need, lot=lot, quantity=each.quantity or None, alternate=alternate)
        )
    return found


def choose_picks(
    session: Session, *, run: Run, scans: Sequence[Scan], on: date
) -> list[Pick]:
    """Say what each need that was scanned for takes, changing nothing.

    The scanned lots come first, in the order they were scanned. What they leave open stays with
    the lots that were reserved for it, first expired first, its own item before substitutes.
    """
    parts = parts_of(session, needs=run.needs)
    scanned_needs = {scan.need.id: scan.need for scan in scans}
    keeps = set(run.need_ids) - scanned_needs.keys()
    picks: list[Pick] = []
    for need in scanned_needs.values():
        mine = [scan for scan in scans if scan.need.id == need.id]
        offers = [
            *(_offer(session, scan, keeps=keeps, gives=scanned_needs) for scan in mine),
            *_kept([part for part in parts if part.need.id == need.id], scans=scans, on=on),
        ]
        chosen = choose(offers, needed=need.needed - need.consumed)
        picks.append(Pick(need=need, chosen=chosen))
    return picks


def take_picks(
    session: Session,
    *,
    run: Run,
    scans: Sequence[Scan],
    picks: Sequence[Pick],
    who: str,
    now: datetime,
) -> list[Held]:
    """Reserve what was chosen instead of what was reserved; say whose plans had to give way.

    Each substitute that a person chose is written into the run's history.
    """
    need_ids = [pick.need.id for pick in picks]
    own = [
        held
        for part in parts_of(session, needs=[pick.need for pick in picks])
        for held in part.held
    ]
    ledger.give_back(session, own)
    session.execute(delete(Substitution).where(Substitution.need_id.in_(need_ids)))
    gave_way = _make_room(session, run=run, picks=picks)
    for pick in picks:
        for taken in pick.chosen.taken:
            ledger.reserve(
                session, lot_id=taken.lot_id, quantity=taken.quantity, need_id=pick.need.id
            )
        _write_substitutions(session, pick)
    _note_substitutes(session, run=run, scans=scans, picks=picks, who=who, now=now)
    return gave_way


def _make_room(session: Session, *, run: Run, picks: Sequence[Pick]) -> list[Held]:
    wanted: dict[int, int] = defaultdict(int)
    for pick in picks:
        for taken in pick.chosen.taken:
            wanted[taken.lot_id] += taken.quantity
    lots = lots_by_id(session, lot_ids=wanted)
    gave_way: list[Held] = []
    for lot_id, quantity in sorted(wanted.items()):
        if quantity > lots[lot_id].free:
            gave_way += make_room(session, lots[lot_id], delta=-quantity, keep=run.need_ids)
    return gave_way


def _ways_in(
    session: Session, *, needs: Sequence[ProductionNeed]
) -> dict[int, list[tuple[ProductionNeed, Alternate | None]]]:
    """By item: the needs it may go into, as itself before as a substitute."""
    ways: dict[int, list[tuple[ProductionNeed, Alternate | None]]] = defaultdict(list)
    for need in needs:
        ways[need.item_id].append((need, None))
    for need in needs:
        for alternate in alternates_of(session, item_id=need.item_id):
            ways[alternate.substitute_id].append((need, alternate))
    return ways


def _way(
    session: Session,
    item_id: int,
    *,
    ways: Mapping[int, list[tuple[ProductionNeed, Alternate | None]]],
) -> tuple[ProductionNeed, Alternate | None]:
    for need, alternate in ways.get(item_id, ()):
        if alternate is None or alternate.is_allowed:
            return need, alternate
    for need, _ in ways.get(item_id, ()):
        item, asked = session.get_one(Item, item_id), session.get_one(Item, need.item_id)
        raise Invalid(f"{item.name} may not stand in for {asked.name}.", field="lots")
    raise Invalid("That is no material of this run.", field="lots")


def _check_lot(lot: LotStock, *, on: date) -> None:
    if lot.state != "available":
        raise NotForUse(f"Lot {lot.code} is {lot.state}.", field="lots")
    if not is_fresh(lot.best_before, used_on=on):
        raise NotForUse(
            f"Lot {lot.code} is past its best before, {lot.best_before}.", field="lots"
        )


def _offer(
    session: Session, scan: Scan, *, keeps: Collection[int], gives: Collection[int]
) -> Offer:
    """Offer of a scanned lot what nobody has picked; others' plans have to give way."""
    stays = sum(
        held.quantity
        for held in held_in_lot(session, lot_id=scan.lot.id)
        if held.need_id in keeps or (held.is_firm and held.need_id not in gives)
    )
    there = scan.lot.on_hand - stays
    if scan.quantity is not None and scan.quantity > there:
        unit = session.get_one(Item, scan.lot.item_id).unit
        raise ledger.NotEnough(
            f"Lot {scan.lot.code} has only {say(there, base=unit)} for this run.",
            field="lots",
        )
    return Offer(
        item_id=scan.lot.item_id,
        lot_id=scan.lot.id,
        most=there if scan.quantity is None else scan.quantity,
        substitute=1 if scan.alternate is None else scan.alternate.factor_ppm,
        replaces=1 if scan.alternate is None else MILLION,
    )


def _kept(parts: Sequence[Part], *, scans: Sequence[Scan], on: date) -> Iterator[Offer]:
    """Offer what was reserved before and may be used, less what was scanned of it."""
    by_lot = {scan.lot.id: scan for scan in scans}
    for part in parts:
        lots = [
            FreeLot(
                lot_id=held.lot_id,
                free=_beside(held, by_lot.get(held.lot_id)),
                received_at=held.received_at,
                best_before=held.best_before,
            )
            for held in part.held
            if is_usable(held.as_lot(), used_on=on)
        ]
        for lot in first_expired_first(lots):
            yield Offer(
                item_id=part.item.id,
                lot_id=lot.lot_id,
                most=lot.free,
                substitute=1 if part.swap is None else part.swap.quantity,
                replaces=1 if part.swap is None else part.swap.replaces,
            )


def _beside(held: Held, scan: Scan | None) -> int:
    if scan is None:
        return held.quantity
    if scan.need.id != held.need_id or scan.quantity is None:
        return 0
    return max(0, held.quantity - scan.quantity)


def _write_substitutions(session: Session, pick: Pick) -> None:
    sums: dict[int, tuple[int, int]] = {}
    for taken in pick.chosen.taken:
        if taken.item_id != pick.need.item_id:
            quantity, counts = sums.get(taken.item_id, (0, 0))
            sums[taken.item_id] = quantity + taken.quantity, counts + taken.counts
    session.add_all(
        Substitution(
            need_id=pick.need.id, item_id=item_id, quantity=quantity, replaces=counts
        )
        for item_id, (quantity, counts) in sums.items()
    )
    session.flush()


def _note_substitutes(
    session: Session,
    *,
    run: Run,
    scans: Sequence[Scan],
    picks: Sequence[Pick],
    who: str,
    now: datetime,
) -> None:
    by_lot = {scan.lot.id: scan for scan in scans if scan.alternate is not None}
    for pick in picks:
        for taken in pick.chosen.taken:
            if taken.lot_id in by_lot:
                _note(session, run, by_lot[taken.lot_id], taken, who=who, now=now)


def _note(
    session: Session, run: Run, scan: Scan, taken: Taken, *, who: str, now: datetime
) -> None:
    item = session.get_one(Item, taken.item_id)
    asked = session.get_one(Item, scan.need.item_id)
    instead = f"{say(taken.counts, base=asked.unit)} {asked.name}"
    took = f"{say(taken.quantity, base=item.unit)} {item.name} ({scan.lot.code})"
    record(
        session,
        at=now,
        who=who,
        subject="production_order",
        subject_id=run.record.id,
        what="run.substituted",
        why=f"{instead} → {took}",
        detail={
            "item": asked.code,
            "replaced": taken.counts,
            "substitute": item.code,
            "lot": scan.lot.code,
            "quantity": taken.quantity,
        },
    )
