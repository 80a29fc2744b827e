"""What the shop shows of an order beside what we hold of it, and what is to be pressed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from hub.domain.days.promise import count_on
from hub.models.claims.outbox import OWED
from hub.models.orders.order_news import OrderNews
from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import OrderLine, SalesOrder
from hub.web.wording.formats import write_day
from hub.web.wording.language import gettext, ngettext

NO_SHOP = frozenset({"manual", "email"})
"""Channels behind which there is no shop that shows the order."""
STUCK = ("held", "dead")
HOLDS = ("hold", "release_hold")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """One thing as the shop has it and as we have it."""

    what: str
    theirs: str
    ours: str
    state: str
    """A key of the table "agree" in words.py."""
    at: datetime | None = None
    stuck: OutboundMessage | None = None
    """The message that must be sent again for the two to agree."""
    is_task: bool = False
    """Whether somebody must do it at the shop by hand."""
    is_unread: bool = False
    """Whether the shop has a version that we have not read."""


def shop_says(
    order: SalesOrder, *, channel: str, lines: Sequence[OrderLine], news: OrderNews
) -> list[Beside]:
    """Put the shop's truth beside ours; nothing where no shop is behind the channel."""
    if channel in NO_SHOP:
        return []
    found = [*_version(news), _parcels(order, lines=lines, news=news)]
    found += [*_progress(news), *_promised(order, news), *_hold(order, news)]
    return [*found, *_cancelled(news)]


def _version(news: OrderNews) -> Iterator[Beside]:
    for drift in news.drifts:
        if drift.kind == "order":
            yield Beside(
                what=gettext("Version"),
                theirs=gettext("a newer one than we read"),
                ours=gettext("the one before"),
                state="differs",
                at=drift.found_at,
                is_unread=True,
            )


def _parcels(order: SalesOrder, *, lines: Sequence[OrderLine], news: OrderNews) -> Beside:
    wanted = sum(line.ordered - line.cancelled for line in lines)
    shown = [line.shown_sent for line in lines if line.shown_sent is not None]
    theirs = sum(shown) if shown else None
    ours = sum(line.shipped + line.sent_elsewhere for line in lines)
    last = _newest(news, "fulfil")
    return Beside(
        what=gettext("Parcels"),
        theirs=_sent(theirs, of=wanted),
        ours=_sent(ours, of=wanted),
        state=_parcels_agree(order, last, theirs=theirs, ours=ours, news=news),
        at=order.remote_updated_at,
        stuck=last if last and last.state in STUCK else None,
        is_task=any(task.kind == "ship" for task in news.tasks),
    )


def _parcels_agree(
    order: SalesOrder,
    last: OutboundMessage | None,
    *,
    theirs: int | None,
    ours: int,
    news: OrderNews,
) -> str:
    if any(drift.kind == "fulfilment" for drift in news.drifts):
        return "differs"
    if any(task.kind == "ship" for task in news.tasks):
        return "differs"
    if theirs == ours or (theirs is None and not ours):
        return "equal"
    if last is None:
        return "unknown" if theirs is None else "differs"
    was_read = last.done_at is not None and order.remote_updated_at > last.done_at
    return "differs" if last.state == "sent" and was_read else _of(last, sent="pending")


def _sent(pieces: int | None, *, of: int) -> str:
    if pieces is None:
        return gettext("does not say")
    if not pieces:
        return gettext("nothing sent")
    return ngettext(
        "%(sent)s of %(num)s piece sent", "%(sent)s of %(num)s pieces sent", of, sent=pieces
    )


def _progress(news: OrderNews) -> Iterator[Beside]:
    last = _newest(news, "progress")
    if last is None:
        return
    note = str(last.payload.get("note") or "") or gettext("in production")
    yield Beside(
        what=gettext("Progress"),
        theirs=_told(last, note),
        ours=gettext("begun"),
        state=_of(last, sent="equal"),
        at=last.done_at,
        stuck=last if last.state in STUCK else None,
    )


def _promised(order: SalesOrder, news: OrderNews) -> Iterator[Beside]:
    last = _newest(news, "promised")
    if last is None:
        return
    told = _day(last.payload.get("on"))
    ours = count_on(order.promised_on, earliest_on=order.earliest_on)
    yield Beside(
        what=gettext("Day promised"),
        theirs=_told(last, write_day(told)),
        ours=write_day(ours),
        state=_of(last, sent="equal" if told == ours else "differs"),
        at=last.done_at,
        stuck=last if last.state in STUCK else None,
    )


def _hold(order: SalesOrder, news: OrderNews) -> Iterator[Beside]:
    last = _newest(news, *HOLDS)
    if last is None:
        return
    waits, goes_on = gettext("waits for stock"), gettext("goes on")
    yield Beside(
        what=gettext("Hold"),
        theirs=_told(last, waits if last.kind == "hold" else goes_on),
        ours=waits if order.held_at_channel else goes_on,
        state=_of(last, sent="equal"),
        at=last.done_at,
        stuck=last if last.state in STUCK else None,
    )


def _cancelled(news: OrderNews) -> Iterator[Beside]:
    is_task = any(task.kind == "cancel" for task in news.tasks)
    if is_task or any(drift.kind == "cancel" for drift in news.drifts):
        yield Beside(
            what=gettext("Order"),
            theirs=gettext("open"),
            ours=gettext("cancelled"),
            state="differs",
            is_task=is_task,
        )


def _newest(news: OrderNews, *kinds: str) -> OutboundMessage | None:
    return next((each for each in news.messages if each.kind in kinds), None)


def _told(message: OutboundMessage, words: str) -> str:
    return words if message.state == "sent" else gettext("was not told yet")


def _of(message: OutboundMessage, *, sent: str) -> str:
    """Say whether the two agree, by what became of a message; `sent` is what it is once sent."""
    if message.state in OWED:
        return "pending"
    states = {"shadowed": "rehearsed", "held": "differs", "dead": "differs"}
    return states.get(message.state, sent)


def _day(written: object) -> date | None:
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        return None
