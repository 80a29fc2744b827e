"""One message tried again, from the list it stands in."""

from flask import Response

from hub.models.claims.inbox import replay
from hub.models.claims.outbox import try_again
from hub.web.channels.message_lists import INBOX, OUTBOX
from hub.web.lists.page import show_list
from hub.web.page_door import Deed, PageDoor, Routes, went


def replay_message(door: PageDoor, message_id: int) -> Response:
    """Read a message again."""

    def change(deed: Deed) -> None:
        replay(deed.session, message_id=message_id, who=deed.who, now=deed.now)

    return door.press(
        change,
        done=lambda _: went("pages.list_inbox", "replayed"),
        again=lambda trouble: show_list(door, INBOX, trouble=trouble),
        about="replay",
        wake=("read_messages",),
    )


def retry_message(door: PageDoor, message_id: int) -> Response:
    """Try a message again now."""

    def change(deed: Deed) -> None:
        try_again(deed.session, message_id=message_id, who=deed.who, now=deed.now)

    return door.press(
        change,
        done=lambda _: went("pages.list_outbox", "retried"),
        again=lambda trouble: show_list(door, OUTBOX, trouble=trouble),
        about="retry",
        wake=("push",),
    )


ROUTES: Routes = (
    ("POST", "/messages/in/<id:message_id>/replay", replay_message),
    ("POST", "/messages/out/<id:message_id>/retry", retry_message),
)
