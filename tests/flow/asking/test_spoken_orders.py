"""What is answered to an order somebody speaks of is what a plan of the whole would answer."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from random import Random

import pytest
from sqlalchemy.orm import Session

from hub.domain.asking.whole_plan import plan_everything
from hub.domain.asking.would_order import Asked, answers, promised_on, with_order
from hub.flow.intake.order_entry import Meant, Reply, Spoken, reply
from hub.flow.planning.plan import replan
from hub.flow.planning.planning_state import planning_state
from hub.models.planning.habits import habits_of
from hub.models.session import Database
from tests.factories import NOW, PIECE
from tests.flow.random_shop import Shop, open_shop

PLANS = 3
ASKED = 5


@pytest.fixture
def session(sqlite_database: Database) -> Iterator[Session]:
    """A session of its own on the quick server: many shops are planned here."""
    with Session(sqlite_database.engine) as session:
        yield session


def a_planned_shop(session: Session, *, seed: int) -> Shop:
    """Plan a shop until a plan changes nothing: its first promises are wishes of the next."""
    shop = open_shop(session, seed=seed)
    for _ in range(PLANS):
        replan(session, now=NOW)
        shop.mark_all()
    replan(session, now=NOW)
    return shop


def spoken_by(dice: Random, shop: Shop) -> Spoken:
    """Make up an order: some goods, sometimes the same twice, soon or whenever, some in a hurry."""
    every = [*shop.products, *shop.bases, *shop.materials]
    chosen = [dice.choice(every) for _ in range(dice.choice((1, 1, 2, 3)))]
    soon = NOW.date() + timedelta(days=dice.randint(0, 12))
    return Spoken(
        lines=[
            (
                Meant(sku=item.code, title="", components={item.id: PIECE}),
                dice.randint(1, 30),
            )
            for item in chosen
        ],
        requested_on=dice.choice((None, soon)),
        priority=dice.choice((1, 50, 100, 100)),
    )


def of_the_whole(session: Session, spoken: Spoken) -> Reply:
    """Answer from a plan of everything there is."""
    wants: dict[int, int] = {}
    for line, pieces in spoken.lines:
        for item_id, each in line.components.items():
            wants[item_id] = wants.get(item_id, 0) + each * pieces
    asked = Asked(
        wants=wants,
        requested_on=spoken.requested_on,
        priority=spoken.priority,
        transit_days=habits_of(session).transit_days,
    )
    whole = planning_state(session, now=NOW, zone=UTC)
    outcome = plan_everything(with_order(whole, asked))
    return Reply(promised_on=promised_on(outcome), items=answers(asked, outcome))


@pytest.mark.parametrize("seed", [400, 402, 11])
def test_an_order_spoken_of_is_answered_as_by_the_whole(
    session: Session, seed: int
) -> None:
    shop = a_planned_shop(session, seed=seed)
    dice = Random(seed)

    for _ in range(ASKED):
        spoken = spoken_by(dice, shop)

        assert reply(session, spoken=spoken, now=NOW) == of_the_whole(session, spoken)


@pytest.mark.parametrize("seed", [420])
def test_what_just_came_in_is_there_before_an_order_spoken_of(
    session: Session, seed: int
) -> None:
    shop = a_planned_shop(session, seed=seed)
    shop.order(more=3)
    shop.mark_all()
    session.flush()
    dice = Random(seed)

    for _ in range(ASKED):
        spoken = spoken_by(dice, shop)

        assert reply(session, spoken=spoken, now=NOW) == of_the_whole(session, spoken)
