"""A workshop in which anything may be tried at any time, beside a plain model of its stock.

The model is a few dictionaries and knows for every deed whether it is possible; the flow must do
the possible, refuse the rest without doing half of it, and keep its books after every step.
"""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    invariant,
    run_state_machine_as_test,
)
from sqlalchemy import String, cast, func, select

from hub.flow.phase import stale_phases
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder
from hub.models.records.shipping import Shipment, ShipmentLine, ShipmentPick
from hub.models.records.stock import Lot, LotBalance, Reservation, StockMove
from hub.models.session import Database
from tests.factories import PIECE
from tests.flow.stock.stock_coming import StockComing
from tests.flow.stock.stock_leaving import StockLeaving

EXAMPLES = 12
"""So many histories a run and engine; a night may try more."""


class StockMachine(StockComing, StockLeaving):
    """Anything a maker may do to stock, in any order, and the books after every step."""

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
