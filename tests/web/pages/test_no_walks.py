"""Pages of one thing go to it by an index: none reads a table that grows with every order."""

from datetime import date

import pytest
from sqlalchemy import event, select, text

from hub.flow.planning.plan import replan
from hub.models.purchasing.purchase_covers import covered_runs
from hub.models.recalls.recall_queries import load_reach
from hub.models.records.production import ProductionNeed, ProductionOrder
from hub.ports import Ports
from tests.factories import NOW, PIECE, make_item, make_purchase
from tests.flow.recalls.ancestry import make_workshop
from tests.web.pages.goods import item, order_to_make
from tests.web.pages.plans import asked_of, count_asked, plans_of, steps_of, walked
from tests.web.pages.visitor import Visitor

GROWING = frozenset(
    {
        *("sales_order", "order_line", "demand", "history", "lot", "lot_balance"),
        *("stock_move", "shipment", "shipment_line", "shipment_pick"),
        *("production_order", "production_need", "production_link", "production_slot"),
        *("purchase_order", "purchase_line", "purchase_cover", "completion", "decision"),
        *("inbound_message", "outbound_message", "customer", "address", "reservation"),
    }
)
FRIDAY = date(2026, 11, 27)
WAYS_INTO_THE_LEDGER = ("(lot_id=?)", "(kind=? AND ref_type=? AND ref_id=?)")
"""By the lot, or by what a move is about; by its kind alone would be nearly all of it."""
PAGES = (
    *("/orders/1", "/orders/2", "/lots/1", "/lots/2", "/recalls/1", "/shipments/1"),
    *("/production/1", "/production/2", "/production", "/production?q=soy"),
    *("/production/schedule", "/purchases", "/purchases/1"),
)


@pytest.fixture
def past(ports: Ports, owner: Visitor) -> Ports:
    """A workshop with an order that was sent and recalled, and one that waits for wax."""
    with ports.database.begin() as session:
        workshop = make_workshop(session)
        lot = workshop.bought("OIL", supplier_lot="KX9")
        soap = workshop.made_of("SOAP", lot)
        workshop.send(workshop.order("SOAP"), soap)
        order_to_make(session, pieces=4, wax_grams=500)
        wax = str(item(session, "WAX").id)
    owner.did("/lots/1/recall", drill="1", reason="a rehearsal")
    owner.did("/suppliers/add", name="Ceres", code="", email="", currency="EUR")
    owner.did("/suppliers/1/items", item=wax, multiple="1000")
    owner.did("/purchases/order/1")
    return ports


@pytest.mark.parametrize("path", PAGES)
def test_a_page_walks_no_table_that_grows(past: Ports, owner: Visitor, path: str) -> None:
    steps = plans_of(past, owner, path)

    ledger = [step for step in steps if step.startswith("SEARCH stock_move USING INDEX")]
    assert steps
    assert not walked(steps) & GROWING
    assert all(step.endswith(WAYS_INTO_THE_LEDGER) for step in ledger), ledger


def test_a_walk_is_noticed(past: Ports) -> None:
    with past.database.reading() as session:
        explained = session.execute(
            text("EXPLAIN QUERY PLAN SELECT * FROM stock_move WHERE why = 'x'")
        )
        steps = [str(row[3]) for row in explained]

    assert walked(steps) & GROWING == {"stock_move"}


def test_of_many_needs_only_those_a_purchase_covers_are_read(ports: Ports) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=500)
        make_purchase(
            session, item=item(session, "WAX"), quantity=1000 * PIECE, expected_on=FRIDAY
        )
        replan(session, now=NOW)
        run_id = session.scalars(select(ProductionOrder.id)).one()
        session.add_all(
            ProductionNeed(production_order_id=run_id, item_id=made.id, needed=PIECE)
            for made in (make_item(session, code=f"M{n}") for n in range(9))
        )

    with ports.database.reading() as session:
        read: list[object] = []
        event.listen(session, "loaded_as_persistent", lambda _, each: read.append(each))
        covered = covered_runs(session, run_ids=[run_id])

    assert len(covered) == 1
    assert len([each for each in read if isinstance(each, ProductionNeed)]) == 1


def test_what_left_of_many_lots_is_not_sought_among_all_that_ever_left(
    ports: Ports,
) -> None:
    engine = ports.database.engine
    with ports.database.reading() as session, asked_of(engine) as asked:
        load_reach(session, start=range(1, 200))

    steps = steps_of(engine, asked)

    of_parcels = [step for step in steps if step.startswith("SEARCH shipment USING")]
    assert of_parcels
    assert not [step for step in of_parcels if step.endswith("(state=?)")]


def test_a_bigger_recall_takes_no_more_statements(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        workshop = make_workshop(session)
        few, many = workshop.bought("SOAP"), workshop.bought("SOAP")
        for lot, parcels in ((few, 1), (many, 20)):
            for _ in range(parcels):
                workshop.send(workshop.order("SOAP"), lot)
    for lot_id in (1, 2):
        owner.did(f"/lots/{lot_id}/recall", drill="1", reason="a rehearsal")

    assert count_asked(ports, owner, "/recalls/2") == count_asked(
        ports, owner, "/recalls/1"
    )
