"""An order as somebody takes it down: what each line means, and what could be promised for it.

Nothing here writes. What is typed becomes an order in hub/flow/intake/type_order.py.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.asking.whole_plan import plan_everything
from hub.domain.asking.would_order import (
    Asked,
    ItemAnswer,
    answers,
    promised_on,
    with_order,
)
from hub.domain.days.transit import transit_days
from hub.flow.planning.standing_state import standing_state
from hub.flow.refusal import Invalid
from hub.models.catalogue.item_views import item_coded
from hub.models.meaning.listing_queries import items_coded, said_by_person
from hub.models.orders.order_entry import Sold, find_sold
from hub.models.planning.freshness import days_asked_by_hand
from hub.models.planning.habits import habits_of
from hub.models.records.workshop import Transit
from mapping.canonical import ListingRef
from mapping.listing import sku_key
from mapping.match import Matched, match


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What a line is, as far as anybody knows."""

    sku: str
    title: str
    components: Mapping[int, int]
    """By item, thousandths in one piece; empty if nobody said yet."""

    @property
    def is_known(self) -> bool:
        """Whether it can be planned at once."""
        return bool(self.components)


def meant(session: Session, *, written: str, as_it_is: bool, field: str) -> Meant:
    """Say what somebody means by a code, a SKU or a title.

    Several things of the same title are nobody's answer; what nobody knows is taken only where
    a person says that it is right so, and waits to be mapped.

    :raises Invalid: it is not counted in pieces, or unknown.
    """
    item = item_coded(session, code=written)
    if item is not None and item.unit != "each":
        raise Invalid(
            f"This is counted in {item.unit}: order it by a SKU whose mapping says how much"
            " one piece holds.",
            field=field,
        )
    if item is not None:
        return _of(session, Sold(item.code, item.name))
    found = find_sold(session, text=written)
    key = sku_key(written)
    own = next((each for each in found if sku_key(each.sku) == key), Sold(written, written))
    line = _of(session, own)
    if line.is_known or as_it_is:
        return line
    same = [each for each in found if each.title.casefold() == written.casefold()]
    only = same if len(same) == 1 else found
    if len(only) == 1:
        return _of(session, only[0])
    raise _unknown(written, found, field=field)


def _unknown(written: str, found: Sequence[Sold], *, field: str) -> Invalid:
    if found:
        some = ", ".join(each.sku for each in found[:5])
        return Invalid(f"“{written}” may be several things: {some}.", field=field)
    return Invalid(f"Nothing here is called “{written}”.", field=field)


def _of(session: Session, sold: Sold) -> Meant:
    key = sku_key(sold.sku)
    said = [components for _, components in said_by_person(session, sku_key=key)]
    found = match(
        ListingRef(key=f"sku:{key}", sku=sold.sku, title=sold.title),
        own=None,
        same_account=(),
        anywhere=[*said, *items_coded(session, sku_key=key)],
    )
    parts = found.components if isinstance(found, Matched) else ()
    return Meant(
        sku=sold.sku,
        title=sold.title,
        components={each.item_id: each.quantity for each in parts},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """An order nobody has saved yet: what each line means and its pieces, when and where."""

    lines: Sequence[tuple[Meant, int]]
    requested_on: date | None = None
    priority: int = 100
    country: str = ""
    customer_id: int | None = None
    """Somebody we know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What can be said to the caller."""

    promised_on: date | None
    """None: nobody can say yet."""
    items: Mapping[int, ItemAnswer]
    """By item, for all lines together."""


def reply(session: Session, *, spoken: Spoken, now: datetime, zone: tzinfo = UTC) -> Reply:
    """Say where the goods of an order would come from, and by when; nothing is written.

    Only what it wants is planned anew, as it will be once the order is there; the rest stands.
    """
    wants: dict[int, int] = defaultdict(int)
    for line, pieces in spoken.lines:
        for item_id, each in line.components.items():
            wants[item_id] += each * pieces
    if not wants:
        return Reply(promised_on=None, items={})
    ways = {(way.country, way.method): way.days for way in session.scalars(select(Transit))}
    usual = habits_of(session).transit_days
    asked = Asked(
        wants=wants,
        requested_on=spoken.requested_on,
        priority=spoken.priority,
        transit_days=transit_days(ways, country=spoken.country, method="", usual=usual),
        min_remaining_days=days_asked_by_hand(session, customer_id=spoken.customer_id),
    )
    state = standing_state(session, item_ids=wants, now=now, zone=zone)
    outcome = plan_everything(with_order(state, asked))
    is_whole = all(line.is_known for line, _ in spoken.lines)
    return Reply(
        promised_on=promised_on(outcome) if is_whole else None,
        items=answers(asked, outcome),
    )
