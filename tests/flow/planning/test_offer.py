"""What can still be made is offered: of all that is sold at once, and never the last wax twice."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.planning.offer import refresh_makeable
from hub.flow.planning.plan import replan
from hub.flow.planning.work_centres import close_work_centre
from hub.models.catalogue.item_figures import item_figures
from hub.models.locks import lock_items
from hub.models.records.items import Item, Recipe, WorkCentre
from hub.models.records.planning import Replan
from hub.models.records.recipe_parts import RecipeStep
from hub.models.records.workshop import Workshop
from hub.models.session import Database
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_listing,
    make_lot,
    make_order,
    make_recipe,
)

TODAY = NOW.date()
KILO = 1_000_000


def promisable(session: Session, item: Item, *, on: date = TODAY) -> int:
    return item_figures(session, item_ids=[item.id], on=on)[item.id].promisable


def candle(session: Session, code: str, *, wax: Item, is_sold: bool = True) -> Item:
    item = make_item(session, code=code)
    make_recipe(session, item=item, uses={wax: KILO}, batch_size=10 * PIECE)
    if is_sold:
        shop = session.info.get("shop") or make_account(session)
        session.info["shop"] = shop
        make_listing(session, account=shop, sku=code, components={item: PIECE})
    return item


def test_what_the_wax_still_gives_is_promised(session: Session) -> None:
    wax = make_item(session, code="WAX")
    make_lot(session, item=wax, quantity=3 * KILO)
    lavender = candle(session, "LAV", wax=wax)

    changed = refresh_makeable(session, today=TODAY, now=NOW)

    assert changed == {lavender.id}
    assert promisable(session, lavender) == 30 * PIECE
    assert refresh_makeable(session, today=TODAY, now=NOW) == set()


def test_two_candles_are_never_both_promised_the_last_wax(session: Session) -> None:
    wax = make_item(session, code="WAX")
    make_lot(session, item=wax, quantity=KILO)
    lavender, rose = candle(session, "LAV", wax=wax), candle(session, "ROSE", wax=wax)

    refresh_makeable(session, today=TODAY, now=NOW)

    assert promisable(session, lavender) + promisable(session, rose) == 10 * PIECE


def test_what_no_shop_sells_takes_no_share(session: Session) -> None:
    wax = make_item(session, code="WAX")
    make_lot(session, item=wax, quantity=2 * KILO)
    lavender = candle(session, "LAV", wax=wax)
    candle(session, "OLD", wax=wax, is_sold=False)

    refresh_makeable(session, today=TODAY, now=NOW)

    assert promisable(session, lavender) == 20 * PIECE


def test_an_order_takes_its_wax_out_of_every_candles_offer(session: Session) -> None:
    wax = make_item(session, code="WAX")
    make_lot(session, item=wax, quantity=4 * KILO)
    lavender, rose = candle(session, "LAV", wax=wax), candle(session, "ROSE", wax=wax)
    refresh_makeable(session, today=TODAY, now=NOW)
    before = promisable(session, lavender), promisable(session, rose)

    make_order(session, account=session.info["shop"], lines={lavender: 15})
    replan(session, now=NOW)

    assert before == (20 * PIECE, 20 * PIECE)
    left = promisable(session, lavender) + promisable(session, rose)
    assert left == 5 * PIECE + 20 * PIECE  # what its two batches leave over, and two kilos


def test_what_would_be_ready_too_late_is_not_offered(session: Session) -> None:
    wax = make_item(session, code="WAX")
    make_lot(session, item=wax, quantity=KILO)
    soap = make_item(session, code="SOAP")
    make_recipe(session, item=soap, uses={wax: KILO}, batch_size=10 * PIECE, rest_days=28)
    make_listing(session, account=make_account(session), sku="S", components={soap: PIECE})

    refresh_makeable(session, today=TODAY, now=NOW)
    in_two_weeks = promisable(session, soap)
    session.add(Workshop(id=1, offer_days=60, updated_at=NOW))
    refresh_makeable(session, today=TODAY, now=NOW)

    assert (in_two_weeks, promisable(session, soap)) == (0, 10 * PIECE)


def test_what_is_too_old_to_send_is_not_offered(session: Session) -> None:
    soap = make_item(session, code="SOAP", min_remaining_days=30)
    for pieces, keeps in ((5, 13), (8, 300)):
        make_lot(
            session,
            item=soap,
            quantity=pieces * PIECE,
            best_before=TODAY + timedelta(days=keeps),
        )

    assert promisable(session, soap) == 8 * PIECE


def test_a_workshop_may_offer_only_what_it_has(session: Session) -> None:
    wax = make_item(session, code="WAX")
    make_lot(session, item=wax, quantity=KILO)
    lavender = candle(session, "LAV", wax=wax)
    session.add(Workshop(id=1, offer_days=0, updated_at=NOW))

    refresh_makeable(session, today=TODAY, now=NOW)

    assert promisable(session, lavender) == 0


def test_no_more_is_offered_than_the_hours_allow(session: Session) -> None:
    wax = make_item(session, code="WAX")
    make_lot(session, item=wax, quantity=900 * KILO)
    lavender = candle(session, "LAV", wax=wax)
    bench = WorkCentre(code="BENCH", name="Bench", open_minutes=[60, 0, 0, 0, 0, 0, 0])
    session.add(bench)
    session.flush()
    recipe = make_recipe_busy(session, lavender, bench)
    days = [TODAY + timedelta(days=ahead) for ahead in range(1, 15)]

    refresh_makeable(session, today=TODAY, now=NOW)

    mondays = sum(day.weekday() == 0 for day in days)
    assert recipe.batch_minutes == 30
    assert promisable(session, lavender) == mondays * 2 * 10 * PIECE


def make_recipe_busy(session: Session, item: Item, bench: WorkCentre) -> Recipe:
    recipe = session.scalars(select(Recipe).filter_by(item_id=item.id)).one()
    recipe.work_centre_id, recipe.batch_minutes = bench.id, 30
    session.flush()
    return recipe


def test_an_item_somebody_works_on_is_waited_for_by_nobody_and_planned_again(
    pg_database: Database,
) -> None:
    """Behind the locks of orders, waiting for an item could be for ever."""
    with pg_database.begin() as session:
        wax = make_item(session, code="WAX")
        make_lot(session, item=wax, quantity=3 * KILO)
        lavender = candle(session, "LAV", wax=wax).id

    with pg_database.begin() as worker:
        lock_items(worker, [lavender])
        with pg_database.begin() as planner:
            left = refresh_makeable(planner, today=TODAY, now=NOW)
    with pg_database.begin() as session:
        marked = session.scalars(select(Replan.item_id)).all()
        replan(session, now=NOW)
        offered = session.get_one(Item, lavender).makeable

    assert (left, marked, offered) == (set(), [lavender], 30 * PIECE)


def test_what_is_made_at_a_place_that_shuts_is_offered_no_more(session: Session) -> None:
    bench = WorkCentre(code="BENCH", name="Bench", open_minutes=[480] * 7)
    session.add(bench)
    session.flush()
    wax = make_item(session, code="WAX")
    make_lot(session, item=wax, quantity=3 * KILO)
    lavender, rose = candle(session, "LAV", wax=wax), candle(session, "ROSE", wax=wax)
    for recipe in session.scalars(select(Recipe)):
        if recipe.item_id == lavender.id:
            recipe.work_centre_id, recipe.batch_minutes = bench.id, 30
        else:
            session.add(
                RecipeStep(
                    recipe_id=recipe.id,
                    position=0,
                    work_centre_id=bench.id,
                    batch_minutes=30,
                )
            )
    refresh_makeable(session, today=TODAY, now=NOW)
    before = promisable(session, lavender) + promisable(session, rose)

    close_work_centre(
        session, centre_id=bench.id, from_on=TODAY, until_on=TODAY + timedelta(days=90),
        who="user:1", now=NOW,
    )  # fmt: skip
    replan(session, now=NOW)

    assert before == 30 * PIECE
    assert (promisable(session, lavender), promisable(session, rose)) == (0, 0)
