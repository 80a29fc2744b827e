"""Every mail that came in, as a list: what became of each, why, and where it lies."""

from collections.abc import Mapping, Sequence

from flask import Response
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from connectors.spec import Capability
from hub.models.mail.mail_views import accounts_of, mails_wanted, orders_of, reviews_of
from hub.models.records.channels import ChannelAccount
from hub.models.records.mails import InboundMail
from hub.web.channels.channel_shown import can
from hub.web.lists.answers import states
from hub.web.lists.page import show_list
from hub.web.lists.spec import Cell, Column, Filter, ListSpec, Option, Wish
from hub.web.page_door import PageDoor, Routes
from hub.web.reviews.review_words import REASONS
from hub.web.wording.finding_words import finding_words
from hub.web.wording.language import N_, gettext, pgettext
from hub.web.wording.words import MAILS as STATES
from hub.web.wording.words import word

REASON_WORDS: Mapping[str, str] = {
    "duplicate": N_("It came before already."),
    "automatic": N_("A machine wrote it: out of office, a newsletter, a list."),
    "bounce": N_("A mail of ours could not be delivered."),
    "notice": N_("A shop's own message about its order."),
    "own": N_("It is our own."),
}


def list_mails(door: PageDoor) -> Response:
    """Show the mails that came, newest first."""
    return show_list(door, MAILS)


def _context(
    door: PageDoor, session: Session, rows: Sequence[InboundMail]
) -> Mapping[str, object]:
    boxes = accounts_of(session, channels=_mailboxes(door))
    return {
        "reason_words": _why,
        "reviews": reviews_of(session, mails=rows),
        "orders": orders_of(session, mails=rows),
        "boxes": boxes,
        "files": _files(door, rows, boxes=boxes),
    }


def _files(
    door: PageDoor, rows: Sequence[InboundMail], *, boxes: Sequence[ChannelAccount]
) -> bool:
    """Say whether any of these mails lies, or lay, where mail is filed once it is settled."""
    if any(each.filed_into or each.file_problem for each in rows):
        return True
    whose = {each.account_id for each in rows}
    return any(can(door.ports, box)["poll"] for box in boxes if box.id in whose)


def _mailboxes(door: PageDoor) -> list[str]:
    """Return the channels whose messages are letters."""
    channels = door.ports.channels.items()
    return [key for key, one in channels if Capability.MAILBOX in one.spec.capabilities]


def _why(reason: str) -> str:
    """Say in words why a mail is what it is."""
    if reason in REASON_WORDS:
        return gettext(REASON_WORDS[reason])
    return gettext(REASONS[reason].short) if reason in REASONS else reason


def _query(_: Session, wish: Wish) -> Select[InboundMail]:
    box = wish.value("box")
    return mails_wanted(
        state=wish.value("state"), account_id=int(box) if box else None, text=wish.text
    )


def _cells(
    session: Session, rows: Sequence[InboundMail], _: Wish
) -> list[Mapping[str, Cell]]:
    orders = orders_of(session, mails=rows)
    return [
        {
            "came": each.received_at,
            "from": each.sender,
            "subject": each.subject,
            "order": orders.get(each.order_id) if each.order_id else None,
            "state": word("mail", each.state).text,
            "why": _why(each.reason),
            "filed": each.filed_into,
            "problem": finding_words(each.file_problem) if each.file_problem else "",
        }
        for each in rows
    ]


def _sender() -> str:
    return pgettext("sender", "From")


def _boxes(session: Session) -> Sequence[Option]:
    # The mails say which accounts are mailboxes: a filter knows no channels.
    used = select(InboundMail.account_id).where(InboundMail.account_id == ChannelAccount.id)
    found = select(ChannelAccount).where(used.exists()).order_by(ChannelAccount.name)
    return [(str(each.id), each.name) for each in session.scalars(found)]


MAILS = ListSpec(
    page="list_mails",
    file="mails",
    record=InboundMail,
    columns=(
        Column(key="came", label=N_("Came"), sort=InboundMail.id, is_down_first=True),
        Column(key="from", label=_sender, is_for_people=True),
        Column(key="subject", label=N_("Subject")),
        Column(key="order", label=N_("Order"), is_shown=False),
        Column(key="state", label=N_("State")),
        Column(key="why", label=N_("Why")),
        Column(key="filed", label=N_("Filed")),
        Column(key="problem", label=N_("Why it could not be filed"), is_shown=False),
    ),
    sort="-came",
    filters=(
        Filter(
            key="state", label=N_("States"), options=states("mail", STATES), is_tabs=True
        ),
        Filter(key="box", label=N_("Mailbox"), options=_boxes),
    ),
    search=N_("Sender or subject"),
    template="mails/mails.html",
    part="mails/_list.html",
    context=_context,
    query=_query,
    cells=_cells,
)

ROUTES: Routes = (("GET", "/mails", list_mails),)
