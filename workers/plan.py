"""Plans what changed: the whole set of marked items in one transaction."""

from sqlalchemy import exists, select

from hub.flow.planning.plan import replan
from hub.models.records.planning import Replan
from hub.ports import Ports
from workers.day import turn_day


def plan(ports: Ports) -> int:
    """Plan every marked item anew. This function will return how many items it looked at.

    All other orders are dated anew too where the workshop's habits changed.
    """
    if not is_due(ports):
        return 0
    planned = ports.database.run(
        lambda session: replan(
            session,
            now=ports.clock.now(),
            zone=ports.settings.zone,
            channels=ports.channels,
        )
    )
    if planned.orders or planned.stock_told:
        ports.wake.wake("push")
    turn_day(ports)
    return len(planned.items)


def is_due(ports: Ports) -> bool:
    """Say whether any item is marked, without taking a lock."""
    with ports.database.reading() as session:
        return bool(session.scalar(select(exists(select(Replan.id)))))
