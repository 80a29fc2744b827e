"""Values among many: the same rows on both engines, and one statement however many there are."""

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.models.among import among
from hub.models.records.items import Item
from hub.models.session import Database
from tests.factories import make_item

CODES = ("SOAP", "WAX", "it's")


@pytest.fixture
def items(session: Session) -> dict[str, int]:
    """Three items by code."""
    return {code: make_item(session, code=code).id for code in CODES}


@pytest.mark.parametrize("wanted", [(), ("SOAP",), ("WAX", "it's"), ("gone", "WAX")])
def test_a_row_is_found_whose_value_is_among_those(
    session: Session, items: dict[str, int], wanted: tuple[str, ...]
) -> None:
    by_code = session.scalars(select(Item.code).where(among(Item.code, wanted)))
    ids = [items.get(code, -1) for code in wanted]
    by_id = session.scalars(select(Item.code).where(among(Item.id, ids)))

    known = sorted(set(wanted) & set(CODES))
    assert sorted(by_code) == known
    assert sorted(by_id) == known


def test_what_is_not_among_them_is_found_too(
    session: Session, items: dict[str, int]
) -> None:
    others = ~among(Item.id, [items["SOAP"]]) & among(Item.code, CODES)

    found = session.scalars(select(Item.code).where(others))

    assert sorted(found) == ["WAX", "it's"]


def test_values_asked_for_before_are_not_asked_for_again(
    session: Session, items: dict[str, int]
) -> None:
    first = session.scalars(select(Item.code).where(among(Item.id, [items["SOAP"]])))
    then = session.scalars(select(Item.code).where(among(Item.id, [items["WAX"]])))

    assert first.all() == ["SOAP"]
    assert then.all() == ["WAX"]


def test_postgresql_sees_one_statement_however_many_there_are(
    pg_database: Database,
) -> None:
    asked: list[str] = []

    def note(_c: object, _cur: object, sql: str, *_rest: object) -> None:
        asked.append(sql)

    event.listen(pg_database.engine, "before_cursor_execute", note)
    with pg_database.reading() as session:
        for many in (1, 3, 3000):
            session.scalars(select(Item.id).where(among(Item.id, range(many)))).all()

    assert len(asked) == 3
    assert len(set(asked)) == 1
