"""What happened, day by day, each event with a sign; all of it, or what people or machines did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import groupby

from hub.models.records.history import History
from hub.web.wording.event_words import events
from hub.web.wording.language import N_

SHOWN: Mapping[str, str] = {
    "all": N_("All"),
    "people": N_("People"),
    "machine": N_("Machine"),
}
"""Whose doings a timeline shows."""
PEOPLE = ("user", "token")
STIR = frozenset({"run.relinked", "run.moved"})
"""What a run that serves many orders goes through for each of them: told with the machine's."""
SIGNS: Mapping[str, str] = {
    "order.note": "✎",
    "order.phase": "◆",
    "order.at_risk": "!",
    "order.cancelled": "×",
    "order.on_hold": "‖",
    "order.received": "↓",
    "order.changed": "↓",
    "order.by_mail": "↓",
    "channel.told": "↑",
    "order.promised": "◷",
    "order.on_time": "◷",
    "order.later": "◷",
}
BY_SUBJECT: Mapping[str, str] = {
    "shipment": "→",
    "production_order": "▸",
    "line": "≡",
}
OTHER = "·"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened."""

    at: datetime
    clock: str
    """Hours and minutes, on the workshop's clock."""
    sign: str
    words: str
    why: str
    who: str
    is_note: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of a timeline, the newest of it first."""

    on: date
    entries: Sequence[Entry]


def days_of(
    rows: Sequence[History],
    *,
    runs: Mapping[int, str],
    actors: Mapping[str, str],
    zone: tzinfo,
    shown: str = "all",
) -> list[Day]:
    """Tell what happened, the newest day first. `rows` are in time, `shown` a key of SHOWN."""
    mine = [row for row in rows if _is_shown(row, shown)]
    said = events(mine, runs=runs, actors=actors)
    entries = [
        Entry(
            at=event.at,
            clock=f"{event.at.astimezone(zone):%H:%M}",
            sign=SIGNS.get(row.what) or BY_SUBJECT.get(row.subject, OTHER),
            words=event.words,
            why=event.why,
            who=event.who,
            is_note=row.what == "order.note",
        )
        for row, event in zip(reversed(mine), said, strict=True)
    ]
    by_day = groupby(entries, key=lambda entry: entry.at.astimezone(zone).date())
    return [Day(on=on, entries=list(each)) for on, each in by_day]


def _is_shown(row: History, shown: str) -> bool:
    if shown == "all":
        return row.what not in STIR
    return is_person(row) == (shown == "people")


def is_person(row: History) -> bool:
    """Say whether somebody did it, at a page or with a program of theirs."""
    return row.who.partition(":")[0] in PEOPLE
