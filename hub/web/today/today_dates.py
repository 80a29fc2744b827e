"""What makes orders late: goods that are short, and orders that will miss their day."""

from collections.abc import Iterator, Mapping
from datetime import date

from flask import url_for

from hub.models.today.today import Today
from hub.models.today.today_short import ShortItem
from hub.web.today.today_row import RISK, Button, Row, page_button, the_rest
from hub.web.wording.formats import write_day, write_quantity
from hub.web.wording.language import gettext, ngettext


def short(needed: Today, *, today: date) -> Iterator[Row]:
    """Say what is short, who waits for it and until when an order comes in time."""
    for each in needed.short.items:
        item = each.item
        yield Row(
            group=RISK,
            tone="amber",
            title=gettext(
                "Short %(quantity)s of %(item)s",
                quantity=write_quantity(each.quantity, item.unit),
                item=item.name,
            ),
            more=" · ".join(filter(None, [_waits(each), _in_time(each, today=today)])),
            look=url_for("pages.show_item", item_id=str(item.id)),
            buttons=_ways(each),
        )
    more = needed.short.count - len(needed.short.items)
    if more > 0:
        button = page_button("order_suggested", gettext("Show them"), "list_purchases")
        title = gettext("and %(num)s more", num=more)
        yield Row(group=RISK, tone="grey", title=title, buttons=(button,))


def _waits(each: ShortItem) -> str:
    if not each.orders:
        return ""
    words = ngettext("%(num)s order", "%(num)s orders", each.orders)
    if each.due_on is None:
        return words
    due = gettext("first due %(day)s", day=write_day(each.due_on))
    return f"{words}, {due}"


def _in_time(each: ShortItem, *, today: date) -> str:
    """Say until when it can be ordered in time, else when it could be here."""
    if each.reason == "no_recipe":
        return gettext("nobody wrote down how it is made")
    if each.order_by is not None and not each.is_late:
        if each.order_by == today:
            return gettext("in time only if ordered today")
        return gettext("in time if ordered by %(day)s", day=write_day(each.order_by))
    if each.expected_on is None:
        return ""
    return gettext("can be here %(day)s if ordered now", day=write_day(each.expected_on))


def _ways(each: ShortItem) -> tuple[Button, ...]:
    look = url_for("pages.show_item", item_id=str(each.item.id))
    receive = Button(view="receive_lot", label=gettext("Receive"), address=look)
    if each.reason == "no_recipe":
        label = gettext("Write its recipe")
        return (Button(view="write_recipe", label=label, address=look),)
    if each.supplier is None:
        return (receive,)
    label = gettext("Order from %(supplier)s", supplier=each.supplier.name)
    anchor = f"of-{each.supplier.id}"
    address = url_for("pages.list_purchases", _anchor=anchor)
    return (Button(view="order_suggested", label=label, address=address), receive)


def at_risk(needed: Today, causes: Mapping[int, str]) -> Iterator[Row]:
    """Say which orders will miss their day, and why."""
    for order in needed.at_risk.rows:
        when = gettext("nobody knows when")
        if order.earliest_on:
            when = gettext("%(day)s at the earliest", day=write_day(order.earliest_on))
        label = gettext("See ways out")
        address = url_for("pages.ways_out", order_id=str(order.id))
        yield Row(
            group=RISK,
            tone="amber",
            title=gettext(
                "%(number)s will miss %(day)s",
                number=order.number,
                day=write_day(order.promised_on),
            ),
            more=" · ".join(filter(None, [when, causes.get(order.id, "")])),
            look=url_for("pages.show_order", order_id=str(order.id)),
            buttons=(Button(view="take_way_out", label=label, address=address),),
        )
    if needed.at_risk.more:
        yield the_rest(RISK, needed.at_risk.more, "take_way_out", risk="1")
