"""The words of our letters: those Hornada brings along, and what the workshop made of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from sqlalchemy.orm import Session

from hub.domain.letters.notices import Event
from hub.flow.letters.letter_rendering import Rendered, Template, Words, check, render
from hub.flow.letters.letter_words import LANGUAGES, sample_words
from hub.flow.refusal import Invalid, Missing, SomebodyWasFirst
from hub.models.letters.notification_queries import newest_template
from hub.models.records.history import record
from hub.models.records.notifications import NotificationTemplate

SUBJECT = "Subject: "
BUILT_IN = 0
"""The version of the words Hornada brings along."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """The words that count now, and which version of them: 0 is the one Hornada brings along."""

    template: Template
    version: int
    newest: int
    """The newest version there is, be it withdrawn; what an edit must have seen."""


@cache
def built_in(event: Event, *, locale: str) -> Template:
    """Read the words Hornada brings along."""
    folder = files("hub.flow.letters").joinpath("templates", locale)
    written = folder.joinpath(f"{event.value}.txt").read_text(encoding="utf-8")
    subject, _, text = written.partition("\n\n")
    return Template(
        subject=subject.removeprefix(SUBJECT),
        text=text,
        html=folder.joinpath(f"{event.value}.html").read_text(encoding="utf-8"),
    )


def current(session: Session, *, event: Event, locale: str) -> Current:
    """Return the words that count now."""
    newest = newest_template(session, event=event.value, locale=locale)
    if newest is None or newest.is_withdrawn:
        return Current(
            template=built_in(event, locale=locale),
            version=BUILT_IN,
            newest=newest.version if newest else BUILT_IN,
        )
    template = Template(subject=newest.subject, text=newest.text, html=newest.html)
    return Current(template=template, version=newest.version, newest=newest.version)


def write(
    session: Session, *, event: Event, locale: str, words: Words, language: str
) -> tuple[Rendered, int]:
    """Render the words that count now; say which version they are.

    Words the workshop wrote are checked when they are saved. Should they fail all the same, the
    letter is written with those Hornada brings along rather than not at all.
    """
    found = current(session, event=event, locale=locale)
    try:
        return render(found.template, words=words, language=language), found.version
    except Invalid:
        plain = built_in(event, locale=locale)
        return render(plain, words=words, language=language), BUILT_IN


def save(
    session: Session,
    *,
    event: str,
    locale: str,
    template: Template,
    seen: int | None = None,
    who: str,
    now: datetime,
) -> int:
    """Write a new version of a letter's words, and give its number; older ones stay.

    `seen` is the version the person had before them, where they say so.

    :raises Invalid: a word that is not known, or no template; the message says the line.
    :raises Missing: there is no such letter or language.
    :raises SomebodyWasFirst: there is a newer version than was seen.
    """
    kind = event_called(event, locale=locale)
    tidied = tidy(template)
    check(tidied, words=sample_words(language=locale))
    render(tidied, words=sample_words(language=locale), language=locale)
    return _add(
        session, kind, locale, tidied, seen=seen, is_withdrawn=False, who=who, now=now
    )


def withdraw(session: Session, *, event: str, locale: str, who: str, now: datetime) -> int:
    """Go back to the words Hornada brings along, as a new version of their own.

    :raises Missing: there is no such letter or language.
    """
    kind = event_called(event, locale=locale)
    found = current(session, event=kind, locale=locale)
    if found.version == BUILT_IN:
        return found.newest
    plain = built_in(kind, locale=locale)
    return _add(
        session, kind, locale, plain, seen=None, is_withdrawn=True, who=who, now=now
    )


def preview(template: Template, *, locale: str, words: Words | None = None) -> Rendered:
    """Show a letter as it would be sent, with made-up words where there is no order.

    :raises Invalid: a word that is not known, or no template; the message says the line.
    """
    tidied = tidy(template)
    check(tidied, words=sample_words(language=locale))
    return render(tidied, words=words or sample_words(language=locale), language=locale)


def event_called(event: str, *, locale: str) -> Event:
    """Return a letter by its name.

    :raises Missing: there is no such letter or language.
    """
    if event not in set(Event) or locale not in LANGUAGES:
        raise Missing("There is no such letter.")
    return Event(event)


def words_known(*, locale: str) -> dict[str, str]:
    """Name the words a letter can say, each with an example."""
    return dict(_named(sample_words(language=locale), prefix=""))


def _named(words: Words, *, prefix: str) -> list[tuple[str, str]]:
    named: list[tuple[str, str]] = []
    for name, value in words.items():
        if isinstance(value, str):
            named.append((f"{prefix}{name}", value))
        elif isinstance(value, Mapping):
            named += _named(value, prefix=f"{prefix}{name}.")
        else:
            shown = ", ".join(value[0]) if value else ""
            named.append((f"{prefix}{name}", f"[{shown}]"))
    return named


def tidy(template: Template) -> Template:
    """Take what a browser's field adds off a template."""
    return Template(
        subject=template.subject.strip(),
        text=template.text.replace("\r\n", "\n"),
        html=template.html.replace("\r\n", "\n"),
    )


def _add(
    session: Session,
    event: Event,
    locale: str,
    template: Template,
    *,
    seen: int | None,
    is_withdrawn: bool,
    who: str,
    now: datetime,
) -> int:
    newest = current(session, event=event, locale=locale).newest
    if seen is not None and seen != newest:
        raise SomebodyWasFirst("Somebody changed this letter meanwhile: look again.")
    made = NotificationTemplate(
        event=event.value,
        locale=locale,
        version=newest + 1,
        subject=template.subject,
        text=template.text,
        html=template.html,
        is_withdrawn=is_withdrawn,
        who=who,
        created_at=now,
    )
    session.add(made)
    session.flush()
    record(
        session,
        at=now,
        who=who,
        subject="workshop",
        subject_id=1,
        what="letter.withdrawn" if is_withdrawn else "letter.rewritten",
        detail={"event": event.value, "locale": locale, "version": made.version},
    )
    return made.version
