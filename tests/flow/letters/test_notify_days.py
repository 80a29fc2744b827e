"""The days a buyer is told: the first, a later one and why, and none twice."""

from sqlalchemy.orm import Session

from hub.domain.letters.notices import Event
from hub.flow.letters.notify import tell, tell_days
from hub.models.records.orders import SalesOrder
from tests.factories import (
    NOW,
)
from tests.flow.letters.letterbox import (
    FRIDAY,
    MONDAY,
    SOON,
    TUESDAY,
    an_order,
    buyer,
    day,
    leaving,
    mailbox,
    said,
)


def told_friday(session: Session) -> SalesOrder:
    """An order whose buyer read that it comes on Friday."""
    mailbox(session)
    order = an_order(session)
    order.promised_on = order.earliest_on = FRIDAY
    tell_days(session, days=[day(order, FRIDAY)], now=NOW)
    leaving(session)
    return order


def test_the_first_day_confirms_and_nothing_else_is_said_in_the_same_breath(
    session: Session,
) -> None:
    mailbox(session)
    order = an_order(session)
    order.promised_on = order.earliest_on = FRIDAY
    tell(session, order_id=order.id, event=Event.RECEIVED, now=NOW)

    tell_days(session, days=[day(order, FRIDAY)], now=NOW)

    received, confirmed = leaving(session)
    assert received is None
    assert confirmed is not None
    assert "27 de noviembre de 2026" in confirmed.text


def test_who_only_hears_that_it_came_still_hears_that(session: Session) -> None:
    mailbox(session)
    order = an_order(session)
    tell(session, order_id=order.id, event=Event.RECEIVED, now=NOW)

    (received,) = leaving(session)

    assert received is not None
    assert received.to == "maria.ruiz@example.com"


def test_a_later_day_is_told_once_and_why(session: Session) -> None:
    mailbox(session)
    order = an_order(session)
    order.promised_on, order.earliest_on = FRIDAY, FRIDAY
    tell_days(session, days=[day(order, FRIDAY)], now=NOW)
    leaving(session)
    order.earliest_on = MONDAY

    tell_days(session, days=[day(order, MONDAY, committed=FRIDAY)], now=NOW)
    tell_days(session, days=[day(order, MONDAY, committed=FRIDAY)], now=NOW + SOON)

    (delayed,) = leaving(session)
    assert delayed is not None
    assert "30 de noviembre de 2026" in delayed.text
    assert "en lugar del viernes, 27 de noviembre" in delayed.text
    assert "un material llega más tarde" in delayed.text
    assert said(session) == ["confirmed", "delayed"]


def test_a_day_that_comes_nearer_again_is_not_told(session: Session) -> None:
    mailbox(session)
    order = an_order(session)
    order.promised_on, order.earliest_on = FRIDAY, MONDAY
    tell_days(session, days=[day(order, MONDAY)], now=NOW)
    leaving(session)

    tell_days(session, days=[day(order, FRIDAY, committed=FRIDAY)], now=NOW)

    assert said(session) == ["confirmed"]


def test_a_delay_that_is_over_before_its_letter_left_is_not_told(session: Session) -> None:
    order = told_friday(session)
    tell_days(session, days=[day(order, MONDAY, committed=FRIDAY)], now=NOW)
    order.earliest_on = FRIDAY
    session.flush()

    assert leaving(session) == [None]


def test_a_delay_that_comes_back_is_told_after_all(session: Session) -> None:
    order = told_friday(session)
    tell_days(session, days=[day(order, MONDAY, committed=FRIDAY)], now=NOW)
    leaving(session)
    order.earliest_on = MONDAY
    session.flush()

    tell_days(session, days=[day(order, MONDAY, committed=FRIDAY)], now=NOW)

    (delayed,) = leaving(session)
    assert delayed is not None


def test_of_two_delays_that_wait_only_the_newer_leaves(session: Session) -> None:
    order = told_friday(session)
    order.earliest_on = TUESDAY

    tell_days(session, days=[day(order, MONDAY, committed=FRIDAY)], now=NOW)
    tell_days(session, days=[day(order, TUESDAY, committed=FRIDAY)], now=NOW)

    monday, tuesday = leaving(session)
    assert monday is None
    assert tuesday is not None
    assert "viernes, 27 de noviembre" in tuesday.text


def test_a_first_day_that_moves_before_its_letter_left_is_said_once(
    session: Session,
) -> None:
    mailbox(session)
    order = an_order(session)
    order.promised_on, order.earliest_on = FRIDAY, MONDAY

    tell_days(session, days=[day(order, FRIDAY)], now=NOW)
    tell_days(session, days=[day(order, MONDAY, committed=FRIDAY)], now=NOW)

    friday, monday = leaving(session)
    assert friday is None
    assert monday is not None
    assert said(session) == ["confirmed", "confirmed"]


def test_who_is_not_told_of_first_days_is_told_of_later_ones(session: Session) -> None:
    mailbox(session)
    order = an_order(session)
    buyer(session, order).notify = {"confirmed": False}
    order.promised_on, order.earliest_on = FRIDAY, MONDAY
    session.flush()

    tell_days(session, days=[day(order, FRIDAY)], now=NOW)
    tell_days(session, days=[day(order, MONDAY, committed=FRIDAY)], now=NOW)

    assert said(session) == ["delayed"]
