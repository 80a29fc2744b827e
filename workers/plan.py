"""Plans what changed: the whole set of marked items in one transaction."""

from sqlalchemy import exists, select

from hub.flow.plan import replan
from hub.models.planning import Replan
from hub.ports import Ports


def plan(ports: Ports) -> int:
    """Plan every marked item anew. This function will return how many items it looked at."""
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
    return len(planned.items)


def is_due(ports: Ports) -> bool:
    """Say whether any item is marked, without taking a lock."""
    with ports.database.reading() as session:
        return bool(session.scalar(select(exists(select(Replan.id)))))
