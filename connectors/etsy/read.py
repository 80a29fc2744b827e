"""What a message from Etsy says: thin events that name a receipt. Pure."""

import re
from dataclasses import dataclass

from connectors.errors import PayloadError
from connectors.etsy.read_words import id_of, mapping_of, plain
from connectors.readings import Ignored, Message, OrderChanged, Reading
from mapping.strict_json import JsonRefused, read_mended

RECEIPT_EVENTS = frozenset(
    {"order.paid", "order.canceled", "order.shipped", "order.delivered"}
)

_RESOURCE = re.compile(
    r"https://(?:api|openapi)\.etsy\.com/v3/application"
    r"/shops/(?P<shop>[0-9]{1,20})/receipts/(?P<receipt>[0-9]{1,20})",
    re.ASCII,
)
_WHITESPACE = re.compile(r"\s+")
"""Etsy's own example has a line break in the address."""

LONGEST_TOPIC = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What a webhook's body says, as far as it can be read."""

    topic: str = ""
    receipt_id: str = ""
    shops: frozenset[str] = frozenset()
    """Every shop it names: in `shop_id` (number or text) and in the address of the receipt."""


def event_of(body: bytes) -> Event:
    """Read an event. The address in it is only taken apart, never asked."""
    try:
        said = mapping_of(read_mended(body).value)
    except JsonRefused:
        return Event()
    address = _WHITESPACE.sub("", plain(said.get("resource_url")))
    found = _RESOURCE.fullmatch(address)
    named = [plain(said.get("shop_id")), found["shop"] if found else ""]
    return Event(
        topic=plain(said.get("event_type"))[:LONGEST_TOPIC],
        receipt_id=id_of(found["receipt"]) if found else "",
        shops=frozenset(named) - {""},
    )


def read(message: Message) -> Reading:
    """Say what a stored webhook means, whatever the order in which webhooks came.

    :raises PayloadError: it does not say which receipt it is about, or is not JSON.
    """
    event = event_of(message.body)
    topic = message.topic or event.topic
    if topic and topic not in RECEIPT_EVENTS:
        return Ignored(why=f"No event known here is called “{topic[:LONGEST_TOPIC]}”.")
    if not event.receipt_id:
        raise PayloadError("The message does not say which receipt it is about.")
    return OrderChanged(external_id=event.receipt_id)
