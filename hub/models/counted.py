"""Rows counted by spans of time, in one statement however many spans there are."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

When = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]

ALL = 0
"""What rows are counted under when they are not told apart."""


def counted(
    session: Session,
    *,
    at: When,
    bounds: Sequence[datetime],
    where: Sequence[ColumnElement[bool]] = (),
    by: InstrumentedAttribute[int] | None = None,
) -> dict[int, list[int]]:
    """Count rows between each two bounds, the earlier included, by a column or all together.

    One range of an index is read for each span, so `at` wants one (with `by` behind it). What
    has no row at all is left out.
    """
    spans = list(zip(bounds, bounds[1:], strict=False))
    name = by if by is not None else literal(ALL, Integer)
    each = [
        select(literal(n, Integer).label("span"), name.label("of"), func.count().label("n"))
        .where(at >= start, at < end, *where)
        .group_by(*([by] if by is not None else []))
        for n, (start, end) in enumerate(spans)
    ]
    found: dict[int, list[int]] = defaultdict(lambda: [0] * len(spans))
    for span, of, count in session.execute(union_all(*each)):
        if count:
            found[of][span] = count
    return dict(found)
