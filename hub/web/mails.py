"""Every mail that came in, and a way to hand one in as a file (.eml)."""

from collections.abc import Mapping

from flask import Response, request

from connectors.spec import Capability
from hub.flow.mailbox import receive_for
from hub.flow.refusal import Invalid
from hub.models.mail_views import (
    STATES,
    accounts_of,
    find_mails,
    orders_of,
    reviews_of,
)
from hub.models.newest import Window
from hub.web.language import N_, gettext
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    asked,
    asked_id,
    show,
    typed,
    went,
)
from hub.web.review_words import REASONS

ROWS = 50

STATE_WORDS: Mapping[str, str] = {
    "waiting": N_("not read yet"),
    "review": N_("waits for a person"),
    "processed": N_("an order was made of it"),
    "ignored": N_("left alone"),
    "failed": N_("could not be read"),
}
REASON_WORDS: Mapping[str, str] = {
    "duplicate": N_("It came before already."),
    "automatic": N_("A machine wrote it: out of office, a newsletter, a list."),
    "bounce": N_("A mail of ours could not be delivered."),
    "notice": N_("A shop's own message about its order."),
    "own": N_("It is our own."),
}


def list_mails(door: PageDoor) -> Response:
    """Show the mails that came, newest first."""
    return _page(door)


def upload_mail(door: PageDoor) -> Response:
    """Take a mail handed in as a file."""

    def change(deed: Deed) -> int:
        account = typed("channel_id", longest=20)
        return receive_for(
            deed.session,
            account_id=int(account) if account.isdecimal() else 0,
            raw=_sent(),
            source="manual",
            channels=door.ports.channels,
            now=deed.now,
        )

    return door.press(
        change,
        done=lambda _: went("pages.list_mails", "mail_taken"),
        again=lambda trouble: _page(door, trouble=trouble),
        about="upload",
        wake=("read_messages",),
    )


def _sent() -> bytes:
    """Return the file that was chosen.

    :raises Invalid: there is none.
    """
    file = request.files.get("file")
    raw = bytes(file.read()) if file is not None and file.filename else b""
    if not raw:
        raise Invalid(gettext("Choose a file."), field="file")
    return raw


def _page(door: PageDoor, *, trouble: Trouble | None = None) -> Response:
    state = asked("state") if asked("state") in STATES else ""
    with door.reading() as session:
        found = find_mails(session, state=state, window=Window(ROWS, asked_id("after")))
        return show(
            "mails/mails.html",
            trouble=trouble,
            rows=found.rows,
            next=found.next,
            state=state,
            states=STATES,
            state_words=STATE_WORDS,
            reason_words=_why,
            reviews=reviews_of(session, mails=found.rows),
            orders=orders_of(session, mails=found.rows),
            boxes=accounts_of(session, channels=_mailboxes(door)),
        )


def _mailboxes(door: PageDoor) -> list[str]:
    """Return the channels whose messages are letters."""
    channels = door.ports.channels.items()
    return [key for key, one in channels if Capability.MAILBOX in one.spec.capabilities]


def _why(reason: str) -> str:
    """Say in words why a mail is what it is."""
    if reason in REASON_WORDS:
        return gettext(REASON_WORDS[reason])
    return gettext(REASONS[reason].short) if reason in REASONS else reason


ROUTES: Routes = (
    ("GET", "/mails", list_mails),
    ("POST", "/mails", upload_mail),
)
