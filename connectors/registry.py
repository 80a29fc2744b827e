"""The channels there are, by name: a plain dict, and whatever is installed beside us.

A package adds a channel by an entry point in the group `hornada.channels` whose name is the
channel's key and whose object is a `Registration`.
"""

from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points

from connectors.email.channel import REGISTRATION as EMAIL
from connectors.etsy.channel import REGISTRATION as ETSY
from connectors.manual.channel import REGISTRATION as MANUAL
from connectors.protocol import Registration
from connectors.shopify.channel import REGISTRATION as SHOPIFY

GROUP = "hornada.channels"

OURS: Mapping[str, Registration] = {
    "email": EMAIL,
    "etsy": ETSY,
    "manual": MANUAL,
    "shopify": SHOPIFY,
}


class BadChannel(Exception):
    """An installed package offers a channel that cannot be taken as it is."""


def with_theirs(
    ours: Mapping[str, Registration], *, offered: Iterable[EntryPoint]
) -> dict[str, Registration]:
    """Add the channels that installed packages offer to our own.

    :raises BadChannel: one takes a name that is taken, or is no registration of that name.
    """
    channels = dict(ours)
    for point in offered:
        if point.name in channels:
            raise BadChannel(f"the channel name {point.name!r} is taken: {point.value}")
        found: object = point.load()
        if not isinstance(found, Registration) or found.spec.key != point.name:
            raise BadChannel(f"{point.value} is not the registration of {point.name!r}")
        channels[point.name] = found
    return channels


CHANNELS: Mapping[str, Registration] = with_theirs(OURS, offered=entry_points(group=GROUP))
