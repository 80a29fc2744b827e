"""The words, sign and colour of everything that has a state: one table, so that pages agree."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.web.wording.language import N_, gettext


@dataclass(frozen=True, slots=True)
class Word:
    """How a state is shown: in words and with a sign, never by colour alone."""

    text: str
    sign: str
    tone: str
    """grey waits for others | blue in hand | green done | amber at risk | red needs a person"""


PHASES: Mapping[str, Word] = {
    "new": Word(N_("New"), "○", "grey"),
    "needs_attention": Word(N_("Needs attention"), "!", "red"),
    "waiting_for_materials": Word(N_("Waiting for materials"), "◔", "amber"),
    "materials_reserved": Word(N_("Materials reserved"), "◑", "blue"),
    "in_production": Word(N_("In production"), "▸", "blue"),
    "ready_to_ship": Word(N_("Ready to ship"), "✓", "green"),
    "partly_shipped": Word(N_("Partly shipped"), "◐", "blue"),
    "shipped": Word(N_("Shipped"), "→", "green"),
    "delivered": Word(N_("Delivered"), "✓", "green"),
    "cancelled": Word(N_("Cancelled"), "×", "grey"),
}
RUNS: Mapping[str, Word] = {
    "planned": Word(N_("Planned"), "○", "grey"),
    "released": Word(N_("Released"), "◑", "blue"),
    "running": Word(N_("Running"), "▸", "blue"),
    "done": Word(N_("Done"), "✓", "green"),
    "cancelled": Word(N_("Cancelled"), "×", "grey"),
}
SHIPMENTS: Mapping[str, Word] = {
    "packed": Word(N_("Packed"), "◑", "blue"),
    "shipped": Word(N_("Shipped"), "→", "blue"),
    "delivered": Word(N_("Delivered"), "✓", "green"),
    "cancelled": Word(N_("Cancelled"), "×", "grey"),
}
LISTINGS: Mapping[str, Word] = {
    "unmapped": Word(N_("Not mapped"), "!", "red"),
    "suggested": Word(N_("Answers disagree"), "!", "red"),
    "mapped": Word(N_("Mapped"), "✓", "green"),
    "not_produced": Word(N_("Not produced here"), "×", "grey"),
}
MODES: Mapping[str, Word] = {
    "off": Word(N_("Off"), "×", "grey"),
    "shadow": Word(N_("Rehearsal"), "◑", "amber"),
    "live": Word(N_("Live"), "✓", "green"),
    "reconnect": Word(N_("Reconnect needed"), "!", "red"),
}
LOTS: Mapping[str, Word] = {
    "available": Word(N_("Available"), "✓", "green"),
    "quarantined": Word(N_("In quarantine"), "!", "amber"),
    "recalled": Word(N_("Recalled"), "×", "red"),
}
PURCHASES: Mapping[str, Word] = {
    "draft": Word(N_("Draft"), "○", "grey"),
    "ordered": Word(N_("On its way"), "▸", "blue"),
    "received": Word(N_("Received"), "✓", "green"),
    "cancelled": Word(N_("Cancelled"), "×", "grey"),
}
INBOUND: Mapping[str, Word] = {
    "waiting": Word(N_("Waiting"), "○", "grey"),
    "done": Word(N_("Done"), "✓", "green"),
    "held": Word(N_("Held for a person"), "!", "red"),
    "dead": Word(N_("Given up"), "!", "red"),
}
OUTBOUND: Mapping[str, Word] = {
    "waiting": Word(N_("Waiting"), "○", "grey"),
    "sending": Word(N_("Sending"), "▸", "blue"),
    "unknown": Word(N_("Answer lost, looking it up"), "◔", "amber"),
    "sent": Word(N_("Sent"), "✓", "green"),
    "shadowed": Word(N_("Only rehearsed"), "◑", "grey"),
    "held": Word(N_("Held for a person"), "!", "red"),
    "dead": Word(N_("Given up"), "!", "red"),
}
LETTERS: Mapping[str, Word] = {
    **OUTBOUND,
    "unknown": Word(N_("May have been sent"), "◔", "amber"),
    "left_out": Word(N_("Not needed any more"), "×", "grey"),
    "bounced": Word(N_("Came back"), "!", "red"),
}
COVERS: Mapping[str, Word] = {
    "stock": Word(N_("In stock"), "✓", "green"),
    "made": Word(N_("Being made"), "▸", "blue"),
    "waiting": Word(N_("Waiting for materials"), "◔", "amber"),
    "purchase": Word(N_("On its way"), "▸", "blue"),
    "check": Word(N_("Waits for its quality check"), "◔", "amber"),
    "short": Word(N_("Short"), "!", "amber"),
    "no_recipe": Word(N_("No recipe"), "!", "red"),
    "unmapped": Word(N_("Not mapped"), "!", "red"),
    "unplanned": Word(N_("Not planned yet"), "○", "grey"),
    "shipped": Word(N_("Shipped"), "→", "green"),
    "none": Word(N_("Nothing to make"), "–", "grey"),
}
AGREE: Mapping[str, Word] = {
    "equal": Word(N_("we say the same"), "✓", "green"),
    "pending": Word(N_("on its way there"), "◔", "grey"),
    "rehearsed": Word(N_("only rehearsed"), "◑", "grey"),
    "unknown": Word(N_("not known"), "–", "grey"),
    "differs": Word(N_("we differ"), "!", "red"),
}
"""How what the shop says of an order stands to what we say."""
RECALLS: Mapping[str, Word] = {
    "open": Word(N_("Open"), "!", "red"),
    "closed": Word(N_("Closed"), "✓", "green"),
}
MAILS: Mapping[str, Word] = {
    "waiting": Word(N_("Not read yet"), "○", "grey"),
    "review": Word(N_("Waits for a person"), "!", "red"),
    "processed": Word(N_("Became an order"), "✓", "green"),
    "ignored": Word(N_("Left alone"), "×", "grey"),
    "failed": Word(N_("Could not be read"), "!", "red"),
}
REVIEWS: Mapping[str, Word] = {
    "open": Word(N_("Waits for you"), "!", "red"),
    "accepted": Word(N_("Accepted"), "✓", "green"),
    "rejected": Word(N_("Rejected"), "×", "grey"),
}
TABLES: Mapping[str, Mapping[str, Word]] = {
    "phase": PHASES,
    "run": RUNS,
    "shipment": SHIPMENTS,
    "listing": LISTINGS,
    "mode": MODES,
    "lot": LOTS,
    "recall": RECALLS,
    "mail": MAILS,
    "review": REVIEWS,
    "purchase": PURCHASES,
    "inbound": INBOUND,
    "outbound": OUTBOUND,
    "letter": LETTERS,
    "cover": COVERS,
    "agree": AGREE,
}

KINDS_OF_NEWS: Mapping[str, str] = {
    "fulfil": N_("Parcel left, with tracking"),
    "amend_tracking": N_("Tracking changed"),
    "hold": N_("Order waits for stock"),
    "release_hold": N_("Order no longer waits"),
    "progress": N_("Production started"),
    "delivered": N_("Parcel arrived"),
    "promised": N_("Day promised"),
    "stock": N_("Pieces to sell"),
    "mail": N_("A letter of ours"),
}
LETTER_EVENTS: Mapping[str, str] = {
    "received": N_("We have the order"),
    "confirmed": N_("The day it will be there"),
    "delayed": N_("It will be later, and why"),
    "in_production": N_("It is being made"),
    "shipped": N_("It left, with tracking"),
    "cancelled": N_("It is cancelled"),
    "need_information": N_("A question"),
    "alert": N_("To the owners: somebody is needed"),
}
ITEM_KINDS: Mapping[str, str] = {
    "product": N_("Product"),
    "intermediate": N_("Intermediate"),
    "material": N_("Material"),
    "packaging": N_("Packaging"),
}
UNITS: Mapping[str, str] = {
    "each": N_("pieces"),
    "g": N_("grams (g)"),
    "ml": N_("millilitres (ml)"),
    "m": N_("metres (m)"),
}
ROLES: Mapping[str, str] = {
    "owner": N_("Owner"),
    "planner": N_("Planner"),
    "maker": N_("Maker"),
    "packer": N_("Packer"),
    "viewer": N_("Viewer"),
}
REASONS: Mapping[str, str] = {
    "on_hold": N_("on hold, by us"),
    "risk": N_("the shop sees a risk of fraud"),
    "unknown_status": N_("the shop says something about it that we do not know"),
    "unmapped": N_("a line is not mapped"),
    "no_recipe": N_("nobody wrote down how it is made"),
    "shelf_life": N_("it would not keep long enough"),
    "short": N_("materials are missing"),
    "on_its_way": N_("what was ordered has to come"),
    "quality_check": N_("waits for its quality check"),
    "payment": N_("not paid yet"),
    "channel_hold": N_("the shop holds it"),
    "scheduled": N_("it is for later"),
    "test": N_("a test order of the shop"),
}
"""What blocks an order, by hub/domain/orders/phase.py's HoldReason."""

