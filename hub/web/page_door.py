"""The door of every page: one transaction, who acts, the workers' wake-up, a no in words."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import TypeVar
from zoneinfo import ZoneInfo

from flask import Response, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from hub.flow.refusal import Invalid, Refusal
from hub.models.claims.inbox import CannotReplay
from hub.models.claims.outbox import CannotRetry
from hub.ports import Ports
from hub.web.guard.browser_session import me
from hub.web.wording.refusal_words import in_their_words
from mapping.units import UnitProblem

T = TypeVar("T")

View = Callable[..., Response]
"""Takes the door first, then what its rule names."""
Routes = tuple[tuple[str, str, View], ...]
"""What a noun adds to the pages: method, rule, view; a view's name is its endpoint."""

PLAN = ("plan", "push")
"""What to wake after most deeds: something to plan again, and perhaps news for a channel."""

STATUS_OF = {"conflict": 409, "invalid": 422, "missing": 404}
"""What a Refusal's kind becomes."""

PROBLEMS = (Refusal, UnitProblem, CannotReplay, CannotRetry)
"""What is said on the page it happened on, beside what was pressed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One press of a button as the flow sees it: the transaction, who, and when."""

    session: Session
    who: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a form was not done: shown beside the form it is about, with what was typed kept."""

    about: str
    message: str
    field: str = ""
    status: int = 409


class PageDoor:
    """Opens the transaction of a view and turns a refusal into the page it came from."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports

    def now(self) -> datetime:
        """Say what time it is."""
        return self.ports.clock.now()

    @property
    def zone(self) -> ZoneInfo:
        """The workshop's time zone."""
        return self.ports.settings.zone

    def today(self) -> date:
        """Say which day it is in the workshop."""
        return self.now().astimezone(self.zone).date()

    def reading(self) -> AbstractContextManager[Session]:
        """Open a transaction that writes nothing."""
        return self.ports.database.reading()

    def press(
        self,
        change: Callable[[Deed], T],
        *,
        done: Callable[[T], Response],
        again: Callable[[Trouble], Response],
        about: str = "",
        wake: tuple[str, ...] = PLAN,
    ) -> Response:
        """Do what a form asks, whole or not at all, and go on to `done`.

        What cannot be done leads to `again`, with the reason beside the form called `about`. The
        workers are woken when it is committed.
        """
        who, now = me().who, self.now()

        def work(session: Session) -> T:
            return change(Deed(session=session, who=who, now=now))

        try:
            changed = self.ports.database.run(work)
        except PROBLEMS as problem:
            return again(trouble_of(problem, about=about))
        for kind in wake:
            self.ports.wake.wake(kind)
        return done(changed)

    def rehearse(
        self,
        change: Callable[[Deed], Response],
        *,
        again: Callable[[Trouble], Response],
        about: str,
    ) -> Response:
        """Show what a change would do. This function will do it and take it all back."""
        try:
            with self.ports.database.begin() as session:
                shown = change(Deed(session=session, who=me().who, now=self.now()))
                session.rollback()
        except PROBLEMS as problem:
            return again(trouble_of(problem, about=about))
        return shown


def trouble_of(problem: Exception, *, about: str) -> Trouble:
    """Turn what the flow says into what the page shows."""
    kind = problem.kind if isinstance(problem, Refusal) else "conflict"
    if isinstance(problem, UnitProblem):
        kind = "invalid"
    return Trouble(
        about=about,
        message=in_their_words(str(problem)),
        field=problem.field if isinstance(problem, Refusal) else "",
        status=STATUS_OF.get(kind, 409),
    )


def show(template: str, *, trouble: Trouble | None = None, **context: object) -> Response:
    """Write a page. What was asked for is in `query`, for links to the rest of a list."""
    context = {"query": _query(), **context}
    text = render_template(template, trouble=trouble, **context)
    return make_response(text, trouble.status if trouble else 200)


def show_live(
    template: str,
    part: str,
    *,
    here: str = "",
    trouble: Trouble | None = None,
    **context: object,
) -> Response:
    """Write a page with a part that keeps itself fresh.

    The part asks for itself every few seconds with the stamp of what it shows: 204 when nothing
    changed, so that nothing moves under anybody's hand. `here` is the address where the page is
    read: a form that was refused shows the page at its own address, which cannot be read, and an
    address that does something once is not to be asked again.
    """
    query = _query()

    def written(said: Trouble | None) -> Markup:
        text = render_template(part, trouble=said, query=query, **context)
        return Markup(text)  # noqa: S704 - our own template

    inner = written(None)
    # Stamped as if nothing were wrong: what is said of a refusal stays until there is news.
    stamp = sha256(inner.encode()).hexdigest()[:16]
    live_at = here or (request.path if request.method == "GET" else "")
    live = {"stamp": stamp, "live_at": live_at, "query": query}
    if "HX-Request" in request.headers and trouble is None:
        if request.args.get("stamp") == stamp:
            return Response(status=204)
        return make_response(render_template("live.html", inner=inner, **live))
    if trouble is not None:
        inner = written(trouble)
    return show(template, trouble=trouble, inner=inner, **live, **context)


def went(view: str, did: str, **ids: int | str) -> Response:
    """Go on to a page, which says what was done."""
    where = url_for(view, **{name: str(value) for name, value in ids.items()})  # type: ignore[arg-type]
    return make_response(redirect(f"{where}?did={did}", code=303))


def typed(name: str, *, longest: int = 500) -> str:
    """Return what was typed into a field, trimmed.

    :raises Invalid: it is longer than a person would write there.
    """
    value = request.form.get(name, "").strip()
    if len(value) > longest:
        raise Invalid(f"Write at most {longest} characters.", field=name)
    return value.replace("\x00", "")


def asked(name: str) -> str:
    """Return what a page's address asks for under a name, trimmed and cut to a sane length."""
    return request.args.get(name, "").strip().replace("\x00", "")[:200]


def asked_id(name: str) -> int | None:
    """Return the id a page's address holds under a name; None if it holds none."""
    value = asked(name)
    is_id = value.isascii() and value.isdigit() and len(value) <= 18
    return int(value) if is_id else None


def _query() -> Mapping[str, str]:
    return {
        name: value
        for name, value in request.args.items()
        if name not in {"stamp", "did", "undo"}
    }
