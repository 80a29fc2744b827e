"""What is to be made and sent today: runs that run or can start, orders that can leave."""

from collections.abc import Iterator
from datetime import date

from flask import url_for

from hub.models.today.today import RunToDo, Today
from hub.web.today.today_row import MAKE, SEND, Button, Row, page_button, rest_of_runs
from hub.web.wording.formats import write_day, write_plan
from hub.web.wording.language import gettext, ngettext


def running(needed: Today) -> Iterator[Row]:
    """Say what runs now."""
    for each in needed.running.rows:
        yield _run(each, gettext("running"), "finish_page", gettext("Finish"))
    if needed.running.more:
        yield rest_of_runs(needed.running.more, "finish_page")


def to_start(needed: Today, *, today: date) -> Iterator[Row]:
    """Say what can be started: what is to begin by today, one by one, the rest counted."""
    for each in needed.to_start.rows:
        needed_on = each.run.needed_on
        when = gettext("can start")
        if needed_on:
            day = write_day(needed_on)
            when = f"{when} · {gettext('needed %(day)s', day=day)}"
        tone = "amber" if needed_on and needed_on < today else "blue"
        yield _run(each, when, "start_run", gettext("Start"), tone=tone)
    if needed.to_start.more:
        yield rest_of_runs(needed.to_start.more, "start_run")
    if needed.could_start:
        title = ngettext(
            "%(num)s run planned for later could start already",
            "%(num)s runs planned for later could start already",
            needed.could_start,
        )
        button = page_button("start_run", gettext("Look"), "production_board")
        yield Row(group=MAKE, tone="grey", title=title, buttons=(button,))


def _run(each: RunToDo, state: str, view: str, label: str, *, tone: str = "blue") -> Row:
    run, item = each.run, each.item
    batches = ngettext("%(num)s batch", "%(num)s batches", run.batches)
    button = Button(
        view=view,
        label=label,
        address=url_for(f"pages.{view}", run_id=str(run.id)),
        is_deed=view == "start_run",
    )
    return Row(
        group=MAKE,
        tone=tone,
        title=f"{run.number} {item.name}",
        more=" · ".join([batches, write_plan(run.planned, item.unit), state]),
        look=url_for("pages.show_run", run_id=str(run.id)),
        buttons=(button,),
    )


def to_send(needed: Today) -> Iterator[Row]:
    """Say how many orders can leave."""
    if not needed.ready:
        return
    due = needed.ready_due_on
    more = gettext("the first promised for %(day)s", day=write_day(due)) if due else ""
    address = url_for("pages.list_orders", phase="ready_to_ship")
    yield Row(
        group=SEND,
        tone="green",
        title=ngettext(
            "%(num)s order ready to ship", "%(num)s orders ready to ship", needed.ready
        ),
        more=more,
        look=address,
        buttons=(Button(view="ship_page", label=gettext("Pack"), address=address),),
        paper=page_button("pick_list", gettext("Pick list"), "pick_list"),
    )
