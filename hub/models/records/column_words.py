"""What people said the columns of their tables mean, so that they are asked once."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.models.records.base import Record


class ColumnWords(Record):
    """The meaning of the columns of one set of headings."""

    __tablename__ = "column_words"
    __table_args__ = (UniqueConstraint("kind", "headings"),)

    kind: Mapped[str]
    """The kind of table: orders."""
    headings: Mapped[str]
    """The set, as hub/domain/tables/order_table.py names it."""
    words: Mapped[dict[str, object]]
    """By folded heading, our word; empty for a column that is left out."""
    who: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


def words_said(session: Session, *, kind: str) -> dict[str, dict[str, str]]:
    """Return what was said of the columns of a kind of table, by set of headings."""
    rows = session.scalars(select(ColumnWords).filter_by(kind=kind))
    return {
        row.headings: {name: str(word) for name, word in row.words.items()} for row in rows
    }


def keep_words(
    session: Session,
    *,
    kind: str,
    headings: str,
    words: Mapping[str, str],
    who: str,
    now: datetime,
) -> None:
    """Remember what a set of headings means, in place of what was said before."""
    query = select(ColumnWords).filter_by(kind=kind, headings=headings)
    row = session.scalar(query) or ColumnWords(kind=kind, headings=headings)
    row.words, row.who, row.at = dict(words), who, now
    session.add(row)
    session.flush()
