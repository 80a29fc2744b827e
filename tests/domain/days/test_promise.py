"""Dates that can be accounted for."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.days.material_wait import MaterialWait
from hub.domain.days.promise import (
    Commitment,
    Coverage,
    Promise,
    ShippingDays,
    Source,
    commit,
    count_on,
    promise,
    waited_for,
)
from hub.domain.days.reasons import ReasonKind
from tests.domain.plans import TODAY, day

MADRID = ZoneInfo("Europe/Madrid")
# TODAY is a Monday.
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=MADRID)
EVENING = datetime(2026, 11, 23, 18, 0, tzinfo=MADRID)
PLAIN = ShippingDays()
UNTIL_TWO = ShippingDays(cut_off=time(14, 0))

STOCK = Coverage(source=Source.STOCK, item="BOX", quantity=1_000)


def from_run(ready: int | None) -> Coverage:
    return Coverage(
        source=Source.RUN,
        item="CND",
        quantity=6_000,
        ready_on=None if ready is None else day(ready),
        ref="P-0012",
        why="" if ready is not None else "no_material_date",
    )


def kinds(made: Promise) -> list[ReasonKind]:
    return [reason.kind for reason in made.reasons]


def test_what_is_in_stock_leaves_today_before_the_cut_off() -> None:
    made = promise([STOCK], local_now=NOON, shipping=UNTIL_TWO)

    assert made.ships_on == TODAY
    assert kinds(made) == [ReasonKind.STOCK, ReasonKind.SHIPPING_DAY]


def test_what_is_in_stock_leaves_tomorrow_after_the_cut_off() -> None:
    made = promise([STOCK], local_now=EVENING, shipping=UNTIL_TWO)

    assert made.ships_on == day(1)
    assert ReasonKind.CUT_OFF in kinds(made)
    assert {"at": "14:00"} in [dict(reason.params) for reason in made.reasons]


def test_the_minute_of_the_cut_off_still_leaves_today() -> None:
    on_the_dot = NOON.replace(hour=14)

    assert promise([STOCK], local_now=on_the_dot, shipping=UNTIL_TWO).ships_on == TODAY


def test_without_a_cut_off_the_evening_is_as_good_as_the_morning() -> None:
    assert promise([STOCK], local_now=EVENING, shipping=PLAIN).ships_on == TODAY


@pytest.mark.parametrize("ready, ships", [(-2, 1), (0, 1), (1, 2), (4, 7)])
def test_what_a_run_gives_misses_that_days_cut_off(ready: int, ships: int) -> None:
    made = promise([STOCK, from_run(ready)], local_now=NOON, shipping=UNTIL_TWO)

    assert made.ships_on == day(ships)


def test_the_last_part_decides() -> None:
    arrives = Coverage(
        source=Source.PURCHASE, item="JAR", quantity=1, ready_on=day(8), ref="PO-0007"
    )

    made = promise([from_run(2), arrives, STOCK], local_now=NOON, shipping=PLAIN)

    assert made.ships_on == day(8)


def test_parcels_do_not_leave_on_closed_days() -> None:
    shipping = ShippingDays(weekdays=frozenset({0, 3}), closures=frozenset({day(3)}))

    assert promise([from_run(1)], local_now=NOON, shipping=shipping).ships_on == day(7)


def test_packing_and_transit_add_their_days_and_say_so() -> None:
    shipping = ShippingDays(pack_days=1)

    made = promise([STOCK], local_now=NOON, shipping=shipping, transit_days=2)

    assert (made.ships_on, made.earliest_on) == (day(1), day(3))
    assert kinds(made) == [
        ReasonKind.STOCK,
        ReasonKind.PACKING,
        ReasonKind.SHIPPING_DAY,
        ReasonKind.TRANSIT,
    ]


def test_reasons_carry_what_is_known_as_plain_data() -> None:
    waits = Coverage(
        source=Source.LEAD_TIME, item="OIL", quantity=5, ready_on=day(9), lead_days=9
    )

    made = promise([from_run(2), waits], local_now=NOON, shipping=PLAIN)

    assert made.reasons[0].params == {
        "item": "CND", "quantity": 6_000, "ref": "P-0012", "on": "2026-11-25",
    }  # fmt: skip
    assert made.reasons[1].kind is ReasonKind.LEAD_TIME
    assert made.reasons[1].params["days"] == 9


@pytest.mark.parametrize(
    "unknown",
    [
        from_run(None),
        Coverage(source=Source.NOTHING, item="CND", quantity=1, why="no_recipe"),
        Coverage(source=Source.NOTHING, item="CND", quantity=1, ready_on=TODAY),
        Coverage(source=Source.PURCHASE, item="CND", quantity=1),
    ],
)
def test_one_part_without_a_day_leaves_the_order_without_one(unknown: Coverage) -> None:
    made = promise([STOCK, unknown], local_now=NOON, shipping=PLAIN, transit_days=1)

    assert (made.ships_on, made.earliest_on) == (None, None)
    assert kinds(made) == [ReasonKind.STOCK, ReasonKind.NO_DATE]


def test_the_cause_of_a_missing_day_is_passed_on() -> None:
    made = promise([from_run(None)], local_now=NOON, shipping=PLAIN)

    assert made.reasons[0].params["why"] == "no_material_date"


def test_an_order_of_nothing_is_promised_nothing() -> None:
    made = promise([], local_now=NOON, shipping=PLAIN)

    assert made == Promise(ships_on=None, earliest_on=None, reasons=())


def test_a_house_that_never_ships_promises_nothing() -> None:
    shipping = ShippingDays(weekdays=frozenset())

    made = promise([STOCK], local_now=NOON, shipping=shipping, transit_days=1)

    assert (made.ships_on, made.earliest_on) == (None, None)
    assert kinds(made)[-1] is ReasonKind.NO_SHIPPING_DAY


@pytest.mark.parametrize(
    "committed, earliest, expected",
    [
        (None, day(3), Commitment(committed_on=day(3), is_at_risk=False)),
        (None, None, Commitment(committed_on=None, is_at_risk=False)),
        (day(5), day(3), Commitment(committed_on=day(5), is_at_risk=False)),
        (day(5), day(5), Commitment(committed_on=day(5), is_at_risk=False)),
        (day(5), day(6), Commitment(committed_on=day(5), is_at_risk=True)),
        (day(5), None, Commitment(committed_on=day(5), is_at_risk=True)),
    ],
)
def test_a_date_once_given_stays_and_is_at_risk_when_it_cannot_be_kept(
    committed: date | None, earliest: date | None, expected: Commitment
) -> None:
    assert commit(committed, earliest_on=earliest) == expected


PARTS = st.builds(
    Coverage,
    source=st.sampled_from(Source),
    item=st.just("CND"),
    quantity=st.integers(1, 9),
    ready_on=st.sampled_from((None, day(-3), day(0), day(2), day(11))),
)
SHIPPING = st.builds(
    ShippingDays,
    weekdays=st.frozensets(st.integers(0, 6)),
    cut_off=st.sampled_from((None, time(9, 0), time(14, 0))),
    pack_days=st.integers(0, 3),
)


@given(st.lists(PARTS, max_size=5), SHIPPING, st.sampled_from((NOON, EVENING)))
def test_nothing_leaves_before_all_of_it_is_there(
    parts: list[Coverage], shipping: ShippingDays, now: datetime
) -> None:
    made = promise(parts, local_now=now, shipping=shipping)

    if made.ships_on is None:
        return
    assert made.ships_on >= now.date()
    assert made.ships_on.weekday() in shipping.weekdays
    for part in parts:
        assert part.source is Source.STOCK or (
            part.ready_on is not None and part.ready_on <= made.ships_on
        )


@given(st.lists(PARTS, min_size=1, max_size=4), PARTS, SHIPPING)
def test_one_part_more_never_makes_an_order_earlier(
    parts: list[Coverage], more: Coverage, shipping: ShippingDays
) -> None:
    before = promise(parts, local_now=NOON, shipping=shipping).ships_on
    after = promise([*parts, more], local_now=NOON, shipping=shipping).ships_on

    assert after is None or (before is not None and after >= before)


def test_a_buyer_can_count_on_the_day_given_or_a_later_one_once_it_cannot_be_kept() -> None:
    friday, monday = date(2026, 12, 4), date(2026, 12, 7)

    assert count_on(friday, earliest_on=date(2026, 12, 1)) == friday
    assert count_on(friday, earliest_on=monday) == monday
    assert count_on(friday, earliest_on=None) == friday
    assert count_on(None, earliest_on=None) is None


@pytest.mark.parametrize(
    "wait, source, ready, lead_days, why",
    [
        (MaterialWait(ref="LOT-1", awaits_check=True), Source.CHECK, 0, None, "no_stock"),
        (MaterialWait(ref="PO-1", expected_on=day(3), lead_days=9),
         Source.PURCHASE, 3, None, "no_stock"),
        (MaterialWait(ref="PO-1", expected_on=day(-1), lead_days=9),
         Source.LEAD_TIME, 9, 9, "no_stock"),
        (MaterialWait(ref="PO-1", expected_on=day(-1)),
         Source.NOTHING, None, None, "purchase_overdue"),
        (MaterialWait(lead_days=9), Source.LEAD_TIME, 9, 9, "no_stock"),
        (MaterialWait(), Source.NOTHING, None, None, "no_stock"),
    ],
    ids=["checked", "expected", "overdue", "overdue, nobody knows", "unordered", "nobody knows"],
)  # fmt: skip
def test_goods_not_in_the_house_come_by_check_by_purchase_or_by_ordering_anew(
    wait: MaterialWait, source: Source, ready: int | None, lead_days: int | None, why: str
) -> None:
    part = waited_for(wait, quantity=7, today=TODAY, why="no_stock")

    assert (part.source, part.quantity, part.ref) == (source, 7, wait.ref)
    assert part.ready_on == (None if ready is None else day(ready))
    assert (part.lead_days, part.why) == (lead_days, why)
