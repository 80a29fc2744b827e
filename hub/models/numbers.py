"""The numbers people read: H-0007 and its kind come from here, each once."""

from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.models.records.people import Counter


def next_number(session: Session, series: str) -> int:
    """Take the next number of a series. This function will count from 1 without gaps.

    The row stays locked until the transaction ends, so a number is given up only together
    with what it was taken for.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = (sqlite.insert if is_sqlite else postgresql.insert)(
        cast(Table, Counter.__table__)
    )
    following = Counter.next_value + 1
    taken = (
        insert.values(name=series, next_value=2)
        .on_conflict_do_update(index_elements=["name"], set_={"next_value": following})
        .returning(Counter.next_value - 1)
    )
    return int(session.execute(taken).scalar_one())
