"""The inbox and the outbox as lists: what became of each message, why, and trying many again."""

from collections.abc import Mapping, Sequence

from flask import Response
from sqlalchemy import Select
from sqlalchemy.orm import Session, defer

from hub.models.by_id import by_id
from hub.models.channels.message_lists import (
    STUCK,
    WAITS_FOR_A_PERSON,
    MessagesWanted,
    inbound_wanted,
    outbound_wanted,
)
from hub.models.claims.outbox import try_again
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.orders import SalesOrder
from hub.web.lists.answers import shops, states
from hub.web.lists.bulk import press_many
from hub.web.lists.page import show_list
from hub.web.lists.spec import BulkDeed, Cell, Column, Filter, ListSpec, Option, Wish
from hub.web.page_door import Deed, PageDoor, Routes
from hub.web.wording.finding_words import finding_words
from hub.web.wording.language import N_, gettext
from hub.web.wording.message_words import account_name
from hub.web.wording.words import INBOUND, KINDS_OF_NEWS, OUTBOUND, said, word


def list_inbox(door: PageDoor) -> Response:
    """Show what shops told us."""
    return show_list(door, INBOX)


def list_outbox(door: PageDoor) -> Response:
    """Show what we owe shops."""
    return show_list(door, OUTBOX)


def bulk_outbox(door: PageDoor) -> Response:
    """Try many messages again now."""
    return press_many(door, OUTBOX)


def _try_one(_: PageDoor, deed: Deed, message_id: int) -> None:
    try_again(deed.session, message_id=message_id, who=deed.who, now=deed.now)


def _told_us(
    _: PageDoor, session: Session, rows: Sequence[InboundMessage]
) -> Mapping[str, object]:
    return {
        "accounts": by_id(session, ChannelAccount, ids={each.account_id for each in rows}),
        "stuck": WAITS_FOR_A_PERSON,
    }


def _owed(
    _: PageDoor, session: Session, rows: Sequence[OutboundMessage]
) -> Mapping[str, object]:
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


def _inbound_states(session: Session) -> Sequence[Option]:
    known = states("inbound", INBOUND)(session)
    return [(STUCK, gettext("For a person")), *known]


def _outbound_states(session: Session) -> Sequence[Option]:
    known = states("outbound", OUTBOUND)(session)
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
        Filter(key="channel", label=N_("Shop"), options=shops),
    ),
    search=N_("Number of an order"),
    deeds=(BulkDeed(key="replay", label=N_("Read again"), view="look_replay"),),
    bulk="look_replay",
    tick="id",
    template="messages/inbox.html",
    part="messages/_inbox.html",
    context=_told_us,
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
        Filter(key="channel", label=N_("Shop"), options=shops),
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
    template="messages/outbox.html",
    part="messages/_outbox.html",
    context=_owed,
    query=_outbound,
    cells=_outbound_cells,
    name=lambda message: said(KINDS_OF_NEWS, message.kind),
)

ROUTES: Routes = (
    ("GET", "/messages/in", list_inbox),
    ("GET", "/messages/out", list_outbox),
    ("POST", "/messages/out/bulk", bulk_outbox),
)
