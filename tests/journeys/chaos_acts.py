"""What people do on a day of chaos: buyers, the shops' keepers in their admin, makers and packers.

They are sensible people: nobody cancels in the admin what a colleague is just packing. So nothing
of what they do may leave a message behind that a person must answer.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from connectors.sandbox.etsy.records import Receipt
from connectors.sandbox.etsy.wanted import Wanted as EtsyWanted
from connectors.sandbox.shopify.records import Order
from connectors.sandbox.shopify.wanted import Wanted
from hub.flow.making import produce
from hub.flow.orders.answer import answer_decision
from hub.flow.shipping import ship
from hub.flow.stock import stock
from hub.models.orders.decision_views import standing
from hub.models.records.decisions import Decision
from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.shipping import Shipment
from hub.models.records.stock import LotBalance, Reservation
from mapping.effects import Tracking
from tests.factories import PIECE
from tests.journeys.chaos_day import SHARED, WHO, Day

Key = tuple[str, str]
"""An order: its channel, and its id there."""
CARRIERS = ("Correos", "UPS", "Seur")


@dataclass
class People:
    """What the people of a day did, as they remember it themselves."""

    day: Day
    placed: dict[Key, datetime] = field(default_factory=dict)
    in_admin: set[Key] = field(default_factory=set)
    """Orders that somebody deals with in the shop's admin: nobody packs these."""
    parcels: dict[str, Key] = field(default_factory=dict)
    """Whose order each tracking number is."""
    mails: dict[Key, int] = field(default_factory=dict)
    """How many times a buyer is to be written to because of us."""
    stocked: int = 60
    """Pieces of the shared thing there ever were."""
    oversold: int = 0
    """The most pieces of it that were ever sold and not there."""
    done: dict[str, int] = field(default_factory=dict)

    def note(self, what: str) -> None:
        """Count what was done, so that a day on which nothing happened is noticed."""
        self.done[what] = self.done.get(what, 0) + 1

    # Looking ------------------------------------------------------------------------------

    def at_shopify(self) -> Iterable[tuple[Key, Order]]:
        """Go through the orders at Shopify."""
        return [(("shopify", str(i)), o) for i, o in self.day.store.shop.orders.items()]

    def at_etsy(self) -> Iterable[tuple[Key, Receipt]]:
        """Go through the receipts at Etsy."""
        return [(("etsy", str(i)), r) for i, r in self.day.etsy.books.receipts.items()]

    def left_of_shared(self) -> int:
        """Count the pieces of the shared thing that nobody has bought."""
        bought = sum(
            line.quantity - line.dropped
            for order in self.day.store.shop.orders.values()
            for line in order.lines
            if line.sku == SHARED
        )
        bought += sum(
            line.quantity
            for receipt in self.day.etsy.books.receipts.values()
            for line in receipt.transactions
            if line.sku == SHARED and not receipt.canceled_at
        )
        return self.stocked - bought

    def sold_at(self, channel: str, sku: str) -> dict[str, int]:
        """Say how many pieces of a thing each living order at a shop has."""
        sold: dict[str, int] = {}
        if channel == "shopify":
            for key, order in self.at_shopify():
                if order.cancelled_at is None:
                    pieces = sum(
                        x.quantity - x.dropped for x in order.lines if x.sku == sku
                    )
                    sold[key[1]] = pieces
            return sold
        for key, receipt in self.at_etsy():
            if receipt.canceled_at is None:
                sold[key[1]] = sum(x.quantity for x in receipt.transactions if x.sku == sku)
        return sold

    def shipped_by_us(self) -> set[Key]:
        """Name the orders something of which left in a parcel of ours."""
        with self.day.ports.database.reading() as session:
            rows = session.execute(
                select(SalesOrder.account_id, SalesOrder.external_id).join(
                    Shipment, Shipment.order_id == SalesOrder.id
                )
            ).all()
        return {(self._channel(row.account_id), row.external_id) for row in rows}

    def _channel(self, account_id: int) -> str:
        return next(c for c, i in self.day.accounts.items() if i == account_id)

    def free(self, orders: Iterable[tuple[Key, object]]) -> list[Key]:
        """Pick the orders nobody has in hand: not packed here, not dealt with in the admin."""
        ours = self.shipped_by_us()
        return [key for key, _ in orders if key not in ours and key not in self.in_admin]

    def look_at_stock(self) -> None:
        """Notice when more is sold than there is."""
        self.oversold = max(self.oversold, -self.left_of_shared())


# Buyers -----------------------------------------------------------------------------------------


