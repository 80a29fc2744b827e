"""Telling Etsy that a parcel left the house, once: each telling writes to the buyer.

Etsy knows no quantities here: the first parcel marks the whole order as sent, and each later one
adds its tracking. `createReceiptShipment` has no idempotency, so every push looks first whether
its number is there; a parcel without a number is told by a flag that is only raised once.
"""

from connectors.errors import (
    ChannelError,
    Conflict,
    NotAllowedHere,
    OutcomeUnknown,
    PermissionDenied,
    Rejected,
)
from connectors.etsy.carriers import OTHER, carrier_code
from connectors.etsy.client import EtsyApi
from connectors.etsy.effects.receipt import (
    Receipt,
    Shipment,
    path_of,
    read_receipt,
    same,
)
from connectors.protocol import Pushed
from connectors.spec import Capability
from mapping.effects import AmendTracking, Fulfil, Tracking

ALWAYS_MAILS = (
    "Etsy wrote to the buyer: it does so with every parcel and cannot be asked not to"
)
SENT_BEFORE = (
    "Etsy already had this order as sent, without this number, and wrote to the buyer again"
)
OLD_STAYS = "Etsy cannot take back the number it had: the buyer now sees both"


def push(api: EtsyApi, effect: Fulfil) -> Pushed:
    """Make the order hold this parcel, exactly once.

    :raises Conflict: the order was cancelled or refunded on Etsy.
    :raises NotAllowedHere: Etsy closed this call to the shop.
    :raises Rejected: Etsy wants a number, or lost the one it was told.
    """
    if not any(line.quantity > 0 for line in effect.lines):
        return Pushed(remote_ref="", outcome="nothing_to_do")
    there = read_receipt(api, effect.order_id)
    if found := _held(there, effect):
        return found
    _refuse_called_off(there)
    if not same(effect.tracking.number):
        return _mark_sent(api, effect.order_id)
    news = SENT_BEFORE if there.is_sent and not effect.known_refs else ""
    return _tell(
        api, effect.order_id, tracking=effect.tracking, notify=effect.notify, news=news
    )


def look_up(api: EtsyApi, effect: Fulfil) -> Pushed | None:
    """Find the parcel by its number; one without a number is there once the order is sent."""
    return _held(read_receipt(api, effect.order_id), effect)


def push_tracking(api: EtsyApi, effect: AmendTracking) -> Pushed:
    """Tell of the number a parcel is really followed by, once.

    Etsy amends nothing: the number is added as a parcel of its own, which writes to the buyer
    again. A corrected number is worth that; another carrier or link for the same number is not.

    :raises Rejected: there is no number to follow the parcel by.
    """
    _need_number(effect)
    if not effect.fulfilment_refs:
        return Pushed(remote_ref="", outcome="nothing_to_do")
    there = read_receipt(api, effect.order_id)
    if parcel := there.parcel(effect.tracking.number):
        return _there(parcel)
    _refuse_called_off(there)
    news = OLD_STAYS if any(same(one.tracking_code) for one in there.parcels) else ""
    return _tell(
        api, effect.order_id, tracking=effect.tracking, notify=effect.notify, news=news
    )


def look_up_tracking(api: EtsyApi, effect: AmendTracking) -> Pushed | None:
    """See whether the order has a parcel with this number."""
    _need_number(effect)
    parcel = read_receipt(api, effect.order_id).parcel(effect.tracking.number)
    return _there(parcel) if parcel else None


# What is there ---------------------------------------------------------------------------


def _held(there: Receipt, effect: Fulfil) -> Pushed | None:
    if same(effect.tracking.number):
        parcel = there.parcel(effect.tracking.number)
        return _there(parcel) if parcel else None
    if not there.is_sent:
        return None
    return Pushed(remote_ref=_sent_ref(effect.order_id), outcome="already_there")


def _there(parcel: Shipment) -> Pushed:
    return Pushed(remote_ref=_ref(parcel), outcome="already_there")


def _ref(parcel: Shipment) -> str:
    """Name a parcel by Etsy's id, or where it has none by its number."""
    return parcel.receipt_shipping_id or f"code:{same(parcel.tracking_code)}"


