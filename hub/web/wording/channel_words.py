"""What is done at a channel, what differs there, and its lists, in words."""

from collections.abc import Mapping

from hub.web.wording.language import N_

CAPABILITIES: Mapping[str, str] = {
    "webhooks": N_("Subscriptions to its messages"),
    "stock": N_("Pieces to sell"),
    "fulfil": N_("Parcels and tracking"),
    "hold": N_("Orders that wait for stock"),
    "progress": N_("Production started"),
    "delivered": N_("Parcels that arrived"),
    "promised": N_("Days promised"),
    "mail": N_("Letters to customers"),
}
DRIFTS: Mapping[str, str] = {
    "order": N_("Order not read yet"),
    "fulfilment": N_("Parcels of order"),
    "cancel": N_("Cancelled here only: order"),
    "stock": N_("Pieces of"),
}
TASKS: Mapping[str, str] = {
    "ship": N_("Mark it as sent"),
    "cancel": N_("Cancel the order"),
    "refund": N_("Give the money back"),
}
BACKFILLS: Mapping[str, str] = {
    "running": N_("going on"),
    "paused": N_("paused"),
    "stopped": N_("stopped"),
    "done": N_("done"),
    "failed": N_("failed"),
}
STREAMS: Mapping[str, str] = {
    "updated": N_("Changed orders"),
    "cancelled": N_("Cancelled orders"),
    "unshipped": N_("Orders not sent yet"),
}

SAID: Mapping[str, Mapping[str, str]] = {
    "capability": CAPABILITIES,
    "drift": DRIFTS,
    "task": TASKS,
    "backfill": BACKFILLS,
    "stream": STREAMS,
}
