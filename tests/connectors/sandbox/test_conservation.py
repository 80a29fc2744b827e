"""Whatever happens in the shop, in whatever order, nothing is lost and nothing appears."""

from collections.abc import Callable
from datetime import datetime

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from connectors.sandbox.shopify import fulfilment_orders, fulfilments
from connectors.sandbox.shopify.fulfilment_orders import Holding
from connectors.sandbox.shopify.fulfilments import Part
from connectors.sandbox.shopify.records import FulfilmentOrder, Order, Refused
from connectors.sandbox.shopify.wanted import Wanted
from tests.connectors.sandbox.taller import Taller

SKUS = st.sampled_from(["SOAP", "CANDLE"])
UNITS = st.integers(1, 4)
PICK = st.integers(0, 50)


class ShopLife(RuleBasedStateMachine):
    """Everything that can be done to a shop, at random; a refusal must change nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.taller = Taller()
        self.seen: dict[int, datetime] = {}

    def orders(self) -> list[Order]:
        return list(self.taller.store.shop.orders.values())

    def asked(self) -> list[FulfilmentOrder]:
        return [asked for order in self.orders() for asked in order.fulfilment_orders]

    def attempt(
        self, act: Callable[..., object], *arguments: object, **named: object
    ) -> None:
        before = repr(self.taller.store.orders())
        try:
            act(*arguments, **named)
        except Refused:
            assert repr(self.taller.store.orders()) == before

    @rule(lines=st.lists(st.tuples(SKUS, UNITS), min_size=1, max_size=3), tip=st.booleans())
    def place(self, lines: list[tuple[str, int]], tip: bool) -> None:
        wanted = [Wanted(sku=sku, quantity=units) for sku, units in lines]
        more = [Wanted(title="Tip", price="1.00", tip=True)] if tip else []
        self.taller.store.place_order(wanted + more)

    @rule(pick=PICK, units=UNITS, sku=SKUS, add=st.booleans())
    def edit(self, pick: int, units: int, sku: str, add: bool) -> None:
        if orders := self.orders():
            order = orders[pick % len(orders)]
            line = str(order.lines[pick % len(order.lines)].id)
            self.attempt(
                self.taller.store.edit_order,
                str(order.id),
                quantities={line: units - 1},
                add=[Wanted(sku=sku)] if add else [],
            )

    @rule(pick=PICK, units=UNITS, restock=st.booleans())
    def refund(self, pick: int, units: int, restock: bool) -> None:
        if orders := self.orders():
            order = orders[pick % len(orders)]
            line = str(order.lines[pick % len(order.lines)].id)
            self.attempt(
                self.taller.store.refund, str(order.id), {line: units}, restock=restock
            )

    @rule(pick=PICK, back=st.booleans())
    def cancel(self, pick: int, back: bool) -> None:
        if orders := self.orders():
            order = orders[pick % len(orders)]
            self.attempt(self.taller.store.cancel_order, str(order.id), give_back=back)

    @rule(pick=PICK, units=st.none() | UNITS)
    def send(self, pick: int, units: int | None) -> None:
        if asked := self.asked():
            one = asked[pick % len(asked)]
            lines = [(one.lines[0].id, units)] if units and one.lines else []
            part = Part(fulfilment_order_id=one.id, lines=lines)
            self.attempt(fulfilments.create, self.taller.store.shop, [part], tracking=[])

    @rule(pick=PICK)
    def take_back(self, pick: int) -> None:
        made = [f for order in self.orders() for f in order.fulfilments]
        if made:
            self.attempt(
                fulfilments.cancel, self.taller.store.shop, made[pick % len(made)].id
            )

    @rule(pick=PICK, units=st.none() | UNITS)
    def hold(self, pick: int, units: int | None) -> None:
        if asked := self.asked():
            one = asked[pick % len(asked)]
            lines = [(one.lines[0].id, units)] if units and one.lines else []
            holding = Holding(reason="OTHER", handle=str(pick), lines=lines)
            self.attempt(fulfilment_orders.hold, self.taller.store.shop, one.id, holding)

    @rule(pick=PICK)
    def release(self, pick: int) -> None:
        if asked := self.asked():
            one = asked[pick % len(asked)]
            self.attempt(
                fulfilment_orders.release, self.taller.store.shop, one.id, hold_ids=None
            )

    @rule(pick=PICK, begin=st.booleans())
    def work(self, pick: int, begin: bool) -> None:
        if asked := self.asked():
            one = asked[pick % len(asked)]
            shop = self.taller.store.shop
            if begin:
                self.attempt(fulfilment_orders.report_progress, shop, one.id, notes="x")
            else:
                self.attempt(fulfilment_orders.mark_open, shop, one.id)

    @invariant()
    def every_unit_ordered_is_sent_waiting_or_dropped(self) -> None:
        for order in self.orders():
            for line in order.lines:
                assert 0 <= line.current_quantity <= line.quantity
                assert 0 <= order.held(line.id) <= order.unsent(line)
                assert order.unsent(line) >= 0

    @invariant()
    def open_fulfilment_orders_ask_for_exactly_what_is_unsent(self) -> None:
        for order in self.orders():
            if order.cancelled_at:
                assert all(asked.closed for asked in order.fulfilment_orders)
                continue
            for line in order.lines:
                waiting = sum(
                    wanted.remaining
                    for asked in order.fulfilment_orders
                    if not asked.closed
                    for wanted in asked.lines
                    if wanted.line_id == line.id
                )
                assert waiting == order.unsent(line)

    @invariant()
    def status_holds_and_lines_agree(self) -> None:
        for asked in self.asked():
            assert bool(asked.holds) == (asked.status == "ON_HOLD")
            assert asked.closed or asked.remaining > 0
            assert all(0 <= line.remaining <= line.total for line in asked.lines)

    @invariant()
    def committed_stock_is_what_orders_wait_for(self) -> None:
        waiting: dict[int | None, int] = {}
        for order in self.orders():
            for line in order.lines:
                waiting[line.variant_id] = waiting.get(line.variant_id, 0) + order.unsent(
                    line
                )
        for variant in self.taller.store.shop.variants.values():
            assert sum(variant.committed.values()) == waiting.get(variant.id, 0)

    @invariant()
    def updated_at_never_goes_back(self) -> None:
        for order in self.orders():
            assert order.updated_at >= self.seen.get(order.id, order.updated_at)
            self.seen[order.id] = order.updated_at


ShopLife.TestCase.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None
)
TestShopLife = ShopLife.TestCase
