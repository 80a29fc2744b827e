"""What leaves a workshop, and what people decide of orders and lots."""

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import (
    precondition,
    rule,
)
from sqlalchemy import func, select

from hub.domain.stock.lot_states import LotState
from hub.flow.orders import change
from hub.flow.shipping import ship
from hub.flow.stock import counts, stock
from hub.flow.undoing import undo_move
from hub.models.records.stock import StockMove
from mapping.effects import Tracking
from tests.factories import NOW, PIECE
from tests.flow.bench import WHO
from tests.flow.stock.plain_stock import (
    PlainMove,
)
from tests.flow.stock.stock_ground import ANY, PIECES, STATES, StockGround, T, one_of


class StockLeaving(StockGround):
    """Parcels, orders held and cancelled, lots put aside, counted and thrown away."""

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
