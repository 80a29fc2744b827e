"""Commands about people: who is here, a link to a new password, and a lost second proof."""

from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.cli_options import CONSOLE, data_option, in_database, need_schema, settings_for
from hub.flow.people.invitations import make_join_link
from hub.flow.people.second_proof import reset
from hub.flow.refusal import Missing
from hub.models.people.people_views import everybody
from hub.models.records.people import User
from hub.web.people.login import join_path


@click.group()
def user() -> None:
    """The people who log in, for whoever sits at this machine."""


@user.command("list")
@data_option
def user_list(data: Path | None) -> None:
    """List the people: address, name, role, state and second proof."""
    settings = settings_for(data=data)
    need_schema(settings)
    rows = in_database(settings, lambda session, _now: _people(session))
    table = Table("e-mail", "name", "role", "state", "second proof", box=None)
    for row in rows:
        table.add_row(*row)
    Console().print(table)


@user.command("link")
@data_option
@click.argument("email")
def user_link(data: Path | None, email: str) -> None:
    """Print a link with which somebody chooses a new password, once, within seven days."""
    settings = settings_for(data=data)
    need_schema(settings)

    def make(session: Session, now: datetime) -> str:
        wanted = email.strip().casefold()
        user_id = session.scalar(select(User.id).filter_by(email=wanted))
        if user_id is None:
            raise Missing("There is no such person.")
        return make_join_link(session, user_id=user_id, who=CONSOLE, now=now)

    click.echo(f"{settings.url}{join_path(in_database(settings, make))}")


@user.command("reset-second-proof")
@data_option
@click.argument("email")
def user_reset_second_proof(data: Path | None, email: str) -> None:
    """Take the second proof from somebody who lost their device and all spare codes.

    Their password alone lets them in again; they are logged out everywhere.
    """
    settings = settings_for(data=data)
    need_schema(settings)
    in_database(
        settings, lambda session, now: reset(session, email=email, who=CONSOLE, now=now)
    )
    click.echo(f"{email.strip()} logs in with the password alone now")


def _people(session: Session) -> list[list[str]]:
    return [
        [each.user.email, each.user.name, each.user.role, each.state,
         "on" if each.user.totp_since else "off"]
        for each in everybody(session)
    ]  # fmt: skip
