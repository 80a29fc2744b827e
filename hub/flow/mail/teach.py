"""How a customer's mails are laid out, taught by a person: kept in versions, never overwritten."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.domain.mail.mail_words import fold
from hub.domain.mail.reading_form import NoForm, check_form
from hub.flow.bounds import word
from hub.flow.mail.customers import customer_of
from hub.flow.refusal import Invalid, Missing
from hub.models.records.correspondents import ReadingForm
from hub.models.records.history import record

MOST_FORMS = 50


def teach(
    session: Session,
    *,
    customer_id: int,
    kind: str,
    definition: Mapping[str, object],
    name: str,
    who: str,
    now: datetime,
) -> int:
    """Keep a form for a customer's mails and give its id; one of the same name makes way.

    :raises Missing: there is no such customer.
    :raises Invalid: the form could read nothing, or there are too many.
    """
    customer_of(session, customer_id=customer_id)
    name = word(name, field="name")
    try:
        check_form(kind=kind, definition=definition)
    except NoForm as problem:
        raise Invalid(str(problem), field="definition") from problem
    theirs = select(ReadingForm).filter_by(customer_id=customer_id, is_active=True)
    active = session.scalars(theirs).all()
    if len(active) >= MOST_FORMS:
        raise Invalid(f"At most {MOST_FORMS} lines.", field="definition")
    for form in active:
        form.is_active = form.name != name
    last = select(func.max(ReadingForm.version)).filter_by(
        customer_id=customer_id, name=name
    )
    made = ReadingForm(
        customer_id=customer_id,
        name=name,
        version=(session.scalar(last) or 0) + 1,
        kind=kind,
        definition=dict(definition),
        who=who,
        created_at=now,
    )
    session.add(made)
    session.flush()
    _tell(session, made, "customer.form", who=who, now=now)
    return made.id


def unteach(
    session: Session, *, customer_id: int, form_id: int, who: str, now: datetime
) -> None:
    """Use a form no more. It stays written down; what it read stays read.

    :raises Missing: there is no such form, or it is another customer's.
    """
    form = session.get(ReadingForm, form_id)
    if form is None or form.customer_id != customer_id or not form.is_active:
        raise Missing("This is no longer known of them.")
    form.is_active = False
    session.flush()
    _tell(session, form, "customer.form_gone", who=who, now=now)


def line_form(line: str, *, words: Mapping[str, str]) -> str:
    """Turn a line and the words in it that are the code, the quantity, … into a form's line.

    The longest words are looked for first, so that a code that holds the quantity stays whole.

    :raises Invalid: the words are not in the line.
    """
    text = " ".join(line.split()).replace("{", "(").replace("}", ")")
    found: list[tuple[int, int, str]] = []
    for field, given in sorted(words.items(), key=lambda each: -len(each[1])):
        start, end = _find(text, " ".join(given.split()), taken=found, field=field)
        found.append((start, end, field))
    for start, end, field in sorted(found, reverse=True):
        text = f"{text[:start]}{{{field}}}{text[end:]}"
    return text


def _find(
    text: str, given: str, *, taken: list[tuple[int, int, str]], field: str
) -> tuple[int, int]:
    """Find words in a line, outside of what is taken and not inside a longer word."""
    at = text.find(given) if given else -1
    while at >= 0:
        end = at + len(given)
        is_free = all(end <= start or at >= stop for start, stop, _ in taken)
        if is_free and _is_whole(text, at, end):
            return at, end
        at = text.find(given, at + 1)
    raise Invalid(f"“{given}” is not in that line.", field=field)


def _is_whole(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() and text[start].isalnum()) and not (
        after.isalnum() and text[end - 1].isalnum()
    )


def table_name(headings: Mapping[str, str]) -> str:
    """Name a table's form by its headings, so that the same table is the same form."""
    return " · ".join(sorted(fold(each) for each in headings.values()))[:200]


def _tell(
    session: Session, form: ReadingForm, what: str, *, who: str, now: datetime
) -> None:
    record(
        session,
        at=now,
        who=who,
        subject="customer",
        subject_id=form.customer_id,
        what=what,
        to_state=form.name,
    )
