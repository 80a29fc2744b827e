"""The one table from what went wrong to what becomes of the message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from connectors.errors import (
    AuthExpired,
    ChannelError,
    Conflict,
    NotFound,
    OutcomeUnknown,
    PayloadError,
    PermissionDenied,
    RateLimited,
    Rejected,
    Retryable,
    SignatureInvalid,
    StockMoved,
    Unsupported,
)
from hub.flow.reading.read import NeedsPerson
from hub.flow.refusal import Refusal

DELAYS: Sequence[timedelta] = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    *[timedelta(hours=4)] * 5,
)
"""Longest wait after each attempt (facts: reliability 3.5): about a day in all."""

GIVE_UP_AFTER = timedelta(hours=24)


class Answer(StrEnum):
    """What becomes of a message whose attempt failed."""

    LATER = "later"
    """It surely did not happen: try again after a while."""
    PAUSE = "pause"
    """As LATER, and everything else for this account waits as long. It wears nothing out: the
    channel only asked for patience, or we were patient before it had to."""
    READ_FIRST = "read_first"
    """The channel sold some that we have not read: a little later, and worn out by nothing."""
    LOOK_UP = "look_up"
    """It may have happened: look once the channel can have nothing up its sleeve."""
    HOLD = "hold"
    """A person must change something first."""
    RECONNECT = "reconnect"
    """The account needs its owner; the message waits as long as that takes."""
    DEAD = "dead"
    """Given up; visible, and a person may replay it."""


TABLE: Sequence[tuple[type[Exception], Answer]] = (
    (RateLimited, Answer.PAUSE),
    (StockMoved, Answer.READ_FIRST),
    (Retryable, Answer.LATER),
    (OutcomeUnknown, Answer.LOOK_UP),
    (AuthExpired, Answer.RECONNECT),
    (PermissionDenied, Answer.HOLD),
    (NotFound, Answer.HOLD),
    (Conflict, Answer.HOLD),
    (Rejected, Answer.HOLD),
    (Unsupported, Answer.HOLD),
    (PayloadError, Answer.HOLD),
    (SignatureInvalid, Answer.HOLD),
    (NeedsPerson, Answer.HOLD),
    (Refusal, Answer.HOLD),
)
"""The first class that fits decides: RateLimited is a Retryable too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of a message, and the words a person will read."""

    answer: Answer
    next_try_at: datetime
    """When to look at it again; of no meaning for HOLD and DEAD."""
    error_class: str
    words: str
    is_mistake: bool = False
    """The table does not know the error: it is a mistake of ours, for the log."""


def judge(
    error: Exception,
    *,
    attempts: int,
    first_at: datetime,
    now: datetime,
    random: Random,
    otherwise: Answer = Answer.LATER,
) -> Verdict:
    """Decide what becomes of a message after an error.

    `attempts` counts the one that just failed, `first_at` is when the message came to be. An
    error the table does not know is a mistake of ours: `otherwise` says whether the call may
    have had an effect (LOOK_UP for a write) or not. Only waiting wears out: after twelve
    attempts or a day the message is dead, so that no message goes round for ever.
    """
    found = next((kind for known, kind in TABLE if isinstance(error, known)), None)
    answer = found or otherwise
    is_worn_out = attempts >= len(DELAYS) or now - first_at >= GIVE_UP_AFTER
    if answer in {Answer.LATER, Answer.LOOK_UP} and is_worn_out:
        answer = Answer.DEAD
    return Verdict(
        answer=answer,
        next_try_at=now + _wait(error, attempts=attempts, random=random),
        error_class=type(error).__name__,
        words=public_words(error),
        is_mistake=found is None,
    )


def back_off(*, attempts: int, random: Random) -> timedelta:
    """Draw how long to wait after an attempt: anything up to its delay, at least a second.

    Full jitter: callers that failed together must not come back together.
    """
    longest = DELAYS[min(max(attempts, 1), len(DELAYS)) - 1]
    return max(timedelta(seconds=1), longest * random.random())


def public_words(error: Exception) -> str:
    """Say what went wrong without secrets or people: only errors made to be shown are quoted."""
    if isinstance(error, ChannelError | NeedsPerson | Refusal):
        return str(error)
    return f"A mistake in Hornada ({type(error).__name__}); the log has more."


def _wait(error: Exception, *, attempts: int, random: Random) -> timedelta:
    asked = error.retry_after if isinstance(error, ChannelError) else None
    return back_off(attempts=attempts, random=random) if asked is None else asked
