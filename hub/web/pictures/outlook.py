"""What there will be of an item in the next eight weeks, as the plan has it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from hub.models.catalogue.item_outlook import Movement, Outlook, item_outlook
from hub.models.records.items import Item
from hub.web.pictures.bars import Frame
from hub.web.pictures.projection import Projection, project
from hub.web.pictures.steps import Steps, steps

DAYS = 56
WIDTH, HEIGHT = 720, 240
UNIT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookRow:
    """A day on which something changes, and what does."""

    on: date
    came: int
    went: int
    left: int
    comes: Sequence[Movement]
    goes: Sequence[Movement]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookPicture:
    """The line, its days, and what has no day."""

    today: date
    outlook: Outlook
    projection: Projection
    chart: Steps
    levels: Sequence[tuple[str, int, float]]
    """Each level's name (reorder_point, safety_stock), how much it is, and where its line is."""
    rows: Sequence[OutlookRow]
    no_day: Sequence[Movement]
    """What comes nobody knows when."""

    @property
    def marks(self) -> list[tuple[date, float]]:
        """The first day of each week, and where it is."""
        return [
            (self.day(step.slot), step.x) for step in self.chart.steps if step.slot % 7 == 0
        ]

    @property
    def short_on(self) -> tuple[date, float] | None:
        """The first day on which there is less than nothing, and where it is."""
        found = self.projection.first_below_zero
        if found is None:
            return None
        return self.day(found.day), self.chart.steps[found.day].x

    def day(self, slot: int) -> date:
        """Return the day of a place on the axis."""
        return self.today + timedelta(days=slot)


def outlook_picture(session: Session, *, item: Item, today: date) -> OutlookPicture:
    """Draw an item's next weeks: what is free now, with what comes and what goes, day by day."""
    found = item_outlook(session, item_id=item.id, today=today)
    projection = project(
        found.on_hand,
        receipts=[((m.on - today).days, m.quantity) for m in found.comes if m.on],
        demands=[(((m.on or today) - today).days, m.quantity) for m in found.goes],
        days=DAYS,
    )
    named = [
        (name, level)
        for name in ("reorder_point", "safety_stock")
        if (level := int(getattr(item, name)))
    ]
    chart = steps(
        [day.left for day in projection.days],
        frame=Frame(width=WIDTH, height=HEIGHT, left=64, right=16, top=16, bottom=40),
        levels=[level for _, level in named],
        unit=UNIT,
    )
    return OutlookPicture(
        today=today,
        outlook=found,
        projection=projection,
        chart=chart,
        levels=[
            (name, level, y) for (name, level), y in zip(named, chart.levels, strict=True)
        ],
        rows=_rows(found, projection=projection, today=today),
        no_day=[movement for movement in found.comes if movement.on is None],
    )


def _rows(found: Outlook, *, projection: Projection, today: date) -> list[OutlookRow]:
    comes, goes = _by_day(found.comes, today=today), _by_day(found.goes, today=today)
    changed = [
        (today + timedelta(days=day.day), day)
        for day in projection.days
        if day.came or day.went
    ]
    return [
        OutlookRow(
            on=on,
            came=day.came,
            went=day.went,
            left=day.left,
            comes=comes[on],
            goes=goes[on],
        )
        for on, day in changed
    ]


def _by_day(
    movements: Sequence[Movement], *, today: date
) -> defaultdict[date, list[Movement]]:
    found: defaultdict[date, list[Movement]] = defaultdict(list)
    for movement in movements:
        found[max(movement.on or today, today)].append(movement)
    return found
