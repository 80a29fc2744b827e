"""What a machine does to orders: placed, changed, held, hurried, sent, and sent back."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition
from sqlalchemy import select

from hub.flow.intake.upsert import upsert_order
from hub.flow.orders import change
from hub.flow.orders.prioritise import prioritise
from hub.flow.planning import new_day
from hub.flow.replan import mark_too_old
from hub.flow.shipping.ship import ship
from hub.flow.shipping.take_back import Back, Fate, take_back
from hub.models.records.orders import Demand, OrderLine
from hub.models.records.shipping import ShipmentLine, ShipmentPick
from mapping.effects import Tracking
from tests.factories import PIECE
from tests.flow.bench import WHO
from tests.flow.orders_of_the_shop import a_line, an_order
from tests.flow.workshop.workshop_ground import ANY, LISTINGS, PIECES, Ground, deed, one_of
from tests.flow.workshop.workshop_model import PlainLine, PlainOrder, PlainParcel

BASKETS = st.dictionaries(st.sampled_from(sorted(LISTINGS)), PIECES, min_size=1)
ASKED = st.sampled_from([None, None, 1, 5])


class Selling(Ground):
    """What buyers, their shop and whoever packs do."""

    @deed(basket=BASKETS)
    def take_an_order(self, basket: dict[str, int]) -> None:
        self.order(basket)

    def order(self, basket: dict[str, int]) -> None:
        plain = PlainOrder(external_id=f"order-{len(self.plain.orders) + 1}")
        for sku, pieces in sorted(basket.items()):
            parts = {self.items[code].id: n for code, n in LISTINGS[sku].items()}
            plain.lines[sku] = PlainLine(0, pieces, parts)
        order_id = self.tell(plain)
        lines = select(OrderLine).filter_by(order_id=order_id)
        for line in self.session.scalars(lines):
            plain.lines[line.sku].line_id = line.id
        self.plain.orders[order_id] = plain
        self.note("ordered")

    def tell(self, plain: PlainOrder, *, is_cancelled: bool = False) -> int:
        """Let the shop tell the newest version of an order."""
        plain.versions += 1
        lines = [
            a_line(sku, pieces=line.wanted, fulfilled=min(line.wanted, line.shipped))
            for sku, line in plain.lines.items()
        ]
        told = an_order(
            *lines,
            after=plain.versions,
            external_id=plain.external_id,
            cancelled_at=self.now if is_cancelled else None,
        )
        placed_at = self.now if plain.versions == 1 else told.placed_at
        told = replace(told, placed_at=placed_at)
        done = upsert_order(
            self.session, account=self.account, order=told, who="channel:1", now=self.now
        )
        return done.order_id

    @precondition(lambda self: self.plain.orders)
    @deed(which=ANY, line=ANY, pieces=PIECES)
    def change_a_line(self, which: int, line: int, pieces: int) -> None:
        plain = self.plain.orders[one_of(self.plain.orders, which)]
        changed = plain.lines[one_of(plain.lines, line)]
        self.note("edited up" if pieces > changed.wanted else "edited down")
        changed.wanted = max(pieces, changed.shipped)
        self.tell(plain)

    @precondition(lambda self: self.plain.orders)
    @deed(which=ANY, line=ANY)
    def take_a_line_out(self, which: int, line: int) -> None:
        plain = self.plain.orders[one_of(self.plain.orders, which)]
        gone = plain.lines[one_of(plain.lines, line)]
        gone.wanted = gone.shipped
        self.tell(plain)
        self.note("line cancelled")

    @precondition(lambda self: self.plain.orders)
    @deed(which=ANY)
    def hear_that_the_shop_cancelled(self, which: int) -> None:
        plain = self.plain.orders[one_of(self.plain.orders, which)]
        self.tell(plain, is_cancelled=True)
        plain.intent = "cancelled"
        self.note("cancelled there")

    @precondition(lambda self: self.plain.orders)
    @deed(which=ANY, what=st.sampled_from(["cancelled", "on_hold", "open"]))
    def decide_about_an_order(self, which: int, what: str) -> None:
        order_id = one_of(self.plain.orders, which)
        plain = self.plain.orders[order_id]
        has_sent = any(line.shipped for line in plain.lines.values())
        is_possible = {
            "cancelled": plain.intent != "cancelled" and not (has_sent and not plain.left),
            "on_hold": plain.intent == "open",
            "open": plain.intent == "on_hold",
        }[what]
        deeds = {
            "cancelled": change.cancel_order,
            "on_hold": change.hold_order,
            "open": change.release_order,
        }
        self.attempt(
            lambda: deeds[what](
                self.session, order_id=order_id, reason="", who=WHO, now=self.now
            ),
            is_possible=is_possible,
        )
        if is_possible:
            plain.intent = what
            self.note(f"order {what}")

    @precondition(lambda self: self.waiting())
    @deed(which=ANY, priority=st.sampled_from([1, 50, 100]))
    def hurry_an_order(self, which: int, priority: int) -> None:
        prioritise(
            self.session, order_id=one_of(self.waiting(), which), priority=priority,
            reason="a wedding", who=WHO, now=self.now,
        )  # fmt: skip
        self.note("hurried")

    def waiting(self) -> list[int]:
        """Return the open orders of which something is still to be sent."""
        return [
            order_id
            for order_id, plain in self.plain.orders.items()
            if plain.intent == "open" and plain.left
        ]

    @deed(days=st.sampled_from([1, 1, 1, 4]))
    def let_days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)
        orders = new_day.begin_day(self.session, now=self.now, zone=UTC)
        new_day.refresh_some(self.session, order_ids=orders, now=self.now, zone=UTC)
        mark_too_old(self.session, today=self.today, now=self.now)
        new_day.end_day(self.session, now=self.now)
        self.note("slept")

    # Parcels ----------------------------------------------------------------------------------

    @precondition(lambda self: self.waiting())
    @deed(which=ANY)
    def send_all_that_is_ready(self, which: int) -> None:
        order_id = one_of(self.waiting(), which)
        ready = self.ready(order_id)
        self.send(order_id, ready, is_possible=any(ready.values()), says=False)

    @precondition(lambda self: self.plain.orders)
    @deed(which=ANY, line=ANY, pieces=PIECES)
    def send_pieces_of_a_line(self, which: int, line: int, pieces: int) -> None:
        order_id = one_of(self.plain.orders, which)
        plain = self.plain.orders[order_id]
        line_id = one_of(plain.lines.values(), line).line_id
        is_ready = pieces <= self.ready(order_id)[line_id]
        is_possible = is_ready and plain.intent == "open"
        self.send(order_id, {line_id: pieces}, is_possible=is_possible, says=True)

    def ready(self, order_id: int) -> dict[int, int]:
        """Say how many pieces of each line could leave with what is held for it."""
        pieces: dict[int, int] = {}
        for line in self.plain.orders[order_id].lines.values():
            usable: dict[int, int] = defaultdict(int)
            for (demand_id, lot), quantity in self.held_for(line).items():
                if self.is_good(lot):
                    usable[self.session.get_one(Demand, demand_id).item_id] += quantity
            sets = [usable[item] // (each * PIECE) for item, each in line.parts.items()]
            pieces[line.line_id] = min(line.left, *sets)
        return pieces

    def held_for(self, line: PlainLine) -> dict[tuple[int, int], int]:
        """Read what is held for a line, by demand and lot."""
        query = select(Demand.id).filter_by(order_line_id=line.line_id)
        return self.held(demands=self.session.scalars(query).all())

    def send(
        self, order_id: int, pieces: dict[int, int], *, is_possible: bool, says: bool
    ) -> None:
        held: dict[int, int] = defaultdict(int)
        for line in self.plain.orders[order_id].lines.values():
            for (_, lot), quantity in self.held_for(line).items():
                held[lot] += quantity
        parcel_id = self.attempt(
            lambda: ship(
                self.session, order_id=order_id, lines=pieces if says else None,
                tracking=Tracking(), notify=False, who=WHO, now=self.now,
            ),
            is_possible=is_possible,
        )  # fmt: skip
        if parcel_id is None:
            return
        lines = select(ShipmentLine.id).filter_by(shipment_id=parcel_id)
        picks = select(ShipmentPick).where(ShipmentPick.shipment_line_id.in_(lines))
        picked: dict[int, int] = defaultdict(int)
        for pick in self.session.scalars(picks):
            picked[pick.lot_id] += pick.quantity
        self.gone(order_id, pieces, parcel_id, picked=picked, held=held)

    def gone(
        self,
        order_id: int,
        pieces: dict[int, int],
        parcel_id: int,
        *,
        picked: dict[int, int],
        held: dict[int, int],
    ) -> None:
        """Note what left: just what was asked for, and only of what was held for it."""
        sent: dict[int, int] = defaultdict(int)
        for line in self.plain.orders[order_id].lines.values():
            line.shipped += pieces.get(line.line_id, 0)
            for item_id, each in line.parts.items():
                sent[item_id] += pieces.get(line.line_id, 0) * each * PIECE
        for lot, quantity in picked.items():
            assert quantity <= held[lot]
            assert self.is_good(lot)
            self.plain.lots[lot].on_hand -= quantity
            sent[self.plain.lots[lot].item_id] -= quantity
        assert not any(sent.values())
        went = {line: count for line, count in pieces.items() if count}
        self.plain.parcels[parcel_id] = PlainParcel(order_id, went, dict(picked))
        self.note("sent")

    @precondition(lambda self: self.plain.parcels)
    @deed(which=ANY, line=ANY, pieces=st.integers(1, 3), fate=st.sampled_from(Fate))
    def take_goods_back(self, which: int, line: int, pieces: int, fate: Fate) -> None:
        parcel_id = one_of(self.plain.parcels, which)
        parcel = self.plain.parcels[parcel_id]
        line_id = one_of(parcel.lines, line)
        back = self.comes_back(parcel, line_id, pieces)
        is_possible = all(
            quantity <= self.still_out(parcel, item_id)
            for item_id, quantity in back.items()
        )
        lots = self.attempt(
            lambda: take_back(
                self.session, shipment_id=parcel_id,
                lines=[Back(order_line_id=line_id, pieces=pieces, fate=fate)],
                reason="", who=WHO, now=self.now,
            ),
            is_possible=is_possible,
        )  # fmt: skip
        for lot in lots or ():
            self.took_back(parcel, lot, back, fate)

    def comes_back(self, parcel: PlainParcel, line_id: int, pieces: int) -> dict[int, int]:
        lines = self.plain.orders[parcel.order_id].lines.values()
        parts = next(line.parts for line in lines if line.line_id == line_id)
        return {item_id: pieces * each * PIECE for item_id, each in parts.items()}

    def still_out(self, parcel: PlainParcel, item_id: int) -> int:
        """Say how much of an item left in a parcel and is not back."""
        lots = self.plain.lots
        out = sum(
            much for lot, much in parcel.picked.items() if lots[lot].item_id == item_id
        )
        back = parcel.lots_back.items()
        return out - sum(much for lot, much in back if lots[lot].item_id == item_id)

    def took_back(
        self, parcel: PlainParcel, lot: int, back: dict[int, int], fate: Fate
    ) -> None:
        """Note a lot that came back, no better than those that it may have been of."""
        self.came_in(lot, 0, is_bought=False)
        plain = self.plain.lots[lot]
        quantity = back[plain.item_id]
        sources = {
            each for each in parcel.picked if self.plain.lots[each].item_id == plain.item_id
        }
        plain.on_hand = 0 if fate is Fate.SCRAP else quantity
        if fate is not Fate.RESTOCK or self.plain.is_suspect(sources):
            plain.state = "quarantined"
        parcel.lots_back[lot] = quantity
        self.note(f"returned to {fate.value}")
