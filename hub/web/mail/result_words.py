"""What became of a message that came in, in words: the one word or sentence its reading left."""

from collections.abc import Mapping

from hub.web.mail.mail_list import REASON_WORDS
from hub.web.reviews.review_words import REASONS
from hub.web.wording.language import N_, gettext
from hub.web.wording.phrases import is_known, say
from hub.web.wording.words import MAILS

RESULTS: Mapping[str, str] = {
    "created": N_("a new order"),
    "applied": N_("taken over"),
    "unchanged": N_("nothing new in it"),
    "stale": N_("older than what we have"),
}
"""The words of hub/flow/intake/upsert.py and of what a shop says of itself."""
LEFT_ALONE: tuple[str, ...] = (
    N_("we never had this order"),
    N_("the order is gone at the channel"),
    N_("another place"),
    N_("no mail"),
    N_("A carrier's event changes nothing that is made or sent here."),
    N_("Payments reach us with the order they change."),
    N_("Nothing here depends on it."),
    N_("Goods that come back are booked in by hand."),
    N_("A draft is no order yet."),
    N_("Customers reach us with their orders."),
    N_("A variant reaches us with its product."),
    N_("What a thing is reaches us with its product."),
    N_("Nothing here depends on the shop's settings."),
    N_("What we may do is asked for when it is needed."),
    N_("Nothing here was asked for in bulk."),
    N_("No topic known here is called “%(topic)s”."),
    N_("No event known here is called “%(topic)s”."),
    N_("It names a fulfilment order and not the order it belongs to."),
)
"""Why nothing was made of a message, as hub/flow and the connectors say it."""
ERASED = N_("erased: %(buyers)s buyers, %(addresses)s addresses, %(orders)s orders")


def result_words(result: str) -> str:
    """Say what became of a message: "created", "review: pack_unit", "ignored: no mail"."""
    if result in RESULTS:
        return gettext(RESULTS[result])
    kind, _, why = result.partition(": ")
    if kind == "ignored" and is_known(why, among=LEFT_ALONE):
        return say(why, among=LEFT_ALONE) or why
    if kind in MAILS:
        said = gettext(MAILS[kind].text)
        return f"{said}: {_reason(why)}" if why else said
    return say(result, among=(ERASED,)) or result


def knows_result(result: str) -> bool:
    """Say whether there are words for what became of a message."""
    kind, _, why = result.partition(": ")
    if kind == "ignored":
        return why in REASON_WORDS or is_known(why, among=LEFT_ALONE)
    return result in RESULTS or kind in MAILS or is_known(result, among=(ERASED,))


def _reason(why: str) -> str:
    if why in REASON_WORDS:
        return gettext(REASON_WORDS[why])
    return gettext(REASONS[why].short) if why in REASONS else why
