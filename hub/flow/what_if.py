"""Ask what a change would do, hear what would help, and have one remedy really done.

Asking plans the workshop in memory and writes nothing. A remedy is done by the step of the flow
that a person would take: nothing here changes a plan behind anybody's back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from sqlalchemy.orm import Session

from connectors.protocol import Registration
from connectors.registry import CHANNELS
from hub.domain.what_if import Effects, effects, targets
from hub.domain.what_if_changes import Change, changed
from hub.domain.what_if_fixes import Fix, FixKind, fixes, trouble_of
from hub.domain.what_if_remedies import FIRST, REMEDIES, expected_days
from hub.domain.whole_plan import Memo, plan_everything
from hub.domain.whole_plan_types import Run, State
from hub.flow.alternates import alternate_between, set_alternate
from hub.flow.make_now import make_now
from hub.flow.open_days import open_on
from hub.flow.planning_state import planning_state
from hub.flow.prioritise import prioritise
from hub.flow.purchase import expect
from hub.flow.refusal import Invalid, Missing
from hub.models.items import WorkCentre
from hub.models.purchasing import PurchaseLine

Words = Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """A remedy, and the words to say it with."""

    fix: Fix
    words: Words
    orders: tuple[str, ...]
    """Numbers of those it helps."""
    harms: tuple[str, ...]
    can_apply: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a change would do, and what would help."""

    effects: Effects
    fixes: tuple[Help, ...]


def what_if(
    session: Session, *, changes: Sequence[Change], now: datetime, zone: tzinfo = UTC
) -> Answer:
    """Say which orders and runs would move, and try what would help; nothing is written."""
    base = planning_state(session, now=now, zone=zone)
    memo = Memo()
    before = plan_everything(base, memo=memo)
    state = changed(base, changes)
    after = plan_everything(state, memo=memo)
    to = targets(state, before=before)
    trouble = trouble_of(base, state, before=before, after=after, to=to, memo=memo)
    numbers = {order.order_id: order.number for order in state.orders}
    names = _Names(state, runs=after.cover.runs)
    return Answer(
        effects=effects(before, after, orders=state.orders, to=to),
        fixes=tuple(
            Help(
                fix=fix,
                words=_WORDS[fix.kind](fix.about, names),
                orders=tuple(filter(None, (numbers[each] for each in fix.helped))),
                harms=tuple(filter(None, (numbers[each] for each in fix.harmed))),
                can_apply=_is_possible(fix),
            )
            for fix in fixes(trouble, remedies=REMEDIES)
        ),
    )


def _is_possible(fix: Fix) -> bool:
    """Say whether it can be done from here: a run that is only planned in memory cannot be cut."""
    return fix.kind in _DEEDS and all(number > 0 for number in fix.about.values())


@dataclass(frozen=True, slots=True)
class _Names:
    state: State
    runs: Mapping[int, Run]

    def item(self, item_id: int) -> str:
        return self.state.goods[item_id].code

    def order(self, order_id: int) -> str:
        found = (each.number for each in self.state.orders if each.order_id == order_id)
        return next(found, "")


def _substitute(about: Mapping[str, int], names: _Names) -> Words:
    substitute = names.item(about["substitute"])
    return {"item": names.item(about["item"]), "substitute": substitute}


def _expedite(about: Mapping[str, int], names: _Names) -> Words:
    line, day = about["line"], date.fromordinal(about["day"])
    goods = names.state.goods.values()
    code = next(
        good.code
        for good in goods
        if any(each.purchase_id == line for each in good.incoming)
    )
    return {
        "purchase_order": names.state.purchases[line],
        "item": code,
        "on": str(day),
        "days": (expected_days(names.state)[line] - day).days,
    }


def _buy_sooner(about: Mapping[str, int], names: _Names) -> Words:
    usual = names.state.goods[about["item"]].lead_days or 0
    within = usual - about["days"]
    return {"item": names.item(about["item"]), "days": about["days"], "within_days": within}


def _of_order(about: Mapping[str, int], names: _Names) -> Words:
    return {"order": names.order(about["order"])}


def _smaller_run(about: Mapping[str, int], names: _Names) -> Words:
    run = names.runs[about["run"]]
    words: dict[str, str | int] = {
        "item": names.item(run.item_id),
        "batches": about["batches"],
    }
    return words | ({"production_order": run.number} if run.number else {})


def _open_day(about: Mapping[str, int], names: _Names) -> Words:
    day = date.fromordinal(about["day"])
    return {"work_centre": names.state.places[about["work_centre"]], "on": str(day)}


_WORDS: Mapping[FixKind, Callable[[Mapping[str, int], _Names], Words]] = {
    FixKind.SUBSTITUTE: _substitute,
    FixKind.EXPEDITE: _expedite,
    FixKind.BUY_SOONER: _buy_sooner,
    FixKind.PRIORITY: _of_order,
    FixKind.SPLIT: _of_order,
    FixKind.SMALLER_RUN: _smaller_run,
    FixKind.OPEN_DAY: _open_day,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
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
    asked = _Asked(session=session, who=who, now=now, zone=zone, channels=channels)
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


def _allow(asked: _Asked, item_id: int, substitute_id: int) -> None:
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


def _hurry(asked: _Asked, line_id: int, day: int) -> None:
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


def _raise(asked: _Asked, order_id: int) -> None:
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


def _cut(asked: _Asked, run_id: int, batches: int) -> None:
    make_now(
        asked.session,
        production_order_id=run_id,
        batches=batches,
        who=asked.who,
        now=asked.now,
        zone=asked.zone,
        channels=asked.channels,
    )


def _work(asked: _Asked, centre_id: int, day: int) -> None:
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