def _sent_ref(order_id: str) -> str:
    """Name a parcel without a number, of which Etsy keeps only that the order was sent."""
    return f"receipt:{order_id}"


def _refuse_called_off(there: Receipt) -> None:
    if there.is_called_off:
        raise Conflict("the order was cancelled or fully refunded on Etsy")


def _need_number(effect: AmendTracking) -> None:
    if not same(effect.tracking.number):
        raise Rejected("there is no number to follow the parcel by, which Etsy needs")


# Telling of a number ---------------------------------------------------------------------


def _tell(
    api: EtsyApi, order_id: str, *, tracking: Tracking, notify: bool, news: str
) -> Pushed:
    code = carrier_code(tracking.carrier)
    payload: dict[str, object] = {
        "tracking_code": tracking.number.strip(),
        "carrier_name": code,
    }
    answer = _created(api, order_id, payload)
    parcel = answer.parcel(tracking.number) if answer.is_of(order_id) else None
    if parcel is None:
        parcel = _seen_again(api, order_id, number=tracking.number)
    warnings = (news, _about_carrier(code), "" if notify else ALWAYS_MAILS)
    return Pushed(
        remote_ref=_ref(parcel),
        outcome="created",
        warning=". ".join(filter(None, warnings)),
    )


def _created(api: EtsyApi, order_id: str, payload: dict[str, object]) -> Receipt:
    try:
        return api.post_json(
            f"{path_of(api, order_id)}/tracking", payload=payload, into=Receipt
        )
    except PermissionDenied as e:
        raise _by_hand(e) from e
    except Conflict:
        # What a 409 means here Etsy does not say; that the number is there would be one meaning.
        there = read_receipt(api, order_id)
        if there.parcel(str(payload["tracking_code"])) is None:
            raise
        return there


def _seen_again(api: EtsyApi, order_id: str, *, number: str) -> Shipment:
    """Look once more for a number that Etsy's answer lacks.

    :raises Rejected: it is not there: to tell again would write to the buyer again.
    """
    try:
        parcel = read_receipt(api, order_id).parcel(number)
    except ChannelError as e:
        raise OutcomeUnknown(
            "Etsy took the parcel, but its answer does not show the number",
            request_id=e.request_id,
        ) from e
    if parcel is None:
        # Seen more than once: etsy/open-api #201 and #466.
        raise Rejected(
            "Etsy took the parcel, and wrote to the buyer, but does not show its tracking "
            "number: type it there by hand, then retry this message"
        )
    return parcel


def _about_carrier(code: str) -> str:
    if code != OTHER:
        return ""
    return "Etsy does not know this carrier: the buyer sees the number without a link"


def _by_hand(denied: PermissionDenied) -> ChannelError:
    """Tell a country Etsy closed this call to (403, `Unauthorized`) from a missing scope."""
    said = str(denied).casefold()
    if "unauthorized" not in said or "scope" in said:
        return denied
    return NotAllowedHere(
        "Etsy does not let an app tell of parcels in this shop's country: mark the order as "
        "sent by hand on Etsy",
        capability=Capability.FULFIL,
        request_id=denied.request_id,
    )


# Telling only that it left ---------------------------------------------------------------


def _mark_sent(api: EtsyApi, order_id: str) -> Pushed:
    try:
        there = api.put_form(
            path_of(api, order_id), fields={"was_shipped": "true"}, into=Receipt
        )
    except PermissionDenied as e:
        raise _by_hand(e) from e
    except Rejected as e:
        if "tracking number" not in str(e).casefold():
            raise
        raise Rejected(
            "Etsy does not take this parcel without a tracking number (within the United "
            "States above 10 USD, and to India, it never does): type the number, or mark the "
            "order as sent by hand on Etsy",
            request_id=e.request_id,
        ) from e
    if not there.is_sent:
        raise OutcomeUnknown("Etsy took it, but does not show the order as sent")
    return Pushed(remote_ref=_sent_ref(order_id), outcome="created")
