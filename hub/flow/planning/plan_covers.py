"""The plan of one item against what is to come: whom each purchase and each lot to check is for."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.keys import key_of, owner_of
from hub.domain.planning.netting_types import Plan
from hub.models.records.planning import CheckCover
from hub.models.records.purchasing import PurchaseCover

CoverT = TypeVar("CoverT", PurchaseCover, CheckCover)
Place = tuple[str, int]
"""Whom it is for, by the planner's key, and the id of what it comes from."""


def apply_purchases(session: Session, *, item_id: int, plan: Plan) -> list[str]:
    """Bring the purchase covers of an item to the plan; return the owners whose cover changed.

    Covers of lines that came, were closed or cancelled are in no plan, and go.
    """
    wanted: dict[Place, int] = defaultdict(int)
    for cover in plan.covers:
        wanted[cover.demand, cover.purchase_id] += cover.quantity
    rows = session.scalars(select(PurchaseCover).filter_by(item_id=item_id))

    def opened(key: str, line_id: int) -> PurchaseCover:
        return PurchaseCover(
            purchase_line_id=line_id, item_id=item_id, **owner_of(key), quantity=0
        )

    stored = {(_owner(row), row.purchase_line_id): row for row in rows}
    return _bring(session, stored=stored, wanted=wanted, opened=opened)


def apply_checks(session: Session, *, item_id: int, plan: Plan) -> list[str]:
    """Bring what is covered by unchecked lots to the plan; return the owners of what changed.

    Covers of lots that passed or were rejected are in no plan, and go.
    """
    wanted = {(each.demand, each.lot_id): each.quantity for each in plan.awaited}
    rows = session.scalars(select(CheckCover).filter_by(item_id=item_id))

    def opened(key: str, lot_id: int) -> CheckCover:
        return CheckCover(lot_id=lot_id, item_id=item_id, **owner_of(key), quantity=0)

    stored = {(_owner(row), row.lot_id): row for row in rows}
    return _bring(session, stored=stored, wanted=wanted, opened=opened)


def _owner(row: PurchaseCover | CheckCover) -> str:
    return key_of(demand_id=row.demand_id, need_id=row.need_id)


def _bring(
    session: Session,
    *,
    stored: Mapping[Place, CoverT],
    wanted: Mapping[Place, int],
    opened: Callable[[str, int], CoverT],
) -> list[str]:
    """Delete what nobody is to have any more, then write what is new or another quantity."""
    changed = [place for place in stored if place not in wanted]
    for place in changed:
        session.delete(stored[place])
    session.flush()
    for place, quantity in sorted(wanted.items()):
        row = stored.get(place) or opened(*place)
        if row.quantity != quantity:
            row.quantity = quantity
            session.add(row)
            changed.append(place)
    session.flush()
    return sorted({key for key, _ in changed})
