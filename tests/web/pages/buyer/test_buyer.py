"""The buyer's page: only what is theirs, in their language, small, quick and behind a link."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from hub.flow.orders.change import cancel_order, hold_order
from hub.flow.planning.plan import replan
from hub.models.planning.habits import THE_ONE
from hub.models.records.items import Item
from hub.models.records.orders import Address, Customer, OrderLine, SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.shipping import Shipment
from hub.models.records.workshop import Workshop
from hub.ports import Ports
from hub.web.buyer.buyer_page import web_link
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_order
from tests.web.pages.buyer.buyer_links import brand, link, send, step
from tests.web.pages.goods import order_to_make
from tests.web.pages.visitor import Visitor


def test_it_holds_nothing_of_a_person_but_the_first_name(
    ports: Ports, stranger: Visitor, an_order: int
) -> None:
    with ports.database.begin() as session:
        order = session.get_one(SalesOrder, an_order)
        order.note, order.intent_why, order.tags = "leave at bar Pepe", "odd card", ["vip"]
        customer = session.get_one(Customer, order.customer_id)
        customer.phone, customer.note = "+34600123456", "pays late"
        address = session.get_one(Address, order.ship_to_id)
        address.phone, address.company = "+34600123457", "Ruiz e Hijos"
        line = session.scalars(select(OrderLine)).one()
        line.personalisation = [["Name", "Abuela Carmen"]]
    send(ports, an_order)

    page = stranger.see(link(ports, an_order))

    assert "Maria" in page
    for secret in (
        "Ruiz", "example.com", "Calle", "Granada", "18009", "6001234", "Pepe", "odd card", "vip",
        "pays late", "Abuela", "25.00", "25,00", "12,50", "12.50", "€", "EUR", "Cera y Sal",
        "CANDLE", "csrf",
    ):  # fmt: skip
        assert secret not in page, secret
    assert re.findall(r"H-\d+", page) == []


def test_it_is_small_even_for_an_order_of_250_lines(
    ports: Ports, stranger: Visitor
) -> None:
    with ports.database.begin() as session:
        account = make_account(session)
        items = [make_item(session, code=f"LONG-NAME-OF-THING-{n:03}") for n in range(250)]
        order = make_order(session, account=account, lines=dict.fromkeys(items, 2))
        order_id = order.id

    page = stranger.open(link(ports, order_id))
    files = [
        stranger.open(each)
        for each in re.findall(r'rel="stylesheet" href="([^"]+)"', page.text)
    ]

    assert "220" in page.text
    assert [each.status_code for each in files] == [200, 200]
    assert len(page.data) + sum(len(each.data) for each in files) <= 15_000


def test_it_follows_an_order_through_its_life(ports: Ports, stranger: Visitor) -> None:
    with ports.database.begin() as session:
        order_id = order_to_make(session, pieces=5, wax_grams=0)
    path = link(ports, order_id)
    seen = [step(stranger, path)]
    with ports.database.begin() as session:
        wax = session.scalars(select(Item).filter_by(code="WAX")).one()
        make_lot(session, item=wax, quantity=9_000 * PIECE)
        replan(session, now=NOW)
        order = session.get_one(SalesOrder, order_id)
        assert order.phase in {"materials_reserved", "waiting_for_materials"}
    seen.append(step(stranger, path))
    for phase in ("in_production", "ready_to_ship", "shipped"):
        with ports.database.begin() as session:
            session.get_one(SalesOrder, order_id).phase = phase
        seen.append(step(stranger, path))

    assert seen == ["Materials", "Materials", "In production", "Ready", "Shipped"]


def test_a_run_that_began_shows_though_somebody_has_to_look(
    ports: Ports, stranger: Visitor
) -> None:
    with ports.database.begin() as session:
        order_id = order_to_make(session, pieces=5, wax_grams=9_000)
        session.scalars(select(ProductionOrder)).one().state = "running"
        session.get_one(SalesOrder, order_id).phase = "needs_attention"

    assert step(stranger, link(ports, order_id)) == "In production"


def test_a_parcel_can_be_followed_and_says_when_it_arrived(
    ports: Ports, stranger: Visitor, an_order: int
) -> None:
    shipment_id = send(ports, an_order)
    page = stranger.see(link(ports, an_order) + "?lang=en")

    assert 'href="https://carrier.example/PK1" rel="noopener noreferrer"' in page
    assert "PK1" in page

    with ports.database.begin() as session:
        session.get_one(Shipment, shipment_id).delivered_at = datetime(
            2026, 11, 25, tzinfo=UTC
        )
        session.get_one(SalesOrder, an_order).phase = "delivered"
    page = stranger.see(link(ports, an_order) + "?lang=en")
    assert "Delivered" in page
    assert "arrived Wed 25 Nov" in page
    assert 'aria-current="step"' not in page


def test_lots_are_shown_after_shipping_where_the_workshop_wants_it(
    ports: Ports, stranger: Visitor, an_order: int
) -> None:
    with ports.database.begin() as session:
        brand(session, shows_lots=True)
        session.scalars(select(Item)).one().allergens = ["linalool"]
    path = link(ports, an_order)
    assert "linalool" not in stranger.see(path)

    send(ports, an_order)
    assert "linalool" in stranger.see(path)
    assert "CANDLE-1" in stranger.see(path)

    with ports.database.begin() as session:
        session.get_one(Workshop, THE_ONE).shows_lots = False
    assert "linalool" not in stranger.see(path)


def test_a_later_day_is_told_with_a_reason_and_no_inside_word(
    ports: Ports, stranger: Visitor, an_order: int
) -> None:
    with ports.database.begin() as session:
        order = session.get_one(SalesOrder, an_order)
        order.promised_on, order.earliest_on = date(2026, 12, 3), date(2026, 12, 7)
        order.risk = {"kind": "purchase", "ref": "PO-0007", "item": "WAX"}
    path = link(ports, an_order)

    english, spanish = stranger.see(f"{path}?lang=en"), stranger.see(f"{path}?lang=es")

    assert "Mon 7 Dec" in english
    assert "Thu 3 Dec" in english
    assert "a material comes later than expected" in english
    assert "lun 7 dic" in spanish
    assert "un material llega más tarde de lo previsto" in spanish
    assert "PO-0007" not in english + spanish


@pytest.mark.parametrize(
    "turn, said", [(cancel_order, "cancelled"), (hold_order, "paused")]
)
def test_a_cancelled_and_a_paused_order_are_said_kindly(
    ports: Ports, stranger: Visitor, an_order: int, turn: object, said: str
) -> None:
    with ports.database.begin() as session:
        assert callable(turn)
        turn(session, order_id=an_order, reason="fraud suspected", who="user:1", now=NOW)

    page = stranger.see(link(ports, an_order) + "?lang=en")

    assert said in page
    assert "fraud" not in page
    assert "Expected" not in page


def test_it_is_in_the_buyers_language_until_they_choose(
    ports: Ports, stranger: Visitor, an_order: int
) -> None:
    path = link(ports, an_order)

    assert '<html lang="es">' in stranger.see(path)
    assert '<html lang="en">' in stranger.see(f"{path}?lang=en")
    assert '<html lang="es">' in stranger.see(f"{path}?lang=xx")
    assert 'href="?lang=en"' in stranger.see(path)
    with ports.database.begin() as session:
        order = session.get_one(SalesOrder, an_order)
        session.get_one(Customer, order.customer_id).locale = ""
    assert '<html lang="en">' in stranger.open(path, **{"Accept-Language": "en"}).text


def test_hostile_words_stay_words(ports: Ports, stranger: Visitor, an_order: int) -> None:
    with ports.database.begin() as session:
        brand(session, name="<script>x</script>", site="javascript:alert(1)")
        order = session.get_one(SalesOrder, an_order)
        session.get_one(Customer, order.customer_id).name = "<img/src=x> y"
        session.scalars(select(OrderLine)).one().title = "<script>alert(1)</script>"
    shipment_id = send(ports, an_order)
    with ports.database.begin() as session:
        session.get_one(Shipment, shipment_id).tracking_url = "javascript:alert(1)"

    page = stranger.see(link(ports, an_order))

    assert "<script" not in page
    assert "<img" not in page
    assert "javascript:" not in page


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "//x.example", "http://[", "ftp://a", ""],
)
def test_only_the_web_is_linked_to(address: str) -> None:
    assert web_link(address) == ""
    assert web_link("https://carrier.example/1") == "https://carrier.example/1"


def test_a_colour_is_a_stylesheet_and_nothing_else_is(stranger: Visitor) -> None:
    found = stranger.open("/o/colours/ffee00.css")

    assert found.content_type == "text/css; charset=utf-8"
    assert "#ffee00" in found.text
    for wrong in ("red", "FFEE00", "ffee0", "ffee00}body{", "%0affee0"):
        assert stranger.open(f"/o/colours/{wrong}.css").status_code == 404
