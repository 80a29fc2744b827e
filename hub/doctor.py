"""Looks at everything a hub stands on and says, in words, what is wrong and what to do."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from connectors.errors import ChannelError
from connectors.protocol import ChecksUp
from connectors.spec import Spec
from hub.invariants import check
from hub.keys import BadKey
from hub.models import migrate
from hub.models.claims.alive import SILENCE, is_alive
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.people import Heartbeat
from hub.models.vault import KeyMissing, SealBroken
from hub.ports import Ports, open_ports, queue_url
from hub.queue import forged_jobs, redis_problem
from hub.settings import Settings
from hub.supervise import is_serving
from workers.shops import Shops

ROOM_BYTES = 200 * 1024 * 1024
SKEW = timedelta(seconds=5)
MOST_SHOWN = 20
PARTS = ("worker", "schedule")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was looked at. `way_out` says what to do, and is empty when all is well."""

    what: str
    words: str
    way_out: str = ""


def examine(settings: Settings, *, ask_channels: bool, say: Say) -> Iterator[Finding]:
    """Look at everything, the foundations first; what stands on a broken one is not looked at."""
    yield _room(settings)
    say("the database")
    schema = _schema(settings)
    yield schema
    if schema.way_out:
        return
    try:
        ports = open_ports(settings)
    except (KeyMissing, BadKey, SealBroken) as error:
        yield Finding("key", "stored credentials do not open", str(error))
        return
    yield Finding("key", "every stored credential opens")
    try:
        yield from _inside(ports, ask_channels=ask_channels, say=say)
    finally:
        ports.database.dispose()


def _inside(ports: Ports, *, ask_channels: bool, say: Say) -> Iterator[Finding]:
    now = ports.clock.now()
    yield from _queue(ports.settings)
    with ports.database.reading() as session:
        yield _clock(session, now=now, is_sqlite=ports.database.is_sqlite)
        yield _processes(session, settings=ports.settings, now=now)
        say("what must always hold")
        yield from _invariants(session, now=now)
        yield from _stuck(session)
        accounts = list(session.scalars(select(ChannelAccount).order_by(ChannelAccount.id)))
    for account in accounts:
        say(account.name)
        yield from _channel(ports, account, ask=ask_channels)


def _room(settings: Settings) -> Finding:
    places = (settings.data, *settings.data.resolve().parents)
    free = shutil.disk_usage(next(place for place in places if place.exists())).free
    words = f"{free // 1024**2:,} MiB free in {settings.data}"
    if free < ROOM_BYTES:
        return Finding("disk", words, "make room: orders are refused when it is full")
    return Finding("disk", words)


def _schema(settings: Settings) -> Finding:
    try:
        at, wanted = migrate.current(settings.database), migrate.newest()
    except SQLAlchemyError as error:
        words = f"it does not answer ({type(error).__name__})"
        return Finding("database", words, "start it, or correct DATABASE_URL or --data")
    if at == wanted:
        return Finding("database", f"at version {at}, as it should be")
    words = f"at version {at or 'none'}, and {wanted} is needed"
    return Finding("database", words, "run hornada db upgrade")


def _queue(settings: Settings) -> Iterator[Finding]:
    url = queue_url(settings)
    if not url:
        yield Finding("queue", "none was started yet; hornada up starts one")
        return
    problem = redis_problem(url)
    if problem and settings.redis_url is None:
        yield Finding("queue", "the one that comes along is not running now")
    else:
        yield Finding(
            "queue", problem or "it answers, and loses no job when it is full", problem
        )
    if forged := forged_jobs(url):
        words = f"{forged} jobs were refused that are none of ours"
        yield Finding(
            "queue", words, "find out who else can write to this Redis, and stop that"
        )


def _clock(session: Session, *, now: datetime, is_sqlite: bool) -> Finding:
    latest = session.scalar(select(func.max(Heartbeat.at)))
    if latest is not None and latest > now + SKEW:
        words = f"it went back: something of ours was seen at {latest}, and it is {now}"
        return Finding("clock", words, "set it by the network (timedatectl set-ntp true)")
    if not is_sqlite:
        theirs: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
        if abs(theirs - now) > SKEW:
            words = f"the database's is {abs(theirs - now)} away from ours"
            return Finding("clock", words, "set both machines' clocks by the network")
    return Finding("clock", "it runs forward")


def _processes(session: Session, *, settings: Settings, now: datetime) -> Finding:
    if not is_serving(settings):
        words = (
            f"the web does not answer at {settings.url}; perhaps nothing is meant to run"
        )
        return Finding("processes", words)
    dead = [name for name in PARTS if not is_alive(session, name=name, now=now)]
    if dead:
        words = f"the web runs, but nothing was heard for {SILENCE.seconds} s of: {', '.join(dead)}"
        return Finding("processes", words, "start hornada worker and hornada schedule")
    return Finding("processes", "web, worker and schedule are alive")


def _invariants(session: Session, *, now: datetime) -> Iterator[Finding]:
    # Work that lies about is only wrong while somebody should be doing it.
    found = check(session, now=now if is_alive(session, name="worker", now=now) else None)
    if not found:
        yield Finding(
            "invariants", "ledger, balances, reservations, links and phases agree"
        )
    for one in found[:MOST_SHOWN]:
        words = f"{one.subject} {one.subject_id}: {one.what}"
        yield Finding(
            f"invariant {one.code}", words, "please report this mistake of Hornada"
        )


def _stuck(session: Session) -> Iterator[Finding]:
    for record, what in (
        (InboundMessage, "messages in"),
        (OutboundMessage, "messages out"),
    ):
        stuck = session.execute(
            select(record.state, func.count())
            .where(record.state.in_(("held", "dead")))
            .group_by(record.state)
        )
        counts = ", ".join(f"{count} {state}" for state, count in sorted(stuck))
        if counts:
            yield Finding(what, counts, "a person must look: they are on the messages page")
        else:
            yield Finding(what, "none hangs")


def _channel(ports: Ports, account: ChannelAccount, *, ask: bool) -> Iterator[Finding]:
    name = f"channel {account.name}"
    registration = ports.channels.get(account.channel)
    if account.mode == "off":
        yield Finding(name, "off")
    elif account.needs_reconnect or account.problem:
        yield Finding(name, account.problem or "disconnected", "reconnect it on its page")
    elif registration is None:
        words = f"there is no channel {account.channel} in this version"
        yield Finding(name, words, "install the package it came from")
    else:
        yield _version(name, account, spec=registration.spec)
        if ask:
            yield from _check_up(ports, name, account)


def _version(name: str, account: ChannelAccount, *, spec: Spec) -> Finding:
    wanted = str(account.settings.get("api_version") or spec.api_version)
    seen = account.api_version_seen
    if seen and seen != wanted:
        words = f"it speaks version {seen}, and we were made for {wanted}"
        return Finding(name, words, f"set its webhooks to {wanted}, or update Hornada")
    return Finding(name, f"{account.mode}, version {wanted}")


def _check_up(ports: Ports, name: str, account: ChannelAccount) -> Iterator[Finding]:
    try:
        channel = Shops(ports).caller(account.id)
        if not isinstance(channel, ChecksUp):
            return
        health = channel.check_up(now=ports.clock.now())
    except ChannelError as error:
        words = f"asked how we stand there: {error}"
        yield Finding(name, words, "look at its page, then try again")
        return
    for one in health.findings:
        yield Finding(f"{name} {one.code}", one.words, one.way_out)
    if not any(one.way_out for one in health.findings):
        yield Finding(name, "it answers, and we may do all we need")
