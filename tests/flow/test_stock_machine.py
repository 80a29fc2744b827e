"""A workshop in which anything may be tried at any time, beside a plain model of its stock.

The model is a few dictionaries and knows for every deed whether it is possible; the flow must do
the possible, refuse the rest without doing half of it, and keep its books after every step.
"""

from collections.abc import Callable, Iterable
from typing import ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.orm import Session

from hub import invariants
from hub.domain.making.completing import share
from hub.domain.stock.lot_states import LotState
from hub.flow.making import produce
from hub.flow.making.consume import Used
from hub.flow.orders import change
from hub.flow.phase import refresh_phases, stale_phases
from hub.flow.refusal import Refusal
from hub.flow.shipping import ship
from hub.flow.stock import counts, ledger, stock
from hub.flow.undoing import undo_move, undo_run
from hub.models.records.items import Item
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder
from hub.models.records.shipping import Shipment, ShipmentLine, ShipmentPick
from hub.models.records.stock import Lot, LotBalance, Reservation, StockMove
from hub.models.session import Database
from mapping.effects import Tracking
from tests.factories import NOW, PIECE, make_account, make_item, make_order
from tests.flow.bench import WHO, demand_of, make_run, need_of
from tests.flow.plain_stock import (
    Owner,
    Plain,
    PlainLot,
    PlainMove,
    PlainOrder,
    PlainPart,
    PlainRun,
)

T = TypeVar("T")

ANY = st.integers(0, 99)
PIECES = st.integers(1, 6)
GRAMS = st.integers(1, 4000)
CODES = st.sampled_from([None, None, "A", "B"])
EXAMPLES = 12
"""So many histories a run and engine; a night may try more."""
STATES = st.sampled_from(LotState)


