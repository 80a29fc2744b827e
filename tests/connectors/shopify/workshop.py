"""A pretended shop with soap in Madrid and wax in Porto, and what is sent from there."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.protocol import Pushed
from connectors.sandbox.faults import Fault
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.shopify.wanted import Wanted
from mapping.effects import Fulfil, LineQuantity, Tracking
from tests.pretend_shopify import Hands, connect, open_store

CREATE = "fulfillmentCreate"
PARCEL = Tracking(carrier="correos", number="PQ 123 ES")
UNTRACKED = Tracking()


@dataclass
class Workshop:
    """A shop with soap in Madrid and wax in Porto, and an order of three and two."""

    hands: Hands
    store: Storefront
    order_id: str

    def line(self, sku: str) -> str:
        return next(str(one["id"]) for one in self.order["lines"] if one["sku"] == sku)

    @property
    def order(self) -> Mapping[str, list[Mapping[str, object]]]:
        return self.store.order(self.order_id)  # type: ignore[return-value]

    @property
    def standing(self) -> list[Mapping[str, object]]:
        return [one for one in self.order["fulfilments"] if one["status"] == "SUCCESS"]

    def sent(self) -> dict[str, int]:
        """Add up the pieces sent of each line, by SKU."""
        skus = {one["id"]: str(one["sku"]) for one in self.order["lines"]}
        sent: dict[str, int] = {}
        for fulfilment in self.standing:
            for line in fulfilment["lines"]:  # type: ignore[attr-defined]
                sku = skus[line["line_id"]]
                sent[sku] = sent.get(sku, 0) + line["quantity"]
        return sent

    def shipment(self, tracking: Tracking = PARCEL, /, **pieces: int) -> Fulfil:
        lines = tuple(
            LineQuantity(line_id=self.line(sku), quantity=n) for sku, n in pieces.items()
        )
        return Fulfil(order_id=self.order_id, lines=lines, tracking=tracking)

    def push(self, effect: Fulfil) -> Pushed:
        return connect(self.store).push(effect)

    def look_up(self, effect: Fulfil) -> Pushed | None:
        return connect(self.store).look_up(effect)

    def fail(self, kind: str, **more: object) -> None:
        fault = {"kind": kind, "operation": CREATE, "times": 1, **more}
        self.store.faults.add(Fault(**fault))  # type: ignore[arg-type]


def open_workshop() -> Workshop:
    hands = Hands()
    store = open_store(hands)
    madrid, porto = store.add_location("Madrid"), store.add_location("Porto")
    store.add_variant(
        sku="SOAP", title="Soap", price="6.50", stock={madrid: 40}, location=madrid
    )
    store.add_variant(
        sku="WAX", title="Wax", price="9.00", stock={porto: 40}, location=porto
    )
    order_id = store.place_order(
        [Wanted(sku="SOAP", quantity=3), Wanted(sku="WAX", quantity=2)]
    )
    return Workshop(hands, store, order_id)
