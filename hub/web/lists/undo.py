"""A deed that was done to many rows, taken back: the offer beside the list, and its press."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import abort, request
from sqlalchemy.orm import Session

from hub.web.guard.browser_session import me
from hub.web.guard.page_roles import may_open
from hub.web.lists.spec import BulkDeed, BulkUndo, Frame
from hub.web.page_door import Deed

UNDO = "undo"
"""What an address or a form calls the press that is meant: "hold@2026-11-23T10:00:00+00:00"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What can be taken back, and where."""

    view: str
    press: str
    many: int


def name_press(deed: BulkDeed, *, at: datetime) -> str:
    """Name a press so that it can be taken back; empty for a deed that cannot."""
    return f"{deed.key}@{at.isoformat()}" if deed.undo else ""


def offer(session: Session, frame: Frame, *, press: str) -> Offer | None:
    """Return what of a press of the reader's own can be taken back; None if nothing can."""
    found = _meant(frame, press)
    if found is None or not may_open(me().role, view=f"pages.{found[0].view}"):
        return None
    undo, at = found
    many = undo.left(session, me().who, at)
    return Offer(view=undo.view, press=press, many=many) if many else None


def take_back(deed: Deed, frame: Frame) -> Mapping[str, str]:
    """Take back the press that the form names, and return what the page then says."""
    undo, at = _meant(frame, request.form.get(UNDO, "")) or abort(404)
    undo.back(deed, at)
    return {"did": undo.did}


def _meant(frame: Frame, press: str) -> tuple[BulkUndo, datetime] | None:
    key, _, written = press.partition("@")
    undo = next((each.undo for each in frame.deeds if each.key == key), None)
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return None if undo is None or at.tzinfo is None else (undo, at)
