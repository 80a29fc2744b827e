"""A lot's page: how it stands, its trace as a picture and as lists, and what is done to it."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.flow.stock.stock import adjust
from hub.models.catalogue.item_outlook import item_outlook
from hub.models.planning.planning_queries import free_lots, order_wishes, run_wishes
from hub.models.records.items import Item
from hub.models.records.stock import Lot, LotBalance
from hub.ports import Ports
from hub.web.stock.lot_page import LISTED
from tests.factories import NOW, PIECE, make_lot, make_order, make_purchase
from tests.flow.recalls.ancestry import make_workshop
from tests.web.pages.goods import item, order_to_make, shop
from tests.web.pages.orders.order_sections import section
from tests.web.pages.plans import asked_of, count_asked
from tests.web.pages.visitor import Visitor

TODAY = date(2026, 11, 23)


@pytest.fixture
def oil(ports: Ports) -> int:
    """A lot of oil whose soap went to a buyer."""
    with ports.database.begin() as session:
        workshop = make_workshop(session)
        lot = workshop.bought("OIL", supplier_lot="KX9")
        soap = workshop.made_of("SOAP", lot)
        workshop.send(workshop.order("SOAP"), soap)
        return lot.id


def test_a_trace_is_drawn_with_links_and_adds_up(owner: Visitor, oil: int) -> None:
    page = owner.see(f"/lots/{oil}")

    assert 'aria-labelledby="lineage-title lineage-desc"' in page
    assert page.count('class="flow-line"') == 4
    assert 'href="/orders/1"' in page
    assert "it adds up" in page
    assert "KX9" in page


def test_a_stopped_lot_is_marked_by_sign_and_word(
    owner: Visitor, ports: Ports, oil: int
) -> None:
    with ports.database.begin() as session:
        session.get_one(Lot, oil).state = "quarantined"

    page = owner.see(f"/lots/{oil}")

    assert "! In quarantine</text>" in page
    assert "Let it go again" in page


def test_a_trace_of_very_many_is_folded_and_still_short(
    owner: Visitor, ports: Ports
) -> None:
    with ports.database.begin() as session:
        workshop = make_workshop(session)
        lot = workshop.bought("SOAP")
        for _ in range(30):
            workshop.send(workshop.order("SOAP"), lot)

    page = owner.see(f"/lots/{lot.id}")

    assert "23 parcels more" in page
    assert "23 orders more" in page
    assert page.count('class="node') == 17


def test_each_of_very_many_parcels_is_on_one_page_of_the_lists(
    owner: Visitor, ports: Ports
) -> None:
    with ports.database.begin() as session:
        workshop = make_workshop(session)
        lot = workshop.bought("SOAP")
        for _ in range(LISTED):
            workshop.send(workshop.order("SOAP"), lot)

    first, last = owner.see(f"/lots/{lot.id}"), owner.see(f"/lots/{lot.id}?ahead=1")
    beyond = owner.see(f"/lots/{lot.id}?ahead=9")

    lists = [section(page, "ahead") for page in (first, last)]
    named = [re.findall(r'href="(/(?:orders|shipments)/\d+)"', each) for each in lists]
    assert [len(each) for each in named] == [LISTED, LISTED]
    assert len({*named[0], *named[1]}) == 2 * LISTED
    assert f"{LISTED} more" in first
    assert 'ahead=1#ahead"' in first
    assert "Earlier ones" in last
    assert re.findall(r'href="(/orders/\d+)"', beyond) == re.findall(
        r'href="(/orders/\d+)"', last
    )


def test_a_trace_of_many_loads_only_what_it_names(owner: Visitor, ports: Ports) -> None:
    with ports.database.begin() as session:
        workshop = make_workshop(session)
        lot = workshop.bought("SOAP")
        for _ in range(2 * LISTED):
            workshop.send(workshop.order("SOAP"), lot)

    with asked_of(ports.database.engine) as asked:
        owner.see(f"/lots/{lot.id}")

    by_id = [len(values) for sql, values in asked if " IN (" in sql and "order.id" in sql]
    assert max(by_id) <= LISTED + 8


def test_what_is_done_to_a_lot_leads_back_to_it(
    owner: Visitor, ports: Ports, oil: int
) -> None:
    with ports.database.reading() as session:
        lot = session.get_one(Lot, oil)
        held = session.scalar(select(LotBalance.on_hand).filter_by(lot_id=oil))
    address = f"/stock/{lot.item_id}/lots/{oil}"

    aside = owner.press(f"{address}/state", state="quarantined", reason="smells odd")
    too_much = owner.press(f"{address}/scrap", quantity="9999999", scrap_reason="spilt")
    counted = owner.press(f"{address}/count", seen="1", counted="2")

    assert held
    assert aside.location.startswith(f"/lots/{oil}")
    assert (too_much.status_code, counted.status_code) == (422, 409)
    assert 'id="trouble-scrap"' in too_much.text
    assert 'id="trouble-count"' in counted.text


def test_a_viewer_sees_a_lot_and_nothing_to_press(
    be: Callable[[Role], Visitor], oil: int
) -> None:
    page = be(Role.VIEWER).see(f"/lots/{oil}")

    assert "Correct the count" not in page
    assert "Put in quarantine" not in page
    assert "Rehearse it" not in page


def test_a_bigger_trace_needs_hardly_more_statements(owner: Visitor, ports: Ports) -> None:
    with ports.database.begin() as session:
        workshop = make_workshop(session)
        few, many = workshop.bought("SOAP"), workshop.bought("SOAP")
        workshop.send(workshop.order("SOAP"), few)
        for _ in range(20):
            workshop.send(workshop.order("SOAP"), many)

    assert count_asked(ports, owner, f"/lots/{many.id}") == count_asked(
        ports, owner, f"/lots/{few.id}"
    )


def test_an_items_outlook_has_the_plans_own_numbers(ports: Ports) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=24, wax_grams=1500)
        order_to_make_later = make_order(
            session,
            account=shop(session),
            lines={item(session, "CANDLE"): 3},
            requested_on=TODAY + timedelta(days=9),
        )
        assert order_to_make_later.id
        make_purchase(
            session,
            item=item(session, "WAX"),
            quantity=5000 * PIECE,
            expected_on=TODAY + timedelta(days=4),
        )
        for each in session.scalars(select(Item)):
            wishes = [
                *order_wishes(session, item_id=each.id),
                *run_wishes(session, item_id=each.id),
            ]

            found = item_outlook(session, item_id=each.id, today=TODAY)

            free = sum(lot.free for lot in free_lots(session, item_id=each.id))
            assert found.on_hand == free
            assert sum(m.quantity for m in found.goes) == sum(w.quantity for w in wishes)


def test_an_item_says_from_which_day_there_is_too_little(
    owner: Visitor, ports: Ports
) -> None:
    with ports.database.begin() as session:
        candle = item(session, "CANDLE")
        candle.reorder_point = 5 * PIECE
        make_lot(session, item=candle, quantity=2 * PIECE)
        make_order(
            session,
            account=shop(session),
            lines={candle: 3},
            requested_on=TODAY + timedelta(days=9),
        )

    page = owner.see("/stock/1")

    assert "There is too little from Wed 2 Dec on." in page
    assert "more is made or bought below: 5 pcs" in page
    assert "−1 pc<" in page or "-1 pc<" in page


def test_an_overdue_purchase_comes_nobody_knows_when(owner: Visitor, ports: Ports) -> None:
    with ports.database.begin() as session:
        make_purchase(
            session,
            item=item(session, "WAX"),
            quantity=PIECE,
            expected_on=TODAY - timedelta(days=1),
        )

    assert "Nobody knows when it comes:" in owner.see("/stock/1")


def test_the_ledger_names_what_moved_the_stock_and_who_did_it(
    owner: Visitor, ports: Ports, oil: int
) -> None:
    owner.did(
        f"/stock/1/lots/{oil}/scrap",
        quantity="1",
        scrap_reason="spilt",
        reason="the bench was wet",
    )

    of_lot = section(owner.see(f"/lots/{oil}"), "ledger")
    of_item = section(owner.see("/stock/1"), "ledger")

    for page in (of_lot, of_item):
        assert 'used in a run <a href="/production/1">P-0001</a>' in page
        assert "scrapped: spilt" in page
        assert "the bench was wet" in page
        assert 'data-label="Who" class="quiet">Owner<' in page


def test_the_item_shows_first_what_holds_something_and_counts_only_that(
    owner: Visitor, ports: Ports
) -> None:
    with ports.database.begin() as session:
        wax = item(session, "WAX")
        make_lot(session, item=wax, quantity=PIECE, code="FULL")
        used_up = make_lot(session, item=wax, quantity=PIECE, code="EMPTY")
        adjust(
            session, lot_id=used_up.id, delta=-PIECE, reason="sample", who="user:1", now=NOW
        )

    page = section(owner.see("/stock/1"), "lots")

    assert page.index("FULL") < page.index("EMPTY")
    assert "Count it: FULL" in page
    assert "Count it: EMPTY" not in page


def test_the_ledger_of_an_item_goes_on_page_by_page(owner: Visitor, ports: Ports) -> None:
    with ports.database.begin() as session:
        for n in range(35):
            made = NOW + timedelta(minutes=n)
            make_lot(session, item=item(session, "WAX"), quantity=PIECE, now=made)

    first = owner.see("/stock/1")
    second = owner.see("/stock/1?after=6")

    assert 'href="?after=6"' in first
    assert "WAX-5<" in second
    assert 'href="?after=' not in second


def test_recipes_tell_what_they_cost_and_where_they_are_used(
    owner: Visitor, ports: Ports
) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=1, wax_grams=0)
        make_lot(
            session, item=item(session, "WAX"), quantity=PIECE, unit_cost_micros=10_000
        )

    page = owner.see("/recipes")

    assert "€2.00 a piece" in page  # 2000 g at one cent for ten candles
    assert "2 kg Soy wax" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "No recipe fits" in owner.see("/recipes?q=nothing")
    assert "Used in" in owner.see("/stock/2")
