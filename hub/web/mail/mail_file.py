"""A mail handed in as a file (.eml)."""

from flask import Response, request

from hub.flow.mail.mailbox import receive_for
from hub.flow.refusal import Invalid
from hub.web.lists.page import show_list
from hub.web.mail.mail_list import MAILS
from hub.web.page_door import Deed, PageDoor, Routes, typed, went
from hub.web.wording.language import gettext


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
        again=lambda trouble: show_list(door, MAILS, trouble=trouble),
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


ROUTES: Routes = (("POST", "/mails", upload_mail),)
