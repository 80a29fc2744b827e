"""What a machine does to goods: bought, received, counted, lost, put aside, called back."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition
from sqlalchemy import select

from hub.domain.stock.lot_states import LotState
from hub.flow.purchasing import purchase, purchase_draft, purchase_receive
from hub.flow.recalls import recall
from hub.flow.stock import counts, stock
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.stock import Lot, Reservation
from tests.factories import PIECE
from tests.flow.bench import WHO
from tests.flow.workshop.workshop_ground import ANY, PIECES, Ground, deed, one_of
from tests.flow.workshop.workshop_model import PlainPurchase, everything_from

MATERIALS = st.sampled_from(["WAX", "WAX", "JAR", "OIL", "LYE"])
READY_MADE = st.sampled_from(["CANDLE", "SOAP", "SOAPBASE"])
DAYS = st.sampled_from([None, None, 0, 3, 9, 90])


class Goods(Ground):
    """What comes in from suppliers, and what people find out about it later."""

    @deed(code=MATERIALS, tens=PIECES, days=DAYS)
    def receive_material(self, code: str, tens: int, days: int | None) -> None:
        self.receive(code, tens * 10 * PIECE, days)

    @deed(code=READY_MADE, pieces=PIECES, days=DAYS)
    def receive_what_was_made_elsewhere(
        self, code: str, pieces: int, days: int | None
    ) -> None:
        self.receive(code, pieces * PIECE, days)

    def receive(self, code: str, quantity: int, days: int | None) -> None:
        lot_id = stock.receive(
            self.session,
            item_id=self.items[code].id,
            quantity=quantity,
            best_before=None if days is None else self.today + timedelta(days=days),
            who=WHO,
            now=self.now,
        )
        self.came_in(lot_id, quantity, is_bought=True)
        self.note("received")

    # Purchases --------------------------------------------------------------------------------

    @deed(code=st.sampled_from(["WAX", "OIL"]), tens=PIECES)
    def order_from_the_supplier(self, code: str, tens: int) -> None:
        item_id, quantity = self.items[code].id, tens * 10 * PIECE
        wanted = purchase_draft.Wanted(item_id=item_id, quantity=quantity)
        purchase_id = purchase_draft.draft(
            self.session, supplier_id=self.supplier.id, lines=[wanted], who=WHO,
            now=self.now,
        )  # fmt: skip
        purchase.place(
            self.session, purchase_order_id=purchase_id, today=self.today, who=WHO,
            now=self.now,
        )  # fmt: skip
        self.plain.purchases[purchase_id] = PlainPurchase(item_id, quantity)
        self.note("bought")

    @precondition(lambda self: self.plain.purchases)
    @deed(which=ANY, tens=PIECES)
    def receive_what_was_ordered(self, which: int, tens: int) -> None:
        purchase_id = one_of(self.plain.purchases, which)
        plain = self.plain.purchases[purchase_id]
        arrived = purchase_receive.Arrived(
            item_id=plain.item_id, quantity=tens * 10 * PIECE
        )
        lots = self.attempt(
            lambda: purchase_receive.receive(
                self.session, purchase_order_id=purchase_id, arrived=[arrived], who=WHO,
                now=self.now,
            ),
            is_possible=not plain.is_over,
        )  # fmt: skip
        for lot_id in lots or ():
            self.came_in(lot_id, tens * 10 * PIECE, is_bought=True)
            plain.received += tens * 10 * PIECE
            self.note("arrived")

    @precondition(lambda self: self.plain.purchases)
    @deed(which=ANY)
    def call_a_purchase_off(self, which: int) -> None:
        purchase_id = one_of(self.plain.purchases, which)
        plain = self.plain.purchases[purchase_id]
        self.attempt(
            lambda: purchase.cancel(
                self.session, purchase_order_id=purchase_id, who=WHO, now=self.now
            ),
            is_possible=not plain.is_over and not plain.received,
        )
        if not plain.is_over and not plain.received:
            plain.is_over = True
            self.note("called off")

    # What people find out ---------------------------------------------------------------------

    @precondition(lambda self: self.plain.lots)
    @deed(which=ANY, there=st.integers(0, 90_000))
    def count_a_lot(self, which: int, there: int) -> None:
        lot = one_of(self.plain.lots, which)
        plain = self.plain.lots[lot]
        is_possible = there >= self.picked()[lot]
        self.attempt(
            lambda: counts.count(
                self.session, lot_id=lot, quantity=there, who=WHO, now=self.now
            ),
            is_possible=is_possible,
        )
        if is_possible:
            plain.on_hand = there
            self.note("counted")

    @precondition(lambda self: self.plain.lots)
    @deed(which=ANY, delta=st.integers(-9000, 9000).filter(bool))
    def adjust_a_lot(self, which: int, delta: int) -> None:
        lot = one_of(self.plain.lots, which)
        plain = self.plain.lots[lot]
        is_possible = plain.on_hand + delta >= self.picked()[lot]
        self.attempt(
            lambda: stock.adjust(
                self.session, lot_id=lot, delta=delta, reason="found", who=WHO,
                now=self.now,
            ),
            is_possible=is_possible,
        )  # fmt: skip
        if is_possible:
            plain.on_hand += delta
            self.note("adjusted")

    @precondition(lambda self: self.plain.lots)
    @deed(which=ANY, lost=st.integers(1, 9000))
    def throw_a_part_away(self, which: int, lost: int) -> None:
        lot = one_of(self.plain.lots, which)
        plain = self.plain.lots[lot]
        is_possible = plain.on_hand - lost >= self.picked()[lot]
        self.attempt(
            lambda: counts.scrap(
                self.session, lot_id=lot, quantity=lost, reason="spilt", who=WHO,
                now=self.now,
            ),
            is_possible=is_possible,
        )  # fmt: skip
        if is_possible:
            plain.on_hand -= lost
            self.note("scrapped")

    @precondition(lambda self: self.plain.lots)
    @deed(which=ANY, state=st.sampled_from([LotState.AVAILABLE, LotState.QUARANTINED]))
    def put_aside_or_let_go(self, which: int, state: LotState) -> None:
        lot = one_of(self.plain.lots, which)
        plain = self.plain.lots[lot]
        is_possible = plain.state not in (state, "recalled")
        self.attempt(
            lambda: stock.set_lot_state(
                self.session, lot_id=lot, state=state, reason="", who=WHO, now=self.now
            ),
            is_possible=is_possible,
        )
        if is_possible:
            plain.state = state.value
            self.note(f"lot {state.value}")

    # Recalls ----------------------------------------------------------------------------------

    @precondition(lambda self: self.plain.lots)
    @deed(which=ANY)
    def rehearse_a_recall(self, which: int) -> None:
        self.call_back(one_of(self.plain.lots, which), is_drill=True)
        self.note("drilled")

    @precondition(lambda self: self.plain.lots)
    @deed(which=ANY)
    def call_a_lot_back(self, which: int) -> None:
        lot = one_of(self.plain.lots, which)
        reached = everything_from(lot, self.plain.into())
        to_hold = self.orders_with(reached)
        is_possible = lot not in self.plain.recalls.values()
        recall_id = self.attempt(
            lambda: self.call_back(lot, is_drill=False), is_possible=is_possible
        )
        if recall_id is None:
            return
        self.plain.recalls[recall_id] = lot
        for each in reached:
            self.plain.lots[each].state = "recalled"
        for order_id in to_hold:
            if self.plain.orders[order_id].intent == "open":
                self.plain.orders[order_id].intent = "on_hold"
        self.note("recalled")

    def call_back(self, lot: int, *, is_drill: bool) -> int:
        return recall.start_recall(
            self.session, lot_id=lot, reason="it smells", is_drill=is_drill, who=WHO,
            now=self.now,
        )  # fmt: skip

    @precondition(lambda self: self.plain.recalls)
    @deed(which=ANY)
    def end_a_recall(self, which: int) -> None:
        recall_id = one_of(self.plain.recalls, which)
        recall.close_recall(self.session, recall_id=recall_id, who=WHO, now=self.now)
        del self.plain.recalls[recall_id]

    def orders_with(self, lots: set[int]) -> set[int]:
        query = (
            select(SalesOrder.id)
            .join(OrderLine, OrderLine.order_id == SalesOrder.id)
            .join(Demand, Demand.order_line_id == OrderLine.id)
            .join(Reservation, Reservation.demand_id == Demand.id)
            .join(Lot, Lot.id == Reservation.lot_id)
        )
        return set(self.session.scalars(query.where(Lot.id.in_(lots))))
