"""A shop with one order, and what was told to it."""

from dataclasses import dataclass
from typing import cast

from connectors.protocol import Pushed
from connectors.sandbox.faults import Fault
from connectors.sandbox.shopify.storefront import Storefront
from mapping.effects import Effect, Fulfil, LineQuantity, Tracking
from tests.pretend_shopify import connect

Json = dict[str, object]


@dataclass
class Parcels:
    """A shop with one order of two soaps."""

    store: Storefront
    order_id: str

    def push(self, effect: Effect) -> Pushed:
        return connect(self.store).push(effect)

    def look_up(self, effect: Effect) -> Pushed | None:
        return connect(self.store).look_up(effect)

    def send(self, pieces: int, number: str) -> str:
        line = cast(list[Json], self.store.order(self.order_id)["lines"])[0]
        lines = (LineQuantity(line_id=str(line["id"]), quantity=pieces),)
        tracking = Tracking(carrier="Correos", number=number)
        fulfil = Fulfil(order_id=self.order_id, lines=lines, tracking=tracking)
        return self.push(fulfil).remote_ref

    def fail(self, kind: str, operation: str) -> None:
        self.store.faults.add(Fault(kind=kind, operation=operation, times=1))

    def calls(self, root: str) -> int:
        return sum(root in cast(list[str], one["roots"]) for one in self.store.requests())

    @property
    def work(self) -> list[Json]:
        return cast(list[Json], self.store.order(self.order_id)["fulfilment_orders"])

    @property
    def sent(self) -> dict[str, Json]:
        found = cast(list[Json], self.store.order(self.order_id)["fulfilments"])
        return {str(one["id"]): one for one in found}
