"""What a letter to an owner is about, as links to the pages of these things."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.flow.letters.alerts import PAGES, page_of
from hub.models.by_id import as_id
from hub.models.people.audit_views import names_of_things
from hub.web.people.audit_words import SUBJECTS
from hub.web.wording.words import said

SUBJECT_OF: Mapping[str, str] = {"in": "inbound", "out": "outbound"}
"""What the history calls what an alert calls otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One thing a letter is about."""

    kind: str
    name: str
    page: str


def things_of(session: Session, about: object) -> list[Thing]:
    """Name what a letter is about (["order:42", …]) with its pages; what is gone has no name."""
    named = [each for each in map(_read, _texts(about)) if each is not None]
    names = names_of_things(session, things=[(_subject(kind), n) for kind, n in named])
    return [
        Thing(
            kind=said(SUBJECTS, _subject(kind)),
            name=names.get((_subject(kind), number), ""),
            page=page_of(f"{kind}:{number}"),
        )
        for kind, number in named
    ]


def _texts(about: object) -> list[str]:
    return [str(each) for each in about] if isinstance(about, list) else []


def _read(written: str) -> tuple[str, int] | None:
    kind, _, number = written.partition(":")
    found = as_id(number)
    return (kind, found) if kind in PAGES and found is not None else None


def _subject(kind: str) -> str:
    return SUBJECT_OF.get(kind, kind)
