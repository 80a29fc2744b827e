"""What went into what: every lot of it, past what was undone, to the purchase it came with."""

from collections.abc import Collection

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from hub.domain.stock.trace import Direction, Graph, Node, NodeKind, walk
from hub.models import by_id
from hub.models.recalls import trace_edges as trace
from hub.models.records.purchasing import PurchaseLine, PurchaseOrder, Supplier
from hub.models.records.stock import Lot
from hub.models.session import Database
from tests.factories import NOW, PIECE
from tests.flow.recalls.ancestry import PLENTY, Workshop, make_workshop

FORWARD, BACKWARD, FULL = Direction.FORWARD, Direction.BACKWARD, Direction.FULL


@pytest.fixture
def workshop(session: Session) -> Workshop:
    return make_workshop(session)


def traced(session: Session, lot: Lot, way: Direction) -> Graph:
    session.flush()
    edges = trace.trace_edges(session, lot_ids=[lot.id], direction=way)
    return walk(edges, start=Node(kind=NodeKind.LOT, id=lot.id), direction=way)


def lots(session: Session, lot: Lot, way: Direction) -> set[int]:
    return set(traced(session, lot, way).lots)


def ids(*of: Lot) -> set[int]:
    return {each.id for each in of}


def quantities(graph: Graph, kind: NodeKind) -> list[int]:
    return [edge.quantity for edge in graph.edges if edge.target.kind is kind]


def test_every_lot_that_went_in_is_in_the_trace_not_one_of_several(
    workshop: Workshop, session: Session
) -> None:
    # ERPNext #50279 joined on one row per item and showed one of several lots of the same item.
    wax = [workshop.bought("WAX") for _ in range(3)]
    jar = workshop.bought("JAR")
    candles = workshop.made_of("CANDLE", *wax, jar)

    assert lots(session, candles, BACKWARD) == ids(candles, *wax, jar)
    for each in (*wax, jar):
        assert candles.id in lots(session, each, FORWARD)


def test_a_trace_goes_through_every_level_of_a_recipe(
    workshop: Workshop, session: Session
) -> None:
    lye, oil, box = (workshop.bought(code) for code in ("LYE", "OIL", "BOX"))
    base = workshop.made_of("SOAPBASE", lye, oil)
    soap = workshop.made_of("SOAP", base, oil, box)

    assert lots(session, lye, FORWARD) == ids(lye, base, soap)
    assert lots(session, soap, BACKWARD) == ids(soap, base, lye, oil, box)


def test_a_substitute_is_traced_like_what_it_stands_in_for(
    workshop: Workshop, session: Session
) -> None:
    soy, bees = workshop.bought("WAX"), workshop.bought("BEESWAX")
    candles = workshop.made_of("CANDLE", soy, bees)

    assert lots(session, bees, FORWARD) == ids(bees, candles)
    assert lots(session, candles, BACKWARD) == ids(candles, soy, bees)


def test_both_lots_of_a_run_completed_in_parts_came_of_all_that_went_in(
    workshop: Workshop, session: Session
) -> None:
    first_wax, more_wax = workshop.bought("WAX"), workshop.bought("WAX")
    run = workshop.run("CANDLE")
    morning, evening = workshop.completion(run), workshop.completion(run)
    workshop.use(first_wax, morning)
    one = workshop.make(morning)
    workshop.use(first_wax, evening, pieces=3)
    workshop.use(more_wax, evening)
    other = workshop.make(evening)

    graph = traced(session, one, BACKWARD)

    assert set(graph.lots) == ids(one, first_wax, more_wax)
    assert quantities(graph, NodeKind.RUN) == [8 * PIECE, 5 * PIECE]
    assert lots(session, more_wax, FORWARD) == ids(more_wax, one, other)


def test_what_was_undone_is_in_no_trace(workshop: Workshop, session: Session) -> None:
    wax = workshop.bought("WAX")
    run = workshop.run("CANDLE")
    mistake, right = workshop.completion(run), workshop.completion(run)
    used, wrong = workshop.use(wax, mistake), workshop.make(mistake)
    workshop.take_back(used)
    made = session.query(type(used)).filter_by(lot_id=wrong.id).one()
    workshop.take_back(made)
    assert lots(session, wax, FORWARD) == ids(wax)

    workshop.use(wax, right, pieces=7)
    candles = workshop.make(right)

    graph = traced(session, wax, FORWARD)
    assert set(graph.lots) == ids(wax, candles)
    assert quantities(graph, NodeKind.RUN) == [7 * PIECE]
    assert lots(session, wrong, BACKWARD) == ids(wrong)


def test_a_full_trace_is_what_went_in_and_what_came_of_it_and_no_siblings(
    workshop: Workshop, session: Session
) -> None:
    lye, oil = workshop.bought("LYE"), workshop.bought("OIL")
    base, other_base = (workshop.made_of("SOAPBASE", lye, oil) for _ in range(2))
    box = workshop.bought("BOX")
    soap = workshop.made_of("SOAP", base, box)

    assert lots(session, base, FULL) == ids(lye, oil, base, soap)
    assert other_base.id not in lots(session, base, FULL)
    assert lots(session, base, FULL) == lots(session, base, FORWARD) | lots(
        session, base, BACKWARD
    )


