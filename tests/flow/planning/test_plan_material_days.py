"""Materials are good on the day a run begins: not longer than that, and never shorter."""

from datetime import UTC, date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.asking.whole_plan import plan_everything
from hub.flow.planning.planning_state import planning_state
from hub.flow.replan import mark
from hub.models.records.items import Item, WorkCentre
from hub.models.records.orders import SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.stock import Lot, Reservation
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_purchase,
    make_recipe,
)
from tests.flow.candle_maker import LATER, everything, plan, shortages

TODAY = NOW.date()
KILO = 1000 * PIECE


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


def ask_again(session: Session) -> None:
    """Plan everything once more, though nothing happened."""
    mark(session, item_ids=session.scalars(select(Item.id)).all(), why="again", now=LATER)
    plan(session, now=LATER)


def days(session: Session) -> list[tuple[date | None, date | None]]:
    """Say when each order can leave and by when it was promised, the oldest first."""
    query = select(SalesOrder.earliest_on, SalesOrder.promised_on).order_by(SalesOrder.id)
    return [(earliest, promised) for earliest, promised in session.execute(query)]


def starts(session: Session) -> dict[str, date | None]:
    """Say by item when its run begins."""
    query = select(Item.code, ProductionOrder.starts_on).join(
        ProductionOrder, ProductionOrder.item_id == Item.id
    )
    return {code: on for code, on in session.execute(query)}


