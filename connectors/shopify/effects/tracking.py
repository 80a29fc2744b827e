"""Telling Shopify that parcels it knows are followed elsewhere than we said."""

from collections.abc import Mapping

from connectors.errors import Conflict, NotFound, Rejected
from connectors.protocol import Pushed
from connectors.shopify.answers import Gid, Node, UserError
from connectors.shopify.carriers import tracking_input
from connectors.shopify.client import AdminApi
from connectors.shopify.effects.state import TrackingInfo
from connectors.shopify.ids import gid, joined, split
from mapping.effects import AmendTracking


class Event(Node):
    """Something that happened to a parcel on its way."""

    id: Gid
    status: str


class Events(Node):
    nodes: list[Event]


class Fulfilment(Node):
    """One fulfilment as it is now."""

    id: Gid
    status: str
    tracking_info: list[TrackingInfo]
    events: Events


class _FulfilmentAnswer(Node):
    fulfillment: Fulfilment | None


class _UpdateAnswer(Node):
    user_errors: list[UserError] = []


class _Updated(Node):
    fulfillment_tracking_info_update: _UpdateAnswer


def read_fulfilment(api: AdminApi, ref: str) -> Fulfilment:
    """Fetch one fulfilment by its number.

    :raises NotFound: there is none.
    """
    asked = {"id": gid("Fulfillment", ref)}
    found = api.ask("fulfilment", asked, into=_FulfilmentAnswer).fulfillment
    if found is None:
        raise NotFound("Shopify has no such fulfilment (any more)")
    return found


def push(api: AdminApi, effect: AmendTracking) -> Pushed:
    """Make each fulfilment carry this tracking, leaving those alone that already do.

    :raises Rejected: there is nothing to follow the parcel by.
    :raises Conflict: the fulfilment was cancelled.
    """
    tracking = _tracking(effect)
    refs = split(effect.fulfilment_refs)
    changed = [ref for ref in refs if _amend(api, ref, effect=effect, tracking=tracking)]
    outcome = "created" if changed else "already_there" if refs else "nothing_to_do"
    return Pushed(remote_ref=joined(refs), outcome=outcome)


def look_up(api: AdminApi, effect: AmendTracking) -> Pushed | None:
    """See that every fulfilment carries this tracking."""
    tracking = _tracking(effect)
    refs = split(effect.fulfilment_refs)
    if not all(_carries(read_fulfilment(api, ref), tracking) for ref in refs):
        return None
    return Pushed(remote_ref=joined(refs), outcome="already_there")


def _tracking(effect: AmendTracking) -> Mapping[str, object]:
    tracking = tracking_input(effect.tracking)
    if not tracking:
        raise Rejected("there is no carrier, number or link to follow the parcel by")
    return tracking


def _amend(
    api: AdminApi, ref: str, *, effect: AmendTracking, tracking: Mapping[str, object]
) -> bool:
    there = read_fulfilment(api, ref)
    if _carries(there, tracking):
        return False
    if there.status == "CANCELLED":
        raise Conflict("the fulfilment was cancelled in Shopify")
    variables = {"id": there.id, "tracking": tracking, "notify": effect.notify}
    said = api.ask("tracking_update", variables, into=_Updated, write=True)
    if errors := said.fulfillment_tracking_info_update.user_errors:
        raise api.refusal(errors, doing="change the tracking")
    return True


def _carries(there: Fulfilment, tracking: Mapping[str, object]) -> bool:
    """Compare what we would send; a link we do not send is Shopify's own affair."""
    return len(there.tracking_info) == 1 and all(
        getattr(there.tracking_info[0], field) == value for field, value in tracking.items()
    )
