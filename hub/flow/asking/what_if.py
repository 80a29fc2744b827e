"""Ask what a change would do, hear what would help, and have one remedy really done.

Asking plans the workshop in memory and writes nothing. A remedy is done by the step of the flow
that a person would take: nothing here changes a plan behind anybody's back.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo

from sqlalchemy.orm import Session

from connectors.protocol import Registration
from connectors.registry import CHANNELS
from hub.domain.asking.what_if import Effects, late_days
from hub.domain.asking.what_if_changes import Change
from hub.domain.asking.what_if_fixes import FixKind, Trouble
from hub.domain.asking.what_if_remedies import FIRST
from hub.flow.asking.what_if_helps import Help, helps
from hub.flow.asking.what_if_scope import Asked, ask, for_remedies, touched
from hub.flow.catalogue.alternates import alternate_between, set_alternate
from hub.flow.making.make_now import make_now
from hub.flow.orders.prioritise import prioritise
from hub.flow.planning.open_days import open_on
from hub.flow.purchasing.purchase import expect
from hub.flow.refusal import Invalid, Missing
from hub.models.planning.planning_rows import items_wanted
from hub.models.records.items import WorkCentre
from hub.models.records.purchasing import PurchaseLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a change would do, and what would help."""

    effects: Effects
    fixes: tuple[Help, ...]


def what_if(
    session: Session, *, changes: Sequence[Change], now: datetime, zone: tzinfo = UTC
) -> Answer:
    """Say which orders and runs would move, and try what would help; nothing is written."""
    asked = _ask(session, changes, now=now, zone=zone)
    return Answer(
        effects=asked.effects(),
        fixes=_helps(session, asked.trouble(), changes=changes, now=now, zone=zone),
    )


def what_moves(
    session: Session, *, changes: Sequence[Change], now: datetime, zone: tzinfo = UTC
) -> Effects:
    """Say which orders and runs would move, and try nothing against it."""
    return _ask(session, changes, now=now, zone=zone).effects()


def what_helps(
    session: Session, *, changes: Sequence[Change], now: datetime, zone: tzinfo = UTC
) -> tuple[Help, ...]:
    """Try what would help where changes bring orders into trouble; nothing is written."""
    asked = _ask(session, changes, now=now, zone=zone)
    return _helps(session, asked.trouble(), changes=changes, now=now, zone=zone)


def ways_out(
    session: Session, *, order_id: int, now: datetime, zone: tzinfo = UTC
) -> tuple[Help, ...]:
    """Say what would bring an order closer to its day as things stand; nothing is written.

    Nothing where it is not late, or nothing helps.
    """
    items = items_wanted(session, order_id=order_id)
    asked = ask(session, (), item_ids=items, now=now, zone=zone)
    trouble = _of_one(asked.trouble(), order_id=order_id)
    items |= for_remedies(trouble)
    if not _is_among(items, trouble):
        asked = ask(session, (), item_ids=items, now=now, zone=zone)
        trouble = _of_one(asked.trouble(), order_id=order_id)
    return helps(trouble, can=_DEEDS)


def _ask(
    session: Session, changes: Sequence[Change], *, now: datetime, zone: tzinfo
) -> Asked:
    items = touched(session, changes)
    return ask(session, changes, item_ids=items, now=now, zone=zone)


def _helps(
    session: Session,
    trouble: Trouble,
    *,
    changes: Sequence[Change],
    now: datetime,
    zone: tzinfo,
) -> tuple[Help, ...]:
    """Try what would help; more is planned anew where remedies touch more than the question."""
    if not trouble.late:
        return ()
    items = for_remedies(trouble)
    if not _is_among(items, trouble):
        items |= touched(session, changes)
        trouble = ask(session, changes, item_ids=items, now=now, zone=zone).trouble()
    return helps(trouble, can=_DEEDS)


def _is_among(items: Set[int], trouble: Trouble) -> bool:
    standing = trouble.base.standing
    return standing is None or items <= standing.scope


