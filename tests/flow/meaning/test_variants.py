"""One base run, many finishes: each choice is an item, made of the base and what it adds."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.catalogue.options import Choice
from hub.domain.catalogue.recipe import RecipeLine
from hub.domain.stock.trace import NodeKind
from hub.flow.catalogue.catalogue import add_recipe
from hub.flow.making import produce
from hub.flow.meaning.variants import variant_of
from hub.flow.planning import plan
from hub.flow.refusal import Invalid, Missing
from hub.invariants import check
from hub.models.recalls.trace_edges import trace_edges
from hub.models.records.items import Item, Recipe
from hub.models.records.items import RecipeLine as Line
from hub.models.records.orders import SalesOrder
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder
from hub.models.records.recipe_parts import RecipeChoice
from hub.models.records.stock import Lot
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
)

LAVENDER, ROSE = {"scent": "Lavender"}, {"scent": "rose"}


def a_family(session: Session) -> dict[str, Item]:
    """Candles poured 24 at a time from 5 kg of wax, then scented with lavender, rose or nothing."""
    goods = {code: make_item(session, code=code) for code in ("CND", "WAX", "OIL", "SCENT")}
    offer(session, goods)
    return goods


def offer(
    session: Session,
    goods: dict[str, Item],
    *,
    batch: int = 24,
    lavender: int = 240,
    more: tuple[Choice, ...] = (),
) -> int:
    """Write the next recipe of the candle."""
    choices = (
        Choice(option="Scent", value="Lavender", lines=(adds(goods["OIL"], lavender),)),
        Choice(option="Scent", value="Rose", lines=(adds(goods["SCENT"], 120),)),
        *more,
    )
    return add_recipe(
        session,
        item_id=goods["CND"].id,
        batch_size=batch * PIECE,
        lines=[adds(goods["WAX"], 5000)],
        choices=choices,
        who="user:1",
        now=NOW,
    )


def adds(item: Item, quantity: int) -> RecipeLine:
    return RecipeLine(item_id=item.id, quantity=quantity * PIECE)


def variant(
    session: Session,
    goods: dict[str, Item],
    options: dict[str, str],
    *,
    batch: int | None = None,
) -> Item:
    item_id = variant_of(
        session,
        family_id=goods["CND"].id,
        options=options,
        batch_size=None if batch is None else batch * PIECE,
        who="user:1",
        now=NOW,
    )
    session.expire_all()
    return session.get_one(Item, item_id)


def recipe_of(session: Session, item: Item) -> tuple[int, int, dict[str, int]]:
    """Read the recipe in force: version, batch and what goes in, in pieces, g and ml."""
    recipe = session.scalars(
        select(Recipe).filter_by(item_id=item.id, is_active=True)
    ).one()
    lines = session.execute(
        select(Item.code, Line.quantity)
        .join(Line, Line.item_id == Item.id)
        .where(Line.recipe_id == recipe.id)
    )
    takes = {code: quantity // PIECE for code, quantity in lines}
    return recipe.version, recipe.batch_size // PIECE, takes


def test_a_variant_is_an_item_made_of_the_base_and_what_was_chosen(
    session: Session,
) -> None:
    goods = a_family(session)

    candle = variant(session, goods, LAVENDER)

    assert (candle.code, candle.name, candle.kind, candle.unit) == (
        "CND/lavender",
        "Cnd, Lavender",
        "product",
        "each",
    )
    assert (candle.family_id, candle.options) == (goods["CND"].id, {"Scent": "Lavender"})
    assert recipe_of(session, candle) == (1, 24, {"CND": 24, "OIL": 240})


def test_the_same_choice_is_the_same_item_however_it_is_typed(session: Session) -> None:
    goods = a_family(session)

    one = variant(session, goods, {"scent": "Rose"})
    other = variant(session, goods, {"SCENT ": "rose"})

    assert one is other
    assert recipe_of(session, one)[0] == 1


@pytest.mark.parametrize(
    "options, words",
    [
        ({"scent": "fig"}, "“Lavender”, “Rose”"),
        ({"colour": "red", "scent": "rose"}, "only “Scent”"),
        ({}, "Say which Scent"),
    ],
)
def test_what_is_not_offered_is_refused(
    session: Session, options: dict[str, str], words: str
) -> None:
    goods = a_family(session)

    with pytest.raises(Invalid, match=words) as no:
        variant(session, goods, options)

    assert no.value.field == "options"


def test_an_item_that_offers_nothing_has_no_variants(session: Session) -> None:
    goods = a_family(session)

    with pytest.raises(Invalid, match="nothing to choose"):
        variant_of(session, family_id=goods["WAX"].id, options={}, who="a", now=NOW)
    with pytest.raises(Missing):
        variant_of(session, family_id=404, options={}, who="a", now=NOW)


def test_a_code_that_somebody_has_gets_a_number(session: Session) -> None:
    goods = a_family(session)
    make_item(session, code="CND/lavender")

    assert variant(session, goods, LAVENDER).code == "CND/lavender-2"


def test_smaller_batches_take_their_share_and_the_next_variant_is_finished_alike(
    session: Session,
) -> None:
    goods = a_family(session)

    lavender = variant(session, goods, LAVENDER, batch=2)
    rose = variant(session, goods, ROSE)

    assert recipe_of(session, lavender) == (1, 2, {"CND": 2, "OIL": 20})
    assert recipe_of(session, rose) == (1, 2, {"CND": 2, "SCENT": 10})


def test_a_variant_may_be_finished_in_other_batches_later(session: Session) -> None:
    goods = a_family(session)
    variant(session, goods, LAVENDER)

    candle = variant(session, goods, LAVENDER, batch=6)

    assert recipe_of(session, candle) == (2, 6, {"CND": 6, "OIL": 60})


def test_variants_follow_the_next_recipe_of_their_family(session: Session) -> None:
    goods = a_family(session)
    whole, small = variant(session, goods, LAVENDER), variant(session, goods, ROSE, batch=4)

    offer(session, goods, batch=30, lavender=300)
    session.expire_all()

    assert recipe_of(session, whole) == (2, 30, {"CND": 30, "OIL": 300})
    assert recipe_of(session, small) == (2, 4, {"CND": 4, "SCENT": 16})


def test_a_variant_that_need_not_change_keeps_its_version(session: Session) -> None:
    goods = a_family(session)
    rose = variant(session, goods, ROSE)

    offer(session, goods, lavender=300)
    session.expire_all()

    assert recipe_of(session, rose)[0] == 1


def test_what_somebody_added_to_a_variant_stays_when_it_follows(session: Session) -> None:
    goods = a_family(session)
    candle, box = variant(session, goods, LAVENDER), make_item(session, code="BOX")
    add_recipe(
        session,
        item_id=candle.id,
        batch_size=24 * PIECE,
        lines=[adds(goods["CND"], 24), adds(goods["OIL"], 240), adds(box, 24)],
        setup_minutes=15,
        who="user:1",
        now=NOW,
    )

    offer(session, goods, lavender=300)
    session.expire_all()

    assert recipe_of(session, candle) == (3, 24, {"CND": 24, "OIL": 300, "BOX": 24})
    recipe = session.scalars(
        select(Recipe).filter_by(item_id=candle.id, is_active=True)
    ).one()
    assert recipe.setup_minutes == 15


def test_a_variant_of_what_is_no_longer_offered_keeps_its_recipe(session: Session) -> None:
    goods = a_family(session)
    rose = variant(session, goods, ROSE)

    add_recipe(
        session,
        item_id=goods["CND"].id,
        batch_size=24 * PIECE,
        lines=[adds(goods["WAX"], 5000)],
        choices=(Choice(option="Scent", value="Unscented"),),
        who="user:1",
        now=NOW,
    )
    session.expire_all()

    assert recipe_of(session, rose) == (1, 24, {"CND": 24, "SCENT": 120})
    with pytest.raises(Invalid):
        variant(session, goods, ROSE)
    plain = variant(session, goods, {"scent": "unscented"})
    assert recipe_of(session, plain) == (1, 24, {"CND": 24})


def test_a_recipe_that_says_nothing_of_choices_offers_what_the_last_one_did(
    session: Session,
) -> None:
    goods = a_family(session)

    recipe_id = add_recipe(
        session,
        item_id=goods["CND"].id,
        batch_size=24 * PIECE,
        lines=[adds(goods["WAX"], 4800)],
        who="user:1",
        now=NOW,
    )

    kept = session.scalars(select(RecipeChoice.value).filter_by(recipe_id=recipe_id))
    assert sorted(kept) == ["Lavender", "Rose"]
    with pytest.raises(Invalid) as no:
        add_recipe(
            session,
            item_id=goods["CND"].id,
            batch_size=30 * PIECE,
            lines=[adds(goods["WAX"], 4800)],
            who="user:1",
            now=NOW,
        )
    assert no.value.field == "choices"


def test_choices_that_cannot_be_are_refused(session: Session) -> None:
    goods = a_family(session)
    rose = Choice(option="scent ", value="ROSE")
    nobody = Choice(option="Dye", value="Red", lines=(RecipeLine(item_id=404, quantity=1),))
    itself = Choice(option="Dye", value="Red", lines=(adds(goods["CND"], 1),))
    nothing = Choice(option="Dye", value="Red", lines=(adds(goods["OIL"], 0),))

    for bad in (rose, nobody, itself, nothing, Choice(option=" ", value="x")):
        with pytest.raises(Invalid) as no:
            offer(session, goods, more=(bad,))
        assert no.value.field.startswith(("choices", "lines"))


def test_two_scents_are_finished_from_one_run_of_the_base(session: Session) -> None:
    goods = a_family(session)
    lavender, rose = (
        variant(session, goods, LAVENDER, batch=2),
        variant(session, goods, ROSE),
    )
    wax = make_lot(session, item=goods["WAX"], quantity=9000 * PIECE)
    oil = make_lot(session, item=goods["OIL"], quantity=900 * PIECE)
    make_lot(session, item=goods["SCENT"], quantity=900 * PIECE)
    account = make_account(session)
    first = make_order(session, account=account, lines={lavender: 10})
    second = make_order(session, account=account, lines={rose: 14})

    plan.replan(session, now=NOW)

    runs = {run.item_id: run for run in session.scalars(select(ProductionOrder))}
    base = runs.pop(goods["CND"].id)
    assert {run_id: run.planned // PIECE for run_id, run in runs.items()} == {
        lavender.id: 10,
        rose.id: 14,
    }
    assert (base.batches, base.planned) == (1, 24 * PIECE)
    served = session.execute(
        select(ProductionNeed.production_order_id, ProductionLink.planned)
        .join(ProductionLink, ProductionLink.need_id == ProductionNeed.id)
        .where(ProductionLink.production_order_id == base.id)
    )
    assert {run_id: planned // PIECE for run_id, planned in served} == {
        runs[lavender.id].id: 10,
        runs[rose.id].id: 14,
    }

    for run in (base, runs[lavender.id], runs[rose.id]):
        produce.start(session, production_order_id=run.id, who="user:1", now=NOW)
        produce.finish(session, production_order_id=run.id, who="user:1", now=NOW)
        plan.replan(session, now=NOW)
    session.expire_all()

    phases = {order.id: order.phase for order in session.scalars(select(SalesOrder))}
    assert phases == {first.id: "ready_to_ship", second.id: "ready_to_ship"}
    assert made_from(session, wax) == {"CND", "CND/lavender", "CND/rose"}
    assert made_from(session, oil) == {"CND/lavender"}
    assert check(session) == []


def made_from(session: Session, lot: Lot) -> set[str]:
    """Trace a lot forward and name the items of all that was made from it."""
    nodes = {node for edge in trace_edges(session, lot_ids=[lot.id])
             for node in (edge.source, edge.target)}  # fmt: skip
    found = {node.id for node in nodes if node.kind is NodeKind.LOT} - {lot.id}
    return set(
        session.scalars(
            select(Item.code).join(Lot, Lot.item_id == Item.id).where(Lot.id.in_(found))
        )
    )