def somebody_orders_at_shopify(people: People) -> None:
    """Buy one to three things, if the shop shows that it has them."""
    day = people.day
    skus = day.random.sample(
        ["CANDLE", "SOAP", "BALM", "SOAP-X6"], k=day.random.choice([1, 1, 2, 3])
    )
    wanted = []
    for sku in skus:
        variant = day.store.variant(sku)
        assert variant is not None
        shown = variant.available[int(day.place)]
        pieces = min(day.random.randint(1, 3), shown)
        if pieces > 0:
            wanted.append(Wanted(sku=sku, quantity=pieces))
    if not wanted:
        return
    pays = "PAID" if day.random.random() < 0.9 else "PENDING"
    order_id = day.store.place_order(wanted, financial_status=pays)
    people.placed["shopify", order_id] = day.hands.at
    people.note("order at shopify")
    people.look_at_stock()


def somebody_orders_at_etsy(people: People) -> None:
    """The same at Etsy, gift wrapping now and then."""
    day = people.day
    on_sale = day.etsy.stock()
    skus = day.random.sample(["CANDLE", "SOAP", "BALM"], k=day.random.choice([1, 1, 2]))
    wanted = []
    for sku in skus:
        pieces = min(day.random.randint(1, 2), on_sale[sku])
        if pieces > 0:
            wanted.append(EtsyWanted(sku=sku, quantity=pieces))
    if not wanted:
        return
    order_id = day.etsy.place_order(wanted, paid=day.random.random() < 0.93)
    people.placed["etsy", order_id] = day.hands.at
    people.note("order at etsy")
    people.look_at_stock()


def somebody_pays(people: People) -> None:
    """Pay what was ordered on account."""
    day = people.day
    owing = [
        k
        for k, o in people.at_shopify()
        if o.financial_status == "PENDING" and not o.cancelled_at
    ]
    unpaid = [k for k, r in people.at_etsy() if not r.paid_at and not r.canceled_at]
    if owing:
        day.store.mark_paid(day.random.choice(owing)[1])
        people.note("paid")
    if unpaid:
        day.etsy.mark_paid(day.random.choice(unpaid)[1])
        people.note("paid")


# In the shops' admin ----------------------------------------------------------------------------


def somebody_edits(people: People) -> None:
    """Change how many of a line are wanted, or add a line, at Shopify."""
    day = people.day
    orders = dict(people.at_shopify())
    keys = [
        k for k in people.free(orders.items())
        if not orders[k].cancelled_at and not orders[k].refunds
    ]  # fmt: skip
    if not keys:
        return
    key = day.random.choice(keys)
    line = day.random.choice(orders[key].lines)
    if day.random.random() < 0.4:
        day.store.edit_order(key[1], add=[Wanted(sku="SOAP", quantity=1)])
    elif orders[key].unsent(line) > 0 and len(orders[key].lines) > 1:
        less = day.random.randint(0, line.current_quantity)
        day.store.edit_order(key[1], quantities={str(line.id): less})
    people.note("edit")
    people.look_at_stock()


def somebody_cancels(people: People) -> None:
    """Cancel an order in one of the shops; nobody will pack it."""
    day = people.day
    at_shopify = dict(people.at_shopify())
    at_etsy = dict(people.at_etsy())
    shopify = [k for k in people.free(at_shopify.items())
               if not at_shopify[k].cancelled_at and not at_shopify[k].fulfilments]  # fmt: skip
    etsy = [k for k in people.free(at_etsy.items())
            if not at_etsy[k].canceled_at and not at_etsy[k].shipped_at]  # fmt: skip
    if shopify and day.random.random() < 0.5:
        key = day.random.choice(shopify)
        people.in_admin.add(key)
        day.store.cancel_order(key[1])
        people.note("cancel at shopify")
    elif etsy:
        key = day.random.choice(etsy)
        people.in_admin.add(key)
        day.etsy.cancel_order(key[1])
        people.note("cancel at etsy")
    people.look_at_stock()


def somebody_refunds(people: People) -> None:
    """Give money back: for pieces not yet sent at Shopify, for a part or all of it at Etsy."""
    day = people.day
    orders = dict(people.at_shopify())
    paid = [k for k in people.free(orders.items())
            if orders[k].financial_status in {"PAID", "PARTIALLY_REFUNDED"}
            and not orders[k].cancelled_at]  # fmt: skip
    if paid and day.random.random() < 0.6:
        key = day.random.choice(paid)
        lines = [line for line in orders[key].lines if orders[key].unsent(line) > 0]
        if lines:
            line = day.random.choice(lines)
            units = day.random.randint(
                1, min(line.current_quantity, orders[key].unsent(line))
            )
            day.store.refund(key[1], {str(line.id): units}, restock=True)
            people.note("refund at shopify")
            people.look_at_stock()
        return
    receipts = dict(people.at_etsy())
    free = [
        key
        for key in people.free(receipts.items())
        if receipts[key].paid_at
        and not receipts[key].refunded
        and not receipts[key].canceled_at
    ]
    if free:
        day.etsy.refund(day.random.choice(free)[1], "1.00")
        people.note("refund at etsy")


