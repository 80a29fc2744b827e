"""Does whatever is due, found in the database and never in Redis, and tidies up now and then."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete
from sqlalchemy.orm import Session

from hub.flow.replan import mark_too_old
from hub.models.alive import take_turn
from hub.models.idempotency import KEPT, forget_answers
from hub.models.inbox import forget_bodies
from hub.models.people import LoginFailure, OneTimeLink, UserSession
from hub.ports import Ports
from workers.backfill import backfill
from workers.catalogue import import_catalogues
from workers.checkups import check_up_due
from workers.plan import plan
from workers.poll import poll
from workers.push import push
from workers.read import read_messages
from workers.reconcile import reconcile_due
from workers.reread import reread
from workers.tokens import renew_due

log = structlog.get_logger()

WORK: Sequence[Callable[[Ports], int]] = (
    read_messages,
    plan,
    push,
    renew_due,
    check_up_due,
    poll,
    reread,
    import_catalogues,
    reconcile_due,
    backfill,
)
"""What a sweep does, in this order: what is live before what looks for more."""

TIDY_EVERY = timedelta(minutes=10)
KEEP_FAILURES = timedelta(days=1)
KEEP_SESSIONS = timedelta(days=30)


def sweep(ports: Ports) -> int:
    """Do what waits, one kind of work after the other; return how much it did.

    This alone keeps the hub going: with Redis lost, every sweep does all there is to do.
    """
    done = sum(job(ports) for job in WORK)
    _tidy(ports)
    return done


def _tidy(ports: Ports) -> None:
    now = ports.clock.now()

    def is_our_turn(session: Session) -> bool:
        return take_turn(session, name="tidy", now=now, every=TIDY_EVERY)

    if ports.database.run(is_our_turn):
        today = now.astimezone(ports.settings.zone).date()
        ports.database.run(lambda session: mark_too_old(session, today=today, now=now))
        days = ports.settings.body_days
        ports.database.run(lambda session: tidy(session, now=now, body_days=days))


def tidy(session: Session, *, now: datetime, body_days: int) -> None:
    """Forget what need not be kept: old bodies, answers to repeats, log-ins and their failures."""
    bodies = forget_bodies(session, done_before=now - timedelta(days=body_days), now=now)
    forget_answers(session, before=now - KEPT)
    session.execute(delete(LoginFailure).where(LoginFailure.at < now - KEEP_FAILURES))
    session.execute(delete(UserSession).where(UserSession.expires_at < now - KEEP_SESSIONS))
    session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < now - KEEP_SESSIONS))
    if bodies:
        log.info("tidy.bodies_forgotten", count=bodies)
