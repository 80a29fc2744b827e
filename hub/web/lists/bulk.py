"""One deed for many rows of a list: one transaction, and a report of each row that refused."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from flask import Response, abort, make_response, redirect, request, url_for
from sqlalchemy.orm import Session

from hub.flow.refusal import Invalid
from hub.models.by_id import as_id
from hub.web.guard.browser_session import me
from hub.web.guard.page_roles import may_open
from hub.web.lists.page import ROWS, Report, show_list
from hub.web.lists.spec import BulkDeed, Frame, ListSpec, RecordT
from hub.web.lists.undo import UNDO, name_press, take_back
from hub.web.page_door import PROBLEMS, Deed, PageDoor, Trouble, trouble_of
from hub.web.wording.language import gettext


def press_many(door: PageDoor, spec: ListSpec[RecordT]) -> Response:
    """Do to every ticked row what was pressed; go back to the list if all of it was done.

    A row that refuses is left as it was and reported with why; the others are done.
    """
    pressed = _pressed(spec)

    def done(report: Report) -> Response:
        if report.refused:
            return show_list(
                door, spec, report=report, trouble=None if report.done else _none()
            )
        undo = {UNDO: report.press} if report.press else {}
        return _back(spec, {"did": pressed.did, **undo})

    def work(deed: Deed) -> Report:
        return _each(door, deed, pressed, spec=spec, ids=ticked(spec.tick))

    return door.press(
        work,
        done=done,
        again=lambda trouble: show_list(door, spec, trouble=trouble),
        about="bulk",
        wake=spec.wake,
    )


def undo_many(door: PageDoor, spec: ListSpec[RecordT]) -> Response:
    """Take back what the reader did to many rows with one press; go back to the list."""
    return door.press(
        lambda deed: take_back(deed, spec),
        done=lambda did: _back(spec, did),
        again=lambda trouble: show_list(door, spec, trouble=trouble),
        about="bulk",
        wake=spec.wake,
    )


def _back(frame: Frame, said: Mapping[str, str]) -> Response:
    where = url_for(f"pages.{frame.page}")
    kept = {**request.args.to_dict(), **said}
    return make_response(redirect(f"{where}?{urlencode(kept)}", code=303))


def ticked(tick: str) -> list[int]:
    """Return the ids of the rows whose boxes were ticked, each once, in the order of their ids.

    In that order they are locked, so that two presses never wait for each other.

    :raises Invalid: none was, or more than a page holds.
    """
    found = {as_id(each) for each in request.form.getlist(tick)}
    ids = sorted(each for each in found if each is not None)
    if not ids or len(ids) > ROWS:
        raise Invalid(gettext("Tick the rows that are meant first."), field=tick)
    return ids


def _pressed(frame: Frame) -> BulkDeed:
    """Return the deed that was pressed, if whoever pressed it may."""
    key = request.form.get("deed", "")
    found = next((each for each in frame.deeds if each.key == key), None)
    if found is None:
        abort(404)
    if not may_open(me().role, view=f"pages.{found.view}"):
        abort(403)
    return found


def _each(
    door: PageDoor,
    deed: Deed,
    pressed: BulkDeed,
    *,
    spec: ListSpec[RecordT],
    ids: Sequence[int],
) -> Report:
    one = pressed.one
    if one is None:
        abort(404)
    refused: list[tuple[str, str]] = []
    left: set[int] = set()
    for row_id in ids:
        try:
            with deed.session.begin_nested():
                one(door, deed, row_id)
        except PROBLEMS as problem:
            words = trouble_of(problem, about="bulk").message
            refused.append((_name(deed.session, spec, row_id), words))
            left.add(row_id)
    return Report(
        done=len(ids) - len(left),
        refused=tuple(refused),
        ticked=frozenset(left),
        press=name_press(pressed, at=deed.now),
    )


def _name(session: Session, spec: ListSpec[RecordT], row_id: int) -> str:
    row = session.get(spec.record, row_id)
    return str(row_id) if row is None or spec.name is None else spec.name(row)


def _none() -> Trouble:
    words = gettext("Nothing was done: every row you ticked refused.")
    return Trouble(about="bulk", message=words)
