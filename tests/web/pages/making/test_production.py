"""Runs on the pages: the board, start, finish with what was really made, and cancel."""

from sqlalchemy import select

from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.stock import Lot, LotBalance, StockMove
from hub.ports import Ports
from tests.factories import PIECE, make_lot, make_recipe
from tests.web.pages.goods import item, order_to_make
from tests.web.pages.visitor import Visitor
from tests.web.ports import Woken


def a_run(ports: Ports, *, wax_grams: int = 5000) -> int:
    """Plan a run of ten candles for an order of four; it needs 2 kg of wax."""
    with ports.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=wax_grams)
        return session.scalars(select(ProductionOrder.id)).one()


def run_now(ports: Ports, run_id: int) -> ProductionOrder:
    """Read a run."""
    with ports.database.reading() as session:
        return session.get_one(ProductionOrder, run_id)


def test_the_board_shows_each_run_under_its_state_with_its_orders(
    anywhere: Ports, boss: Visitor
) -> None:
    a_run(anywhere)

    page = boss.see("/production")

    assert "P-0001" in page
    assert "H-0001" in page
    assert "Reserved" in page
    assert "/start" in page


def test_a_run_goes_from_planned_to_done_and_its_order_can_ship(
    anywhere: Ports, boss: Visitor, woken: Woken
) -> None:
    run_id = a_run(anywhere)

    assert "Released" in boss.did(f"/production/{run_id}/release")
    assert "Started" in boss.did(f"/production/{run_id}/start")
    form = boss.see(f"/production/{run_id}/finish")
    assert 'name="produced" type="text" value="10"' in form
    page = boss.did(f"/production/{run_id}/finish", produced="10", scrapped="0")

    assert "Finished. The new lot is in stock." in page
    assert run_now(anywhere, run_id).state == "done"
    with anywhere.database.reading() as session:
        assert session.scalars(select(SalesOrder.phase)).all() == ["ready_to_ship"]
    assert "plan" in woken.kinds


def test_finishing_takes_what_was_really_made_and_used(
    ports: Ports, owner: Visitor
) -> None:
    run_id = a_run(ports)
    owner.did(f"/production/{run_id}/start")
    with ports.database.reading() as session:
        wax = session.scalars(select(Item).filter_by(code="WAX")).one()
        wax_lot = session.scalars(select(Lot).filter_by(item_id=wax.id)).one()

    owner.did(
        f"/production/{run_id}/finish",
        produced="8",
        scrapped="2",
        lot_code="FIG-7",
        best_before="2027-06-01",
        **{f"used-{wax.id}-{wax_lot.id}": "2100,5"},
    )

    with ports.database.reading() as session:
        lot = session.scalars(select(Lot).filter_by(code="FIG-7")).one()
        balance = session.scalars(select(LotBalance).filter_by(lot_id=lot.id)).one()
        used = session.scalars(select(StockMove.quantity).filter_by(kind="consumed")).one()
    assert balance.on_hand == 8000
    assert str(lot.best_before) == "2027-06-01"
    assert used == -2_100_500
    assert run_now(ports, run_id).scrapped == 2000


def test_a_run_that_lacks_material_says_what_and_cannot_start(
    ports: Ports, owner: Visitor, woken: Woken
) -> None:
    run_id = a_run(ports, wax_grams=500)

    page = owner.see(f"/production/{run_id}")
    assert "Short 1.5" in page
    assert f"/production/{run_id}/start" not in page
    response = owner.press(f"/production/{run_id}/start")

    assert response.status_code == 409
    assert "still lacks 1.5 kg of Soy wax" in response.text
    assert run_now(ports, run_id).state == "planned"
    assert woken.kinds == []


def test_a_yield_that_cannot_be_is_refused_beside_the_form(
    ports: Ports, owner: Visitor
) -> None:
    run_id = a_run(ports)
    owner.did(f"/production/{run_id}/start")

    for produced in ("", "ten", "-3", "0", "1e99", "1,250", "٣"):
        response = owner.press(
            f"/production/{run_id}/finish", produced=produced, lot_code="KEEP-ME"
        )
        assert response.status_code == 422, produced
        assert 'role="alert"' in response.text
        assert 'value="KEEP-ME"' in response.text
    wrong_day = owner.press(
        f"/production/{run_id}/finish", produced="10", best_before="tomorrow"
    )

    assert wrong_day.status_code == 422
    assert run_now(ports, run_id).state == "running"


def test_a_second_press_of_finish_makes_no_second_lot(ports: Ports, owner: Visitor) -> None:
    run_id = a_run(ports)
    owner.did(f"/production/{run_id}/start")
    owner.did(f"/production/{run_id}/finish", produced="10")

    again = owner.press(f"/production/{run_id}/finish", produced="10")

    assert again.status_code == 409
    with ports.database.reading() as session:
        candles = select(LotBalance).join(Item, Item.id == LotBalance.item_id)
        assert len(session.scalars(candles.where(Item.code == "CANDLE")).all()) == 1


def test_a_cancelled_run_gives_its_materials_back(ports: Ports, owner: Visitor) -> None:
    run_id = a_run(ports)
    owner.did(f"/production/{run_id}/start")

    page = owner.did(f"/production/{run_id}/cancel", reason="kettle broken")

    assert "kettle broken" in page
    assert run_now(ports, run_id).state == "cancelled"
    with ports.database.reading() as session:
        assert session.scalars(select(LotBalance.reserved)).all() == [0]
    assert owner.press(f"/production/{run_id}/start").status_code == 409


def test_there_is_no_page_for_a_run_that_is_none(owner: Visitor) -> None:
    assert owner.open("/production/77").status_code == 404
    assert owner.open("/production/77/finish").status_code == 404
    assert owner.press("/production/77/start").status_code == 404


def test_a_run_is_for_no_run_that_was_called_off(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        wax, oil = item(session, "WAX"), item(session, "OIL")
        make_recipe(session, item=wax, uses={oil: 10 * PIECE}, batch_size=2000 * PIECE)
        make_lot(session, item=oil, quantity=1000 * PIECE)
        order_to_make(session, pieces=4, wax_grams=0)
        runs = {run.item_id: run for run in session.scalars(select(ProductionOrder))}
        of_wax, of_candles = runs[wax.id].id, runs[item(session, "CANDLE").id]
        number, candles = of_candles.number, of_candles.id
    before = owner.see(f"/production/{of_wax}")
    with ports.database.begin() as session:
        session.get_one(ProductionOrder, candles).state = "cancelled"

    after = owner.see(f"/production/{of_wax}")

    assert f">{number}</a>" in before
    assert f">{number}</a>" not in after
