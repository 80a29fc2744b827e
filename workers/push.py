"""Tells channels what they are owed, so that doing it twice does it once.

Protocol A (facts: reliability 3.6): claim, commit; mark as sending, commit; call; settle. No
transaction is open during a call. Whatever ends without a definite yes or no leaves the message
unknown: nobody touches it before the channel's ambiguity horizon has passed, and then it is
looked up first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from connectors.errors import (
    AuthExpired,
    ChannelError,
    NotAllowedHere,
    OutcomeUnknown,
    StockMoved,
    Unsupported,
)
from connectors.protocol import Pushed, PushesEffects
from hub.flow.telling.push import (
    effect_of,
    is_owed_in_shadow,
    leave_to_people,
    rehearse_instead,
    sent,
)
from hub.flow.telling.stock_levels import READ_FIRST
from hub.flow.telling.stock_told import maybe_told, note_moved
from hub.models.claims import outbox
from hub.models.claims.leases import LeaseLost
from hub.models.claims.outbox import ClaimedEffect
from hub.ports import Ports, links_of
from mapping.effects import Effect, SetStock, to_payload
from workers.budget import Budget, new_owner
from workers.complaints import note_on_account
from workers.retry import Answer, Verdict, judge
from workers.shops import Shops

log = structlog.get_logger()

CLAIM = timedelta(seconds=120)
"""A claim that has sent nothing yet may be taken over after this."""
CALLING = timedelta(seconds=90)
"""Longest any call takes with everything it looks at before; a job ends before that too."""
LATE = timedelta(seconds=20)
"""A process that slept so long after marking a message does not send it any more."""


@dataclass(slots=True)
class Try:
    """One message, its claim, and how far it got: what an error means depends on that."""

    claimed: ClaimedEffect
    owner: str
    horizon: timedelta = timedelta(seconds=120)
    may_be_there: bool = False
    """It may be at the channel: then it is looked up before it is sent."""
    effect: Effect | None = None
    """What it says, worked out at the last moment; None when there is nothing to tell."""


def push(ports: Ports) -> int:
    """Send what is due, one message after the other. This function will return how many."""
    shops, budget, done = Shops(ports), Budget(ports), 0
    if not _is_anything_owed(ports):
        return 0
    _rehearse(ports)
    while is_due(ports):
        if budget.is_spent:
            ports.wake.wake("push")
            break
        one = _claim(ports)
        if one is None:
            break
        _attend(ports, shops, one)
        done += 1
    shops.note_versions()
    return done


def is_due(ports: Ports) -> bool:
    """Say whether anything can be sent now, without taking a lock."""
    with ports.database.reading() as session:
        return outbox.due_count(session, now=ports.clock.now()) > 0


def _is_anything_owed(ports: Ports) -> bool:
    """Ask the cheapest question first: most of the time everything was told long ago."""
    with ports.database.reading() as session:
        return outbox.is_anything_owed(session)


def _rehearse(ports: Ports) -> None:
    with ports.database.reading() as session:
        if not is_owed_in_shadow(session):
            return
    now = ports.clock.now()
    ports.database.run(lambda session: rehearse_instead(session, now=now))


def _claim(ports: Ports) -> Try | None:
    owner = new_owner(ports)

    def work(session: Session) -> list[ClaimedEffect]:
        return outbox.claim(session, owner=owner, now=ports.clock.now(), lease=CLAIM)

    claimed = ports.database.run(work)
    if not claimed:
        return None
    is_unknown = claimed[0].state == "unknown"
    return Try(claimed=claimed[0], owner=owner, may_be_there=is_unknown)


def _attend(ports: Ports, shops: Shops, one: Try) -> None:
    try:
        pushed = _deliver(ports, shops, one)
        ports.database.run(lambda session: _keep(ports, session, one, pushed))
    except LeaseLost:
        log.warning("push.lease_lost", message=one.claimed.id)
    except Exception as error:  # noqa: BLE001 - the table decides what each error means
        _put_back(ports, one, error)
        shops.forget(one.claimed.account_id)


def _deliver(ports: Ports, shops: Shops, one: Try) -> Pushed:
    """Make the channel hold the effect and say what it holds now."""
    claimed = one.claimed
    effect = one.effect = _effect(ports, claimed)
    if effect is None:
        return Pushed(remote_ref="", outcome="nothing_to_do")
    channel = shops.caller(claimed.account_id)
    one.horizon = channel.spec.ambiguity_horizon
    if not isinstance(channel, PushesEffects):
        raise Unsupported(f"{channel.spec.title} cannot be told anything")
    try:
        found = _look_up(ports, one, channel, effect) if one.may_be_there else None
        return found or _send(ports, one, channel, effect)
    except AuthExpired as error:
        raise shops.after_refusal(claimed.account_id, error) from error


def _effect(ports: Ports, claimed: ClaimedEffect) -> Effect | None:
    today = ports.clock.now().astimezone(ports.settings.zone).date()
    with ports.database.reading() as session:
        return effect_of(
            session,
            claimed,
            today=today,
            links=links_of(ports),
            channels=ports.channels,
        )


def _look_up(
    ports: Ports, one: Try, channel: PushesEffects, effect: Effect
) -> Pushed | None:
    ports.failpoint("push.before_look_up")
    found = channel.look_up(effect)
    ports.failpoint("push.after_look_up")
    one.may_be_there = found is not None
    return found


def _send(ports: Ports, one: Try, channel: PushesEffects, effect: Effect) -> Pushed:
    marked_at = _mark_sending(ports, one)
    one.may_be_there = True
    ports.failpoint("push.before_call")
    if is_late(marked_at, now=ports.clock.now()):
        raise LeaseLost("this process slept after it marked the message")
    try:
        pushed = channel.push(effect)
        ports.failpoint("push.after_call")
    except ChannelError as error:
        one.may_be_there = isinstance(error, OutcomeUnknown)
        raise
    return pushed


def is_late(marked_at: datetime, *, now: datetime) -> bool:
    """Say whether a process slept so long after marking a message that others may have sent it.

    Asked at the last moment before the call: no lease helps a process that is not running.
    """
    return now - marked_at > LATE


def _mark_sending(ports: Ports, one: Try) -> datetime:
    started = ports.clock.now()
    lease = CALLING + one.horizon
    said = to_payload(one.effect) if isinstance(one.effect, SetStock) else None

    def work(session: Session) -> None:
        outbox.begin_sending(
            session,
            message_id=one.claimed.id,
            owner=one.owner,
            now=started,
            lease=lease,
            payload=said,
        )

    ports.database.run(work)
    return started


def _keep(ports: Ports, session: Session, one: Try, pushed: Pushed) -> None:
    sent(
        session,
        claimed=one.claimed,
        effect=one.effect,
        owner=one.owner,
        pushed=pushed,
        now=ports.clock.now(),
    )


def _put_back(ports: Ports, one: Try, error: Exception) -> None:
    claimed = one.claimed
    verdict = judge(
        error,
        attempts=claimed.attempts,
        first_at=claimed.created_at,
        now=ports.clock.now(),
        random=ports.random,
        otherwise=Answer.LOOK_UP if one.may_be_there else Answer.LATER,
    )
    if verdict.is_mistake:
        log.exception("push.failed", message=claimed.id)
    else:
        log.info("push.put_back", message=claimed.id, answer=verdict.answer.value)
    try:
        ports.database.run(lambda session: _settle(ports, session, one, error, verdict))
    except LeaseLost:
        log.warning("push.lease_lost", message=claimed.id)
    if isinstance(error, StockMoved):
        ports.wake.wake("poll")


def _settle(
    ports: Ports, session: Session, one: Try, error: Exception, verdict: Verdict
) -> None:
    now = ports.clock.now()
    note_on_account(
        session, account_id=one.claimed.account_id, error=error, verdict=verdict, now=now
    )
    _note(session, one, error, now=now)
    outbox.settle(
        session,
        message_id=one.claimed.id,
        owner=one.owner,
        state=_state(one, verdict),
        now=now,
        next_try_at=_next_try(verdict, now=now, horizon=now + one.horizon),
        error_class=verdict.error_class,
        error=verdict.words,
        counts=verdict.answer not in {Answer.PAUSE, Answer.READ_FIRST},
    )


def _note(session: Session, one: Try, error: Exception, *, now: datetime) -> None:
    """Note what a refusal says of its subject: a stock that moved, a thing left to people."""
    claimed = one.claimed
    if isinstance(error, StockMoved) and claimed.listing_id is not None:
        is_theirs = one.effect is None  # then we only said what we knew already
        note_moved(
            session,
            listing_id=claimed.listing_id,
            shown=error.shown,
            told=None if is_theirs else maybe_told(claimed),
            now=now,
        )
    if isinstance(error, NotAllowedHere):
        leave_to_people(session, claimed=claimed, capability=error.capability, now=now)


def _state(one: Try, verdict: Verdict) -> str:
    if verdict.answer in {Answer.HOLD, Answer.DEAD}:
        return "held" if verdict.answer is Answer.HOLD else "dead"
    return "unknown" if one.may_be_there else "waiting"


def _next_try(verdict: Verdict, *, now: datetime, horizon: datetime) -> datetime:
    # Only a call whose answer was lost can still be applied; a look-up that failed cannot.
    is_lost = verdict.answer is Answer.LOOK_UP
    if verdict.answer is Answer.READ_FIRST:
        return now + READ_FIRST
    return max(verdict.next_try_at, horizon) if is_lost else verdict.next_try_at
