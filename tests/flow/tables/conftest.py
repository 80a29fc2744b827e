"""A transaction for tests of what stands in a file."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from hub.models.session import Database


@pytest.fixture
def lite(sqlite_database: Database) -> Iterator[Session]:
    """A transaction on one engine: what is read from a cell does not depend on it."""
    with Session(sqlite_database.engine, expire_on_commit=False) as made:
        yield made
        made.rollback()
