"""A remedy is done by the step a person would take; what is no remedy is refused."""

from datetime import UTC, date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.asking.what_if_changes import PurchaseLate
from hub.domain.asking.what_if_fixes import FixKind
from hub.domain.asking.what_if_remedies import FIRST
from hub.flow.asking.what_if import apply_fix, what_if
from hub.flow.orders import prioritise
from hub.flow.planning.calendars import centre_calendars
from hub.flow.planning.plan import replan
from hub.flow.refusal import Invalid, Missing
from hub.models.records.history import History
from hub.models.records.items import WorkCentre
from hub.models.records.orders import SalesOrder
from hub.models.records.planning import Replan
from hub.models.records.purchasing import PurchaseLine
from tests.factories import NOW
from tests.flow.random_shop import Shop, open_shop

TODAY = NOW.date()
SATURDAY = date(2026, 11, 28)


@pytest.fixture
def shop(session: Session) -> Shop:
    """A shop with purchases on their way, planned."""
    shop = open_shop(session, seed=3)
    replan(session, now=NOW)
    return shop


def apply(session: Session, fix: str) -> FixKind:
    return apply_fix(session, fix=fix, who="user:1", now=NOW)


def a_line(session: Session) -> PurchaseLine:
    lines = select(PurchaseLine).order_by(PurchaseLine.id)
    found = session.scalars(lines).first()
    assert found is not None
    return found


def test_a_purchase_is_expected_on_the_day_it_was_hurried_to(shop: Shop) -> None:
    line, day = a_line(shop.session), TODAY + timedelta(days=2)

    kind = apply(shop.session, f"expedite:{line.id}:{day.toordinal()}")

    assert kind is FixKind.EXPEDITE
    assert line.expected_on == day
    assert line.item_id in set(shop.session.scalars(select(Replan.item_id)))


def test_an_order_that_is_raised_goes_before_all_others(shop: Shop) -> None:
    order = shop.session.scalars(select(SalesOrder).order_by(SalesOrder.id)).first()
    assert order is not None

    apply(shop.session, f"priority:{order.id}")

    assert order.priority == FIRST == prioritise.FIRST


def test_a_work_centre_works_on_the_day_that_was_opened_and_its_history_says_so(
    shop: Shop,
) -> None:
    session = shop.session
    centre = session.scalars(select(WorkCentre).order_by(WorkCentre.id)).first()
    assert centre is not None
    before = centre_calendars(session, today=TODAY)[centre.id].open_on(SATURDAY)

    for _ in range(2):  # saying it again changes nothing
        apply(session, f"open_day:{centre.id}:{SATURDAY.toordinal()}")

    calendar = centre_calendars(session, today=TODAY)[centre.id]
    assert (before, calendar.open_on(SATURDAY)) == (0, 240)
    told = select(History.what).filter_by(subject="work_centre", subject_id=centre.id)
    assert set(session.scalars(told)) == {"work_centre.opened"}


@pytest.mark.parametrize(
    "fix",
    ["", "pray", "split:1", "priority", "priority:x", "expedite:1:0", "open_day:1:9999999"],
)
def test_what_is_no_remedy_is_refused(session: Session, shop: Shop, fix: str) -> None:
    with pytest.raises(Invalid):
        apply(session, fix)


@pytest.mark.parametrize(
    "fix",
    ["substitute:998:999", "expedite:999:740000", "priority:999", "open_day:999:740000"],
)
def test_a_remedy_for_what_is_gone_is_refused(
    session: Session, shop: Shop, fix: str
) -> None:
    with pytest.raises(Missing):
        apply(session, fix)


def test_asking_in_the_database_writes_nothing(shop: Shop) -> None:
    session = shop.session
    session.flush()
    lines = frozenset(session.scalars(select(PurchaseLine.id)))

    what_if(session, changes=[PurchaseLate(lines=lines, days=9)], now=NOW, zone=UTC)

    assert not session.dirty
    assert not session.new
