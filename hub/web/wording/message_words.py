"""How a message came, and what a channel made of one, in words."""

from collections.abc import Mapping

from hub.flow.channels.channels import MANUAL
from hub.models.records.channels import ChannelAccount
from hub.web.wording.language import N_, gettext

SOURCES: Mapping[str, str] = {
    "webhook": N_("a message of the shop's"),
    "poll": N_("its list of changed orders"),
    "backfill": N_("fetching old orders"),
    "reread": N_("looking at it again"),
    "api": N_("a program"),
    "manual": N_("typed by hand"),
    "csv": N_("a table"),
    "email": N_("a mail"),
    "replay": N_("reading it again"),
}
OUTCOMES: Mapping[str, str] = {
    "created": N_("taken"),
    "already_there": N_("it was there already"),
    "nothing_to_do": N_("there was nothing to do"),
}
WHYS: Mapping[str, str] = {
    words: words
    for words in (
        N_(
            "The message only names an order: it is fetched anew, so nobody can tell "
            "beforehand."
        ),
        N_("It is a mail: it is read by itself, so nobody can tell beforehand."),
        N_("Its body was forgotten: it cannot be read again."),
        N_("It still waits for its turn."),
    )
}
"""Why nobody can say beforehand what reading a message again changes (hub/flow/replay_look)."""
SAID: Mapping[str, Mapping[str, str]] = {
    "source": SOURCES,
    "outcome": OUTCOMES,
    "why": WHYS,
}


def account_name(account: ChannelAccount) -> str:
    """Say what an account is called; the one of orders typed by hand has no name of its own."""
    return gettext("By hand / phone") if account.channel == MANUAL else account.name
