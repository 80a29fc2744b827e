"""Looks once a day at what the items kept in stock have sold, and says what to expect."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from hub.flow.planning.forecasts import refresh_forecasts
from hub.models.claims.alive import is_turn, take_turn
from hub.models.records.channels import ChannelAccount
from hub.ports import Ports

TURN = "forecasts"
EVERY = timedelta(days=1)


def forecast_due(ports: Ports, session: Session, _: Sequence[ChannelAccount]) -> bool:
    """Say whether a day has passed since the last look."""
    return is_turn(session, name=TURN, now=ports.clock.now(), every=EVERY)


def forecast(ports: Ports) -> int:
    """Make the forecasts of the day; return how many there are."""
    now = ports.clock.now()

    def work(session: Session) -> int:
        if not take_turn(session, name=TURN, now=now, every=EVERY):
            return 0
        return refresh_forecasts(session, now=now, zone=ports.settings.zone)

    return ports.database.run(work)
