"""The workshop on its page: habits, work centres, closures, and how long parcels take."""

import re
from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.domain.planning.habits import Habits
from hub.models.planning.habits import habits_of
from hub.models.records.items import WorkCentre, WorkCentreClosure
from hub.models.records.workshop import ShippingClosure, Transit
from hub.ports import Ports
from tests.web.pages.conftest import As
from tests.web.pages.visitor import Visitor, visit
from tests.web.ports import Woken

HABITS = {
    "country": "es",
    "region": "CT",
    "window_days": "5",
    "freeze_days": "2",
    "shipping_weekdays": "1",
    "cut_off": "14:00",
    "pack_days": "1",
    "transit_days": "",
    "offer_days": "20",
    "lot_pattern": "",
}
WEEK = {f"hours-{day}": "7,5" if day < 5 else "" for day in range(7)}


def a_bench(boss: Visitor, ports: Ports) -> int:
    """Add a work centre and return its id."""
    boss.did("/workshop/centres", name="Bench", opens_at="09:00", **WEEK)
    with ports.database.reading() as session:
        return session.scalars(select(WorkCentre.id)).one()


def test_habits_are_said_and_shown(anywhere: Ports, boss: Visitor, woken: Woken) -> None:
    page = boss.did("/workshop", **HABITS)

    assert "planned again" in page
    assert 'value="14:00"' in page
    with anywhere.database.reading() as session:
        assert habits_of(session) == Habits(
            country="ES",
            region="CT",
            window_days=5,
            freeze_days=2,
            shipping_weekdays=frozenset({1}),
            cut_off=time(14),
            pack_days=1,
            transit_days=None,
            offer_days=20,
        )
    assert "plan" in woken.kinds


@pytest.mark.parametrize(
    "change",
    [
        {"country": "XX"},
        {"region": "ZZ"},
        {"window_days": "some"},
        {"freeze_days": "366"},
        {"shipping_weekdays": "9"},
        {"cut_off": "noon"},
        {"lot_pattern": "{item}"},
    ],
)
def test_habits_that_cannot_be_are_refused_beside_the_form(
    ports: Ports, owner: Visitor, change: dict[str, str]
) -> None:
    response = owner.press("/workshop", **{**HABITS, **change})

    assert response.status_code == 422
    assert 'id="trouble-habits"' in response.text
    with ports.database.reading() as session:
        assert habits_of(session) == Habits()


def test_a_work_centre_has_hours_that_change(anywhere: Ports, boss: Visitor) -> None:
    centre_id = a_bench(boss, anywhere)

    page = boss.did(
        f"/workshop/centres/{centre_id}",
        opens_at="08:00",
        keeps_holidays="1",
        **{**WEEK, "hours-5": "4:30"},
    )

    assert 'value="4:30"' in page
    with anywhere.database.reading() as session:
        centre = session.get_one(WorkCentre, centre_id)
        assert centre.open_minutes == [450] * 5 + [270, 0]
        assert (centre.opens_at, centre.keeps_holidays) == (480, True)


@pytest.mark.parametrize("hours", ["many", "25", "-1", "0.001", "nan"])
def test_hours_that_cannot_be_are_refused_beside_the_form(
    ports: Ports, owner: Visitor, hours: str
) -> None:
    centre_id = a_bench(owner, ports)

    response = owner.press(f"/workshop/centres/{centre_id}", **{**WEEK, "hours-0": hours})

    assert response.status_code == 422
    assert f'id="trouble-centre-{centre_id}"' in response.text


def test_a_work_centre_is_shut_and_opened_again(anywhere: Ports, boss: Visitor) -> None:
    path = f"/workshop/centres/{a_bench(boss, anywhere)}"

    page = boss.did(f"{path}/closures", on="2026-12-24", until="2026-12-26", why="feast")
    boss.did(f"{path}/reopen", on="2026-12-25")

    assert "feast" in page
    with anywhere.database.reading() as session:
        days = session.scalars(select(WorkCentreClosure.day).order_by("day")).all()
        assert days == [date(2026, 12, 24), date(2026, 12, 26)]
    again = boss.press(f"{path}/reopen", on="2026-12-25")
    assert again.status_code == 404
    assert "It is not shut on that day." in again.text


def test_days_without_parcels_are_said_and_taken_back(ports: Ports, owner: Visitor) -> None:
    page = owner.did("/workshop/closures", on="2026-12-24", why="stocktaking")
    nothing = owner.press("/workshop/closures", on="")
    owner.did("/workshop/closures/reopen", on="2026-12-24")

    assert "stocktaking" in page
    assert nothing.status_code == 422
    with ports.database.reading() as session:
        assert session.scalar(select(ShippingClosure)) is None


