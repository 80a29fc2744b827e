"""What an error says of a whole connection, written where its owner looks."""

from datetime import datetime

from sqlalchemy.orm import Session

from connectors.errors import PermissionDenied
from hub.flow.telling.push import ask_to_reconnect, pause, say_problem
from workers.retry import Answer, Verdict


def note_on_account(
    session: Session, *, account_id: int, error: Exception, verdict: Verdict, now: datetime
) -> None:
    """Pause an account, ask for it to be reconnected, or name what it may not do."""
    if verdict.answer is Answer.PAUSE:
        pause(session, account_id=account_id, until=verdict.next_try_at)
    if verdict.answer is Answer.RECONNECT:
        ask_to_reconnect(session, account_id=account_id, words=verdict.words, now=now)
    if isinstance(error, PermissionDenied):
        say_problem(session, account_id=account_id, words=verdict.words)