PAYMENTS: Mapping[str, str] = {
    "pending": N_("payment pending"),
    "authorised": N_("payment authorised"),
    "part_paid": N_("partly paid"),
    "paid": N_("paid"),
    "part_refunded": N_("partly refunded"),
    "refunded": N_("refunded"),
    "void": N_("payment voided"),
    "expired": N_("payment expired"),
    "unknown": N_("payment unknown"),
}
MOVES: Mapping[str, str] = {
    "received": N_("received"),
    "produced": N_("produced"),
    "returned": N_("returned"),
    "consumed": N_("used in a run"),
    "shipped": N_("shipped"),
    "scrapped": N_("scrapped"),
    "adjusted": N_("counted"),
}

SCRAP: Mapping[str, str] = {
    "broken": N_("broken"),
    "burnt": N_("burnt"),
    "contaminated": N_("contaminated"),
    "wrong_measure": N_("too much or too little went in"),
    "looks": N_("looks: nobody would buy it"),
    "expired": N_("past its best before"),
    "spilt": N_("spilt"),
    "rejected": N_("did not pass the check"),
    "other": N_("something else"),
}
POLICY_WORDS: Mapping[str, str] = {
    "make_to_order": N_("when somebody orders it"),
    "make_to_stock": N_("to keep some in stock"),
}
SHEETS: Mapping[str, str] = {
    "items": N_("Items"),
    "recipes": N_("Recipes"),
    "lots": N_("Lots"),
    "counts": N_("Counts"),
    "suppliers": N_("Suppliers"),
    "orders": N_("Orders"),
    "mappings": N_("Mappings"),
}
PRIORITIES: Mapping[str, str] = {
    "0": N_("before everybody"),
    "50": N_("sooner than usual"),
    "100": N_("as usual"),
    "200": N_("when there is room"),
}
"""The places a new order may have among the others; its page gives it any."""
COLUMN_WORDS: Mapping[str, str] = {
    "order": N_("Order number"),
    "placed_on": N_("Day it was placed"),
    "customer": N_("Customer"),
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "currency": N_("Currency"),
    "requested_on": N_("Wanted for"),
    "note": N_("Note"),
    "ship_name": N_("Ship to: name"),
    "ship_company": N_("Ship to: company"),
    "ship_line1": N_("Ship to: street"),
    "ship_line2": N_("Ship to: second line"),
    "ship_city": N_("Ship to: city"),
    "ship_region": N_("Ship to: region"),
    "ship_postcode": N_("Ship to: postcode"),
    "ship_country": N_("Ship to: country"),
    "ship_phone": N_("Ship to: phone"),
    "sku": N_("SKU or code"),
    "title": N_("Title"),
    "variant": N_("Variant"),
    "quantity": N_("Pieces"),
    "unit_price": N_("Price each"),
}
FATES: Mapping[str, str] = {
    "inspect": N_("somebody looks at it first (quarantine)"),
    "restock": N_("as good as new: back into stock"),
    "scrap": N_("thrown away"),
}
METHODS: Mapping[str, str] = {
    "moving_average": N_("the average of the last weeks"),
    "croston_sba": N_("for what sells now and then (Croston)"),
    "tsb": N_("for what sells less and less (TSB)"),
}
COUNTS: Mapping[str, str] = {
    "counted": N_("counted"),
    "damaged": N_("damaged"),
    "expired": N_("past its best before"),
    "sample": N_("taken as a sample"),
    "found": N_("found"),
    "other": N_("something else"),
}

