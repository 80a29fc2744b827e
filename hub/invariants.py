"""The invariants of the hub, checked: after every test schedule, by `hornada doctor` and the API.

Between two commits anything may be half done; at a commit none of this may be broken. What one
database cannot know (that a 2xx has its row, that the shop holds what we sent) is asked by the
tests that play the shop.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    String,
    Table,
    TextClause,
    and_,
    cast,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from connectors.protocol import Registration
from connectors.registry import CHANNELS
from hub.flow.phase import stale_phases
from hub.models.claims.outbox import OWED
from hub.models.laws.law import Law
from hub.models.laws.laws import LAWS
from hub.models.records.base import Utc
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.notifications import Notification
from hub.models.records.orders import SalesOrder
from hub.models.records.schema import metadata
from hub.models.vault import SealBroken, key_id_of, sealed_rows

SWEEP = timedelta(seconds=60)
"""So long after its lease ran out a row may still wait for the sweep that takes it over."""
SOME = 500
"""So many orders are recomputed at a time."""
UTC_TEXT = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9]*"
WITH_ZONE = "*[+Zz]*"


Oddness = Callable[[Table], ColumnElement[bool] | None]
"""Says which rows of a table hold something odd; None when the table has no such columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """Something that must not be: which rule, in words, and what it is about."""

    code: str
    what: str
    subject: str
    subject_id: int


def check(session: Session, *, now: datetime | None = None) -> list[Violation]:
    """Check every invariant and return what breaks one. This function will change nothing.

    With `now` it also finds work that nobody took over in time, which is only meant while
    workers are running.
    """
    found = [violation for law in LAWS for violation in breaking(session, law)]
    for rule in RULES:
        found.extend(rule(session))
    if now is not None:
        found.extend(_left_lying(session, now=now))
    return found


def breaking(session: Session, law: Law) -> Iterator[Violation]:
    """Find what breaks one law."""
    for row in session.execute(text(law.broken)).mappings():
        yield Violation(
            code=law.code,
            what=law.words.format_map(row),
            subject=law.subject,
            subject_id=int(row["subject_id"]),
        )


def phases_are_true(session: Session) -> Iterator[Violation]:
    """The cached phase of every order is what its facts say."""
    ids = session.scalars(select(SalesOrder.id).order_by(SalesOrder.id)).all()
    for start in range(0, len(ids), SOME):
        stale = stale_phases(session, order_ids=ids[start : start + SOME])
        for order_id, phase in stale.items():
            yield Violation(
                code="phase",
                what=f"its phase should be {phase}",
                subject="order",
                subject_id=order_id,
            )


def whole_numbers_are_whole(session: Session) -> Iterator[Violation]:
    """No quantity, amount or count is stored as a fraction. SQLite would let it."""
    if session.get_bind().dialect.name == "sqlite":
        yield from _odd(session, code="I15", what="holds a fraction", is_odd=_is_fraction)


def times_are_utc(session: Session) -> Iterator[Violation]:
    """No time is stored in a zone of its own. SQLite would let it."""
    if session.get_bind().dialect.name == "sqlite":
        yield from _odd(
            session, code="I16", what="holds a time that is not UTC", is_odd=_is_local
        )


def secrets_are_sealed(session: Session) -> Iterator[Violation]:
    """What must be sealed looks sealed."""
    for (table, row_id, column), sealed in sealed_rows(session):
        try:
            key_id_of(sealed)
        except SealBroken:
            yield Violation(
                code="I17", what=f"{table}.{column} is not sealed", subject="channel",
                subject_id=row_id,
            )  # fmt: skip


def buyers_of_shops_are_let_alone(
    session: Session, *, channels: Mapping[str, Registration] = CHANNELS
) -> Iterator[Violation]:
    """No buyer is written to whose channel allows only its own messages."""
    silent = [key for key, each in channels.items() if not each.spec.mails_buyers]
    query = (
        select(Notification.id, Notification.event)
        .join(SalesOrder, SalesOrder.id == Notification.order_id)
        .join(ChannelAccount, ChannelAccount.id == SalesOrder.account_id)
        .where(ChannelAccount.channel.in_(silent))
        .order_by(Notification.id)
    )
    for row in session.execute(query):
        yield Violation(
            code="I24", what=f"a letter ({row.event}) to a buyer only their shop may write to",
            subject="notification", subject_id=row.id,
        )  # fmt: skip


RULES: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    phases_are_true,
    whole_numbers_are_whole,
    times_are_utc,
    secrets_are_sealed,
    buyers_of_shops_are_let_alone,
)


def _left_lying(session: Session, *, now: datetime) -> Iterator[Violation]:
    """Find rows whose lease ran out so long ago that somebody should have taken them over (I18)."""
    for record, subject, states in (
        (InboundMessage, "inbound", ("waiting",)),
        (OutboundMessage, "outbound", OWED),
    ):
        late = select(record.id).where(
            record.state.in_(states), record.lease_until < now - SWEEP
        )
        for row_id in session.scalars(late.order_by(record.id)):
            yield Violation(
                code="I18", what="its lease ran out and nobody took it over",
                subject=subject, subject_id=row_id,
            )  # fmt: skip


def _odd(session: Session, *, code: str, what: str, is_odd: Oddness) -> Iterator[Violation]:
    for table, query in _queries(is_odd):
        for row_id in session.scalars(query):
            yield Violation(code=code, what=what, subject=table, subject_id=row_id)


@cache
def _queries(is_odd: Oddness) -> tuple[tuple[str, TextClause], ...]:
    """Write the queries once: they name every column, and a simulation asks them every time."""
    found = ((table, is_odd(table)) for table in metadata.sorted_tables)
    return tuple(
        (table.name, text(_as_text(select(table.c.id).where(condition))))
        for table, condition in found
        if condition is not None
    )


def _as_text(query: Select[int]) -> str:
    return str(
        query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    )


def _is_fraction(table: Table) -> ColumnElement[bool] | None:
    whole = [column for column in table.c if isinstance(column.type, BigInteger | Integer)]
    return or_(*(func.typeof(column).not_in(("integer", "null")) for column in whole))


def _is_local(table: Table) -> ColumnElement[bool] | None:
    times = [cast(column, String) for column in table.c if isinstance(column.type, Utc)]
    if not times:
        return None
    return or_(
        *(
            and_(
                each.is_not(None),
                or_(each.op("NOT GLOB")(UTC_TEXT), each.op("GLOB")(WITH_ZONE)),
            )
            for each in times
        )
    )
