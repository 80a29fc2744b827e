"""An order taken down at the phone: known callers, lines answered beside, saved once."""

import re

from sqlalchemy import select

from hub.models.records.orders import Address, OrderLine
from hub.ports import Ports
from tests.factories import make_item
from tests.web.pages.orders.order_forms import KEY, candles, counted, form, lines_of, newest
from tests.web.pages.visitor import Visitor


def test_an_order_is_typed_saved_and_opened(anywhere: Ports, boss: Visitor) -> None:
    candles(anywhere)
    more = form(
        requested_on="2026-12-03",
        note="ring twice",
        priority="0",
        ship_line1="Calle Sol 3",
        ship_country="es",
        number="T-7",
    )

    page = boss.did("/orders/new", **more)

    with anywhere.database.reading() as session:
        order = newest(session)
        place = session.get_one(Address, order.ship_to_id)
        assert (order.number, order.priority, order.note) == ("T-7", 0, "ring twice")
        assert str(order.requested_on) == "2026-12-03"
        assert (place.name, place.line1, place.country) == (
            "Carla Ros",
            "Calle Sol 3",
            "ES",
        )
        assert lines_of(session, order) == [("CANDLE", 2, 650)]
    assert "The order is here." in page
    assert "T-7" in page


def test_a_form_sent_twice_is_one_order(ports: Ports, owner: Visitor) -> None:
    candles(ports)

    first = owner.press("/orders/new", **form())
    second = owner.press("/orders/new", **form())

    assert first.location == second.location
    assert counted(ports) == (1, 1)


def test_each_new_form_has_a_key_of_its_own(owner: Visitor) -> None:
    keys = [KEY.findall(owner.see("/orders/new"))[0] for _ in range(2)]

    assert keys[0] != keys[1]


def test_save_and_next_begins_another_and_names_the_last(
    ports: Ports, owner: Visitor
) -> None:
    candles(ports)

    page = owner.did("/orders/new", **form(do="next"))

    assert "Saved before:" in page
    assert "H-0001" in page
    assert 'value="Carla Ros"' not in page


def test_what_cannot_be_is_named_and_nothing_typed_is_lost(
    ports: Ports, owner: Visitor
) -> None:
    candles(ports)
    wrong = {
        "quantity-1": {"quantity__1": "some"},
        "price-1": {"price__1": "1,2,3"},
        "currency": {"currency": "EURO"},
        "sku-1": {"sku__1": "CHEESE"},
        "name": {"name": ""},
        "email": {"email": "carla at home"},
        "requested_on": {"requested_on": "soon"},
        "ship_country": {"ship_country": "Spain"},
        "number": {"number": "H-0001"},
    }

    for field, change in wrong.items():
        again = owner.press("/orders/new", **form(note="ring twice", **change))

        assert again.status_code == 422, field
        assert "ring twice" in again.text
        assert (
            re.search(rf'name="{field}"[^>]*aria-invalid="true"', again.text)
            or field == "name"
        ), field
        assert 'id="trouble-entry"' in again.text
    assert counted(ports) == (0, 0)


def test_what_nobody_knows_is_taken_only_where_a_person_says_so(
    ports: Ports, owner: Visitor
) -> None:
    refused = owner.press("/orders/new", **form(sku__1="Cake for Ana"))
    owner.did("/orders/new", **form(sku__1="Cake for Ana", as_it_is__1="1"))

    with ports.database.reading() as session:
        line = session.scalars(select(OrderLine)).one()
    assert 'name="as_it_is-1"' in refused.text
    assert (line.title, line.state) == ("Cake for Ana", "unmapped")


def test_the_same_twice_is_warned_of_and_added_up(ports: Ports, owner: Visitor) -> None:
    candles(ports)
    twice = form(sku__2="candle", quantity__2="3", price__2="6.50")

    seen = owner.press("/orders/new/look", **twice)
    owner.did("/orders/new", **twice)

    with ports.database.reading() as session:
        assert lines_of(session, newest(session)) == [("CANDLE", 5, 650)]
    assert "Also on line 1" in seen.text


def test_a_title_is_enough_where_it_means_one_thing(ports: Ports, owner: Visitor) -> None:
    candles(ports)
    with ports.database.begin() as session:
        make_item(session, code="SOAP")

    owner.did("/orders/new", **form(sku__1="olive"))

    with ports.database.reading() as session:
        assert lines_of(session, newest(session))[0][0] == "SOAP"


def test_enter_adds_a_line_and_keeps_what_is_typed(owner: Visitor) -> None:
    page = owner.press("/orders/new", **form(do="enter", note="ring twice")).text

    assert 'name="sku-2"' in page
    assert 'value="CANDLE"' in page
    assert "ring twice" in page


def test_goods_are_found_by_code_and_title_and_never_more_than_twenty(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        for number in range(30):
            make_item(session, code=f"GLASS-{number:02d}")

    many = owner.open("/orders/new/goods?sku-3=glass").text
    one = owner.open("/orders/new/goods?sku-3=glass-07").text

    assert (many.count("<option"), one.count("<option")) == (20, 1)


def test_what_no_form_of_ours_sends_is_no_error_of_ours(owner: Visitor) -> None:
    nobody = "9" * 30
    tries = [
        form(do=f"pick:{nobody}"),
        form(do="pick:٣"),
        form(do="last"),
        form(do="", customer_id=nobody),
        form(customer_id="77"),
        form(sku__1="x" * 300),
        form(quantity__1="9" * 9),
        form(priority="9" * 9),
        form(key="k" * 400, name="n" * 600),
        form(requested_on="0001-01-01", do="enter"),
    ]

    statuses = [owner.press("/orders/new", **each).status_code for each in tries]
    looked = [owner.press("/orders/new/look", **each).status_code for each in tries]

    assert all(status in {200, 303, 422} for status in statuses), statuses
    assert set(looked) == {200}
