"""Where a material of a run stands, from the records as the flow and the planner leave them."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select

from hub.domain.planning.material_badge import Badge, Standing, badge_of
from hub.flow.planning.plan import replan
from hub.models.making.run_views import run_rows
from hub.models.materials.material_badges import MaterialBadge, material_badges
from hub.models.records.planning import CheckCover, Shortage
from hub.models.records.production import ProductionNeed, ProductionOrder
from hub.models.records.stock import Lot
from hub.ports import Ports
from tests.factories import NOW, PIECE, make_lot, make_purchase, make_recipe
from tests.web.pages.goods import item, order_to_make
from tests.web.pages.visitor import Visitor

TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)


def badge(ports: Ports) -> MaterialBadge:
    """Read the badge of the wax of the first run."""
    with ports.database.reading() as session:
        rows = run_rows(session, runs=[session.get_one(ProductionOrder, 1)])
        [found] = material_badges(session, rows=rows, today=TODAY)[1]
        return found


def plan_again(ports: Ports) -> None:
    """Let the planner do its work."""
    with ports.database.begin() as session:
        replan(session, now=NOW)


def wanted(ports: Ports, *, wax_grams: int = 0) -> None:
    """Plan ten candles, which need 2 kg of wax."""
    with ports.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=wax_grams)


def test_what_lies_ready_is_reserved(ports: Ports, owner: Visitor) -> None:
    wanted(ports, wax_grams=5000)

    assert badge(ports).state is Badge.RESERVED
    assert "Reserved" in owner.see("/production")


def test_what_came_in_since_the_plan_is_in_stock(ports: Ports, owner: Visitor) -> None:
    wanted(ports)
    with ports.database.begin() as session:
        make_lot(session, item=item(session, "WAX"), quantity=5000 * PIECE)
        for row in session.scalars(select(ProductionNeed)):
            assert row.needed == 2000 * PIECE
        # The plan that knew of the shortage is forgotten; the next one has not run yet.
        session.execute(delete(Shortage))

    assert badge(ports).state is Badge.IN_STOCK
    assert "In stock" in owner.see("/production")


def test_what_is_on_order_comes_with_its_purchase(ports: Ports, owner: Visitor) -> None:
    wanted(ports)
    with ports.database.begin() as session:
        make_purchase(
            session,
            item=item(session, "WAX"),
            quantity=3000 * PIECE,
            expected_on=date(2026, 12, 3),
        )
    plan_again(ports)

    assert badge(ports).state is Badge.COMING
    assert "Coming with PO-0001 on Thu 3 Dec" in owner.see("/production")


def test_what_another_run_makes_names_that_run(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        wax, oil = item(session, "WAX"), item(session, "OIL")
        make_recipe(session, item=wax, uses={oil: PIECE}, batch_size=5000 * PIECE)
        make_lot(session, item=oil, quantity=5000 * PIECE)
        order_to_make(session, pieces=4, wax_grams=0)

    assert badge(ports).state is Badge.MADE
    assert "Made by P-0002" in owner.see("/production")


def test_what_nothing_covers_is_short_by_so_much(ports: Ports, owner: Visitor) -> None:
    wanted(ports, wax_grams=500)

    assert badge(ports).state is Badge.SHORT
    assert badge(ports).quantity == 1500 * PIECE
    assert "Short 1.5\N{NO-BREAK SPACE}kg" in owner.see("/production")


def test_a_lot_that_expired_since_it_was_reserved_says_so(
    ports: Ports, owner: Visitor
) -> None:
    wanted(ports, wax_grams=5000)
    with ports.database.begin() as session:
        session.scalars(select(Lot)).one().best_before = YESTERDAY

    page = owner.see("/production")

    assert badge(ports).state is Badge.EXPIRED
    assert "Expired lot WAX-1" in page.replace("</span>", "")


def test_a_shortage_of_what_is_there_but_too_old_is_an_expired_lot(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        make_lot(
            session,
            item=item(session, "WAX"),
            quantity=5000 * PIECE,
            best_before=YESTERDAY,
        )
    wanted(ports)

    assert badge(ports).state is Badge.EXPIRED
    assert "Expired lot" in owner.see("/production")


def test_what_lies_aside_is_in_quarantine(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        make_lot(
            session,
            item=item(session, "WAX"),
            quantity=5000 * PIECE,
            state="quarantined",
        )
    wanted(ports)

    assert badge(ports).state is Badge.QUARANTINE
    assert "In quarantine" in owner.see("/production")


def test_what_waits_for_its_check_is_in_quarantine_with_its_lot(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        lot = make_lot(
            session,
            item=item(session, "WAX"),
            quantity=5000 * PIECE,
            state="quarantined",
        )
        lot.awaits_check = True
    wanted(ports)
    with ports.database.reading() as session:
        assert session.scalars(select(CheckCover)).one().quantity == 2000 * PIECE

    assert badge(ports).state is Badge.QUARANTINE
    assert badge(ports).lots == ("WAX-1",)


def test_what_the_planner_has_not_seen_yet_is_not_planned(ports: Ports) -> None:
    wanted(ports)
    with ports.database.begin() as session:
        session.execute(delete(Shortage))

    assert badge(ports).state is Badge.UNPLANNED


@pytest.mark.parametrize(
    "standing, expected",
    [
        (Standing(missing=0), Badge.RESERVED),
        (Standing(missing=0, held_expired=1), Badge.EXPIRED),
        (Standing(missing=5, short=5, is_coming=True), Badge.SHORT),
        (Standing(missing=5, short=5, lies_aside=4), Badge.SHORT),
        (Standing(missing=5, short=5, lies_aside=5), Badge.QUARANTINE),
        (Standing(missing=5, is_coming=True, is_made=True), Badge.COMING),
        (Standing(missing=5, free=4), Badge.UNPLANNED),
        (Standing(missing=5, free=5), Badge.IN_STOCK),
    ],
)
def test_of_several_truths_the_one_that_needs_a_person_is_said(
    standing: Standing, expected: Badge
) -> None:
    assert badge_of(standing) is expected
