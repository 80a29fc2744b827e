"""The examination: what becomes of each mail of the corpus."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.domain.mail.review_reasons import Reason
from hub.models.session import Database
from hub.ports import Ports
from tests.doors import make_ports
from tests.ground.postgres import PgServer
from tests.letters.corpus.whole import CASES
from tests.letters.expected import Auto, Case, Reviewed
from tests.letters.judging import fault, outcome_of
from tests.letters.reading_here import HERE
from tests.letters.report import note_mail
from tests.letters.workshop import furnish

SAMPLE = CASES[::24]
"""What is judged on PostgreSQL too."""


@pytest.fixture(scope="module")
def furnished(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, int]:
    """An SQLite file with the whole workshop in it, to be copied, and the mail account's id."""
    path = tmp_path_factory.mktemp("corpus") / "workshop.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    account_id = furnish(make_ports(database))
    database.dispose()
    return path, account_id


@pytest.fixture(scope="module")
def pg_furnished(pg_server: PgServer, pg_template: str) -> Iterator[tuple[str, int]]:
    """The same on PostgreSQL."""
    url = pg_server.create(pg_template)
    database = Database(url)
    account_id = furnish(make_ports(database))
    database.dispose()
    yield url, account_id
    pg_server.drop(url)


@pytest.fixture(scope="module")
def seat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Database]]:
    """One SQLite file and one engine on it: what it compiled serves every mail."""
    path = tmp_path_factory.mktemp("seat") / "corpus.db"
    database = Database(f"sqlite:///{path}")
    yield path, database
    database.dispose()


@pytest.fixture
def desk(furnished: tuple[Path, int], seat: tuple[Path, Database]) -> tuple[Ports, int]:
    """The workshop before any mail came, on SQLite: the file is laid anew for each mail."""
    path, database = seat
    database.dispose()
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    shutil.copyfile(furnished[0], path)
    return make_ports(database, channels=HERE), furnished[1]


@pytest.fixture
def pg_desk(
    pg_server: PgServer, pg_furnished: tuple[str, int]
) -> Iterator[tuple[Ports, int]]:
    """The workshop before any mail came, on PostgreSQL."""
    url = pg_server.create(pg_furnished[0])
    database = Database(url)
    yield make_ports(database, channels=HERE), pg_furnished[1]
    database.dispose()
    pg_server.drop(url)


def _named(case: Case) -> str:
    return case.name


@pytest.mark.parametrize("case", CASES, ids=_named)
def test_what_becomes_of_a_mail_is_what_the_facts_say(
    pytestconfig: pytest.Config, desk: tuple[Ports, int], case: Case
) -> None:
    ports, account_id = desk

    outcome = outcome_of(ports, account_id=account_id, case=case)

    note_mail(pytestconfig, case, outcome)
    assert fault(case, outcome) == ""


@pytest.mark.parametrize("case", SAMPLE, ids=_named)
def test_what_becomes_of_a_mail_is_the_same_on_postgresql(
    pg_desk: tuple[Ports, int], case: Case
) -> None:
    ports, account_id = pg_desk

    outcome = outcome_of(ports, account_id=account_id, case=case)

    assert fault(case, outcome) == ""


def test_a_mail_read_in_a_process_of_its_own_becomes_the_same(
    desk: tuple[Ports, int],
) -> None:
    ports, account_id = desk
    apart = make_ports(ports.database)
    case = next(case for case in CASES if case.name == "xlsx-prices-and-total")

    outcome = outcome_of(apart, account_id=account_id, case=case)

    assert fault(case, outcome) == ""


def test_the_corpus_asks_for_every_reason_several_times() -> None:
    asked = Counter(
        reason
        for case in CASES
        if isinstance(case.becomes, Reviewed)
        for reason in case.becomes.reasons
    )

    rarely = {reason.value for reason in Reason if asked[reason.value] < 2}

    assert not rarely
    assert asked.keys() <= {reason.value for reason in Reason}


def test_the_corpus_is_large_and_names_each_mail_once() -> None:
    names = Counter(case.name for case in CASES)

    assert len(CASES) >= 500
    assert [name for name, count in names.items() if count > 1] == []


def test_a_quarter_of_the_corpus_must_pass_without_a_person() -> None:
    must = [
        case
        for case in CASES
        if isinstance(case.becomes, Auto) and not case.becomes.or_reasons
    ]

    assert len(must) >= len(CASES) / 4
