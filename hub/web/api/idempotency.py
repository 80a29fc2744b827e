"""Idempotency-Key: the same POST twice happens once, and is answered the same (facts: 3.6)."""

from hashlib import sha256

from flask import request
from sqlalchemy.orm import Session

from hub.models.claims.idempotency import Kept, StillRunning, keep_answer, take_key
from hub.ports import Ports
from hub.web.api.auth import caller
from hub.web.api.problems import Fault, Problem
from hub.web.api.reading import StrictRequest

HEADER = "Idempotency-Key"
REPEATED = "Idempotent-Replayed"
LONGEST = 255


def sent_key() -> str:
    """Return the key of the request being handled, empty when it has none.

    :raises Problem: it is too long, or not plain text.
    """
    if request.method != "POST":
        return ""
    key = request.headers.get(HEADER, "")
    if len(key) > LONGEST or not (key.isascii() and key.isprintable()):
        message = f"Write at most {LONGEST} plain characters."
        raise Problem(422, message, errors=[Fault(HEADER, message)])
    return key


def earlier_answer(session: Session, *, ports: Ports, key: str) -> Kept | None:
    """Return what the first request with this key was answered, None if this is the first.

    :raises Problem: the key was used for another request, or its first one still runs.
    """
    try:
        kept = take_key(session, token_id=caller().token_id, key=key, now=ports.clock.now())
    except StillRunning as error:
        raise Problem(409, "The first request with this key is still running.") from error
    if kept is not None and kept.request_hash != _request_hash():
        message = "This key was used for another request."
        raise Problem(422, message, errors=[Fault(HEADER, message)])
    return kept


def keep(session: Session, *, ports: Ports, key: str, status: int, text: str) -> None:
    """Keep what this request is answered, in the transaction of what it does."""
    kept = Kept(request_hash=_request_hash(), status=status, answer=text)
    keep_answer(
        session,
        token_id=caller().token_id,
        key=key,
        kept=kept,
        now=ports.clock.now(),
    )


def _request_hash() -> str:
    whole = f"{request.method} {request.full_path}\n".encode()
    body = request.body if isinstance(request, StrictRequest) else request.get_data()
    return sha256(whole + body).hexdigest()
