"""What Etsy says of a receipt's parcels: sent or not, followed by which numbers, or called off."""

from pydantic import ConfigDict

from connectors.errors import NotFound, PayloadError
from connectors.etsy.client import EtsyApi, Model

_CALLED_OFF = {"canceled", "cancelled", "fully refunded"}


class Shipment(Model):
    """One parcel, as Etsy told the buyer of it."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    receipt_shipping_id: str | None = None
    tracking_code: str | None = None


class Receipt(Model):
    """An order, as far as telling of its parcels needs it."""

    receipt_id: int
    status: str = ""
    is_shipped: bool | None = None
    shipments: list[Shipment] | None = None

    @property
    def is_called_off(self) -> bool:
        """Whether nothing of it is to be sent any more; a part may be refunded and the rest go."""
        return " ".join(self.status.casefold().replace("_", " ").split()) in _CALLED_OFF

    @property
    def is_sent(self) -> bool:
        """Whether Etsy has told the buyer that it left."""
        return bool(self.is_shipped or self.shipments)

    @property
    def parcels(self) -> list[Shipment]:
        """The parcels Etsy told the buyer of."""
        return self.shipments or []

    def is_of(self, order_id: str) -> bool:
        """Say whether this is the receipt that was asked for."""
        return str(self.receipt_id) == order_id.lstrip("0")

    def parcel(self, number: str) -> Shipment | None:
        """Find the parcel that is followed by a number."""
        wanted = same(number)
        return next(
            (one for one in self.parcels if same(one.tracking_code) == wanted), None
        )


def same(tracking_number: str | None) -> str:
    """Leave out what people and shops change in a number: spaces, dashes and case."""
    return "".join(c for c in (tracking_number or "").casefold() if c.isalnum())


def path_of(api: EtsyApi, order_id: str) -> str:
    """Return the path of a receipt of our own shop.

    :raises NotFound: it cannot be a receipt's id.
    """
    if not (order_id.isascii() and order_id.isdigit() and len(order_id) <= 20):
        raise NotFound("Etsy's orders have numbers, and this is none")
    return f"{api.shop_path}/receipts/{order_id}"


def read_receipt(api: EtsyApi, order_id: str) -> Receipt:
    """Fetch a receipt as it is now.

    :raises NotFound: there is none.
    :raises PayloadError: Etsy answered with another one (etsy/open-api discussion 979).
    """
    receipt = api.get(path_of(api, order_id), into=Receipt)
    if not receipt.is_of(order_id):
        raise PayloadError("Etsy answered with another order than the one asked for")
    return receipt
