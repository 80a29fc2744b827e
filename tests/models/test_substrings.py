"""Texts within texts: big and small letters are the same, and nothing in them is a pattern."""

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.models.records.orders import Customer
from hub.models.substrings import begins, holds
from tests.factories import make_account

NAMES = ("Maria Ruiz", "50% off", "a_b", "axb", "an/other", "JOSÉ")


@pytest.fixture
def people(session: Session) -> Session:
    account = make_account(session)
    for name in NAMES:
        session.add(Customer(account_id=account.id, external_id=name, name=name, email=""))
    session.flush()
    return session


@pytest.mark.parametrize(
    "words, found",
    [
        ("RUIZ", {"Maria Ruiz"}),
        ("a ru", {"Maria Ruiz"}),
        ("%", {"50% off"}),
        ("a_b", {"a_b"}),
        ("n/o", {"an/other"}),
        ("jos", {"JOSÉ"}),
        ("É", {"JOSÉ"}),
        ("", set(NAMES)),
        ("nobody", set()),
    ],
)
def test_a_text_is_found_wherever_it_stands(
    people: Session, words: str, found: set[str]
) -> None:
    query = select(Customer.name).where(holds(Customer.name, words))

    assert set(people.scalars(query)) == found


def test_only_a_beginning_is_one(people: Session) -> None:
    query = select(Customer.name).where(begins(Customer.name, "A"))

    assert set(people.scalars(query)) == {"a_b", "axb", "an/other"}


def test_each_engine_does_no_more_than_it_must() -> None:
    found = holds(Customer.name, "x")

    assert "lower" not in str(found.compile(dialect=sqlite.dialect()))
    there = postgresql.dialect()  # type: ignore[no-untyped-call]
    assert str(found.compile(dialect=there)).count("lower(") == 2
