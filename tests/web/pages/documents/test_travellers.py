"""Travellers and labels: what goes with a run, and onto a lot."""

import io
from datetime import date

import pdfplumber
import pytest
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.lib.units import mm
from sqlalchemy import select

from hub.models.records.production import ProductionOrder
from hub.ports import Ports
from hub.web.documents.frame import qr
from hub.web.documents.lot_labels import is_for_bars
from tests.factories import (
    NOW,
    PIECE,
    make_item,
    make_lot,
    make_purchase,
    make_recipe,
)
from tests.web.pages.documents.pdf_pages import pages_of, read
from tests.web.pages.goods import item, order_of, order_to_make
from tests.web.pages.visitor import Visitor


def test_a_traveller_brings_recipe_lots_and_orders(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=15, wax_grams=9_000)
        run = session.scalars(select(ProductionOrder)).one()
        run_id, number = run.id, run.number

    paper = read(owner, f"/production/{run_id}/traveller.pdf")

    for said in (
        number,
        "Soy wax",
        "WAX-1",
        "2 kg",
        "4 kg",
        "H-0001",
        "Materials",
        "New lot",
    ):
        assert said in paper, said


def test_a_traveller_says_which_run_makes_what_lies_in_no_lot_yet_and_when(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        base, wax = make_item(session, code="BASE"), item(session, "WAX")
        make_recipe(session, item=base, uses={wax: 100 * PIECE}, batch_size=10 * PIECE)
        make_recipe(session, item=item(session, "CANDLE"), uses={base: 10 * PIECE})
        make_lot(session, item=wax, quantity=5000 * PIECE)
        order_of(session, pieces=4)
        runs = {each.item_id: each.id for each in session.scalars(select(ProductionOrder))}
        upper, lower = runs[item(session, "CANDLE").id], runs[base.id]
        session.get_one(ProductionOrder, lower).ready_on = date(2026, 11, 24)

    paper = read(owner, f"/production/{upper}/traveller.pdf").replace("\n", " ")
    with ports.database.begin() as session:
        session.get_one(ProductionOrder, lower).ready_on = None
    nobody_knows = read(owner, f"/production/{upper}/traveller.pdf")

    assert "from P-0002, ready" in paper
    assert "Tue 24 Nov" in paper
    assert "from P-0002" in nobody_knows
    assert "ready" not in nobody_knows
    assert "from P-" not in read(owner, f"/production/{lower}/traveller.pdf")


def test_a_traveller_says_which_purchase_brings_what_is_not_here(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        make_purchase(
            session, item=item(session, "WAX"), quantity=9000 * PIECE,
            expected_on=date(2026, 12, 3),
        )  # fmt: skip
        order_to_make(session, pieces=15, wax_grams=0)
        run_id = session.scalars(select(ProductionOrder.id)).one()

    paper = read(owner, f"/production/{run_id}/traveller.pdf").replace("\n", " ")

    assert "with PO-0001, expected" in paper
    assert "Thu 3 Dec" in paper


def test_a_code_holds_the_address_of_the_page() -> None:
    drawing = qr("https://hornada.example/production/7", size=60)

    [code] = [each for each in drawing.contents if isinstance(each, QrCodeWidget)]
    assert code.value == "https://hornada.example/production/7"


@pytest.mark.parametrize(
    "size, count, sheets", [("62x29", 3, 3), ("a4", 24, 1), ("a4", 25, 2)]
)
def test_labels_fill_the_paper_they_are_for(
    ports: Ports, owner: Visitor, size: str, count: int, sheets: int
) -> None:
    with ports.database.begin() as session:
        candle = make_item(session, code="CANDLE")
        candle.allergens = ["linalool"]
        lot_id = make_lot(
            session, item=candle, quantity=12 * PIECE, code="L-26-7", best_before=NOW.date()
        ).id

    pages = pages_of(owner, f"/lots/{lot_id}/label.pdf?size={size}&count={count}")

    assert len(pages) == sheets
    assert "\n".join(pages).count("L-26-7") == count
    for said in ("Soy candle, fig", "12 pcs", "linalool", "23 Nov 2026"):
        assert said in pages[0], said


@pytest.mark.parametrize(
    "asked", ["size=a9", "count=0", "count=241", "count=x", "count=-1"]
)
def test_labels_nobody_can_print_are_not_there(
    ports: Ports, owner: Visitor, asked: str
) -> None:
    with ports.database.begin() as session:
        lot_id = make_lot(session, item=make_item(session), quantity=PIECE).id

    assert owner.open(f"/lots/{lot_id}/label.pdf?{asked}").status_code == 404
    assert owner.open("/lots/99/label.pdf").status_code == 404


@pytest.mark.parametrize("code", ["SOAP-LAV-100-26327-163", "L" * 40, "12 ñ " * 9])
def test_a_long_code_stays_clear_of_the_square_beside_it(
    ports: Ports, owner: Visitor, code: str
) -> None:
    with ports.database.begin() as session:
        candle = make_item(session, code="CANDLE")
        candle.name = "Wachskerzenherstellungsbetriebskerze" * 2
        lot_id = make_lot(
            session, item=candle, quantity=PIECE, code=code.strip(), best_before=NOW.date()
        ).id

    answer = owner.open(f"/lots/{lot_id}/label.pdf")

    with pdfplumber.open(io.BytesIO(answer.data)) as paper:
        [label] = paper.pages
        letters = "".join(char["text"] for char in label.chars)
        widest = max(char["x1"] for char in label.chars)
        lowest = min(char["y0"] for char in label.chars)
    assert widest <= (62 - 17 - 2) * mm
    assert lowest > (8 if is_for_bars(code) else 0) * mm
    assert code.replace(" ", "") in letters.replace(" ", "")


def test_only_plain_codes_have_bars() -> None:
    assert is_for_bars("L-26-7")
    assert not is_for_bars("Ñ-1")
    assert not is_for_bars("")
    assert not is_for_bars("x" * 25)
