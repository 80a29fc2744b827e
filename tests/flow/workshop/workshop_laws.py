"""What must be true of a workshop after every deed, whatever was done."""

from collections import defaultdict
from collections.abc import Mapping

from hypothesis.stateful import invariant
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from hub.domain.stock.trace import Direction, Node, NodeKind, walk
from hub.models.recalls.recall_queries import balances_of
from hub.models.recalls.trace_edges import trace_edges
from hub.models.records.completions import Completion, CompletionGift
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionLink, ProductionOrder
from hub.models.records.purchasing import PurchaseLine
from hub.models.records.stock import Lot, LotBalance, Reservation, StockMove
from tests.factories import PIECE
from tests.flow.workshop.workshop_ground import Ground
from tests.flow.workshop.workshop_model import everything_from

Column = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]


class Laws(Ground):
    """The books beside the model, and beside themselves."""

    @invariant()
    def lots_hold_what_the_model_says(self) -> None:
        rows = self.session.execute(
            select(Lot.id, Lot.item_id, Lot.state, LotBalance.on_hand).join(
                LotBalance, LotBalance.lot_id == Lot.id
            )
        )
        assert {lot: tuple(rest) for lot, *rest in rows} == {
            lot: (plain.item_id, plain.state, plain.on_hand)
            for lot, plain in self.plain.lots.items()
        }

    @invariant()
    def balances_are_sums(self) -> None:
        moved = self.sums(StockMove.lot_id, StockMove.quantity)
        held = self.sums(Reservation.lot_id, Reservation.quantity)
        for row in self.session.scalars(select(LotBalance)):
            assert row.on_hand == moved.get(row.lot_id, 0)
            assert row.reserved == held.get(row.lot_id, 0)
            assert 0 <= row.reserved <= row.on_hand

    @invariant()
    def lines_ask_for_what_the_model_says(self) -> None:
        lines = {line.id: line for line in self.session.scalars(select(OrderLine))}
        assert lines.keys() == {line.line_id for line in self.plain.lines}
        demands: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
        for each in self.session.scalars(select(Demand)):
            demands[each.order_line_id][each.item_id] = (each.quantity, each.shipped)
        for plain in self.plain.lines:
            assert lines[plain.line_id].shipped == plain.shipped
            asked = max(plain.wanted, plain.shipped)
            assert demands[plain.line_id] == {
                item_id: (asked * each * PIECE, plain.shipped * each * PIECE)
                for item_id, each in plain.parts.items()
            }
        intents = self.session.execute(select(SalesOrder.id, SalesOrder.intent))
        assert {order: intent for order, intent in intents} == {
            order: plain.intent for order, plain in self.plain.orders.items()
        }

    @invariant()
    def runs_gave_what_the_model_says(self) -> None:
        for run in self.session.scalars(select(ProductionOrder)):
            plain = self.plain.runs.get(run.id)
            produced = plain.produced if plain else 0
            scrapped = plain.scrapped if plain else 0
            assert (run.produced, run.scrapped) == (produced, scrapped)
            if plain is None or plain.state == "planned":
                assert run.state in ("planned", "cancelled")
            else:
                assert run.state == plain.state

    @invariant()
    def purchases_brought_what_the_model_says(self) -> None:
        query = select(PurchaseLine.purchase_order_id, PurchaseLine.received)
        assert {order: much for order, much in self.session.execute(query)} == {
            order: plain.received for order, plain in self.plain.purchases.items()
        }

    @invariant()
    def links_are_never_cut_and_say_what_was_given(self) -> None:
        given = self.sums(
            CompletionGift.link_id,
            CompletionGift.quantity,
            CompletionGift.completion_id.in_(
                select(Completion.id).where(Completion.undone_at.is_(None))
            ),
        )
        found = {link.id: link for link in self.session.scalars(select(ProductionLink))}
        by_run: dict[int, int] = defaultdict(int)
        for link in found.values():
            assert 0 <= link.done <= link.planned
            assert link.done == given.get(link.id, 0)
            by_run[link.production_order_id] += link.done
        for run_id, done in by_run.items():
            plain = self.plain.runs.get(run_id)
            assert done <= (plain.produced if plain else 0)
        ends = {
            link.id: (link.production_order_id, link.demand_id, link.need_id)
            for link in found.values()
        }
        assert self.plain.links.items() <= ends.items()
        self.plain.links = ends

    @invariant()
    def every_lot_is_traced_as_the_model_says(self) -> None:
        lots = list(self.plain.lots)
        backward = trace_edges(self.session, lot_ids=lots, direction=Direction.BACKWARD)
        forward = trace_edges(self.session, lot_ids=lots)
        out_of, into = self.plain.out_of(), self.plain.into()
        parcels = {
            (lot, parcel)
            for parcel, plain in self.plain.parcels.items()
            for lot in plain.picked
        }
        for lot in lots:
            start = Node(kind=NodeKind.LOT, id=lot)
            before = walk(backward, start=start, direction=Direction.BACKWARD)
            after = walk(forward, start=start, direction=Direction.FORWARD)
            reached = everything_from(lot, into)
            assert set(before.lots) == everything_from(lot, out_of)
            assert set(after.lots) == reached
            sent = {node.id for node in after.nodes if node.kind is NodeKind.SHIPMENT}
            assert sent == {parcel for each, parcel in parcels if each in reached}

    @invariant()
    def whatever_was_sent_began_with_something_bought(self) -> None:
        out_of = self.plain.out_of()
        for parcel in self.plain.parcels.values():
            for lot in parcel.picked:
                first = {each for each in everything_from(lot, out_of) if not out_of[each]}
                assert all(self.plain.lots[each].is_bought for each in first)

    @invariant()
    def nothing_of_any_lot_is_unaccounted_for(self) -> None:
        balances = balances_of(self.session, lot_ids=list(self.plain.lots))
        assert all(balance.difference == 0 for balance in balances.values())
        made: Mapping[int, int] = {
            part.lot: part.produced
            for run in self.plain.runs.values()
            for part in run.parts
            if part.lot is not None
        }
        for lot, balance in balances.items():
            assert balance.produced == made.get(lot, 0)

    def sums(
        self, key: Column, value: InstrumentedAttribute[int], *which: ColumnElement[bool]
    ) -> dict[int, int]:
        """Add up a column of a table by another one."""
        query = select(key, func.sum(value)).where(*which).group_by(key)
        return {row or 0: int(total) for row, total in self.session.execute(query)}
