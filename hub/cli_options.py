"""What the commands share: where the data is, the settings, and how a failure is told."""

import logging
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import available_timezones

import click
from sqlalchemy.orm import Session

from hub import log
from hub.clock import SystemClock
from hub.flow.refusal import Refusal
from hub.models import migrate
from hub.models.session import Database
from hub.settings import Settings, load

Value = TypeVar("Value")
Command = TypeVar("Command", bound=Callable[..., object])


ZONE_SET = ("HORNADA_TIMEZONE", "HORNADA_TIMEZONE_FILE")
CONSOLE = "console"
"""Who the history says it was, of what is done here."""


class Failed(click.ClickException):
    """The command cannot go on; one line says why and what to do."""

    exit_code = 2


def data_option(command: Command) -> Command:
    """Let a command be told where the workshop's data is."""
    option = click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        help="The workshop's folder (or HORNADA_DATA; default ./var). DATABASE_URL names another"
        " database.",
    )
    return option(command)


def address_options(command: Command) -> Command:
    """Let a command be told where to listen."""
    port = click.option(
        "--port", type=int, help="The port to listen on (or HORNADA_PORT; 8470)."
    )
    host = click.option(
        "--host", help="The address to listen on (or HORNADA_HOST; 127.0.0.1)."
    )
    return port(host(command))


def settings_for(**given: object) -> Settings:
    """Read the settings, options first, and let everything we say go through the log's gate.

    A workshop that names no time zone has this machine's: its days end when its people's do.
    """
    if not any(os.environ.get(name) for name in ZONE_SET):
        given.setdefault("timezone", zone_of_machine(os.environ.get("TZ", "")))
    settings = load(None, **given)
    log.set_up(level=settings.log_level)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of each look it takes
    return settings


def zone_of_machine(told: str, *, localtime: Path = Path("/etc/localtime")) -> str | None:
    """Return the IANA name of this machine's time zone, None where it tells none but UTC.

    `told` is what TZ says. Else the name is where /etc/localtime leads to (man 5 localtime).
    """
    name = told.removeprefix(":") or str(localtime.resolve()).rpartition("/zoneinfo/")[2]
    return name if name in available_timezones() - {"Etc/UTC"} else None


def need_schema(settings: Settings) -> None:
    """Make sure the database is at the revision this code was written for.

    One that is not there yet is made; one of another version is not touched unasked.

    :raises Failed: it is of another version.
    """
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    at = migrate.current(settings.database)
    if at is None:
        migrate.upgrade(settings.database)
    elif at != migrate.newest():
        raise Failed(
            f"the database is at version {at}, this program needs {migrate.newest()}:"
            " run hornada db upgrade"
        )


def in_database(settings: Settings, work: Callable[[Session, datetime], Value]) -> Value:
    """Do some work in one transaction.

    :raises Failed: it was refused, in words.
    """
    database, clock = Database(settings.database), SystemClock()
    try:
        return database.run(lambda session: work(session, clock.now()))
    except Refusal as error:
        raise Failed(str(error)) from error
    finally:
        database.dispose()
