"""The calendar of the work centres: where bars lie, what a day holds, and pins from its page."""

from datetime import date, timedelta

import pytest

from hub.domain.days.capacity import Calendar
from hub.domain.people.roles import Role
from hub.flow.catalogue.catalogue import add_work_centre
from hub.flow.planning.plan import replan
from hub.models.records.items import WorkCentreClosure
from hub.models.records.production import ProductionOrder
from hub.ports import Ports
from hub.web.making.production_gantt import (
    DAY_WIDTH,
    DAYS,
    LABEL_WIDTH,
    Booking,
    Lane,
    lay_out,
    loads,
)
from tests.factories import NOW, PIECE, make_lot, make_recipe
from tests.web.pages.conftest import As
from tests.web.pages.goods import item, order_of
from tests.web.pages.making.test_production import run_now
from tests.web.pages.visitor import Visitor

MONDAY = date(2026, 11, 23)
WEEK = Calendar(minutes=(480, 480, 480, 480, 480, 0, 0), opens_at=480)
LANE = Lane(centre_id=1, name="Wax kettle", calendar=WEEK)


def booking(
    starts: tuple[int, int],
    ends: tuple[int, int],
    *,
    rests: int | None = None,
    number: str = "P-0001",
    is_pinned: bool = False,
) -> Booking:
    """Book a step: day from Monday and minute of its hours, for the begin and the end."""
    return Booking(
        run_id=1,
        centre_id=1,
        number=number,
        name="Candle",
        state="planned",
        starts_on=MONDAY + timedelta(days=starts[0]),
        starts_minute=starts[1],
        ends_on=MONDAY + timedelta(days=ends[0]),
        ends_minute=ends[1],
        minutes=0,
        rests_until=None if rests is None else MONDAY + timedelta(days=rests),
        is_pinned=is_pinned,
    )


def test_a_bar_lies_where_its_minutes_are() -> None:
    gantt = lay_out([LANE], bookings=[booking((1, 120), (2, 240))], first=MONDAY)

    [bar] = gantt.rows[0].bars
    assert bar.x == LABEL_WIDTH + DAY_WIDTH + DAY_WIDTH // 4
    assert bar.x + bar.width == LABEL_WIDTH + 2 * DAY_WIDTH + DAY_WIDTH // 2
    assert gantt.width == LABEL_WIDTH + DAYS * DAY_WIDTH


def test_what_lies_outside_the_weeks_is_cut_or_left_out() -> None:
    before = booking((-4, 0), (0, 240))
    past = booking((-4, 0), (-3, 10), number="P-0002")
    later = booking((DAYS - 1, 0), (DAYS + 5, 10), number="P-0003")

    gantt = lay_out([LANE], bookings=[before, past, later], first=MONDAY)

    bars = {bar.booking.number: bar for bar in gantt.rows[0].bars}
    assert set(bars) == {"P-0001", "P-0003"}
    assert bars["P-0001"].x == LABEL_WIDTH
    assert bars["P-0003"].x + bars["P-0003"].width <= gantt.width


def test_a_short_step_can_still_be_hit_and_a_pin_is_a_sign_beside_the_number() -> None:
    short = booking((0, 0), (0, 1))
    long = booking((1, 0), (4, 0), is_pinned=True)

    gantt = lay_out([LANE], bookings=[short, long], first=MONDAY)

    [first, second] = gantt.rows[0].bars
    assert first.width >= 10
    assert first.label == ""
    assert second.label == "◆ P-0001"


@pytest.mark.parametrize(
    "spans, percents",
    [
        ([], [0, 0, 0]),
        ([((0, 0), (0, 240))], [50, 0, 0]),
        ([((0, 0), (0, 240)), ((0, 240), (1, 48))], [100, 10, 0]),
        # One that goes on over a day leaves it to nobody; what lies within is not counted twice.
        ([((0, 0), (2, 480)), ((1, 0), (1, 240))], [100, 100, 100]),
        ([((5, 0), (7, 480))], [0, 0, 0]),
    ],
)
def test_a_day_is_taken_as_far_as_its_bookings_reach(
    spans: list[tuple[tuple[int, int], tuple[int, int]]], percents: list[int]
) -> None:
    days = [MONDAY + timedelta(days=each) for each in range(3)]

    found = loads(WEEK, bookings=[booking(*span) for span in spans], days=days)

    assert list(found.values()) == percents


