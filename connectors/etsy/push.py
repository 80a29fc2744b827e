"""What Etsy can be told, and whether it already knows: one pair of functions a kind."""

from connectors.errors import Unsupported
from connectors.etsy.client import EtsyApi
from connectors.etsy.effects import fulfil, set_stock
from connectors.protocol import Pushed
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


def push(api: EtsyApi, effect: Effect) -> Pushed:
    """Make Etsy hold an effect, looking first so that doing it twice does it once.

    :raises Unsupported: Etsy knows no such thing; no call was made.
    :raises ChannelError: the kind says what the outcome was.
    """
    match effect:
        case Fulfil():
            return fulfil.push(api, effect)
        case AmendTracking():
            return fulfil.push_tracking(api, effect)
        case SetStock():
            return set_stock.push(api, effect)
        case Hold() | ReleaseHold() | Progress() | Delivered() | Promised() | Mail():
            raise _unknown_there()


def look_up(api: EtsyApi, effect: Effect) -> Pushed | None:
    """Say whether Etsy already holds an effect, without writing anything.

    :raises Unsupported: Etsy knows no such thing; no call was made.
    :raises ChannelError: it could not be read.
    """
    match effect:
        case Fulfil():
            return fulfil.look_up(api, effect)
        case AmendTracking():
            return fulfil.look_up_tracking(api, effect)
        case SetStock():
            return set_stock.look_up(api, effect)
        case Hold() | ReleaseHold() | Progress() | Delivered() | Promised() | Mail():
            raise _unknown_there()


def _unknown_there() -> Unsupported:
    return Unsupported("Etsy can be told of parcels and of stock, and of nothing else")
