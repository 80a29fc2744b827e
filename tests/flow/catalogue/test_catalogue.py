"""Adding recipes and work centres; nothing is made of itself."""

from collections.abc import Callable, Iterator
from datetime import UTC

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from hub.domain.asking.whole_plan import plan_everything
from hub.domain.catalogue.recipe import RecipeLine
from hub.flow.catalogue import catalogue
from hub.flow.catalogue.circles import MadeOfItself
from hub.flow.catalogue.items import CodeTaken
from hub.flow.planning.planning_state import planning_state
from hub.flow.refusal import Invalid, Missing, Refusal
from hub.models.people.subject_history import history_of
from hub.models.records.items import Item, Recipe, WorkCentre
from hub.models.session import Database
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_order,
    make_recipe,
)
from tests.flow.bench import WHO, make_run, marked
from tests.flow.candle_maker import plan


@pytest.fixture
def lite(sqlite_database: Database) -> Iterator[Session]:
    """One engine is enough where nothing is ever asked of it."""
    with Session(sqlite_database.engine, expire_on_commit=False) as session:
        yield session


WEEK = [480, 480, 480, 480, 300, 0, 0]


def add_recipe(session: Session, item: Item, *uses: Item, **changed: int | None) -> int:
    return catalogue.add_recipe(
        session,
        item_id=item.id,
        batch_size=changed.pop("batch_size", 10 * PIECE) or 0,
        lines=[
            RecipeLine(item_id=used.id, quantity=changed.pop("quantity", 5) or 0)
            for used in uses
        ],
        who=WHO,
        now=NOW,
        **changed,  # type: ignore[arg-type]
    )


# Recipes ----------------------------------------------------------------------------------


def test_the_next_version_of_a_recipe_takes_over(session: Session) -> None:
    candle, wax, jar = (make_item(session, code=code) for code in ("CANDLE", "WAX", "JAR"))
    first = add_recipe(session, candle, wax)

    second = add_recipe(session, candle, wax, jar)

    recipes = session.scalars(
        select(Recipe).options(selectinload(Recipe.lines)).order_by(Recipe.version)
    ).all()
    assert [(each.id, each.version, each.is_active) for each in recipes] == [
        (first, 1, False),
        (second, 2, True),
    ]
    assert [line.item_id for line in recipes[1].lines] == [wax.id, jar.id]
    assert marked(session) == {candle.id, wax.id, jar.id}


def test_nothing_is_made_of_itself(session: Session) -> None:
    wax = make_item(session, code="WAX")

    with pytest.raises(MadeOfItself, match="Soy wax ← Soy wax") as refused:
        add_recipe(session, wax, wax)

    assert refused.value.field == "lines"


def test_nothing_is_made_of_itself_through_others(session: Session) -> None:
    soap, base, oil = (
        make_item(session, code=code) for code in ("SOAP", "SOAPBASE", "OIL")
    )
    make_recipe(session, item=soap, uses={base: 5})
    make_recipe(session, item=base, uses={oil: 5})

    with pytest.raises(MadeOfItself, match="Olive oil would be made of itself"):
        add_recipe(session, oil, soap)

    assert session.scalar(select(Recipe).filter_by(item_id=oil.id)) is None


def test_a_run_still_going_on_counts_as_a_way_round(session: Session) -> None:
    soap, base, oil = (
        make_item(session, code=code) for code in ("SOAP", "SOAPBASE", "OIL")
    )
    make_run(session, item=soap, uses={base: 5})
    add_recipe(session, soap, oil)

    with pytest.raises(MadeOfItself):
        add_recipe(session, base, soap)


def test_a_planned_run_that_follows_the_next_recipe_is_no_way_round_any_more(
    session: Session,
) -> None:
    soap, base, oil = (
        make_item(session, code=code) for code in ("SOAP", "SOAPBASE", "OIL")
    )
    add_recipe(session, soap, base)
    make_order(session, account=make_account(session), lines={soap: 10})
    plan(session)
    add_recipe(session, soap, oil)
    plan(session)

    add_recipe(session, base, soap)

    plan(session)
    state = planning_state(session, now=NOW, zone=UTC)
    assert len(plan_everything(state).cover.runs) == 1


