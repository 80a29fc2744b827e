"""A pretended Etsy shop with a listing or two, our channel, and what left and reached whom."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from connectors.errors import OutcomeUnknown, Retryable
from connectors.etsy.channel import Etsy
from connectors.protocol import Pushed
from connectors.sandbox.etsy.shop import EtsyShop
from connectors.sandbox.etsy.wanted import Wanted
from connectors.sandbox.faults import Fault
from mapping.effects import Effect, Fulfil, LineQuantity, Tracking
from tests.pretend_etsy import Hands, InProcess, Sent, connect, open_shop

Json = dict[str, object]

CORREOS = Tracking(carrier="Correos", number="PQ4X2B0012345670128014X")


@dataclass
class Bench:
    """The workbench of a test."""

    hands: Hands = field(default_factory=Hands)
    country: str = "ES"

    def __post_init__(self) -> None:
        self.shop: EtsyShop = open_shop(self.hands, country=self.country)
        self.wire = InProcess(self.shop)
        self.etsy: Etsy = connect(self.shop, transport=self.wire)
        self.soap = str(self.shop.add_listing(title="Soap", sku="SOAP", quantity=50)["id"])

    def order(self, **details: object) -> str:
        """Place an order of two soaps."""
        lines = [Wanted(sku="SOAP", quantity=2)]
        return self.shop.place_order(lines, **details)  # type: ignore[arg-type]

    def parcel(
        self,
        order_id: str,
        *,
        tracking: Tracking = CORREOS,
        notify: bool = True,
        known_refs: Sequence[str] = (),
    ) -> Fulfil:
        """Say that a soap of an order left."""
        lines = cast(list[Json], self.shop.order(order_id)["lines"])
        return Fulfil(
            order_id=order_id,
            lines=(LineQuantity(line_id=str(lines[0]["id"]), quantity=1),),
            tracking=tracking,
            notify=notify,
            known_refs=tuple(known_refs),
        )

    def strike(self, kind: str, operation: str, *, times: int = 1) -> None:
        """Let a fault strike the next calls of an operation."""
        self.shop.faults.add(Fault(kind=kind, operation=operation, times=times))

    def told(self, order_id: str) -> list[str]:
        """The numbers of the parcels the shop knows of an order."""
        shipments = cast(list[Json], self.shop.order(order_id)["shipments"])
        return [str(one["tracking_code"]) for one in shipments]

    def mails(self) -> int:
        """How often the shop wrote to a buyer."""
        return len(self.shop.mails())

    def writes(self) -> list[Sent]:
        """Every call that was to change something."""
        return [one for one in self.wire.sent if one.method != "GET"]

    def last_body(self) -> Json:
        """The JSON of the last call that was to change something."""
        return cast(Json, json.loads(self.writes()[-1].body))

    def persevere(self, effect: Effect, *, tries: int = 9) -> Pushed:
        """Do what the hub does: look up after a lost answer, and push again what is not there."""
        may_be_there = False
        for _ in range(tries):
            try:
                found = self.etsy.look_up(effect) if may_be_there else None
                return found or self.etsy.push(effect)
            except OutcomeUnknown:
                may_be_there = True
            except Retryable:
                continue
        raise AssertionError("it never ends")
