"""What we hold in stock: adding an item, and changing what is known of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.codes import UnknownPlaceholder, check_pattern
from hub.flow.bounds import MOST_DAYS, MOST_TIMES, between, choose, word
from hub.flow.refusal import Invalid, Refusal
from hub.flow.replan import mark
from hub.flow.stock.stock import LARGEST, lock_item
from hub.models.records.history import record
from hub.models.records.items import Item
from mapping.listing import sku_key
from mapping.units import BaseUnit

KINDS = ("product", "intermediate", "material", "packaging")
POLICIES = ("make_to_order", "make_to_stock")
UNITS = tuple(unit.value for unit in BaseUnit)

WORDS = ("name",)
CHOICES: Mapping[str, Sequence[str]] = {"kind": KINDS, "unit": UNITS, "policy": POLICIES}
BOUNDS: Mapping[str, tuple[int, int]] = {
    "shelf_life_days": (0, MOST_DAYS),
    "min_remaining_days": (0, MOST_DAYS),
    "lead_time_days": (0, MOST_DAYS),
    "window_days": (0, MOST_DAYS),
    "reorder_point": (0, LARGEST),
    "safety_stock": (0, LARGEST),
    "stock_up_to": (0, LARGEST),
    "density_mg_per_ml": (1, MOST_TIMES),
}
SAID = {"density_mg_per_ml": "density"}
"""What people call a field that we keep by another name."""
FOR_GOOD = frozenset({"code", "unit", "kind"})
"""Lots, recipes and mappings stand on these: what was counted in grams stays in grams."""
FREE = frozenset({"allergens", "quality_hold", "lot_pattern"})
EDITABLE = frozenset({*WORDS, *CHOICES, *BOUNDS, *FREE}) - FOR_GOOD


class CodeTaken(Refusal):
    """Something else already has that code."""


def add_item(
    session: Session,
    *,
    code: str,
    name: str,
    kind: str,
    unit: str,
    who: str,
    now: datetime,
    **more: object,
) -> int:
    """Add something we hold in stock, and give its id.

    Its code, kind and unit are for good: quantities are counted in it from the first lot on.
    `more` is whatever else is known of it (EDITABLE names it); what is left out has the
    record's default.

    :raises Invalid: a word, number or day that cannot be; `field` names it.
    :raises CodeTaken: another item has that code.
    """
    code = word(code, field="code")
    given = _checked({"name": name, "kind": kind, "unit": unit, **more})
    if session.scalar(select(Item.id).filter_by(code=code)) is not None:
        raise CodeTaken(f"There is already an item {code}.", field="code")
    item = Item(code=code, code_key=sku_key(code), created_at=now, **given)
    session.add(item)
    session.flush()
    record(session, at=now, who=who, subject="item", subject_id=item.id, what="item.added")
    mark(session, item_ids=[item.id], why=f"{item.name} added", now=now)
    return item.id


def edit_item(
    session: Session,
    *,
    item_id: int,
    changed: Mapping[str, object],
    who: str,
    now: datetime,
) -> None:
    """Change what is known of an item, all or nothing, and have it planned again.

    `changed` maps EDITABLE names to their new values; the history keeps both.

    :raises Invalid: a value that cannot be, or something that is for good; `field` names it.
    :raises Missing: there is no such item.
    """
    item = lock_item(session, item_id=item_id)
    for field in changed:
        if field not in EDITABLE:
            raise Invalid(f"The {field} of an item is for good.", field=field)
    given = _checked(changed)
    differences = {
        field: {"from": getattr(item, field), "to": value}
        for field, value in given.items()
        if getattr(item, field) != value
    }
    if not differences:
        return
    for field, difference in differences.items():
        setattr(item, field, difference["to"])
    record(
        session,
        at=now,
        who=who,
        subject="item",
        subject_id=item.id,
        what="item.edited",
        detail=differences,
    )
    mark(
        session,
        item_ids=[item.id],
        why=f"{item.name} changed",
        now=now,
        cause={"what": "levels"},
    )


def _checked(given: Mapping[str, object]) -> dict[str, object]:
    """Tidy what was given and refuse what cannot be.

    :raises Invalid: naming the field.
    """
    tidy = dict(given)
    for field in given.keys() & WORDS:
        tidy[field] = word(str(given[field]), field=field)
    for field in given.keys() & CHOICES.keys():
        choose(str(given[field]), among=CHOICES[field], field=field)
    for field in given.keys() & BOUNDS.keys():
        least, most = BOUNDS[field]
        value = given[field]
        number = value if isinstance(value, int) else None
        between(number, least, most, field=SAID.get(field, field))
    _check_pattern(str(given.get("lot_pattern", "")))
    return tidy


def _check_pattern(pattern: str) -> None:
    try:
        if pattern:
            check_pattern(pattern)
    except UnknownPlaceholder as problem:
        raise Invalid(str(problem), field="lot_pattern") from problem
