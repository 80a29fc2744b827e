"""When the house works and ships: weekly hours, its own closures, and public holidays."""

from collections import defaultdict
from datetime import date
from functools import lru_cache

import holidays
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.days.capacity import Calendar
from hub.domain.days.promise import ShippingDays
from hub.domain.planning.habits import Habits
from hub.flow.refusal import Invalid
from hub.models.planning.habits import habits_of
from hub.models.records.items import WorkCentre, WorkCentreClosure, WorkCentreOpening
from hub.models.records.workshop import ShippingClosure

NAMED_IN = {"en": "en_US"}
"""What the library calls a language (holidays, `supported_languages`), where not as we do."""
YEARS_AHEAD = 4
"""The calendar of runs reaches three years from today (hub/domain/days/capacity.py)."""


def check_place(country: str, *, region: str) -> None:
    """Make sure that the public holidays of a place are known; an empty country keeps none.

    :raises Invalid: a country or region nobody knows the holidays of; those known are named.
    """
    if not country:
        if region:
            raise Invalid("Say of which country this is a region.", field="region")
        return
    known = holidays.list_supported_countries()
    if country not in known:
        raise Invalid(f"Choose one of {', '.join(sorted(known))}.", field="country")
    regions = known[country]
    if region and region not in regions:
        if not regions:
            raise Invalid(f"The regions of {country} are not told apart.", field="region")
        raise Invalid(f"Choose one of {', '.join(sorted(regions))}.", field="region")


def public_holidays(country: str, *, region: str = "", today: date) -> frozenset[date]:
    """Return the public holidays of a place from last year on, as far as runs are planned."""
    return _holidays(country, region, today.year) if country else frozenset()


@lru_cache(maxsize=16)
def _holidays(country: str, region: str, year: int) -> frozenset[date]:
    years = range(year - 1, year + YEARS_AHEAD + 1)
    return frozenset(holidays.country_holidays(country, subdiv=region or None, years=years))


def named_holidays(
    country: str, *, region: str = "", language: str, from_on: date, until_on: date
) -> list[tuple[date, str]]:
    """Return the public holidays of a place within a time, by name.

    They are named in `language` where the country's are, else in the country's own.
    """
    if not country:
        return []
    years = range(from_on.year, until_on.year + 1)
    kept = holidays.country_holidays(
        country,
        subdiv=region or None,
        years=years,
        language=NAMED_IN.get(language, language),
    )
    return sorted((day, name) for day, name in kept.items() if from_on <= day <= until_on)


def centre_calendars(session: Session, *, today: date) -> dict[int, Calendar]:
    """Return the calendar of each work centre."""
    habits = habits_of(session)
    kept = public_holidays(habits.country, region=habits.region, today=today)
    closures: dict[int, set[date]] = defaultdict(set)
    for closure in session.scalars(select(WorkCentreClosure)):
        closures[closure.work_centre_id].add(closure.day)
    openings: dict[int, dict[date, int]] = defaultdict(dict)
    for opening in session.scalars(select(WorkCentreOpening)):
        openings[opening.work_centre_id][opening.day] = opening.minutes
    return {
        centre.id: Calendar(
            minutes=tuple(each for each in centre.open_minutes if isinstance(each, int)),
            closures=frozenset(closures[centre.id])
            | (kept if centre.keeps_holidays else set()),
            opens_at=centre.opens_at,
            openings=openings[centre.id],
        )
        for centre in session.scalars(select(WorkCentre))
    }


def shipping_days(session: Session, *, habits: Habits, today: date) -> ShippingDays:
    """Return when parcels leave the house."""
    closures = frozenset(session.scalars(select(ShippingClosure.day)))
    return ShippingDays(
        weekdays=habits.shipping_weekdays,
        closures=closures
        | public_holidays(habits.country, region=habits.region, today=today),
        cut_off=habits.cut_off,
        pack_days=habits.pack_days,
    )
