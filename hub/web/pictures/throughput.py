"""What came in, was made and left, day by day: a chart of bars for two weeks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from sqlalchemy.orm import Session

from hub.models.orders.order_flow import Throughput, throughput
from hub.web.pictures.bars import Bars, Frame, bars

DAYS = 14
WIDTH, HEIGHT = 400, 188


@dataclass(frozen=True, slots=True, kw_only=True)
class ThroughputPicture:
    """Two weeks, today the last day, and their bars: series 0 came, 1 made, 2 shipped."""

    days: Sequence[date]
    counts: Throughput
    chart: Bars

    @property
    def rows(self) -> list[tuple[date, int, int, int]]:
        """Each day with its three counts, for the table."""
        found = self.counts
        return list(zip(self.days, found.came, found.made, found.shipped, strict=True))

    @property
    def is_empty(self) -> bool:
        """Say whether nothing happened in all of the days."""
        return not self.chart.bars


def throughput_picture(session: Session, *, today: date, zone: tzinfo) -> ThroughputPicture:
    """Draw the last days, each from midnight to midnight in the workshop."""
    days = [today - timedelta(days=DAYS - 1 - n) for n in range(DAYS)]
    bounds = [
        datetime.combine(on, time(), zone) for on in (*days, today + timedelta(days=1))
    ]
    counts = throughput(session, bounds=bounds)
    return ThroughputPicture(
        days=days,
        counts=counts,
        chart=bars(
            (counts.came, counts.made, counts.shipped),
            frame=Frame(width=WIDTH, height=HEIGHT),
        ),
    )
