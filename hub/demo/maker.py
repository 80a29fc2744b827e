"""A maker who does alone what people do on the pages: receive, start, finish, ship, deliver."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from itertools import islice
from random import Random

from pydantic import BaseModel

from hub.demo.api import MOST_ROWS, Api, Refused

CARRIERS = ("Correos", "SEUR", "MRW")
BOUGHT = ("material", "packaging")
DELIVERY = 4
"""Who is short orders so many times what is missing, so as not to be short again at once."""
ORDERS_AT_ONCE = 20
"""Most waiting orders that are opened to see what they wait for."""


class Quantity(BaseModel):
    """An amount in the item's own unit."""

    amount: Decimal
    unit: str


class Order(BaseModel):
    """An order in a list."""

    id: str
    number: str


class Lack(BaseModel):
    """What an order waits for."""

    item: str
    quantity: Quantity


class WaitingOrder(Order):
    """An order with what it waits for."""

    shortages: list[Lack]


class Material(BaseModel):
    """What a run needs of one item."""

    item: str
    needed: Quantity
    reserved: Quantity
    short: Quantity


class Run(BaseModel):
    """A production order."""

    id: str
    number: str
    item: str
    planned: Quantity
    started_at: datetime | None
    materials: list[Material]


class Shipment(BaseModel):
    """A parcel."""

    id: str
    number: str
    shipped_at: datetime


class Item(BaseModel):
    """An item, as far as it matters here."""

    name: str
    kind: str


class Orders(BaseModel):
    """A page of orders."""

    items: list[Order]


class Runs(BaseModel):
    """A page of production orders."""

    items: list[Run]


class Shipments(BaseModel):
    """A page of shipments."""

    items: list[Shipment]


class Maker:
    """Does one thing at a time, whatever is possible, each kind of work in its turn.

    `work` is how long a run takes, `way` how long a parcel is on its way; `now` tells the time.
    """

    def __init__(
        self,
        api: Api,
        *,
        random: Random,
        now: Callable[[], datetime],
        work: timedelta = timedelta(seconds=5),
        way: timedelta = timedelta(seconds=30),
    ) -> None:
        self._api, self._random, self._now = api, random, now
        self._work, self._way = work, way
        self._items: dict[str, Item] = {}
        self._turns = deque(
            (self._ship, self._finish, self._start, self._receive, self._deliver)
        )

    def act(self) -> str:
        """Do one thing and say what it was; say nothing if there is nothing to do.

        :raises hub.demo.api.Away: the hub does not answer.
        """
        for turn in tuple(self._turns):
            self._turns.rotate(-1)
            if done := turn():
                return done
        return ""

    def _ship(self) -> str:
        for order in self._orders("ready_to_ship"):
            carrier, number = self._random.choice(CARRIERS), self._tracking_number()
            parcel = {"order": order.id, "carrier": carrier, "tracking_number": number}
            if self._agrees("/shipments", parcel):
                return f"shipped {order.number} with {carrier} {number}"
        return ""

    def _finish(self) -> str:
        for run in self._runs("running"):
            if run.started_at is None or self._now() - run.started_at < self._work:
                continue
            if self._agrees(f"/production-orders/{run.id}/finish", {}):
                return f"finished {run.number}: {self._what(run)}"
        return ""

    def _start(self) -> str:
        for run in (*self._runs("released"), *self._runs("planned")):
            is_ready = all(
                each.reserved.amount >= each.needed.amount for each in run.materials
            )
            if is_ready and self._agrees(f"/production-orders/{run.id}/start"):
                return f"started {run.number}: {self._what(run)}"
        return ""

    def _receive(self) -> str:
        for code, missing in self._missing().items():
            item = self._item(code)
            amount = (missing.amount * DELIVERY).to_integral_value(ROUND_CEILING)
            quantity = {"amount": str(amount), "unit": missing.unit}
            if item.kind in BOUGHT and self._agrees(
                "/lots", {"item": code, "quantity": quantity}
            ):
                return f"received {amount} {missing.unit} of {item.name}"
        return ""

    def _deliver(self) -> str:
        found = self._api.get(
            "/shipments", into=Shipments, state="shipped", limit=MOST_ROWS
        )
        for parcel in reversed(found.items):
            is_there = self._now() - parcel.shipped_at >= self._way
            if is_there and self._agrees(f"/shipments/{parcel.id}/delivered"):
                return f"{parcel.number} was delivered"
        return ""

    def _missing(self) -> dict[str, Quantity]:
        """Say what is missing and how much, the largest lack of each item."""
        missing: dict[str, Quantity] = {}
        for code, short in (*self._short_for_runs(), *self._short_for_orders()):
            if short.amount > 0 and (
                code not in missing or missing[code].amount < short.amount
            ):
                missing[code] = short
        return missing

    def _short_for_runs(self) -> Iterator[tuple[str, Quantity]]:
        for run in (*self._runs("planned"), *self._runs("released")):
            for material in run.materials:
                yield material.item, material.short

    def _short_for_orders(self) -> Iterator[tuple[str, Quantity]]:
        waiting = self._orders("waiting_for_materials", "needs_attention")
        for order in islice(waiting, ORDERS_AT_ONCE):
            found = self._api.get(f"/orders/{order.id}", into=WaitingOrder)
            for lack in found.shortages:
                yield lack.item, lack.quantity

    def _orders(self, *phases: str) -> Iterator[Order]:
        """Find orders, the oldest first."""
        for phase in phases:
            found = self._api.get("/orders", into=Orders, phase=phase, limit=MOST_ROWS)
            yield from reversed(found.items)

    def _runs(self, state: str) -> Iterable[Run]:
        found = self._api.get("/production-orders", into=Runs, state=state, limit=MOST_ROWS)
        return reversed(found.items)

    def _item(self, code: str) -> Item:
        if code not in self._items:
            self._items[code] = self._api.get(f"/items/{code}", into=Item)
        return self._items[code]

    def _what(self, run: Run) -> str:
        name, planned = self._item(run.item).name, run.planned
        if planned.unit == "each":  # less an expected loss, that is seldom a whole number
            return f"{int(planned.amount)} × {name}"
        return f"{planned.amount} {planned.unit} of {name}"

    def _agrees(self, path: str, body: Mapping[str, object] | None = None) -> bool:
        """Have something done; say no if the hub does, for somebody may have been faster."""
        try:
            self._api.post(path, body)
        except Refused:
            return False
        return True

    def _tracking_number(self) -> str:
        return f"PK{self._random.randrange(10**10):010}ES"
