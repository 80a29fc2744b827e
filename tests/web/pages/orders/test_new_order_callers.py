"""Who calls with a new order: found, known from before, and kept."""

import re

from sqlalchemy import select

from hub.models.records.orders import Customer, SalesOrder
from hub.ports import Ports
from tests.factories import make_account, make_item, make_order
from tests.web.pages.orders.order_forms import candles, form, newest
from tests.web.pages.visitor import Visitor


def test_a_caller_is_found_by_name_mail_or_street(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        candle = make_item(session, code="CANDLE")
        make_order(session, account=make_account(session), lines={candle: 2})

    for text in ("ruiz", "MARIA.RUIZ@", "cera granada", "maria 18009"):
        found = owner.open(f"/orders/new/buyers?q={text}").text
        assert "Maria Ruiz" in found, text
        assert "Calle de la Cera 7" in found
    assert "Maria" not in owner.open("/orders/new/buyers?q=%25").text


def test_a_known_caller_brings_the_last_address_and_the_same_as_last_time(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        candle = make_item(session, code="CANDLE")
        order = make_order(session, account=make_account(session), lines={candle: 2})
        customer = str(order.customer_id)

    picked = owner.press("/orders/new", **form(do=f"pick:{customer}", sku__1="")).text
    same = owner.press(
        "/orders/new", **form(do="last", customer_id=customer, sku__1="")
    ).text

    assert "Calle de la Cera 7" in picked
    assert "Same as last time" in picked
    assert re.search(r'name="sku-\d+" value="CANDLE"', same)
    assert 'value="12.50"' in same


def test_a_caller_known_from_a_shop_becomes_one_customer_of_ours(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        candle = make_item(session, code="CANDLE")
        order = make_order(session, account=make_account(session), lines={candle: 2})
        known = order.customer_id

    for key in ("one", "two"):
        owner.did("/orders/new", **form(key=key, customer_id=str(known)))

    with ports.database.reading() as session:
        ours = {newest(session).customer_id}
        ours |= set(session.scalars(select(SalesOrder.customer_id))) - {known}
        assert len(ours) == 1
        assert session.get_one(Customer, known).name == "Maria Ruiz"


def test_a_customer_of_ours_keeps_what_is_known_of_them(
    ports: Ports, owner: Visitor
) -> None:
    candles(ports)
    owner.did("/orders/new", **form())
    with ports.database.reading() as session:
        known = newest(session).customer_id

    owner.did("/orders/new", **form(key="b", customer_id=str(known), name="Somebody"))

    with ports.database.reading() as session:
        assert newest(session).customer_id == known
        assert session.get_one(Customer, known).name == "Carla Ros"
