"""What the steps of connecting a shop are called, and what each switch changes there."""

from collections.abc import Mapping

from hub.web.wording.language import N_, gettext

STAGES: Mapping[str, str] = {
    "create": N_("Create"),
    "paste": N_("Paste"),
    "test": N_("Test"),
    "bring": N_("Bring"),
    "rehearse": N_("Rehearse"),
    "live": N_("Go live"),
}
"""The steps in their order; each can be entered again at any time."""

CHANGES: Mapping[str, str] = {
    "webhooks": N_(
        "Hornada subscribes to the messages it reads, and mends what gets lost. Nothing a "
        "buyer sees changes."
    ),
    "stock": N_(
        "The pieces that can be bought are written into the shop's stock, now and whenever "
        "they change. This overwrites what is there."
    ),
    "fulfil": N_(
        "Orders you ship here are marked as sent there, with carrier and tracking; the shop "
        "then writes to the buyer."
    ),
    "hold": N_("Orders that wait for stock are put on hold there, and let go again."),
    "progress": N_(
        "Orders in production are marked as in progress, with the run's number."
    ),
    "delivered": N_("Parcels that arrived are marked as delivered."),
    "promised": N_("The day an order is promised for is written on the order."),
    "mail": N_("Letters to customers leave from this mailbox."),
}
"""What changes at a channel when a capability goes live."""

FILED = N_("Mail that is settled is moved to its folder; none is deleted.")
"""What changes in a mailbox when its account goes live."""


def stage_words() -> list[tuple[str, str]]:
    """Return the steps and their names, in order."""
    return [(key, gettext(words)) for key, words in STAGES.items()]


def changes_word(capability: str) -> str:
    """Say what changes at the channel when a capability goes live."""
    words = CHANGES.get(capability, "")
    return gettext(words) if words else ""
