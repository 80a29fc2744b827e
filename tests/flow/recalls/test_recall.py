"""Goods called back: everything stopped, everybody found, and a drill that touches nothing."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.stock.lot_states import LotState
from hub.flow.orders.change import hold_order
from hub.flow.recalls import recall as flow
from hub.flow.refusal import Invalid, Missing, Refusal
from hub.flow.stock import stock
from hub.models.records.history import History
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.models.records.recalls import Recall, RecallLot, RecallOrder
from hub.models.records.schema import metadata
from tests.factories import NOW, PIECE, make_lot
from tests.flow.bench import WHO, demand_of, held, hold, make_run, marked, need_of, unmark
from tests.flow.recalls.ancestry import Workshop
from tests.flow.recalls.called_back import (
    OWN_TABLES,
    a_busy_past,
    codes,
    dump,
    page,
    start,
    states,
)

# What it stops ----------------------------------------------------------------------------


def test_every_lot_made_of_it_is_called_back_and_nothing_that_went_in_beside_it(
    workshop: Workshop, session: Session
) -> None:
    oil, lye = workshop.bought("OIL"), workshop.bought("LYE")
    base = workshop.made_of("SOAPBASE", oil, lye)
    soap = workshop.made_of("SOAP", base)
    other = workshop.made_of("SOAP", workshop.bought("OIL"))

    recall_id = start(session, oil)

    assert states(session, oil, base, soap) == ["recalled"] * 3
    assert states(session, lye, other) == ["available"] * 2
    assert codes(page(session, recall_id)) == [oil.code, base.code, soap.code]


def test_each_lot_keeps_who_called_it_back_and_what_it_was(
    workshop: Workshop, session: Session
) -> None:
    oil = workshop.bought("OIL")
    soap = workshop.made_of("SOAP", oil)
    stock.set_lot_state(
        session, lot_id=soap.id, state=LotState.QUARANTINED, reason="", who=WHO, now=NOW
    )

    recall_id = start(session, oil)

    rows = select(RecallLot).filter_by(recall_id=recall_id).order_by(RecallLot.id)
    assert [
        (row.lot_id, row.state_before, row.is_start) for row in session.scalars(rows)
    ] == [
        (oil.id, "available", True),
        (soap.id, "quarantined", False),
    ]
    told = select(History).filter_by(what="lot.recalled", subject_id=soap.id)
    assert session.scalars(told).one().why == "R-0001: mould in the oil"


def test_an_order_that_waits_for_affected_goods_is_held_and_one_that_does_not_is_not(
    workshop: Workshop, session: Session
) -> None:
    soap = workshop.made_of("SOAP", workshop.bought("OIL"))
    waits, safe = workshop.order("SOAP"), workshop.order("SOAP")
    demand = demand_of(session, waits, workshop.item("SOAP"))
    hold(session, soap, owner=demand, quantity=2 * PIECE)

    recall_id = start(session, soap)

    found = page(session, recall_id)
    assert [each.order.id for each in found.orders] == [waits.id]
    assert not found.orders[0].is_sent
    assert found.orders[0].row.was_held
    held_one = session.get_one(SalesOrder, waits.id)
    assert (held_one.intent, held_one.intent_why) == ("on_hold", "R-0001: mould in the oil")
    assert session.get_one(SalesOrder, safe.id).intent == "open"
    assert held(session, demand) == {}


def test_an_order_somebody_else_put_on_hold_stays_theirs(
    workshop: Workshop, session: Session
) -> None:
    soap = workshop.made_of("SOAP", workshop.bought("OIL"))
    order = workshop.order("SOAP")
    hold(
        session,
        soap,
        owner=demand_of(session, order, workshop.item("SOAP")),
        quantity=2 * PIECE,
    )
    hold_order(session, order_id=order.id, reason="asked us to wait", who=WHO, now=NOW)

    recall_id = start(session, soap)
    flow.close_recall(session, recall_id=recall_id, who=WHO, now=NOW, lets_go=True)

    row = session.scalars(select(RecallOrder)).one()
    assert not row.was_held
    assert session.get_one(SalesOrder, order.id).intent == "on_hold"


def test_a_parcel_packed_but_not_gone_stops_its_order(
    workshop: Workshop, session: Session
) -> None:
    soap = workshop.made_of("SOAP", workshop.bought("OIL"))
    order = workshop.order("SOAP")
    workshop.send(order, soap, state="packed")

    found = page(session, start(session, soap))

    assert [each.is_sent for each in found.orders] == [False]
    assert session.get_one(SalesOrder, order.id).intent == "on_hold"


def test_every_item_affected_is_planned_again(workshop: Workshop, session: Session) -> None:
    oil = workshop.bought("OIL")
    soap = workshop.made_of("SOAP", oil)
    unmark(session)

    start(session, oil)

    assert marked(session) >= {oil.item_id, soap.item_id}


def test_a_running_run_that_picked_from_it_is_named(
    workshop: Workshop, session: Session
) -> None:
    oil = workshop.bought("OIL")
    run = make_run(
        session, item=workshop.item("SOAP"), uses={workshop.item("OIL"): 3 * PIECE}
    )
    hold(
        session, oil, owner=need_of(session, run, workshop.item("OIL")), quantity=3 * PIECE
    )
    session.execute(metadata.tables["reservation"].update().values(is_firm=True))

    found = page(session, start(session, oil))

    [holder] = found.start.holders
    assert (holder.number, holder.is_firm) == (run.number, True)


# Drills -----------------------------------------------------------------------------------


def test_a_drill_finds_the_same_and_changes_no_row_but_its_own(
    workshop: Workshop, session: Session
) -> None:
    oil = a_busy_past(workshop, session)
    before = dump(session)

    drill_id = start(session, oil, is_drill=True)

    after = dump(session)
    changed = {name for name in before if after[name] != before[name]}
    assert changed == OWN_TABLES | {"history"}
    assert [row for row in after["history"] if "recall" not in row] == before["history"]
    real_id = start(session, oil)
    drill, real = page(session, drill_id), page(session, real_id)
    assert codes(drill) == codes(real)
    assert [each.order.id for each in drill.orders] == [
        each.order.id for each in real.orders
    ]
    assert drill.recall.found == real.recall.found
    assert [each.row.was_held for each in drill.orders] == [False, False]
    assert [each.row.was_held for each in real.orders] == [False, True]


def test_a_drill_tells_how_long_people_took(workshop: Workshop, session: Session) -> None:
    from_press = start(session, workshop.bought("OIL"), is_drill=True, reason="")
    flow.note_time(session, recall_id=from_press, took_ms=142)
    later = NOW.replace(hour=11)
    flow.close_recall(session, recall_id=from_press, who=WHO, now=later)

    found = page(session, from_press)

    assert (found.recall.took_ms, found.people_seconds) == (142, 7200)


# As it goes on ----------------------------------------------------------------------------


def test_what_is_made_of_it_later_is_found_by_looking_again(
    workshop: Workshop, session: Session
) -> None:
    oil = workshop.bought("OIL")
    recall_id = start(session, oil)
    assert flow.refresh_recall(session, recall_id=recall_id, who=WHO, now=NOW).lots == ()
    bought_later = workshop.bought("OIL")
    late = workshop.made_of("SOAP", oil, bought_later)
    seen = page(session, recall_id)
    assert (seen.new_lots, seen.new_orders) == (1, 0)

    added = flow.refresh_recall(session, recall_id=recall_id, who=WHO, now=NOW)

    assert added.lots == (late.id,)
    assert states(session, late, bought_later) == ["recalled", "available"]
    seen = page(session, recall_id)
    assert (seen.new_lots, codes(seen)) == (0, [oil.code, late.code])


def test_closing_may_let_the_orders_go_on_that_it_stopped(
    workshop: Workshop, session: Session
) -> None:
    oil = a_busy_past(workshop, session)
    recall_id = start(session, oil)
    [waits] = [row for row in session.scalars(select(RecallOrder)) if row.was_held]

    flow.close_recall(session, recall_id=recall_id, who=WHO, now=NOW, lets_go=True)

    assert session.get_one(SalesOrder, waits.order_id).intent == "open"
    assert states(session, oil) == ["recalled"]
    assert session.get_one(Recall, recall_id).state == "closed"


def test_a_buyer_is_told_once(workshop: Workshop, session: Session) -> None:
    soap = workshop.made_of("SOAP", workshop.bought("OIL"))
    order = workshop.order("SOAP")
    workshop.send(order, soap)
    recall_id = start(session, soap)

    for who, at in ((WHO, NOW), ("user:2", NOW.replace(hour=12))):
        flow.mark_told(session, recall_id=recall_id, order_id=order.id, who=who, now=at)

    row = session.scalars(select(RecallOrder)).one()
    assert (row.told_at, row.told_by) == (NOW, WHO)


# What is refused --------------------------------------------------------------------------


def nowhere(session: Session, recall_id: int) -> None:
    flow.mark_told(session, recall_id=recall_id, order_id=999, who=WHO, now=NOW)


def twice(session: Session, recall_id: int) -> None:
    flow.close_recall(session, recall_id=recall_id, who=WHO, now=NOW)
    flow.close_recall(session, recall_id=recall_id, who=WHO, now=NOW)


def grown(session: Session, recall_id: int) -> None:
    flow.close_recall(session, recall_id=recall_id, who=WHO, now=NOW)
    flow.refresh_recall(session, recall_id=recall_id, who=WHO, now=NOW)


def missing(session: Session, recall_id: int) -> None:
    flow.refresh_recall(session, recall_id=recall_id + 1, who=WHO, now=NOW)


@pytest.mark.parametrize(
    "deed, words, kind",
    [
        (nowhere, "There is no such order", "missing"),
        (twice, "R-0001 is closed", "conflict"),
        (grown, "R-0001 is closed", "conflict"),
        (missing, "There is no such recall", "missing"),
    ],
)
def test_what_cannot_be_is_refused(
    workshop: Workshop,
    session: Session,
    deed: Callable[[Session, int], None],
    words: str,
    kind: str,
) -> None:
    recall_id = start(session, workshop.bought("OIL"))

    with pytest.raises(Refusal, match=words) as refused:
        deed(session, recall_id)

    assert refused.value.kind == kind


def test_a_recall_wants_a_reason_and_begins_once(
    workshop: Workshop, session: Session
) -> None:
    oil = workshop.bought("OIL")

    with pytest.raises(Invalid, match="Say why") as refused:
        start(session, oil, reason=" ")
    assert refused.value.field == "reason"
    start(session, oil)
    with pytest.raises(
        Refusal, match=f"Lot {oil.code} is being called back already: R-0001"
    ):
        start(session, oil)
    with pytest.raises(Missing):
        flow.start_recall(session, lot_id=999, reason="x", is_drill=True, who=WHO, now=NOW)


def test_a_recall_of_a_lot_nobody_used_finds_nobody(
    workshop: Workshop, session: Session
) -> None:
    item: Item = workshop.item("WAX")
    lot = make_lot(session, item=item, quantity=PIECE)

    found = page(session, start(session, lot))

    assert (codes(found), found.orders, found.listings) == ([lot.code], [], [])
