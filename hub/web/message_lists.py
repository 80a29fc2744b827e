"""The inbox and the outbox as lists: what became of each message, why, and trying many again."""

from collections.abc import Mapping, Sequence

from flask import Response, url_for
from sqlalchemy import Select
from sqlalchemy.orm import Session, defer

from hub.models.by_id import by_id
from hub.models.channels import ChannelAccount
from hub.models.history import record
from hub.models.message_lists import (
    STUCK,
    WAITS_FOR_A_PERSON,
    MessagesWanted,
    inbound_wanted,
    outbound_wanted,
)
from hub.models.messages import InboundMessage, OutboundMessage
from hub.models.orders import SalesOrder
from hub.models.outbox import retry
from hub.web.finding_words import finding_words
from hub.web.language import N_, gettext
from hub.web.lists.bulk import press_many
from hub.web.lists.page import NOTHING, Report, show_list
from hub.web.lists.spec import BulkDeed, Cell, Column, Filter, ListSpec, Option, Wish
from hub.web.message_words import account_name
from hub.web.order_list import channel_options
from hub.web.page_door import Deed, PageDoor, Routes, Trouble
from hub.web.words import INBOUND, KINDS_OF_NEWS, OUTBOUND, said, word


def list_inbox(door: PageDoor) -> Response:
    """Show what shops told us."""
    return inbox_page(door)


def list_outbox(door: PageDoor) -> Response:
    """Show what we owe shops."""
    return outbox_page(door)


def bulk_outbox(door: PageDoor) -> Response:
    """Try many messages again now."""
    return press_many(
        door,
        OUTBOX,
        where=url_for("pages.list_outbox"),
        name=_named,
        again=lambda report, trouble: outbox_page(door, report=report, trouble=trouble),
    )


def inbox_page(door: PageDoor, *, trouble: Trouble | None = None) -> Response:
    """Write the page of the inbox, with what could not be done."""
    return show_list(
        door,
        INBOX,
        template="messages/inbox.html",
        part="messages/_inbox.html",
        context=_told_us,
        trouble=trouble,
    )


def outbox_page(
    door: PageDoor, *, report: Report = NOTHING, trouble: Trouble | None = None
) -> Response:
    """Write the page of the outbox, with what could not be done."""
    return show_list(
        door,
        OUTBOX,
        template="messages/outbox.html",
        part="messages/_outbox.html",
        context=_owed,
        report=report,
        trouble=trouble,
    )


def try_again(deed: Deed, *, message_id: int) -> None:
    """Try a message again now, and write down who wanted it."""
    retry(deed.session, message_id=message_id, now=deed.now)
    record(
        deed.session,
        at=deed.now,
        who=deed.who,
        subject="outbound",
        subject_id=message_id,
        what="outbound.retried",
    )


def _try_one(_: PageDoor, deed: Deed, message_id: int) -> None:
    try_again(deed, message_id=message_id)


def _named(session: Session, message_id: int) -> str:
    message = session.get(OutboundMessage, message_id)
    return said(KINDS_OF_NEWS, message.kind) if message else str(message_id)


def _told_us(session: Session, rows: Sequence[InboundMessage]) -> Mapping[str, object]:
    return {
        "accounts": by_id(session, ChannelAccount, ids={each.account_id for each in rows}),
        "stuck": WAITS_FOR_A_PERSON,
    }


def _owed(session: Session, rows: Sequence[OutboundMessage]) -> Mapping[str, object]:
    return {
        "accounts": by_id(session, ChannelAccount, ids={each.account_id for each in rows}),
        "orders": _orders(session, rows),
        "stuck": WAITS_FOR_A_PERSON,
    }


def _orders(session: Session, rows: Sequence[OutboundMessage]) -> Mapping[int, SalesOrder]:
    ids = {each.order_id for each in rows if each.order_id is not None}
    return by_id(session, SalesOrder, ids=ids)


def _wanted(wish: Wish) -> MessagesWanted:
    account = wish.value("channel")
    return MessagesWanted(
        state=wish.value("state"),
        account_id=int(account) if account else None,
        kind=wish.value("kind"),
        order=wish.text,
    )


def _inbound(_: Session, wish: Wish) -> Select[InboundMessage]:
    return inbound_wanted(_wanted(wish))


def _outbound(_: Session, wish: Wish) -> Select[OutboundMessage]:
    return outbound_wanted(_wanted(wish))