def somebody_sends_by_hand(people: People) -> None:
    """Fulfil an order in the shop's own admin; nobody will pack it here."""
    day = people.day
    orders, receipts = dict(people.at_shopify()), dict(people.at_etsy())
    shopify = [
        k for k in people.free(orders.items())
        if not orders[k].cancelled_at and orders[k].financial_status == "PAID"
        and not any(each.status == "ON_HOLD" for each in orders[k].fulfilment_orders)
    ]  # fmt: skip
    etsy = [
        key
        for key in people.free(receipts.items())
        if receipts[key].paid_at
        and not receipts[key].canceled_at
        and not receipts[key].shipped_at
    ]
    if shopify and day.random.random() < 0.5:
        key = day.random.choice(shopify)
        people.in_admin.add(key)
        for line in orders[key].lines:
            _take_off_the_shelf(people, line.sku or "", orders[key].unsent(line))
        day.store.fulfil_by_hand(key[1], tracking_number="HAND1", company="Correos")
        people.note("by hand at shopify")
    elif etsy:
        key = day.random.choice(etsy)
        people.in_admin.add(key)
        for sold in receipts[key].transactions:
            _take_off_the_shelf(people, sold.sku, sold.quantity)
        day.etsy.ship_by_hand(key[1], carrier_name="ups", tracking_code="HAND2")
        people.note("by hand at etsy")


