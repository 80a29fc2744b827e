"""What an order is promised, why, and what happens when it cannot be kept."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.planning.habits import Habits
from hub.flow.catalogue.catalogue import add_work_centre
from hub.flow.house.workshop import (
    Way,
    change_habits,
    close_shipping,
    reopen_shipping,
    set_transit,
)
from hub.flow.planning import new_day
from hub.flow.planning.plan import replan
from hub.flow.planning.promise import refresh_promises
from hub.flow.refusal import Invalid, Missing
from hub.flow.replan import mark
from hub.models.materials.material_waits import waits_of_runs
from hub.models.orders.order_covers import bought_for_demands, runs_of_demands
from hub.models.orders.order_facts import order_rows, runs_below
from hub.models.planning.lead_times import lead_days
from hub.models.records.completions import ProductionSlot
from hub.models.records.history import History
from hub.models.records.items import Item, WorkCentre
from hub.models.records.orders import SalesOrder
from hub.models.records.planning import Promise, Replan
from hub.models.records.production import ProductionOrder
from hub.models.records.purchasing import PurchaseLine
from hub.models.session import Database
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_purchase,
    make_recipe,
)
from tests.flow.bench import WHO

TODAY = NOW.date()
"""A Monday."""
WEEK = [480, 480, 480, 480, 480, 0, 0]


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def plan(session: Session, *, now: datetime = NOW) -> None:
    replan(session, now=now)
    session.expire_all()


def told(session: Session, order: SalesOrder) -> Promise:
    query = select(Promise).filter_by(order_id=order.id).order_by(Promise.version.desc())
    return session.scalars(query).first() or Promise(reasons=[])


def reasons(session: Session, order: SalesOrder) -> list[dict[str, object]]:
    return [each for each in told(session, order).reasons if isinstance(each, dict)]


def kinds(session: Session, order: SalesOrder) -> list[object]:
    return [reason["kind"] for reason in reasons(session, order)]


def a_candle(session: Session, *, lead: int | None = 5) -> tuple[Item, Item]:
    """A candle made at a bench from wax, of which there is none."""
    bench = add_work_centre(
        session, code="BENCH", name="Bench", open_minutes=WEEK, who=WHO, now=NOW
    )
    candle = make_item(session, code="CANDLE")
    wax = make_item(session, code="WAX", lead_time_days=lead)
    recipe = make_recipe(session, item=candle, uses={wax: 1000 * PIECE})
    recipe.work_centre_id, recipe.batch_minutes = bench, 480
    session.flush()
    return candle, wax


def test_a_run_tells_which_material_it_waits_for_and_until_when(session: Session) -> None:
    candle, wax = a_candle(session)
    make_purchase(session, item=wax, quantity=5000 * PIECE, expected_on=day(9))
    order = make_order(session, account=make_account(session), lines={candle: 3})

    plan(session)

    run, material = reasons(session, order)[:2]
    number = session.scalars(select(ProductionOrder.number)).one()
    assert (run["kind"], run["ref"], run["on"]) == ("run", number, str(day(9)))
    assert material == {
        "kind": "material",
        "run": number,
        "item": "WAX",
        "ref": "PO-0001",
        "on": str(day(9)),
    }
    assert order.promised_on == day(9)


def test_a_purchase_that_is_overdue_falls_back_to_ordering_anew(session: Session) -> None:
    candle, wax = a_candle(session)
    make_purchase(session, item=wax, quantity=5000 * PIECE, expected_on=day(-1))
    order = make_order(session, account=make_account(session), lines={candle: 3})

    plan(session)

    assert reasons(session, order)[1]["kind"] == "material_lead_time"
    assert order.promised_on == day(7)


def test_a_material_nobody_can_date_gives_no_date_and_is_named(session: Session) -> None:
    candle, _ = a_candle(session, lead=None)
    order = make_order(session, account=make_account(session), lines={candle: 3})

    plan(session)

    assert kinds(session, order) == ["no_date", "material_no_date"]
    assert reasons(session, order)[0]["why"] == "no_material_date"
    assert order.promised_on is None


def test_a_run_that_waited_for_room_says_until_when(session: Session) -> None:
    candle, wax = a_candle(session)
    make_lot(session, item=wax, quantity=50_000 * PIECE)
    shop = make_account(session)
    make_order(session, account=shop, lines={candle: 30}, requested_on=day(1))
    later = make_order(session, account=shop, lines={candle: 3}, requested_on=day(20))

    plan(session)

    [full] = [each for each in reasons(session, later) if each["kind"] == "capacity"]
    assert (full["where"], full["on"]) == ("Bench", str(day(2)))


def test_bought_goods_are_promised_for_the_day_they_are_expected(session: Session) -> None:
    jar = make_item(session, code="JAR", lead_time_days=20)
    make_purchase(session, item=jar, quantity=5 * PIECE, expected_on=day(3))
    order = make_order(session, account=make_account(session), lines={jar: 5})

    plan(session)

    assert reasons(session, order)[0] == {
        "kind": "purchase",
        "item": "JAR",
        "quantity": 5 * PIECE,
        "ref": "PO-0001",
        "on": str(day(3)),
    }


def test_the_way_counts_by_country_and_method(session: Session) -> None:
    candle = make_item(session, code="CANDLE")
    make_lot(session, item=candle, quantity=9 * PIECE)
    order = make_order(session, account=make_account(session), lines={candle: 3})
    order.ship_method = "express"
    ways = [
        Way(country="es", days=4),
        Way(country="ES", method=" EXPRESS ", days=1),
        Way(days=9),
    ]

    set_transit(session, ways=ways, who=WHO, now=NOW)
    plan(session)

    assert order.earliest_on == day(1)
    order.ship_method = "letter"
    refresh_promises(session, order_ids=[order.id], now=NOW)
    assert order.earliest_on == day(4)
    assert order.promised_on == day(1)


@pytest.mark.parametrize(
    "ways",
    [[Way(days=1), Way(days=2)], [Way(country="E1", days=1)], [Way(days=999)]],
)
def test_a_way_said_twice_or_to_no_country_is_refused(
    session: Session, ways: list[Way]
) -> None:
    with pytest.raises(Invalid) as refused:
        set_transit(session, ways=ways, who=WHO, now=NOW)

    assert refused.value.field.startswith("ways.")


def test_parcels_leave_on_no_closed_day_no_holiday_and_not_after_the_cut_off(
    session: Session,
) -> None:
    candle = make_item(session, code="CANDLE")
    make_lot(session, item=candle, quantity=9 * PIECE)
    order = make_order(session, account=make_account(session), lines={candle: 3})
    habits = Habits(country="ES", cut_off=time(8, 30), pack_days=1)
    change_habits(session, habits=habits, who=WHO, now=NOW)
    close_shipping(session, from_on=day(1), until_on=day(14), who=WHO, now=NOW)

    plan(session)

    # 8 December, the first open day from Wednesday on, is a holiday.
    assert order.earliest_on == date(2026, 12, 9)
    assert kinds(session, order) == ["stock", "cut_off", "packing", "shipping_day"]
    reopen_shipping(session, day=day(3), who=WHO, now=NOW)
    refresh_promises(session, order_ids=[order.id], now=NOW)
    assert order.earliest_on == day(3)
    with pytest.raises(Missing):
        reopen_shipping(session, day=day(3), who=WHO, now=NOW)


def test_an_order_that_cannot_keep_its_date_is_at_risk_and_says_why(
    session: Session,
) -> None:
    candle, wax = a_candle(session)
    line = make_purchase(session, item=wax, quantity=5000 * PIECE, expected_on=day(3))
    order = make_order(session, account=make_account(session), lines={candle: 3})
    plan(session)
    assert (order.is_at_risk, order.risk) == (False, {})

    session.get_one(PurchaseLine, line.id).expected_on = day(10)
    mark(session, item_ids=[wax.id], why="PO-0001 is late", now=NOW)
    plan(session)

    number = session.scalars(select(ProductionOrder.number)).one()
    assert order.promised_on == day(3)
    assert order.is_at_risk
    assert order.risk == {
        "kind": "material",
        "run": number,
        "item": "WAX",
        "ref": "PO-0001",
        "on": str(day(10)),
        "days_late": 7,
    }
    make_lot(session, item=wax, quantity=9000 * PIECE)
    mark(session, item_ids=[wax.id], why="received", now=NOW)
    plan(session)
    assert (order.is_at_risk, order.risk) == (False, {})
    asked = select(History.what).where(History.what.in_(("order.at_risk", "order.on_time")))
    assert list(session.scalars(asked.order_by(History.id))) == [
        "order.at_risk",
        "order.on_time",
    ]


def test_a_cancelled_order_is_at_no_risk(session: Session) -> None:
    candle, wax = a_candle(session)
    order = make_order(session, account=make_account(session), lines={candle: 3})
    order.is_at_risk, order.risk, order.intent = True, {"kind": "run"}, "cancelled"
    session.flush()

    refresh_promises(session, order_ids=[order.id], now=NOW)

    assert (order.is_at_risk, order.risk) == (False, {})


def test_refreshing_again_writes_no_new_version(session: Session) -> None:
    candle, _ = a_candle(session)
    order = make_order(session, account=make_account(session), lines={candle: 3})
    plan(session)
    before = told(session, order).version

    refresh_promises(session, order_ids=[order.id], now=NOW + timedelta(minutes=5))

    assert told(session, order).version == before


def test_a_new_day_moves_what_counts_from_today(session: Session) -> None:
    candle, wax = a_candle(session)
    order = make_order(session, account=make_account(session), lines={candle: 3})
    plan(session)
    new_day.end_day(session, now=NOW)
    tomorrow = NOW + timedelta(days=1)

    assert not new_day.is_new(session, now=NOW + timedelta(hours=10), zone=UTC)
    assert new_day.is_new(session, now=tomorrow, zone=UTC)
    orders = new_day.begin_day(session, now=tomorrow, zone=UTC)
    new_day.refresh_some(session, order_ids=orders, now=tomorrow, zone=UTC)
    new_day.end_day(session, now=tomorrow)

    # Five days from Monday is Saturday, from Tuesday Sunday: both mean next Monday.
    assert order.earliest_on == day(7)
    assert reasons(session, order)[1]["on"] == str(day(6))
    assert wax.id in set(session.scalars(select(Replan.item_id)))
    assert not new_day.is_new(session, now=tomorrow, zone=UTC)


def test_the_cut_off_and_a_change_of_habits_are_turns_of_the_day(session: Session) -> None:
    change_habits(session, habits=Habits(cut_off=time(14, 0)), who=WHO, now=NOW)
    new_day.end_day(session, now=NOW + timedelta(minutes=1))

    def is_new(hour: int) -> bool:
        return new_day.is_new(session, now=NOW.replace(hour=hour, minute=30), zone=UTC)

    assert [is_new(13), is_new(14)] == [False, True]
    new_day.end_day(session, now=NOW.replace(hour=15))
    change_habits(session, habits=Habits(), who=WHO, now=NOW.replace(hour=16))
    assert [is_new(15), is_new(16)] == [False, True]


SHOPS = st.fixed_dictionaries(
    {
        "wanted": st.lists(
            st.tuples(st.integers(1, 25), st.integers(0, 12)), min_size=1, max_size=4
        ),
        "stock": st.integers(0, 12),
        "wax": st.integers(0, 6000),
        "lead": st.sampled_from((None, 0, 4, 11)),
        "bought": st.lists(
            st.tuples(st.integers(1, 4000), st.sampled_from((None, -2, 0, 3, 16))),
            max_size=2,
        ),
        "minutes": st.sampled_from((0, 90, 480, 1_000)),
        "rest": st.sampled_from((0, 0, 7)),
        "days": st.sampled_from((0, 0, 1, 5)),
        "cut_off": st.sampled_from((None, time(8, 0), time(20, 0))),
    }
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shop=SHOPS)
def test_nothing_is_promised_before_materials_and_room_allow(
    database: Database, shop: dict[str, object]
) -> None:
    with Session(database.engine) as session:
        _open(session, **shop)  # type: ignore[arg-type]
        now = NOW + timedelta(days=int(str(shop["days"])))
        replan(session, now=now)

        for order in session.scalars(select(SalesOrder)):
            if order.earliest_on is not None:
                assert (
                    _first_possible(session, order, today=now.date()) <= order.earliest_on
                )
        _check_room(session)
        session.rollback()


def _open(
    session: Session,
    *,
    wanted: list[tuple[int, int]],
    stock: int,
    wax: int,
    lead: int | None,
    bought: list[tuple[int, int | None]],
    minutes: int,
    rest: int,
    cut_off: time | None,
    **_: object,
) -> None:
    candle, soy = a_candle(session, lead=lead)
    base = make_item(session, code="SOAPBASE")
    make_recipe(
        session, item=base, uses={soy: PIECE}, batch_size=500 * PIECE, rest_days=rest
    )
    kit = make_item(session, code="KIT")
    for item, uses in ((kit, {candle: PIECE, base: 100 * PIECE}),):
        made = make_recipe(session, item=item, uses=uses, batch_size=2 * PIECE)
        made.work_centre_id = session.scalars(select(WorkCentre.id)).one()
        made.batch_minutes = minutes
    if stock:
        make_lot(session, item=candle, quantity=stock * PIECE)
    if wax:
        make_lot(session, item=soy, quantity=wax * PIECE)
    for quantity, expected in bought:
        on = None if expected is None else day(expected)
        make_purchase(session, item=soy, quantity=quantity * PIECE, expected_on=on)
    change_habits(session, habits=Habits(cut_off=cut_off), who=WHO, now=NOW)
    shop = make_account(session)
    for number, (pieces, due) in enumerate(wanted):
        lines = {candle: pieces} if number % 2 else {kit: pieces, candle: 1}
        make_order(session, account=shop, lines=lines, requested_on=day(due))


def _first_possible(session: Session, order: SalesOrder, *, today: date) -> date:
    """Work out, apart from the product's own way, before which day an order cannot leave."""
    [row] = order_rows(session, order_ids=[order.id])
    demands = [demand for line in row.lines for demand in line.demands]
    ids = [demand.id for demand in demands]
    runs = runs_of_demands(session, demand_ids=ids)
    bought = bought_for_demands(session, demand_ids=ids)
    days = [today]
    for demand in demands:
        owed = runs.get(demand.id, [])
        buys = bought.get(demand.id, [])
        covered = demand.allocated + demand.short
        covered += sum(quantity for _, quantity in owed)
        covered += sum(each.quantity for each in buys)
        assert covered == demand.open
        assert not demand.short or _lead(session, demand.item_id) is not None
        days += [_run_possible(session, run, today=today) for run, _ in owed]
        days += [each.expected_on for each in buys if each.expected_on]
    return max(days)


