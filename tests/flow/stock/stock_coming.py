"""What comes into a workshop, and who gets what of it."""

from hypothesis import strategies as st
from hypothesis.stateful import (
    precondition,
    rule,
)

from hub.domain.stock.lot_states import LotState
from hub.flow.stock import ledger, stock
from hub.models.records.items import Item
from hub.models.records.orders import Demand
from tests.factories import NOW, PIECE, make_order
from tests.flow.bench import WHO, demand_of, make_run, need_of
from tests.flow.stock.plain_stock import (
    Owner,
    PlainLot,
    PlainOrder,
    PlainRun,
)
from tests.flow.stock.stock_ground import ANY, GRAMS, PIECES, columns, one_of
from tests.flow.stock.stock_making import StockMaking


class StockComing(StockMaking):
    """Goods, orders and runs, and what is reserved for them."""

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
        demand_id, need_id = columns(owner)
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
        demand_id, need_id = columns(owner)
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
