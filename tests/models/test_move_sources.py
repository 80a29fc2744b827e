"""What made each move of the ledger, as its reference tells it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.stock.stock import receive
from hub.models.records.stock import Lot, StockMove
from hub.models.stock.move_sources import Source, sources_of
from tests.factories import NOW, PIECE, make_purchase
from tests.flow.bench import WHO
from tests.flow.recalls.ancestry import Workshop, make_workshop


@pytest.fixture
def workshop(session: Session) -> Workshop:
    return make_workshop(session)


def told(session: Session, lot: Lot) -> list[tuple[str, Source | None]]:
    """Return the moves of a lot in order, each with what made it."""
    session.flush()
    moves = session.scalars(
        select(StockMove).filter_by(lot_id=lot.id).order_by(StockMove.id)
    )
    every = moves.all()
    found = sources_of(session, moves=every)
    return [(move.kind, found.get(move.id)) for move in every]


def test_a_run_is_named_by_its_old_moves_and_by_its_completions(
    workshop: Workshop, session: Session
) -> None:
    wax, old, new = workshop.bought("WAX"), workshop.run("CANDLE"), workshop.run("CANDLE")
    workshop.use(wax, old)
    made = workshop.make(workshop.completion(new))

    assert told(session, wax) == [
        ("received", None),
        ("consumed", Source("run", old.id, old.number)),
    ]
    assert told(session, made) == [("produced", Source("run", new.id, new.number))]


def test_a_parcel_is_named_when_goods_leave_and_when_they_come_back(
    workshop: Workshop, session: Session
) -> None:
    soap = workshop.bought("SOAP")
    parcel = workshop.send(workshop.order("SOAP"), soap)
    workshop.come_back(parcel, soap)

    named = Source("shipment", parcel.id, parcel.number)
    assert told(session, soap)[1:] == [("shipped", named), ("returned", named)]


def test_goods_that_were_ordered_name_their_purchase(
    workshop: Workshop, session: Session
) -> None:
    wax = workshop.item("WAX")
    line = make_purchase(session, item=wax, quantity=PIECE)

    lot_id = receive(
        session, item_id=wax.id, quantity=PIECE, purchase_line_id=line.id, who=WHO, now=NOW
    )

    named = Source("purchase", line.purchase_order_id, "PO-0001")
    assert told(session, session.get_one(Lot, lot_id)) == [("received", named)]


def test_what_was_sent_by_hand_names_its_order(
    workshop: Workshop, session: Session
) -> None:
    soap, order = workshop.bought("SOAP"), workshop.order("SOAP")
    workshop.send_by_hand(order, soap)

    named = Source("order", order.id, order.number)
    assert told(session, soap)[1:] == [("adjusted", named)]


def test_a_move_that_takes_another_back_names_what_made_the_other(
    workshop: Workshop, session: Session
) -> None:
    wax, run = workshop.bought("WAX"), workshop.run("CANDLE")
    workshop.take_back(workshop.use(wax, run))

    named = Source("run", run.id, run.number)
    assert told(session, wax)[1:] == [("consumed", named), ("consumed", named)]
