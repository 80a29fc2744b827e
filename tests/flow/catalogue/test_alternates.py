"""Another item stands in where a run is short, if somebody allowed it, and nobody else pays."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.domain.catalogue.recipe import RecipeLine
from hub.domain.planning.substitutes import MILLION
from hub.domain.stock.lot_states import LotState
from hub.flow.catalogue.alternates import GoesIntoIt, forget_alternate, set_alternate
from hub.flow.catalogue.catalogue import add_recipe
from hub.flow.catalogue.circles import MadeOfItself
from hub.flow.making import produce
from hub.flow.planning.plan import replan
from hub.flow.refusal import Invalid, Missing, Refusal
from hub.flow.replan import mark
from hub.flow.stock.stock import set_lot_state
from hub.flow.undoing.undo_run import undo
from hub.invariants import check
from hub.models.catalogue.item_figures import item_figures
from hub.models.making.run_views import run_rows
from hub.models.records.alternates import Alternate, Substitution
from hub.models.records.history import History
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.models.records.planning import Replan, Shortage
from hub.models.records.production import ProductionNeed, ProductionOrder
from hub.models.records.stock import Lot, LotBalance, Reservation
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_recipe,
)

LATER = NOW + timedelta(hours=1)
TODAY = NOW.date()


def plan(session: Session) -> None:
    """Plan what is marked, and find every invariant whole."""
    replan(session, now=NOW)
    session.expire_all()
    assert check(session) == []


def allow(
    session: Session, item: Item, substitute: Item, *, factor_ppm: int | None = None
) -> None:
    set_alternate(
        session,
        item_id=item.id,
        substitute_id=substitute.id,
        factor_ppm=factor_ppm,
        who="user:1",
        now=NOW,
    )


def a_workshop(session: Session, *, soy: int, coco: int) -> tuple[Item, Item, Item]:
    """A candle of 2 kg soy a batch, so many grams of soy and coconut wax, ten candles ordered."""
    candle, soy_wax = make_item(session), make_item(session, code="WAX")
    coco_wax = make_item(session, code="LYE")
    make_recipe(session, item=candle, uses={soy_wax: 2000 * PIECE})
    for item, grams in ((soy_wax, soy), (coco_wax, coco)):
        if grams:
            make_lot(session, item=item, quantity=grams * PIECE)
    make_order(session, account=make_account(session), lines={candle: 10})
    return candle, soy_wax, coco_wax


def substitutions(session: Session) -> list[tuple[int, int]]:
    rows = session.scalars(select(Substitution).order_by(Substitution.id))
    return [(row.quantity // PIECE, row.replaces // PIECE) for row in rows]


def shortages(session: Session) -> list[int]:
    rows = session.scalars(select(Shortage).order_by(Shortage.id))
    return [row.quantity // PIECE for row in rows]


def held(session: Session, item: Item) -> list[int]:
    rows = session.scalars(select(Reservation).filter_by(item_id=item.id))
    return [row.quantity // PIECE for row in rows]


def test_a_run_takes_the_substitute_for_what_it_is_short_of(session: Session) -> None:
    _, soy, coco = a_workshop(session, soy=1500, coco=5000)
    allow(session, soy, coco, factor_ppm=1_200_000)

    plan(session)

    assert substitutions(session) == [(600, 500)]
    assert shortages(session) == []
    assert (held(session, soy), held(session, coco)) == ([1500], [600])
    assert session.scalars(select(SalesOrder)).one().phase == "materials_reserved"


def test_without_leave_nothing_stands_in(session: Session) -> None:
    _, soy, coco = a_workshop(session, soy=1500, coco=5000)
    set_alternate(
        session, item_id=soy.id, substitute_id=coco.id, is_allowed=False, who="a", now=NOW
    )

    plan(session)

    assert substitutions(session) == []
    assert shortages(session) == [500]


def test_a_buyer_waits_rather_than_gets_another_product(session: Session) -> None:
    soap, balm = make_item(session, code="SOAP"), make_item(session, code="BALM")
    make_lot(session, item=balm, quantity=50 * PIECE)
    make_order(session, account=make_account(session), lines={soap: 3})
    allow(session, soap, balm)

    plan(session)

    assert shortages(session) == [3]
    assert held(session, balm) == []


def test_a_plan_that_changes_nothing_writes_nothing(session: Session) -> None:
    _, soy, coco = a_workshop(session, soy=1500, coco=5000)
    allow(session, soy, coco)
    plan(session)
    mark(session, item_ids=[coco.id], why="again", now=NOW)
    written: list[str] = []

    def note(*given: object) -> None:
        statement = str(given[2])
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            written.append(statement.split(" WHERE", maxsplit=1)[0])

    event.listen(session.connection(), "before_cursor_execute", note)

    replan(session, now=LATER)

    assert [each for each in written if "replan" not in each] == []


def test_marking_only_the_substitute_plans_whom_it_stands_in_for(session: Session) -> None:
    _, soy, coco = a_workshop(session, soy=1500, coco=0)
    allow(session, soy, coco)
    plan(session)
    make_lot(session, item=coco, quantity=700 * PIECE)
    mark(session, item_ids=[coco.id], why="received", now=NOW)

    plan(session)

    assert substitutions(session) == [(500, 500)]
    assert shortages(session) == []


def test_when_the_item_itself_comes_the_substitute_is_given_back(session: Session) -> None:
    _, soy, coco = a_workshop(session, soy=1500, coco=5000)
    allow(session, soy, coco)
    plan(session)
    make_lot(session, item=soy, quantity=700 * PIECE)
    mark(session, item_ids=[soy.id], why="received", now=NOW)

    plan(session)

    assert substitutions(session) == []
    assert held(session, coco) == []
    told = session.scalars(select(History).where(History.what.startswith("run.")))
    assert [(row.what, row.why) for row in told][-2:] == [
        ("run.substituted", "500 g Soy wax → 500 g Lye"),
        ("run.takes_its_own", "500 g Lye → 500 g Soy wax"),
    ]


def test_taking_the_leave_back_makes_the_run_short_again(session: Session) -> None:
    _, soy, coco = a_workshop(session, soy=1500, coco=5000)
    allow(session, soy, coco)
    plan(session)
    forget_alternate(session, item_id=soy.id, substitute_id=coco.id, who="user:1", now=NOW)

    plan(session)

    assert (substitutions(session), shortages(session)) == ([], [500])
    assert held(session, coco) == []


def test_what_a_started_run_stands_on_stays(session: Session) -> None:
    _, soy, coco = a_workshop(session, soy=1500, coco=5000)
    allow(session, soy, coco)
    plan(session)
    run = session.scalars(select(ProductionOrder)).one()
    produce.start(session, production_order_id=run.id, who="user:1", now=NOW)
    forget_alternate(session, item_id=soy.id, substitute_id=coco.id, who="user:1", now=NOW)

    plan(session)

    assert (substitutions(session), shortages(session)) == ([(500, 500)], [])
    assert (held(session, soy), held(session, coco)) == ([1500], [500])


def test_a_run_uses_its_substitute_part_by_part_and_gives_it_back(session: Session) -> None:
    _, soy, coco = a_workshop(session, soy=1500, coco=5000)
    allow(session, soy, coco, factor_ppm=1_200_000)
    plan(session)
    run = session.scalars(select(ProductionOrder)).one()
    produce.start(session, production_order_id=run.id, who="user:1", now=NOW)
    plan(session)

    produce.complete(
        session, production_order_id=run.id, produced=4 * PIECE, who="user:1", now=NOW
    )
    plan(session)

    need = session.scalars(select(ProductionNeed)).one()
    assert need.consumed == 800 * PIECE
    assert (held(session, soy), held(session, coco)) == ([900], [360])
    assert shortages(session) == []

    undo(session, production_order_id=run.id, reason="slip", who="user:1", now=NOW)
    plan(session)
    assert (held(session, soy), held(session, coco)) == ([1500], [600])

    produce.finish(session, production_order_id=run.id, who="user:1", now=NOW)
    plan(session)
    left = session.scalars(select(LotBalance).filter_by(item_id=coco.id)).one()
    assert (left.on_hand, left.reserved) == (4400 * PIECE, 0)
    assert session.scalars(select(SalesOrder)).one().phase == "ready_to_ship"


def test_an_undone_start_lets_the_planner_choose_again(session: Session) -> None:
    _, soy, coco = a_workshop(session, soy=1500, coco=5000)
    allow(session, soy, coco)
    plan(session)
    run = session.scalars(select(ProductionOrder)).one()
    produce.start(session, production_order_id=run.id, who="user:1", now=NOW)
    make_lot(session, item=soy, quantity=700 * PIECE)

    undo(session, production_order_id=run.id, reason="slip", who="user:1", now=NOW)
    plan(session)

    assert (substitutions(session), shortages(session)) == ([], [])
    assert held(session, coco) == []


def test_a_run_somebody_cancels_leaves_its_substitute_free(session: Session) -> None:
    candle, soy, coco = a_workshop(session, soy=1500, coco=5000)
    allow(session, soy, coco)
    plan(session)
    order = session.scalars(select(SalesOrder)).one()
    order.intent = "on_hold"
    mark(session, item_ids=[candle.id], why="on hold", now=NOW)
    run = session.scalars(select(ProductionOrder)).one()

    produce.cancel(session, production_order_id=run.id, who="user:1", now=NOW)
    replan(session, now=NOW)
    session.expire_all()

    assert (substitutions(session), held(session, coco)) == ([], [])


def test_a_substitute_put_in_quarantine_is_planned_anew(session: Session) -> None:
    _, soy, coco = a_workshop(session, soy=1500, coco=300)
    allow(session, soy, coco)
    other = make_lot(session, item=coco, quantity=900 * PIECE)
    plan(session)
    first = session.scalars(select(Lot).filter_by(item_id=coco.id).order_by(Lot.id)).first()
    assert first is not None

    set_lot_state(
        session,
        lot_id=first.id,
        state=LotState.QUARANTINED,
        reason="smells",
        who="user:1",
        now=NOW,
    )
    assert check(session) == []
    plan(session)

    taken = session.scalars(select(Reservation).filter_by(item_id=coco.id)).one()
    assert (taken.lot_id, taken.quantity) == (other.id, 500 * PIECE)


def test_a_cancelled_run_leaves_no_substitution_behind(session: Session) -> None:
    candle, soy, coco = a_workshop(session, soy=1500, coco=5000)
    allow(session, soy, coco)
    plan(session)
    order = session.scalars(select(SalesOrder)).one()
    order.intent = "cancelled"
    mark(session, item_ids=[candle.id], why="cancelled", now=NOW)

    replan(session, now=NOW)
    session.expire_all()

    assert session.scalars(select(ProductionOrder)).one().state == "cancelled"
    assert (substitutions(session), held(session, coco)) == ([], [])


def test_what_stands_in_is_shown_at_the_run_and_lacks_nowhere(session: Session) -> None:
    _, soy, coco = a_workshop(session, soy=1500, coco=5000)
    allow(session, soy, coco, factor_ppm=1_200_000)

    plan(session)

    run = session.scalars(select(ProductionOrder)).one()
    [material] = run_rows(session, runs=[run])[0].materials
    [instead] = material.substitutes
    assert (material.reserved, material.short) == (1500 * PIECE, 0)
    assert (instead.item, instead.quantity, instead.replaces) == (
        coco,
        600 * PIECE,
        500 * PIECE,
    )
    assert run_rows(session, runs=[run])[0].is_covered
    figures = item_figures(session, item_ids=[soy.id, coco.id], on=TODAY)
    assert figures[soy.id].promisable == 0
    assert figures[coco.id].available == 4400 * PIECE


def test_two_items_that_stand_in_for_each_other_are_planned(session: Session) -> None:
    _, soy, coco = a_workshop(session, soy=1500, coco=5000)
    allow(session, soy, coco)
    allow(session, coco, soy)

    plan(session)

    assert substitutions(session) == [(500, 500)]


def test_a_group_is_planned_below_the_deepest_of_its_users(session: Session) -> None:
    """Soap is made of a base that is made of oil; the candle above takes wax, or that oil."""
    _, soy, coco = a_workshop(session, soy=1500, coco=600)
    soap, base = make_item(session, code="SOAP"), make_item(session, code="SOAPBASE")
    make_recipe(session, item=soap, uses={base: 1000 * PIECE})
    make_recipe(session, item=base, uses={coco: 300 * PIECE}, batch_size=1000 * PIECE)
    account = make_account(session, name="Second")
    make_order(session, account=account, lines={soap: 1})
    allow(session, soy, coco)

    plan(session)

    assert substitutions(session) == [(300, 300)]
    assert shortages(session) == [200]


def test_nothing_stands_in_for_itself(session: Session) -> None:
    wax = make_item(session, code="WAX")

    with pytest.raises(Invalid, match="itself"):
        allow(session, wax, wax)


def test_another_unit_needs_a_factor(session: Session) -> None:
    wax, oil = make_item(session, code="WAX"), make_item(session, code="OIL")

    with pytest.raises(Invalid) as no:
        allow(session, wax, oil)
    allow(session, wax, oil, factor_ppm=1_100_000)

    assert no.value.field == "factor"
    assert session.scalars(select(Alternate)).one().factor_ppm == 1_100_000


def test_what_goes_into_an_item_cannot_stand_in_for_it(session: Session) -> None:
    base, lye = make_item(session, code="SOAPBASE"), make_item(session, code="LYE")
    make_recipe(session, item=base, uses={lye: PIECE})

    with pytest.raises(GoesIntoIt):
        allow(session, base, lye)
    with pytest.raises(GoesIntoIt):
        allow(session, lye, base)


def test_a_recipe_cannot_use_what_stands_in_for_its_item(session: Session) -> None:
    base, lye = make_item(session, code="SOAPBASE"), make_item(session, code="LYE")
    allow(session, base, lye)

    with pytest.raises(MadeOfItself):
        add_recipe(
            session,
            item_id=base.id,
            batch_size=1000 * PIECE,
            lines=[RecipeLine(item_id=lye.id, quantity=PIECE)],
            who="user:1",
            now=NOW,
        )


def test_saying_it_again_changes_it_and_both_are_planned_anew(session: Session) -> None:
    wax, lye = make_item(session, code="WAX"), make_item(session, code="LYE")
    allow(session, wax, lye)
    allow(session, wax, lye, factor_ppm=2 * MILLION)

    row = session.scalars(select(Alternate)).one()
    told = session.scalars(select(History).filter_by(what="item.alternate")).all()
    assert row.factor_ppm == 2 * MILLION
    assert [each.to_state for each in told] == ["allowed", "allowed"]
    assert set(session.scalars(select(Replan.item_id))) == {wax.id, lye.id}


@pytest.mark.parametrize(
    "given, field",
    [
        ({"factor_ppm": 0}, "factor"),
        ({"rank": -1}, "rank"),
        ({"note": "x" * 501}, "note"),
    ],
)
def test_what_cannot_be_is_refused(
    session: Session, given: dict[str, object], field: str
) -> None:
    wax, lye = make_item(session, code="WAX"), make_item(session, code="LYE")

    with pytest.raises(Refusal) as no:
        set_alternate(
            session,
            item_id=wax.id,
            substitute_id=lye.id,
            who="user:1",
            now=NOW,
            **given,  # type: ignore[arg-type]
        )

    assert no.value.field == field


def test_what_nobody_said_cannot_be_taken_back(session: Session) -> None:
    wax, lye = make_item(session, code="WAX"), make_item(session, code="LYE")

    with pytest.raises(Missing):
        forget_alternate(
            session, item_id=wax.id, substitute_id=lye.id, who="user:1", now=NOW
        )
