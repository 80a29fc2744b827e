"""What is wrong at the end of a day of chaos: all that hub and shops do not agree on exactly."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from connectors.protocol import FetchesOrders
from connectors.sandbox.shopify.records import Fulfilment
from hub.flow.telling.stock_facts import offer_of
from hub.invariants import check
from hub.models.catalogue.item_figures import item_figures
from hub.models.claims.outbox import OWED
from hub.models.records.channels import ChannelAccount
from hub.models.records.listings import Listing
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.orders import OrderLine, SalesOrder
from hub.models.records.planning import Replan
from hub.models.records.shipping import Shipment, ShipmentLine
from hub.models.records.upkeep import Drift, ManualTask
from hub.ports import open_channel
from mapping.canonical import content_hash
from tests.factories import PIECE
from tests.journeys.chaos_acts import Key, People
from tests.journeys.chaos_day import MEANS, SHARED, UNPUBLISHED, Day

PAID_AS = {
    "PAID": "paid",
    "PENDING": "pending",
    "PARTIALLY_REFUNDED": "part_refunded",
    "REFUNDED": "refunded",
    "VOIDED": "void",
}


def unsettled(day: Day) -> list[str]:
    """Name what is still under way: messages, plans, and connections that are not well."""
    with day.ports.database.reading() as session:
        return [*_messages_under_way(session), *_not_well(session)]


def wrongs(people: People) -> list[str]:
    """Say everything that is wrong when the day is over."""
    day = people.day
    with day.ports.database.reading() as session:
        return [
            *unsettled(day),
            *(f"{each.code} {each.subject} {each.subject_id}: {each.what}"
              for each in check(session, now=day.hands.now())),
            *_put_aside(session),
            *_orders(people, session),
            *_shopify_parcels(people, session),
            *_etsy_parcels(people),
            *_mails(people),
            *_stock(people, session),
        ]  # fmt: skip


# Messages ---------------------------------------------------------------------------------------


def _messages_under_way(session: Session) -> Iterator[str]:
    unread = select(InboundMessage).where(InboundMessage.state == "waiting")
    for message in session.scalars(unread):
        yield f"inbound {message.id} is waiting: {message.last_error}"
    untold = select(OutboundMessage).where(OutboundMessage.state.in_(OWED))
    for told in session.scalars(untold):
        yield f"outbound {told.id} is {told.state}: {told.last_error}"
    for mark in session.scalars(select(Replan)):
        yield f"item {mark.item_id} is not planned: {mark.why}"


def _not_well(session: Session) -> Iterator[str]:
    for account in session.scalars(select(ChannelAccount)):
        if account.needs_reconnect:
            yield f"{account.channel} asks to be connected again: {account.problem}"
    for drift in session.scalars(select(Drift).where(Drift.healed_at.is_(None))):
        yield (f"drift {drift.kind} {drift.external_id}: {drift.ours!r} here, "
               f"{drift.theirs!r} there, since {drift.found_at}")  # fmt: skip


def _put_aside(session: Session) -> Iterator[str]:
    """Nobody did anything that a person must answer."""
    for row in session.scalars(
        select(InboundMessage).where(InboundMessage.state != "done")
    ):
        yield f"inbound {row.id} {row.topic} is {row.state}: {row.last_error}"
    over = OutboundMessage.state.not_in(("sent", "shadowed"))
    for told in session.scalars(select(OutboundMessage).where(over)):
        yield f"outbound {told.id} {told.kind} is {told.state}: {told.last_error}"
    for task in session.scalars(select(ManualTask).where(ManualTask.state == "open")):
        yield f"task {task.key}: {task.why}"


# Orders -----------------------------------------------------------------------------------------


def _orders(people: People, session: Session) -> Iterator[str]:
    day = people.day
    query = select(SalesOrder).options(selectinload(SalesOrder.lines))
    channels = {account_id: name for name, account_id in day.accounts.items()}
    ours = {
        (channels[each.account_id], each.external_id): each
        for each in session.scalars(query)
    }
    for key in ours.keys() ^ people.placed.keys():
        yield f"order {key} is {'here' if key in ours else 'there'} alone"
    for key in sorted(ours.keys() & people.placed.keys()):
        yield from _order(day, key, ours[key])


def _order(day: Day, key: Key, ours: SalesOrder) -> Iterator[str]:
    there = _as_there(day, key)
    here = (
        {line.external_id: line.ordered - line.cancelled for line in ours.lines},
        ours.intent == "cancelled",
        ours.payment,
    )
    if here != there:
        yield f"order {key} is {here} here and {there} there"
    account = ChannelAccount
    with day.ports.database.reading() as session:
        found = session.get_one(account, day.accounts[key[0]])
    channel = open_channel(day.ports, account=found)
    assert isinstance(channel, FetchesOrders)
    if content_hash(channel.fetch_order(key[1])) != ours.content_hash:
        yield f"order {key} is here in another version than there"


def _as_there(day: Day, key: Key) -> tuple[dict[str, int], bool, str]:
    """Say what a shop itself holds of an order: pieces wanted by line, cancelled, paid."""
    channel, external_id = key
    if channel == "shopify":
        order = day.store.shop.orders[int(external_id)]
        is_over = order.cancelled_at is not None
        wanted = {
            str(line.id): 0 if is_over else line.current_quantity for line in order.lines
        }
        return wanted, is_over, PAID_AS[order.financial_status]
    receipt = day.etsy.books.receipts[int(external_id)]
    is_over = receipt.canceled_at is not None
    wanted = {
        str(line.id): 0 if is_over else line.quantity for line in receipt.transactions
    }
    paid = "paid" if receipt.paid_at else "void" if is_over else "pending"
    if receipt.refunded:
        paid = "refunded" if receipt.refunded >= receipt.grand_total else "part_refunded"
    return wanted, is_over, paid


# Parcels ----------------------------------------------------------------------------------------


def _shopify_parcels(people: People, session: Session) -> Iterator[str]:
    """Each parcel of ours is at Shopify once, with its pieces, and nothing besides."""
    day = people.day
    query = (
        select(Shipment, ShipmentLine.quantity, OrderLine.external_id)
        .join(ShipmentLine, ShipmentLine.shipment_id == Shipment.id)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(SalesOrder.account_id == day.accounts["shopify"])
    )
    here: Counter[tuple[str, str]] = Counter()
    arrived = set()
    for shipment, quantity, line_id in session.execute(query):
        here[shipment.tracking_number, line_id] += quantity
        if shipment.state == "delivered":
            arrived.add(shipment.tracking_number)
    there: Counter[tuple[str, str]] = Counter()
    for number, made in _told_by_us(day):
        for line in made.lines:
            there[number, str(line.line_id)] += line.quantity
        times = [event.status for event in made.events].count("DELIVERED")
        if times != (number in arrived):
            yield f"parcel {number} was told as arrived {times} times"
    for key in here.keys() | there.keys():
        if here[key] != there[key]:
            yield f"of parcel, line {key} {here[key]} left and {there[key]} are at Shopify"


def _told_by_us(day: Day) -> Iterator[tuple[str, Fulfilment]]:
    for order in day.store.shop.orders.values():
        for made in order.fulfilments:
            if made.made_by == "app" and made.status == "SUCCESS":
                yield ",".join(each.number or "" for each in made.tracking), made


def _etsy_parcels(people: People) -> Iterator[str]:
    """Each number of ours is at Etsy once."""
    for key, receipt in people.at_etsy():
        there = Counter(each.tracking_code for each in receipt.shipments)
        there.pop("HAND2", None)
        ours = Counter(number for number, whose in people.parcels.items() if whose == key)
        if there != ours:
            yield f"receipt {key} has parcels {dict(there)} there, {dict(ours)} left"


def _mails(people: People) -> Iterator[str]:
    """Each buyer was written to just as often as there was news."""
    told: Counter[Key] = Counter()
    for mail in people.day.store.shop.mails:
        told["shopify", str(mail.order_id)] += mail.kind.startswith("shipping_")
    for news in people.day.etsy.books.mails:
        by_hand = news.tracking_code == "HAND2"
        told["etsy", str(news.receipt_id)] += news.kind == "shipped" and not by_hand
    for key in told.keys() | people.mails.keys():
        if told[key] != people.mails.get(key, 0):
            yield f"the buyer of {key} has {told[key]} mails, due {people.mails.get(key, 0)}"


# Stock ------------------------------------------------------------------------------------------


def shown_of(day: Day, channel: str, sku: str) -> int:
    """Say what a shop shows of a thing."""
    if channel == "etsy":
        return day.etsy.stock()[sku]
    variant = day.store.variant(sku)
    assert variant is not None
    return variant.available[int(day.place)]


def promisable(session: Session, day: Day, sku: str) -> int:
    """Say how many pieces of an SKU the hub can promise now."""
    code, pieces = MEANS[sku]
    on = day.hands.now().date()
    figures = item_figures(session, item_ids=[day.items[code]], on=on)
    return figures[day.items[code]].promisable // (pieces * PIECE)


def most_of(day: Day, channel: str) -> int:
    """Say how many pieces a shop can show at most."""
    most = day.ports.channels[channel].spec.most_stock
    return sys.maxsize if most is None else most


def published(sku: str) -> bool:
    """Say whether the stock of an SKU is told."""
    return sku in MEANS and MEANS[sku][0] != UNPUBLISHED


def _stock(people: People, session: Session) -> Iterator[str]:
    day = people.day
    channels = {account_id: name for name, account_id in day.accounts.items()}
    query = select(Listing).options(selectinload(Listing.components))
    for listing in session.scalars(query):
        channel = channels[listing.account_id]
        if not published(listing.sku):
            if listing.stock_told_at is not None:
                yield f"the stock of {listing.sku} was told to {channel}"
            continue
        account = session.get_one(ChannelAccount, listing.account_id)
        assert offer_of(listing, account).is_mapped
        due = min(promisable(session, day, listing.sku), most_of(day, channel))
        shows = shown_of(day, channel, listing.sku)
        if not listing.stock_wanted == listing.stock_shown == shows == due:
            yield (f"{channel} shows {shows} of {listing.sku}; {listing.stock_wanted} wanted, "
                   f"{listing.stock_shown} believed, {due} due")  # fmt: skip
    if promisable(session, day, SHARED) != max(0, people.left_of_shared()):
        yield f"{promisable(session, day, SHARED)} of {SHARED} here, {people.left_of_shared()} left"


class StockWatch:
    """Looks at every number as it leaves for a shop, and keeps those that promise too much."""

    def __init__(self, people: People) -> None:
        """Watch what leaves on the day of these people."""
        self.people, self.day = people, people.day
        self.written = 0
        self.too_high: list[str] = []

    def __call__(self, url: str, said: object) -> None:
        """Look at one write: no more than can be promised, and no raise over unread sales."""
        channel = "etsy" if url.endswith("/inventory") else "shopify"
        for sku, quantity in _numbers(self.day, url, said):
            self.written += 1
            with self.day.ports.database.reading() as session:
                can = promisable(session, self.day, sku)
                unread = self._unread(session, channel, sku)
            if quantity > can:
                self._note(channel, sku, quantity, f"{can} can be promised")
            if unread and quantity > shown_of(self.day, channel, sku):
                self._note(channel, sku, quantity, f"raised over {unread} sold unread")

    def _note(self, channel: str, sku: str, quantity: int, why: str) -> None:
        at = self.day.hands.now().time()
        self.too_high.append(f"{at}: {channel} is told {quantity} of {sku}, {why}")

    def _unread(self, session: Session, channel: str, sku: str) -> int:
        """Count the pieces a shop sold in orders that the hub does not have."""
        ours = set(
            session.scalars(
                select(SalesOrder.external_id).filter_by(
                    account_id=self.day.accounts[channel]
                )
            )
        )
        sold = self.people.sold_at(channel, sku)
        return sum(pieces for order_id, pieces in sold.items() if order_id not in ours)


def _numbers(day: Day, url: str, said: object) -> Iterable[tuple[str, int]]:
    if not isinstance(said, dict):
        return
    if url.endswith("/inventory"):
        shown = day.etsy.stock()
        for product in said["products"]:
            quantity = product["offerings"][0]["quantity"]
            if published(product["sku"]) and quantity != shown[product["sku"]]:
                yield product["sku"], quantity
        return
    wish = said.get("variables", {}).get("input", {})
    for row in wish.get("quantities", []) if isinstance(wish, dict) else []:
        number = int(row["inventoryItemId"].rpartition("/")[2])
        variant = day.store.shop.by_inventory_item(number)
        if variant is not None and variant.sku is not None:
            yield variant.sku, row["quantity"]


# Times ------------------------------------------------------------------------------------------


def waits(people: People, *, since: datetime) -> dict[Key, timedelta]:
    """Say how long the hub did not know of each order placed since a moment."""
    day = people.day
    channels = {account_id: name for name, account_id in day.accounts.items()}
    with day.ports.database.reading() as session:
        rows = session.execute(
            select(SalesOrder.account_id, SalesOrder.external_id, SalesOrder.created_at)
        ).all()
    known = {(channels[r.account_id], r.external_id): r.created_at for r in rows}
    return {
        key: known[key] - at
        for key, at in people.placed.items()
        if at >= since and key in known
    }