def reserved(session: Session) -> dict[str, int]:
    """Say how many kilos of each lot are somebody's."""
    query = select(Lot.code, Reservation.quantity).join(Lot, Lot.id == Reservation.lot_id)
    return {code: quantity // KILO for code, quantity in session.execute(query)}


def soap_of_oil(session: Session, *, rest_days: int = 0) -> tuple[Item, Item]:
    """A soap whose oil takes three weeks to come when it is bought."""
    soap = make_item(session, code="SOAP")
    oil = make_item(session, code="OIL", lead_time_days=21)
    make_recipe(session, item=soap, uses={oil: 2 * KILO}, rest_days=rest_days)
    return soap, oil


def test_oil_needs_to_last_until_the_soap_is_poured_not_until_it_is_cured(
    session: Session,
) -> None:
    soap, oil = soap_of_oil(session, rest_days=28)
    make_lot(session, item=oil, quantity=5 * KILO, best_before=in_days(10))
    make_order(session, account=make_account(session), lines={soap: 10})
    plan(session)

    ask_again(session)

    assert shortages(session) == []
    assert days(session) == [(in_days(28), in_days(28))]


def waits_for_lye(session: Session) -> tuple[Item, Item]:
    """A soap that also takes lye, which comes in ten days; its oil is good for three."""
    soap = make_item(session, code="SOAP")
    oil = make_item(session, code="OIL", lead_time_days=21)
    lye = make_item(session, code="LYE")
    make_recipe(session, item=soap, uses={oil: 2 * KILO, lye: KILO})
    make_lot(session, item=oil, quantity=5 * KILO, code="OLD", best_before=in_days(3))
    make_purchase(session, item=lye, quantity=5 * KILO, expected_on=in_days(10))
    return soap, oil


def test_nothing_is_promised_on_a_lot_that_is_too_old_when_the_run_begins(
    session: Session,
) -> None:
    soap, _ = waits_for_lye(session)
    make_order(session, account=make_account(session), lines={soap: 10})

    plan(session)

    assert reserved(session) == {}
    assert shortages(session) == [(2000, "too_old")]
    assert days(session) == [(in_days(21), in_days(21))]


def test_such_a_lot_goes_to_whoever_can_use_it_in_time(session: Session) -> None:
    soap, oil = waits_for_lye(session)
    make_lot(session, item=oil, quantity=5 * KILO, code="NEW", best_before=in_days(60))
    balm, shop = make_item(session, code="BALM"), make_account(session)
    make_recipe(session, item=balm, uses={oil: KILO})
    make_order(session, account=shop, lines={soap: 10})
    make_order(session, account=shop, lines={balm: 10})

    plan(session)

    assert reserved(session) == {"NEW": 2, "OLD": 1}


def test_a_plan_made_for_the_day_of_a_run_is_its_own_plan(session: Session) -> None:
    soap, _ = waits_for_lye(session)
    make_order(session, account=make_account(session), lines={soap: 10})
    plan(session)
    ask_again(session)
    before = everything(session)

    ask_again(session)

    assert everything(session) == before


def test_the_plan_in_memory_looks_at_the_same_day(session: Session) -> None:
    soap, _ = waits_for_lye(session)
    order = make_order(session, account=make_account(session), lines={soap: 10})
    state = planning_state(session, now=NOW, zone=UTC)
    outcome = plan_everything(state)

    plan(session)

    assert outcome.promises[order.id].ships_on == days(session)[0][0]


def test_a_part_that_keeps_two_days_is_made_when_it_is_used(session: Session) -> None:
    soap, oil = waits_for_lye(session)
    make_lot(session, item=oil, quantity=90 * KILO, best_before=in_days(90))
    cream = make_item(session, code="SOAPBASE", shelf_life_days=2)
    make_recipe(session, item=cream, uses={oil: KILO}, batch_size=5 * KILO)
    bar = make_item(session, code="BAR")
    lye = session.scalars(select(Item).filter_by(code="LYE")).one()
    make_recipe(session, item=bar, uses={cream: 2 * KILO, lye: KILO})
    make_order(session, account=make_account(session), lines={bar: 10})

    plan(session)

    assert starts(session) == {"SOAPBASE": in_days(8), "BAR": in_days(10)}


def test_a_lot_lasts_until_the_day_of_a_run_three_levels_up(session: Session) -> None:
    soap, oil = waits_for_lye(session)
    gift, box = make_item(session, code="GIFT"), make_item(session, code="BOX")
    make_recipe(session, item=gift, uses={soap: 10 * PIECE, box: PIECE}, rest_days=5)
    make_lot(session, item=box, quantity=90 * PIECE, best_before=in_days(12))
    make_lot(session, item=oil, quantity=9 * KILO, code="NEW", best_before=in_days(10))
    make_order(session, account=make_account(session), lines={gift: 10})
    plan(session)

    ask_again(session)

    assert shortages(session) == []
    assert days(session) == [(in_days(15), in_days(15))]
    assert starts(session) == {"SOAP": in_days(10), "GIFT": in_days(10)}


def test_a_lot_is_not_too_old_for_a_run_that_begins_sooner_as_another_waits(
    session: Session,
) -> None:
    bench = WorkCentre(code="BENCH", name="Bench", open_minutes=[0, *[480] * 6])
    session.add(bench)
    session.flush()
    shop = make_account(session)
    for code, made, good_for in (("LYE", "SOAP", 0), ("OIL", "BALM", 1)):
        used = make_item(session, code=code, lead_time_days=21)
        make_lot(session, item=used, quantity=KILO, best_before=in_days(good_for))
        item = make_item(session, code=made)
        recipe = make_recipe(session, item=item, uses={used: KILO})
        recipe.work_centre_id, recipe.setup_minutes = bench.id, 480  # a day each
        make_order(session, account=shop, lines={item: 10}, requested_on=in_days(good_for))

    plan(session)

    assert starts(session) == {"SOAP": in_days(22), "BALM": in_days(1)}


def test_what_is_too_old_tomorrow_is_promised_to_none_of_many_who_wait_till_then(
    session: Session,
) -> None:
    bench = WorkCentre(code="BENCH", name="Bench", open_minutes=[0, *[480] * 6])
    session.add(bench)
    session.flush()
    oil = make_item(session, code="OIL", lead_time_days=21)
    make_lot(session, item=oil, quantity=KILO, code="OLD", best_before=TODAY)
    make_lot(session, item=oil, quantity=20 * KILO, code="NEW", best_before=in_days(60))
    shop = make_account(session)
    for number in range(12):
        soap = make_item(session, code=f"SOAP-{number}")
        make_recipe(session, item=soap, uses={oil: KILO}).work_centre_id = bench.id
        make_order(session, account=shop, lines={soap: 10})

    plan(session)

    assert set(starts(session).values()) == {in_days(1)}
    assert set(reserved(session)) == {"NEW"}
