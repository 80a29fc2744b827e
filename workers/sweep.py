"""Does whatever is due, found in the database and never in Redis, and tidies up now and then."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete
from sqlalchemy.orm import Session

from hub.flow.replan import mark_too_old
from hub.models.claims.alive import is_turn, take_turn
from hub.models.claims.at_work import connected
from hub.models.claims.idempotency import KEPT, forget_answers
from hub.models.claims.inbox import forget_bodies
from hub.models.mail.mail_forgetting import forget_old_mail
from hub.models.records.channels import ChannelAccount
from hub.models.records.people import LoginFailure, OneTimeLink, UserSession
from hub.ports import Ports
from workers.alerts import alert, due_alerts
from workers.backfill import backfill, due_backfills
from workers.catalogue import due_imports, import_catalogues
from workers.checkups import check_up_due, due_checkups
from workers.day import turn_day
from workers.forecasts import forecast, forecast_due
from workers.mailbox import due_mail, look_into_mailboxes
from workers.plan import plan
from workers.poll import due_lists, poll
from workers.push import push
from workers.read import read_messages
from workers.reconcile import due_comparisons, reconcile_due
from workers.reread import due_rereads, reread
from workers.tokens import due_tokens, renew_due

log = structlog.get_logger()

LIVE: Sequence[Callable[[Ports], int]] = (read_messages, plan, push)
"""What goes first: each asks for itself, because the one before may just have made work for it."""

IsDue = Callable[[Ports, Session, Sequence[ChannelAccount]], object]

UPKEEP: Sequence[tuple[Callable[[Ports], int], IsDue]] = (
    (renew_due, due_tokens),
    (check_up_due, due_checkups),
    (poll, due_lists),
    (look_into_mailboxes, due_mail),
    (reread, due_rereads),
    (import_catalogues, due_imports),
    (reconcile_due, due_comparisons),
    (backfill, due_backfills),
    (forecast, forecast_due),
    (alert, due_alerts),
)
"""What looks for more, in this order: each kind of work, and what says that there may be some."""

TIDY = "tidy"
TIDY_EVERY = timedelta(minutes=10)
KEEP_FAILURES = timedelta(days=1)
KEEP_SESSIONS = timedelta(days=30)


def sweep(ports: Ports) -> int:
    """Do what waits, one kind of work after the other; return how much it did.

    This alone keeps the hub going: with Redis lost, every sweep does all there is to do. It comes
    every few seconds, so one in which nothing is due asks as little as it can.
    """
    done = sum(job(ports) for job in LIVE)
    upkeep, is_untidy = _look(ports)
    done += sum(job(ports) for job in upkeep)
    if is_untidy:
        _tidy(ports)
    return done


def _look(ports: Ports) -> tuple[list[Callable[[Ports], int]], bool]:
    """Say what upkeep is due, and whether to tidy: one look at the connections for all of it."""
    with ports.database.reading() as session:
        accounts = connected(session)
        due = [job for job, is_due in UPKEEP if is_due(ports, session, accounts)]
        is_untidy = is_turn(session, name=TIDY, now=ports.clock.now(), every=TIDY_EVERY)
    return due, is_untidy


def _tidy(ports: Ports) -> None:
    now = ports.clock.now()

    def is_ours(session: Session) -> bool:
        return take_turn(session, name=TIDY, now=now, every=TIDY_EVERY)

    if ports.database.run(is_ours):
        today = now.astimezone(ports.settings.zone).date()
        ports.database.run(lambda session: mark_too_old(session, today=today, now=now))
        turn_day(ports)
        days = ports.settings.body_days
        ports.database.run(lambda session: tidy(session, now=now, body_days=days))


def tidy(session: Session, *, now: datetime, body_days: int) -> None:
    """Forget what need not be kept: old bodies, answers to repeats, log-ins and their failures."""
    old = now - timedelta(days=body_days)
    bodies = forget_bodies(session, done_before=old, now=now)
    forget_old_mail(session, before=old, now=now)
    forget_answers(session, before=now - KEPT)
    session.execute(delete(LoginFailure).where(LoginFailure.at < now - KEEP_FAILURES))
    session.execute(delete(UserSession).where(UserSession.expires_at < now - KEEP_SESSIONS))
    session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < now - KEEP_SESSIONS))
    if bodies:
        log.info("tidy.bodies_forgotten", count=bodies)
