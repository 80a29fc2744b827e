"""What the first page shows beside its list: two weeks of orders, and this week's load."""

from dataclasses import dataclass
from datetime import date, tzinfo

from sqlalchemy.orm import Session

from hub.web.pictures.load import WEEK, LoadPicture, load_picture
from hub.web.pictures.throughput import ThroughputPicture, throughput_picture


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayPictures:
    """Both pictures of the first page."""

    throughput: ThroughputPicture
    load: LoadPicture


def today_pictures(session: Session, *, today: date, zone: tzinfo) -> TodayPictures:
    """Draw what pictures/today.html shows, in some nine statements."""
    return TodayPictures(
        throughput=throughput_picture(session, today=today, zone=zone),
        load=load_picture(session, today=today, days=WEEK),
    )
