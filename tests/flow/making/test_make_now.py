"""A run that waits for more material than it needs for the urgent: cut, made, the rest planned."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.asking.what_if_changes import PurchaseLate
from hub.domain.asking.what_if_fixes import FixKind
from hub.flow.asking.what_if import apply_fix, what_if
from hub.flow.making.make_now import make_now
from hub.flow.planning.plan import replan
from hub.flow.refusal import Invalid, Missing
from hub.flow.step import StepRefused
from hub.invariants import check
from hub.models.records.orders import SalesOrder
from hub.models.records.production import ProductionNeed, ProductionOrder
from hub.models.records.purchasing import PurchaseLine
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
from tests.flow.bench import WHO

KILO = 1_000_000


def shop(session: Session) -> tuple[SalesOrder, SalesOrder, ProductionOrder]:
    """Two orders share a run of two batches; the wax in the house is enough for one."""
    candle, wax = make_item(session, code="CANDLE"), make_item(session, code="WAX")
    make_recipe(session, item=candle, uses={wax: 2 * KILO}, batch_size=10 * PIECE)
    make_lot(session, item=wax, quantity=3 * KILO)
    make_purchase(
        session,
        item=wax,
        quantity=5 * KILO,
        expected_on=NOW.date() + timedelta(days=7),
    )
    account = make_account(session)
    first = make_order(session, account=account, lines={candle: 6})
    second = make_order(
        session, account=account, lines={candle: 9}, placed_at=NOW + timedelta(hours=1)
    )
    replan(session, now=NOW)
    return first, second, runs(session)[0]


def runs(session: Session) -> list[ProductionOrder]:
    return list(session.scalars(select(ProductionOrder).order_by(ProductionOrder.id)))


def cut(session: Session, run: ProductionOrder, *, batches: int) -> None:
    make_now(session, production_order_id=run.id, batches=batches, who=WHO, now=NOW)


def test_what_the_materials_suffice_for_is_made_now_for_the_most_urgent(
    session: Session,
) -> None:
    first, second, run = shop(session)
    before = first.earliest_on, second.earliest_on

    cut(session, run, batches=1)

    now, later = runs(session)
    assert (now.state, now.batches, now.planned) == ("released", 1, 10 * PIECE)
    assert (later.state, later.batches) == ("planned", 1)
    assert now.starts_on == NOW.date()
    assert first.earliest_on is not None
    assert before[0] is not None
    assert first.earliest_on < before[0]
    assert second.earliest_on == before[1]
    need = session.scalars(
        select(ProductionNeed).filter_by(production_order_id=now.id)
    ).one()
    assert need.needed == 2 * KILO
    assert check(session) == []


def test_the_remedy_of_a_question_can_be_done_from_there(session: Session) -> None:
    first, _, run = shop(session)
    first.promised_on = NOW.date() + timedelta(days=9)
    lines = frozenset(session.scalars(select(PurchaseLine.id)))
    late = PurchaseLate(lines=lines, days=10)
    answer = what_if(session, changes=[late], now=NOW)
    remedy = next(each for each in answer.fixes if each.fix.kind is FixKind.SMALLER_RUN)

    apply_fix(session, fix=remedy.fix.id, who=WHO, now=NOW)

    assert remedy.can_apply
    assert (run.state, run.batches) == ("released", 1)


def test_a_run_has_only_sizes_its_recipe_allows_and_is_cut_while_it_is_planned(
    session: Session,
) -> None:
    _, _, run = shop(session)

    with pytest.raises(Invalid) as refused:
        cut(session, run, batches=0)
    cut(session, run, batches=1)
    with pytest.raises(StepRefused):
        cut(session, run, batches=2)
    with pytest.raises(Missing):
        make_now(session, production_order_id=999, batches=1, who=WHO, now=NOW)

    assert refused.value.field == "batches"
