"""What only a person can end: unmapped, cut off, refused, to be decided."""

from collections.abc import Iterator, Sequence

from flask import url_for

from hub.models.today.today import Today
from hub.web.today.today_row import NEEDS, Button, Row, order_button, page_button, the_rest
from hub.web.wording.decision_words import Question
from hub.web.wording.finding_words import finding_words
from hub.web.wording.formats import write_money
from hub.web.wording.language import gettext, ngettext
from hub.web.wording.words import REASONS, said


def to_map(needed: Today) -> Iterator[Row]:
    """Say what nobody mapped yet."""
    found = needed.unmapped
    if not found.listings:
        return
    waits = ngettext("%(num)s order waits", "%(num)s orders wait", found.orders)
    money = [write_money(minor, currency) for currency, minor in found.totals]
    yield Row(
        group=NEEDS,
        tone="red",
        title=ngettext(
            "%(num)s listing not mapped", "%(num)s listings not mapped", found.listings
        ),
        more=", ".join([waits, *money]),
        look=url_for("pages.mapping_queue"),
        buttons=(page_button("save_mapping", gettext("Map"), "mapping_queue"),),
    )


def cut_off(needed: Today) -> Iterator[Row]:
    """Say which connections and messages hang, and what is to be done by hand or read."""
    for account in needed.troubled:
        address = url_for("pages.show_channel", account_id=str(account.id))
        button = Button(view="show_channel", label=gettext("Look"), address=address)
        why = finding_words(account.problem) if account.problem else ""
        yield Row(
            group=NEEDS,
            tone="red",
            title=account.name,
            more=why or gettext("Reconnect needed"),
            buttons=(button,),
        )
    if needed.stuck_out:
        yield _refused(needed)
    if needed.by_hand:
        title = ngettext(
            "%(num)s task by hand at a shop",
            "%(num)s tasks by hand at shops",
            needed.by_hand,
        )
        button = page_button("list_tasks", gettext("Look"), "list_tasks")
        yield Row(group=NEEDS, tone="red", title=title, buttons=(button,))
    if needed.mails:
        title = ngettext(
            "%(num)s mail waits for you", "%(num)s mails wait for you", needed.mails
        )
        button = page_button("list_reviews", gettext("Look"), "list_reviews")
        yield Row(group=NEEDS, tone="red", title=title, buttons=(button,))
    if needed.stuck_in:
        title = ngettext(
            "%(num)s message we could not read",
            "%(num)s messages we could not read",
            needed.stuck_in,
        )
        button = page_button("list_inbox", gettext("Look"), "list_inbox", state="stuck")
        yield Row(group=NEEDS, tone="red", title=title, buttons=(button,))


def _refused(needed: Today) -> Row:
    shop, why = needed.refused or ("", "")
    title = ngettext(
        "%(num)s message a shop did not take",
        "%(num)s messages a shop did not take",
        needed.stuck_out,
    )
    label = gettext("Fix and send again")
    return Row(
        group=NEEDS,
        tone="red",
        title=title,
        more=f"{shop}: {finding_words(why)}" if why else shop,
        buttons=(page_button("list_outbox", label, "list_outbox", state="stuck"),),
    )


def to_decide(needed: Today, questions: Sequence[Question]) -> Iterator[Row]:
    """Say what was asked about changes of orders."""
    for each in questions:
        address = url_for("pages.show_order", order_id=str(each.order_id))
        button = Button(view="answer_decision", label=gettext("Answer"), address=address)
        yield Row(
            group=NEEDS,
            tone="red",
            title=each.number,
            more=f"{each.words} {each.why}",
            look=address,
            buttons=(button,),
        )
    if needed.decisions.more:
        yield the_rest(NEEDS, needed.decisions.more, "answer_decision")


def attention(needed: Today) -> Iterator[Row]:
    """Say which orders only a person can bring on; unmapped ones are said already."""
    for order in needed.attention.rows:
        if order.hold_reasons == ["unmapped"]:
            continue
        why = [said(REASONS, str(reason)) for reason in order.hold_reasons]
        button = order_button("hold_order", gettext("Look"), order)
        yield Row(
            group=NEEDS,
            tone="red",
            title=order.number,
            more=" · ".join(why),
            look=button.address,
            buttons=(button,),
        )
    if needed.attention.more:
        phase = "needs_attention"
        yield the_rest(NEEDS, needed.attention.more, "hold_order", phase=phase)
