"""A workshop in which anything may be tried at any time, beside a plain model of its stock.

The model is a few dictionaries and knows for every deed whether it is possible; the flow must do
the possible, refuse the rest without doing half of it, and keep its books after every step.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
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
from hub.domain.lot_states import LotState
from hub.flow import change, ledger, produce, ship, stock
from hub.flow.consume import Used
from hub.flow.phase import refresh_phases, stale_phases
from hub.flow.refusal import Refusal
from hub.models.items import Item
from hub.models.orders import Demand, OrderLine, SalesOrder
from hub.models.production import ProductionNeed, ProductionOrder, ProductionOutput
from hub.models.session import Database
from hub.models.shipping import Shipment, ShipmentLine, ShipmentPick
from hub.models.stock import Lot, LotBalance, Reservation, StockMove
from mapping.effects import Tracking
from tests.factories import NOW, PIECE, make_account, make_item, make_order
from tests.flow.bench import WHO, demand_of, make_run, need_of

T = TypeVar("T")
Owner = tuple[str, int]
"""("demand" or "need", id)"""

ANY = st.integers(0, 99)
PIECES = st.integers(1, 6)
GRAMS = st.integers(1, 4000)
EXAMPLES = 12
"""So many histories a run and engine; a night may try more."""
STATES = st.sampled_from(LotState)


@dataclass
class PlainLot:
    """What the model knows of a lot."""

    item_id: int
    on_hand: int
    state: LotState = LotState.AVAILABLE


@dataclass
class PlainOrder:
    """What the model knows of an order for candles."""

    demand_id: int
    line_id: int
    pieces: int
    shipped: int = 0
    intent: str = "open"


@dataclass
class PlainRun:
    """What the model knows of a run."""

    need_id: int
    needed: int
    planned: int
    made_for: int
    """The order it is for."""
    promised: int
    state: str = "planned"


@dataclass
class Plain:
    """The whole model: what there is, and who holds what of it, oldest reservation first."""

    lots: dict[int, PlainLot] = field(default_factory=dict)
    orders: dict[int, PlainOrder] = field(default_factory=dict)
    runs: dict[int, PlainRun] = field(default_factory=dict)
    held: dict[tuple[int, Owner], int] = field(default_factory=dict)
    firm: set[Owner] = field(default_factory=set)

    def reserved(self, lot_id: int) -> int:
        return sum(quantity for (lot, _), quantity in self.held.items() if lot == lot_id)

    def free(self, lot_id: int) -> int:
        return self.lots[lot_id].on_hand - self.reserved(lot_id)

    def usable(self, owner: Owner) -> dict[int, int]:
        """What an owner holds in available lots, by lot, in ascending id."""
        return {
            lot_id: quantity
            for (lot_id, holder), quantity in sorted(self.held.items())
            if holder == owner and self.lots[lot_id].state is LotState.AVAILABLE
        }

    def give(self, lot_id: int, owner: Owner, quantity: int) -> None:
        if quantity:
            self.held[lot_id, owner] = self.held.get((lot_id, owner), 0) + quantity

    def take(self, lot_id: int, owner: Owner, quantity: int) -> None:
        self.held[lot_id, owner] -= quantity
        if not self.held[lot_id, owner]:
            del self.held[lot_id, owner]

    def let_go(self, owner: Owner) -> None:
        for lot_id, holder in list(self.held):
            if holder == owner:
                del self.held[lot_id, holder]
        self.firm.discard(owner)


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
        is_possible = plain.state in ("planned", "released", "running")
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
        plain = self.plain.runs[run]
        left = plain.needed
        used: dict[int, int] = {}
        for lot_id in sorted(self.plain.lots):
            part = min(left, self.plain.held.get((lot_id, ("need", plain.need_id)), 0))
            used |= {lot_id: part} if part else {}
            left -= part
        self.finish(run, produced * PIECE, used=used, is_said=False)

    @precondition(lambda self: self.runs_in("running"))
    @rule(which=ANY, lot=ANY, grams=GRAMS, produced=PIECES)
    def finish_a_run_with_what_was_used(
        self, which: int, lot: int, grams: int, produced: int
    ) -> None:
        run = one_of(self.runs_in("running"), which)
        used = {one_of(self.plain.lots, lot): grams}
        self.finish(run, produced * PIECE, used=used, is_said=True)

    @precondition(lambda self: self.runs_in("done", "cancelled"))
    @rule(which=ANY)
    def press_the_buttons_of_a_run_that_is_over(self, which: int) -> None:
        run = one_of(self.runs_in("done", "cancelled"), which)
        self.start(run)
        self.finish(run, PIECE, used={}, is_said=False)

    def finish(
        self, run: int, produced: int, *, used: dict[int, int], is_said: bool
    ) -> None:
        plain = self.plain.runs[run]
        owner = ("need", plain.need_id)
        is_possible = plain.state == "running" and all(
            self.may_use(lot, grams, owner) for lot, grams in used.items()
        )
        consumed = [
            Used(item_id=self.wax.id, lot_id=lot, quantity=grams)
            for lot, grams in used.items()
        ]
        lot_id = self.attempt(
            lambda: produce.finish(
                self.session,
                production_order_id=run,
                produced=produced,
                scrapped=0 if produced else PIECE,
                consumed=consumed if is_said else None,
                who=WHO,
                now=NOW,
            ),
            is_possible=is_possible,
        )
        if not is_possible:
            return
        plain.state = "done"
        self.plain.let_go(owner)
        for lot, grams in used.items():
            self.plain.lots[lot].on_hand -= grams
        assert (lot_id is None) == (produced == 0)
        if lot_id is not None:
            suspect = any(
                self.plain.lots[lot].state is not LotState.AVAILABLE for lot in used
            )
            state = LotState.QUARANTINED if suspect else LotState.AVAILABLE
            self.plain.lots[lot_id] = PlainLot(self.candle.id, produced, state)
            self.allocate(plain, lot_id, produced=0 if suspect else produced)

    def may_use(self, lot: int, grams: int, owner: Owner) -> bool:
        plain = self.plain.lots[lot]
        own = self.plain.held.get((lot, owner), 0)
        free = self.plain.free(lot) if plain.state is LotState.AVAILABLE else 0
        return plain.item_id == self.wax.id and grams <= own + free

    def allocate(self, run: PlainRun, lot_id: int, *, produced: int) -> None:
        order = self.plain.orders[run.made_for]
        owner = ("demand", order.demand_id)
        held = sum(
            quantity for (_, who), quantity in self.plain.held.items() if who == owner
        )
        wanted = (order.pieces - order.shipped) * PIECE - held
        if order.intent == "open":
            self.plain.give(lot_id, owner, max(0, min(produced, run.promised, wanted)))

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
    def count_a_lot(self, which: int, delta: int) -> None:
        lot = one_of(self.plain.lots, which)
        plain = self.plain.lots[lot]
        firm = sum(
            quantity
            for (lot_id, owner), quantity in self.plain.held.items()
            if lot_id == lot and owner in self.plain.firm
        )
        is_possible = delta != 0 and plain.on_hand + delta >= firm
        self.attempt(
            lambda: stock.adjust(
                self.session, lot_id=lot, delta=delta, reason="", who=WHO, now=NOW
            ),
            is_possible=is_possible,
        )
        if not is_possible:
            return
        missing = -delta - self.plain.free(lot)
        plain.on_hand += delta
        for lot_id, owner in reversed(list(self.plain.held)):
            if lot_id == lot and owner not in self.plain.firm and missing > 0:
                part = min(missing, self.plain.held[lot_id, owner])
                self.plain.take(lot_id, owner, part)
                missing -= part

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
        moved: dict[str, int] = defaultdict(int)
        moves = select(StockMove.ref_id, StockMove.quantity).filter_by(kind="consumed")
        for run_id, quantity in self.session.execute(moves):
            moved[run_id] -= quantity
        run = ProductionOutput.production_order_id
        outputs = select(run, func.count()).group_by(run)
        assert all(count == 1 for _, count in self.session.execute(outputs))
        for number, plain in self.plain.runs.items():
            need = self.session.get_one(ProductionNeed, plain.need_id)
            assert need.consumed == moved[str(number)]
            assert self.session.get_one(ProductionOrder, number).state == plain.state

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