def test_the_next_recipe_may_leave_out_what_the_last_one_took(session: Session) -> None:
    soap, base, oil = (
        make_item(session, code=code) for code in ("SOAP", "SOAPBASE", "OIL")
    )
    add_recipe(session, soap, base)
    add_recipe(session, soap, oil)

    add_recipe(session, base, soap)

    assert len(session.scalars(select(Recipe).filter_by(is_active=True)).all()) == 2


@pytest.mark.parametrize(
    "field, changed",
    [
        ("batch_size", {"batch_size": 0}),
        ("batch_size", {"batch_size": 1, "loss_bp": 5000}),
        ("loss_percent", {"loss_bp": 10_000}),
        ("lines", {"quantity": 0}),
        ("min_batches", {"min_batches": 0}),
        ("max_batches", {"min_batches": 5, "max_batches": 4}),
        ("max_batches", {"step_batches": 4, "max_batches": 3}),
        ("step_batches", {"step_batches": 0}),
        ("min_batches", {"batch_size": 10**15, "min_batches": 2}),
        ("setup_minutes", {"setup_minutes": -1}),
        ("batch_minutes", {"batch_minutes": -1}),
        ("rest_days", {"rest_days": -1}),
    ],
)
def test_what_a_recipe_cannot_be_is_named(
    lite: Session, field: str, changed: dict[str, int | None]
) -> None:
    candle, wax = make_item(lite, code="CANDLE"), make_item(lite, code="WAX")

    with pytest.raises(Invalid) as refused:
        add_recipe(lite, candle, wax, **changed)

    assert refused.value.field == field
    assert lite.scalars(select(Recipe)).all() == []


def test_a_recipe_of_nothing_is_none(session: Session) -> None:
    with pytest.raises(Invalid, match="what it is made of"):
        add_recipe(session, make_item(session, code="CANDLE"))


def test_an_item_is_named_once_in_a_recipe(session: Session) -> None:
    candle, wax = make_item(session, code="CANDLE"), make_item(session, code="WAX")

    with pytest.raises(Invalid, match="named twice"):
        add_recipe(session, candle, wax, wax)


@pytest.mark.parametrize(
    "refusal, lines, item, centre",
    [(Missing, 1, 99, None), (Invalid, 99, 1, None), (Missing, 2, 1, 99)],
)
def test_a_recipe_names_only_what_is_there(
    session: Session, refusal: type[Refusal], lines: int, item: int, centre: int | None
) -> None:
    make_item(session, code="CANDLE")
    make_item(session, code="WAX")

    with pytest.raises(refusal):
        catalogue.add_recipe(
            session,
            item_id=item,
            batch_size=PIECE,
            lines=[RecipeLine(item_id=lines, quantity=5)],
            work_centre_id=centre,
            who=WHO,
            now=NOW,
        )


# Work centres -----------------------------------------------------------------------------


def test_a_work_centre_has_its_week(session: Session) -> None:
    centre_id = catalogue.add_work_centre(
        session, code="POT", name="Melting pot", open_minutes=WEEK, who=WHO, now=NOW
    )

    assert session.get_one(WorkCentre, centre_id).open_minutes == WEEK
    (story,) = history_of(session, subject="work_centre", subject_id=centre_id)
    assert (story.what, story.who) == ("work_centre.added", WHO)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda session: catalogue.add_work_centre(
            session, code="POT", name="Pot", open_minutes=WEEK[:6], who=WHO, now=NOW
        ),
        lambda session: catalogue.add_work_centre(
            session,
            code="POT",
            name="Pot",
            open_minutes=[1441, *WEEK[1:]],
            who=WHO,
            now=NOW,
        ),
    ],
)
def test_a_week_has_seven_days_of_24_hours(
    session: Session, attempt: Callable[[Session], int]
) -> None:
    with pytest.raises(Invalid) as refused:
        attempt(session)

    assert refused.value.field == "open_minutes"


def test_two_work_centres_do_not_share_a_code(session: Session) -> None:
    catalogue.add_work_centre(
        session, code="POT", name="Pot", open_minutes=WEEK, who=WHO, now=NOW
    )

    with pytest.raises(CodeTaken):
        catalogue.add_work_centre(
            session, code="POT", name="Pan", open_minutes=WEEK, who=WHO, now=NOW
        )
