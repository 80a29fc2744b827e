"""The audit log, for the owners: who did what to what, when and why, newest first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from flask import Response, url_for
from sqlalchemy.orm import Session

from hub.flow.people.tries import failures_since
from hub.models.newest import Window
from hub.models.people.audit_views import (
    Sought,
    find_history,
    kept_customers,
    names_of_subjects,
    orders_of_lines,
)
from hub.models.people.people_views import everybody, names_of, tokens
from hub.models.records.history import History
from hub.web.documents.given_files import give_csv
from hub.web.documents.safe_csv import csv_pieces
from hub.web.page_door import PageDoor, Routes, asked, asked_id, show
from hub.web.people.audit_words import (
    SUBJECT_PAGES,
    change_words,
    kinds,
    subject_word,
    whats_of,
)
from hub.web.wording.event_words import Event, events
from hub.web.wording.who_words import ACTORS
from hub.web.wording.words import said

ROWS = 50
MOST_ROWS = 10_000
"""As many as one table holds; a narrower range of days gives the rest."""
AT_ONCE = 500
FAILED_SINCE = timedelta(days=1)
YEARS = range(2000, 3000)
HEADER = ("at", "who", "what", "words", "subject", "id", "name", "from", "to", "why")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that happened, as the log shows it."""

    row: History
    event: Event
    subject: str
    name: str
    address: str
    """The page of what it happened to; empty where it has none."""
    change: str
    """From what to what, in words; empty where there is nothing more to say."""


def show_audit(door: PageDoor) -> Response:
    """Show what happened, as far as it is asked for."""
    with door.reading() as session:
        window = Window(ROWS, asked_id("after"))
        found = find_history(session, sought=_sought(door), window=window)
        people = everybody(session)
        failures = failures_since(session, since=door.now() - FAILED_SINCE)
        return show(
            "audit/log.html",
            lines=_lines(session, list(found.rows)),
            next=found.next,
            query=_asked(),
            people=[person.user for person in people],
            programs=tokens(session),
            actors=[(key, said(ACTORS, key)) for key in ACTORS if key != "worker"],
            kinds=kinds(),
            failures=sum(failures.values()),
        )


def export_audit(door: PageDoor) -> Response:
    """Give what is asked for as a table, the newest ten thousand lines of it."""
    return give_csv(csv_pieces(HEADER, _pages(door, _sought(door))), name="audit")


def _pages(door: PageDoor, sought: Sought) -> Iterator[list[list[object]]]:
    """Read the lines page by page, each in a transaction of its own; the newest first."""
    after, left = None, MOST_ROWS
    while left > 0:
        with door.reading() as session:
            window = Window(min(AT_ONCE, left), after)
            found = find_history(session, sought=sought, window=window)
            table = [_row(line) for line in _lines(session, list(found.rows))]
        yield table
        after, left = found.next, left - len(found.rows)
        if after is None:
            return


def _sought(door: PageDoor) -> Sought:
    subject, _, number = asked("about").partition(":")
    is_id = number.isascii() and number.isdigit() and len(number) <= 18
    since, until = _day("from"), _day("to")
    return Sought(
        who=_who(asked("who")),
        whats=whats_of(asked("kind")),
        subject=subject if is_id else "",
        subject_id=int(number) if is_id else None,
        since=_begin(door, since) if since else None,
        until=_begin(door, until + timedelta(days=1)) if until else None,
    )


def _who(written: str) -> str:
    """Read who is asked for: a person or program by id, or one of those who are neither."""
    kind, _, number = written.partition(":")
    if kind in {"user", "token"} and number.isascii() and number.isdigit():
        return written
    return {"token": "token:", "channel": "channel:"}.get(
        written, written if written in ACTORS else ""
    )


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(asked(name))
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _begin(door: PageDoor, day: date) -> datetime:
    return datetime.combine(day, time(), door.zone).astimezone(UTC)


def _asked() -> Mapping[str, str]:
    names = ("who", "kind", "about", "from", "to")
    return {name: asked(name) for name in names if asked(name)}


def _lines(session: Session, rows: list[History]) -> list[Line]:
    names = names_of_subjects(session, rows=rows)
    customers = kept_customers(session, rows=rows)
    names |= {("customer", key): name for key, name in customers.items()}
    orders = orders_of_lines(session, rows=rows)
    runs = {key: name for (kind, key), name in names.items() if kind == "production_order"}
    actors = names_of(session, whos={row.who for row in rows})
    told = events(rows[::-1], runs=runs, actors=actors)
    return [
        Line(
            row=row,
            event=event,
            subject=subject_word(row.subject),
            name=names.get((row.subject, row.subject_id), ""),
            address=_address(row, orders),
            change=change_words(row),
        )
        for row, event in zip(rows, told, strict=True)
    ]


def _address(row: History, orders: Mapping[int, int]) -> str:
    """Return the page of what something happened to; empty where it has none."""
    subject, number = row.subject, row.subject_id
    if subject == "line" and number in orders:
        subject, number = "order", orders[number]
    if subject not in SUBJECT_PAGES or not number:
        return ""
    view, name = SUBJECT_PAGES[subject]
    place = url_for(f"pages.{view}", _method="GET") if not name else None
    return place or url_for(f"pages.{view}", **{name: str(number)})  # type: ignore[arg-type]


def _row(line: Line) -> list[object]:
    row = line.row
    return [
        row.at.isoformat(timespec="seconds"),
        row.who,
        row.what,
        line.event.words,
        row.subject,
        row.subject_id,
        line.name,
        row.from_state,
        row.to_state,
        row.why,
    ]


ROUTES: Routes = (
    ("GET", "/audit", show_audit),
    ("GET", "/audit.csv", export_audit),
)
