"""Commands about connections: how they are, and fetching their old orders."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.registry import CHANNELS
from hub.cli_options import Failed, data_option, need_schema, settings_for
from hub.clock import SystemClock
from hub.flow.intake import backfill as flow
from hub.flow.refusal import Refusal
from hub.models.claims import backfills
from hub.models.claims.backfills import Progress as HowFar
from hub.models.claims.streams import streams_of
from hub.models.records.channels import ChannelAccount
from hub.models.session import Database
from hub.settings import Settings

Value = TypeVar("Value")
Step = Callable[..., object]

WHO = "system"
LOOK_SECONDS = 0.5
SCREEN = Console(stderr=True)
STEPS: Mapping[str, Step] = {
    "pause": flow.pause,
    "resume": flow.resume,
    "stop": flow.stop,
}


@click.command()
@data_option
def channels(data: Path | None) -> None:
    """List the connections: number, channel, name, mode, when read last, and what ails them."""
    rows = _in_database(_ready(data), lambda session, _now: _connections(session))
    table = Table(
        "number", "channel", "name", "mode", "read", "old orders", "problem", box=None
    )
    for row in rows:
        table.add_row(*row)
    Console().print(table)


@click.command()
@data_option
@click.argument("channel")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Fetch the orders placed from this day on.",
)
@click.option("--watch", is_flag=True, help="Show how far it comes, until it is over.")
@click.option("--pause", "step", flag_value="pause", help="Fetch no more until --resume.")
@click.option("--resume", "step", flag_value="resume", help="Go on where it was paused.")
@click.option("--stop", "step", flag_value="stop", help="End it where it is.")
def backfill(
    data: Path | None, channel: str, since: datetime | None, watch: bool, step: str | None
) -> None:
    """Fetch old orders of a connection, behind all that is live. The workers of the hub do it.

    CHANNEL is its number or its name, as `hornada channels` shows them.
    """
    settings = _ready(data)
    if since is not None and step is not None:
        raise click.UsageError("--since begins a new one; it goes with no other step")
    account_id = _in_database(settings, lambda session, _now: _find(session, channel))
    if since is not None:
        begin = since.replace(tzinfo=settings.zone)
        _in_database(settings, lambda session, now: _start(session, account_id, begin, now))
    elif step is not None:
        _in_database(settings, lambda session, now: _take(session, account_id, step, now))
    if watch:
        _watch(settings, account_id)
    click.echo(_words(_how_far(settings, account_id)))


def _ready(data: Path | None) -> Settings:
    settings = settings_for(data=data)
    need_schema(settings)
    return settings


def _start(session: Session, account_id: int, since: datetime, now: datetime) -> None:
    flow.start(
        session, account_id=account_id, since=since, channels=CHANNELS, who=WHO, now=now
    )


def _take(session: Session, account_id: int, step: str, now: datetime) -> None:
    STEPS[step](session, account_id=account_id, who=WHO, now=now)


def _find(session: Session, channel: str) -> int:
    which = ChannelAccount.name == channel
    if channel.isdecimal():
        which = ChannelAccount.id == int(channel)
    found = session.scalars(select(ChannelAccount.id).where(which)).all()
    if len(found) != 1:
        many = "more than one connection is" if found else "no connection is"
        raise Failed(f"{many} called “{channel}”: hornada channels lists them")
    return found[0]


def _connections(session: Session) -> list[list[str]]:
    accounts = session.scalars(select(ChannelAccount).order_by(ChannelAccount.id)).all()
    return [
        [
            str(account.id),
            account.channel,
            account.name,
            account.mode,
            *_lists(session, account),
        ]
        for account in accounts
    ]


def _lists(session: Session, account: ChannelAccount) -> tuple[str, str, str]:
    streams = streams_of(session, account_ids=[account.id])
    read = [stream.read_at for stream in streams if stream.read_at is not None]
    problems = [account.problem, *(stream.last_error or "" for stream in streams)]
    running = backfills.of_accounts(session, account_ids=[account.id])
    return (
        min(read).strftime("%Y-%m-%d %H:%M") if read else "-",
        _words(backfills.progress(session, backfill=running[0])) if running else "-",
        "; ".join(problem for problem in problems if problem) or "-",
    )


# How far it is ------------------------------------------------------------------------------


def _how_far(settings: Settings, account_id: int) -> HowFar:
    def look(session: Session, _now: datetime) -> HowFar:
        newest = backfills.latest(session, account_id=account_id)
        if newest is None:
            raise Refusal("No old orders were ever asked for: begin with --since.")
        return backfills.progress(session, backfill=newest)

    return _in_database(settings, look)


def _words(how_far: HowFar) -> str:
    of = "" if how_far.total is None else f" of about {how_far.total}"
    failed = f", {how_far.failed} not readable" if how_far.failed else ""
    why = f": {how_far.words}" if how_far.words else ""
    return f"{how_far.state}: {how_far.read} read, {how_far.found} found{of}{failed}{why}"


def _watch(settings: Settings, account_id: int) -> None:
    """Draw a bar until it is over or paused; Ctrl-C ends the drawing, not the fetching."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=SCREEN) as bar:
        task = bar.add_task("old orders", total=None)
        while True:
            how_far = _how_far(settings, account_id)
            total = max(how_far.total or 0, how_far.found) or None
            bar.update(task, completed=how_far.read, total=total, description=how_far.state)
            if how_far.is_over or how_far.state == "paused":
                return
            time.sleep(LOOK_SECONDS)


def _in_database(settings: Settings, work: Callable[[Session, datetime], Value]) -> Value:
    database, clock = Database(settings.database), SystemClock()
    try:
        return database.run(lambda session: work(session, clock.now()))
    except Refusal as error:
        raise Failed(str(error)) from error
    finally:
        database.dispose()