def test_shut_days_have_no_load_and_resting_days_are_thin_lines_below_each_other() -> None:
    gantt = lay_out(
        [LANE],
        bookings=[
            booking((0, 0), (0, 60), rests=10),
            booking((0, 60), (0, 120), rests=12, number="P-0002"),
        ],
        first=MONDAY,
    )

    [row] = gantt.rows
    assert [day.is_open for day in row.days[:7]] == [True] * 5 + [False] * 2
    assert row.days[5].load == 0
    first, second = row.rests
    assert first.y != second.y
    assert first.x + first.width == LABEL_WIDTH + 10 * DAY_WIDTH


def scheduled(ports: Ports) -> None:
    """Plan a run of ten candles at a kettle that is shut on the first of December."""
    with ports.database.begin() as session:
        centre = add_work_centre(
            session, code="KETTLE", name="Wax kettle", open_minutes=[480] * 5 + [0, 0],
            who="test", now=NOW,
        )  # fmt: skip
        candle, wax = item(session, "CANDLE"), item(session, "WAX")
        recipe = make_recipe(session, item=candle, uses={wax: 2000 * PIECE}, rest_days=2)
        recipe.work_centre_id, recipe.batch_minutes = centre, 240
        session.add(WorkCentreClosure(work_centre_id=centre, day=date(2026, 12, 1)))
        make_lot(session, item=wax, quantity=5000 * PIECE)
        order_of(session, pieces=4)


def test_the_calendar_shows_the_plan_as_it_stands(ports: Ports, owner: Visitor) -> None:
    scheduled(ports)

    page = owner.see("/production/schedule")
    board = owner.see("/production")
    later = owner.see("/production/schedule?from=2027-01-11")

    assert "Wax kettle" in page
    assert 'href="/production/1"' in page
    assert "Tue 1 Dec: shut" in page
    assert "50 % taken" in page
    assert "P-0001 rests until" in page
    assert 'class="gantt"' in board
    assert "Nothing is planned at the work centres in these weeks." in later
    for nonsense in ("tomorrow", "9999-12-31", "0001-01-01", ""):
        assert "Wax kettle" in owner.see(f"/production/schedule?from={nonsense}")


def test_a_run_is_pinned_from_the_calendar_and_let_go(
    anywhere: Ports, boss: Visitor
) -> None:
    scheduled(anywhere)
    path = "/production/schedule/pin"

    page = boss.did(path, run="1", on="2026-12-15", do="pin")
    pinned = run_now(anywhere, 1).pinned_on
    past = boss.press(path, run="1", on="2026-01-01", do="pin")
    nobody = boss.press(path, run="", on="2026-12-15", do="pin")
    no_day = boss.press(path, run="1", on="", do="pin")
    missing = boss.press(path, run="77", on="2026-12-15", do="pin")
    boss.did(path, run="1", do="unpin")

    assert "◆" in page
    assert str(pinned) == "2026-12-15"
    assert (past.status_code, nobody.status_code, no_day.status_code) == (422, 422, 422)
    assert missing.status_code == 404
    assert run_now(anywhere, 1).pinned_on is None


def test_a_run_without_a_day_says_why(ports: Ports, owner: Visitor, be: As) -> None:
    scheduled(ports)
    with ports.database.begin() as session:
        run = session.get_one(ProductionOrder, 1)
        run.no_day = "no_material_date"
        replan(session, now=NOW)

    page = owner.see("/production/schedule")

    assert "nobody knows when its materials come" in page
    assert 'name="do"' not in be(Role.MAKER).see("/production/schedule")
