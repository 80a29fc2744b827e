"""The cards of the production board: a run with its day, whom it is for, and what it waits for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.planning.material_badge import Badge
from hub.models.making.run_views import OrderNamed, RunRow, run_rows
from hub.models.materials.material_badges import MaterialBadge, material_badges
from hub.models.records.items import WorkCentre
from hub.models.records.production import ProductionOrder
from hub.web.making.production_moves import Move, moves_of

DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where and when the first step of a run that has a work centre begins."""

    centre: str
    on: date
    at: str
    """The clock, "09:30"; empty when the centre's hours are not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One run as the board shows it."""

    row: RunRow
    badges: Sequence[MaterialBadge]
    """Its materials, the worst first."""
    moves: Sequence[Move]
    place: Place | None

    @property
    def promised_on(self) -> date | None:
        """The first day somebody was promised what it makes."""
        days = [s.order.promised_on for s in self.row.orders if s.order.promised_on]
        return min(days, default=None)

    @property
    def late(self) -> list[OrderNamed]:
        """The orders it works for that will miss the day they were promised, as Today says."""
        if self.row.run.state == "done":
            return []
        return [each.order for each in self.row.orders if each.order.is_at_risk]

    @property
    def is_at_risk(self) -> bool:
        """Whether somebody waits too long for it, or the plan finds no day for it at all."""
        return bool(self.late) or (
            self.row.run.no_day != "" and self.row.run.state != "done"
        )

    @property
    def is_reserved(self) -> bool:
        """Whether all its materials lie ready."""
        return all(each.state is Badge.RESERVED for each in self.badges)

    @property
    def troubles(self) -> list[MaterialBadge]:
        """Its materials that do not lie ready."""
        return [each for each in self.badges if each.state is not Badge.RESERVED]

    def only(self, moves: Sequence[Move]) -> "Card":
        """Return the same card with these moves."""
        return replace(self, moves=moves)


def cards_of(
    session: Session, *, runs: Sequence[ProductionOrder], today: date
) -> list[Card]:
    """Return the cards of runs, in the order given. It will read a fixed number of times."""
    rows = run_rows(session, runs=runs)
    badges = material_badges(session, rows=rows, today=today)
    centres = {each.code: each for each in session.scalars(select(WorkCentre))}
    return [
        Card(
            row=row,
            badges=badges.get(row.run.id, ()),
            moves=moves_of(row),
            place=_place(row, centres=centres),
        )
        for row in rows
    ]


def clock(minute: int) -> str:
    """Write minutes after midnight as a clock does."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _place(row: RunRow, *, centres: Mapping[str, WorkCentre]) -> Place | None:
    step = next((each for each in row.steps if each.centre in centres), None)
    if step is None or step.centre is None:
        return None
    centre = centres[step.centre]
    minute = centre.opens_at + step.slot.starts_minute
    at = clock(minute) if minute < DAY_MINUTES else ""
    return Place(centre=centre.name, on=step.slot.starts_on, at=at)
