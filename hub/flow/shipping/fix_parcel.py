"""Mending what a channel refused about a parcel: its tracking is set right and told again."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from hub.flow.refusal import Missing, Refusal
from hub.flow.shipping.ship import check_tracking
from hub.models.claims.outbox import try_again
from hub.models.records.history import record
from hub.models.records.messages import OutboundMessage
from hub.models.records.shipping import Shipment
from mapping.effects import Tracking

MENDABLE = ("fulfil", "amend_tracking")
"""The news that carry a tracking."""
STUCK = ("held", "dead")


def can_mend(message: OutboundMessage) -> bool:
    """Say whether a message hangs whose tracking may be set right."""
    return (
        message.kind in MENDABLE
        and message.state in STUCK
        and message.shipment_id is not None
    )


def mend_tracking(
    session: Session, *, message_id: int, tracking: Tracking, who: str, now: datetime
) -> None:
    """Set the tracking of a parcel right, in the message that was refused too, and tell it again.

    If the channel may hold the message already, it is looked up first
    (hub/models/claims/outbox.py).

    :raises Missing: there is no such message.
    :raises Refusal: it does not hang, or carries no tracking.
    :raises Invalid: a tracking that cannot be.
    """
    check_tracking(tracking)
    message = session.get(OutboundMessage, message_id, with_for_update=True)
    if message is None:
        raise Missing("There is no such message.")
    if not can_mend(message):
        raise Refusal(
            "Only the tracking of a parcel the shop refused can be set right here."
        )
    shipment = session.get_one(Shipment, message.shipment_id, with_for_update=True)
    before = shipment.tracking_number
    shipment.carrier, shipment.tracking_number = tracking.carrier, tracking.number
    shipment.tracking_url = tracking.url
    message.payload = {**message.payload, "tracking": asdict(tracking)}
    session.flush()
    record(
        session, at=now, who=who, subject="shipment", subject_id=shipment.id,
        what="shipment.tracking", from_state=before, to_state=tracking.number,
    )  # fmt: skip
    try_again(session, message_id=message_id, who=who, now=now)