def test_how_long_parcels_take_is_one_table(anywhere: Ports, boss: Visitor) -> None:
    rows = {
        "ways.0.country": "es",
        "ways.0.days": "2",
        "ways.1.country": "",
        "ways.1.method": "Express",
        "ways.1.days": "1",
        "ways.2.country": "FR",
        "ways.2.days": "",
    }

    page = boss.did("/workshop/transit", **rows)
    twice = boss.press("/workshop/transit", **{**rows, "ways.1.country": "E1"})

    assert 'value="express"' in page
    assert twice.status_code == 422
    with anywhere.database.reading() as session:
        ways = session.scalars(select(Transit).order_by(Transit.days)).all()
        assert [(way.country, way.method, way.days) for way in ways] == [
            ("", "express", 1),
            ("ES", "", 2),
        ]


def test_who_may_not_change_it_sees_no_buttons(be: As) -> None:
    page = be(Role.VIEWER).see("/workshop")

    assert "Days to pack" in page
    assert "/workshop/closures" not in page


def test_hours_are_said_in_few_words_of_the_readers_language(
    ports: Ports, owner: Visitor, app: Flask
) -> None:
    week = {
        f"hours-{day}": "7,5" if day < 4 else "6" if day == 4 else "" for day in range(7)
    }
    owner.did("/workshop/centres", name="Bench", opens_at="09:00", **week)
    reader = visit(app, ports, role=Role.PLANNER, locale="es")

    assert "Mon–Thu 7.5\N{NO-BREAK SPACE}h · Fri 6\N{NO-BREAK SPACE}h" in owner.see(
        "/workshop"
    )
    assert "lun–jue 7,5\N{NO-BREAK SPACE}h · vie 6\N{NO-BREAK SPACE}h" in reader.see(
        "/workshop"
    )


def test_days_shut_in_a_row_are_one_line_and_opened_by_one_press(
    anywhere: Ports, boss: Visitor
) -> None:
    shut = boss.did(
        "/workshop/closures", on="2026-12-24", until="2026-12-26", why="stocktaking"
    )
    boss.did("/workshop/closures", on="2026-12-28", why="stocktaking")
    days = re.findall(r'name="on" value="([0-9-]+)"', shut)

    token = boss.token()
    opened = boss.client.post(
        "/workshop/closures/reopen",
        data={"csrf": token, "on": days},
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert "Thu 24 Dec – Sat 26 Dec" in shut
    assert days == ["2026-12-24", "2026-12-25", "2026-12-26"]
    assert opened.status_code == 303
    with anywhere.database.reading() as session:
        left = session.scalars(select(ShippingClosure.day)).all()
        assert left == [date(2026, 12, 28)]


def test_public_holidays_that_are_kept_are_named(
    ports: Ports, owner: Visitor, app: Flask
) -> None:
    reader = visit(app, ports, role=Role.VIEWER, locale="es")
    before = owner.see("/workshop")

    page = owner.did("/workshop", **{**HABITS, "region": "AN"})

    assert "No public holidays are kept" in before
    assert "Christmas Day" in page
    assert "Andalusia Day" in page
    assert "Natividad del Señor" in reader.see("/workshop")


@pytest.mark.parametrize(
    "country, locale, named",
    [
        ("PT", "es", "Natal"),
        ("DE", "es", "Erster Weihnachtstag"),
        ("PT", "en", "Christmas Day"),
        ("GB", "en", "Good Friday"),
        ("MX", "es", "Navidad"),
    ],
)
def test_holidays_are_named_to_their_reader_whatever_the_machine_speaks(
    ports: Ports,
    owner: Visitor,
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    country: str,
    locale: str,
    named: str,
) -> None:
    monkeypatch.setenv("LANGUAGE", "fr")
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    reader = visit(app, ports, role=Role.VIEWER, locale=locale)

    owner.did("/workshop", **{**HABITS, "country": country, "region": ""})

    page = reader.see("/workshop")
    assert named in page
    assert "Noël" not in page


def test_what_cannot_be_is_said_beside_its_field(ports: Ports, owner: Visitor) -> None:
    centre_id = a_bench(owner, ports)
    rows = {
        "ways.0.country": "ES",
        "ways.0.days": "2",
        "ways.2.country": "F1",
        "ways.2.days": "1",
    }

    habits = owner.press("/workshop", **{**HABITS, "cut_off": "noon"})
    hours = owner.press(f"/workshop/centres/{centre_id}", **{**WEEK, "hours-3": "many"})
    ways = owner.press("/workshop/transit", **rows)
    shut = owner.press("/workshop/closures", on="2026-12-24", until="2026-12-20")

    assert 'id="wrong-habits-cut_off"' in habits.text
    assert f'id="wrong-centre-{centre_id}-hours-3"' in hours.text
    assert 'aria-describedby="wrong-transit-2"' in ways.text
    assert 'id="wrong-transit-2"' in ways.text
    assert 'id="wrong-shipping-until"' in shut.text
    assert 'value="2026-12-24"' in shut.text
