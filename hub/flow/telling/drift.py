"""Where a shop and we differ: written down once, and healed with what ended it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.domain.channels.drift import Kind
from hub.models.records.orders import SalesOrder
from hub.models.records.upkeep import OPEN_DRIFT, Drift


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What differs: a thing of one account, by the channel's id of it."""

    account_id: int
    kind: Kind
    external_id: str
    order_id: int | None = None
    listing_id: int | None = None


def note_order(
    session: Session,
    *,
    account_id: int,
    external_id: str,
    ours: str,
    theirs: str,
    now: datetime,
) -> None:
    """Write down that the channel has a version of an order which we have not read.

    `ours` and `theirs` name the versions; `ours` is empty for an order we do not have at all.
    """
    order_id = session.scalar(
        select(SalesOrder.id).filter_by(account_id=account_id, external_id=external_id)
    )
    subject = Subject(
        account_id=account_id,
        kind=Kind.ORDER,
        external_id=external_id,
        order_id=order_id,
    )
    note(session, subject, ours=ours, theirs=theirs, now=now)


def note(
    session: Session, subject: Subject, *, ours: str, theirs: str, now: datetime
) -> None:
    """Open a difference, or restate the one that is open: found once, whatever it grows to."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    new = (sqlite.insert if is_sqlite else postgresql.insert)(Drift).values(
        account_id=subject.account_id,
        kind=subject.kind.value,
        external_id=subject.external_id,
        order_id=subject.order_id,
        listing_id=subject.listing_id,
        ours=ours,
        theirs=theirs,
        found_at=now,
        how="",
    )
    session.execute(
        new.on_conflict_do_update(
            index_elements=["account_id", "kind", "external_id"],
            index_where=OPEN_DRIFT,
            set_={"ours": ours, "theirs": theirs},
        )
    )


def open_kinds(session: Session, *, account_id: int, external_id: str) -> set[Kind]:
    """Return in what ways an order or a listing differs now, as far as was found."""
    kinds = select(Drift.kind).where(
        Drift.account_id == account_id,
        Drift.external_id == external_id,
        Drift.healed_at.is_(None),
    )
    return {Kind(kind) for kind in session.scalars(kinds)}


def heal(session: Session, subject: Subject, *, how: str, now: datetime) -> bool:
    """Close a difference with what ended it; say whether there was one.

    `how` is read | pushed | agreed | person.
    """
    healed = (
        update(Drift)
        .where(Drift.account_id == subject.account_id, Drift.kind == subject.kind.value)
        .where(Drift.external_id == subject.external_id, Drift.healed_at.is_(None))
        .values(healed_at=now, how=how)
        .returning(Drift.id)
        .execution_options(synchronize_session=False)
    )
    return session.execute(healed).scalar_one_or_none() is not None
