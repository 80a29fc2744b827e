"""Parcels as they are told to Etsy, and an Etsy that answers what it is told to."""

from connectors.etsy.channel import Etsy
from connectors.protocol import Connection
from connectors.transport import Answer
from mapping.effects import (
    AmendTracking,
    Fulfil,
    LineQuantity,
    Tracking,
)
from tests.canned import CannedTransport

OTHER_NUMBER = Tracking(carrier="SEUR", number="07654321")
UNTRACKED = Tracking()
WORLD = [
    "drop_before_apply",
    "drop_after_apply",
    "fail_before_apply",
    "fail_after_apply",
    "hang_after_apply",
    "rate_limited",
]
RECEIPT = {"receipt_id": 7, "status": "Paid", "is_shipped": False, "shipments": []}
LOST = {**RECEIPT, "status": "Completed", "is_shipped": True}
THERE = {**LOST, "shipments": [{"receipt_shipping_id": None, "tracking_code": "PQ-1"}]}
PARCEL = Fulfil(
    order_id="7",
    lines=(LineQuantity(line_id="1", quantity=1),),
    tracking=Tracking(carrier="GLS", number="PQ 1"),
)


def canned(*answers: Answer | Exception) -> tuple[Etsy, CannedTransport]:
    transport = CannedTransport(answers)
    connection = Connection(
        settings={"shop_id": "42"},
        credentials={"keystring": "k", "shared_secret": "s", "access_token": "1.token"},
    )
    return Etsy(connection, transport=transport), transport


def amended(order: str, tracking: Tracking, *refs: str) -> AmendTracking:
    return AmendTracking(order_id=order, fulfilment_refs=refs, tracking=tracking)
