"""The command line: what it prints where, how it ends, and what it says when it cannot."""

import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
import structlog
from click.testing import CliRunner, Result
from sqlalchemy import text

from hub import cli
from hub.cli import hornada
from hub.domain.people.roles import Role
from hub.flow.channels.channels import seal_credentials
from hub.flow.people.entrance import add_user
from hub.flow.people.tokens import find_token, make_token
from hub.keys import from_file
from hub.models import migrate
from hub.models.records.channels import ChannelAccount
from hub.models.records.people import User
from hub.models.session import Database
from tests.factories import NOW, make_account


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take nothing from outside, and leave the log as it was."""
    for name in ("HORNADA_DATA", "HORNADA_KEY", "DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(hornada, [str(each) for each in arguments])


@dataclass(frozen=True)
class Ended:
    """How a command ended, seen from outside."""

    code: int
    out: str
    err: str


Main = Callable[..., Ended]


@pytest.fixture
def main(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Main:
    """Run the whole program as the console script does, in this process."""

    def run_main(*arguments: str | Path, **env: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["hornada", *map(str, arguments)])
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return Ended(code=int(ended.value.code or 0), out=said.out, err=said.err)

    return run_main


def database_in(data: Path) -> Database:
    return Database(f"sqlite:///{data / 'hornada.db'}")


def every_command() -> list[list[str]]:
    found: list[list[str]] = [[]]

    def walk(group: click.Group, above: list[str]) -> None:
        for name, command in group.commands.items():
            found.append([*above, name])
            if isinstance(command, click.Group):
                walk(command, [*above, name])

    walk(hornada, [])
    return found


@pytest.mark.parametrize("command", every_command(), ids=" ".join)
def test_every_command_says_what_it_does(command: list[str]) -> None:
    shown = run(*command, "--help")

    assert shown.exit_code == 0
    assert shown.output.startswith("Usage:")
    assert len(shown.output.split("\n\n")[1].strip()) > 20


def test_the_commands_are_those_the_docs_name() -> None:
    named = {"up", "web", "worker", "schedule", "db", "token", "keys", "doctor", "sandbox"}

    assert named <= set(hornada.commands)


def test_a_token_is_printed_alone_and_opens_the_door(tmp_path: Path) -> None:
    made = run("token", "create", "--role", "owner", "--name", "ci", "--data", tmp_path)

    [token] = made.stdout.splitlines()
    database = database_in(tmp_path)
    with database.reading() as session:
        found = find_token(session, token=token, now=NOW)
    database.dispose()
    assert found is not None
    assert (found.role, found.name) == ("owner", "ci")


def test_a_token_can_be_listed_and_revoked(tmp_path: Path) -> None:
    run("token", "create", "--role", "viewer", "--name", "screen", "--data", tmp_path)

    listed = run("token", "list", "--data", tmp_path)
    revoked = run("token", "revoke", "1", "--data", tmp_path)
    again = run("token", "revoke", "1", "--data", tmp_path)

    assert "viewer" in listed.stdout
    assert "screen" in listed.stdout
    assert "hor_" not in listed.stdout
    assert revoked.exit_code == 0
    assert again.exit_code != 0


def test_a_token_is_listed_as_what_it_may_do_now_and_not_as_it_was_made(
    tmp_path: Path,
) -> None:
    run("token", "create", "--role", "viewer", "--name", "console", "--data", tmp_path)
    database = database_in(tmp_path)
    with database.begin() as session:
        ids = {
            role: add_user(
                session, email=f"{role}@a.example", name=role, password="long enough here",
                role=role, who="test", now=NOW,
            )
            for role in (Role.OWNER, Role.PLANNER)
        }  # fmt: skip
        for role, user_id in ids.items():
            make_token(session, name=role, role=role, who=f"user:{user_id}", now=NOW)
        session.get_one(User, ids[Role.OWNER]).role = "maker"
        session.get_one(User, ids[Role.PLANNER]).is_disabled = True
    database.dispose()

    listed = run("token", "list", "--data", tmp_path).stdout

    cells = [line.split() for line in listed.splitlines()]
    rows = [found[:3] for found in cells if found and found[0].isdigit()]
    assert rows == [
        ["1", "viewer", "viewer"],
        ["2", "maker", "owner"],
        ["3", "none", "planner"],
    ]


def test_a_role_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    made = run("token", "create", "--role", "emperor", "--data", tmp_path)

    assert made.exit_code == 2
    assert made.stdout == ""
    assert not (tmp_path / "hornada.db").exists()


def test_the_database_is_made_brought_up_to_date_and_checked(tmp_path: Path) -> None:
    before = run("db", "check", "--data", tmp_path)
    made = run("db", "upgrade", "--data", tmp_path)
    after = run("db", "check", "--data", tmp_path)

    assert (before.exit_code, made.exit_code, after.exit_code) == (1, 0, 0)
    assert str(migrate.newest()) in made.stdout


def test_a_database_of_another_version_is_not_touched_unasked(
    tmp_path: Path, main: Main
) -> None:
    run("db", "upgrade", "--data", tmp_path)
    database = database_in(tmp_path)
    with database.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    database.dispose()

    made = main("token", "create", "--role", "owner", "--data", tmp_path)

    assert made.code == 2
    assert made.err == (
        f"hornada: the database is at version 0000, this program needs {migrate.newest()}:"
        " run hornada db upgrade\n"
    )


def test_keys_are_rotated_and_everything_still_opens(tmp_path: Path) -> None:
    run("db", "upgrade", "--data", tmp_path)
    run("doctor", "--offline", "--data", tmp_path)  # makes the first key
    database, key_file = database_in(tmp_path), tmp_path / "hornada.key"
    old = from_file(key_file)
    with database.begin() as session:
        account = make_account(session)
        seal_credentials(
            account, vault=old, credentials={"access_token": "t"}, webhook_secrets=["s"]
        )

    done = run("keys", "rotate", "--data", tmp_path)

    new = from_file(key_file)
    with database.reading() as session:
        sealed = session.get_one(ChannelAccount, account.id).credentials
    database.dispose()
    assert done.stdout.startswith("1 sealed values")
    assert new.current != old.current
    assert sealed is not None
    assert new.open_json(sealed, place=("channel_account", account.id, "credentials"))


def test_a_new_key_is_printed_and_kept_nowhere(tmp_path: Path) -> None:
    first, second = run("keys", "new"), run("keys", "new")

    assert len(first.stdout.strip()) == 44
    assert first.stdout != second.stdout
    assert list(tmp_path.iterdir()) == []


def test_lost_keys_are_forgotten_only_when_meant(tmp_path: Path) -> None:
    run("db", "upgrade", "--data", tmp_path)

    refused = CliRunner().invoke(
        hornada, ["keys", "forget", "--data", str(tmp_path)], input="n\n"
    )
    done = run("keys", "forget", "--yes", "--data", tmp_path)

    assert refused.exit_code != 0
    assert done.exit_code == 0


@pytest.mark.parametrize(
    "env, said",
    [
        ({"HORNADA_PROT": "1"}, "did you mean HORNADA_PORT"),
        ({"HORNADA_PORT": "many"}, "HORNADA_PORT"),
        ({"DATABASE_URL": "mysql://x"}, "must start with sqlite:/// or postgresql://"),
        (
            {"DATABASE_URL": "sqlite:////no/such/folder/x.db"},
            "the database does not work",
        ),
        ({"HORNADA_KEY": "short"}, "HORNADA_KEY"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_stands_in_the_way_is_one_line_with_a_way_out(
    tmp_path: Path, main: Main, env: dict[str, str], said: str
) -> None:
    done = main("worker", "--data", tmp_path / "data", **env)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("hornada: ")
    assert said in done.err
    assert done.err.count("\n") == 1


def test_the_doctor_finds_nothing_wrong_in_a_new_workshop(tmp_path: Path) -> None:
    run("db", "upgrade", "--data", tmp_path)

    examined = run("doctor", "--data", tmp_path)

    assert examined.exit_code == 0
    assert "WRONG" not in examined.stdout
    assert "invariants" in examined.stdout


def test_the_doctor_ends_with_one_and_a_way_out_when_something_is_wrong(
    tmp_path: Path,
) -> None:
    examined = run("doctor", "--data", tmp_path)

    assert examined.exit_code == 1
    assert "run hornada db upgrade" in examined.stdout
