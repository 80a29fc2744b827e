"""What if: what a change would do to a small workshop worked out by hand, and what would help."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.asking.what_if import UNDATED_DAYS, Effects, effects, late_days, targets
from hub.domain.asking.what_if_changes import (
    CentreDown,
    Change,
    DemandTimes,
    LotRejected,
    OrderAdded,
    PurchaseLate,
    changed,
)
from hub.domain.asking.what_if_fixes import Fix, FixKind, Whole, fixes, trouble_of
from hub.domain.asking.what_if_remedies import REMEDIES
from hub.domain.asking.whole_board import Memo
from hub.domain.asking.whole_plan import plan_everything
from hub.domain.asking.whole_plan_types import Good, Held, Method, Order, State, Wish
from hub.domain.catalogue.recipe import Recipe, RecipeLine
from hub.domain.days.capacity import Calendar
from hub.domain.days.promise import ShippingDays
from hub.domain.days.work import Work
from hub.domain.planning.netting_types import Demand, Incoming, Kind, LotSizes, Policy
from hub.domain.planning.substitutes import Alternate
from hub.domain.stock.allocation import FreeLot
from tests.domain.asking.workshops import NOW, TODAY, Size, workshop

CANDLE, SOAP, WAX, RAPESEED = 1, 2, 10, 11
TABLE = 1
PO = 70
EIGHT = 480
"""In the morning, in minutes after midnight; it is eight now."""
EVERY_DAY = ShippingDays(weekdays=frozenset(range(7)))


def good(item_id: int, code: str, **more: object) -> Good:
    policy = Policy(kind=Kind.BUY, today=TODAY)
    return replace(Good(item_id=item_id, code=code, policy=policy), **more)  # type: ignore[arg-type]


def lot(lot_id: int, free: int) -> FreeLot:
    return FreeLot(lot_id=lot_id, free=free, received_at=NOW)


def candle() -> Good:
    """Ten of a batch from 1000 of wax, an hour at the table."""
    recipe = Recipe(
        item_id=CANDLE, batch_size=10, lines=(RecipeLine(item_id=WAX, quantity=1_000),)
    )
    return Good(
        item_id=CANDLE,
        code="CANDLE",
        policy=Policy(kind=Kind.MAKE, today=TODAY, lot_sizes=LotSizes(good_yield=10)),
        method=Method(
            recipe_id=1,
            recipe=recipe,
            work=(Work(work_centre=TABLE, batch_minutes=60),),
        ),
    )


def order(order_id: int, *, due: int, **wants: int) -> Order:
    """An order by code and quantity, promised for so many days from today."""
    items = {"candle": CANDLE, "soap": SOAP}
    day = TODAY + timedelta(days=due)
    wishes = tuple(
        Wish(
            item_id=items[code],
            demand=Demand(
                key=f"demand:{order_id * 10 + index}",
                quantity=quantity,
                needed_on=day,
                placed_at=NOW + timedelta(minutes=order_id),
                committed_at=NOW + timedelta(minutes=order_id),
            ),
        )
        for index, (code, quantity) in enumerate(wants.items())
    )
    return Order(
        order_id=order_id,
        number=f"H-{order_id}",
        wishes=wishes,
        committed_on=day,
        currency="EUR",
        total_minor=1_000 * order_id,
    )


def shop(*orders: Order, wax: int = 0, more_wax_in: int | None = 3) -> State:
    """A candle maker with soap in stock; wax comes with PO-70."""
    coming = () if more_wax_in is None else (expected(more_wax_in),)
    return State(
        local_now=NOW,
        goods={
            CANDLE: candle(),
            SOAP: good(SOAP, "SOAP", lots=(lot(1, 100),)),
            WAX: good(
                WAX,
                "WAX",
                lots=(lot(2, wax),) if wax else (),
                incoming=coming,
                lead_days=14,
            ),
            RAPESEED: good(RAPESEED, "RAPESEED", lots=(lot(3, 50_000),)),
        },
        orders=orders,
        centres={TABLE: Calendar(minutes=(60,) * 7, opens_at=EIGHT)},
        places={TABLE: "Table"},
        shipping=EVERY_DAY,
        purchases={PO: "PO-70"},
    )


def expected(days: int) -> Incoming:
    day = TODAY + timedelta(days=days)
    return Incoming(purchase_id=PO, quantity=50_000, expected_on=day)


def ask(state: State, *changes: Change) -> tuple[Effects, dict[FixKind, Fix]]:
    """Ask, and return what moves and the best fix of each kind."""
    planner = Whole()
    before = planner.plan(state)
    asked = changed(state, changes)
    after = planner.plan(asked)
    to = targets(asked, before=before)
    trouble = trouble_of(state, asked, before=before, after=after, to=to, planner=planner)
    found = fixes(trouble, remedies=REMEDIES)
    best: dict[FixKind, Fix] = {}
    for fix in found:
        best.setdefault(fix.kind, fix)
    return effects(before, after, orders=asked.orders, to=to), best


def moved(found: Effects) -> Mapping[str, int | None]:
    return {each.number: each.days for each in found.orders}


LATE = PurchaseLate(lines=frozenset({PO}), days=4)


def test_a_late_purchase_moves_what_waits_for_it_and_says_what_money_waits() -> None:
    state = shop(order(1, due=3, candle=10), order(2, due=5, soap=5))

    found, _ = ask(state, LATE)

    assert moved(found) == {"H-1": 4}
    assert found.money_at_risk == {"EUR": 1_000}
    assert [each.is_newly_at_risk for each in found.orders] == [True]


def test_a_late_purchase_that_nobody_waits_for_moves_nothing() -> None:
    state = shop(order(1, due=3, candle=10), wax=5_000)

    found, best = ask(state, LATE)

    assert found.orders == ()
    assert best == {}


def test_an_order_that_moves_within_its_promise_is_at_no_risk() -> None:
    state = shop(order(1, due=9, candle=10))

    found, best = ask(state, LATE)

    assert moved(found) == {"H-1": 4}
    assert found.money_at_risk == {}
    assert best == {}


def test_the_days_a_purchase_must_gain_are_as_few_as_help() -> None:
    state = shop(order(1, due=5, candle=10))

    _, best = ask(state, LATE)

    fix = best[FixKind.EXPEDITE]
    due = TODAY + timedelta(days=5)
    assert fix.about == {"line": PO, "day": due.toordinal()}
    assert fix.saves_days == 2


def test_a_substitute_that_a_person_would_have_to_allow_is_named_first() -> None:
    state = shop(order(1, due=2, candle=10), wax=1_000, more_wax_in=None)
    rapeseed = Alternate(item_id=WAX, substitute_id=RAPESEED)

    found, best = ask(replace(state, forbidden=(rapeseed,)), LotRejected(lot_id=2))

    fix = best[FixKind.SUBSTITUTE]
    assert fix.id == f"substitute:{WAX}:{RAPESEED}"
    assert fix.saves_days == found.late_days
    assert fix.helped == (1,)


def test_a_material_nobody_ordered_is_to_be_found_sooner_than_usual() -> None:
    state = shop(order(1, due=2, candle=10), wax=1_000, more_wax_in=None)

    found, best = ask(state, LotRejected(lot_id=2))

    assert moved(found) == {"H-1": 14}
    assert best[FixKind.BUY_SOONER].about == {"item": WAX, "days": 12}


def test_what_the_materials_suffice_for_is_made_now_in_a_smaller_run() -> None:
    state = shop(
        order(1, due=3, candle=10), order(2, due=3, candle=10), wax=1_000, more_wax_in=2
    )

    _, best = ask(state, LATE)

    assert best[FixKind.SMALLER_RUN].about["batches"] == 1
    # One is made today instead of four days late, the other has the table to itself a day sooner.
    assert best[FixKind.SMALLER_RUN].saves_days == 4 + 1


def test_an_order_of_which_a_part_is_ready_can_be_split() -> None:
    state = shop(order(1, due=3, candle=10, soap=5))

    _, best = ask(state, LATE)

    assert best[FixKind.SPLIT].about == {"order": 1}
    assert best[FixKind.SPLIT].saves_days == 4 // 2


def test_an_order_of_which_nothing_is_ready_is_not_split() -> None:
    state = shop(order(1, due=3, candle=10))

    _, best = ask(state, LATE)

    assert FixKind.SPLIT not in best


def test_a_rejected_lot_is_nobodys_not_even_who_packed_it() -> None:
    packed = Held(item_id=SOAP, lot_id=1, quantity=5)
    plain = order(1, due=3, soap=5)
    wish = replace(plain.wishes[0], firm=(packed,))
    empty = replace(wish, demand=replace(wish.demand, quantity=0))
    state = shop(replace(plain, wishes=(empty,)))

    found, _ = ask(state, LotRejected(lot_id=1))

    assert [each.after for each in found.orders] == [None]
    assert [each.days_late for each in found.orders] == [UNDATED_DAYS]


def test_more_demand_is_rounded_up_to_whole_pieces_and_what_is_packed_stays() -> None:
    packed = Held(item_id=SOAP, lot_id=1, quantity=2_000)
    plain = order(1, due=3, soap=1_000)
    wish = replace(plain.wishes[0], firm=(packed,))
    state = shop(replace(plain, wishes=(wish,)))

    asked = changed(state, [DemandTimes(item_id=SOAP, factor=Fraction("1.5"))])

    assert asked.orders[0].wishes[0].demand.quantity == 3_000
    assert asked.orders[0].wishes[0].firm == (packed,)


def test_a_work_centre_that_is_down_moves_what_is_made_there() -> None:
    state = shop(order(1, due=0, candle=10), wax=5_000)
    down = CentreDown(work_centre=TABLE, first=TODAY, last=TODAY + timedelta(days=2))

    found, _ = ask(state, down)

    assert moved(found) == {"H-1": 3}


def test_a_shut_day_is_offered_for_work_but_not_one_of_the_breakdown() -> None:
    weekdays = Calendar(minutes=(60, 60, 60, 60, 60, 0, 0), opens_at=EIGHT)
    friday = TODAY + timedelta(days=4)
    state = shop(order(1, due=4, candle=50), wax=9_000)
    state = replace(state, centres={TABLE: weekdays})
    down = CentreDown(work_centre=TABLE, first=friday, last=friday)

    _, best = ask(state, down)

    saturday = friday + timedelta(days=1)
    fix = best[FixKind.OPEN_DAY]
    assert fix.about == {"work_centre": TABLE, "day": saturday.toordinal()}


def test_nobody_is_asked_to_work_on_a_holiday_at_what_is_down_that_day() -> None:
    holidays = frozenset(TODAY + timedelta(days=day) for day in (2, 9))
    hours = Calendar(minutes=(60,) * 7, opens_at=EIGHT, closures=holidays)
    state = shop(order(1, due=2, candle=100), wax=10_000)
    state = replace(state, centres={TABLE: hours})
    down = CentreDown(work_centre=TABLE, first=TODAY, last=TODAY + timedelta(days=4))

    _, best = ask(state, down)

    ninth = TODAY + timedelta(days=9)
    assert best[FixKind.OPEN_DAY].about == {"work_centre": TABLE, "day": ninth.toordinal()}


def test_a_raised_order_helps_itself_and_names_who_loses() -> None:
    first, second = order(1, due=6, candle=10), order(2, due=1, candle=10)
    state = shop(first, second, wax=2_000, more_wax_in=8)

    _, best = ask(state, LotRejected(lot_id=2), PurchaseLate(lines=frozenset({PO}), days=1))

    assert FixKind.PRIORITY not in best


def test_raising_an_order_takes_what_a_later_one_held_and_counts_it() -> None:
    first, second = order(1, due=9, candle=10), order(2, due=1, candle=10)
    state = shop(first, second, wax=1_000, more_wax_in=2)

    _, best = ask(state, PurchaseLate(lines=frozenset({PO}), days=5))

    fix = best[FixKind.PRIORITY]
    assert fix.about == {"order": 2}
    assert fix.harmed == ()
    assert fix.saves_days == 6


def test_an_order_that_is_only_asked_about_shows_when_it_could_be_there() -> None:
    state = shop(order(1, due=5, candle=10), wax=3_000)

    found, _ = ask(
        state, OrderAdded(item_id=CANDLE, quantity=10, needed_on=TODAY + timedelta(days=9))
    )

    asked = next(each for each in found.orders if not each.number)
    assert asked.before is None
    assert asked.after == TODAY + timedelta(days=1)
    assert not asked.is_newly_at_risk


@pytest.mark.parametrize("seed", range(4))
def test_a_remembered_plan_is_the_plan_made_from_nothing(seed: int) -> None:
    state = workshop(Size(orders=80, products=12, materials=8), seed=seed)
    lines = sorted(state.purchases)
    memo = Memo()
    plan_everything(state, memo=memo)

    for line in lines:
        asked = changed(state, [PurchaseLate(lines=frozenset({line}), days=5)])

        assert plan_everything(asked, memo=memo) == plan_everything(asked)


@given(st.integers(0, 30), st.integers(1, 12))
def test_nobody_gains_all_in_all_because_every_purchase_is_late(
    seed: int, days: int
) -> None:
    state = workshop(Size(orders=12, products=4, materials=5), seed=seed)
    before = plan_everything(state)
    to = targets(state, before=before)

    late = changed(state, [PurchaseLate(lines=frozenset(state.purchases), days=days)])

    after = plan_everything(late)
    assert sum(late_days(after, to=to).values()) >= sum(late_days(before, to=to).values())
