"""Runs on the calendar of the workshop as it is stored: days, slots, reasons, and calm."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.planning.habits import Habits
from hub.flow.catalogue.catalogue import add_work_centre
from hub.flow.house.workshop import change_habits
from hub.flow.planning.calendars import check_place, public_holidays
from hub.flow.planning.pin import AlreadyStarted, pin, unpin
from hub.flow.planning.plan import replan
from hub.flow.planning.schedule import reschedule
from hub.flow.planning.work_centres import (
    change_work_centre,
    close_work_centre,
    reopen_work_centre,
)
from hub.flow.refusal import Invalid, Missing
from hub.models.records.completions import Completion, ProductionSlot
from hub.models.records.history import History
from hub.models.records.items import Item, WorkCentre
from hub.models.records.planning import Replan
from hub.models.records.production import ProductionOrder
from hub.models.records.purchasing import PurchaseCover, Supplier, SupplierItem
from hub.models.records.recipe_parts import RecipeStep
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
from tests.flow.bench import WHO, lack, make_run, need_of

TODAY = NOW.date()
"""A Monday."""
MADRID = ZoneInfo("Europe/Madrid")
WEEK = [480, 480, 480, 480, 480, 0, 0]


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def a_centre(session: Session, code: str = "BENCH") -> int:
    return add_work_centre(
        session, code=code, name=code.title(), open_minutes=WEEK, who=WHO, now=NOW
    )


def a_run(
    session: Session,
    *,
    centre: int | None = None,
    minutes: int = 60,
    rest: int = 0,
    code: str = "CANDLE",
) -> ProductionOrder:
    wax = session.scalar(select(Item).filter_by(code="WAX")) or make_item(
        session, code="WAX", lead_time_days=5
    )
    item = session.scalar(select(Item).filter_by(code=code)) or make_item(
        session, code=code
    )
    recipe = make_recipe_once(session, item, wax, centre=centre, minutes=minutes, rest=rest)
    run = make_run(session, item=item, uses={wax: 1000 * PIECE})
    run.work_centre_id = recipe
    session.flush()
    return run


def make_recipe_once(
    session: Session, item: Item, wax: Item, *, centre: int | None, minutes: int, rest: int
) -> int | None:
    recipe = make_recipe(session, item=item, uses={wax: 1000 * PIECE}, rest_days=rest)
    recipe.work_centre_id, recipe.batch_minutes = centre, minutes
    session.flush()
    return centre


def place(session: Session, *, now: datetime = NOW) -> set[int]:
    found = reschedule(session, local_now=now.astimezone(UTC))
    session.expire_all()
    return set(found.changed)


def slots(session: Session) -> list[tuple[str, int | None, date, int, date, int]]:
    query = select(ProductionSlot).order_by(
        ProductionSlot.production_order_id, ProductionSlot.position
    )
    return [
        (
            slot.name,
            slot.work_centre_id,
            slot.starts_on,
            slot.starts_minute,
            slot.ends_on,
            slot.ends_minute,
        )
        for slot in session.scalars(query)
    ]


def days(run: ProductionOrder) -> tuple[date | None, date | None, date | None]:
    return run.starts_on, run.ends_on, run.ready_on


def test_the_steps_of_a_recipe_each_have_their_place(session: Session) -> None:
    pot, table = a_centre(session, "POT"), a_centre(session, "TABLE")
    soap, lye = make_item(session, code="SOAP"), make_item(session, code="LYE")
    recipe = make_recipe(session, item=soap, uses={lye: PIECE})
    session.add_all(
        [
            RecipeStep(
                recipe_id=recipe.id, position=0, name="pour", work_centre_id=pot,
                setup_minutes=30, batch_minutes=60, rest_days=1,
            ),
            RecipeStep(
                recipe_id=recipe.id, position=1, name="cut", work_centre_id=table,
                batch_minutes=45, rest_days=28,
            ),
        ]
    )  # fmt: skip
    session.flush()
    run = make_run(session, item=soap, uses={lye: PIECE})

    place(session)

    assert slots(session) == [
        ("pour", pot, day(0), 0, day(0), 90),
        ("cut", table, day(2), 0, day(2), 45),
    ]
    assert days(run) == (day(0), day(2), day(30))


def test_an_old_snapshot_without_steps_is_one_step(session: Session) -> None:
    bench = a_centre(session)
    run = a_run(session, centre=bench, minutes=60, rest=2)
    run.recipe = {key: value for key, value in run.recipe.items() if key != "steps"}
    session.flush()

    place(session)

    assert slots(session) == [("", bench, day(0), 0, day(0), 60)]
    assert days(run) == (day(0), day(0), day(2))


def test_placing_again_changes_nothing(session: Session) -> None:
    run = a_run(session, centre=a_centre(session), minutes=700)

    assert place(session) == {run.id}
    before = slots(session)
    assert place(session) == set()
    assert slots(session) == before


def test_the_slots_of_a_run_that_is_over_are_let_go(session: Session) -> None:
    run = a_run(session, centre=a_centre(session))
    place(session)
    run.state = "cancelled"
    session.flush()

    place(session)

    assert slots(session) == []


def test_who_waits_for_room_knows_until_when(session: Session) -> None:
    bench = a_centre(session)
    first = a_run(session, centre=bench, minutes=960)
    second = a_run(session, centre=bench, minutes=60, code="BALM")

    place(session)

    assert (first.ends_on, first.full_until) == (day(1), None)
    assert (second.starts_on, second.full_until) == (day(2), day(1))


def test_a_run_without_a_day_says_why(session: Session) -> None:
    bench = a_centre(session)
    run = a_run(session, centre=bench)
    wax = session.scalars(select(Item).filter_by(code="WAX")).one()
    wax.lead_time_days = None
    lack(session, wax, owner=need_of(session, run, wax), quantity=PIECE)

    place(session)

    assert (days(run), run.no_day) == ((None, None, None), "no_material_date")
    assert slots(session) == []


def test_a_lead_time_counts_from_today_and_not_from_the_day_it_was_missed(
    session: Session,
) -> None:
    run = a_run(session, centre=a_centre(session))
    wax = session.scalars(select(Item).filter_by(code="WAX")).one()
    lack(session, wax, owner=need_of(session, run, wax), quantity=PIECE)

    place(session, now=NOW + timedelta(days=14))

    # Five days from that Monday is a Saturday.
    assert run.starts_on == day(14 + 7)


def test_a_supplier_is_asked_before_the_item(session: Session) -> None:
    run = a_run(session, centre=a_centre(session))
    wax = session.scalars(select(Item).filter_by(code="WAX")).one()
    lack(session, wax, owner=need_of(session, run, wax), quantity=PIECE)
    quick, liked = (
        Supplier(code=code, name=code, created_at=NOW) for code in ("QUICK", "LIKED")
    )
    session.add_all([quick, liked])
    session.flush()
    session.add_all(
        [
            SupplierItem(supplier_id=quick.id, item_id=wax.id, lead_time_days=1),
            SupplierItem(
                supplier_id=liked.id, item_id=wax.id, lead_time_days=3, is_preferred=True
            ),
        ]
    )
    session.flush()

    place(session)

    assert run.starts_on == day(3)


def test_a_purchase_on_its_way_dates_the_run_it_is_for(session: Session) -> None:
    run = a_run(session, centre=a_centre(session))
    wax = session.scalars(select(Item).filter_by(code="WAX")).one()
    line = make_purchase(session, item=wax, quantity=1000 * PIECE, expected_on=day(9))
    session.add(
        PurchaseCover(
            purchase_line_id=line.id,
            item_id=wax.id,
            need_id=need_of(session, run, wax).id,
            quantity=1000 * PIECE,
        )
    )
    session.flush()

    place(session)

    assert run.starts_on == day(9)


def test_a_running_run_keeps_the_day_it_was_started_and_cures_on(session: Session) -> None:
    run = a_run(session, centre=a_centre(session), rest=28)
    run.state, run.started_at = "running", NOW
    session.flush()

    place(session, now=NOW + timedelta(days=10))

    assert days(run) == (day(0), day(0), day(28))


def test_the_calendar_of_a_centre_has_closures_and_holidays(session: Session) -> None:
    bench = a_centre(session)
    run = a_run(session, centre=bench, minutes=60)
    close_work_centre(
        session, centre_id=bench, from_on=day(0), until_on=day(13), who=WHO, now=NOW
    )
    change_habits(session, habits=Habits(country="ES"), who=WHO, now=NOW)

    place(session)

    # 7 December: 6 December is a Sunday and moves nothing nationwide; 8 December is a holiday.
    assert run.starts_on == date(2026, 12, 7)
    close_work_centre(session, centre_id=bench, from_on=date(2026, 12, 7), who=WHO, now=NOW)
    place(session)
    assert run.starts_on == date(2026, 12, 9)
    change_work_centre(session, centre_id=bench, keeps_holidays=False, who=WHO, now=NOW)
    place(session)
    assert run.starts_on == date(2026, 12, 8)
    reopen_work_centre(session, centre_id=bench, day=day(3), who=WHO, now=NOW)
    place(session)
    assert run.starts_on == day(3)
    with pytest.raises(Missing):
        reopen_work_centre(session, centre_id=bench, day=day(3), who=WHO, now=NOW)


def test_a_change_of_hours_marks_what_is_made_there(session: Session) -> None:
    bench, oven = a_centre(session), a_centre(session, "OVEN")
    run = a_run(session, centre=bench)
    other = a_run(session, centre=oven, code="BALM")
    place(session)

    change_work_centre(session, centre_id=bench, open_minutes=[30] * 7, who=WHO, now=NOW)

    marked = set(session.scalars(select(Replan.item_id)))
    assert run.item_id in marked
    assert other.item_id not in marked
    place(session)
    # It is nine o'clock: the half hour of today is over.
    assert days(run) == (day(1), day(2), day(2))


def test_longer_hours_begin_earlier_and_never_end_tomorrow(session: Session) -> None:
    bench = a_centre(session)

    change_work_centre(session, centre_id=bench, open_minutes=[1_200] * 7, who=WHO, now=NOW)

    assert session.get_one(WorkCentre, bench).opens_at == 240
    with pytest.raises(Invalid):
        change_work_centre(session, centre_id=bench, opens_at=300, who=WHO, now=NOW)


def test_nothing_new_begins_after_closing_time(session: Session) -> None:
    run = a_run(session, centre=a_centre(session))

    place(session, now=datetime(2026, 11, 23, 16, 0, tzinfo=UTC))

    assert run.starts_on == day(1)


def test_a_run_is_pinned_to_a_day_and_let_go(session: Session) -> None:
    run = a_run(session, centre=a_centre(session))

    pin(session, production_order_id=run.id, on=day(2), today=TODAY, who=WHO, now=NOW)

    place(session)
    assert run.starts_on == day(2)
    unpin(session, production_order_id=run.id, who=WHO, now=NOW)
    place(session)
    assert run.starts_on == day(0)
    told = session.scalars(
        select(History.what)
        .where(History.subject_id == run.id, History.subject == "production_order")
        .order_by(History.id)
    )
    assert list(told) == ["run.pinned", "run.unpinned"]


def test_a_pin_that_cannot_be_kept_is_said_once(session: Session) -> None:
    bench = a_centre(session)
    run = a_run(session, centre=bench)
    pin(session, production_order_id=run.id, on=day(2), today=TODAY, who=WHO, now=NOW)
    close_work_centre(session, centre_id=bench, from_on=day(2), who=WHO, now=NOW)

    place(session)
    place(session)

    [missed] = session.scalars(select(History).filter_by(what="run.pin_missed"))
    assert (missed.from_state, missed.to_state, missed.why) == (
        str(day(2)),
        str(day(3)),
        "shut",
    )


def test_what_was_started_cannot_be_pinned_nor_what_is_past(session: Session) -> None:
    run = a_run(session, centre=a_centre(session))
    for on in (day(-1), day(5_000)):
        with pytest.raises(Invalid):
            pin(session, production_order_id=run.id, on=on, today=TODAY, who=WHO, now=NOW)
    run.state = "running"
    session.flush()

    with pytest.raises(AlreadyStarted):
        pin(session, production_order_id=run.id, on=day(2), today=TODAY, who=WHO, now=NOW)
    with pytest.raises(AlreadyStarted):
        unpin(session, production_order_id=run.id, who=WHO, now=NOW)


def test_public_holidays_are_those_of_the_region() -> None:
    diada = date(2027, 9, 11)

    assert diada in public_holidays("ES", region="CT", today=TODAY)
    assert diada not in public_holidays("ES", today=TODAY)
    assert public_holidays("", today=TODAY) == frozenset()


@pytest.mark.parametrize(
    "country, region, field, named",
    [
        ("XX", "", "country", "ES"),
        ("ES", "ZZ", "region", "CT"),
        ("", "CT", "region", "country"),
    ],
)
def test_a_place_nobody_knows_the_holidays_of_is_refused_with_those_known(
    country: str, region: str, field: str, named: str
) -> None:
    with pytest.raises(Invalid, match=named) as refused:
        check_place(country, region=region)

    assert refused.value.field == field


def test_a_run_half_given_takes_the_time_of_its_other_half(session: Session) -> None:
    run = a_run(session, centre=a_centre(session), minutes=240)
    run.batches, run.planned, run.produced = 4, 40 * PIECE, 20 * PIECE
    run.state, run.started_at = "running", NOW - timedelta(days=3)
    session.add(
        Completion(
            production_order_id=run.id,
            number=1,
            produced=20 * PIECE,
            at=NOW,
            who=WHO,
        )
    )
    session.flush()

    place(session)

    # Two batches of four hours: begun on Friday, gone on with on the day of the last part.
    assert (run.starts_on, run.ends_on) == (day(-3), TODAY)
    assert session.scalars(select(ProductionSlot.minutes)).all() == [480]


def test_goods_that_do_not_keep_are_not_made_weeks_before_they_are_needed(
    session: Session,
) -> None:
    soap = make_item(session, code="FRESH", shelf_life_days=10)
    wax = make_item(session, code="WAX")
    make_recipe(session, item=soap, uses={wax: PIECE})
    make_lot(session, item=wax, quantity=100 * PIECE)
    make_order(
        session, account=make_account(session), lines={soap: 5}, requested_on=day(35)
    )

    replan(session, now=NOW)

    run = session.scalars(select(ProductionOrder)).one()
    assert (run.not_before, run.starts_on) == (day(25), day(25))