def _take_off_the_shelf(people: People, sku: str, pieces: int) -> None:
    """Count out the shared things that leave without the hub: it cannot know from which lot."""
    day = people.day
    if sku != SHARED:
        return
    with day.ports.database.reading() as session:
        lots = session.execute(
            select(LotBalance.lot_id, LotBalance.on_hand)
            .where(LotBalance.item_id == day.items[SHARED], LotBalance.on_hand > 0)
            .order_by(LotBalance.lot_id)
        ).all()
    for lot in lots:
        taken = min(pieces, lot.on_hand // PIECE)
        pieces -= taken
        if taken:
            count = partial(stock.adjust, lot_id=lot.lot_id, delta=-taken * PIECE)
            day.press(partial(count, reason="other", who=WHO, now=day.hands.now()))


def somebody_answers(people: People) -> None:
    """Say what is true of what the hub took out because of a shop's word.

    The shared things were counted out by hand when they were taken off the shelf, so what the hub
    took out as well goes back; the rest is gone.
    """
    day = people.day
    with day.ports.database.reading() as session:
        found = session.execute(
            select(Decision.id, Decision.decision, Decision.item_id).where(standing())
        ).all()
    for each in found:
        is_counted = each.item_id == day.items[SHARED]
        said = ""
        if each.decision == "take_out":
            said = "still_here" if is_counted else "taken"
        answer = partial(answer_decision, decision_id=each.id, answer=said)
        day.press(partial(answer, who=WHO, now=day.hands.now()))
        people.note("answered")


def somebody_types_a_stock(people: People) -> None:
    """Type a number of one's own into a shop's page, as people do who mistrust the hub."""
    day = people.day
    variant = day.store.variant(SHARED)
    assert variant is not None
    now_there = variant.available[int(day.place)]
    typed = max(0, now_there + day.random.choice([-2, 1, 2]))
    day.store.set_stock(SHARED, typed, location=day.place)
    people.note("stock typed")


# In the workshop --------------------------------------------------------------------------------


def somebody_makes(people: People) -> None:
    """Start what can start, and finish what runs."""
    day, now = people.day, people.day.hands.now
    with day.ports.database.reading() as session:
        runs = session.execute(
            select(ProductionOrder.id, ProductionOrder.state, ProductionOrder.planned)
            .where(ProductionOrder.state.not_in(("done", "cancelled")))
            .order_by(ProductionOrder.id)
        ).all()
    for run in runs:
        if run.state == "running":
            made = (
                run.planned * day.random.choice([100, 100, 90, 110]) // 100 // PIECE * PIECE
            )
            finish = partial(produce.finish, production_order_id=run.id, produced=made)
            day.press(partial(finish, who=WHO, now=now()))
            people.note("made")
        else:
            start = partial(produce.start, production_order_id=run.id)
            day.press(partial(start, who=WHO, now=now()))


def goods_come_in(people: People) -> None:
    """Receive some of the shared thing."""
    day = people.day
    pieces = day.random.randint(5, 15)
    people.stocked += pieces
    people.look_at_stock()
    day.press(
        lambda session: stock.receive(
            session, item_id=day.items[SHARED], quantity=pieces * PIECE, who=WHO,
            now=day.hands.now(),
        )
    )  # fmt: skip


def somebody_packs(people: People) -> None:
    """Send what is ready of a few orders, whole or a piece of it."""
    day = people.day
    for _ in range(day.random.randint(1, 4)):
        ready = _ready(people)
        if not ready:
            return
        order_id, line_id, key = day.random.choice(ready)
        _send(people, order_id, line_id, key)


def _ready(people: People) -> list[tuple[int, int, Key]]:
    query = (
        select(
            OrderLine.order_id, OrderLine.id, SalesOrder.account_id, SalesOrder.external_id
        )
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .join(Demand, Demand.order_line_id == OrderLine.id)
        .join(Reservation, Reservation.demand_id == Demand.id)
        .where(Reservation.lot_id.is_not(None))
        .distinct()
        .order_by(OrderLine.id)
    )
    with people.day.ports.database.reading() as session:
        rows = session.execute(query).all()
    found = [(r[0], r[1], (people._channel(r.account_id), r.external_id)) for r in rows]
    return [each for each in found
            if each[2] not in people.in_admin and is_current(people, each[2])]  # fmt: skip


def _send(people: People, order_id: int, line_id: int, key: Key) -> None:
    day = people.day
    number = f"PQ{len(people.parcels) + 1:06d}"
    notify = day.random.random() < 0.7
    tracking = Tracking(carrier=day.random.choice(CARRIERS), number=number)
    lines = {line_id: 1} if day.random.random() < 0.3 else None
    for _ in range(day.random.choice([1, 1, 1, 2])):
        is_sent = day.press(
            lambda session: ship.ship(
                session, order_id=order_id, lines=lines, tracking=tracking, notify=notify,
                who=WHO, now=day.hands.now(),
            )
        )  # fmt: skip
        if is_sent:
            people.parcels[number] = key
            people.mails[key] = people.mails.get(key, 0) + (notify or key[0] == "etsy")
            people.note(f"parcel to {key[0]}")


def is_current(people: People, key: Key) -> bool:
    """See whether the hub shows an order as its shop does: then it may be packed."""
    day, (channel, external_id) = people.day, key
    with day.ports.database.reading() as session:
        ours = session.scalars(
            select(SalesOrder)
            .filter_by(account_id=day.accounts[channel], external_id=external_id)
            .options(selectinload(SalesOrder.lines))
        ).one()
    here = {line.external_id: line.ordered - line.cancelled for line in ours.lines}
    if channel == "etsy":
        return day.etsy.books.receipts[int(external_id)].canceled_at is None
    theirs = day.store.shop.orders[int(external_id)]
    there = {str(line.id): line.current_quantity for line in theirs.lines}
    return theirs.cancelled_at is None and here == there


def somebody_corrects_a_number(people: People) -> None:
    """Say that a parcel has another tracking number than was told."""
    day = people.day
    with day.ports.database.reading() as session:
        told = session.execute(
            select(Shipment.id, Shipment.tracking_number)
            .join(OutboundMessage, OutboundMessage.shipment_id == Shipment.id)
            .where(OutboundMessage.kind == "fulfil", OutboundMessage.state == "sent")
            .where(Shipment.state == "shipped", Shipment.tracking_number.like("PQ%"))
            .order_by(Shipment.id)
        ).all()
    if not told:
        return
    parcel = day.random.choice(told)
    key = people.parcels[parcel.tracking_number]
    number = f"NEW{parcel.tracking_number}"
    notify = day.random.random() < 0.5
    day.press(
        lambda session: ship.amend_tracking(
            session, shipment_id=parcel.id, tracking=Tracking(carrier="Correos", number=number),
            notify=notify, who=WHO, now=day.hands.now(),
        )
    )  # fmt: skip
    people.parcels[number] = key
    people.mails[key] = people.mails.get(key, 0) + (notify or key[0] == "etsy")
    people.note("number corrected")


def a_parcel_arrives(people: People) -> None:
    """Hear that a parcel reached its buyer."""
    day = people.day
    with day.ports.database.reading() as session:
        sent = session.scalars(
            select(Shipment.id).where(Shipment.state == "shipped").order_by(Shipment.id)
        ).all()
    if sent:
        chosen = day.random.choice(sent)
        day.press(
            lambda session: ship.mark_delivered(
                session, shipment_id=chosen, who=WHO, now=day.hands.now()
            )
        )
        people.note("delivered")


Act = Callable[[People], None]
ACTS: tuple[tuple[int, Act], ...] = (
    (22, somebody_orders_at_shopify),
    (18, somebody_orders_at_etsy),
    (3, somebody_pays),
    (4, somebody_edits),
    (4, somebody_cancels),
    (4, somebody_refunds),
    (3, somebody_sends_by_hand),
    (2, somebody_answers),
    (1, somebody_types_a_stock),
    (8, somebody_makes),
    (5, goods_come_in),
    (14, somebody_packs),
    (3, somebody_corrects_a_number),
    (4, a_parcel_arrives),
)
A_MOMENT = timedelta(minutes=3)
"""About so long passes between two looks of the workers."""
