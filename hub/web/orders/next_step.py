"""The one thing to press next for an order: the first of its next steps that this person may do."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from flask import url_for

from hub.models.orders.order_shortages import Lack
from hub.models.orders.order_views import OrderPage
from hub.models.records.production import ProductionOrder
from hub.web.wording.covers import NOT_MAPPED
from hub.web.wording.language import gettext

BUYABLE = ("no_stock", "too_old")
TO_SEND = ("ready_to_ship", "partly_shipped")

May = Callable[[str], bool]
"""Whether the person may open a view, by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """A button: where it leads, and whether it does something there."""

    view: str
    label: str
    address: str
    is_deed: bool = False


def next_step(
    page: OrderPage,
    *,
    shortages: Sequence[Lack],
    startable: Collection[int],
    may: May,
) -> NextStep | None:
    """Choose what comes next for an order; None where nothing is this person's to do."""
    order = page.facts.order
    if order.phase in ("shipped", "delivered", "cancelled"):
        return None
    steps = _steps(page, shortages=shortages, startable=startable)
    return next((step for step in steps if may(step.view)), None)


def _steps(
    page: OrderPage, *, shortages: Sequence[Lack], startable: Collection[int]
) -> Iterator[NextStep]:
    order = page.facts.order
    if order.intent == "on_hold":
        yield _step("release_order", gettext("Let it go on"), order.id, is_deed=True)
        return
    yield from _to_map(page)
    if order.phase in TO_SEND and _has_goods(page):
        yield _step("ship_page", gettext("Ship"), order.id)
    for lack in shortages:
        if lack.quantity and lack.reason == "no_recipe":
            address = url_for("pages.show_item", item_id=str(lack.item.id))
            label = gettext("Write its recipe")
            yield NextStep(view="write_recipe", label=label, address=address)
    if any(lack.quantity and lack.reason in BUYABLE for lack in shortages):
        address = url_for("pages.list_purchases")
        label = gettext("Order material")
        yield NextStep(view="order_suggested", label=label, address=address)
    yield from _to_make(page, startable=startable)
    if order.is_at_risk:
        yield _step("ways_out", gettext("See ways out"), order.id)


def _to_map(page: OrderPage) -> Iterator[NextStep]:
    for row in page.facts.lines:
        line = row.line
        if line.state in NOT_MAPPED and line.listing_id and line.ordered > line.cancelled:
            address = url_for("pages.show_listing", listing_id=str(line.listing_id))
            yield NextStep(view="save_mapping", label=gettext("Map"), address=address)


def _has_goods(page: OrderPage) -> bool:
    demands = [demand for row in page.facts.lines for demand in row.demands]
    return any(demand.allocated for demand in demands)


def _to_make(page: OrderPage, *, startable: Collection[int]) -> Iterator[NextStep]:
    runs = {run.id: run for linked in page.links.values() for _, run in linked}
    for run in runs.values():
        if run.id in startable:
            yield _of_run("start_run", gettext("Start %(run)s", run=run.number), run)
    for run in runs.values():
        if run.state == "running":
            yield _of_run("finish_page", gettext("Finish %(run)s", run=run.number), run)


def _of_run(view: str, label: str, run: ProductionOrder) -> NextStep:
    address = url_for(f"pages.{view}", run_id=str(run.id))
    return NextStep(view=view, label=label, address=address, is_deed=view == "start_run")


def _step(view: str, label: str, order_id: int, *, is_deed: bool = False) -> NextStep:
    address = url_for(f"pages.{view}", order_id=str(order_id))
    return NextStep(view=view, label=label, address=address, is_deed=is_deed)