def test_a_lot_leads_back_to_its_purchase_order_and_supplier(
    workshop: Workshop, session: Session
) -> None:
    wax = workshop.bought("WAX", supplier_lot="KX9")
    supplier = Supplier(code="CERES", name="Ceras del Sur", created_at=NOW)
    session.add(supplier)
    session.flush()
    purchase = PurchaseOrder(number="PO-0007", supplier_id=supplier.id, created_at=NOW)
    session.add(purchase)
    session.flush()
    line = PurchaseLine(purchase_order_id=purchase.id, item_id=wax.item_id, quantity=PLENTY)
    session.add(line)
    session.flush()
    wax.purchase_line_id = line.id
    candles = workshop.made_of("CANDLE", wax)

    graph = traced(session, candles, BACKWARD)
    names = trace.node_names(session, nodes=graph.nodes)

    bought = Node(kind=NodeKind.PURCHASE, id=purchase.id)
    assert bought in graph.nodes
    assert [edge.quantity for edge in graph.edges if edge.source == bought] == [PLENTY]
    assert names.purchases[purchase.id].number == "PO-0007"
    assert names.suppliers[supplier.id].name == "Ceras del Sur"
    assert bought not in traced(session, wax, FORWARD).nodes


def test_parcels_lead_to_their_orders_and_cancelled_ones_nowhere(
    workshop: Workshop, session: Session
) -> None:
    candles = workshop.made_of("CANDLE", workshop.bought("WAX"))
    order, other = workshop.order("CANDLE"), workshop.order("CANDLE")
    parcel = workshop.send(order, candles)
    workshop.send(other, candles, state="cancelled")

    graph = traced(session, candles, FORWARD)

    assert [node.id for node in graph.nodes if node.kind is NodeKind.SHIPMENT] == [
        parcel.id
    ]
    assert [node.id for node in graph.nodes if node.kind is NodeKind.ORDER] == [order.id]
    assert quantities(graph, NodeKind.SHIPMENT) == [2 * PIECE]


def test_a_kit_leads_back_to_each_of_its_parts_alone(
    workshop: Workshop, session: Session
) -> None:
    candles = workshop.made_of("CANDLE", workshop.bought("WAX"))
    soap = workshop.made_of("SOAP", workshop.bought("LYE"))
    gift = workshop.order("CANDLE", "SOAP")
    workshop.send(gift, candles, soap)

    assert lots(session, candles, FORWARD) == ids(candles)
    assert Node(kind=NodeKind.ORDER, id=gift.id) in traced(session, soap, FORWARD).nodes


def test_goods_that_came_back_into_another_lot_lead_to_it(
    workshop: Workshop, session: Session
) -> None:
    candles = workshop.made_of("CANDLE", workshop.bought("WAX"))
    soap = workshop.made_of("SOAP", workshop.bought("LYE"))
    shelf = workshop.made_of("CANDLE", workshop.bought("WAX"))
    parcel = workshop.send(workshop.order("CANDLE", "SOAP"), candles, soap)
    workshop.come_back(parcel, shelf)
    workshop.come_back(parcel, candles)

    assert lots(session, candles, FORWARD) == ids(candles, shelf)
    assert lots(session, soap, FORWARD) == ids(soap)
    assert candles.id in lots(session, shelf, BACKWARD)
    assert soap.id not in lots(session, shelf, BACKWARD)


def test_more_lots_than_one_statement_holds_are_all_found(
    workshop: Workshop, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_id, "AT_ONCE", 2)
    wax = workshop.bought("WAX")
    candles = [workshop.made_of("CANDLE", wax) for _ in range(5)]
    gifts = [workshop.made_of("GIFT", each) for each in candles]

    assert lots(session, wax, FORWARD) == ids(wax, *candles, *gifts)
    assert lots(session, gifts[-1], BACKWARD) == ids(gifts[-1], candles[-1], wax)


RECIPES = st.lists(
    st.lists(st.integers(0, 30), min_size=1, max_size=3), min_size=1, max_size=7
)
"""Each list is a new lot, made of the lots these numbers choose among the ones before."""


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(recipes=RECIPES)
def test_a_lot_reaches_forward_exactly_what_reaches_it_backward(
    sqlite_database: Database, recipes: list[list[int]]
) -> None:
    with Session(sqlite_database.engine, expire_on_commit=False) as session:
        workshop = make_workshop(session)
        all_lots = [workshop.bought("WAX"), workshop.bought("WAX")]
        for chosen in recipes:
            parts = {
                each % len(all_lots): all_lots[each % len(all_lots)] for each in chosen
            }
            all_lots.append(workshop.made_of("CANDLE", *parts.values(), pieces=1000))

        ahead = {lot.id: lots(session, lot, FORWARD) for lot in all_lots}
        behind = {lot.id: lots(session, lot, BACKWARD) for lot in all_lots}

        assert pairs(ahead) == {(there, here) for here, there in pairs(behind)}
        session.rollback()


def pairs(reached: dict[int, set[int]]) -> Collection[tuple[int, int]]:
    return {(here, there) for here, every in reached.items() for there in every}
