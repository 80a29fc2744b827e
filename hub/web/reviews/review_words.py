"""What a person reads of a mail that waits: what happened, what it means, what to press."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.domain.mail.review_reasons import Reason
from hub.web.wording.formats import write_money
from hub.web.wording.language import N_, gettext
from hub.web.wording.phrases import is_known, say
from mapping.letter import Proof, Sender, Source, Trouble


@dataclass(frozen=True, slots=True)
class Advice:
    """A reason in a few words, what it means, and what to do."""

    short: str
    means: str
    press: str


REASONS: Mapping[str, Advice] = {
    Reason.SENDER_NOT_ALLOWED: Advice(
        N_("Nobody said that this sender may order"),
        N_("The mail reads like an order, but its address is on no customer's list."),
        N_(
            "Choose the customer if you know them, or reject it. Tick the box to remember it."
        ),
    ),
    Reason.SENDER_NOT_AUTHENTICATED: Advice(
        N_("The sender is not proven"),
        N_("The address is a customer's, but nothing proves that they wrote it."),
        N_("Ask them by another way, by phone say. Then accept or reject."),
    ),
    Reason.UNKNOWN_CUSTOMER: Advice(
        N_("It is not known whose order this is"),
        N_("Nothing in the mail says which of your customers it comes from."),
        N_("Choose the customer, or write the name of a new one; then accept."),
    ),
    Reason.CHANGE_OR_CANCEL_INTENT: Advice(
        N_("It asks to change or cancel an order"),
        N_("Nothing was changed yet: a mail only proposes."),
        N_("Look at what it asks for. Accept does it, Reject leaves the order as it is."),
    ),
    Reason.ATTACHMENT_TOO_BIG: Advice(
        N_("There is more of it than is read"),
        N_("Something attached is too big, or it has more than 500 lines."),
        N_("Open the mail as it came, complete the lines, then accept."),
    ),
    Reason.UNREADABLE_ATTACHMENT: Advice(
        N_("Something attached could not be read"),
        N_("The order may be in it, so what was read may not be all."),
        N_("Open the mail as it came, complete the lines, then accept."),
    ),
    Reason.NO_ORDER_LINES: Advice(
        N_("No line could be read as an order"),
        N_("The sender may order, but nothing here says what and how many."),
        N_("Write the lines, or show below how they are written. Reject what is no order."),
    ),
    Reason.AMBIGUOUS_QUANTITY: Advice(
        N_("A quantity can be read in more ways than one"),
        N_("“1.500” may be one and a half or fifteen hundred: nobody guesses."),
        N_("Write how many pieces are meant, then accept."),
    ),
    Reason.PACK_UNIT: Advice(
        N_("It orders in packs of unknown size"),
        N_("Nobody said how many pieces this customer's box or dozen holds."),
        N_("Write how many pieces one holds; “Accept and remember” keeps it for them."),
    ),
    Reason.UNKNOWN_SKU: Advice(
        N_("It names something that is not in the catalogue"),
        N_("The code or name is neither yours nor a known word of this customer."),
        N_("Choose the item; “Accept and remember” keeps the word for this customer."),
    ),
    Reason.REPEATED_SKU: Advice(
        N_("The same thing is ordered twice"),
        N_("It may be meant to be added up, or be a slip."),
        N_("Leave both lines, or write 0 in one, then accept."),
    ),
    Reason.SOURCES_DISAGREE: Advice(
        N_("Two parts of the mail say different things"),
        N_("The text and what is attached do not order the same."),
        N_("See both beside each other, write what is right, then accept."),
    ),
    Reason.PRICE_MISMATCH: Advice(
        N_("A price is not the one agreed"),
        N_("The mail names another price than the one you confirmed for this customer."),
        N_("Accept if it is all right; “Accept and remember” makes it the agreed price."),
    ),
    Reason.TOTAL_MISMATCH: Advice(
        N_("The total is not the sum of the lines"),
        N_("A line may be missing, or one was read wrongly."),
        N_("Compare the lines with the mail, then accept."),
    ),
    Reason.AMBIGUOUS_DATE: Advice(
        N_("The day it is wanted for is not clear"),
        N_("It can be read as two days, or is over."),
        N_("Write the day, or leave it empty for as soon as it can be; then accept."),
    ),
    Reason.ADDRESS_MISSING: Advice(
        N_("It is not known where to send it"),
        N_("The mail names no address, and none is known of this customer."),
        N_("Write the address, then accept."),
    ),
    Reason.PO_ALREADY_IMPORTED: Advice(
        N_("It was ordered already"),
        N_("An order with their number, or with the same lines this week, is there."),
        N_(
            "Reject a repetition. Accept changes the order that has their number, or makes"
            " another one where there is no number or you say so."
        ),
    ),
    Reason.FIRST_ORDERS: Advice(
        N_("One of this customer's first orders"),
        N_("All of it was understood; a person looks at the first three of everybody."),
        N_("Compare it with the mail, then accept."),
    ),
}
OTHER = Advice(
    N_("A person must look at it"),
    N_("It could not be taken as it is."),
    N_("Compare the lines with the mail, then accept or reject."),
)

KINDS: Mapping[str, str] = {
    "order": N_("Order"),
    "change": N_("Change of an order"),
    "cancel": N_("Cancellation"),
}
PROOFS: Mapping[str, str] = {
    Proof.YES: N_("Proven: this sender wrote it."),
    Proof.NO: N_("Disproved: somebody else wrote under this address."),
    Proof.UNKNOWN: N_("Not proven: anybody could have written under this address."),
}
HOW: tuple[str, ...] = (
    N_("%(method)s %(domain)s, says our mail server"),
    N_("dmarc failed, says our mail server"),
    N_("no signature of the sender's"),
    N_("no signature"),
    N_("the key of the signature could not be asked for"),
    N_("the signature does not fit"),
)
"""How it is known who wrote a mail. A signature that we proved ourselves is named as it is."""
SOURCES: Mapping[str, str] = {
    Source.UBL: N_("Order file"),
    Source.TEMPLATE: N_("A form you taught"),
    Source.SHEET: N_("Spreadsheet"),
    Source.HTML: N_("Table in the mail"),
    Source.PDF: N_("Table in a PDF"),
    Source.TEXT: N_("Text of the mail"),
}
TROUBLES: Mapping[str, str] = {
    Trouble.TOO_BIG: N_("too big to open"),
    Trouble.UNREADABLE: N_("cannot be read"),
}
FORM_KINDS: Mapping[str, str] = {"table": N_("Table"), "text": N_("Lines of text")}
EVENTS_TOLD: Mapping[str, str] = {
    "received": N_("Order received"),
    "confirmed": N_("Order confirmed, with its date"),
    "delayed": N_("Later than said"),
    "in_production": N_("In production"),
    "shipped": N_("Sent, with tracking"),
    "cancelled": N_("Cancelled"),
    "need_information": N_("Something is missing"),
}
COLUMNS: Mapping[str, str] = {
    "sku": N_("Code"),
    "quantity": N_("Quantity"),
    "title": N_("Name"),
    "unit": N_("Unit"),
    "price": N_("Price of one"),
    "amount": N_("Price of the line"),
}
"""What a column of a customer's table can be."""


