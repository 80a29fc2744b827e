"""The one command: hornada. It starts the hub, its parts, and what keeps it in order."""

import sys
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError

from hub.browser import show_in_browser
from hub.cli_channels import backfill, channels
from hub.cli_demo import demo
from hub.cli_keep import db, doctor, keys, token
from hub.cli_options import Failed, address_options, data_option, need_schema, settings_for
from hub.cli_people import user
from hub.cli_sandbox import sandbox
from hub.clock import SystemClock
from hub.flow.people.entrance import SetupClosed, make_setup_link
from hub.flow.refusal import Refusal
from hub.keys import BadKey
from hub.models.session import Database, DatabaseDown
from hub.models.vault import KeyMissing
from hub.ports import queue_url
from hub.queue import redis_problem
from hub.serve import serve
from hub.settings import BadSettings, Settings
from hub.supervise import CannotStart, Supervisor, ports_at_work
from hub.valkey import AlreadyRunning, NoServer
from hub.web.people.login import setup_path
from workers.run import run_worker
from workers.schedule import run_schedule

WORDS = (
    BadSettings,
    BadKey,
    KeyMissing,
    CannotStart,
    AlreadyRunning,
    NoServer,
    DatabaseDown,
    Refusal,
)
"""Errors whose own words say what to do."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hornada", prog_name="hornada")
def hornada() -> None:
    """Turn orders from every sales channel into production, and production back into shipped,
    tracked orders.

    `hornada up` runs everything on this machine. Every setting is an environment variable
    HORNADA_<NAME>; DATABASE_URL and REDIS_URL name servers of your own.
    """


@hornada.command()
@data_option
@address_options
@click.option("--workers", default=1, show_default=True, help="How many worker processes.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
def up(
    data: Path | None, port: int | None, host: str | None, workers: int, no_browser: bool
) -> None:
    """Run the whole hub: database, queue, web, worker and timetable, until Ctrl-C."""
    settings = settings_for(data=data, port=port, host=host)

    def when_ready() -> None:
        click.echo(f"Hornada is at {settings.url} (Ctrl-C stops it)")
        address = _first_steps(settings)
        if not no_browser:
            show_in_browser(address)

    Supervisor(settings, workers=workers).run(when_ready=when_ready)


def _first_steps(settings: Settings) -> str:
    """Say how to set the workshop up, while nobody has; return the address to open."""
    database = Database(settings.database)
    now = SystemClock().now()
    try:
        secret = database.run(lambda session: make_setup_link(session, now=now))
    except SetupClosed:
        return settings.url
    finally:
        database.dispose()
    address = f"{settings.url}{setup_path(secret)}"
    click.echo(f"Set it up here, once, within the hour: {address}")
    return address


@hornada.command()
@data_option
@address_options
@click.option(
    "--processes",
    default=1,
    show_default=True,
    help="Processes that answer; more than one only pays with PostgreSQL.",
)
def web(data: Path | None, port: int | None, host: str | None, processes: int) -> None:
    """Answer web requests: pages, API and webhooks."""
    settings = settings_for(data=data, port=port, host=host)
    need_schema(settings)
    serve(settings, processes=processes)


@hornada.command()
@data_option
def worker(data: Path | None) -> None:
    """Do the work the queue asks for, and look for more when it asks for none."""
    settings = settings_for(data=data)
    need_schema(settings)
    run_worker(ports_at_work(settings), url=_safe_queue(settings))


@hornada.command()
@data_option
def schedule(data: Path | None) -> None:
    """Look every few seconds for what is due. As many of these may run as you like."""
    settings = settings_for(data=data)
    need_schema(settings)
    run_schedule(ports_at_work(settings))


def _safe_queue(settings: Settings) -> str:
    """Return the queue's address, unless it is one that loses jobs."""
    url = queue_url(settings)
    problem = redis_problem(url) if url else ""
    if "maxmemory-policy" in problem:
        raise CannotStart(problem)
    return url


for command in (db, token, user, keys, doctor, demo, sandbox, channels, backfill):
    hornada.add_command(command)


def main() -> None:
    """Run the command line; what stands in the way is told in one line, with a way out."""
    try:
        hornada(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.UsageError as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.ClickException, *WORDS) as error:
        _end(str(error))
    except DBAPIError as error:
        _end(f"the database does not work: {error.orig} (is --data or DATABASE_URL right?)")


def _end(words: str) -> None:
    click.echo(f"hornada: {' '.join(words.split())}", err=True)
    sys.exit(Failed.exit_code)
