"""How the audit log names what things are, and the kinds of what happened to them."""

from collections.abc import Mapping, Sequence
from datetime import date

from hub.models.records.history import History
from hub.web.wording.event_words import EVENTS
from hub.web.wording.formats import write_day
from hub.web.wording.language import N_, gettext
from hub.web.wording.phrases import say
from hub.web.wording.words import (
    LISTINGS,
    LOTS,
    PHASES,
    PURCHASES,
    RUNS,
    SHIPMENTS,
    Word,
    said,
)

SUBJECTS: Mapping[str, str] = {
    "order": N_("Order"),
    "line": N_("Line of an order"),
    "listing": N_("Listing"),
    "item": N_("Item"),
    "lot": N_("Lot"),
    "production_order": N_("Run"),
    "shipment": N_("Parcel"),
    "channel": N_("Channel"),
    "customer": N_("Customer"),
    "supplier": N_("Supplier"),
    "purchase_order": N_("Purchase"),
    "purchase_line": N_("Line of a purchase"),
    "recall": N_("Recall"),
    "review": N_("Mail"),
    "mail": N_("Mail"),
    "notification": N_("Letter"),
    "inbound": N_("Message from a shop"),
    "outbound": N_("Message to a shop"),
    "drift": N_("Difference"),
    "task": N_("Task"),
    "work_centre": N_("Work centre"),
    "workshop": N_("Workshop"),
    "user": N_("Person"),
    "token": N_("Token"),
}
SUBJECT_PAGES: Mapping[str, tuple[str, str]] = {
    "order": ("show_order", "order_id"),
    "listing": ("show_listing", "listing_id"),
    "item": ("show_item", "item_id"),
    "lot": ("show_trace", "lot_id"),
    "production_order": ("show_run", "run_id"),
    "shipment": ("show_shipment", "shipment_id"),
    "channel": ("show_channel", "account_id"),
    "customer": ("show_customer", "customer_id"),
    "supplier": ("show_supplier", "supplier_id"),
    "purchase_order": ("show_purchase", "purchase_order_id"),
    "recall": ("show_recall", "recall_id"),
    "review": ("show_review", "review_id"),
    "notification": ("read_letter", "notification_id"),
    "workshop": ("show_workshop", ""),
    "work_centre": ("show_workshop", ""),
    "user": ("show_person", "user_id"),
    "token": ("list_tokens", ""),
}
"""The page of a thing, and what its address calls the id; empty where one page shows all."""

KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "people": (N_("People, log-ins and tokens"), ("user.", "token.")),
    "settings": (N_("Settings"), ("workshop.", "work_centre.", "letter.")),
    "channels": (N_("Channels"), ("channel.",)),
    "orders": (N_("Orders"), ("order.", "line.", "decision.", "task.")),
    "mapping": (N_("Mapping"), ("listing.",)),
    "production": (N_("Production"), ("run.", "production_order.")),
    "stock": (N_("Stock"), ("lot.", "item.", "recall.")),
    "purchases": (N_("Purchases"), ("purchase_order.", "supplier.")),
    "shipments": (N_("Shipments"), ("shipment.",)),
    "customers": (N_("Customers"), ("customer.", "review.")),
}
"""Kinds of what happened: their words, and how their machine words begin."""

STATES: Mapping[str, Mapping[str, Word]] = {
    "order.phase": PHASES,
    "production_order.": RUNS,
    "shipment.": SHIPMENTS,
    "purchase_order.": PURCHASES,
    "lot.": LOTS,
    "listing.": LISTINGS,
}
"""What states are called, by how the machine word of what happened begins."""
PIECES = N_("%(wanted)s wanted, %(sent)s sent")
"""How hub/flow/intake/order_lines.py writes a line down."""


def subject_word(subject: str) -> str:
    """Say what kind of thing something happened to."""
    return said(SUBJECTS, subject)


def kinds() -> list[tuple[str, str]]:
    """Return the kinds that can be looked for, with their words."""
    words = {key: label for key, (label, _) in KINDS.items()}
    return [(key, said(words, key)) for key in KINDS]


def whats_of(kind: str) -> Sequence[str]:
    """Return the machine words of a kind, or just one that is named itself; else none."""
    if kind in EVENTS:
        return [kind]
    _, starts = KINDS.get(kind, ("", ()))
    return [what for what in EVENTS if starts and what.startswith(starts)]


def change_words(row: History) -> str:
    """Say from what to what something changed; nothing where the sentence itself says it."""
    before, after = _state(row.what, row.from_state), _state(row.what, row.to_state)
    if not before or not after or before == after:
        return ""
    return f"{before} → {after}"


def _state(what: str, state: str) -> str:
    """Name a state, a day or a line's pieces; what is none of them has no words."""
    for start, words in STATES.items():
        if what.startswith(start) and state in words:
            return gettext(words[state].text)
    if what == "line.changed":
        return say(state, among=(PIECES,)) or ""
    try:
        return write_day(date.fromisoformat(state))
    except ValueError:
        return ""