HINTS: Mapping[str, str] = {
    "same_sku": N_("same SKU"),
    "same_barcode": N_("same barcode %(about)s"),
    "sku_stem": N_("SKU begins alike: %(about)s"),
    "title": N_("title resembles “%(about)s”"),
    "pack": N_("says it is a pack of %(about)s"),
    "decided": N_("“%(about)s” was mapped like this"),
}
"""Why the matcher suggests something; `about` comes with the reason."""

MATCHED: Mapping[str, str] = {
    "person": N_("a person"),
    "account_sku": N_("same SKU in this shop"),
    "sku_anywhere": N_("same SKU anywhere"),
    "listing": N_("a person"),
}
"""Who or what said what a listing means."""

SCOPES: Mapping[str, str] = {
    "listing": N_("this listing"),
    "account": N_("this SKU in this shop"),
    "everywhere": N_("this SKU everywhere"),
}
"""How far what a person says of a listing goes."""

BALANCES: Mapping[str, str] = {
    "received": N_("received"),
    "produced": N_("produced"),
    "returned": N_("returned"),
    "consumed": N_("used in a run"),
    "shipped": N_("shipped"),
    "scrapped": N_("scrapped"),
    "adjusted": N_("counted away"),
    "on_hand": N_("on hand"),
    "difference": N_("not accounted for"),
}
"""What became of a lot, by hub/domain/stock/trace.py's MassBalance."""

