"""The questions of what if: asked as a maker asks them, answered in words, changing nothing."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from hub.domain.people.roles import Role
from hub.flow.planning.plan import replan
from hub.models.records.orders import SalesOrder
from hub.ports import Ports
from tests.factories import (
    NOW,
    PIECE,
    make_lot,
    make_order,
    make_purchase,
    make_recipe,
)
from tests.web.pages.goods import item, order_to_make, shop
from tests.web.pages.visitor import Visitor, visit

TODAY = NOW.date()
SOON = TODAY + timedelta(days=4)


@pytest.fixture
def short_of_wax(ports: Ports) -> int:
    """Write an order for four candles; the wax is there, and more is on its way."""
    with ports.database.begin() as session:
        wax = item(session, "WAX")
        make_purchase(
            session,
            item=wax,
            quantity=60_000 * PIECE,
            expected_on=TODAY + timedelta(days=2),
        )
        return order_to_make(session, pieces=4, wax_grams=0)


def test_another_order_is_dated_and_nothing_is_written(
    ports: Ports, owner: Visitor, short_of_wax: int
) -> None:
    page = owner.see(f"/what-if?kind=order_added&item=CANDLE&quantity=50&on={SOON}")

    assert "You get an order of 50" in page
    assert "It could be there on" in page
    with ports.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SalesOrder)) == 1


def test_a_late_purchase_says_how_many_days_each_order_loses(
    owner: Visitor, short_of_wax: int
) -> None:
    page = owner.see("/what-if?kind=purchase_late&purchase=PO-0001&days=7")

    assert "PO-0001 comes 7 days late." in page
    assert "1 order would be there later." in page
    assert "7 days later" in page
    losers = page.split("Who loses")[1]
    assert f'href="/orders/{short_of_wax}"' in losers


def test_what_would_help_comes_after_and_names_the_same_question(
    owner: Visitor, short_of_wax: int
) -> None:
    page = owner.see("/what-if?kind=purchase_late&purchase=PO-0001&days=7")
    address = page.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")

    part = owner.see(address)

    assert "part=fixes" in address
    assert "<html" not in part
    assert "of PO-0001 is here by" in part


def test_a_purchase_that_is_only_asked_to_be_late_is_not_hurried_for_real(
    owner: Visitor, short_of_wax: int
) -> None:
    question = "/what-if?kind=purchase_late&purchase=PO-0001&days=7"

    part = owner.see(f"{question}&part=fixes")

    assert "See that Soy wax of PO-0001 is here by" in part
    assert 'value="expedite:' not in part


def test_a_parcel_of_what_is_ready_is_begun_from_the_answer(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        candle, wax, box = (item(session, code) for code in ("CANDLE", "WAX", "BOX"))
        soon = TODAY + timedelta(days=2)
        make_purchase(session, item=wax, quantity=60_000 * PIECE, expected_on=soon)
        make_recipe(session, item=candle, uses={wax: 2000 * PIECE}, batch_size=10 * PIECE)
        make_lot(session, item=box, quantity=9 * PIECE)
        order_id = make_order(session, account=shop(session), lines={candle: 4, box: 1}).id
        replan(session, now=NOW)

    part = owner.see("/what-if?kind=purchase_late&purchase=PO-0001&days=7&part=fixes")

    assert f'href="/orders/{order_id}/ship"' in part


def test_the_question_is_said_in_the_readers_numbers(app: Flask, ports: Ports) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=0)
    reader = visit(app, ports, role=Role.OWNER, locale="es")

    page = reader.see("/what-if?kind=demand_times&item=CANDLE&factor=2.5")

    assert "quieren 2,5 veces" in page


@pytest.mark.parametrize(
    "question, field",
    [
        ("kind=order_added&item=NOPE&quantity=5", "item"),
        ("kind=order_added&item=CANDLE&quantity=0", "quantity"),
        ("kind=order_added&item=CANDLE&quantity=5&on=2001-01-01", "on"),
        ("kind=purchase_late&purchase=PO-0001&days=0", "days"),
        ("kind=lot_rejected&lot_item=WAX&lot=NOPE", "lot"),
    ],
)
def test_a_question_that_cannot_be_is_refused_beside_its_field(
    owner: Visitor, short_of_wax: int, question: str, field: str
) -> None:
    response = owner.open(f"/what-if?{question}")

    assert response.status_code == 422
    assert 'role="alert"' in response.text
    named = response.text.split(f'name="{field}"')[1].split(">")[0]
    assert 'aria-invalid="true"' in named


def test_a_page_without_a_question_answers_none(owner: Visitor, short_of_wax: int) -> None:
    page = owner.see("/what-if?kind=purchase_late")

    assert "What if a purchase comes late?" in page
    assert "Soy wax" in page
    assert 'id="then"' not in page
