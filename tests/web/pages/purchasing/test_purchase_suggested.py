"""What is to be ordered now: pages of it, what an order takes, and what a purchase brings a run."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.flow.planning.plan import replan
from hub.models.records.items import Item
from hub.models.records.purchasing import PurchaseLine, Supplier, SupplierItem
from hub.ports import Ports
from hub.web.purchasing.purchase_suggested import MOST
from tests.factories import NOW, PIECE, make_item, make_purchase, make_recipe
from tests.web.pages.goods import item, order_of, order_to_make
from tests.web.pages.plans import count_asked
from tests.web.pages.visitor import Visitor

SHOWN = re.compile(r'href="/stock/(\d+)"><strong>')


@pytest.fixture
def many(ports: Ports) -> int:
    """How many materials are short: one page of suggestions and five more."""
    with ports.database.begin() as session:
        wanted = [make_item(session, code=f"M{n:03d}") for n in range(MOST + 5)]
        for each in wanted:
            each.kind = "material"
        uses = {each: PIECE for each in wanted}
        make_recipe(session, item=item(session, "CANDLE"), uses=uses)
        order_of(session, pieces=1)
    return len(wanted)


def test_every_suggestion_is_on_one_page(ports: Ports, owner: Visitor, many: int) -> None:
    first, last = owner.see("/purchases"), owner.see("/purchases?needs=1")
    beyond = owner.see("/purchases?needs=77")

    assert len(SHOWN.findall(first)) == MOST
    assert len({*SHOWN.findall(first), *SHOWN.findall(last)}) == many
    assert SHOWN.findall(beyond) == SHOWN.findall(last)
    assert f"{MOST} of {many} that nobody sells." in first
    assert "needs=1#suggested" in first
    assert "needs=0#suggested" in last


def test_more_suggestions_take_no_more_statements(
    ports: Ports, owner: Visitor, many: int
) -> None:
    whole = count_asked(ports, owner, "/purchases")

    assert count_asked(ports, owner, "/purchases?needs=1") == whole
    assert whole <= 30


def test_an_order_takes_the_suggestions_of_all_pages_and_says_so(
    ports: Ports, owner: Visitor, many: int
) -> None:
    with ports.database.begin() as session:
        ceres = Supplier(code="CERES", name="Ceres", created_at=NOW)
        session.add(ceres)
        session.flush()
        materials = session.scalars(select(Item).filter_by(kind="material"))
        session.add_all(
            SupplierItem(supplier_id=ceres.id, item_id=each.id) for each in materials
        )

    page = owner.see("/purchases")
    owner.did("/purchases/order/1", draft="1")

    assert f"{MOST} of {many} of this supplier; an order takes all of them." in page
    with ports.database.reading() as session:
        assert len(session.scalars(select(PurchaseLine)).all()) == many


def test_a_run_says_how_much_of_what_it_lacks_comes_with_each_purchase(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=500)
        day = (NOW + timedelta(days=3)).date()
        make_purchase(
            session, item=item(session, "WAX"), quantity=1000 * PIECE, expected_on=day
        )
        replan(session, now=NOW)

    page = owner.see("/production/1").replace("\N{NO-BREAK SPACE}", " ")

    assert "Short 500 g" in page
    assert '1 kg with <a href="/purchases/1">PO-0001</a>, expected Thu 26 Nov' in page