SAID: Mapping[str, Mapping[str, str]] = {
    "reason": REASONS,
    "role": ROLES,
    "payment": PAYMENTS,
    "matched": MATCHED,
    "scope": SCOPES,
    "news": KINDS_OF_NEWS,
    "kind": ITEM_KINDS,
    "unit_name": UNITS,
    "move": MOVES,
    "scrap": SCRAP,
    "policy": POLICY_WORDS,
    "method": METHODS,
    "fate": FATES,
    "table": SHEETS,
    "priority": PRIORITIES,
    "column": COLUMN_WORDS,
    "count": COUNTS,
    "balance": BALANCES,
    "letter": LETTER_EVENTS,
}
"""What templates call `reason_word`, `role_word`, …"""


def word(table: str, state: str) -> Word:
    """Return how a state is shown; one this version does not know shows its own name."""
    found = TABLES[table].get(state)
    if found is None:
        return Word(state, "?", "grey")
    return Word(gettext(found.text), found.sign, found.tone)


def said(table: Mapping[str, str], key: str) -> str:
    """Return the words for a key; one we do not know stays as it is."""
    return gettext(table[key]) if key in table else key


def unit_word(unit: str) -> str:
    """Name a unit briefly: "g", "pieces"."""
    return gettext("pieces") if unit == "each" else unit


def hint_words(hint: str, about: str) -> str:
    """Say what speaks for a suggestion."""
    return gettext(HINTS[hint], about=about) if hint in HINTS else hint