def _run_possible(session: Session, run: ProductionOrder, *, today: date) -> date:
    assert run.starts_on is not None
    assert run.ready_on is not None
    for wait in waits_of_runs(session, run_ids=[run.id]).get(run.id, []):
        is_coming = wait.expected_on is not None and wait.expected_on >= today
        assert is_coming or wait.lead_days is not None
        arrives = wait.expected_on if is_coming else None
        arrives = arrives or today + timedelta(days=wait.lead_days or 0)
        assert run.starts_on >= arrives
    for below in runs_below(session, run_ids=[run.id])[run.id]:
        used = session.get_one(ProductionOrder, below)
        assert _run_possible(session, used, today=today) <= run.starts_on
    return run.ready_on


def _lead(session: Session, item_id: int) -> int | None:
    return lead_days(session, item_ids=[item_id])[item_id]


def _check_room(session: Session) -> None:
    """Within any span of days, the work that began and ended in it fits the hours of it."""
    work = [
        (slot.starts_on, slot.ends_on, slot.minutes)
        for slot in session.scalars(select(ProductionSlot))
        if slot.work_centre_id is not None
    ]
    for first in {starts for starts, _, _ in work}:
        for last in {ends for _, ends, _ in work if ends >= first}:
            inside = sum(m for s, e, m in work if s >= first and e <= last)
            hours = sum(
                WEEK[date.fromordinal(n).weekday()]
                for n in range(first.toordinal(), last.toordinal() + 1)
            )
            assert inside <= hours