def _inbound_cells(
    session: Session, rows: Sequence[InboundMessage], _: Wish
) -> list[Mapping[str, Cell]]:
    accounts = by_id(session, ChannelAccount, ids={each.account_id for each in rows})
    return [
        {
            "number": each.id,
            "came": each.received_at,
            "shop": account_name(accounts[each.account_id]),
            "about": each.topic,
            "order": each.external_order_id,
            "state": word("inbound", each.state).text,
            "why": _why(each.last_error) if each.state != "done" else "",
            "tries": each.attempts,
        }
        for each in rows
    ]


def _outbound_cells(
    session: Session, rows: Sequence[OutboundMessage], _: Wish
) -> list[Mapping[str, Cell]]:
    accounts = by_id(session, ChannelAccount, ids={each.account_id for each in rows})
    numbers = {key: order.number for key, order in _orders(session, rows).items()}
    return [
        {
            "number": each.id,
            "since": each.created_at,
            "shop": account_name(accounts[each.account_id]),
            "order": numbers.get(each.order_id) if each.order_id else None,
            "news": said(KINDS_OF_NEWS, each.kind),
            "state": word("outbound", each.state).text,
            "why": _why(each.last_error),
            "tries": each.attempts,
        }
        for each in rows
    ]


def _why(error: str | None) -> str:
    return finding_words(error) if error else ""


def _inbound_states(_: Session) -> Sequence[Option]:
    known = [(state, word("inbound", state).text) for state in INBOUND]
    return [(STUCK, gettext("For a person")), *known]


def _outbound_states(_: Session) -> Sequence[Option]:
    known = [(state, word("outbound", state).text) for state in OUTBOUND]
    return [(STUCK, gettext("For a person")), *known]


def _kinds(_: Session) -> Sequence[Option]:
    return [(kind, said(KINDS_OF_NEWS, kind)) for kind in KINDS_OF_NEWS]


INBOX = ListSpec(
    page="list_inbox",
    file="inbox",
    record=InboundMessage,
    columns=(
        Column(key="number", label=N_("Message"), is_shown=False),
        Column(key="came", label=N_("Came"), sort=InboundMessage.id, is_down_first=True),
        Column(key="shop", label=N_("Shop")),
        Column(key="about", label=N_("About")),
        Column(key="order", label=N_("Order"), is_shown=False),
        Column(key="state", label=N_("State")),
        Column(key="why", label=N_("Why")),
        Column(key="tries", label=N_("Tries"), is_number=True),
        Column(key="do", label="", is_taken=False),
    ),
    sort="-came",
    filters=(
        Filter(key="state", label=N_("States"), options=_inbound_states, is_tabs=True),
        Filter(key="channel", label=N_("Shop"), options=channel_options),
    ),
    search=N_("Number of an order"),
    deeds=(BulkDeed(key="replay", label=N_("Read again"), view="look_replay"),),
    bulk="look_replay",
    tick="id",
    query=_inbound,
    cells=_inbound_cells,
    options=(defer(InboundMessage.body),),
)

OUTBOX = ListSpec(
    page="list_outbox",
    file="outbox",
    record=OutboundMessage,
    columns=(
        Column(key="number", label=N_("Message"), is_shown=False),
        Column(key="since", label=N_("Since"), sort=OutboundMessage.id, is_down_first=True),
        Column(key="shop", label=N_("Shop")),
        Column(key="order", label=N_("Order"), sort=OutboundMessage.order_id),
        Column(key="news", label=N_("News")),
        Column(key="state", label=N_("State")),
        Column(key="why", label=N_("Why")),
        Column(key="tries", label=N_("Tries"), is_number=True),
        Column(key="do", label="", is_taken=False),
    ),
    sort="-since",
    filters=(
        Filter(key="state", label=N_("States"), options=_outbound_states, is_tabs=True),
        Filter(key="channel", label=N_("Shop"), options=channel_options),
        Filter(key="kind", label=N_("News"), options=_kinds),
    ),
    search=N_("Number of an order"),
    deeds=(
        BulkDeed(
            key="retry",
            label=N_("Try again"),
            view="retry_message",
            one=_try_one,
            did="retried",
        ),
    ),
    bulk="bulk_outbox",
    wake=("push",),
    query=_outbound,
    cells=_outbound_cells,
)

ROUTES: Routes = (
    ("GET", "/messages/in", list_inbox),
    ("GET", "/messages/out", list_outbox),
    ("POST", "/messages/out/bulk", bulk_outbox),
)