def _of_one(trouble: Trouble, *, order_id: int) -> Trouble:
    days = late_days(trouble.after, to=trouble.to).get(order_id, 0)
    return replace(trouble, late={order_id: days} if days else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Applying:
    session: Session
    who: str
    now: datetime
    zone: tzinfo
    channels: Mapping[str, Registration]

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


def apply_fix(
    session: Session,
    *,
    fix: str,
    who: str,
    now: datetime,
    zone: tzinfo = UTC,
    channels: Mapping[str, Registration] = CHANNELS,
) -> FixKind:
    """Do what a remedy of an answer says, by the id it has there; return what kind it was.

    :raises Invalid: it is no remedy, or none that can be done from here.
    :raises Missing: what it is about is no longer there.
    :raises Refusal: the step it takes is no longer possible; the step says why.
    """
    kind, numbers = _read(fix)
    deed = _DEEDS.get(kind)
    if deed is None or len(numbers) != deed.takes:
        raise Invalid("This cannot be done from here.", field="fix")
    asked = _Applying(session=session, who=who, now=now, zone=zone, channels=channels)
    deed.do(asked, *numbers)
    return kind


def _read(fix: str) -> tuple[FixKind, list[int]]:
    kind, *numbers = fix.split(":")
    if kind not in set(FixKind) or not all(_is_number(each) for each in numbers):
        raise Invalid("This is no remedy of an answer.", field="fix")
    return FixKind(kind), [int(each) for each in numbers]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER


LONGEST_NUMBER = 18
"""Digits of the longest id a database keeps."""


def _allow(asked: _Applying, item_id: int, substitute_id: int) -> None:
    row = alternate_between(asked.session, item_id=item_id, substitute_id=substitute_id)
    if row is None:
        raise Missing("Nobody says any more that one could stand in for the other.")
    set_alternate(
        asked.session,
        item_id=item_id,
        substitute_id=substitute_id,
        factor_ppm=row.factor_ppm,
        rank=row.rank,
        is_allowed=True,
        note=row.note,
        who=asked.who,
        now=asked.now,
    )


def _hurry(asked: _Applying, line_id: int, day: int) -> None:
    line = asked.session.get(PurchaseLine, line_id)
    if line is None:
        raise Missing("There is no such line of a purchase order.")
    expect(
        asked.session,
        purchase_order_id=line.purchase_order_id,
        item_ids=[line.item_id],
        expected_on=_day(day),
        today=asked.today,
        who=asked.who,
        now=asked.now,
    )


def _raise(asked: _Applying, order_id: int) -> None:
    prioritise(
        asked.session,
        order_id=order_id,
        priority=FIRST,
        reason="what if",
        who=asked.who,
        now=asked.now,
        zone=asked.zone,
        channels=asked.channels,
    )


def _cut(asked: _Applying, run_id: int, batches: int) -> None:
    make_now(
        asked.session,
        production_order_id=run_id,
        batches=batches,
        who=asked.who,
        now=asked.now,
        zone=asked.zone,
        channels=asked.channels,
    )


def _work(asked: _Applying, centre_id: int, day: int) -> None:
    centre = asked.session.get(WorkCentre, centre_id)
    if centre is None:
        raise Missing("There is no such work centre.")
    minutes = max(each for each in centre.open_minutes if isinstance(each, int))
    open_on(
        asked.session,
        centre_id=centre_id,
        day=_day(day),
        minutes=minutes,
        today=asked.today,
        who=asked.who,
        now=asked.now,
    )


def _day(ordinal: int) -> date:
    if not 0 < ordinal <= date.max.toordinal():
        raise Invalid("There is no such day.", field="fix")
    return date.fromordinal(ordinal)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deed:
    takes: int
    """How many numbers say what it is about."""
    do: Callable[..., None]


_DEEDS: Mapping[FixKind, _Deed] = {
    FixKind.SUBSTITUTE: _Deed(takes=2, do=_allow),
    FixKind.EXPEDITE: _Deed(takes=2, do=_hurry),
    FixKind.PRIORITY: _Deed(takes=1, do=_raise),
    FixKind.OPEN_DAY: _Deed(takes=2, do=_work),
    FixKind.SMALLER_RUN: _Deed(takes=2, do=_cut),
}
"""What can be done from here. A purchase elsewhere and a parcel are a person's own steps."""
