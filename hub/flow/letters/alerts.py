"""Telling the owners what needs somebody: each thing once, one letter a kind."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.protocol import Registration
from connectors.registry import CHANNELS
from hub.domain.letters.alerts import NAMED, Kind, Signal, Told, is_forgotten, news
from hub.domain.letters.notices import Event, is_address
from hub.flow.letters.alert_words import Say, lines_of, more_of, title_of
from hub.flow.letters.letter_words import alert_words, language_of
from hub.flow.letters.letters_out import Desk, Need, desk_of, post
from hub.models.letters.alert_signals import owners_to_tell, signals_now
from hub.models.records.notifications import OwnerAlert
from hub.models.records.people import User

PAGES: Mapping[str, str] = {
    "item": "/stock/",
    "order": "/orders/",
    "channel": "/channels/",
    "in": "/messages/in/",
    "out": "/messages/out/",
    "review": "/reviews/",
}
"""Where the page of a thing is, by how its subject begins; its id follows."""


def page_of(subject: str) -> str:
    """Return the path of the page of what an alert is about ("order:42:…"): /orders/42."""
    kind, number = subject.split(":")[:2]
    return f"{PAGES[kind]}{number}"


def raise_alerts(
    session: Session,
    *,
    url: str,
    say: Say,
    now: datetime,
    channels: Mapping[str, Registration] = CHANNELS,
) -> int:
    """Write to the owners about what is new, and return how many letters that was.

    `url` is where we are reached from outside, empty where nobody reaches us: then a letter
    names no address. Nothing is remembered as told while nobody can be told.
    """
    desk = desk_of(session, channels=channels)
    owners = [each for each in owners_to_tell(session) if is_address(each.email)]
    if desk is None or not owners:
        return 0
    signals = signals_now(session)
    rows = session.scalars(select(OwnerAlert)).all()
    found = news(signals, told=[_told(row) for row in rows], now=now)
    _remember(session, signals, rows=rows, now=now)
    letters = [
        _write(session, kind, some, owner=owner, desk=desk, url=url, say=say, now=now)
        for kind, some in found.items()
        for owner in owners
    ]
    return sum(letter is not None for letter in letters)


def _told(row: OwnerAlert) -> Told:
    return Told(kind=Kind(row.kind), subject=row.subject, gone_at=row.gone_at)


def _remember(
    session: Session,
    signals: Sequence[Signal],
    *,
    rows: Sequence[OwnerAlert],
    now: datetime,
) -> None:
    """Note what is so now and what is so no more."""
    current = {(signal.kind.value, signal.subject) for signal in signals}
    known = {(row.kind, row.subject): row for row in rows}
    for key in current - known.keys():
        kind, subject = key
        session.add(OwnerAlert(kind=kind, subject=subject, told_at=now))
    for key, row in known.items():
        if key in current:
            row.told_at = now if is_forgotten(row.gone_at, now=now) else row.told_at
            row.gone_at = None
        elif row.gone_at is None:
            row.gone_at = now
        elif is_forgotten(row.gone_at, now=now):
            session.delete(row)
    session.flush()


def _write(
    session: Session,
    kind: Kind,
    signals: Sequence[Signal],
    *,
    owner: User,
    desk: Desk,
    url: str,
    say: Say,
    now: datetime,
) -> int | None:
    language = language_of(owner.locale, desk.locale)
    subjects = ",".join(sorted(signal.subject for signal in signals))
    digest = sha256(f"{subjects} {now.isoformat()}".encode()).hexdigest()
    need = Need(
        event=Event.ALERT,
        subject=kind.value,
        turn=digest[:16],
        recipient=owner.email,
        language=language,
        words=alert_words(
            title=title_of(kind, len(signals), language=language),
            lines=_linked(signals, url=url, language=language, say=say),
            more=more_of(signals, language=language),
            link=f"{url}/" if url else "",
        ),
        mode=desk.mode,
        facts={"about": [_thing(signal) for signal in signals[:NAMED]]},
    )
    return post(session, need, desk=desk, now=now)


def _linked(
    signals: Sequence[Signal], *, url: str, language: str, say: Say
) -> list[tuple[str, str]]:
    """Name the first few, each with the address of its page where we are reached."""
    lines = lines_of(signals, language=language, say=say)
    pages = (page_of(signal.subject) for signal in signals)
    return [
        (line, f"{url}{page}" if url else "")
        for line, page in zip(lines, pages, strict=False)
    ]


def _thing(signal: Signal) -> str:
    """Name what a signal is about without its state: item:7."""
    return ":".join(signal.subject.split(":")[:2])
