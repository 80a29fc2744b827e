"""Telling Shopify that an order is being made, and that its parcels arrived."""

from connectors.errors import OutcomeUnknown
from connectors.protocol import Pushed
from connectors.shopify.answers import Node, UserError
from connectors.shopify.client import AdminApi
from connectors.shopify.effects.holds import shortened
from connectors.shopify.effects.state import FulfilmentOrder, Ref, read_state
from connectors.shopify.effects.tracking import Event, read_fulfilment
from connectors.shopify.ids import gid, joined, number, split
from mapping.effects import Delivered, Progress

LONGEST_NOTE = 256
ARRIVED = "DELIVERED"


class _ProgressAnswer(Node):
    user_errors: list[UserError] = []


class _Reported(Node):
    fulfillment_order_report_progress: _ProgressAnswer


class _EventAnswer(Node):
    fulfillment_event: Ref | None = None
    user_errors: list[UserError] = []


class _EventMade(Node):
    fulfillment_event_create: _EventAnswer


# Being made ----------------------------------------------------------------------------


def push_progress(api: AdminApi, effect: Progress) -> Pushed:
    """Show the merchant that what is left of the order is in the making.

    Said again it only replaces the note, so it needs no look first.
    """
    in_the_making = _reportable(api, effect)
    for order in in_the_making:
        note = shortened(effect.note, LONGEST_NOTE)
        variables = {"id": order.id, "progress": {"reasonNotes": note}}
        said = api.ask("report_progress", variables, into=_Reported, write=True)
        if errors := said.fulfillment_order_report_progress.user_errors:
            raise api.refusal(errors, doing="show that the order is being made")
    refs = joined(number(order.id) for order in in_the_making)
    outcome = "created" if in_the_making else "nothing_to_do"
    return Pushed(remote_ref=refs, outcome=outcome)


def look_up_progress(api: AdminApi, effect: Progress) -> Pushed | None:
    """Say whether it is too late to report; the note itself cannot be read back."""
    if _reportable(api, effect):
        return None
    return Pushed(remote_ref="", outcome="nothing_to_do")


def _reportable(api: AdminApi, effect: Progress) -> list[FulfilmentOrder]:
    orders = read_state(api, order_id=effect.order_id).orders
    return [one for one in orders if one.is_open and one.can("REPORT_PROGRESS")]


# Arrived -------------------------------------------------------------------------------


def push_delivered(api: AdminApi, effect: Delivered) -> Pushed:
    """Write that the parcels of these fulfilments arrived, once for each."""
    refs = split(effect.fulfilment_refs)
    outcome = "already_there" if refs else "nothing_to_do"
    events: list[str] = []
    for ref in refs:
        event = _arrival(api, ref)
        if event is None:
            event, outcome = _create(api, ref, effect=effect), "created"
        events.append(number(event.id))
    return Pushed(remote_ref=joined(events), outcome=outcome)


def look_up_delivered(api: AdminApi, effect: Delivered) -> Pushed | None:
    """See that every one of these fulfilments has arrived."""
    events = [_arrival(api, ref) for ref in split(effect.fulfilment_refs)]
    found = [number(event.id) for event in events if event is not None]
    if len(found) < len(events):
        return None
    return Pushed(remote_ref=joined(found), outcome="already_there")


def _arrival(api: AdminApi, ref: str) -> Ref | None:
    there: list[Event] = read_fulfilment(api, ref).events.nodes
    found = next((event for event in there if event.status == ARRIVED), None)
    return None if found is None else Ref(id=found.id)


def _create(api: AdminApi, ref: str, *, effect: Delivered) -> Ref:
    event = {
        "fulfillmentId": gid("Fulfillment", ref),
        "status": ARRIVED,
        "happenedAt": effect.at.isoformat(),
    }
    said = api.ask("event_create", {"event": event}, into=_EventMade, write=True)
    made = said.fulfillment_event_create
    if made.user_errors:
        raise api.refusal(made.user_errors, doing="note that the parcel arrived")
    if made.fulfillment_event is None:
        raise OutcomeUnknown("Shopify neither noted the arrival nor refused to")
    return made.fulfillment_event
