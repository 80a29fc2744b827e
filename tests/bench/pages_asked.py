"""Every address a bench of pages opens: each route filled with what is seeded, and harder ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from flask import Flask
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session
from werkzeug.routing import Rule

from hub.models.records.listings import Listing
from hub.models.records.mails import Review
from hub.models.records.notifications import Notification
from hub.models.records.orders import Customer, SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.purchasing import PurchaseOrder
from hub.models.records.recalls import Recall
from hub.models.records.shipping import Shipment
from hub.models.records.stock import Lot
from hub.web.guard.page_guard import FOR_PROGRAMS

WORDS: Mapping[str, Mapping[str, str]] = {
    "pages.connect_form": {"channel": "shopify"},
    "pages.connect_stage": {"stage": "rehearse"},
    "pages.show_words": {"event": "shipped", "locale": "es"},
    "pages.give_table": {"table": "items"},
    "pages.give_template": {"table": "items"},
    "pages.give_colour": {"colour": "336699"},
    "pages.enter_page": {"secret": "no-such-secret"},
    "pages.join_page": {"secret": "no-such-secret"},
    "pages.setup_page": {"secret": "no-such-secret"},
}
"""What stands in an address that is no id."""

MAY_NOT_ANSWER = frozenset(
    {
        "pages.enter_page", "pages.join_page", "pages.setup_page", "pages.login_page",
        "pages.second_page", "pages.come_back", "pages.give_logo",
    }
)  # fmt: skip
"""Ways in that lead elsewhere whoever is in, and a logo nobody uploaded."""

BUYERS = frozenset({"pages.show_status", "pages.give_logo", "pages.give_colour"})

HARDER: tuple[str, ...] = (
    "/orders?phase=delivered",
    "/orders?phase=in_production",
    "/orders?sort=total",
    "/orders?sort=-total",
    "/orders?sort=promised",
    "/orders?sort=-placed",
    "/orders?q=H-000777",
    "/orders?q=8209829123",
    "/orders?q=Maria+Ruiz+17",
    "/orders?q=nobody+at+all",
    "/orders?risk=yes",
    "/orders?channel=1&sort=total",
    "/orders?phase=delivered&channel=2&sort=-total",
    "/orders?from=2026-01-01&to=2026-03-01",
    "/shipments?state=delivered",
    "/shipments?tracking=PQ0000777",
    "/shipments?q=S-000777",
    "/stock?q=candle",
    "/stock?sort=name",
    "/lots?q=L003",
    "/lots?sort=best_before",
    "/lots?state=available",
    "/customers?q=ruiz",
    "/customers?q=nobody+at+all",
    "/mapping?state=mapped",
    "/mapping?q=fig+candle+no+12",
    "/mapping?state=mapped&q=nothing+such",
    "/mapping/bench?orders=1000",
    "/mapping/history?q=fig",
    "/messages/in?state=done",
    "/messages/in?state=held",
    "/messages/out?state=sent",
    "/messages/out?state=dead",
    "/mails?state=processed",
    "/mails?state=review",
    "/reviews?state=accepted",
    "/reviews?state=accepted&q=buyer7",
    "/purchases?state=received",
    "/tasks?state=done",
    "/recipes?q=fig",
    "/find?q=H-0007",
    "/find?q=ruiz",
    "/find?q=zzzz",
    "/find?q=1",
    "/find?q=candle",
    "/orders/new/buyers?q=ruiz",
    "/orders/new/buyers?q=zzzz",
    "/orders/new/goods?q=candle",
    "/orders/new/goods?q=zzzz",
    "/audit?who=worker",
    "/audit?kind=orders",
    "/audit?about=order:777",
    "/audit?who=nobody",
    "/audit?from=2025-01-01&until=2025-02-01",
    "/production?q=candle",
    "/production?centre=3",
    "/production/schedule?from=2026-12-07",
    "/what-if?kind=demand_times&item=P001&factor=3",
    "/what-if?kind=purchase_late&purchase=PO-1999&days=9",
    "/what-if?kind=work_centre_down&centre=C1&from=2026-11-24&to=2026-11-27",
    "/what-if?kind=lot_rejected&lot_item=M320&lot=L321-0",
)
"""Lists asked for in every way people ask."""

NEXT_PAGES = ("/orders", "/orders?sort=total", "/shipments", "/lots", "/audit",
              "/messages/in", "/messages/out", "/customers", "/mails", "/mapping?state=mapped",
              "/reviews?state=accepted", "/letters")  # fmt: skip
"""Lists whose later pages are opened too, by the way on that each page names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One address to be opened."""

    address: str
    may_not_answer: bool = False
    is_for_buyers: bool = False
    headers: tuple[tuple[str, str], ...] = ()


def addresses_of(app: Flask, session: Session, *, token: str) -> list[Asked]:
    """Fill every route people read with ids of what is there, sent orders beside open ones.

    :raises AssertionError: a route nobody said how to fill; its name is in the message.
    """
    known = _ids(session)
    found: list[Asked] = []
    for rule in app.url_map.iter_rules():
        if not _is_read(rule):
            continue
        values = {**known[0], **WORDS.get(rule.endpoint, {}), "token": token}
        found += [_filled(rule, values)]
        if set(rule.arguments) & set(known[1]):
            found += [_filled(rule, {**values, **known[1]})]
    return found


def live_parts(known: Mapping[str, object]) -> list[Asked]:
    """Name what pages fetch again every few seconds."""
    paths = ("/", "/orders", "/production", f"/production/{known['run_id']}", "/overview",
             f"/orders/{known['order_id']}", "/shipments", "/mapping", "/messages/in",
             f"/channels/{known['account_id']}", "/channels", "/lots", "/stock")  # fmt: skip
    live = (("HX-Request", "true"),)
    return [Asked(address=path, headers=live) for path in paths]


def _is_read(rule: Rule) -> bool:
    is_page = rule.endpoint.startswith("pages.")
    is_ours = f"GET {rule.rule}" not in FOR_PROGRAMS or rule.endpoint in BUYERS
    return is_page and is_ours and "GET" in (rule.methods or set())


def _filled(rule: Rule, values: Mapping[str, object]) -> Asked:
    address = rule.rule
    for name in rule.arguments:
        assert name in values, f"say how to fill {name} of {rule.rule} ({rule.endpoint})"
        for form in (f"<id:{name}>", f"<{name}>"):
            address = address.replace(form, str(values[name]))
    return Asked(
        address=address,
        may_not_answer=rule.endpoint in MAY_NOT_ANSWER,
        is_for_buyers=rule.endpoint in BUYERS,
    )


def _ids(session: Session) -> tuple[dict[str, object], dict[str, object]]:
    """Return ids of what is going on, and of the same kinds' past where that is another page."""

    @cache
    def last(column: InstrumentedAttribute[int], where: ColumnElement[bool] | None) -> int:
        query = select(func.max(column))
        found = session.scalar(query if where is None else query.where(where))
        assert found is not None, f"nothing seeded for {column}"
        return found

    sent, done = SalesOrder.phase == "delivered", ProductionOrder.state == "done"
    now: dict[str, object] = {
        "account_id": 1, "user_id": 1, "item_id": 5, "supplier_id": 1,
        "order_id": last(SalesOrder.id, SalesOrder.phase == "in_production"),
        "run_id": last(ProductionOrder.id, ProductionOrder.state == "running"),
        "listing_id": last(Listing.id, Listing.state == "unmapped"),
        "lot_id": last(Lot.id, Lot.item_id == 5),
        "customer_id": last(Customer.id, Customer.id == 77),
        "message_id": 77,
        "notification_id": last(Notification.id, None),
        "purchase_order_id": last(PurchaseOrder.id, PurchaseOrder.state == "ordered"),
        "recall_id": last(Recall.id, None),
        "review_id": last(Review.id, None),
        "shipment_id": last(Shipment.id, None),
    }  # fmt: skip
    past: dict[str, object] = {
        "order_id": last(SalesOrder.id, sent),
        "run_id": last(ProductionOrder.id, done),
        "lot_id": last(Lot.id, Lot.item_id == 400),
        "item_id": 400,
        "listing_id": last(Listing.id, Listing.state == "mapped"),
        "account_id": 2,
    }
    return now, past


def known_ids(session: Session) -> dict[str, object]:
    """Return ids of what is going on, by what addresses call them."""
    return _ids(session)[0]
