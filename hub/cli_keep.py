"""Commands that keep a workshop in order: its database, tokens and keys, and the doctor."""

import sys
from datetime import datetime, timedelta
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.cli_options import (
    CONSOLE,
    data_option,
    in_database,
    need_schema,
    settings_for,
)
from hub.clock import SystemClock
from hub.doctor import Finding, examine
from hub.domain.people.roles import Role
from hub.domain.people.scopes import Scope
from hub.flow.people.tokens import LONGEST_LIFE, held_roles, make_token, revoke_token
from hub.keys import add_key, new_key, open_vault
from hub.models import migrate
from hub.models.people.people_views import stopped_tokens
from hub.models.records.people import ApiToken
from hub.models.vault import forget_sealed, rotate_keys

SCREEN = Console(stderr=True)
"""Progress and tables for people; standard output is for what a program wants to read."""


@click.group()
def db() -> None:
    """Bring the database up to date, or say where it stands."""


@db.command("upgrade")
@data_option
def db_upgrade(data: Path | None) -> None:
    """Bring the database to the version this program needs; makes it when there is none."""
    settings = settings_for(data=data)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    before = migrate.current(settings.database)
    with SCREEN.status("Bringing the database up to date…"):
        migrate.upgrade(settings.database)
    click.echo(f"database: {before or 'new'} -> {migrate.newest()}")


@db.command("check")
@data_option
def db_check(data: Path | None) -> None:
    """Say whether the database is at the version this program needs; ends with 1 if not."""
    settings = settings_for(data=data)
    at = migrate.current(settings.database)
    click.echo(f"database: {at or 'not there yet'}; this program needs {migrate.newest()}")
    sys.exit(at != migrate.newest())


@click.group()
def token() -> None:
    """Keys for programs that use the API."""


@token.command("create")
@data_option
@click.option("--role", type=click.Choice([each.value for each in Role]), required=True)
@click.option("--name", default="", help="What it is for, to know it by later.")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice([each.value for each in Scope]),
    multiple=True,
    help="What it may do of what its role may; several are given one by one. Without: all of it.",
)
@click.option(
    "--expires-days",
    type=click.IntRange(1, LONGEST_LIFE.days),
    help="After how many days it ends by itself. Without: never.",
)
def token_create(
    data: Path | None,
    role: str,
    name: str,
    scopes: tuple[str, ...],
    expires_days: int | None,
) -> None:
    """Make a token and print it, alone, on standard output. It is shown only once."""
    settings = settings_for(data=data)
    need_schema(settings)

    def make(session: Session, now: datetime) -> str:
        ends = now + timedelta(days=expires_days) if expires_days else None
        return make_token(
            session, name=name, role=role, scopes=scopes, expires_at=ends, who=CONSOLE,
            now=now,
        )  # fmt: skip

    click.echo(in_database(settings, make))


@token.command("list")
@data_option
def token_list(data: Path | None) -> None:
    """List the tokens: number, role, name, scopes, when made, last used, ended and revoked.

    The role is what a token may act as now, beside the one it was made for: never more than
    whoever made it may do, and none while they may not log in.
    """
    settings = settings_for(data=data)
    need_schema(settings)
    rows = in_database(settings, lambda session, _now: _tokens(session))
    table = Table(
        "number", "role", "made for", "name", "scopes", "made", "last used", "ends", "revoked",
        box=None,
    )  # fmt: skip
    for row in rows:
        table.add_row(*row)
    Console().print(table)


@token.command("revoke")
@data_option
@click.argument("number", type=int)
def token_revoke(data: Path | None, number: int) -> None:
    """Make a token useless from now on. NUMBER is what `token list` shows."""
    settings = settings_for(data=data)
    need_schema(settings)
    in_database(
        settings,
        lambda session, now: revoke_token(session, token_id=number, who=CONSOLE, now=now),
    )
    click.echo(f"token {number} is revoked")


def _tokens(session: Session) -> list[list[str]]:
    found = session.scalars(select(ApiToken).order_by(ApiToken.id)).all()
    held, stopped = held_roles(session, tokens=found), stopped_tokens(session)
    return [
        [str(row.id), "none" if row.id in stopped else held[row.id], row.role, row.name,
         " ".join(map(str, row.scopes)) or "all", _day(row.created_at),
         _day(row.last_used_at), _day(row.expires_at), _day(row.revoked_at)]
        for row in found
    ]  # fmt: skip


def _day(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else "-"


@click.group()
def keys() -> None:
    """The keys that seal stored credentials."""


@keys.command("new")
def keys_new() -> None:
    """Print a new key, to be kept as HORNADA_KEY. Nothing is stored."""
    click.echo(new_key())


@keys.command("rotate")
@data_option
def keys_rotate(data: Path | None) -> None:
    """Seal all stored credentials with a new key. The hub may go on running.

    With HORNADA_KEY, put the new key before the old one, separated by a comma, then run this.
    """
    settings = settings_for(data=data)
    need_schema(settings)
    clock = SystemClock()
    if settings.key is None and settings.key_file.exists():
        add_key(settings.key_file, now=clock.now())

    def rotate(session: Session, now: datetime) -> int:
        vault = open_vault(session, key=settings.key, key_file=settings.key_file, now=now)
        return rotate_keys(session, vault)

    with SCREEN.status("Sealing again…"):
        changed = in_database(settings, rotate)
    click.echo(
        f"{changed} sealed values have the new key; processes that run must be restarted"
    )


@keys.command("forget")
@data_option
@click.confirmation_option(
    prompt="Forget every stored credential, to connect each channel again?"
)
def keys_forget(data: Path | None) -> None:
    """Empty all stored credentials, when their key is lost for good."""
    settings = settings_for(data=data)
    need_schema(settings)
    forgotten = in_database(settings, lambda session, _now: forget_sealed(session))
    click.echo(f"{forgotten} connections must be made again")


@click.command()
@data_option
@click.option("--offline", is_flag=True, help="Ask no channel: only look at what is here.")
def doctor(data: Path | None, offline: bool) -> None:
    """Look at everything and say what to do; ends with 1 if anything is wrong."""
    settings = settings_for(data=data)
    with SCREEN.status("Looking…") as status:
        found = list(examine(settings, ask_channels=not offline, say=status.update))
    for finding in found:
        click.echo(_line(finding))
    sys.exit(any(finding.way_out for finding in found))


def _line(finding: Finding) -> str:
    mark = click.style("ok   ", fg="green")
    if finding.way_out:
        mark = click.style("WRONG", fg="red")
    way_out = f"\n      -> {finding.way_out}" if finding.way_out else ""
    return f"{mark} {finding.what}: {finding.words}{way_out}"
