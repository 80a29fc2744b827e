"""Papers as they are printed: what must stand on them, for whom, and that nothing breaks them."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from hub.app import create_app
from hub.domain.people.roles import Role
from hub.flow.recalls.recall import start_recall
from hub.flow.shipping.ship import ship
from hub.models.records.items import Item
from hub.models.records.orders import Address, OrderLine, SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.stock import Lot
from hub.models.records.workshop import Workshop
from hub.ports import Ports
from hub.web.shipping.papers import safe_name
from hub.web.wording import words
from mapping.effects import Tracking
from tests.factories import (
    NOW,
)
from tests.web.pages.documents.pdf_pages import read
from tests.web.pages.goods import order_of, order_to_make
from tests.web.pages.visitor import Visitor, visit

HOSTILE = "<b>&amp; </para> ${x} {{7*7}} \x07 ł € 日本 " + "W" * 400


def test_hostile_words_break_no_paper(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        order_id = order_to_make(session, pieces=15, wax_grams=9_000)
        order = session.get_one(SalesOrder, order_id)
        order.note = HOSTILE * 20
        order.external_number = HOSTILE
        session.get_one(Address, order.ship_to_id).line1 = HOSTILE
        for line in session.scalars(select(OrderLine)):
            line.title, line.personalisation = HOSTILE, [[HOSTILE, HOSTILE * 9], "x", [1]]
        for item in session.scalars(select(Item)):
            item.name, item.allergens = HOSTILE, [HOSTILE]
        lot = session.scalars(select(Lot)).first()
        assert lot is not None
        lot.code = HOSTILE[:60]
        run_id, lot_id = session.scalars(select(ProductionOrder.id)).one(), lot.id

    for path in (
        f"/orders/{order_id}/slip.pdf",
        f"/papers/pick-list.pdf?ids={order_id}",
        f"/production/{run_id}/traveller.pdf",
        f"/lots/{lot_id}/label.pdf",
        f"/lots/{lot_id}/label.pdf?size=a4",
    ):
        assert read(owner, path), path
    assert "{{7*7}}" in read(owner, f"/orders/{order_id}/slip.pdf")


def test_a_maker_prints_no_address(app: Flask, ports: Ports, an_order: int) -> None:
    maker = visit(app, ports, role=Role.MAKER)

    assert maker.open(f"/orders/{an_order}/slip.pdf").status_code == 403
    assert maker.open("/papers/slips.pdf").status_code == 403


def test_a_file_is_named_by_what_every_system_takes(owner: Visitor, an_order: int) -> None:
    answer = owner.open(f"/orders/{an_order}/slip.pdf")

    assert answer.headers["Content-Disposition"] == 'inline; filename="slip-H-0001.pdf"'
    assert safe_name('../a"\r\nb/ñ') == "a-b"
    assert safe_name("日本") == "paper"


def test_papers_are_linked_where_people_look(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        order_id = order_of(session, pieces=2, in_stock=10)
        ready = order_of(session, pieces=1)
        shipment_id = ship(
            session, order_id=order_id, lines=None, tracking=Tracking(number="PK1"),
            notify=False, who="user:1", now=NOW,
        )  # fmt: skip
        order_to_make(session, pieces=20, wax_grams=50_000)
        run_id = session.scalars(select(ProductionOrder.id)).one()
        lot_id = session.scalars(select(Lot.id)).first()

    assert f"/orders/{ready}/slip.pdf" in owner.see(f"/orders/{ready}")
    parcel = f"/orders/{order_id}/slip.pdf?shipment={shipment_id}"
    assert parcel in owner.see(f"/shipments/{shipment_id}")
    traveller = f"/production/{run_id}/traveller.pdf"
    assert traveller in owner.see(f"/production/{run_id}")
    assert traveller in owner.see("/production")
    assert f"/lots/{lot_id}/label.pdf" in owner.see(f"/lots/{lot_id}")
    assert "/papers/pick-list.pdf" in owner.see("/")
    page = owner.see("/orders")
    for deed, paper in (("slips", "slips.pdf"), ("pick", "pick-list.pdf")):
        assert f'value="{deed}"' in page
        sent = owner.press("/orders/bulk", deed=deed, row=str(ready))
        assert sent.location == f"/papers/{paper}?ids={ready}"


@pytest.mark.parametrize("locale", ["en", "es"])
def test_no_word_of_a_balance_is_broken_in_a_recall(
    app: Flask, ports: Ports, locale: str
) -> None:
    reader = visit(app, ports, role=Role.OWNER, locale=locale)
    with ports.database.begin() as session:
        order_of(session, pieces=2, in_stock=10)
        recall_id = start_recall(
            session, lot_id=session.scalars(select(Lot.id)).one(), is_drill=True,
            reason="A drill", who="user:1", now=NOW,
        )  # fmt: skip
    with app.test_request_context(headers={"Accept-Language": locale}):
        heads = {
            word
            for name in words.BALANCES
            for word in words.said(words.BALANCES, name).split()
        }

    assert heads <= set(read(reader, f"/recalls/{recall_id}/report.pdf").split())


def test_a_recall_is_printed_in_the_workshops_look_and_hours(ports: Ports) -> None:
    there = ports.settings.model_copy(update={"timezone": "Europe/Madrid"})
    madrid = replace(ports, settings=there)
    owner = visit(create_app(madrid), madrid, role=Role.OWNER)
    with ports.database.begin() as session:
        order_of(session, pieces=2, in_stock=10)
        lot_id = session.scalars(select(Lot.id)).one()
        session.add(
            Workshop(
                id=1, window_days=3, freeze_days=0, offer_days=14, updated_at=NOW,
                name="Cera y Sal",
            )
        )  # fmt: skip
        recall_id = start_recall(
            session, lot_id=lot_id, is_drill=True, reason="A drill", who="user:1", now=NOW,
        )  # fmt: skip

    paper = read(owner, f"/recalls/{recall_id}/report.pdf")

    assert "Cera y Sal" in paper
    assert f"{NOW.astimezone(there.zone):%Y-%m-%d %H:%M} CE" in paper
