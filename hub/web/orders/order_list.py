"""Orders as a list: found, filtered, sorted, taken away, and held or let go many at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from flask import Response, make_response, redirect, request, url_for
from sqlalchemy import Select
from sqlalchemy.orm import Session

from hub.flow.orders.change import hold_order, release_order, undo_hold
from hub.flow.orders.prioritise import prioritise
from hub.models.by_id import by_id
from hub.models.orders.held_together import still_held
from hub.models.orders.order_views import Wanted, orders_wanted
from hub.models.orders.short_orders import short_items
from hub.models.records.channels import ChannelAccount
from hub.models.records.orders import SalesOrder
from hub.models.shipping.paper_views import MOST_ORDERS
from hub.web.lists.answers import shops, states
from hub.web.lists.bulk import press_many, undo_many
from hub.web.lists.page import show_list
from hub.web.lists.spec import (
    BulkDeed,
    BulkField,
    BulkUndo,
    Cell,
    Column,
    Filter,
    ListSpec,
    Option,
    Wish,
)
from hub.web.page_door import PLAN, Deed, PageDoor, Routes, typed
from hub.web.wording.formats import read_pieces
from hub.web.wording.language import N_, gettext
from hub.web.wording.message_words import account_name
from hub.web.wording.words import PHASES, REASONS, said, word
from mapping.canonical import Money
from mapping.money import format_money
from mapping.units import UnitProblem

PAPERS = {"slips": "pages.print_slips", "pick": "pages.pick_list"}
"""Deeds that change nothing: they print the orders that are ticked."""


def list_orders(door: PageDoor) -> Response:
    """Show the newest orders, of one phase or of all, and find one."""
    return show_list(door, ORDERS)


def bulk_orders(door: PageDoor) -> Response:
    """Hold, release or place many orders at once, or print their papers."""
    paper = PAPERS.get(request.form.get("deed", ""))
    if paper is not None:
        ids = request.form.getlist("row")
        where = url_for(paper, ids=",".join(ids[:MOST_ORDERS]))
        return make_response(redirect(where, code=303))
    return press_many(door, ORDERS)


def undo_bulk_orders(door: PageDoor) -> Response:
    """Let the orders go on that the reader held with one press."""
    return undo_many(door, ORDERS)


def _context(
    _: PageDoor, session: Session, rows: Sequence[SalesOrder]
) -> Mapping[str, object]:
    return {
        "accounts": by_id(
            session, ChannelAccount, ids={order.account_id for order in rows}
        ),
        "short": short_items(session, order_ids=[order.id for order in rows]),
    }


def _query(_: Session, wish: Wish) -> Select[SalesOrder]:
    return orders_wanted(
        Wanted(
            phase=wish.value("phase"),
            channel=wish.value("channel"),
            text=wish.text,
            by_person=wish.is_for_people,
            only_at_risk=wish.value("risk") == "1",
            promised_from=wish.day("from"),
            promised_to=wish.day("to"),
        )
    )


def _cells(
    session: Session, rows: Sequence[SalesOrder], _: Wish
) -> list[Mapping[str, Cell]]:
    accounts = by_id(session, ChannelAccount, ids={order.account_id for order in rows})
    short = short_items(session, order_ids=[order.id for order in rows])
    return [
        {
            "number": order.number,
            "shop": account_name(accounts[order.account_id]),
            "shop_number": order.external_number,
            "phase": word("phase", order.phase).text,
            "waits": ", ".join(sorted(short.get(order.id, ())) or _reasons(order)),
            "promised": order.promised_on,
            "total": _plain(order),
            "currency": order.currency,
            "placed": order.placed_at,
        }
        for order in rows
    ]


def _reasons(order: SalesOrder) -> list[str]:
    return [said(REASONS, str(reason)) for reason in order.hold_reasons]


def _plain(order: SalesOrder) -> Cell:
    if order.total_minor is None:
        return None
    try:
        return Decimal(
            format_money(Money(minor=order.total_minor, currency=order.currency))["amount"]
        )
    except UnitProblem:
        return order.total_minor


def _risks(_: Session) -> Sequence[Option]:
    return [("1", gettext("At risk only"))]


def _hold(_: PageDoor, deed: Deed, order_id: int) -> None:
    hold_order(
        deed.session, order_id=order_id, reason=typed("reason"), who=deed.who, now=deed.now
    )


def _still_held(session: Session, who: str, at: datetime) -> int:
    return len(still_held(session, who=who, at=at))


def _unhold(deed: Deed, held_at: datetime) -> None:
    undo_hold(deed.session, held_at=held_at, who=deed.who, now=deed.now)


def _release(_: PageDoor, deed: Deed, order_id: int) -> None:
    release_order(
        deed.session, order_id=order_id, reason=typed("reason"), who=deed.who, now=deed.now
    )


def _place(door: PageDoor, deed: Deed, order_id: int) -> None:
    prioritise(
        deed.session,
        order_id=order_id,
        priority=read_pieces(typed("priority"), field="priority"),
        reason=typed("reason"),
        who=deed.who,
        now=deed.now,
        zone=door.zone,
        channels=door.ports.channels,
    )


ORDERS = ListSpec(
    page="list_orders",
    file="orders",
    record=SalesOrder,
    columns=(
        Column(key="number", label=N_("Order"), sort=SalesOrder.id, is_down_first=True),
        Column(key="shop", label=N_("Shop")),
        Column(key="shop_number", label=N_("Number in the shop"), is_shown=False),
        Column(key="phase", label=N_("Phase")),
        Column(key="waits", label=N_("Waits for")),
        Column(key="promised", label=N_("Promised"), sort=SalesOrder.promised_on),
        Column(
            key="total",
            label=N_("Total"),
            sort=SalesOrder.total_minor,
            is_number=True,
            is_down_first=True,
        ),
        Column(key="currency", label=N_("Currency"), is_shown=False),
        Column(
            key="placed",
            label=N_("Placed"),
            sort=SalesOrder.placed_at,
            is_down_first=True,
        ),
    ),
    sort="-number",
    filters=(
        Filter(
            key="phase", label=N_("Phases"), options=states("phase", PHASES), is_tabs=True
        ),
        Filter(key="channel", label=N_("Shop"), options=shops),
        Filter(key="risk", label=N_("Risk"), options=_risks),
        Filter(key="from", label=N_("Promised from")),
        Filter(key="to", label=N_("Promised until")),
    ),
    search=N_("Number"),
    search_people=N_("Number or buyer"),
    deeds=(
        BulkDeed(
            key="hold",
            label=N_("Hold"),
            view="hold_order",
            one=_hold,
            did="orders_held",
            undo=BulkUndo(
                view="undo_bulk_orders", left=_still_held, back=_unhold, did="hold_undone"
            ),
        ),
        BulkDeed(
            key="release",
            label=N_("Release"),
            view="release_order",
            one=_release,
            did="orders_released",
        ),
        BulkDeed(
            key="place",
            label=N_("Set the place"),
            view="place_order",
            one=_place,
            did="placed",
        ),
        BulkDeed(
            key="slips",
            label=N_("Print packing slips"),
            view="print_slips",
        ),
        BulkDeed(key="pick", label=N_("Print a pick list"), view="pick_list"),
    ),
    fields=(
        BulkField(key="reason", label=N_("Reason"), view="hold_order"),
        BulkField(key="priority", label=N_("Place"), view="place_order", is_number=True),
    ),
    bulk="bulk_orders",
    wake=PLAN,
    template="orders/list.html",
    part="orders/_list.html",
    context=_context,
    query=_query,
    cells=_cells,
    name=lambda order: order.number,
)

ROUTES: Routes = (
    ("GET", "/orders", list_orders),
    ("POST", "/orders/bulk", bulk_orders),
    ("POST", "/orders/bulk/undo", undo_bulk_orders),
)