class StockMachine(RuleBasedStateMachine):
    """Anything a maker may do to stock, in any order."""

    database: ClassVar[Database]

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(self.database.engine, expire_on_commit=False)
        self.plain = Plain()

    def teardown(self) -> None:
        """Hold the workshop against every law of the hub, then forget it."""
        broken = invariants.check(self.session)
        self.session.rollback()
        self.session.close()
        assert broken == []

    def attempt(self, deed: Callable[[], T], *, is_possible: bool) -> T | None:
        if is_possible:
            return deed()
        with pytest.raises(Refusal):
            deed()
        return None

    def runs_in(self, *states: str) -> list[int]:
        return [run for run, plain in self.plain.runs.items() if plain.state in states]

    def look(self) -> None:
        """Refresh the phases of all orders, as a planner does after it moved reservations."""
        refresh_phases(self.session, order_ids=list(self.plain.orders), now=NOW)

    @initialize()
    def open_the_workshop(self) -> None:
        self.candle = make_item(self.session, code="CANDLE")
        self.wax = make_item(self.session, code="WAX")
        self.account = make_account(self.session)

    # What comes in ------------------------------------------------------------------------

    @rule(is_wax=st.booleans(), pieces=PIECES)
    def receive_goods(self, is_wax: bool, pieces: int) -> None:
        self.receive(self.wax if is_wax else self.candle, pieces * PIECE)

    def receive(self, item: Item, quantity: int) -> int:
        lot_id = stock.receive(
            self.session, item_id=item.id, quantity=quantity, who=WHO, now=NOW
        )
        self.plain.lots[lot_id] = PlainLot(item.id, quantity)
        return lot_id

    @rule(pieces=PIECES, in_stock=PIECES)
    def take_an_order(self, pieces: int, in_stock: int) -> None:
        order = make_order(self.session, account=self.account, lines={self.candle: pieces})
        demand = demand_of(self.session, order, self.candle)
        self.plain.orders[order.id] = PlainOrder(demand.id, demand.order_line_id, pieces)
        lot = self.receive(self.candle, in_stock * PIECE)
        self.reserve(lot, ("demand", demand.id), min(pieces, in_stock) * PIECE)

    @precondition(lambda self: self.plain.orders)
    @rule(which=ANY, grams=GRAMS, in_stock=GRAMS, planned=PIECES, promised=PIECES)
    def plan_a_run(
        self, which: int, grams: int, in_stock: int, planned: int, promised: int
    ) -> None:
        _, owner = self.plan(which, grams, planned=planned, promised=promised)
        lot = self.receive(self.wax, in_stock)
        self.reserve(lot, owner, min(grams, in_stock))

    @precondition(lambda self: self.plain.orders)
    @rule(which=ANY, grams=GRAMS, planned=PIECES, promised=PIECES)
    def plan_and_start_a_run(
        self, which: int, grams: int, planned: int, promised: int
    ) -> None:
        run, owner = self.plan(which, grams, planned=planned, promised=promised)
        for part in (grams // 3, grams - grams // 3):
            if part:
                self.reserve(self.receive(self.wax, 2 * part), owner, part)
        self.start(run)

    def plan(
        self, which: int, grams: int, *, planned: int, promised: int
    ) -> tuple[int, Owner]:
        order = one_of(self.plain.orders, which)
        demand = self.session.get_one(Demand, self.plain.orders[order].demand_id)
        promised = min(planned, promised)
        run = make_run(
            self.session,
            item=self.candle,
            uses={self.wax: grams},
            planned=planned * PIECE,
            made_for={demand: promised * PIECE},
        )
        need = need_of(self.session, run, self.wax)
        self.plain.runs[run.id] = PlainRun(
            need.id, grams, planned * PIECE, order, promised * PIECE
        )
        return run.id, ("need", need.id)

    # Who gets what ------------------------------------------------------------------------

    @precondition(lambda self: self.plain.orders)
    @rule(which=ANY, order=ANY, pieces=PIECES)
    def reserve_for_an_order(self, which: int, order: int, pieces: int) -> None:
        lots = self.available(self.candle)
        if lots:
            plain = self.plain.orders[one_of(self.plain.orders, order)]
            self.reserve(one_of(lots, which), ("demand", plain.demand_id), pieces * PIECE)

    @precondition(lambda self: self.runs_in("planned", "released"))
    @rule(which=ANY, run=ANY, grams=GRAMS)
    def reserve_for_a_run(self, which: int, run: int, grams: int) -> None:
        lots = self.available(self.wax)
        if lots:
            plain = self.plain.runs[one_of(self.runs_in("planned", "released"), run)]
            self.reserve(one_of(lots, which), ("need", plain.need_id), grams)

    def available(self, item: Item) -> list[int]:
        return [
            lot
            for lot, plain in self.plain.lots.items()
            if plain.item_id == item.id and plain.state is LotState.AVAILABLE
        ]

    def reserve(self, lot: int, owner: Owner, quantity: int) -> None:
        is_possible = quantity <= self.plain.free(lot)
        demand_id, need_id = _columns(owner)
        self.attempt(
            lambda: ledger.reserve(
                self.session,
                lot_id=lot,
                quantity=quantity,
                demand_id=demand_id,
                need_id=need_id,
            ),
            is_possible=is_possible,
        )
        if is_possible:
            self.plain.give(lot, owner, quantity)
        self.look()

    @precondition(lambda self: set(owner for _, owner in self.plain.held) - self.plain.firm)
    @rule(which=ANY, quantity=GRAMS)
    def give_back(self, which: int, quantity: int) -> None:
        soft = [key for key in self.plain.held if key[1] not in self.plain.firm]
        lot, owner = one_of(soft, which)
        is_possible = quantity <= self.plain.held[lot, owner]
        demand_id, need_id = _columns(owner)
        self.attempt(
            lambda: ledger.unreserve(
                self.session,
                lot_id=lot,
                quantity=quantity,
                demand_id=demand_id,
                need_id=need_id,
            ),
            is_possible=is_possible,
        )
        if is_possible:
            self.plain.take(lot, owner, quantity)
        self.look()

    # Production ---------------------------------------------------------------------------

    @precondition(lambda self: self.plain.runs)
    @rule(which=ANY)
    def release_a_run(self, which: int) -> None:
        run = one_of(self.plain.runs, which)
        plain = self.plain.runs[run]
        is_possible = plain.state == "planned"
        self.attempt(lambda: self.do(produce.release, run), is_possible=is_possible)
        plain.state = "released" if is_possible else plain.state

    @precondition(lambda self: self.runs_in("planned", "released"))
    @rule(which=ANY)
    def start_a_run(self, which: int) -> None:
        self.start(one_of(self.runs_in("planned", "released"), which))

    def start(self, run: int) -> None:
        plain = self.plain.runs[run]
        owner = ("need", plain.need_id)
        is_covered = sum(self.plain.usable(owner).values()) >= plain.needed
        is_possible = plain.state in ("planned", "released") and is_covered
        self.attempt(lambda: self.do(produce.start, run), is_possible=is_possible)
        if is_possible:
            plain.state = "running"
            self.plain.firm.add(owner)

    @precondition(lambda self: self.plain.runs)
    @rule(which=ANY)
    def cancel_a_run(self, which: int) -> None:
        run = one_of(self.plain.runs, which)
        plain = self.plain.runs[run]
        is_possible = plain.state in ("planned", "released", "running") and not plain.parts
        self.attempt(lambda: self.do(produce.cancel, run), is_possible=is_possible)
        if is_possible:
            plain.state = "cancelled"
            self.plain.let_go(("need", plain.need_id))

    def do(self, deed: Callable[..., None], run: int) -> None:
        deed(self.session, production_order_id=run, who=WHO, now=NOW)

    @precondition(lambda self: self.runs_in("running"))
    @rule(which=ANY, produced=st.integers(0, 8))
    def finish_a_run(self, which: int, produced: int) -> None:
        run = one_of(self.runs_in("running"), which)
        lost = 0 if produced else PIECE
        self.give_out(run, produced * PIECE, scrapped=lost, is_last=True)

    @precondition(lambda self: self.runs_in("running"))
    @rule(which=ANY, lot=ANY, grams=GRAMS, produced=PIECES)
    def finish_a_run_with_what_was_used(
        self, which: int, lot: int, grams: int, produced: int
    ) -> None:
        run = one_of(self.runs_in("running"), which)
        said = {one_of(self.plain.lots, lot): grams}
        self.give_out(run, produced * PIECE, said=said, is_last=True)

    @precondition(lambda self: self.runs_in("running"))
    @rule(which=ANY, produced=st.integers(0, 5), lost=st.integers(0, 3), code=CODES)
    def complete_a_part(
        self, which: int, produced: int, lost: int, code: str | None
    ) -> None:
        run = one_of(self.runs_in("running"), which)
        self.give_out(run, produced * PIECE, scrapped=lost * PIECE, code=code)

    @precondition(lambda self: self.runs_in("running"))
    @rule(which=ANY, lot=ANY, grams=GRAMS, produced=PIECES)
    def complete_a_part_with_what_was_used(
        self, which: int, lot: int, grams: int, produced: int
    ) -> None:
        run = one_of(self.runs_in("running"), which)
        said = {one_of(self.plain.lots, lot): grams}
        self.give_out(run, produced * PIECE, said=said)

    @precondition(lambda self: self.runs_in("done", "cancelled"))
    @rule(which=ANY)
    def press_the_buttons_of_a_run_that_is_over(self, which: int) -> None:
        run = one_of(self.runs_in("done", "cancelled"), which)
        self.start(run)
        self.give_out(run, PIECE)
        self.give_out(run, PIECE, is_last=True)

    def give_out(
        self,
        run: int,
        produced: int,
        *,
        scrapped: int = 0,
        said: dict[int, int] | None = None,
        code: str | None = None,
        is_last: bool = False,
    ) -> None:
        plain = self.plain.runs[run]
        owner = ("need", plain.need_id)
        used, missing = (said, 0) if said is not None else self.as_needed(
            plain, produced + scrapped, is_last=is_last
        )  # fmt: skip
        lot_code = f"R{run}-{code}" if code else None
        is_possible = (
            plain.state == "running"
            and produced + scrapped > 0
            and not missing
            and all(self.may_use(lot, grams, owner) for lot, grams in used.items())
            and (not produced or self.fits(plain, lot_code, used=used))
        )
        lot_id = self.attempt(
            lambda: (produce.finish if is_last else produce.complete)(
                self.session,
                production_order_id=run,
                produced=produced,
                scrapped=scrapped,
                consumed=None if said is None else self.as_said(said),
                lot_code=lot_code,
                who=WHO,
                now=NOW,
            ),
            is_possible=is_possible,
        )
        if is_possible:
            part = PlainPart(lot_id, produced, scrapped, dict(used), 0)
            self.gave(plain, part, lot_code=lot_code, is_last=is_last)

    def as_needed(
        self, plain: PlainRun, now: int, *, is_last: bool
    ) -> tuple[dict[int, int], int]:
        wanted = plain.rest if is_last else share(plain.rest, now=now, left=plain.left)
        return self.plain.pick(("need", plain.need_id), wanted)

    def as_said(self, said: dict[int, int]) -> list[Used]:
        return [
            Used(item_id=self.wax.id, lot_id=lot, quantity=grams)
            for lot, grams in said.items()
        ]

    def is_suspect(self, used: Iterable[int]) -> bool:
        return any(self.plain.lots[lot].state is not LotState.AVAILABLE for lot in used)

    def fits(self, plain: PlainRun, lot_code: str | None, *, used: dict[int, int]) -> bool:
        """Say whether what comes out may go into the lot of that code, if there is one."""
        if lot_code not in plain.lots:
            return True
        lot = self.plain.lots[plain.lots[lot_code]]
        is_good = lot.state is LotState.AVAILABLE and lot.on_hand > 0
        return lot.state is not LotState.RECALLED and not (
            is_good and self.is_suspect(used)
        )

    def gave(
        self, plain: PlainRun, part: PlainPart, *, lot_code: str | None, is_last: bool
    ) -> None:
        owner = ("need", plain.need_id)
        assert (part.lot is None) == (part.produced == 0)
        for lot, grams in part.used.items():
            own = min(grams, self.plain.held.get((lot, owner), 0))
            if own:
                self.plain.take(lot, owner, own)
            self.plain.lots[lot].on_hand -= grams
        plain.parts.append(part)
        if is_last:
            plain.state = "done"
            self.plain.let_go(owner)
        else:
            kept, _ = self.plain.pick(owner, plain.rest)
            for lot, holder in list(self.plain.held):
                if holder == owner:
                    surplus = self.plain.held[lot, owner] - kept.get(lot, 0)
                    self.plain.take(lot, owner, surplus)
        if part.lot is not None:
            self.put_into_its_lot(plain, part, lot_code=lot_code)

    def put_into_its_lot(
        self, plain: PlainRun, part: PlainPart, *, lot_code: str | None
    ) -> None:
        assert part.lot is not None
        if lot_code:
            assert plain.lots.setdefault(lot_code, part.lot) == part.lot
        lot = self.plain.lots.setdefault(part.lot, PlainLot(self.candle.id, 0))
        lot.on_hand += part.produced
        if lot.state is LotState.AVAILABLE and self.is_suspect(part.used):
            lot.state = LotState.QUARANTINED
        if lot.state is LotState.AVAILABLE:
            part.given = self.allocate(plain, part.lot, produced=part.produced)

    @precondition(lambda self: self.plain.runs)
    @rule(which=ANY)
    def take_a_step_of_a_run_back(self, which: int) -> None:
        self.undo(one_of(self.plain.runs, which))

    @precondition(lambda self: self.runs_in("running", "done"))
    @rule(which=ANY)
    def take_a_step_of_a_begun_run_back(self, which: int) -> None:
        self.undo(one_of(self.runs_in("running", "done"), which))

    def undo(self, run: int) -> None:
        plain = self.plain.runs[run]
        owner = ("need", plain.need_id)
        last = plain.parts[-1] if plain.parts else None
        is_whole = (
            last is None
            or last.lot is None
            or self.plain.lots[last.lot].on_hand >= last.produced
        )
        is_possible = plain.state in ("running", "done") and is_whole
        self.attempt(
            lambda: undo_run.undo(
                self.session, production_order_id=run, reason="", who=WHO, now=NOW
            ),
            is_possible=is_possible,
        )
        if not is_possible:
            return
        plain.state = "released" if last is None else "running"
        if last is None:
            self.plain.let_go(owner)
            return
        plain.parts.pop()
        if last.lot is not None:
            self.plain.make_room(last.lot, last.produced)
            self.plain.lots[last.lot].on_hand -= last.produced
        for lot, grams in last.used.items():
            self.plain.lots[lot].on_hand += grams
            self.plain.give(lot, owner, grams)
        self.plain.firm.add(owner)

    def may_use(self, lot: int, grams: int, owner: Owner) -> bool:
        plain = self.plain.lots[lot]
        own = self.plain.held.get((lot, owner), 0)
        free = self.plain.free(lot) if plain.state is LotState.AVAILABLE else 0
        return plain.item_id == self.wax.id and grams <= own + free

    def allocate(self, run: PlainRun, lot_id: int, *, produced: int) -> int:
        order = self.plain.orders[run.made_for]
        owner = ("demand", order.demand_id)
        held = sum(
            quantity for (_, who), quantity in self.plain.held.items() if who == owner
        )
        wanted = (order.pieces - order.shipped) * PIECE - held
        if order.intent != "open":
            return 0
        open_link = run.promised - run.given
        part = max(0, min(produced, self.plain.free(lot_id), open_link, wanted))
        self.plain.give(lot_id, owner, part)
        return part

    # Shipping -----------------------------------------------------------------------------

    @precondition(lambda self: self.plain.orders)
    @rule(which=ANY)
    def ship_what_is_ready(self, which: int) -> None:
        self.ship(one_of(self.plain.orders, which), None)

    @precondition(lambda self: self.plain.orders)
    @rule(which=ANY, pieces=PIECES)
    def ship_some(self, which: int, pieces: int) -> None:
        self.ship(one_of(self.plain.orders, which), pieces)

    def ship(self, order: int, pieces: int | None) -> None:
        plain = self.plain.orders[order]
        owner = ("demand", plain.demand_id)
        usable = self.plain.usable(owner)
        ready = min(plain.pieces - plain.shipped, sum(usable.values()) // PIECE)
        going = ready if pieces is None else pieces
        is_possible = plain.intent == "open" and 0 < going <= ready
        self.attempt(
            lambda: ship.ship(
                self.session,
                order_id=order,
                lines=None if pieces is None else {plain.line_id: pieces},
                tracking=Tracking(),
                notify=True,
                who=WHO,
                now=NOW,
            ),
            is_possible=is_possible,
        )
        if not is_possible:
            return
        plain.shipped += going
        left = going * PIECE
        for lot_id, quantity in usable.items():
            part = min(left, quantity)
            if part:
                self.plain.take(lot_id, owner, part)
                self.plain.lots[lot_id].on_hand -= part
                left -= part

    # What people decide -------------------------------------------------------------------

    @precondition(lambda self: self.plain.orders)
    @rule(which=ANY, deed=st.sampled_from(["cancel", "hold", "release"]))
    def change_an_order(self, which: int, deed: str) -> None:
        order = one_of(self.plain.orders, which)
        plain = self.plain.orders[order]
        is_possible = {
            "cancel": plain.intent != "cancelled" and plain.shipped < plain.pieces,
            "hold": plain.intent == "open",
            "release": plain.intent == "on_hold",
        }[deed]
        deeds = {
            "cancel": change.cancel_order,
            "hold": change.hold_order,
            "release": change.release_order,
        }
        self.attempt(
            lambda: deeds[deed](self.session, order_id=order, reason="", who=WHO, now=NOW),
            is_possible=is_possible,
        )
        if is_possible:
            plain.intent = {"cancel": "cancelled", "hold": "on_hold", "release": "open"}[
                deed
            ]

    @precondition(lambda self: self.plain.lots)
    @rule(which=ANY, state=STATES)
    def put_aside_or_let_go(self, which: int, state: LotState) -> None:
        lot = one_of(self.plain.lots, which)
        plain = self.plain.lots[lot]
        is_possible = plain.state not in (state, LotState.RECALLED)
        self.attempt(
            lambda: stock.set_lot_state(
                self.session, lot_id=lot, state=state, reason="", who=WHO, now=NOW
            ),
            is_possible=is_possible,
        )
        if not is_possible:
            return
        plain.state = state
        for lot_id, owner in list(self.plain.held):
            is_soft = owner not in self.plain.firm
            if lot_id == lot and state is not LotState.AVAILABLE and is_soft:
                del self.plain.held[lot_id, owner]

    @precondition(lambda self: self.plain.lots)
    @rule(which=ANY, delta=st.integers(-6000, 3000))
    def adjust_a_lot(self, which: int, delta: int) -> None:
        lot = one_of(self.plain.lots, which)
        self.put_right(
            lot,
            delta,
            lambda: stock.adjust(
                self.session, lot_id=lot, delta=delta, reason="found", who=WHO, now=NOW
            ),
            is_possible=delta != 0,
        )

    @precondition(lambda self: self.plain.lots)
    @rule(which=ANY, there=st.integers(0, 8000))
    def count_a_lot(self, which: int, there: int) -> None:
        lot = one_of(self.plain.lots, which)
        self.put_right(
            lot,
            there - self.plain.lots[lot].on_hand,
            lambda: counts.count(
                self.session, lot_id=lot, quantity=there, who=WHO, now=NOW
            ),
        )

    @precondition(lambda self: self.plain.lots)
    @rule(which=ANY, lost=st.integers(0, 4000))
    def throw_away_of_a_lot(self, which: int, lost: int) -> None:
        lot = one_of(self.plain.lots, which)
        self.put_right(
            lot,
            -lost,
            lambda: counts.scrap(
                self.session, lot_id=lot, quantity=lost, reason="spilt", who=WHO, now=NOW
            ),
            is_possible=lost > 0,
        )

    def put_right(
        self, lot: int, delta: int, deed: Callable[[], T], *, is_possible: bool = True
    ) -> None:
        plain = self.plain.lots[lot]
        is_possible = is_possible and plain.on_hand + delta >= self.plain.picked(lot)
        self.attempt(deed, is_possible=is_possible)
        if is_possible and delta:
            self.plain.make_room(lot, -delta)
            plain.on_hand += delta
            newest = select(func.max(StockMove.id)).filter_by(lot_id=lot)
            self.plain.moves[self.sum_of(newest)] = PlainMove(lot, delta)

    @precondition(lambda self: self.plain.moves)
    @rule(which=ANY)
    def take_a_move_back(self, which: int) -> None:
        move_id = one_of(self.plain.moves, which)
        move = self.plain.moves[move_id]
        plain = self.plain.lots[move.lot]
        is_there = plain.on_hand - move.delta >= self.plain.picked(move.lot)
        is_possible = is_there and not move.is_undone
        self.attempt(
            lambda: undo_move.undo_move(
                self.session, move_id=move_id, reason="", who=WHO, now=NOW
            ),
            is_possible=is_possible,
        )
        if is_possible:
            self.plain.make_room(move.lot, move.delta)
            plain.on_hand -= move.delta
            move.is_undone = True

    # The books ----------------------------------------------------------------------------

    @invariant()
    def balances_are_what_the_model_says(self) -> None:
        rows = self.session.execute(
            select(LotBalance.lot_id, LotBalance.on_hand, LotBalance.reserved)
        )
        assert {lot: (on_hand, reserved) for lot, on_hand, reserved in rows} == {
            lot: (plain.on_hand, self.plain.reserved(lot))
            for lot, plain in self.plain.lots.items()
        }

    @invariant()
    def reservations_are_what_the_model_says(self) -> None:
        rows = self.session.execute(
            select(
                Reservation.lot_id,
                Reservation.demand_id,
                Reservation.need_id,
                Reservation.quantity,
                Reservation.is_firm,
            )
        ).all()
        found = {
            (lot, ("demand", demand) if demand else ("need", need)): (quantity, firm)
            for lot, demand, need, quantity, firm in rows
        }
        assert found == {
            key: (quantity, key[1] in self.plain.firm)
            for key, quantity in self.plain.held.items()
        }

    @invariant()
    def balances_are_the_sum_of_the_ledger(self) -> None:
        sums = select(StockMove.lot_id, func.sum(StockMove.quantity)).group_by(
            StockMove.lot_id
        )
        assert {lot: int(total) for lot, total in self.session.execute(sums)} == {
            lot: plain.on_hand for lot, plain in self.plain.lots.items()
        }

    @invariant()
    def what_was_sent_is_what_left_the_lots(self) -> None:
        for order_id, plain in self.plain.orders.items():
            picked = self.sum_of(
                select(func.sum(ShipmentPick.quantity)).where(
                    ShipmentPick.demand_id == plain.demand_id
                )
            )
            sent = self.sum_of(
                select(func.sum(ShipmentLine.quantity)).where(
                    ShipmentLine.order_line_id == plain.line_id
                )
            )
            left = -self.sum_of(
                select(func.sum(StockMove.quantity))
                .join(Shipment, cast(Shipment.id, String) == StockMove.ref_id)
                .where(StockMove.ref_type == "shipment", Shipment.order_id == order_id)
            )
            demand = self.session.get_one(Demand, plain.demand_id)
            line = self.session.get_one(OrderLine, plain.line_id)
            assert (plain.shipped, sent, line.shipped) == (plain.shipped,) * 3
            assert (picked, left, demand.shipped) == (plain.shipped * PIECE,) * 3

    @invariant()
    def what_was_used_is_what_left_the_lots(self) -> None:
        used = -self.sum_of(select(func.sum(StockMove.quantity)).filter_by(kind="consumed"))
        made = self.sum_of(select(func.sum(StockMove.quantity)).filter_by(kind="produced"))
        runs = self.plain.runs.values()
        assert used == sum(plain.used for plain in runs)
        assert made == sum(plain.produced for plain in runs)

    @invariant()
    def runs_and_links_say_what_was_given_and_not_taken_back(self) -> None:
        for run_id, plain in self.plain.runs.items():
            run = self.session.get_one(ProductionOrder, run_id)
            need = self.session.get_one(ProductionNeed, plain.need_id)
            done = select(ProductionLink.done).filter_by(production_order_id=run_id)
            assert (run.state, need.consumed) == (plain.state, plain.used)
            assert (run.produced, run.scrapped) == (plain.produced, plain.scrapped)
            assert (run.finished_at is not None) == (plain.state == "done")
            assert self.sum_of(done) == plain.given

    @invariant()
    def states_and_phases_are_true(self) -> None:
        lots = self.session.execute(select(Lot.id, Lot.state))
        assert {lot: state for lot, state in lots} == {
            lot: plain.state.value for lot, plain in self.plain.lots.items()
        }
        orders = self.session.execute(select(SalesOrder.id, SalesOrder.intent))
        assert {order: intent for order, intent in orders} == {
            order: plain.intent for order, plain in self.plain.orders.items()
        }
        assert stale_phases(self.session, order_ids=list(self.plain.orders)) == {}

    def sum_of(self, query: Select[int | None]) -> int:
        return int(self.session.scalar(query) or 0)


def one_of(many: Iterable[T], which: int) -> T:
    """Choose one of what there is by a number of any size."""
    every = list(many)
    return every[which % len(every)]


def _columns(owner: Owner) -> tuple[int | None, int | None]:
    """Name an owner as the columns do: a demand's id, or a need's."""
    kind, number = owner
    return (number, None) if kind == "demand" else (None, number)


def test_the_books_are_right_whatever_is_tried(database: Database) -> None:
    class Workshop(StockMachine):
        pass

    Workshop.database = database
    run_state_machine_as_test(
        Workshop,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
