"""Stock on the pages: items, recipes, lots received, counted and put aside."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from hub.app import create_app
from hub.domain.people.roles import Role
from hub.flow.people.tokens import make_token
from hub.models.records.items import Item, Recipe
from hub.models.records.stock import Lot, LotBalance
from hub.ports import Ports
from tests.factories import NOW, PIECE, make_lot, make_purchase
from tests.web.api.program import Program
from tests.web.pages.goods import item, order_to_make
from tests.web.pages.visitor import Visitor, visit
from tests.web.ports import Woken


def wax(ports: Ports, *, grams: int = 0) -> int:
    """Add wax to the catalogue, with a lot of so much, and return its id."""
    with ports.database.begin() as session:
        found = item(session, "WAX")
        if grams:
            make_lot(session, item=found, quantity=grams * PIECE, code="W1")
        return found.id


def on_hand(ports: Ports) -> list[int]:
    """Return what every lot holds."""
    with ports.database.reading() as session:
        return list(session.scalars(select(LotBalance.on_hand).order_by(LotBalance.id)))


def test_an_item_is_added_and_listed(anywhere: Ports, boss: Visitor) -> None:
    page = boss.did(
        "/stock/add",
        name="Bee balm",
        code="BALM-1",
        kind="product",
        unit="each",
        policy="make_to_stock",
        reorder_point="12",
        shelf_life_days="365",
        lead_time_days="",
    )

    assert "Bee balm" in page
    assert "Bee balm" in boss.see("/stock?kind=product")
    assert "Bee balm" not in boss.see("/stock?kind=material")
    assert "Bee balm" in boss.see("/stock?q=balm-1")
    with anywhere.database.reading() as session:
        [made] = session.scalars(select(Item))
        assert (made.reorder_point, made.shelf_life_days) == (12_000, 365)


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"code": ""},
        {"kind": "potion"},
        {"unit": "barrel"},
        {"shelf_life_days": "-1"},
        {"reorder_point": "many"},
        {"name": "x" * 501},
    ],
)
def test_an_item_that_cannot_be_is_refused_beside_the_form(
    ports: Ports, owner: Visitor, change: dict[str, str]
) -> None:
    form = {"name": "Balm", "code": "B", "kind": "product", "unit": "each"}

    response = owner.press("/stock/add", **{**form, **change})

    assert response.status_code == 422
    assert 'role="alert"' in response.text
    with ports.database.reading() as session:
        assert session.scalar(select(Item)) is None


def test_a_lot_is_received_in_the_items_own_unit(
    anywhere: Ports, boss: Visitor, woken: Woken
) -> None:
    item_id = wax(anywhere)

    page = boss.did(
        f"/stock/{item_id}/receive",
        quantity="2500,5",
        supplier_lot="CV-1187",
        best_before="2027-01-31",
        code="WAX-9",
    )

    assert "WAX-9" in page
    assert "2.5005" in page
    assert on_hand(anywhere) == [2_500_500]
    assert "plan" in woken.kinds


def test_a_lot_is_named_after_the_day_of_the_workshop_wherever_it_is_received(
    ports: Ports,
) -> None:
    hawaii = ports.settings.model_copy(update={"timezone": "Pacific/Honolulu"})
    there = replace(ports, settings=hawaii)  # where it is still the 22nd
    app = create_app(there)
    item_id = wax(there)
    with there.database.begin() as session:
        make_purchase(session, item=session.get_one(Item, item_id), quantity=2 * PIECE)
    boss = visit(app, there, role=Role.OWNER)
    token = there.database.run(
        lambda session: make_token(session, name="till", role=Role.OWNER, now=NOW)
    )
    program = Program(app.test_client(), token=token, ports=there)

    boss.did(f"/stock/{item_id}/receive", quantity="1")
    boss.did("/purchases/1/receive", **{"came-1": "1", "seen-1": "0"})
    program.post("/lots", {"item": "WAX", "quantity": {"amount": "1", "unit": "g"}})
    program.post("/purchase-orders/1/receive")

    with there.database.reading() as session:
        codes = session.scalars(select(Lot.code).order_by(Lot.id)).all()
    assert [code.rpartition("-")[0] for code in codes] == ["WAX-26326"] * 4


@pytest.mark.parametrize("quantity", ["", "0", "-5", "a lot", "1,250", "nan", "9" * 30])
def test_a_quantity_that_cannot_be_is_refused_beside_the_form(
    ports: Ports, owner: Visitor, quantity: str
) -> None:
    response = owner.press(f"/stock/{wax(ports)}/receive", quantity=quantity)

    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert on_hand(ports) == []


def test_a_count_puts_a_lot_right_unless_it_moved_meanwhile(
    ports: Ports, owner: Visitor
) -> None:
    item_id = wax(ports, grams=100)
    address = f"/stock/{item_id}/lots/1/count"

    owner.did(address, seen="100", counted="97.5", reason="spilt")
    late = owner.press(address, seen="100", counted="90", reason="")

    assert on_hand(ports) == [97_500]
    assert late.status_code == 409
    assert "count again" in late.text


def test_a_lot_is_put_aside_and_let_go_and_recalled_for_good(
    ports: Ports, owner: Visitor
) -> None:
    item_id = wax(ports, grams=100)
    address = f"/stock/{item_id}/lots/1/state"

    assert "In quarantine" in owner.did(address, state="quarantined", reason="smells odd")
    owner.did(address, state="available", reason="")
    owner.did(address, state="recalled", reason="wrong wax")

    assert owner.press(address, state="available").status_code == 409
    assert owner.press(address, state="eaten").status_code == 422
    with ports.database.reading() as session:
        assert session.scalars(select(Lot.state)).all() == ["recalled"]


def test_a_recipe_is_written_and_the_next_version_takes_its_place(
    anywhere: Ports, boss: Visitor
) -> None:
    material = wax(anywhere)
    with anywhere.database.begin() as session:
        candle = item(session, "CANDLE").id
    form = {"batch_size": "12", "item-0": str(material), "amount-0": "2000", "loss": "2,5"}

    boss.did(f"/stock/{candle}/recipe", **form)
    page = boss.did(f"/stock/{candle}/recipe", **{**form, "amount-0": "1800"})

    assert "1.8" in page
    with anywhere.database.reading() as session:
        versions = session.execute(
            select(Recipe.version, Recipe.is_active, Recipe.loss_bp).order_by(Recipe.id)
        ).all()
    assert [tuple(row) for row in versions] == [(1, False, 250), (2, True, 250)]


def test_a_row_of_a_recipe_shows_what_it_takes_and_keeps_what_was_typed(
    ports: Ports, owner: Visitor
) -> None:
    material = wax(ports)
    with ports.database.begin() as session:
        candle, wick = (item(session, code).id for code in ("CANDLE", "WICK"))
    form = {"batch_size": "12", "item-0": str(material), "amount-0": "2000"}

    page = owner.did(f"/stock/{candle}/recipe", **form)
    again = owner.press(
        f"/stock/{candle}/recipe",
        **{**form, "batch_size": "?", "item-1": str(wick), "item-2": '"><b>'},
    ).text

    assert chosen(page) == [[str(material)], *[[]] * 11]
    assert chosen(again) == [[str(material)], [str(wick)], *[[]] * 10]
    assert '"><b>' not in again


def chosen(page: str) -> list[list[str]]:
    """Return what the select of each row of a recipe has chosen."""
    rows = re.findall(r'<select class="grow" id="ri-\d+".*?</select>', page, re.DOTALL)
    return [re.findall(r'value="(\d+)" selected>', row) for row in rows]


def test_a_recipe_that_holds_itself_is_refused(ports: Ports, owner: Visitor) -> None:
    item_id = wax(ports)

    response = owner.press(
        f"/stock/{item_id}/recipe",
        **{"batch_size": "10", "item-0": str(item_id), "amount-0": "1"},
    )

    assert response.status_code == 409
    assert "made of itself" in response.text


def test_a_lot_of_another_item_is_not_touched(ports: Ports, owner: Visitor) -> None:
    wax(ports, grams=100)
    with ports.database.begin() as session:
        other = item(session, "WICK").id

    response = owner.press(f"/stock/{other}/lots/1/count", seen="100", counted="1")

    assert response.status_code == 404
    assert on_hand(ports) == [100_000]


def test_what_is_short_is_on_the_first_page_and_receiving_it_is_one_click_away(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=500)
        item_id = item(session, "WAX").id

    page = owner.see("/")

    assert "Short 1.5" in page
    assert f'href="/stock/{item_id}"' in page