DETAILS: Mapping[str, str] = {
    "text": N_("It says: %(value)s"),
    "words": N_("It says: %(value)s"),
    "name": N_("File: %(value)s"),
    "fault": N_("The order file breaks a rule: %(value)s"),
    "price": N_("The mail's price: %(value)s"),
    "agreed": N_("Agreed: %(value)s"),
    "amount": N_("The mail's amount of the line: %(value)s"),
    "total": N_("The mail's total: %(value)s"),
    "sum": N_("The lines add up to: %(value)s"),
}
"""What a reason is about, as far as people want to see it."""
HINTS: Mapping[str, str] = {
    "similar_code": N_("the code resembles it"),
    "similar_name": N_("the name resembles it"),
}
SAID: Mapping[str, Mapping[str, str]] = {
    "review_kind": KINDS,
    "mail_source": SOURCES,
    "mail_trouble": TROUBLES,
    "mail_form": FORM_KINDS,
    "mail_event": EVENTS_TOLD,
    "mail_column": COLUMNS,
    "mail_hint": HINTS,
    "mail_reason": {reason: each.short for reason, each in REASONS.items()},
}
"""What templates call `mail_reason_word`, `review_kind_word`, …"""


def advice(reason: str) -> Advice:
    """Say a reason in the language of the page."""
    found = REASONS.get(reason, OTHER)
    return Advice(gettext(found.short), gettext(found.means), gettext(found.press))


def detail_words(detail: Mapping[str, object]) -> list[str]:
    """Say what a reason is about; what only machines read is left out."""
    found: list[str] = []
    for name, words in DETAILS.items():
        value = detail.get(name)
        if name == "agreed" and isinstance(value, int):
            value = write_money(value, str(detail.get("currency", "")))
        if isinstance(value, str) and value:
            found.append(gettext(words, value=value))
    return found


def how_words(sender: Sender) -> str:
    """Say how it is known who wrote a mail; what we do not know stays as it is."""
    return say(sender.how, among=HOW) or sender.how


def knows_how(how: str) -> bool:
    """Say whether there are words for how a sender is known, or it is the name of a signature."""
    return how.startswith("dkim ") or is_known(how, among=HOW)


def proof_words(sender: Sender) -> str:
    """Say whether the sender is who they say they are."""
    return gettext(PROOFS[sender.proof])
