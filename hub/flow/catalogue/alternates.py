"""What may stand in for what: allowed, changed, forbidden and forgotten by people."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.catalogue.recipe import RecipeCircle, levels
from hub.domain.planning.planning_groups import groups_of
from hub.domain.planning.substitutes import MILLION
from hub.flow.bounds import MOST_TIMES, between
from hub.flow.refusal import Invalid, Missing, Refusal
from hub.flow.replan import mark
from hub.models.locks import lock_items, lock_planner
from hub.models.planning.planning_queries import component_edges
from hub.models.planning.substitution_queries import alternates_in_use
from hub.models.records.alternates import Alternate
from hub.models.records.history import record
from hub.models.records.items import Item

MOST_FACTOR = 10_000 * MILLION
"""Ten kilograms for a gram are a slip of the hand."""
LONGEST_NOTE = 500


class GoesIntoIt(Refusal):
    """One of the two goes into the making of the other, so neither can stand in for it."""


def set_alternate(
    session: Session,
    *,
    item_id: int,
    substitute_id: int,
    factor_ppm: int | None = None,
    rank: int = 100,
    is_allowed: bool = True,
    note: str = "",
    who: str,
    now: datetime,
) -> int:
    """Say that one item may stand in for another, or that it may not; give the record's id.

    `factor_ppm` is thousandths of the substitute for a million thousandths of the item; None is
    one for one, for items counted in one unit. Of several, the smallest `rank` is taken first.
    Saying it again changes it. Runs that have not started are planned anew; the others keep what
    they have. Alternates are written like recipes, one at a time and never while a plan is made.

    :raises Invalid: the item itself, or a factor, rank or note that cannot be.
    :raises GoesIntoIt: one of the two is made of the other, or of what stands in for it.
    :raises Missing: there is no such item.
    """
    if item_id == substitute_id:
        raise Invalid("Nothing stands in for itself.", field="substitute")
    if len(note) > LONGEST_NOTE:
        raise Invalid(f"At most {LONGEST_NOTE} characters.", field="note")
    between(factor_ppm, 1, MOST_FACTOR, field="factor")
    between(rank, 0, MOST_TIMES, field="rank")
    lock_planner(session)
    lock_items(session, [item_id, substitute_id])
    item = _item(session, item_id, field="item")
    substitute = _item(session, substitute_id, field="substitute")
    if factor_ppm is None and item.unit != substitute.unit:
        raise Invalid(
            f"Say how many {substitute.unit} stand in for one {item.unit}.", field="factor"
        )
    if is_allowed:
        _check_circle(session, item=item, substitute=substitute)
    known = alternate_between(session, item_id=item_id, substitute_id=substitute_id)
    row = known or Alternate(item_id=item_id, substitute_id=substitute_id)
    row.factor_ppm = MILLION if factor_ppm is None else factor_ppm
    row.rank, row.is_allowed, row.note = rank, is_allowed, note.strip()
    session.add(row)
    session.flush()
    _tell(session, row, to="allowed" if is_allowed else "forbidden", who=who, now=now)
    return row.id


def forget_alternate(
    session: Session, *, item_id: int, substitute_id: int, who: str, now: datetime
) -> None:
    """Take back that one item may stand in for another; started runs keep what they have.

    :raises Missing: nobody ever said so.
    """
    lock_planner(session)
    lock_items(session, [item_id, substitute_id])
    row = alternate_between(session, item_id=item_id, substitute_id=substitute_id)
    if row is None:
        raise Missing("Nobody said that this may stand in for it.", field="substitute")
    session.delete(row)
    session.flush()
    _tell(session, row, to="forgotten", who=who, now=now)


def alternate_between(
    session: Session, *, item_id: int, substitute_id: int
) -> Alternate | None:
    """Return what was said of one item standing in for another, None for nothing."""
    query = select(Alternate).filter_by(item_id=item_id, substitute_id=substitute_id)
    return session.scalar(query)


def _item(session: Session, item_id: int, *, field: str) -> Item:
    item = session.get(Item, item_id)
    if item is None:
        raise Missing("There is no such item.", field=field)
    return item


def _check_circle(session: Session, *, item: Item, substitute: Item) -> None:
    """Refuse what would have items wait for each other: both are planned as one."""
    pairs = [each.pair for each in alternates_in_use(session)]
    pairs.append((item.id, substitute.id))
    try:
        levels(groups_of(pairs).contracted(component_edges(session)))
    except RecipeCircle as circle:
        raise GoesIntoIt(
            f"{substitute.name} cannot stand in for {item.name}:"
            " one goes into the making of the other.",
            field="substitute",
        ) from circle


def _tell(session: Session, row: Alternate, *, to: str, who: str, now: datetime) -> None:
    """Write it into the item's history, and have both items planned anew."""
    record(
        session,
        at=now,
        who=who,
        subject="item",
        subject_id=row.item_id,
        what="item.alternate",
        to_state=to,
        why=row.note,
        detail={
            "substitute": row.substitute_id,
            "factor_ppm": row.factor_ppm,
            "rank": row.rank,
        },
    )
    both = [row.item_id, row.substitute_id]
    mark(session, item_ids=both, why="what may stand in for it changed", now=now)
