"""The page of one order: what, for whom, when, what blocks it and what to press."""

from dataclasses import dataclass
from datetime import tzinfo

from flask import Response, abort, current_app, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.by_id import by_id
from hub.models.letters.notification_queries import letters_about
from hub.models.making.startable import startable
from hub.models.orders.decision_views import standing_of
from hub.models.orders.order_lots import LotsOf, lots_held, lots_sent
from hub.models.orders.order_news import OrderNews, order_news
from hub.models.orders.order_promises import MOST, promise_versions
from hub.models.orders.order_shortages import Lack, order_shortages
from hub.models.orders.order_views import OrderPage, order_page
from hub.models.people.people_views import names_of
from hub.models.planning.run_slots import slot_places
from hub.models.purchasing.purchase_covers import covered_demands
from hub.models.purchasing.sellers import sellers
from hub.models.records.history import History
from hub.models.records.items import Item
from hub.models.records.production import ProductionOrder
from hub.models.shipping.sent import shipments_of
from hub.web.guard.browser_session import me
from hub.web.guard.page_roles import may_open
from hub.web.mail.notices import shown
from hub.web.orders.next_step import next_step
from hub.web.orders.promise_chain import Step, chain
from hub.web.orders.promise_story import Told, codes_told, story
from hub.web.orders.shop_says import Beside, shop_says
from hub.web.orders.timeline import SHOWN, Day, days_of
from hub.web.page_door import PageDoor, Routes, Trouble, asked, show_live
from hub.web.wording.covers import CoveredLine, covered_lines
from hub.web.wording.decision_words import questions
from hub.web.wording.who_words import who_words

DOCUMENTS = ("packing_slip", "run_traveller")
"""Views that make papers; what is not there is not linked."""


def show_order(door: PageDoor, order_id: int) -> Response:
    """Show one order: what blocks it, its lines, its date and why, and what happened."""
    return order_screen(door, order_id)


def order_screen(
    door: PageDoor, order_id: int, *, trouble: Trouble | None = None
) -> Response:
    """Write the page of an order, with the trouble of a deed beside what was pressed."""
    with door.reading() as session:
        page = order_page(session, order_id=order_id) or abort(404)
        goods = _goods(session, page)
        dates = _dates(session, page, goods)
        talk = _talk(session, page)
        return show_live(
            "orders/order.html",
            "orders/_order.html",
            here=url_for("pages.show_order", order_id=order_id),
            page=page,
            order=page.facts.order,
            goods=goods,
            items=goods.items,
            dates=dates,
            talk=talk,
            sellers=sellers(session, item_ids=_short(goods)),
            next_step=next_step(
                page,
                shortages=goods.shortages,
                startable=goods.startable,
                may=lambda view: may_open(me().role, view=f"pages.{view}"),
            ),
            questions=questions(standing_of(session, order_id=order_id)),
            days=_days(session, page, zone=door.zone),
            shown=_shown(),
            filters=SHOWN,
            notes=_notes(session, page),
            parcels=shipments_of(session, order_id=order_id),
            letters=shown(letters_about(session, order_id=order_id)),
            papers=_papers(),
            trouble=trouble,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """What an order is made of and how that is covered."""

    lines: list[CoveredLine]
    items: dict[int, Item]
    shortages: list[Lack]
    held: LotsOf
    sent: LotsOf
    runs: dict[int, ProductionOrder]
    startable: set[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """Why the day is what it is, and what was told before."""

    chain: list[Step]
    story: list[Told]
    has_older: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What the shop says beside what we say."""

    rows: list[Beside]
    news: OrderNews


def _goods(session: Session, page: OrderPage) -> Goods:
    demands = {demand.id for line in page.facts.lines for demand in line.demands}
    items = {demand.item_id for line in page.facts.lines for demand in line.demands}
    found = by_id(session, Item, ids=items)
    runs = {run.id: run for linked in page.links.values() for _, run in linked}
    coming = covered_demands(session, demand_ids=demands)
    return Goods(
        lines=covered_lines(page, items=found, coming=coming),
        items=found,
        shortages=order_shortages(session, order_id=page.facts.order.id),
        held=lots_held(session, demand_ids=demands),
        sent=lots_sent(session, demand_ids=demands),
        runs=runs,
        startable=startable(session, run_ids=runs),
    )


def _short(goods: Goods) -> set[int]:
    return {lack.item.id for lack in goods.shortages if lack.quantity}


def _dates(session: Session, page: OrderPage, goods: Goods) -> Dates:
    """Say why the order's date is what it is, and how it came to be."""
    versions = promise_versions(session, order_id=page.facts.order.id)
    codes = codes_told(versions)
    found = session.scalars(select(Item).where(Item.code.in_(codes)))
    items = {item.code: item for item in found}
    return Dates(
        chain=chain(
            versions[0].reasons if versions else (),
            items=items,
            runs=goods.runs.values(),
            slots=slot_places(session, run_ids=goods.runs),
            covered=goods.startable,
        ),
        story=story(versions, items=items),
        has_older=len(versions) > MOST,
    )


def _talk(session: Session, page: OrderPage) -> Talk:
    order = page.facts.order
    news = order_news(session, order=order)
    lines = [row.line for row in page.facts.lines]
    rows = shop_says(order, channel=page.account.channel, lines=lines, news=news)
    return Talk(rows=rows, news=news)


def _shown() -> str:
    return asked("what") if asked("what") in SHOWN else "all"


def _days(session: Session, page: OrderPage, *, zone: tzinfo) -> list[Day]:
    runs = {run.id: run.number for found in page.links.values() for _, run in found}
    actors = names_of(session, whos={row.who for row in page.events})
    return days_of(page.events, runs=runs, actors=actors, zone=zone, shown=_shown())


def _notes(session: Session, page: OrderPage) -> list[tuple[History, str]]:
    """Return the notes written about the order, the newest first, with who wrote them."""
    rows = [row for row in page.events if row.what == "order.note"]
    actors = names_of(session, whos={row.who for row in rows})
    return [(row, who_words(row.who, names=actors)) for row in reversed(rows)]


def _papers() -> set[str]:
    return {view for view in DOCUMENTS if f"pages.{view}" in current_app.view_functions}


ROUTES: Routes = (("GET", "/orders/<id:order_id>", show_order),)
