"""The door of every API view: one transaction, who asks and when, and the workers' wake-up."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from flask import Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from hub.domain.people.roles import Role
from hub.ports import Ports
from hub.web.api.auth import caller
from hub.web.api.idempotency import REPEATED, earlier_answer, keep, sent_key

T = TypeVar("T")

PLAN = ("plan", "push")
"""What to wake after most writes: something to plan again, and perhaps news for a channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One call as the flow sees it: the transaction, who asks, and when."""

    session: Session
    who: str
    role: Role
    now: datetime


@dataclass(frozen=True, slots=True)
class _Told:
    status: int
    text: str
    is_repeated: bool = False


class Door:
    """Opens the transaction of a view and writes its answer."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports

    def read(self, look: Callable[[Asked], BaseModel]) -> Response:
        """Answer with what there is. This function will write nothing."""
        with self.ports.database.reading() as session:
            return _response(_Told(200, _text(look(self._asked(session)))))

    def write(
        self,
        change: Callable[[Asked], T],
        *,
        show: Callable[[Asked, T], BaseModel | None],
        status: int = 200,
        wake: tuple[str, ...] = PLAN,
    ) -> Response:
        """Change something and answer with it. This function will do both or neither, and once.

        What is answered is read again after the change, and kept with it under the
        Idempotency-Key. The workers are woken when it is committed: what is planned next shows
        in a later answer.
        """
        key = sent_key()

        def work(session: Session) -> _Told:
            if key and (kept := earlier_answer(session, ports=self.ports, key=key)):
                return _Told(kept.status, kept.answer, is_repeated=True)
            asked = self._asked(session)
            changed = change(asked)
            session.flush()
            session.expire_all()
            text = _text(show(asked, changed))
            told = _Told(status if text else 204, text)
            if key:
                keep(session, ports=self.ports, key=key, status=told.status, text=text)
            return told

        told = self.ports.database.run(work)
        for kind in wake:
            self.ports.wake.wake(kind)
        return _response(told)

    def rehearse(self, change: Callable[[Asked], BaseModel]) -> Response:
        """Answer what a change would do. This function will do it and take it all back."""
        with self.ports.database.begin() as session:
            text = _text(change(self._asked(session)))
            session.rollback()
        return _response(_Told(200, text))

    def give(self, write: Callable[[Asked], str], *, content_type: str) -> Response:
        """Answer with a file made of what there is. This function will write nothing."""
        with self.ports.database.reading() as session:
            return Response(write(self._asked(session)), content_type=content_type)

    @property
    def zone(self) -> ZoneInfo:
        """The workshop's time zone."""
        return self.ports.settings.zone

    def today(self, now: datetime) -> date:
        """Say which day it is in the workshop."""
        return now.astimezone(self.zone).date()

    def _asked(self, session: Session) -> Asked:
        known = caller()
        return Asked(
            session=session, who=known.who, role=known.role, now=self.ports.clock.now()
        )


def _text(shown: BaseModel | None) -> str:
    if shown is None:
        return ""
    plain = shown.model_dump(mode="json", by_alias=True)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def _response(told: _Told) -> Response:
    response = Response(told.text, status=told.status, content_type="application/json")
    if told.status == 204:
        del response.headers["Content-Type"]
    if told.is_repeated:
        response.headers[REPEATED] = "true"
    return response
