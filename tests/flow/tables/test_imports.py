"""Tables taken in by the steps people press: all or none, every refused row named."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from hub.flow.tables.exports import write_sheet
from hub.flow.tables.imports import Report, kind_of, take_in
from hub.models.records.items import Item, Recipe, WorkCentre
from hub.models.records.stock import Lot, LotBalance, StockMove
from tests.factories import NOW, make_item, make_lot
from tests.flow.bench import WHO

ITEMS = """code,name,kind,unit,policy,shelf_life_days,reorder_point,density,allergens
WAX,Soy wax,material,g,,,25 kg,,
OIL,Lavender oil,material,ml,,730,0.5 l,0.885,linalool|geraniol
CANDLE,Candle,product,each,make_to_stock,365,20,,
"""
RECIPES = """item,batch_size,loss_percent,work_centre,setup_minutes,component,quantity,waste_percent
CANDLE,10,5,BENCH,30,WAX,2 kg,1.5
CANDLE,,,,,OIL,40 ml,
"""
LOTS = """item;quantity;code;best_before;unit_cost;currency
WAX;25 kg;W-1;;0,0042;EUR
OIL;0,5 l;O-1;2027-05-31;;
"""


def take(session: Session, table: str, text: str) -> Report:
    return take_in(session, kind=kind_of(table), raw=text.encode(), who=WHO, now=NOW)


def counts(report: Report) -> tuple[int, int, int, Sequence[tuple[int, str]]]:
    faults = [(fault.row, fault.field) for fault in report.faults]
    return report.rows, report.created, report.updated, faults


def catalogue(session: Session) -> None:
    session.add(WorkCentre(code="BENCH", name="Bench", open_minutes=[480] * 7))
    session.flush()
    assert take(session, "items", ITEMS).faults == []


def test_items_come_in_with_their_units(session: Session) -> None:
    report = take(session, "items", ITEMS)

    oil = session.scalars(select(Item).filter_by(code="OIL")).one()
    assert counts(report) == (3, 3, 0, [])
    assert (oil.reorder_point, oil.density_mg_per_ml) == (500_000, 885)
    assert oil.allergens == ["linalool", "geraniol"]


def test_a_known_item_takes_over_what_is_written_and_keeps_the_rest(
    session: Session,
) -> None:
    take(session, "items", ITEMS)

    report = take(
        session, "items", "code,name,lead_time_days\nWAX,,14\nOIL,Lavender oil,\n"
    )

    wax = session.scalars(select(Item).filter_by(code="WAX")).one()
    assert counts(report) == (2, 0, 1, [])
    assert (wax.name, wax.lead_time_days, wax.reorder_point) == ("Soy wax", 14, 25_000_000)


def test_every_refused_row_is_named_by_row_and_column(session: Session) -> None:
    report = take(
        session,
        "items",
        "code,name,kind,unit,shelf_life_days,reorder_point\n"
        "A,Good,product,each,,\n"
        "B,,product,each,,\n"
        "C,Bad,sweet,each,,\n"
        "D,Bad,product,each,a year,\n"
        "E,Bad,material,g,,3 l\n"
        ",Nameless,product,each,,\n",
    )

    assert counts(report) == (
        6,
        1,
        0,
        [
            (3, "name"),
            (4, "kind"),
            (5, "shelf_life_days"),
            (6, "reorder_point"),
            (7, "code"),
        ],
    )
    assert session.scalars(select(Item.code)).all() == ["A"]


def test_what_an_item_is_counted_in_is_for_good(session: Session) -> None:
    take(session, "items", ITEMS)

    report = take(session, "items", "code,unit\nWAX,ml\n")

    assert counts(report) == (1, 0, 0, [(2, "unit")])


def test_the_rows_of_one_item_are_its_recipe(session: Session) -> None:
    catalogue(session)

    report = take(session, "recipes", RECIPES)

    recipe = session.scalars(select(Recipe).options(selectinload(Recipe.lines))).one()
    assert counts(report) == (2, 1, 0, [])
    assert (recipe.batch_size, recipe.loss_bp, recipe.setup_minutes) == (10_000, 500, 30)
    assert [(line.quantity, line.waste_bp) for line in recipe.lines] == [
        (2_000_000, 150),
        (40_000, 0),
    ]


def test_the_same_recipe_again_makes_no_new_version(session: Session) -> None:
    catalogue(session)
    take(session, "recipes", RECIPES)

    again = take(session, "recipes", RECIPES)
    changed = take(session, "recipes", RECIPES.replace("2 kg", "2.1 kg"))

    assert counts(again) == (2, 0, 0, [])
    assert counts(changed) == (2, 0, 1, [])
    assert session.scalars(select(Recipe.version).order_by(Recipe.id)).all() == [1, 2]


def test_one_bad_component_keeps_the_whole_recipe_out(session: Session) -> None:
    catalogue(session)

    report = take(session, "recipes", RECIPES.replace("OIL", "OUL"))

    assert counts(report) == (2, 0, 0, [(3, "component")])
    assert session.scalars(select(Recipe)).all() == []


def test_a_later_row_cannot_contradict_the_first(session: Session) -> None:
    catalogue(session)

    report = take(session, "recipes", RECIPES.replace("CANDLE,,,", "CANDLE,12,,"))

    assert counts(report) == (2, 0, 0, [(3, "batch_size")])


def test_lots_come_in_as_receipts_and_a_file_sent_twice_does_no_harm(
    session: Session,
) -> None:
    catalogue(session)

    first = take(session, "lots", LOTS)
    second = take(session, "lots", LOTS)

    assert counts(first) == (2, 2, 0, [])
    assert counts(second) == (2, 0, 0, [(2, "code"), (3, "code")])
    wax = session.scalars(select(Lot).filter_by(code="W-1")).one()
    assert (wax.unit_cost_micros, wax.currency) == (4_200, "EUR")
    moved = session.scalars(select(StockMove.quantity).order_by(StockMove.id)).all()
    assert moved == [25_000_000, 500_000]


def test_a_count_sheet_goes_out_and_comes_back_with_what_was_found(
    session: Session,
) -> None:
    wax = make_item(session, code="WAX")
    lot = make_lot(session, item=wax, quantity=25_000_000, code="W-1")
    make_lot(session, item=wax, quantity=1_000, code="W-2")
    sheet = write_sheet(session, name="counts")

    found = sheet.replace("W-1,25000 g,", "W-1,25000 g,24.8 kg")
    report = take(session, "counts", found)

    assert counts(report) == (2, 0, 1, [])
    balance = session.scalars(select(LotBalance).filter_by(lot_id=lot.id)).one()
    assert balance.on_hand == 24_800_000
    assert session.scalars(select(StockMove).filter_by(kind="adjusted")).one().reason == (
        "counted"
    )


def test_a_count_names_lots_that_are_there_and_reasons_that_are_known(
    session: Session,
) -> None:
    wax = make_item(session, code="WAX")
    make_lot(session, item=wax, quantity=25_000, code="W-1")

    report = take(
        session,
        "counts",
        "item,lot,counted,reason\nWAX,W-9,1 g,\nWAX,W-1,1 g,mice\nWEX,W-1,1 g,\n",
    )

    assert counts(report) == (3, 0, 0, [(2, "lot"), (3, "reason"), (4, "item")])


def test_what_goes_out_comes_in_again_unchanged(session: Session) -> None:
    catalogue(session)
    take(session, "recipes", RECIPES)

    for table in ("items", "recipes"):
        report = take(session, table, write_sheet(session, name=table))

        assert report.rows > 0
        assert counts(report)[1:] == (0, 0, [])
