"""A remedy as people are told of it: the words to say it with, and whom it moves to which day."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from hub.domain.asking.what_if_fixes import Fix, FixKind, Trouble, fixes
from hub.domain.asking.what_if_remedies import REMEDIES, expected_days
from hub.domain.asking.whole_plan_types import Run, State

Words = Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An order that would leave on another day with a remedy than without it."""

    order_id: int
    number: str
    before: date | None
    after: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """A remedy, and the words to say it with."""

    fix: Fix
    words: Words
    orders: tuple[str, ...]
    """Numbers of those it helps."""
    harms: tuple[str, ...]
    can_apply: bool
    moves: tuple[Move, ...] = ()
    """Each order that moves, those it helps first."""


def helps(trouble: Trouble, *, can: Collection[FixKind]) -> tuple[Help, ...]:
    """Try what would help and say it; `can` are the kinds that can be done from here."""
    state = trouble.state
    tried = fixes(trouble, remedies=REMEDIES)
    everybody = (*state.orders, *trouble.planner.met.values())
    numbers = {order.order_id: order.number for order in everybody}
    names = _Names(state, runs=trouble.after.cover.runs)
    return tuple(
        Help(
            fix=fix,
            words=_WORDS[fix.kind](fix.about, names),
            orders=tuple(filter(None, (numbers[each] for each in fix.helped))),
            harms=tuple(filter(None, (numbers[each] for each in fix.harmed))),
            can_apply=_is_possible(fix, can=can) and not _is_asked_away(fix, trouble),
            moves=tuple(
                Move(order_id=each, number=numbers[each], before=before, after=after)
                for each, before, after in fix.moved
                if numbers[each]
            ),
        )
        for fix in tried
    )


def _is_possible(fix: Fix, *, can: Collection[FixKind]) -> bool:
    """Say whether it can be done from here: a run that is only planned in memory cannot be cut."""
    return fix.kind in can and all(number > 0 for number in fix.about.values())


def _is_asked_away(fix: Fix, trouble: Trouble) -> bool:
    """Say whether a purchase is only late because that was asked: nothing is to be hurried yet."""
    if fix.kind is not FixKind.EXPEDITE:
        return False
    expected = expected_days(trouble.base).get(fix.about["line"])
    return expected is not None and expected.toordinal() <= fix.about["day"]


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
