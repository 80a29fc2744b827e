"""Purchases on the pages: from what is missing to goods in the house, without JavaScript."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.app import create_app
from hub.domain.people.roles import Role
from hub.flow.planning.plan import replan
from hub.models.records.purchasing import (
    PurchaseLine,
    PurchaseOrder,
    Supplier,
    SupplierItem,
)
from hub.models.records.stock import Lot
from hub.ports import Ports
from tests.factories import NOW, PIECE, make_item, make_lot, make_purchase
from tests.web.pages.goods import item, order_to_make
from tests.web.pages.visitor import Visitor, visit
from tests.web.ports import Woken

DAY = (NOW + timedelta(days=10)).date().isoformat()


@pytest.fixture
def wax(anywhere: Ports) -> str:
    """The id of wax, of which an order for four candles is 1.5 kg short."""
    with anywhere.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=500)
        return str(item(session, "WAX").id)


def plan(ports: Ports) -> None:
    ports.database.run(lambda session: replan(session, now=NOW))


def ceres(boss: Visitor, wax: str) -> None:
    """Ceres sells wax in packs of 1 kg at 12.50, within a week."""
    boss.did("/suppliers/add", name="Ceres", code="", email="", currency="EUR")
    boss.did(
        "/suppliers/1/items",
        item=wax,
        lead_time_days="7",
        smallest="",
        multiple="1000",
        price="12,50",
        priced_for="1000",
        currency="eur",
        preferred="1",
    )


def test_a_maker_goes_from_what_is_missing_to_goods_in_the_house(
    anywhere: Ports, boss: Visitor, wax: str, woken: Woken
) -> None:
    before = boss.see("/purchases")
    ceres(boss, wax)
    suggested = boss.see("/purchases")
    page = boss.did("/purchases/order/1")
    plan(anywhere)
    order = boss.see("/orders/1")
    run = boss.see("/production/1")
    board = boss.see("/production")
    awaited = boss.see("/purchases")
    boss.did("/purchases/1/expected", expected_on=DAY)
    came = boss.did(
        "/purchases/1/receive",
        **{"came-1": "2000", "seen-1": "0", "lot-1": "CV-1187", "best-1": "2028-01-31"},
    )
    plan(anywhere)

    assert "Nobody sells this yet" in before
    assert "1.5" in suggested
    assert "€25.00" in suggested
    assert "H-0001" in suggested
    assert "Nothing is missing that is not on its way" in awaited
    assert "Covered by" in order
    for shown in (run, board):
        assert "Coming with PO-0001" in shown
    for shown in (order, run):
        assert 'href="/purchases/1">PO-0001</a>' in shown
    for shown in (order, run, board):
        assert "Short" not in shown
    assert "Ordered" in page
    assert "Received" in came
    assert "PO-0001" not in boss.see("/orders/1").split('id="lines"')[0]
    assert "plan" in woken.kinds
    with anywhere.database.reading() as session:
        lot = session.scalars(select(Lot).filter_by(supplier_lot="CV-1187")).one()
        assert lot.purchase_line_id == 1
        assert lot.unit_cost_micros == 12_500


def test_what_is_half_covered_says_both_and_mixes_neither(
    anywhere: Ports, boss: Visitor, wax: str
) -> None:
    ceres(boss, wax)
    boss.did("/suppliers/1/order", item=wax, quantity="1000")
    boss.did("/purchases/1/place", expected_on=DAY)
    plan(anywhere)

    order, run = boss.see("/orders/1"), boss.see("/production/1")
    assert "1\N{NO-BREAK SPACE}kg Soy wax" in order.split("PO-0001")[1]
    for page in (order, run):
        assert "Short 500" in page
        assert 'href="/purchases/1">PO-0001</a>' in page


def test_a_draft_is_written_changed_and_then_ordered(
    anywhere: Ports, boss: Visitor, wax: str
) -> None:
    ceres(boss, wax)
    page = boss.did("/purchases/order/1", draft="1")
    assert "Nothing is ordered yet" in page

    boss.did("/purchases/1/lines", item=wax, quantity="3000")
    boss.did("/purchases/1/place", expected_on="")

    with anywhere.database.reading() as session:
        line = session.scalars(select(PurchaseLine)).one()
        assert line.quantity == 3_000_000
        assert line.expected_on == (NOW + timedelta(days=7)).date()


def test_what_did_not_come_is_closed_and_an_order_is_called_off(
    boss: Visitor, anywhere: Ports, wax: str
) -> None:
    ceres(boss, wax)
    boss.did("/purchases/order/1")
    boss.did("/purchases/1/receive", **{"came-1": "500", "seen-1": "0"})
    refused = boss.press("/purchases/1/cancel", reason="")
    boss.did("/purchases/1/close", reason="sold out")
    plan(anywhere)
    boss.did("/purchases/order/1")
    boss.did("/purchases/2/cancel", reason="too dear")

    assert refused.status_code == 409
    assert "close what is left of it" in refused.text
    with anywhere.database.reading() as session:
        states = session.scalars(select(PurchaseOrder.state).order_by(PurchaseOrder.id))
        assert states.all() == ["received", "cancelled"]


@pytest.mark.parametrize(
    "path, form, status",
    [
        ("/suppliers/add", {"name": ""}, 422),
        ("/suppliers/add", {"name": "Ceres"}, 409),
        ("/suppliers/add", {"name": "Miel", "currency": "gold"}, 422),
        ("/suppliers/1/items", {"item": "99"}, 422),
        ("/suppliers/1/items", {"item": "2", "lead_time_days": "soon"}, 422),
        ("/suppliers/1/items", {"item": "2", "price": "5"}, 422),
        ("/suppliers/1/items", {"item": "2", "price": "5", "priced_for": "1"}, 422),
        ("/suppliers/1/order", {"item": "2", "quantity": "0"}, 422),
        ("/purchases/1/lines", {"item": "2", "quantity": "many"}, 422),
        ("/purchases/1/place", {"expected_on": "2020-01-01"}, 422),
        ("/purchases/1/expected", {"expected_on": ""}, 422),
        ("/purchases/1/receive", {"came-1": "5"}, 409),
        ("/purchases/1/close", {}, 409),
        ("/purchases/order/1", {}, 409),
        ("/purchases/99/cancel", {}, 404),
    ],
)
def test_what_cannot_be_is_refused_beside_its_form(
    ports: Ports, owner: Visitor, path: str, form: dict[str, str], status: int
) -> None:
    with ports.database.begin() as session:
        candle, wax = item(session, "CANDLE"), item(session, "WAX")
        assert (candle.id, wax.id) == (1, 2)
    owner.did("/suppliers/add", name="Ceres", code="", email="", currency="")
    owner.did("/suppliers/1/order", item="2", quantity="100")

    answer = owner.press(path, **form)

    assert answer.status_code == status, answer.text
    assert 'role="alert"' in answer.text or status == 404
    with ports.database.reading() as session:
        assert session.scalars(select(PurchaseOrder.state)).all() == ["draft"]
        assert len(session.scalars(select(Supplier)).all()) == 1
        assert session.scalars(select(SupplierItem)).all() == []
        assert session.scalars(select(Lot)).all() == []


def test_a_supplier_is_changed_and_no_longer_suggested(
    anywhere: Ports, boss: Visitor, wax: str
) -> None:
    ceres(boss, wax)

    page = boss.did(
        "/suppliers/1", name="Ceres S.L.", email="", currency="EUR", note="slow"
    )

    assert "Ceres S.L." in page
    assert "no longer used" in page
    assert "Nobody sells this yet" in boss.see("/purchases")


def test_a_maker_receives_and_does_not_order(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=500)
        wax = str(item(session, "WAX").id)
    ceres(owner, wax)
    owner.did("/purchases/order/1")
    maker = visit(create_app(ports), ports, role=Role.MAKER)

    page = maker.see("/purchases/1")

    assert 'action="/purchases/1/receive"' in page
    assert 'action="/purchases/1/cancel"' not in page
    maker.did(
        "/purchases/1/receive", **{"came-1": str(2000 * PIECE // PIECE), "seen-1": "0"}
    )
    assert maker.press("/purchases/order/1").status_code == 403


def test_what_came_cost_something_else_than_was_ordered(
    anywhere: Ports, boss: Visitor, wax: str
) -> None:
    ceres(boss, wax)
    page = boss.did("/purchases/order/1")

    boss.did(
        "/purchases/1/receive",
        **{"came-1": "1000", "seen-1": "0", "cost-1": "14,50", "currency-1": "EUR"},
    )

    assert "as ordered, €25.00" in page
    with anywhere.database.reading() as session:
        lot = session.scalars(select(Lot).filter_by(purchase_line_id=1)).one()
        assert (lot.unit_cost_micros, lot.currency) == (14_500, "EUR")


@pytest.mark.parametrize(
    "field, written",
    [
        ("came-1", "many"),
        ("best-1", "soon"),
        ("cost-1", "dear"),
        ("cost-1", "1,250"),
        ("currency-1", "gold"),
    ],
)
def test_what_cannot_be_received_is_said_beside_its_field(
    ports: Ports, owner: Visitor, field: str, written: str
) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=500)
        ceres_wax = str(item(session, "WAX").id)
    ceres(owner, ceres_wax)
    owner.did("/purchases/order/1")
    form = {"came-1": "1000", "seen-1": "0", "cost-1": "5", "currency-1": "EUR"}

    answer = owner.press("/purchases/1/receive", **{**form, field: written})

    assert answer.status_code == 422
    assert f'aria-describedby="wrong-receive-{field}"' in answer.text
    assert f'id="wrong-receive-{field}"' in answer.text
    assert f'value="{written}"' in answer.text


@pytest.mark.parametrize(
    "form, field, words",
    [
        ({"came-2": "1000", "code-2": "WAX-A"}, "code-2", "already has a lot"),
        ({"came-2": "9000000000000"}, "came-2", "more than can be"),
        ({"came-2": "5", "seen-2": "7"}, "came-2", "came in: look again"),
    ],
)
def test_a_line_that_the_stock_refuses_is_said_beside_it_and_nothing_typed_is_lost(
    ports: Ports, owner: Visitor, form: dict[str, str], field: str, words: str
) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=500)
        wax = item(session, "WAX")
        make_lot(session, item=wax, quantity=PIECE, code="WAX-A")
        first = make_purchase(session, item=make_item(session, code="OIL"), quantity=PIECE)
        second = PurchaseLine(
            purchase_order_id=first.purchase_order_id, item_id=wax.id, quantity=9 * PIECE
        )
        session.add(second)
        session.flush()
        assert (first.id, second.id) == (1, 2)
    typed = {"came-1": "1", "seen-1": "0", "lot-1": "OIL-77", "seen-2": "0"}

    answer = owner.press("/purchases/1/receive", **{**typed, **form})

    assert answer.status_code in {409, 422}
    beside = answer.text.partition(f'id="wrong-receive-{field}"')[2].partition("</b>")[0]
    assert words in beside
    assert 'value="OIL-77"' in answer.text
    with ports.database.reading() as session:
        assert session.scalars(select(Lot.id).filter_by(purchase_line_id=1)).all() == []


def test_what_comes_late_is_received_into_an_order_that_was_over(
    anywhere: Ports, boss: Visitor, wax: str
) -> None:
    ceres(boss, wax)
    boss.did("/purchases/order/1")
    boss.did("/purchases/1/receive", **{"came-1": "500", "seen-1": "0"})
    over = boss.did("/purchases/1/close", reason="sold out")

    late = boss.did("/purchases/1/receive", **{"came-1": "700", "seen-1": "500000"})

    assert "More of it came after all" in over
    assert "1.2\N{NO-BREAK SPACE}kg" in late


def test_a_draft_says_what_it_costs_and_gives_lines_back(
    anywhere: Ports, boss: Visitor, wax: str
) -> None:
    ceres(boss, wax)
    boss.did("/purchases/order/1", draft="1")
    with anywhere.database.begin() as session:
        wick = str(item(session, "WICK").id)

    boss.did("/purchases/1/lines", item=wick, quantity="10", price="2,50", currency="eur")
    page = boss.did("/purchases/1/lines", item=wax, quantity="0")

    assert "€2.50" in page
    with anywhere.database.reading() as session:
        line = session.scalars(select(PurchaseLine)).one()
        assert (line.item_id, line.unit_cost_micros) == (int(wick), 250_000)


def test_what_a_supplier_said_before_stands_in_the_form(
    anywhere: Ports, boss: Visitor, wax: str
) -> None:
    ceres(boss, wax)

    page = boss.see(f"/suppliers/1?item={wax}")

    assert f'href="/suppliers/1?item={wax}#offer"' in page
    form = page.split('id="offer"')[1].split("</form>")[0]
    for name, value in (
        ("lead_time_days", "7"), ("multiple", "1000"), ("price", "12.5"),
        ("priced_for", "1000"), ("currency", "EUR"),
    ):  # fmt: skip
        assert f'name="{name}" type="text" value="{value}"' in form
    assert 'name="preferred" value="1" checked' in form


def test_what_is_sold_without_packs_is_priced_by_the_kilo(
    anywhere: Ports, boss: Visitor, wax: str
) -> None:
    ceres(boss, wax)

    page = boss.did(
        "/suppliers/1/items", item=wax, lead_time_days="7", price="12,50",
        priced_for="1000", currency="EUR",
    )  # fmt: skip

    assert "€12.50 / 1\N{NO-BREAK SPACE}kg" in page
