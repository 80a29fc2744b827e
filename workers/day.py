"""Works out all dates anew when the workshop's day takes a turn."""

from functools import partial

from hub.flow.planning import new_day
from hub.ports import Ports

AT_ONCE = 200
"""Orders in one transaction, so that others need not wait for all of them."""


def turn_day(ports: Ports) -> int:
    """Place all runs, date all open orders, offer what is good, if the day took a turn.

    The number of orders is the answer.

    It may be done twice, by two processes or after a crash: the same dates are found again.
    """
    now, zone = ports.clock.now(), ports.settings.zone
    with ports.database.reading() as session:
        if not new_day.is_new(session, now=now, zone=zone):
            return 0
    orders = ports.database.run(
        lambda session: new_day.begin_day(session, now=now, zone=zone)
    )
    for first in range(0, len(orders), AT_ONCE):
        some = orders[first : first + AT_ONCE]
        ports.database.run(
            partial(new_day.refresh_some, order_ids=some, now=now, zone=zone)
        )
    told = ports.database.run(
        lambda session: new_day.offer_anew(
            session, now=now, zone=zone, channels=ports.channels
        )
    )
    if told:
        ports.wake.wake("push")
    ports.database.run(lambda session: new_day.end_day(session, now=now))
    return len(orders)
