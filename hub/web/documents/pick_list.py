"""The list to pick by: what to fetch for orders, by item, the lot that expires first foremost."""

from collections.abc import Iterator

from reportlab.platypus import Flowable

from hub.models.shipping.paper_views import Pick, PickList
from hub.web.documents.frame import (
    HEAD,
    LARGE,
    TITLE,
    Look,
    Rows,
    best_before,
    cell,
    draw,
    sheet,
    table,
    tick_box,
)
from hub.web.wording.formats import write_day, write_quantity
from hub.web.wording.language import gettext, ngettext


def pick_list_pdf(found: PickList, *, look: Look) -> bytes:
    """Draw the list in the language of whoever picks."""
    label = gettext("Pick list")
    return draw([sheet(label, _story(found))], title=label, look=look)


def _story(found: PickList) -> list[Flowable]:
    number = len(found.orders)
    story: list[Flowable] = [
        cell(gettext("Pick list"), TITLE),
        cell(ngettext("%(num)s order", "%(num)s orders", number)),
        cell(gettext("What to fetch"), HEAD),
    ]
    header = ["", gettext("Item"), gettext("Lot"), gettext("Quantity"), gettext("Orders")]
    rows: Rows = [[tick_box(), *_pick(each)] for each in found.picks]
    if rows:
        story.append(table(header, rows, (0.05, 0.28, 0.3, 0.12, 0.25), style=LARGE))
    else:
        story.append(cell(gettext("Nothing is in stock for these orders yet.")))
    return [*story, *_missing(found), *_orders(found)]


def _pick(each: Pick) -> Iterator[str]:
    unit = each.item.unit
    yield f"{each.item.name}\n{each.item.code}"
    yield "\n".join(filter(None, (each.lot.lot_code, best_before(each.lot.best_before))))
    yield write_quantity(each.quantity, unit)
    yield ", ".join(
        f"{number} ({write_quantity(quantity, unit)})"
        for number, quantity in each.orders.items()
    )


def _missing(found: PickList) -> list[Flowable]:
    rows = [
        [number, item.name, write_quantity(quantity, item.unit)]
        for number, several in found.missing.items()
        for item, quantity in several
    ]
    if not rows:
        return []
    header = [gettext("Order"), gettext("Item"), gettext("Quantity")]
    return [
        cell(gettext("Not in stock yet"), HEAD),
        table(header, rows, (0.25, 0.55, 0.2)),
    ]


def _orders(found: PickList) -> list[Flowable]:
    header = ["", gettext("Order"), gettext("Promised"), gettext("Packed by")]
    rows: Rows = [
        [tick_box(), order.number, write_day(order.promised_on), ""]
        for order in found.orders
    ]
    return [cell(gettext("Orders"), HEAD), table(header, rows, (0.05, 0.25, 0.25, 0.45))]
