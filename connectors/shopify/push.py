"""What Shopify can be told, and whether it already knows: one pair of functions a kind."""

from connectors.errors import Unsupported
from connectors.protocol import Pushed
from connectors.shopify.client import AdminApi
from connectors.shopify.effects import fulfil, holds, milestones, promised, stock, tracking
from mapping.effects import (
    AmendTracking,
    Delivered,
    Effect,
    Fulfil,
    Hold,
    Mail,
    Progress,
    Promised,
    ReleaseHold,
    SetStock,
)


def push(api: AdminApi, effect: Effect) -> Pushed:  # noqa: C901 - a table, by kind
    """Make Shopify hold an effect, looking first so that doing it twice does it once.

    :raises Unsupported: Shopify knows no such thing; no call was made.
    :raises ChannelError: the kind says what the outcome was.
    """
    match effect:
        case Fulfil():
            return fulfil.push(api, effect)
        case AmendTracking():
            return tracking.push(api, effect)
        case Hold():
            return holds.push_hold(api, effect)
        case ReleaseHold():
            return holds.push_release(api, effect)
        case Progress():
            return milestones.push_progress(api, effect)
        case Delivered():
            return milestones.push_delivered(api, effect)
        case Promised():
            return promised.push(api, effect)
        case SetStock():
            return stock.push(api, effect)
        case Mail():
            raise _unknown_there()


def look_up(api: AdminApi, effect: Effect) -> Pushed | None:  # noqa: C901 - likewise
    """Say whether Shopify already holds an effect, without writing anything.

    :raises Unsupported: Shopify knows no such thing; no call was made.
    :raises ChannelError: it could not be read.
    """
    match effect:
        case Fulfil():
            return fulfil.look_up(api, effect)
        case AmendTracking():
            return tracking.look_up(api, effect)
        case Hold():
            return holds.look_up_hold(api, effect)
        case ReleaseHold():
            return holds.look_up_release(api, effect)
        case Progress():
            return milestones.look_up_progress(api, effect)
        case Delivered():
            return milestones.look_up_delivered(api, effect)
        case Promised():
            return promised.look_up(api, effect)
        case SetStock():
            return stock.look_up(api, effect)
        case Mail():
            raise _unknown_there()


def _unknown_there() -> Unsupported:
    return Unsupported("Shopify sends no letters of ours")
